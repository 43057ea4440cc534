"""Proofs hold of a real plan, and each one fails when what it looks at is wrong."""

from dataclasses import replace

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.planning.case import PlanningCase
from indforecast.planning.composed import plan_paths
from indforecast.planning.measures import ALL
from indforecast.planning.proof import PROOF_COLUMNS, proof_table, prove

SETTINGS = load_settings()
PERIODS = np.datetime64("2026-01", "M") + np.arange(24)


@pytest.fixture(scope="module")
def planned():
    rng = np.random.default_rng(3)
    base = {name: rng.poisson(1000.0, (60, 24)).astype(float) for name in SETTINGS.hierarchy.base_ids}
    return plan_paths(PlanningCase(base, PERIODS, SETTINGS.hierarchy, SETTINGS.planning, SETTINGS.bands.levels))


def by_key(paths):
    return {proof.proof: proof for proof in prove(paths)}


def changed(paths, measure, series_id, change):
    measured = tuple(
        replace(item, values=change(item.values.copy()))
        if (item.measure, item.series_id) == (measure, series_id)
        else item
        for item in paths.measured
    )
    return replace(paths, measured=measured)


def one_more(amount):
    def change(values):
        values[7, 3] += amount
        return values

    return change


def test_every_proof_holds_of_a_plan(planned):
    table = proof_table(prove(planned))
    assert list(table.columns) == list(PROOF_COLUMNS)
    assert table["holds"].all()
    assert (table["largest_error"] == 0).all()
    assert (table["looked_at"] > 0).all()


def test_a_case_that_is_lost_is_seen(planned):
    stream = planned.streams[0]
    lost = replace(planned, streams=(replace(stream, imbalance=1.0), *planned.streams[1:]))
    assert not by_key(lost)["cases_balance"].holds


@pytest.mark.parametrize(("measure", "amount"), [("open_cases", 1.0), ("budget_eur", 0.01), ("decisions", -1.0)])
def test_a_stream_that_does_not_add_up_is_seen(planned, measure, amount):
    proofs = by_key(changed(planned, measure, "students", one_more(amount)))
    assert not proofs["streams_add_up"].holds


def test_a_fraction_of_a_cent_is_seen(planned):
    proofs = by_key(changed(planned, "reception_cost_eur", ALL, one_more(0.004)))
    assert not proofs["whole_cents"].holds


def test_less_work_with_more_inflow_is_seen(planned):
    """The plan at hand says more than its own figures make of its inflow."""
    assert not by_key(changed(planned, "beds", ALL, one_more(1e6)))["more_inflow_never_less"].holds
