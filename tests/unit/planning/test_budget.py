"""Money to the cent: prices, months, years, totals, and the gap to the law."""

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.config.planning import PlanningSettings
from indforecast.planning.budget import (
    annual_in_months,
    backlog_cents,
    budget_values,
    cents,
    gap_values,
    granted,
    month_of_year,
    price_times_quantity,
)
from indforecast.planning.measures import ALL
from indforecast.planning.streams import run_stream
from indforecast.planning.timeline import Timeline
from indforecast.planning.work import work_values

YEAR_2026 = np.arange("2026-01", "2027-01", dtype="datetime64[M]")


@pytest.mark.parametrize(
    ("eur", "whole"), [(0.0, 0), (1.005, 100), (0.125, 12), (0.135, 14), (747_676_000, 74_767_600_000)]
)
def test_cents_round_half_to_even(eur, whole):
    assert cents(eur) == whole


def test_price_times_quantity_is_exact_in_cents():
    result = price_times_quantity(np.array([[3.0, 1_000_000.0]]), 0.07)
    assert result.dtype == np.int64
    np.testing.assert_array_equal(result, [[21, 7_000_000]])


@pytest.mark.parametrize("annual", [0.0, 0.01, 0.11, 100.0, 233_340_000.0, 1_079_723_000.37])
def test_twelve_months_add_up_to_the_annual_amount_to_the_cent(annual):
    months = [month_of_year(annual, month) for month in range(1, 13)]
    assert sum(months) == cents(annual)
    assert max(months) - min(months) <= 1


def test_years_outside_the_law_take_the_nearest_year():
    months = np.array(["2024-05", "2025-05", "2031-05"], dtype="datetime64[M]")
    np.testing.assert_array_equal(annual_in_months({"2025": 12.0, "2030": 24.0}, months), [100, 100, 200])


@pytest.fixture
def settings() -> PlanningSettings:
    return load_settings().planning


def untracked(figures):
    """One track of mean cases: decisions are then the stated capacity."""
    return figures.model_copy(update={"track_order": ()})


def run(settings, counts):
    """All streams with the same counts over 2026."""
    return [
        run_stream(name, Timeline(YEAR_2026, counts), untracked(figures), min(figures.open_cases))
        for name, figures in settings.streams.items()
    ]


def test_streams_and_the_fixed_part_add_up_to_the_total_to_the_cent_on_every_path(settings):
    counts = np.random.default_rng(1).poisson(2000, (5, 12)).astype(float)
    values = {
        (v.measure, v.series_id): v.values for v in budget_values(run(settings, counts), YEAR_2026, settings)
    }
    parts = [np.rint(values["budget_eur", name] * 100) for name in settings.streams]
    total = np.rint(values["budget_eur", ALL] * 100)
    np.testing.assert_array_equal(
        np.sum(parts, axis=0)
        + sum(np.rint(values[name, ALL] * 100) for name in ("budget_other_products_eur", "budget_input_eur")),
        total,
    )


def test_calibration_cases_of_the_calibration_year_cost_what_the_law_grants(settings):
    year = np.arange("2025-01", "2026-01", dtype="datetime64[M]")
    streams = []
    for name, figures in settings.streams.items():
        counts = np.diff(np.floor(figures.calibration_cases.value * np.arange(13) / 12))[None, :]
        streams.append(run_stream(name, Timeline(year, counts), figures, min(figures.open_cases)))
    gap = gap_values(budget_values(streams, year, settings), year, settings)
    assert list(gap) == [2025]
    np.testing.assert_allclose(gap[2025], 0.0, atol=0.005)


def test_gap_is_need_minus_law_and_only_of_whole_years_the_law_knows(settings):
    months = np.arange("2026-01", "2032-06", dtype="datetime64[M]")
    counts = np.zeros((2, months.size))
    streams = [
        run_stream(name, Timeline(months, counts), figures, min(figures.open_cases))
        for name, figures in settings.streams.items()
    ]
    gap = gap_values(budget_values(streams, months, settings), months, settings)
    assert list(gap) == [2026, 2027, 2028, 2029, 2030]
    # without any case the need is other products + input, so the gap is other products - product funding
    np.testing.assert_allclose(gap[2029], settings.other_products_eur - 587_772_000, atol=0.005)


