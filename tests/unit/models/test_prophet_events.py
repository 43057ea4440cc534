from __future__ import annotations

import logging
from datetime import date

import numpy as np
import pytest

from indforecast.domain.events import Event, EventShape
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.models.estimation import LEVEL_PERSISTENCE
from indforecast.models.log_scale import CannotForecast, LogSeries
from indforecast.models.prophet_events import (
    _carried,
    _fitted_mean,
    _holidays,
    _quiet,
    reverting_innovations,
    reverting_variance,
)

MEDIAN = HUB_LEVELS.index(0.5)
CALENDAR = np.datetime64("2014-01", "M") + np.arange(200)


def logs(months: int = 84) -> np.ndarray:
    generator = np.random.default_rng(1)
    return 6 + 0.3 * np.sin(2 * np.pi * np.arange(months) / 12) + generator.normal(0, 0.03, months)


def series(values: np.ndarray) -> LogSeries:
    return LogSeries("s", CALENDAR[: len(values)], values, gap=0)


def event(first: int, last: int, shape: EventShape = EventShape.PULSE) -> Event:
    start, end = (CALENDAR[month].astype(date) for month in (first, last))
    return Event(f"e{first}", "", "", ("s",), start, end, date(2000, 1, 1), shape, "test")


def test_level_and_season_are_found():
    fitted = _fitted_mean(series(logs()), (), 12)
    truth = 6 + 0.3 * np.sin(2 * np.pi * np.arange(96) / 12)
    np.testing.assert_allclose(fitted, truth, atol=0.06)


def test_an_event_s_effect_is_found_and_ends_with_it():
    values = logs()
    values[60:66] -= 1.2
    values[80:] -= 0.8
    events = (event(60, 65), event(80, 86))
    fitted = _fitted_mean(series(values), events, 12)
    blind = _fitted_mean(series(logs()), (), 12)
    effect = fitted - blind
    np.testing.assert_allclose(effect[60:66], -1.2, atol=0.1)
    np.testing.assert_allclose(effect[84:87], -0.8, atol=0.1)
    np.testing.assert_allclose(effect[87:], 0.0, atol=0.1)


def test_an_event_of_one_month_is_shrunk_towards_no_effect():
    """Prior deviation 1 against noise of about .5: four fifths of the month's fall is believed."""
    values = logs() + np.random.default_rng(2).normal(0, 0.5, 84)
    values[70] = 3.5
    blind, told = (_fitted_mean(series(values), events, 1) for events in ((), (event(70, 70),)))
    gap = values[70] - told[69]
    assert gap < -1.5
    assert 0.6 < (told[70] - told[69]) / gap < 0.93
    assert np.all(np.abs(told - blind)[:70] < 0.3)


def test_holidays_are_the_months_of_events_that_were_seen():
    frame = _holidays(
        series(logs()), (event(60, 62), event(90, 95), event(82, 83, EventShape.STEP)), 6, prior_scale=0.1
    )
    months = {name: list(rows["ds"].dt.strftime("%Y-%m")) for name, rows in frame.groupby("holiday")}
    assert months == {
        "e60": ["2019-01", "2019-02", "2019-03"],
        "e82": [str(month) for month in CALENDAR[82:90]],
    }
    assert _holidays(series(logs()), (), 6, prior_scale=0.1) is None


def test_an_event_in_unobserved_months_only_is_left_out():
    values = logs()
    values[60:63] = np.nan
    assert _holidays(series(values), (event(60, 62),), 6, prior_scale=0.1) is None


def test_the_newest_residual_is_carried_and_fades():
    values = logs()
    values[-6:] += 0.5
    answer = _carried(series(values), (), 60)[:, MEDIAN]
    fitted = _fitted_mean(series(values), (), 60)
    residual = values[-1] - fitted[83]
    ahead = np.arange(1, 61)
    np.testing.assert_allclose(answer - fitted[84:], residual * LEVEL_PERSISTENCE**ahead, atol=1e-9)


def test_reverting_variance_adds_up_month_by_month():
    by_hand = np.cumsum(LEVEL_PERSISTENCE ** (2 * np.arange(60)))
    np.testing.assert_allclose(reverting_variance(np.arange(1, 61)), by_hand)


def test_innovations_over_a_gap_are_scaled_to_one_month():
    generator = np.random.default_rng(3)
    residuals = np.zeros(30_000)
    for month in range(1, len(residuals)):
        residuals[month] = LEVEL_PERSISTENCE * residuals[month - 1] + generator.normal(0, 0.2)
    whole = reverting_innovations(residuals)
    assert len(whole) == 29_999
    assert whole.std() == pytest.approx(0.2, rel=0.02)
    residuals[generator.random(len(residuals)) < 0.5] = np.nan
    assert reverting_innovations(residuals).std() == pytest.approx(0.2, rel=0.02)


def test_a_failed_optimisation_is_a_recorded_reason(monkeypatch):
    from prophet import Prophet

    def fail(self, *args, **kwargs):
        raise RuntimeError("line search failed\nmany lines")

    monkeypatch.setattr(Prophet, "fit", fail)
    with pytest.raises(CannotForecast, match=r"optimiser failed: line search failed$"):
        _carried(series(logs()), (), 6)


def test_silence_is_lifted_again():
    logger = logging.getLogger("cmdstanpy")
    with _quiet():
        assert logger.disabled
    assert not logger.disabled
