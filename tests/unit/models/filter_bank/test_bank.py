"""The pass over the calendar: every origin as if there were no later month, every series as if alone."""

from __future__ import annotations

import numpy as np
import pytest

from indforecast.models.filter_bank import bank
from indforecast.models.filter_bank.bank import run_bank
from indforecast.models.filter_bank.members import MEMBERS

LEVELS = (0.1, 0.5, 0.9)
MONTHS, SERIES, HORIZON = 66, 6, 4


@pytest.fixture(scope="module")
def figures() -> np.ndarray:
    """Gaps within, a late start, an early end, a series of noughts, a collapse."""
    rng = np.random.default_rng(4)
    log_counts = 5 + np.cumsum(rng.normal(0, 0.15, (SERIES, MONTHS)), axis=1)
    log_counts += 0.3 * np.sin(np.arange(MONTHS) * np.pi / 6)
    log_counts[0, [5, 6, 30, 50]] = np.nan
    log_counts[1, :27] = np.nan
    log_counts[2, 52:] = np.nan
    log_counts[3] = 0.0
    log_counts[4, 40:] -= 4.0
    return log_counts


@pytest.fixture(scope="module")
def wanted(figures) -> np.ndarray:
    begun = np.maximum.accumulate(np.isfinite(figures), axis=1)
    return begun & (np.arange(MONTHS) >= 20)


@pytest.fixture(scope="module")
def whole(figures, wanted):
    return run_bank(figures, wanted, horizon=HORIZON, levels=LEVELS)


def test_one_pass_is_a_slow_loop_that_starts_from_scratch_at_each_origin(figures, wanted, whole):
    for origin in range(20, MONTHS, 5):
        known = figures[:, : origin + 1]
        asked = np.zeros(known.shape, dtype=bool)
        asked[:, -1] = wanted[:, origin]
        slow = run_bank(known, asked, horizon=HORIZON, levels=LEVELS)
        here = whole.pairs[:, 0] == origin
        np.testing.assert_array_equal(slow.pairs, whole.pairs[here])
        np.testing.assert_array_equal(slow.quantiles, whole.quantiles[here])
        np.testing.assert_array_equal(slow.centre, whole.centre[here])
        np.testing.assert_array_equal(slow.mean, whole.mean[:, : origin + 1])
        np.testing.assert_array_equal(slow.variance, whole.variance[:, : origin + 1])


@pytest.mark.parametrize("rows", [[4], [0, 3], [5, 4, 3, 2, 1, 0], [1, 2, 5]])
def test_order_and_company_of_series_change_no_bit(figures, wanted, whole, rows):
    part = run_bank(figures[rows], wanted[rows], horizon=HORIZON, levels=LEVELS)
    np.testing.assert_array_equal(part.mean, whole.mean[:, :, rows])
    np.testing.assert_array_equal(part.variance, whole.variance[:, :, rows])
    place = {(month, row): number for number, (month, row) in enumerate(whole.pairs)}
    same = [place[month, rows[row]] for month, row in part.pairs]
    np.testing.assert_array_equal(part.quantiles, whole.quantiles[same])
    np.testing.assert_array_equal(part.centre, whole.centre[same])


def test_how_much_is_asked_changes_no_bit(figures, wanted, whole):
    sparse = wanted & (np.random.default_rng(0).random(wanted.shape) < 0.2)
    part = run_bank(figures, sparse, horizon=1, levels=(0.9,))
    chosen = sparse[whole.pairs[:, 1], whole.pairs[:, 0]]
    np.testing.assert_array_equal(part.quantiles[:, 0, 0], whole.quantiles[chosen, 0, 2])


def test_blocks_and_threads_change_no_bit(figures, wanted, whole, monkeypatch):
    monkeypatch.setattr(bank, "_BLOCK", 4)
    monkeypatch.setattr(bank, "_PIECE", 2)
    other = run_bank(figures, wanted, horizon=HORIZON, levels=LEVELS, threads=3)
    for name in ("pairs", "quantiles", "centre", "mean", "variance"):
        np.testing.assert_array_equal(getattr(other, name), getattr(whole, name))


def test_the_calendar_counts_through_the_season_alone(figures, wanted, whole):
    for years in (-40, 3):
        later = run_bank(figures, wanted, horizon=HORIZON, levels=LEVELS, first_month=12 * years)
        np.testing.assert_array_equal(later.quantiles, whole.quantiles)
    # Counted round the year a season is the same wherever counting begins.
    shifted = run_bank(figures, wanted, horizon=HORIZON, levels=LEVELS, first_month=5)
    np.testing.assert_allclose(shifted.quantiles, whole.quantiles, rtol=1e-9)
    padded = np.c_[np.full((SERIES, 7), np.nan), figures]
    early = run_bank(
        padded, np.c_[np.zeros((SERIES, 7), bool), wanted], horizon=HORIZON, levels=LEVELS, first_month=-7
    )
    np.testing.assert_array_equal(early.quantiles, whole.quantiles)


def test_before_a_series_begins_nothing_is_said_and_afterwards_something_always_is(figures, whole):
    begun = np.maximum.accumulate(np.isfinite(figures), axis=1).T
    assert np.all(np.isnan(whole.mean[:, ~begun]))
    assert np.all(np.isfinite(whole.mean[:, begun]))
    assert np.all(whole.variance[:, begun] > 0)
    assert np.all(np.isfinite(whole.quantiles))
    assert np.all(np.diff(whole.quantiles, axis=-1) >= 0)


def test_pairs_are_those_asked_for_in_order(wanted, whole):
    np.testing.assert_array_equal(whole.pairs, np.argwhere(wanted.T))


def test_counting_makes_small_series_no_narrower_than_a_poisson_count(figures, wanted, whole):
    wide = run_bank(figures, wanted, horizon=HORIZON, levels=LEVELS, counting_noise=True)
    noughts = wide.pairs[:, 1] == 3
    width = np.ptp(wide.quantiles[noughts], axis=-1)
    assert np.all(width > 0.5)
    assert np.all(np.ptp(whole.quantiles[noughts, 0], axis=-1)[-10:] < 0.05)


def test_a_season_is_found():
    months = np.arange(120)
    figures = (6 + np.where(months % 12 == 3, 1.0, 0.0))[np.newaxis] + 0.05 * np.random.default_rng(1).normal(
        0, 1, (1, 120)
    )
    asked = np.zeros(figures.shape, dtype=bool)
    asked[0, -1] = True
    median = run_bank(figures, asked, horizon=12, levels=(0.5,)).quantiles[0, :, 0]
    assert np.argmax(median) == 3
    assert median[3] > 6.8
    assert np.delete(median, 3).max() < 6.25
    flat = run_bank(figures, asked, horizon=12, levels=(0.5,), season_length=1).quantiles[0, :, 0]
    assert np.ptp(flat) < 0.2


def test_a_few_members_are_a_bank_as_well(figures, wanted):
    said = run_bank(figures, wanted, horizon=2, levels=LEVELS, members=MEMBERS[:1])
    assert np.all(np.isfinite(said.quantiles))