def test_input_funding_is_the_laws_own_row_and_other_products_never_move(settings):
    months = np.arange("2025-01", "2029-01", dtype="datetime64[M]")
    streams = [
        run_stream(name, Timeline(months, np.ones((2, 48))), figures, min(figures.open_cases))
        for name, figures in settings.streams.items()
    ]
    values = {(v.measure, v.series_id): v for v in budget_values(streams, months, settings)}
    for year, columns in ((2025, slice(0, 12)), (2027, slice(24, 36))):
        law = settings.budget.law_input[str(year)].value
        np.testing.assert_allclose(values["budget_input_eur", ALL].of_year(columns), law, atol=0.005)
        other = values["budget_other_products_eur", ALL].of_year(columns)
        np.testing.assert_allclose(other, settings.other_products_eur, atol=0.005)
        fixed = values["budget_fixed_eur", ALL].of_year(columns)
        np.testing.assert_allclose(fixed, law + settings.other_products_eur, atol=0.005)


def test_a_months_backlog_costs_its_price_over_the_months_it_is_worked_away_in():
    # 240 cases at 100.00 in 24 months: 10 a month
    np.testing.assert_array_equal(
        backlog_cents(np.array([[240.0, 0.0, 1.0]]), 100.0, months=24), [[100_000, 0, 417]]
    )


def test_the_backlogs_cost_is_its_staff_at_the_hourly_rate(settings):
    """One derivation: the same hours as staffing_fte_backlog, at the rate that makes the prices."""
    counts = np.random.default_rng(3).poisson(3000, (4, 12)).astype(float)
    streams = run(settings, counts)
    money = {(v.measure, v.series_id): v.values for v in budget_values(streams, YEAR_2026, settings)}
    staff = {
        v.series_id: v.values
        for v in work_values(streams, settings.streams, settings.staffing, 12)
        if v.measure == "staffing_fte_backlog"
    }
    rate, hours = settings.budget.hourly_rate.value, settings.staffing.productive_hours.value / 12
    for series_id in (*settings.streams, ALL):
        expected = staff[series_id] * hours * rate
        np.testing.assert_allclose(money["budget_backlog_eur", series_id], expected, atol=0.005 * len(staff))
    assert money["budget_backlog_eur", ALL].min() > 0
    total = money["budget_eur", ALL] + money["budget_backlog_eur", ALL]
    np.testing.assert_allclose(money["budget_with_backlog_eur", ALL], total, atol=0.005)


def test_what_capacity_decides_is_priced_like_what_comes_in(settings):
    streams = run(settings, np.full((1, 12), 5000.0))
    values = {(v.measure, v.series_id): v.values for v in budget_values(streams, YEAR_2026, settings)}
    np.testing.assert_array_equal(values["budget_decided_eur", "asylum_first"], np.full((1, 12), 1510 * 4554.0))
    np.testing.assert_array_equal(values["budget_eur", "asylum_first"], np.full((1, 12), 5000 * 4554.0))


def test_the_gap_with_the_backlog_is_the_gap_plus_the_backlog_on_every_path(settings):
    streams = run(settings, np.random.default_rng(4).poisson(2500, (6, 12)).astype(float))
    measured = budget_values(streams, YEAR_2026, settings)
    late = next(v for v in measured if v.measure == "budget_backlog_eur" and v.series_id == ALL)
    both = gap_values(measured, YEAR_2026, settings, need="budget_with_backlog_eur")
    alone = gap_values(measured, YEAR_2026, settings)
    np.testing.assert_allclose(both[2026] - alone[2026], late.of_year(slice(0, 12)), atol=0.011)


def test_granted_is_the_published_total(settings):
    law = granted(settings)
    assert {year: round(amount / 1e6, 1) for year, amount in law.items()} == {
        2025: 981.0, 2026: 1079.7, 2027: 1022.7, 2028: 1007.4, 2029: 790.4, 2030: 790.4,
    }  # fmt: skip
