"""Late costs and courts of a whole case: sums, money, capacity, other settings; and shares of variance."""

from dataclasses import replace

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.planning.case import PlanningCase
from indforecast.planning.case_queues import case_queues
from indforecast.planning.complexity import complexity_factors, figures_from, level_factors
from indforecast.planning.composed import plan_paths
from indforecast.planning.late_plan import court_factors, late_cost_cents, late_plan, run_late
from indforecast.planning.measures import ALL, MEASURES
from indforecast.planning.tables import yearly_table
from indforecast.planning.uncertainty import (
    MONEY_SOURCES,
    STAFF_SOURCES,
    UNCERTAINTY_COLUMNS,
    factor_table,
    plan_uncertainty,
    staff_bands,
)
from indforecast.planning.uncertainty_queue import BED_SOURCES, QUEUE_SOURCES
from tests.unit.planning.funding_cases import planning_case

SETTINGS = load_settings()
MEAN = {
    "asylum_first": 2010.0, "asylum_repeat": 135.0, "asylum_nareis": 1370.0, "nareis_applications": 960.0,
    "knowledge_migrants": 1750.0, "students": 1720.0, "naturalisation": 4313.0,
}  # fmt: skip
PATHS, MONTHS = 60, 24


def case(paths=PATHS, months=MONTHS, seed=1):
    random = np.random.default_rng(seed)
    inflow = {
        name: np.rint(mean * np.exp(np.cumsum(random.normal(0, 0.05, (paths, months)), axis=1)))
        for name, mean in MEAN.items()
    }
    return PlanningCase(
        inflow=inflow,
        periods=np.datetime64("2026-01", "M") + np.arange(months),
        hierarchy=SETTINGS.hierarchy,
        settings=SETTINGS.planning,
        levels=SETTINGS.bands.levels,
    )


@pytest.fixture(scope="module")
def asked():
    return case()


@pytest.fixture(scope="module")
def planned(asked):
    return late_plan(asked)


def of(plan, measure, series_id=ALL):
    return next(item.values for item in plan.measured if (item.measure, item.series_id) == (measure, series_id))


def test_streams_add_up_to_the_total_and_money_to_the_cent(planned):
    for measure in ("notices", "late_appeals", "penalty_cases", "penalties_eur", "late_cost_eur"):
        streams = [item.values for item in planned.measured if item.measure == measure and item.series_id != ALL]
        np.testing.assert_allclose(of(planned, measure), np.sum(streams, axis=0), atol=1e-6)
    cents = sum(late.penalties_cents for late in planned.late.values())
    assert np.array_equal(np.rint(of(planned, "penalties_eur") * 100).astype(np.int64), cents)
    assert np.array_equal(of(planned, "hearings"), planned.courts.hearings)


def test_every_measure_is_known_and_its_years_are_made(planned, asked):
    table = yearly_table(planned.measured, planned.months, asked.levels)
    assert set(table["measure"]) <= set(MEASURES)
    assert table["year"].drop_duplicates().tolist() == [2026, 2027]
    assert (table["minimum"] <= table["maximum"]).all()


def test_late_cost_is_penalties_and_the_work_around_them(planned):
    late = planned.late["asylum_first"]
    figures = SETTINGS.planning.late
    extra = late_cost_cents(late, figures) - late.penalties_cents
    by_hand = late.notices * round(0.25 * 151.8 * 100) + late.appeals * round((151.8 + 437.5) * 100)
    assert np.array_equal(extra, by_hand.astype(np.int64))


def test_the_same_question_has_the_same_answer(asked, planned):
    again = late_plan(asked)
    streams, months = case_queues(asked)
    other = run_late(streams, months, asked.settings, seed_parts=("another",))
    assert np.array_equal(of(again, "hearings"), of(planned, "hearings"))
    assert np.array_equal(of(again, "penalties_eur"), of(planned, "penalties_eur"))
    assert not np.array_equal(of(other, "hearings"), of(planned, "hearings"))
    assert not np.array_equal(of(other, "penalties_eur"), of(planned, "penalties_eur"))


def test_a_whole_plan_says_the_same(asked, planned):
    whole = {(item.measure, item.series_id): item.values for item in plan_paths(asked).measured}
    for item in planned.measured:
        assert np.array_equal(whole[item.measure, item.series_id], item.values), item.measure


def test_more_capacity_never_costs_more(asked):
    base, months = case_queues(asked)
    more = dict.fromkeys(asked.work, np.full(MONTHS, 1.5))
    faster, _ = case_queues(asked, more)
    now = run_late(base, months, asked.settings, chance=False)
    then = run_late(faster, months, asked.settings, chance=False)
    assert np.all(np.cumsum(of(then, "penalties_eur"), axis=1) <= np.cumsum(of(now, "penalties_eur"), axis=1) + 1)
    assert of(then, "penalties_eur").sum() < of(now, "penalties_eur").sum()
    assert of(then, "refusal_appeals").sum() > of(now, "refusal_appeals").sum()


