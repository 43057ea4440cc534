"""Draws beside inflow's: the same for the same case, and none where hours were measured."""

from dataclasses import replace

import numpy as np

from indforecast.planning.case_queues import case_queues
from indforecast.planning.late_plan import late_plan, run_late
from indforecast.planning.moving_hours import moving_hours
from tests.unit.planning.funding_cases import planning_case

CASE = planning_case(24, 30)


def test_every_work_stream_has_factors_and_the_courts_a_draw_a_path():
    drawn = moving_hours(CASE)
    assert set(drawn.factors) == set(CASE.work)
    assert all(values.shape == (24, 30) for values in drawn.factors.values())
    assert all((values > 0).all() for values in drawn.factors.values())
    assert drawn.courts.shape == (24,)
    assert {name: values.shape for name, values in drawn.today.items()} == dict.fromkeys(CASE.work, (24,))
    assert drawn.assumed(CASE) == list(CASE.work)


def test_the_same_case_has_the_same_draws_and_another_vintage_others():
    one, other = moving_hours(CASE), moving_hours(CASE)
    np.testing.assert_array_equal(one.factors["students"], other.factors["students"])
    np.testing.assert_array_equal(one.courts, other.courts)
    later = replace(CASE, history=replace(CASE.history, vintage=CASE.history.vintage.replace(year=2027)))
    assert not np.array_equal(moving_hours(later).factors["students"], one.factors["students"])


def test_the_plan_goes_to_court_as_often_as_its_shares_of_variance_say():
    streams, months = case_queues(CASE)
    drawn = run_late(streams, months, CASE.settings, chance=False, court_factor=moving_hours(CASE).courts).late
    planned = late_plan(CASE).late
    for name, late in planned.items():
        np.testing.assert_array_equal(late.court_cents, drawn[name].court_cents)
    assert np.ptp(moving_hours(CASE).courts) > 0


def test_fewer_paths_are_the_first_of_more():
    some = moving_hours(CASE.select(slice(0, 8)))
    np.testing.assert_array_equal(some.factors["asylum_first"], moving_hours(CASE).factors["asylum_first"][:8])
    np.testing.assert_array_equal(some.today["asylum_first"], moving_hours(CASE).today["asylum_first"][:8])


def test_a_case_without_history_is_drawn_for_its_origin():
    blank = replace(CASE, history=None)
    assert moving_hours(blank).courts.shape == (24,)
