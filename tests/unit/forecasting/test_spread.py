from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import ndtri

from indforecast.domain.quantiles import HUB_LEVELS, crosses
from indforecast.evaluation.horizons import horizon_bands
from indforecast.forecasting.spread import (
    NARROWEST,
    RATE,
    SHARED,
    WIDEST,
    Spread,
    factors,
    follow,
    missed,
    spread_about_median,
)

BANDS = horizon_bands((3, 12), 12)
OBSERVED = np.zeros(2, dtype=bool)


def misses(value: float, streams: int = 2) -> np.ndarray:
    return np.full((4, streams, 12), value)


def test_before_any_outcome_nothing_is_changed() -> None:
    np.testing.assert_array_equal(factors(Spread.unknown(2, 2), OBSERVED, BANDS), 1.0)


@pytest.mark.parametrize(("value", "moved"), [(0.0, -0.2), (1.0, 0.8), (0.2, 0.0)])
def test_a_step_is_the_surprise_in_the_share_of_misses(value: float, moved: float) -> None:
    found = follow(Spread.unknown(2, 2), misses(value), OBSERVED, BANDS, months=3)
    np.testing.assert_allclose(found.own, min(RATE * moved, WIDEST), atol=1e-15)
    half = follow(Spread.unknown(2, 2), misses(value), OBSERVED, BANDS, months=1)
    np.testing.assert_allclose(half.own, min(RATE * moved / 3.0, WIDEST), atol=1e-15)


def test_it_narrows_and_widens_within_bounds() -> None:
    narrow = wide = Spread.unknown(2, 2)
    for _ in range(60):
        narrow = follow(narrow, misses(0.0), OBSERVED, BANDS, months=3)
        wide = follow(wide, misses(1.0), OBSERVED, BANDS, months=3)
    np.testing.assert_allclose(factors(narrow, OBSERVED, BANDS), np.exp(NARROWEST))
    np.testing.assert_allclose(factors(wide, OBSERVED, BANDS), np.exp(WIDEST))


def test_a_stream_shares_what_streams_of_its_kind_say_and_nothing_else() -> None:
    kinds = np.array([False, False, True])
    table = misses(0.2, 3)
    table[:, 0] = 0.0
    found = follow(Spread.unknown(3, 2), table, kinds, BANDS, months=3)
    np.testing.assert_allclose(found.shared, [[-0.1 * RATE] * 2, [0.0] * 2], atol=1e-15)
    said = np.log(factors(found, kinds, BANDS)[:, 0])
    np.testing.assert_allclose(said[0], -0.2 * RATE * (1 - SHARED) - 0.1 * RATE * SHARED)
    np.testing.assert_allclose(said[1], -0.1 * RATE * SHARED)
    assert said[2] == pytest.approx(0.0, abs=1e-15)


def test_a_band_that_no_outcome_has_reached_follows_the_band_before() -> None:
    table = misses(0.0)
    table[..., 3:] = np.nan
    found = Spread.unknown(2, 2)
    for _ in range(3):
        found = follow(found, table, OBSERVED, BANDS, months=3)
    np.testing.assert_allclose(found.own[:, 1], found.own[:, 0])
    assert not found.own_reached[:, 1].any()
    # Once reached it goes its own way, from where it stood.
    found = follow(found, misses(1.0), OBSERVED, BANDS, months=3)
    table[..., 3:] = 0.2
    after = follow(found, table, OBSERVED, BANDS, months=3)
    np.testing.assert_allclose(after.own[:, 1], found.own[:, 1])
    assert (after.own[:, 0] < found.own[:, 0]).all()


def test_the_median_stays_and_the_spread_moves() -> None:
    logs = np.log1p(np.sort(np.random.default_rng(1).uniform(0, 900, (2, 12, len(HUB_LEVELS)))))
    factor = np.full((2, 12), 0.5)
    moved = spread_about_median(logs, HUB_LEVELS, factor)
    middle = HUB_LEVELS.index(0.5)
    np.testing.assert_array_equal(moved[..., middle], logs[..., middle])
    np.testing.assert_allclose(np.ptp(moved, axis=-1), 0.5 * np.ptp(logs, axis=-1))


@given(
    logs=hnp.arrays(np.float64, (2, 3, len(HUB_LEVELS)), elements=st.floats(0, 14)).map(np.sort),
    factor=hnp.arrays(np.float64, (2, 3), elements=st.floats(np.exp(NARROWEST), np.exp(WIDEST))),
)
def test_quantiles_never_cross_and_no_count_is_negative(logs: np.ndarray, factor: np.ndarray) -> None:
    moved = spread_about_median(logs, HUB_LEVELS, factor)
    assert not crosses(moved)
    assert (moved >= 0).all()


def test_what_is_unknown_is_no_miss() -> None:
    logs = np.broadcast_to(np.linspace(1.0, 2.0, len(HUB_LEVELS)), (3, 1, 1, len(HUB_LEVELS))).copy()
    logs[2] = np.nan
    targets = np.array([1.5, np.nan, 1.5]).reshape(3, 1, 1)
    np.testing.assert_array_equal(missed(logs, HUB_LEVELS, targets).ravel(), [0.0, np.nan, np.nan])
    np.testing.assert_array_equal(missed(logs[:1], HUB_LEVELS, np.array([[[9.0]]])).ravel(), [1.0])


@pytest.mark.parametrize(("too_wide", "low", "high"), [(1.8, 0.72, 0.86), (1.05, 0.74, 0.86)])
def test_bands_that_are_too_wide_come_to_hold_four_in_five(too_wide: float, low: float, high: float) -> None:
    """Independent standard normal outcomes; bands ``too_wide`` times as wide as they should be."""
    rng = np.random.default_rng(7)
    given_logs = 5.0 + too_wide * ndtri(np.array(HUB_LEVELS)) * np.ones((1, 2, 12, 1))
    found, held = Spread.unknown(2, 2), []
    for _ in range(120):
        said = spread_about_median(given_logs, HUB_LEVELS, factors(found, OBSERVED, BANDS)[np.newaxis])
        outside = missed(said, HUB_LEVELS, 5.0 + rng.standard_normal((1, 2, 12)))
        held.append(1.0 - outside.mean())
        found = follow(found, outside, OBSERVED, BANDS, months=3)
    assert low < np.mean(held[60:]) < high