def test_how_often_applicants_go_to_court_moves_penalties_in_proportion(asked):
    streams, months = case_queues(asked)
    base = run_late(streams, months, asked.settings, chance=False)
    double = run_late(streams, months, asked.settings, chance=False, court_factor=np.full(PATHS, 2.0))
    courts = {name: (late.court_cents, double.late[name].court_cents) for name, late in base.late.items()}
    for one, two in courts.values():
        np.testing.assert_allclose(two, 2 * one, atol=2)
    factors = court_factors(4000, asked.settings.late, ("x",))
    assert np.median(factors) == pytest.approx(1, abs=0.02)
    assert np.log(factors).std() == pytest.approx(asked.settings.late.court_uncertainty.value, rel=0.05)


def test_cases_late_at_the_count_are_so_by_the_reading_that_applicants_followed():
    """An application of December 2023 was late in June 2024 for its applicant, in March 2025 for the service."""
    counted = planning_case(6, 30)
    streams, months = case_queues(counted)
    figures = counted.settings.late.model_copy(update={"notice_reading": None})
    queues_own = counted.settings.model_copy(update={"late": figures})
    found = run_late(streams, months, counted.settings, chance=False).late
    other = run_late(streams, months, queues_own, chance=False).late
    first, last = slice(0, 1), slice(-6, None)  # of the months after those observed since the count
    cents, theirs = found["asylum_first"].court_cents, other["asylum_first"].court_cents
    assert np.all(cents[:, first] < theirs[:, first])  # the younger they are, the more of the penalty is to come
    assert np.array_equal(cents[:, last], theirs[:, last])
    assert np.array_equal(found["nareis_applications"].court_cents, other["nareis_applications"].court_cents)
    # what goes on much as before begins without a cliff
    assert np.all(cents[:, :3].sum(axis=1) < 1.15 * cents[:, 3:6].sum(axis=1))
    assert np.all(cents[:, :3].sum(axis=1) > 0.85 * cents[:, 3:6].sum(axis=1))


def test_without_notices_nothing_is_owed(asked):
    quiet = asked.settings.late.model_copy(update={"notice_share": {}, "court_share": {}, "appeal_share": {}})
    silent = replace(asked, settings=asked.settings.model_copy(update={"late": quiet}))
    plan = late_plan(silent)
    assert plan.late == {}
    assert np.all(of(plan, "penalties_eur") == 0)
    assert np.all(of(plan, "court_procedures") == quiet.other_procedures.value)


def test_shares_of_variance_per_measure_and_year(asked):
    figures = figures_from(asked.settings.complexity, asked.work)
    factors = complexity_factors(PATHS, MONTHS, figures, 1)
    courts = court_factors(PATHS, asked.settings.late, ("x",))
    levels = level_factors(PATHS, asked.settings.complexity, asked.work, 1)
    table = plan_uncertainty(asked, factors, courts, levels, pairings=3)
    assert tuple(table.columns) == UNCERTAINTY_COLUMNS
    sums = table.groupby(["measure", "series_id", "year"])["share"].sum()
    np.testing.assert_allclose(sums, 1)
    sources = table.groupby("measure")["source_of_uncertainty"].unique()
    assert sorted(sources["staffing_fte"]) == sorted(STAFF_SOURCES)
    assert sorted(sources["budget_eur"]) == sorted(MONEY_SOURCES)
    assert sorted(sources["penalties_eur"]) == sorted(QUEUE_SOURCES)
    assert sorted(sources["beds"]) == sorted(BED_SOURCES)
    stock = table[(table["measure"] == "open_cases") & (table["source_of_uncertainty"] == "appeals")]
    assert (stock["share"].abs() < 1e-12).all()  # going to court changes no stock
    assert (table["standard_error"] >= 0).all()


def test_what_does_not_move_has_no_share(asked):
    still = {name: np.ones((PATHS, MONTHS)) for name in asked.work}
    table = plan_uncertainty(asked, still)
    by_source = table.groupby("source_of_uncertainty")["share"].max()
    assert by_source["hours_per_case"] == 0
    assert by_source["appeals"] == 0
    assert by_source["inflow"] == 1
    beds = table[(table["measure"] == "beds") & (table["source_of_uncertainty"] == "stays")]
    assert (beds["share"] > 0.1).all()  # stays vary by themselves


def test_staff_with_moving_hours_stands_beside_staff_with_todays(asked):
    table = staff_bands(asked, {name: np.full((PATHS, MONTHS), 1.1) for name in asked.work})
    assert table["hours"].tolist() == ["today", "moving"] * 2
    today, moving = (table[table["hours"] == name]["medio"].to_numpy() for name in ("today", "moving"))
    np.testing.assert_allclose(moving, 1.1 * today, rtol=1e-3)
    hours = sum(asked.inflow[s][:, :12] * asked.settings.streams[s].handling_hours.value for s in asked.work)
    assert today[0] == pytest.approx(np.median(hours.sum(axis=1)) / 1363, abs=0.06)


def test_bands_of_factors_are_of_whole_years(asked):
    factors = {"students": np.tile(np.linspace(1, 2, MONTHS), (PATHS, 1))}
    table = factor_table(asked, factors)
    assert table["year"].tolist() == [2026, 2027]
    assert table["medio"].tolist() == np.round(factors["students"][0].reshape(2, 12).mean(axis=1), 4).tolist()
