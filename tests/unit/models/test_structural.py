from __future__ import annotations

from datetime import date
from statistics import NormalDist

import numpy as np
import pytest

from indforecast.domain.events import Event, EventShape
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.models.estimation import EVENT_PRIOR, LEVEL_PERSISTENCE, SEASON_PRIOR, recent_variance
from indforecast.models.log_scale import LogSeries
from indforecast.models.structural import MEAN_PRIOR, _estimate, _filtered, _model

MEDIAN, UPPER, LOWER = (HUB_LEVELS.index(level) for level in (0.5, 0.9, 0.1))
START = np.datetime64("2014-01", "M")
CALENDAR = START + np.arange(200)


def logs(months: int = 84, seed: int = 1) -> np.ndarray:
    generator = np.random.default_rng(seed)
    level = 6 + np.cumsum(generator.normal(0, 0.04, months))
    return level + 0.3 * np.sin(2 * np.pi * np.arange(months) / 12) + generator.normal(0, 0.03, months)


def series(values: np.ndarray) -> LogSeries:
    return LogSeries("s", CALENDAR[: len(values)], values, gap=0)


def pulse(first: int, last: int) -> Event:
    start, end = (CALENDAR[month].astype(date) for month in (first, last))
    return Event(f"e{first}", "", "", ("s",), start, end, date(2000, 1, 1), EventShape.PULSE, "test")


def test_the_filter_is_exact_gaussian_conditioning():
    """The same model written as one joint normal distribution, without any recursion: equal to 1e-8."""
    values = logs()
    values[[10, 30, 31]] = np.nan
    months, steps = len(values), 24
    total = months + steps
    time = np.arange(total)
    regressor = ((time >= 40) & (time <= 45) | (time >= 80) & (time <= 90)).astype(float)
    noise, innovation = 0.02, 0.05

    harmonics = [np.cos(2 * np.pi * k * time / 12) for k in range(1, 7)]
    harmonics += [np.sin(2 * np.pi * k * time / 12) for k in range(1, 6)]
    season = SEASON_PRIOR**2 * np.array(harmonics).T @ np.array(harmonics)
    distance = np.abs(time[:, None] - time[None, :])
    level = innovation * LEVEL_PERSISTENCE**distance / (1 - LEVEL_PERSISTENCE**2)
    events = EVENT_PRIOR**2 * np.outer(regressor, regressor)
    covariance = MEAN_PRIOR**2 + level + season + events + noise * np.eye(total)
    mean = np.nanmean(values[:12])
    seen, ahead = np.flatnonzero(~np.isnan(values)), np.arange(months, total)
    weights = np.linalg.solve(covariance[np.ix_(seen, seen)], covariance[np.ix_(seen, ahead)]).T
    expected_mean = mean + weights @ (values[seen] - mean)
    expected = covariance[np.ix_(ahead, ahead)] - weights @ covariance[np.ix_(seen, ahead)]

    model = _model(values, regressor[:months, None])
    fitted = model.filter(np.array([noise, innovation, LEVEL_PERSISTENCE]), cov_type="none")
    found = fitted.get_forecast(steps, exog=regressor[months:, None])
    np.testing.assert_allclose(found.predicted_mean, expected_mean, atol=1e-8)
    np.testing.assert_allclose(found.var_pred_mean, np.diag(expected), atol=1e-8)


def test_variances_are_recovered_from_a_long_series():
    generator = np.random.default_rng(7)
    level, rows = 0.0, []
    for _ in range(900):
        level = LEVEL_PERSISTENCE * level + generator.normal(0, 0.10)
        rows.append(6 + level + generator.normal(0, 0.05))
    noise, innovation, persistence = _estimate(np.array(rows).tobytes(), b"")
    assert noise == pytest.approx(0.05**2, rel=0.5)
    assert innovation == pytest.approx(0.10**2, rel=0.2)
    assert persistence == LEVEL_PERSISTENCE


def test_a_known_pulse_is_not_taken_for_a_new_level():
    """A collapse of the last four months that is known to be over: the forecast goes back up."""
    values = logs()
    shut = values.copy()
    shut[-4:] -= 1.5
    usual = _filtered(series(values), (), 12)[:, MEDIAN]
    blind = _filtered(series(shut), (), 12)[:, MEDIAN]
    told = _filtered(series(shut), (pulse(80, 83),), 12)[:, MEDIAN]
    assert np.all(np.abs(told - usual) < 0.35)
    assert np.all(usual[:6] - blind[:6] > 0.8)


def test_a_pulse_that_goes_on_works_until_its_end():
    values = logs()
    values[-4:] -= 1.5
    answer = _filtered(series(values), (pulse(80, 86),), 12)[:, MEDIAN]
    step = np.diff(answer)
    assert np.argmax(step) == 2  # from horizon 3, the pulse's last month, to horizon 4
    assert step[2] > 1.0


def test_an_event_with_one_month_of_evidence_is_not_believed_at_face_value():
    values = logs()
    values[-1] -= 1.5
    during = _filtered(series(values), (pulse(83, 89),), 6)
    without = _filtered(series(logs()), (), 6)
    # The effect is uncertain, and the band says so.
    assert np.all((during[:, UPPER] - during[:, LOWER]) > 1.05 * (without[:, UPPER] - without[:, LOWER]))


def test_an_event_in_unobserved_months_only_is_left_out():
    values = logs()
    values[70:73] = np.nan
    lasting = Event(
        "e", "", "", ("s",), *(CALENDAR[m].astype(date) for m in (84, 99)), date(2000, 1, 1), EventShape.PULSE, ""
    )
    over = pulse(70, 72)
    without = _filtered(series(values), (), 12)
    assert np.array_equal(_filtered(series(values), (over, lasting), 12), without)
    values[-3:] = np.nan
    shorter = LogSeries("s", CALENDAR[:81], values[:81], gap=3)
    begun = pulse(71, 72)
    assert np.array_equal(_filtered(shorter, (begun,), 12), _filtered(shorter, (), 12))


def test_the_first_year_does_not_set_the_width():
    """Its innovations measure the priors; with two years of history that would be half of them."""
    values = logs(24)
    model = _model(values, np.zeros((24, 0)))
    fitted = model.filter(np.array(_estimate(values.tobytes(), b"")), cov_type="none")
    late = fitted.filter_results.standardized_forecasts_error[0][12:]
    deviation = np.sqrt(fitted.get_forecast(6).var_pred_mean * recent_variance(late))
    answer = _filtered(series(values), (), 6)
    np.testing.assert_allclose(answer[:, UPPER] - answer[:, MEDIAN], NormalDist().inv_cdf(0.9) * deviation)


def test_the_level_comes_back_slowly():
    """60 months ahead the median lies between today's level and the long-run mean, and the variance is bounded."""
    values = logs()
    values[-24:] += np.linspace(0, 1.5, 24)
    answer = _filtered(series(values), (), 240)
    mean = np.nanmean(values)
    assert mean - 0.5 < answer[59, MEDIAN] < values[-12:].mean()
    width = answer[:, UPPER] - answer[:, LOWER]
    assert width[239] < 1.35 * width[59]
