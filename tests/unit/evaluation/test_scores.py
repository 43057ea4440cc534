from __future__ import annotations

import numpy as np
import pytest

from indforecast.domain.quantiles import HUB_LEVELS, SCORE_LEVELS
from indforecast.evaluation.scores import (
    covered,
    crps_from_quantiles,
    interval_score,
    log_wis,
    mase,
    pinball_loss,
    variogram_score,
    wis,
)


@pytest.fixture
def forecasts() -> tuple[np.ndarray, np.ndarray]:
    """Quantiles [6, 5, 23] and outcomes [6, 5], some below, inside and above."""
    rng = np.random.default_rng(7)
    quantiles = np.sort(rng.gamma(3.0, 400.0, (6, 5, len(HUB_LEVELS))), axis=-1)
    return quantiles, rng.gamma(3.0, 500.0, (6, 5))


def test_pinball_loss_agrees_with_scoringrules(forecasts: tuple[np.ndarray, np.ndarray]) -> None:
    scoringrules = pytest.importorskip("scoringrules")
    quantiles, observed = forecasts
    ours = pinball_loss(quantiles, HUB_LEVELS, observed)
    for position, level in enumerate(HUB_LEVELS):
        theirs = scoringrules.quantile_score(observed, quantiles[..., position], level)
        np.testing.assert_allclose(ours[..., position], theirs, rtol=1e-12)


def test_wis_is_scoringrules_quantile_crps(forecasts: tuple[np.ndarray, np.ndarray]) -> None:
    scoringrules = pytest.importorskip("scoringrules")
    quantiles, observed = forecasts
    theirs = scoringrules.crps_quantile(observed, quantiles, np.array(HUB_LEVELS))
    np.testing.assert_allclose(wis(quantiles, HUB_LEVELS, observed), theirs, rtol=1e-12)


def test_wis_equals_the_weighted_sum_of_interval_scores(forecasts: tuple[np.ndarray, np.ndarray]) -> None:
    """Bracher et al. 2021, equation 1, written out: an independent form of the same score."""
    quantiles, observed = forecasts
    seven = quantiles[..., [HUB_LEVELS.index(level) for level in SCORE_LEVELS]]
    total = 0.5 * np.abs(observed - seven[..., 3])
    for low, high, alpha in ((0, 6, 0.05), (1, 5, 0.2), (2, 4, 0.5)):
        total += alpha / 2 * interval_score(seven[..., low], seven[..., high], observed, alpha)
    np.testing.assert_allclose(wis(seven, SCORE_LEVELS, observed), total / 3.5, rtol=1e-12)


def test_interval_score_agrees_with_scoringrules(forecasts: tuple[np.ndarray, np.ndarray]) -> None:
    scoringrules = pytest.importorskip("scoringrules")
    quantiles, observed = forecasts
    ours = interval_score(quantiles[..., 3], quantiles[..., 19], observed, 0.2)
    np.testing.assert_allclose(
        ours, scoringrules.interval_score(observed, quantiles[..., 3], quantiles[..., 19], 0.2)
    )


def test_log_wis_is_wis_of_logs_and_scale_free_for_large_counts() -> None:
    quantiles = np.array([[80.0, 100.0, 125.0]])
    observed = np.array([110.0])
    levels = (0.1, 0.5, 0.9)
    expected = wis(np.log1p(quantiles), levels, np.log1p(observed))
    np.testing.assert_allclose(log_wis(quantiles, levels, observed), expected)
    far = log_wis(quantiles * 1e6, levels, observed * 1e6)
    np.testing.assert_allclose(far, wis(np.log(quantiles), levels, np.log(observed)), rtol=1e-6)


def test_crps_from_quantiles_approaches_the_exact_crps() -> None:
    scoringrules = pytest.importorskip("scoringrules")
    from scipy.stats import norm

    observed = np.array([-1.2, 0.0, 0.4, 2.5])
    quantiles = np.broadcast_to(norm.ppf(HUB_LEVELS), (4, len(HUB_LEVELS)))
    exact = scoringrules.crps_normal(observed, 0.0, 1.0)
    np.testing.assert_allclose(crps_from_quantiles(quantiles, HUB_LEVELS, observed), exact, rtol=0.02)


@pytest.mark.parametrize("score", [wis, log_wis, crps_from_quantiles])
def test_scores_are_zero_at_a_certain_and_exact_forecast_and_never_negative(score, forecasts) -> None:
    exact = np.full((3, len(HUB_LEVELS)), 250.0)
    np.testing.assert_allclose(score(exact, HUB_LEVELS, np.full(3, 250.0)), 0.0, atol=1e-12)
    quantiles, observed = forecasts
    assert (score(quantiles, HUB_LEVELS, observed) >= 0).all()


@pytest.mark.parametrize("score", [wis, log_wis, crps_from_quantiles])
def test_a_missing_outcome_or_quantile_makes_the_score_missing(score, forecasts) -> None:
    quantiles, observed = (array.copy() for array in forecasts)
    observed[0, 0] = np.nan
    quantiles[1, 1, 4] = np.nan
    missing = np.isnan(score(quantiles, HUB_LEVELS, observed))
    assert missing[0, 0]
    assert missing[1, 1]
    assert missing.sum() == 2


def test_coverage_counts_the_ends_as_inside_and_keeps_what_is_missing() -> None:
    low, high = np.full(5, 10.0), np.array([20.0, 20.0, 20.0, 20.0, np.nan])
    observed = np.array([10.0, 20.0, 21.0, np.nan, 15.0])
    np.testing.assert_array_equal(covered(low, high, observed), [1.0, 1.0, 0.0, np.nan, np.nan])


def test_mase_scales_by_the_seasonal_change_within_the_history() -> None:
    history = np.concatenate([np.zeros(12), np.full(12, 10.0)])
    np.testing.assert_allclose(mase(np.array([15.0, 0.0]), np.array([10.0, 20.0]), history), [0.5, 2.0])
    assert np.isnan(mase(np.array([1.0]), np.array([2.0]), np.ones(24))).all()


def test_wrong_shapes_and_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="levels"):
        pinball_loss(np.ones((2, 3)), (0.1, 0.9), np.ones(2))
    with pytest.raises(ValueError, match="alpha"):
        interval_score(np.ones(1), np.ones(1), np.ones(1), 1.0)


def test_variogram_score_is_that_of_an_independent_library():
    scoringrules = pytest.importorskip("scoringrules")
    rng = np.random.default_rng(3)
    paths, observed = rng.normal(size=(50, 12)).cumsum(axis=1), rng.normal(size=12).cumsum()
    # Theirs sums over ordered pairs, ours is the mean over unordered ones.
    theirs = scoringrules.vs_ensemble(observed, paths, p=0.5) / (12 * 11)
    assert variogram_score(paths, observed) == pytest.approx(float(theirs))


def test_variogram_score_sees_dependence_and_not_the_level():
    rng = np.random.default_rng(4)
    together = np.repeat(rng.normal(size=(400, 1)), 6, axis=1)
    apart = rng.normal(size=(400, 6))
    observed = np.full(6, 0.3)
    assert variogram_score(together, observed) < variogram_score(apart, observed)
    assert variogram_score(together + 5.0, observed) == pytest.approx(
        variogram_score(together, observed), abs=1e-12
    )
    assert np.isnan(variogram_score(together, np.array([0.3, np.nan, 0.3, 0.3, 0.3, 0.3])))
