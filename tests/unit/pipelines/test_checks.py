"""Verdicts as Dagster sees them: what stops a run is a critical failure, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
from hypothesis import given
from hypothesis import strategies as st

from assets.house import House
from expectations.verdict import SEVERITIES, ExpectationResult, Verdict
from pipelines.checks import CHECKS, WHAT_TO_DO, _outcome, _result, _sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS = st.lists(
    st.builds(
        ExpectationResult,
        name=st.sampled_from(["no_missing_month", "outlier", "streams_present"]),
        severity=st.sampled_from(SEVERITIES),
        success=st.booleans(),
        description=st.just("what was expected"),
        reason=st.just("students: 2026-01 is odd"),
        rows=st.just((4,)),
        row_count=st.just(1),
    ),
    max_size=5,
)


def verdicts_of(deliveries: Sequence[Sequence[ExpectationResult]]) -> list[tuple[str, Verdict]]:
    return [
        (f"file{number}.csv", Verdict("delivery", f"{number:064x}", tuple(results), row_word="line"))
        for number, results in enumerate(deliveries)
    ]


@given(st.lists(RESULTS, max_size=3))
def test_a_warning_never_stops_a_run_and_a_critical_failure_always_does(
    deliveries: list[list[ExpectationResult]],
) -> None:
    verdicts = verdicts_of(deliveries)
    found = _result(House(home="/nowhere"), verdicts, _sentence(verdicts))
    critical = any(not one.success and one.severity == "critical" for results in deliveries for one in results)
    noted = any(not one.success and one.severity == "warning" for results in deliveries for one in results)
    assert found.passed == (not critical)
    # Dagster blocks on a failed check of severity ERROR alone.
    if found.passed:
        assert found.severity == (dg.AssetCheckSeverity.WARN if noted else dg.AssetCheckSeverity.ERROR)
    assert (WHAT_TO_DO in found.metadata) == critical
    assert _outcome(verdicts).startswith("rejected: ") == critical


def test_both_checks_block_what_lies_behind_them() -> None:
    specs = [spec for check in CHECKS for spec in check.check_specs]
    assert {spec.name for spec in specs} == {"delivery_expectations", "bands_expectations"}
    assert all(spec.blocking for spec in specs)
