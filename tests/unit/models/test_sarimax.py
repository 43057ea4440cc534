from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from indforecast.domain.events import Event, EventShape
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.models.estimation import LEVEL_PERSISTENCE
from indforecast.models.log_scale import LogSeries
from indforecast.models.sarimax import SEASONAL_MEMORY, _estimate, _filtered, _model

MEDIAN = HUB_LEVELS.index(0.5)
CALENDAR = np.datetime64("2014-01", "M") + np.arange(300)


def simulated(months: int, moving: float, deviation: float, seed: int) -> np.ndarray:
    """The model itself, run forward from a quiet year."""
    shocks = np.random.default_rng(seed).normal(0, deviation, months + 13)
    combined = shocks.copy()
    combined[1:] += moving * shocks[:-1]
    change = combined.copy()
    change[12:] += SEASONAL_MEMORY * combined[:-12]
    passing = np.zeros(months + 13)
    for month in range(13, months + 13):
        passing[month] = LEVEL_PERSISTENCE * passing[month - 1] + change[month]
    values = np.full(months + 12, 6.0)
    for month in range(12, months + 12):
        values[month] = values[month - 12] + passing[month + 1]
    return values[12:]


def test_parameters_are_recovered_from_a_long_series():
    values = simulated(900, -0.4, 0.08, seed=11)
    persistence, moving, memory, variance = _estimate(values.tobytes(), b"")
    assert (persistence, memory) == (LEVEL_PERSISTENCE, SEASONAL_MEMORY)
    assert moving == pytest.approx(-0.4, abs=0.08)
    assert variance == pytest.approx(0.08**2, rel=0.15)


def test_a_known_pulse_is_not_taken_for_a_new_level():
    values = simulated(84, -0.4, 0.05, seed=3)
    shut = values.copy()
    shut[80:] -= 1.5
    event = Event(
        "shut", "", "", ("s",), date(2020, 9, 1), date(2020, 12, 31), date(2020, 9, 1), EventShape.PULSE, "test"
    )
    told = LogSeries("s", CALENDAR[:84], shut, gap=0)
    without = _filtered(told, (), 12)[:, MEDIAN]
    informed = _filtered(told, (event,), 12)[:, MEDIAN]
    quiet = _filtered(LogSeries("s", CALENDAR[:84], values, gap=0), (), 12)[:, MEDIAN]
    assert np.all(np.abs(informed - quiet) < 0.35)
    assert np.all(without < quiet - 0.7)


def test_statsmodels_with_its_own_start_agrees_once_the_start_is_forgotten():
    """The start here is proper and very wide; statsmodels' own is diffuse."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    values = simulated(96, -0.4, 0.05, seed=5)
    parameters = np.array([LEVEL_PERSISTENCE, -0.4, SEASONAL_MEMORY, 0.05**2])
    own = _model(values, np.zeros((96, 0))).filter(parameters, cov_type="none").get_forecast(24)
    theirs = SARIMAX(values, order=(1, 0, 1), seasonal_order=(0, 1, 1, 12), use_exact_diffuse=True)
    expected = theirs.filter(parameters, cov_type="none").get_forecast(24)
    np.testing.assert_allclose(own.predicted_mean, expected.predicted_mean, atol=1e-4)
    np.testing.assert_allclose(own.var_pred_mean, expected.var_pred_mean, rtol=1e-3)
