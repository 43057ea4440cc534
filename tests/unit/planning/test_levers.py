"""Levers: only forecast months, in order, never below nothing."""

import numpy as np
import pytest

from indforecast.planning.levers import Lever, pulled

MONTHS = np.datetime64("2026-01", "M") + np.arange(6)
FIRST = np.datetime64("2026-03", "M")


def month(text):
    return np.datetime64(text, "M")


@pytest.mark.parametrize(
    ("how", "value", "expected"),
    [("set", 7.0, 7.0), ("add", -3.0, 97.0), ("percent", 20.0, 120.0), ("add", -300.0, 0.0)],
)
def test_a_change_acts_from_the_first_forecast_month_and_never_below_nothing(how, value, expected):
    changed = Lever("inflow", "students", how, value).on(np.full((2, 6), 100.0), MONTHS, FIRST)
    assert np.array_equal(changed, [[100.0] * 2 + [expected] * 4] * 2)


def test_it_ends_with_its_last_month():
    lever = Lever("hires", "asylum", "set", 5.0, month("2026-04"), month("2026-05"))
    assert np.array_equal(lever.on(np.zeros(6), MONTHS, FIRST), [0, 0, 0, 5, 5, 0])


def test_levers_of_one_kind_and_target_act_in_their_order():
    add, double = Lever("hours", "students", "add", 1.0), Lever("hours", "students", "percent", 100.0)
    values = np.full(6, 2.0)
    assert pulled([add, double], "hours", "students", values, MONTHS, FIRST)[-1] == 6
    assert pulled([double, add], "hours", "students", values, MONTHS, FIRST)[-1] == 5
    assert pulled([double, add], "hours", "naturalisation", values, MONTHS, FIRST) is values
    assert pulled([double, add], "inflow", "students", values, MONTHS, FIRST) is values
