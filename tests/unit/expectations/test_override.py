import pytest

from expectations.override import MAY_BE_SET_ASIDE, Acceptance, beyond_override, overridden
from expectations.verdict import ExpectationResult, Verdict

BY = "accepted by J. Jansen on 2026-03-01: May was never published"


def verdict(*failed):
    results = tuple(
        ExpectationResult(name, "critical", False, "what was expected", f"{name} is broken", (3,), 1)
        for name in failed
    )
    met = ExpectationResult("series_known", "critical", True, "every series is known")
    return Verdict("delivery", "ab" * 32, (*results, met), row_word="line")


def test_a_set_aside_expectation_stays_failed_and_says_who_decided():
    after = overridden(verdict("no_missing_month"), Acceptance(("no_missing_month",), BY))
    assert after.success
    assert not after.results[0].success
    assert after.results[0].severity == "warning"
    assert BY in after.results[0].reason
    assert after.summary().startswith("Accepted with 1 warning: no_missing_month is broken [accepted by J. Jansen")


def test_what_the_decision_does_not_name_still_rejects():
    after = overridden(verdict("no_missing_month", "vintage_is_plausible"), Acceptance(("no_missing_month",), BY))
    assert not after.success
    assert [result.name for result in after.failed("critical")] == ["vintage_is_plausible"]


@pytest.mark.parametrize(
    "name",
    ["no_conflict", "one_definition", "observed_not_negative", "observed_is_whole", "month_was_over", "readable",
     "series_known", "basis_known", "column_observed_exists", "rows_present"],
)  # fmt: skip
def test_nobody_vouches_for_what_is_wrong(name):
    assert beyond_override([name, "no_missing_month"]) == [name]
    assert not overridden(verdict(name), Acceptance((name,), BY)).success


def test_every_rule_on_the_list_is_critical_or_may_be_made_so():
    from expectations.delivery import DeliveryContext, delivery_checks
    from indforecast.config.validation import ADJUSTABLE

    context = DeliveryContext(base_ids=("students",), totals={}, history=None)
    severity = {check.name: check.severity for check in delivery_checks(context)}
    for name in MAY_BE_SET_ASIDE:
        assert severity[name] == "critical" or name in ADJUSTABLE
    # What somebody may make critical, somebody must be able to set aside: a true surprise could never come in.
    assert set(ADJUSTABLE) <= set(MAY_BE_SET_ASIDE)


def test_without_a_decision_nothing_changes():
    before = verdict("no_missing_month")
    assert overridden(before, None) is before
