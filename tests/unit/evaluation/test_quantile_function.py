from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.evaluation.quantile_function import LARGEST_SCORE, outcome_score, pit, quantiles_at


def lognormal(mean: float, deviation: float) -> np.ndarray:
    return np.expm1(mean + deviation * norm.ppf(HUB_LEVELS))


def test_a_normal_distribution_on_the_log_scale_is_read_exactly_also_in_the_tails() -> None:
    wanted = (0.001, 0.1, 0.333, 0.5, 0.9995)
    expected = np.expm1(6.0 + 0.4 * norm.ppf(wanted))
    np.testing.assert_allclose(quantiles_at(lognormal(6.0, 0.4), HUB_LEVELS, wanted), expected, rtol=1e-10)


def test_given_levels_are_returned_as_given() -> None:
    quantiles = np.sort(np.random.default_rng(3).gamma(2.0, 300.0, (4, len(HUB_LEVELS))), axis=-1)
    np.testing.assert_allclose(quantiles_at(quantiles, HUB_LEVELS, HUB_LEVELS), quantiles, rtol=1e-10)


def test_a_tail_below_zero_persons_ends_at_zero() -> None:
    assert quantiles_at(lognormal(0.5, 1.0), HUB_LEVELS, (1e-4,))[0] == 0.0


def test_the_score_of_an_outcome_inverts_the_quantile_function() -> None:
    quantiles = lognormal(6.0, 0.4)
    for level in (0.003, 0.2, 0.5, 0.77, 0.995):
        outcome = np.expm1(6.0 + 0.4 * norm.ppf(level))
        assert outcome_score(quantiles, HUB_LEVELS, np.float64(outcome)) == pytest.approx(
            norm.ppf(level), abs=1e-9
        )
        assert pit(quantiles, HUB_LEVELS, np.float64(outcome)) == pytest.approx(level, abs=1e-9)


def test_scores_are_bounded_far_out_and_missing_where_something_is_missing() -> None:
    quantiles = np.stack([lognormal(6.0, 0.1)] * 4)
    quantiles[3, 5] = np.nan
    scores = outcome_score(quantiles, HUB_LEVELS, np.array([1e9, 0.0, np.nan, 400.0]))
    np.testing.assert_array_equal(scores, [LARGEST_SCORE, -LARGEST_SCORE, np.nan, np.nan])


def test_an_outcome_on_a_flat_stretch_takes_its_middle() -> None:
    flat = np.full(len(HUB_LEVELS), 100.0)
    assert pit(flat, HUB_LEVELS, np.float64(100.0)) == pytest.approx(0.5)
    assert pit(flat, HUB_LEVELS, np.float64(101.0)) > 0.9999
    assert pit(flat, HUB_LEVELS, np.float64(99.0)) < 0.0001
