"""Regimes on cases small enough to work out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indforecast.planning.funding_steps import Regime, run_regime
from indforecast.planning.queue import first_in_first_out
from indforecast.planning.staffing import staff_supply
from tests.unit.planning.funding_cases import FIGURES, STAFF, small_case

YEARLY = Regime(review_years=1, corridor=0.0, reserve=0.0)
FIXED = Regime(review_years=5, corridor=0.0, reserve=0.0)
MILLION = 100_000_000
A_YEAR = 120_000_000  # cents: 1,200 cases of EUR 1,000


def of_years(cents):
    return cents[0].reshape(-1, 12).sum(axis=1).tolist()


def test_level_inflow_changes_nothing_in_any_regime():
    case = small_case(np.full(36, 100.0))
    for regime in (YEARLY, FIXED, Regime(1, 0.1, 0.05)):
        found = run_regime(case, regime, A_YEAR)
        assert of_years(found.granted) == of_years(found.spent) == [A_YEAR] * 3
        np.testing.assert_array_equal(found.heads, 10.0)
        np.testing.assert_array_equal(found.decisions, 100.0)
        np.testing.assert_array_equal(found.open_cases, 0.0)
        for none in (found.hires, found.dismissed, found.given_back, found.short, found.reserve, found.idle_hours):
            assert not none.any()


def test_yearly_money_follows_a_rise_in_september_and_staff_follow_the_money():
    case = small_case(np.full(24, 200.0))
    found = run_regime(case, YEARLY, A_YEAR)
    # September 2026: four months of 100 and eight of 200 make 2,000 cases
    assert of_years(found.granted) == [A_YEAR, 2 * MILLION]
    assert not found.hires[0, 0, :8].any()
    # in view in September: (4 × 1.2 + 8 × 2.0) / 12 = 1.733 m, 14.4 people; then 15, 15.6, 16.1; 16.7 from
    # January; the second review makes it 2.4 m, of which 19.7 people are in view in December 2027
    assert found.hires[0, 0, 8:13].tolist() == [4, 1, 0, 1, 0]
    assert found.heads[0, 0, [7, 8, 9, 11, 23]].tolist() == [10, 14, 15, 16, 19]


def test_yearly_money_follows_a_fall_and_people_are_let_go():
    case = small_case(np.full(24, 50.0))
    found = run_regime(case, YEARLY, A_YEAR)
    # September: four months of 100 and eight of 50 make 800 cases; in view 0.933 m, that is 7.8 people of ten
    assert of_years(found.granted) == [A_YEAR, 80_000_000]
    assert found.dismissed[0, 0, 8:12].tolist() == [2, 0, 0, 1]
    assert found.heads[0, 0, [7, 8, 11]].tolist() == [10, 8, 7]
    assert found.given_back[0, 11] == A_YEAR - found.spent[0, :12].sum() == 9_000_000  # 2 × 4 + 1
    assert not found.given_back[0, :11].any()


def test_patience_and_the_monthly_limit_keep_people():
    patient = replace(STAFF, attrition_trained=0.01)
    figures = replace(FIGURES, patience_months=24.0, dismissals_a_month=1.0)
    kept = run_regime(small_case(np.full(12, 50.0), figures=figures, staff=patient), YEARLY, A_YEAR)
    assert not kept.dismissed.any()
    limited = replace(FIGURES, dismissals_a_month=0.1)
    slow = run_regime(small_case(np.full(12, 50.0), figures=limited), YEARLY, A_YEAR)
    assert slow.dismissed[0, 0, 8:].tolist() == [1, 0, 0, 0]  # one of ten; of nine, not a whole one


def test_fixed_money_keeps_people_without_cases_to_decide():
    found = run_regime(small_case(np.full(24, 50.0)), FIXED, A_YEAR)
    assert of_years(found.granted) == of_years(found.spent) == [A_YEAR] * 2
    assert not found.dismissed.any()
    np.testing.assert_array_equal(found.idle_hours, 500.0)


def test_fixed_money_lets_the_stock_grow_when_more_comes_in():
    found = run_regime(small_case(np.full(24, 130.0)), FIXED, A_YEAR)
    np.testing.assert_array_equal(found.open_cases[0, 0], 30.0 * np.arange(1, 25))
    assert not found.hires.any()


def test_fixed_money_is_looked_at_again_after_its_term():
    found = run_regime(small_case(np.full(36, 200.0)), Regime(2, 0.0, 0.0), A_YEAR)
    # reviewed in September of the second year only: 2,400 cases in the twelve months before
    assert of_years(found.granted) == [A_YEAR, A_YEAR, 240_000_000]


def test_a_schedule_is_known_beforehand_and_no_review_moves_it():
    found = run_regime(small_case(np.full(48, 200.0)), Regime(1, 0.0, 0.0, (A_YEAR, A_YEAR, 60_000_000)), A_YEAR)
    assert of_years(found.granted) == [A_YEAR, A_YEAR, 60_000_000, 60_000_000]
    # the fall comes into view month by month in the second year: 9.6 people in February, 9.2, 8.8, ... 5.4, 5.0;
    # nobody goes for a part of a person
    assert found.heads[0, 0, [12, 13, 14, 15, 23, 24]].tolist() == [10, 10, 10, 9, 6, 5]


@pytest.mark.parametrize(("width", "second"), [(0.5, A_YEAR), (0.3, 80_000_000)])
def test_a_corridor_moves_the_amount_only_when_the_forecast_leaves_it(width, second):
    # the forecast is 0.8 m: a third below the amount
    found = run_regime(small_case(np.full(24, 50.0)), Regime(1, width, 0.0), A_YEAR)
    assert of_years(found.granted) == [A_YEAR, second]


def test_a_reserve_is_filled_up_to_its_cap_and_the_rest_goes_back():
    found = run_regime(small_case(np.full(24, 80.0), people=8.0, hires_a_month=0.0), Regime(5, 0.0, 0.05), A_YEAR)
    # 0.24 m a year is left; 5 % of 1.2 m stays
    assert found.reserve[0, [10, 11, 22, 23]].tolist() == [0, 6_000_000, 6_000_000, 6_000_000]
    assert found.given_back[0, [11, 23]].tolist() == [18_000_000, 24_000_000]


def test_a_reserve_bridges_a_fall_in_which_others_let_people_go():
    # nobody to hire: eight people in the first year fill the reserve, then 1 of the money's people goes
    case = small_case(np.concatenate([np.full(8, 80.0), np.full(16, 60.0)]), people=8.0, hires_a_month=0.0)
    without = run_regime(case, YEARLY, A_YEAR)
    with_reserve = run_regime(case, replace(YEARLY, reserve=0.5), A_YEAR)
    assert without.dismissed[0, 0].sum() > with_reserve.dismissed[0, 0].sum()
    np.testing.assert_array_equal(without.granted, with_reserve.granted)


def test_more_people_than_money_is_a_shortage_when_nobody_can_be_let_go():
    figures = replace(FIGURES, dismissals_a_month=0.0)
    found = run_regime(small_case(np.full(12, 100.0), people=12.0, figures=figures), FIXED, A_YEAR)
    assert found.short[0, 11] == 24_000_000
    assert found.spent.sum() == 144_000_000


def test_hires_begin_after_recruitment_and_no_more_than_are_wanted_or_can_be_had():
    case = replace(small_case(np.full(12, 200.0), hires_a_month=3.0), recruitment_months=2)
    found = run_regime(replace(case, past=np.full((1, 12), 200.0)), FIXED, 2 * A_YEAR)
    # work and money for twenty, ten are there: three a month from the third month on, and one
    assert found.hires[0, 0].tolist() == [0, 0, 3, 3, 3, 1, 0, 0, 0, 0, 0, 0]


def test_hours_that_do_not_make_a_case_are_kept_for_the_next_month():
    case = replace(small_case(np.full(6, 20.0), people=10.5), hours=np.array([100.0]))
    found = run_regime(case, FIXED, A_YEAR * 105 // 100)
    assert found.decisions[0, 0].tolist() == [10, 11, 10, 11, 10, 11]
    assert not found.idle_hours.any()


def test_late_cases_are_funded_over_the_months_until_they_are_to_be_gone():
    # 1,200 cases past their term at the start, to be gone in 60 months: 20 a month on top of 100
    opening = np.full(12, 100.0)
    figures = replace(FIGURES, review_month=1)
    case = small_case(np.full(24, 100.0), opening=opening, term=0, people=0.0, hires_a_month=0.0, figures=figures)
    found = run_regime(case, YEARLY, 0)
    # January 2026 settles 2027: nothing was decided before
    assert of_years(found.granted)[1] == 12 * 120 * 100_000


def test_borrowed_people_are_paid_by_what_is_left_of_the_year():
    staff = replace(STAFF, flexible_share=0.5)
    case = small_case(np.full(12, 150.0), people=10.0, hires_a_month=0.0, staff=staff)
    found = run_regime(case, FIXED, 3 * A_YEAR // 2)
    # EUR 50,000 a month is left and a borrowed person costs 15,000. In February the year behind is 50 cases more:
    # 4.17 cases a month are missing, 41.7 hours, at a productivity of 0.8 half a person
    assert found.hours[0, :2].tolist() == pytest.approx([1000.0, 1000 + 10 * 50 / 12])
    assert found.spent[0, 1] == pytest.approx(10_000_000 + 10 * 50 / 12 / 80 * 1_500_000, abs=1)
    assert found.hours[0, -1] > found.hours[0, 1]
    assert found.spent.sum() <= found.granted.sum()
    assert found.short.sum() == 0


def test_staff_are_those_of_the_staff_arithmetic():
    staff = replace(
        STAFF,
        ramp=(0.0, 0.3, 0.6),
        trainer_fte=0.2,
        attrition_trained=0.01,
        attrition_trainees=0.02,
        hire_cents=7,
        dismissal_cents=13_000,
    )
    rates = np.repeat([130.0, 40.0, 90.0], 12)
    case = small_case(np.random.default_rng(5).poisson(rates, (6, 36)).astype(float), staff=staff)
    found = run_regime(case, YEARLY, A_YEAR)
    assert found.hires.any()
    assert found.dismissed.any()
    again = staff_supply(case.trained_fte[0], found.hires[0], staff, dismissals=found.dismissed[0])
    np.testing.assert_allclose(found.trained[0], again.trained_fte, rtol=1e-12)
    np.testing.assert_allclose(found.heads[0], again.trained_fte + again.trainees_fte, rtol=1e-12)
    np.testing.assert_allclose(found.hours, again.hours, rtol=1e-12)
    assert np.abs(found.spent - again.cost_cents).max() <= 1  # rounded once, there by kind


@pytest.mark.parametrize("opening", [[300.0, 40.0, 60.0, 80.0], [60.0], []])
def test_terms_are_those_of_the_queue(opening):
    opening = np.array(opening)
    inflow = np.random.default_rng(6).poisson(108, (8, 30)).astype(float)
    case = small_case(inflow, opening=opening, term=2)
    found = run_regime(case, YEARLY, A_YEAR)
    queue = first_in_first_out(inflow, opening, found.decisions[0], 2)
    np.testing.assert_array_equal(found.decisions[0], queue.decisions)
    np.testing.assert_array_equal(found.in_term[0], queue.decided_in_term)
    np.testing.assert_array_equal(found.open_cases[0], queue.open_cases)
    np.testing.assert_array_equal(found.late[0], queue.open_past_term)
    np.testing.assert_array_equal(found.newly_late[0], queue.newly_late)
