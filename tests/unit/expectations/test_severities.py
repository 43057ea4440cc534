"""Settings decide how severe a breach of plausibility is; a warning never blocks, whatever it is about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.delivery import delivery_checks
from expectations.remedies import remedy
from expectations.runner import validate
from expectations.verdict import SEVERITIES, ExpectationResult, Verdict
from indforecast.config.validation import ADJUSTABLE

SHA = "cd" * 32


def judge(frame, context):
    return validate("delivery", frame, subject_sha256=SHA, context=context)


def severe(context, **severities):
    limits = context.limits
    return replace(
        context, limits=limits.model_copy(update={"severity": {**limits.severity, **severities}})
    )  # fmt: skip


def test_what_may_be_set_is_in_the_suite_and_nothing_else_is_soft(context):
    severity = {check.name: check.severity for check in delivery_checks(context)}
    ours = {name for name in severity if severity[name] != "critical"} - {"comparable_break"}
    assert ours <= set(ADJUSTABLE) <= set(severity)


@pytest.mark.parametrize("severity", SEVERITIES)
def test_an_outlier_is_as_severe_as_settings_say(severity, delivery, context):
    delivery.loc[delivery["row"] == 4, "observed"] = 12_000
    verdict = judge(delivery, severe(context, outlier=severity))
    [found] = verdict.failed()
    assert (found.name, found.severity) == ("outlier", severity)
    assert verdict.success == (severity != "critical")


def test_what_is_made_critical_comes_with_advice(context):
    for name in ADJUSTABLE:
        text = remedy(ExpectationResult(name, "critical", False, "", "students: 2026-01 is far"))
        assert "quarantine accept" in text or text.startswith("Deliver")


def test_limits_move_the_line(delivery, context):
    delivery.loc[delivery["row"] == 4, "observed"] = 12_000
    loose = replace(context, limits=context.limits.model_copy(update={"outlier_history_months": 240}))
    assert judge(delivery, loose).failed() == ()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    counts=st.lists(st.integers(0, 999_999), min_size=5, max_size=5),
    again=st.booleans(),
    revised=st.integers(0, 999_999),
    left_out=st.integers(2, 6),
)
def test_no_figure_however_odd_keeps_a_sound_delivery_out(counts, again, revised, left_out, delivery, context):
    """Sound: known series, months in order, one definition, whole counts of possible size."""
    frame = delivery.assign(observed=np.array(counts, dtype=np.int64))
    old = frame[frame["row"] == 4].assign(period=pd.Timestamp("2025-12-01"), observed=revised, row=7)
    frame = pd.concat([frame[frame["row"] != left_out], old], ignore_index=True)
    if again:
        frame = pd.concat([frame, frame.tail(1).assign(row=8)], ignore_index=True)
    verdict = judge(frame, context)
    assert verdict.failed("critical") == ()
    assert verdict.success
    assert verdict.summary().startswith("Accepted")


@given(
    results=st.lists(
        st.builds(
            ExpectationResult,
            name=st.sampled_from(["one", "two", "three"]),
            severity=st.sampled_from(SEVERITIES),
            success=st.booleans(),
            description=st.just("what was expected"),
            reason=st.just("what was found"),
        ),
        max_size=8,
    )
)
def test_a_verdict_rejects_exactly_when_something_critical_failed(results):
    verdict = Verdict("delivery", SHA, tuple(results))
    assert verdict.success == all(one.success or one.severity != "critical" for one in results)
    assert verdict.summary().startswith("Accepted" if verdict.success else "Rejected")
