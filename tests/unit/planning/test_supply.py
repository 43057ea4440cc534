"""Decision capacity when hours move, people are hired or a capacity is set."""

import numpy as np
import pytest

from indforecast.config.planning import value_at
from indforecast.planning.levers import Lever
from indforecast.planning.supply import capacity_factors, efforts, over, with_and_without
from tests.unit.planning.funding_cases import planning_case

CASE = planning_case(6, 30)
HOURS = CASE.settings.streams["asylum_first"].handling_hours.value
ADULT = np.datetime64("2028-01", "M")


def month(text):
    return np.datetime64(text, "M")


def test_hours_stand_as_a_multiple_of_the_settings():
    found = efforts(CASE, [Lever("hours", "asylum_first", "set", 1.5 * HOURS, month("2027-01"))])
    assert list(found) == ["asylum_first"]
    np.testing.assert_allclose(found["asylum_first"], [1.0] * 12 + [1.5] * 18)
    assert efforts(CASE, [Lever("inflow", "asylum_first", "percent", 10.0)]) == {}


def test_a_lever_acts_on_hours_that_move_already():
    moving = {"asylum_first": np.full((6, 30), 1.2)}
    np.testing.assert_allclose(efforts(CASE, [], moving)["asylum_first"], 1.2)
    added = efforts(CASE, [Lever("hours", "asylum_first", "add", HOURS)], moving)
    np.testing.assert_allclose(added["asylum_first"], 2.2)


def test_heavier_cases_are_decided_more_slowly_and_none_without_end():
    effort = {"asylum_first": np.array([1.0, 2.0, 0.0])}
    factor = capacity_factors(CASE, [], effort)["asylum_first"]
    np.testing.assert_allclose(factor[:2], [1.0, 0.5])
    assert np.isfinite(factor[2])


def test_a_capacity_that_is_set_stands_in_the_place_of_the_present_one():
    found = capacity_factors(CASE, [Lever("decisions", "naturalisation", "set", 6000.0, month("2026-03"))], {})
    present = value_at(CASE.settings.streams["naturalisation"].decided_per_month, "2026-03")
    np.testing.assert_allclose(found["naturalisation"][2:] * present, 6000.0)
    assert (found["naturalisation"][:2] == 1).all()
    # what is set is what people decide at today's hours: heavier cases still take longer
    both = capacity_factors(
        CASE, [Lever("decisions", "naturalisation", "set", 6000.0)], {"naturalisation": np.full(30, 2.0)}
    )
    np.testing.assert_allclose(both["naturalisation"] * present, 3000.0)


def test_hires_cost_time_first_and_decide_later_in_every_stream_of_their_group():
    found = capacity_factors(CASE, [Lever("hires", "asylum", "set", 20.0, month("2026-01"), month("2026-06"))], {})
    assert set(found) == {"asylum_first", "asylum_repeat"}
    factor = found["asylum_first"]
    np.testing.assert_array_equal(factor, found["asylum_repeat"])
    assert factor[0] < 1
    assert factor[-1] > 1.05


def test_staff_with_and_without_differ_by_the_hires_alone():
    lever = Lever("hires", "asylum", "set", 20.0, month("2026-01"), month("2026-01"))
    new, old = with_and_without(CASE, "asylum", [lever])
    people = (new.trained_fte + new.trainees_fte) - (old.trained_fte + old.trainees_fte)
    assert people[0, 0] == pytest.approx(20.0)
    assert (np.diff(people[0]) < 0).all()  # they leave as others do
    # replacing leavers keeps the experienced as they are
    np.testing.assert_allclose(old.trained_fte[0], old.trained_fte[0, 0], rtol=0.02)
    assert with_and_without(CASE, "nareis", [lever]) is None
    assert with_and_without(CASE, "regular", [Lever("hires", "regular", "set", 5.0)]) is None


def test_a_factor_speaks_of_the_last_months():
    np.testing.assert_array_equal(over(np.array([2.0, 3.0]), 4), [[1, 1, 2, 3]])
    np.testing.assert_array_equal(over(np.array([[2.0, 3.0], [4.0, 5.0]]), 1), [[3], [5]])
