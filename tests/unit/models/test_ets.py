from __future__ import annotations

import numpy as np
import pytest

from indforecast.models.ets import _estimate, _model, _smooth, corrected_aic, starting_season, variance_ahead
from indforecast.models.log_scale import LogSeries

SEASON = np.sin(2 * np.pi * np.arange(12) / 12)


def logs(seasonal: bool, months: int = 96, seed: int = 1) -> np.ndarray:
    generator = np.random.default_rng(seed)
    level = 6 + np.cumsum(generator.normal(0, 0.05, months))
    return level + seasonal * 0.5 * np.tile(SEASON, months // 12 + 1)[:months] + generator.normal(0, 0.05, months)


def test_the_season_is_taken_if_the_data_want_one():
    assert _estimate(logs(seasonal=True).tobytes()).season is not None
    assert _estimate(logs(seasonal=False).tobytes()).season is None


def test_the_starting_season_is_found_under_a_moving_level():
    values = 6 + 0.01 * np.arange(60) + np.tile(SEASON, 5)
    np.testing.assert_allclose(starting_season(values), SEASON, atol=1e-12)
    # Two years are enough, whatever month they begin with.
    np.testing.assert_allclose(starting_season(values[5:29]), np.roll(SEASON, -5), atol=1e-12)


@pytest.mark.parametrize("seasonal", [True, False])
def test_smoothing_is_the_textbook_recursion(seasonal):
    """Level and season by hand, at the estimated gains: the mean ahead to 1e-8."""
    values = logs(seasonal)
    smoothing = _estimate(values.tobytes())
    model = _model(values, smoothing.season)
    named = dict(zip(model.param_names, smoothing.gains, strict=True))
    alpha, gamma = named["smoothing_level"], named.get("smoothing_seasonal", 0.0)
    season = list(smoothing.season or [0.0] * 12)
    level = np.mean(values[:12] - np.array(season)) if seasonal else named["initial_level"]
    for month, value in enumerate(values):
        error = value - level - season[month % 12]
        level += alpha * error
        season[month % 12] += gamma * error
    expected = [level + season[(len(values) + step) % 12] for step in range(24)]
    found = model.smooth(np.asarray(smoothing.gains)).forecast(24)
    np.testing.assert_allclose(found, expected, atol=1e-8)


def test_the_variance_ahead_is_what_simulation_gives():
    alpha, gamma, sigma, steps, paths = 0.4, 0.2, 0.1, 30, 40_000
    generator = np.random.default_rng(2)
    level, season = np.zeros(paths), np.zeros((paths, 12))
    spread = []
    for step in range(steps):
        error = generator.normal(0, sigma, paths)
        spread.append(np.var(level + season[:, step % 12] + error))
        level += alpha * error
        season[:, step % 12] += gamma * error
    found = variance_ahead(sigma**2, level_gain=alpha, season_gain=gamma, steps=steps)
    np.testing.assert_allclose(found, spread, rtol=0.04)


def test_the_variance_of_one_step_is_the_innovation_variance():
    assert variance_ahead(0.3, level_gain=0.9, season_gain=0.1, steps=1).tolist() == [0.3]


def test_aicc_of_hurvich_and_tsai():
    k, n, likelihood = 4, 30, -12.0
    assert corrected_aic(likelihood, k, n) == pytest.approx(
        -2 * likelihood + 2 * k + 2 * k * (k + 1) / (n - k - 1)
    )


def test_filled_months_do_not_narrow_the_band():
    """A straight line through three missing years is easy to follow, and says nothing of the months to come."""
    values = 6 + np.random.default_rng(4).normal(0, 0.2, 120)
    values[[79, 116]] = 6.0
    gappy = values.copy()
    gappy[-40:-4] = np.nan
    periods = np.datetime64("2012-01", "M") + np.arange(len(values))
    whole, filled = (np.ptp(_smooth(LogSeries("s", periods, one, gap=0), 1)) for one in (values, gappy))
    assert 0.75 < filled / whole < 1.4
