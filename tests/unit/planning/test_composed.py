"""The plan on its paths: what each part hands to the next, and what is taken from a plan at hand."""

from dataclasses import replace

import numpy as np
import pytest

from indforecast.config.planning import value_at
from indforecast.planning.composed import plan_paths
from indforecast.planning.levers import Lever
from indforecast.planning.measures import ALL
from indforecast.planning.reception import beds
from tests.unit.planning.funding_cases import planning_case

CASE = planning_case(24, 30)
MOVING = {"asylum_first": np.linspace(0.9, 1.4, 24 * 30).reshape(24, 30)}
CHANGES = {
    "inflow of a stream": [Lever("inflow", "students", "percent", 20.0)],
    "inflow of asylum": [Lever("inflow", "asylum_first", "percent", -15.0, np.datetime64("2027-01", "M"))],
    "arrivals": [Lever("inflow", "asylum_nareis", "add", 50.0)],
    "hours": [Lever("hours", "asylum_first", "set", 34.0)],
    "decisions": [Lever("decisions", "nareis_applications", "percent", 30.0)],
    "hires": [Lever("hires", "asylum", "set", 25.0)],
    "grants": [Lever("grants", ALL, "percent", -20.0)],
    "housing": [Lever("housing", ALL, "set", 3.2)],
    "a change that changes nothing": [Lever("inflow", "students", "percent", 0.0)],
    "several": [
        Lever("hours", "naturalisation", "percent", 10.0),
        Lever("housing", ALL, "set", 3.2),
        Lever("hires", "nareis", "set", 5.0),
    ],
}


@pytest.fixture(scope="module")
def base():
    return plan_paths(CASE)


def measured(paths):
    return {(item.measure, item.series_id): item for item in paths.measured}


def same(one, other):
    assert measured(one).keys() == measured(other).keys()
    for key, item in measured(one).items():
        then = measured(other)[key]
        np.testing.assert_array_equal(item.values, then.values, err_msg=str(key), strict=True)
        if item.denominators is not None:
            np.testing.assert_array_equal(item.denominators, then.denominators, err_msg=str(key))
    for a, b in zip(one.stocks, other.stocks, strict=True):
        np.testing.assert_array_equal(a.counts, b.counts)
    np.testing.assert_array_equal(one.residents.residents, other.residents.residents)
    np.testing.assert_array_equal(one.late.courts.hearings, other.late.courts.hearings)
    assert one.imbalance_cases == other.imbalance_cases


@pytest.mark.parametrize("change", CHANGES)
def test_a_plan_at_hand_changes_no_figure(base, change):
    same(plan_paths(CASE, CHANGES[change], before=base), plan_paths(CASE, CHANGES[change]))


def test_a_plan_at_hand_that_was_itself_changed_changes_no_figure_either(base):
    moved = plan_paths(CASE, CHANGES["several"], moving_hours=MOVING)
    same(plan_paths(CASE, before=moved), base)
    same(plan_paths(CASE, CHANGES["hires"], before=moved), plan_paths(CASE, CHANGES["hires"]))
    same(plan_paths(CASE, moving_hours=MOVING, before=base), plan_paths(CASE, moving_hours=MOVING))


def kept(base, change):
    """Streams whose queues are the very ones of the plan at hand."""
    after = plan_paths(CASE, CHANGES[change], before=base)
    pairs = zip(base.streams, after.streams, strict=True)
    return {one.series_id for one, other in pairs if one is other}, after


def test_only_what_a_change_touches_is_computed(base):
    streams, after = kept(base, "hours")
    assert streams == {*CASE.work} - {"asylum_first"}
    assert after.residents is not base.residents
    assert after.late.late["asylum_repeat"] is base.late.late["asylum_repeat"]
    streams, after = kept(base, "housing")
    assert streams == {*CASE.work}
    assert after.residents is not base.residents
    assert after.desks is base.desks
    streams, after = kept(base, "arrivals")
    assert streams == {*CASE.work}
    assert after.residents is not base.residents
    assert after.desks is not base.desks
    streams, after = kept(base, "inflow of a stream")
    assert streams == {*CASE.work} - {"students"}
    assert after.residents is base.residents
    assert after.desks is not base.desks


def test_a_plan_of_another_case_is_refused(base):
    with pytest.raises(ValueError, match="another case"):
        plan_paths(replace(CASE), before=base)


def test_slow_decisions_fill_beds(base):
    slower = plan_paths(CASE, [Lever("decisions", "asylum_first", "percent", -40.0)], before=base)
    more = slower.residents.residents[:, -1] - base.residents.residents[:, -1]
    assert (more > 0).all()


def test_hours_that_move_change_staff_and_what_staff_decide():
    heavier = {"naturalisation": np.full((24, 30), 1.25)}
    plain, moved = measured(plan_paths(CASE)), measured(plan_paths(CASE, moving_hours=heavier))
    asked = ("handling_hours", "naturalisation")
    np.testing.assert_allclose(moved[asked].values, 1.25 * plain[asked].values)
    decided = ("decisions", "naturalisation")
    capacity = value_at(CASE.settings.streams["naturalisation"].decided_per_month, "2026-06")
    assert plain[decided].values[0, 5] == pytest.approx(capacity, abs=1)
    assert moved[decided].values[0, 5] == pytest.approx(capacity / 1.25, abs=1)
    np.testing.assert_array_equal(
        moved["handling_hours", "students"].values, plain["handling_hours", "students"].values
    )


def test_observed_months_stand_in_front_and_are_alike_on_all_paths(base):
    assert base.months[0] == np.datetime64("2026-01", "M")
    assert base.months[-1] == CASE.periods[-1]
    shorter = plan_paths(replace(planning_case(24, 30), periods=CASE.periods))
    assert shorter.months.size == base.months.size
    stock = next(stock for stock in base.stocks if stock.series_id == "asylum_first")
    assert stock.opened == "2025-05"
    assert stock.counts.shape[1] == 7 + 30
    assert (stock.counts[:, :7] == stock.counts[:1, :7]).all()


def test_every_measure_stands_over_the_plans_months(base):
    assert all(item.values.shape == (24, base.months.size) for item in base.measured)
    found = measured(base)
    np.testing.assert_allclose(
        found["beds", ALL].values,
        beds(found["residents", ALL].values, CASE.settings.reception.occupancy_norm.value),
    )
    years = base.by_year
    assert len(years) == len(base.measured)
    place = next(i for i, item in enumerate(base.measured) if (item.measure, item.series_id) == ("decisions", ALL))
    np.testing.assert_allclose(years[place][2027], base.measured[place].values[:, 12:24].sum(axis=1))
