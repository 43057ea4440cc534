"""Levers on reception change the figures of forecast months and nothing else."""

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.config.planning import value_at
from indforecast.planning.levers import Lever
from indforecast.planning.measures import ALL
from indforecast.planning.reception_levers import pulled_reception

RECEPTION = load_settings().planning.reception
FIRST = np.datetime64("2026-04", "M")
MONTHS = np.datetime64("2026-01", "M") + np.arange(24)


def pulled(*levers):
    return pulled_reception(RECEPTION, levers, MONTHS, FIRST)


def values(dated):
    return np.array([value_at(dated, str(month)) for month in MONTHS])


def test_without_such_levers_the_figures_are_the_very_same():
    assert pulled() is RECEPTION
    assert pulled(Lever("inflow", "students", "set", 5.0)) is RECEPTION


def test_housing_from_the_first_forecast_month_and_never_below_a_month():
    changed = pulled(Lever("housing", ALL, "set", 3.2))
    np.testing.assert_array_equal(values(changed.months_to_housing)[3:], 3.2)
    np.testing.assert_array_equal(values(changed.months_to_housing)[:3], values(RECEPTION.months_to_housing)[:3])
    assert changed.grant_share == RECEPTION.grant_share
    none = pulled(Lever("housing", ALL, "set", 0.0))
    assert values(none.months_to_housing).min() == 1


def test_grants_stay_a_share_and_end_when_they_end():
    changed = pulled(Lever("grants", ALL, "percent", 900.0, end=np.datetime64("2026-06", "M")))
    shares, before = values(changed.grant_share), values(RECEPTION.grant_share)
    assert (shares[3:6] == 1).all()
    np.testing.assert_array_equal(shares[6:], before[6:])
    assert changed.months_to_housing == RECEPTION.months_to_housing


def test_months_before_the_plan_keep_their_figures_and_units():
    changed = pulled(Lever("grants", ALL, "set", 0.5))
    earlier = {month: one for month, one in RECEPTION.grant_share.items() if month < "2026-01"}
    assert earlier
    assert all(changed.grant_share[month] == one for month, one in earlier.items())
    tried = changed.grant_share["2026-05"]
    assert (tried.value, tried.unit) == (0.5, next(iter(RECEPTION.grant_share.values())).unit)
    assert tried.assumption
    with pytest.raises(Exception):  # noqa: B017 - settings are frozen
        changed.grant_share = {}
