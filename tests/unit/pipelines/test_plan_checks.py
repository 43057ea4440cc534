"""Proofs as Dagster sees them: one that fails stops the run and says by how much."""

from __future__ import annotations

from typing import Any

import dagster as dg

from indforecast.planning.proof import Proof, proof_table
from indforecast.publication.tables import records
from pipelines.checks import WHAT_TO_DO
from pipelines.plan_checks import PLAN_CHECKS, result_of


def table(*errors: float) -> list[dict[str, Any]]:
    return records(
        proof_table(
            [Proof(f"proof_{i}", error, "cases", 10, f"Rule {i}", f"Regel {i}") for i, error in enumerate(errors)]
        )
    )


def test_all_that_holds_passes() -> None:
    result = result_of(table(0.0, 0.0))
    assert result.passed
    assert result.description == "All 2 proofs hold."


def test_one_that_fails_stops_the_run_and_says_by_how_much() -> None:
    result = result_of(table(0.0, 3.0))
    assert not result.passed
    assert result.severity is dg.AssetCheckSeverity.ERROR
    assert result.description == "Rule 1: fails by 3 cases"
    assert "Nothing was published" in str(result.metadata[WHAT_TO_DO].value)


def test_every_check_of_a_plan_blocks_what_lies_behind_it() -> None:
    assert all(spec.blocking for check in PLAN_CHECKS for spec in check.check_specs)
