from __future__ import annotations

import numpy as np
import pytest

from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.models.log_scale import LogSeries
from indforecast.models.theta import SLOPE_DAMPING, _theta, has_season, smoothed

MEDIAN = HUB_LEVELS.index(0.5)
WAVE = 0.5 * np.sin(2 * np.pi * np.arange(12) / 12)


def series(values: np.ndarray) -> LogSeries:
    return LogSeries("s", np.datetime64("2014-01", "M") + np.arange(len(values)), values, gap=0)


def noise(months: int, seed: int, spread: float = 0.05) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, spread, months)


def test_a_season_is_found_and_none_is_invented():
    with_season = [has_season(6 + np.tile(WAVE, 8) + noise(96, seed)) for seed in range(20)]
    without = [has_season(6 + np.cumsum(noise(96, seed))) for seed in range(60)]
    assert all(with_season)
    assert np.mean(without) < 0.2
    assert not has_season(np.full(48, 3.0))


def test_smoothing_is_that_of_statsmodels_with_the_drift_taken_out():
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    values = 5 + np.cumsum(noise(60, 3)) + noise(60, 4)
    gain, level, errors = smoothed(values, drift=0.0)
    fitted = SimpleExpSmoothing(values, initialization_method="known", initial_level=values[0]).fit(
        smoothing_level=gain, optimized=False
    )
    assert level == pytest.approx(fitted.forecast(1)[0], abs=1e-12)
    np.testing.assert_allclose(errors, values[1:] - fitted.fittedvalues[1:], atol=1e-12)
    # A drift is a line that is added before and taken off again.
    along, line = 0.02, 0.02 * np.arange(60)
    shifted = smoothed(values + line, drift=along)
    assert shifted[0] == gain
    assert shifted[1] == pytest.approx(level + line[-1])


def test_the_gain_of_a_noisy_level_is_recovered():
    """Steady-state Kalman gain of a random walk seen through noise (Muth 1960): gain² / (1 - gain) = ratio."""
    ratio = 0.5
    expected = (-ratio + np.sqrt(ratio**2 + 4 * ratio)) / 2
    level = np.cumsum(noise(4000, 5, np.sqrt(ratio)))
    gain, _, _ = smoothed(level + noise(4000, 6, 1.0), drift=0.0)
    assert gain == pytest.approx(expected, abs=0.05)


def test_a_straight_line_is_followed_at_half_its_slope_and_then_levels_off():
    answer = _theta(series(5 + 0.01 * np.arange(84)), 60)[:, MEDIAN]
    half = 0.005 * np.cumsum(SLOPE_DAMPING ** np.arange(60))
    # The whole slope in the level that smoothing lags behind, half of it ahead.
    np.testing.assert_allclose(np.diff(answer), np.diff(half), atol=1e-12)
    assert answer[-1] < 5 + 0.01 * 84 + 0.06


def test_a_filled_month_is_no_evidence_of_how_well_the_model_does():
    ratio = []
    for seed in range(8):
        values = 6 + noise(96, seed, 0.1)
        holes = values.copy()
        holes[-40:-1:2] = np.nan
        whole, gapped = (_theta(series(one), 1)[0] for one in (values, holes))
        ratio.append((gapped[-1] - gapped[0]) / (whole[-1] - whole[0]))
    assert np.mean(ratio) > 0.9
