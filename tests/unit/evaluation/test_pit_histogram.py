from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.evaluation.pit_histogram import pit_histogram, reliability
from indforecast.evaluation.quantile_function import pit


def test_outcomes_of_the_forecast_itself_are_flat() -> None:
    from scipy.stats import norm

    draws = np.random.default_rng(1)
    quantiles = np.expm1(np.broadcast_to(norm.ppf(HUB_LEVELS, 7, 0.3), (20_000, len(HUB_LEVELS))))
    for spread, shape in ((0.3, "flat"), (0.15, "hump"), (0.6, "heaps")):
        observed = np.expm1(draws.normal(7, spread, 20_000))
        shares = pit_histogram(pit(quantiles, HUB_LEVELS, observed))
        middle, ends = shares[4:6].mean(), shares[[0, -1]].mean()
        if shape == "flat":
            np.testing.assert_allclose(shares, 0.1, atol=0.01)
            assert reliability(shares) < 0.06
        else:
            assert (middle > 2 * ends) == (shape == "hump")
            assert reliability(shares) > 0.3


def test_a_border_counts_half_on_both_sides() -> None:
    np.testing.assert_allclose(pit_histogram(np.array([0.5]), 2), [0.5, 0.5])
    np.testing.assert_allclose(pit_histogram(np.array([0.0, 1.0, 1.0, np.nan]), 2), [1 / 3, 2 / 3])


@given(st.lists(st.floats(0, 1, width=16), min_size=1, max_size=30), st.sampled_from([1, 2, 4, 8]))
def test_shares_sum_to_one_and_mirror(probabilities: list[float], bins: int) -> None:
    values = np.array(probabilities)
    shares = pit_histogram(values, bins)
    assert shares.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(pit_histogram(1 - values, bins), shares[::-1], atol=1e-12)


def test_nothing_known_is_no_histogram() -> None:
    assert np.isnan(pit_histogram(np.array([np.nan]))).all()


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="probabilities"):
        pit_histogram(np.array([1.2]))
    with pytest.raises(ValueError, match="bins"):
        pit_histogram(np.array([0.2]), 0)


def test_reliability_of_one_full_bin_is_its_bound() -> None:
    assert reliability(np.array([1.0, 0, 0, 0])) == pytest.approx(2 - 2 / 4)
