"""Staff dynamics against cases worked by hand, and what must hold for any decisions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indforecast.config import load_settings
from indforecast.config.parameter import Parameter
from indforecast.planning.staffing import (
    StaffFigures,
    a_month,
    replacement_hires,
    staff_figures,
    staff_supply,
    steady_training,
    training_ramp,
)

PLANNING = load_settings().planning
PLAIN = StaffFigures(
    ramp=(0.0, 0.5),
    trainer_fte=0.2,
    attrition_trained=0.0,
    attrition_trainees=0.0,
    productive_hours=1200.0,
    flexible_productivity=0.8,
    flexible_share=0.2,
    flexible_growth=0.05,
    wage_cents=1_000_00,
    flexible_cents=1_500_00,
    hire_cents=500_00,
    dismissal_cents=2_000_00,
)


def test_ten_hires_are_trained_after_two_months_and_cost_trainers_meanwhile() -> None:
    staff = staff_supply(100.0, np.array([10.0, 0.0, 0.0]), PLAIN)
    assert staff.trained_fte.tolist() == [[100.0, 100.0, 110.0]]
    assert staff.trainees_fte.tolist() == [[10.0, 10.0, 0.0]]
    # 10 people x (0 - 0.2), then 10 x (0.5 - 0.2)
    np.testing.assert_allclose(staff.effective_fte, [[98.0, 103.0, 110.0]])
    np.testing.assert_allclose(staff.hours, [[9800.0, 10300.0, 11000.0]])
    assert staff.wages_cents.tolist() == [[110_000_00, 110_000_00, 110_000_00]]
    assert staff.hiring_cents.tolist() == [[5_000_00, 0, 0]]
    assert staff.cost_cents.tolist() == [[115_000_00, 110_000_00, 110_000_00]]


def test_leavers_by_hand() -> None:
    figures = replace(PLAIN, attrition_trained=0.1, attrition_trainees=0.5)
    staff = staff_supply(100.0, np.array([8.0, 0.0, 0.0]), figures)
    # 100 -> 90 -> 81 -> 72.9 + 8 x 0.5 x 0.5
    np.testing.assert_allclose(staff.trained_fte, [[90.0, 81.0, 74.9]])
    np.testing.assert_allclose(staff.trainees_fte, [[8.0, 4.0, 0.0]])
    np.testing.assert_allclose(staff.leavers_fte, [[10.0, 13.0, 10.1]])


def test_the_pool_is_cut_to_its_growth_and_its_size() -> None:
    staff = staff_supply(100.0, np.zeros(6), PLAIN, flexible=np.full(6, 50.0))
    np.testing.assert_allclose(staff.flexible_fte, [[5.0, 10.0, 15.0, 20.0, 20.0, 20.0]])
    np.testing.assert_allclose(staff.effective_fte[:, 0], 104.0)
    assert staff.flexible_cents[0, 0] == 7_500_00


def test_no_more_are_let_go_than_there_are() -> None:
    staff = staff_supply(10.0, np.zeros(2), PLAIN, dismissals=np.array([6.0, 6.0]))
    assert staff.dismissed_fte.tolist() == [[6.0, 4.0]]
    assert staff.dismissal_cents.tolist() == [[12_000_00, 8_000_00]]
    assert staff.trained_fte.tolist() == [[4.0, 0.0]]


def test_replacement_keeps_experienced_people_constant() -> None:
    figures = replace(PLAIN, attrition_trained=0.02, attrition_trainees=0.03)
    hires = np.full(12, replacement_hires(250.0, figures))
    staff = staff_supply(250.0, hires, figures, in_training=steady_training(250.0, figures))
    np.testing.assert_allclose(staff.trained_fte, 250.0)
    np.testing.assert_allclose(staff.trainees_fte, staff.trainees_fte[0, 0])


def test_the_ramp_rises_evenly_to_its_end() -> None:
    assert training_ramp(4, 3, 0.6) == (0.0, 0.0, 0.3, 0.6)
    assert training_ramp(2, 3, 0.6) == (0.0, 0.0)
    assert training_ramp(3, 1, 0.9) == pytest.approx((0.3, 0.6, 0.9))


def test_a_years_leavers_are_twelve_months_leavers() -> None:
    assert (1 - a_month(0.1)) ** 12 == pytest.approx(0.9)


def test_an_fte_costs_what_its_hours_are_paid_unless_told_otherwise() -> None:
    planning = PLANNING
    figures = staff_figures(planning)
    paid = planning.budget.hourly_rate.value * planning.staffing.productive_hours.value
    assert figures.wage_cents == round(paid / 12 * 100)
    assert figures.training_months == planning.hiring.training_months.value
    assert planning.hiring.yearly_cost is None
    own = Parameter(value=120_000, unit="EUR/FTE/year", source="ours")
    told = planning.model_copy(update={"hiring": planning.hiring.model_copy(update={"yearly_cost": own})})
    assert staff_figures(told).wage_cents == 10_000_00


def test_decisions_that_are_negative_are_refused() -> None:
    with pytest.raises(ValueError, match="hires must be finite and not negative"):
        staff_supply(1.0, np.array([-1.0]), PLAIN)
    with pytest.raises(ValueError, match="flexible"):
        staff_supply(1.0, np.array([1.0]), PLAIN, flexible=np.array([np.nan]))


PEOPLE = st.lists(st.floats(0, 200), min_size=30, max_size=30).map(np.array)


@settings(max_examples=50, deadline=None)
@given(hires=PEOPLE, dismissals=PEOPLE, flexible=PEOPLE, start=st.floats(0, 1000), leave=st.floats(0, 0.2))
def test_people_are_conserved(
    hires: np.ndarray, dismissals: np.ndarray, flexible: np.ndarray, start: float, leave: float
) -> None:
    figures = replace(staff_figures(PLANNING), attrition_trained=leave, attrition_trainees=leave / 2)
    begun = steady_training(start, figures)
    staff = staff_supply(start, hires, figures, dismissals=dismissals, flexible=flexible, in_training=begun)
    people = staff.trained_fte + staff.trainees_fte
    flows = np.cumsum(hires - staff.leavers_fte - staff.dismissed_fte, axis=1)
    np.testing.assert_allclose(people, start + begun.sum() + flows, atol=1e-6)
    for values in (staff.hours, staff.trained_fte, staff.trainees_fte, staff.flexible_fte):
        assert np.all(values >= -1e-9)
    assert np.all(staff.flexible_fte <= figures.flexible_share * staff.trained_fte + 1e-9)


@settings(max_examples=50, deadline=None)
@given(hires=PEOPLE, more=st.floats(0, 100), month=st.integers(0, 29))
def test_more_hires_never_mean_fewer_hours_after_their_training(
    hires: np.ndarray, more: float, month: int
) -> None:
    figures = staff_figures(PLANNING)
    extra = hires.copy()
    extra[month] += more
    few, many = (staff_supply(5_000.0, plan, figures).hours for plan in (hires, extra))
    after = slice(month + figures.training_months, None)
    assert np.all(many[:, after] >= few[:, after] - 1e-6)


def test_paths_have_their_own_decisions() -> None:
    rng = np.random.default_rng(5)
    hires = rng.uniform(0, 10, (7, 20))
    figures = staff_figures(PLANNING)
    together = staff_supply(50.0, hires, figures)
    for path in range(7):
        alone = staff_supply(50.0, hires[path], figures)
        np.testing.assert_array_equal(alone.cost_cents[0], together.cost_cents[path])
        np.testing.assert_allclose(alone.hours[0], together.hours[path])
