"""What to do about a failure: a sentence of its own for everything that rejects a delivery."""

from __future__ import annotations

import pandas as pd
import pytest

from expectations.delivery import delivery_checks
from expectations.remedies import remedies, remedy
from expectations.runner import validate
from expectations.verdict import ExpectationResult, Verdict


def failed(name, reason="", *, severity="critical", samples=()):
    return ExpectationResult(name, severity, False, "", reason, samples=samples)


def test_every_critical_expectation_on_a_delivery_has_advice_that_is_not_about_bands(context):
    told = {
        check.name: remedy(failed(check.name))
        for check in delivery_checks(context)
        if check.severity == "critical"
    }
    assert "not_from_the_future" in told
    about_bands = remedy(failed("minimum_up_to_medio"))
    assert "page of the check" in about_bands
    assert [name for name, text in told.items() if text == about_bands] == []
    assert all(text.endswith(".") for text in told.values())


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("observed_not_negative", "Correct the count and deliver the file again."),
        ("no_conflict", "Give the revision a later available_from"),
        ("series_known", "'indforecast status' lists the streams"),
        ("not_from_the_future", "Correct available_from"),
        ("column_period_exists", "Add the column"),
        ("source_filled", "Fill the column source"),
    ],
)
def test_advice_is_about_what_failed(name, says):
    assert says in remedy(failed(name))


def test_missing_months_are_named_from_reason_and_samples():
    result = failed(
        "no_missing_month",
        "a: 2026-02 is missing",
        samples=("a: 2026-02 is missing", "b: 2025-11 to 2026-01 are missing; b: 2026-03 is missing"),
    )
    assert remedy(result) == "Deliver 2025-11 to 2026-01, 2026-02, 2026-03 first, or in the same file."


def test_the_missing_month_of_a_judged_delivery_is_the_one_to_deliver(delivery, context):
    at = delivery["row"] == 4
    delivery.loc[at, "period"] = pd.Timestamp("2026-03-01")
    delivery.loc[at, "available_from"] = pd.Timestamp("2026-04-20")
    verdict = validate("delivery", delivery, subject_sha256="ab" * 32, context=context)
    assert remedies(verdict.failed("critical")) == ["Deliver 2026-01 to 2026-02 first, or in the same file."]


def test_the_same_advice_is_given_once():
    assert len(remedies([failed("observed_is_whole"), failed("observed_is_whole"), failed("no_conflict")])) == 2


def test_quarantine_is_told_what_to_do_about_critical_reasons_only():
    verdict = Verdict(
        "delivery",
        "ab" * 32,
        (failed("outlier", "far", severity="warning"), failed("observed_not_negative", "negative")),
    )
    first, second = verdict.reasons()
    assert first["hint"] == "Correct the count and deliver the file again."
    assert "hint" not in second
    assert "hint" not in verdict.to_dict()["results"][1]
