"""The spread: narrower after hits, wider after misses, within bounds, from the past and the group alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from indforecast.forecasting.adaptive_spread import (
    MISSES,
    MISSES_BY_MONTH,
    NARROWEST,
    RATE,
    RATE_BY_MONTH,
    WIDEST,
    at_horizons,
    spread_factors,
)

HORIZONS = (1, 3)
MONTHS = 90


def rate(horizon: int) -> float:
    return RATE + RATE_BY_MONTH * horizon


def aim(horizon: int) -> float:
    return MISSES - MISSES_BY_MONTH * horizon


def factors(figures: np.ndarray, groups=None, mean=0.0, variance=1.0) -> np.ndarray:
    """Forecasts that always say the same."""
    shape = (len(HORIZONS), figures.shape[1], figures.shape[0])
    kinds = np.zeros(len(figures), dtype=np.int64) if groups is None else np.asarray(groups)
    return spread_factors(figures, np.full(shape, mean), np.full(shape, variance), HORIZONS, kinds)


def noise(series: int = 4, scale: float = 1.0, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, scale, (series, MONTHS))


def test_hits_narrow_as_far_as_the_bound():
    answer = factors(np.zeros((3, MONTHS)))
    assert np.all(np.diff(answer, axis=0) <= 0)
    assert answer[-1] == pytest.approx(np.exp(NARROWEST))
    assert answer[0] == pytest.approx(1.0)


def test_misses_widen_as_far_as_the_bound():
    answer = factors(np.full((3, MONTHS), 50.0))
    assert np.all(np.diff(answer, axis=0) >= 0)
    assert answer[-1] == pytest.approx(np.exp(WIDEST))


def test_the_bounds_hold_whatever_comes():
    wild = noise(2) * np.random.default_rng(1).choice([0.01, 100.0], (2, MONTHS))
    answer = factors(wild, groups=[0, 1])
    assert answer.min() >= np.exp(NARROWEST) - 1e-12
    assert answer.max() <= np.exp(WIDEST) + 1e-12


def test_one_month_moves_the_logarithm_by_the_rate_times_the_surprise():
    figures = np.zeros((4, MONTHS))
    figures[0, 40] = 99.0
    steps = np.diff(np.log(factors(figures)), axis=0)
    for number, horizon in enumerate(HORIZONS):
        first = 24 + horizon
        assert np.all(steps[: first - 1, 0, number] == 0)
        assert steps[first - 1, 0, number] == pytest.approx(-rate(horizon) * aim(horizon))
        assert steps[39, 0, number] == pytest.approx(rate(horizon) * (0.25 - aim(horizon)))


def test_a_figure_counts_by_its_trust():
    figures = np.zeros((4, MONTHS))
    figures[0, 40] = 99.0
    trust = np.ones(figures.shape)
    trust[:, 40] = (0.5, 1.0, 1.0, 1.0)
    trust[:, 41] = 0.0
    told = spread_factors(
        figures, np.zeros((1, MONTHS, 4)), np.ones((1, MONTHS, 4)), (1,), np.zeros(4, dtype=np.int64), trust
    )
    steps = np.diff(np.log(told[:, 0, 0]))
    assert steps[39] == pytest.approx(rate(1) * (0.5 - 3.5 * aim(1)) / 4)
    assert steps[40] == 0
    plain = factors(figures)[:40, 0, 0]
    np.testing.assert_array_equal(told[:40, 0, 0], plain)


def test_a_miss_is_a_figure_outside_eighty_percent_of_the_spread_that_was_given():
    reach = student.ppf(0.9, 6) / np.sqrt(1.5) * 0.5
    widened = min(rate(1) * (1 - aim(1)), WIDEST)
    for figure, step in ((2.0 + 0.999 * reach, -rate(1) * aim(1)), (2.0 - 1.001 * reach, widened)):
        figures = np.full((1, MONTHS), 2.0)
        figures[0, 25] = figure
        logs = np.log(factors(figures, mean=2.0, variance=0.25))
        assert logs[25, 0, 0] - logs[24, 0, 0] == pytest.approx(step)


def test_in_the_long_run_misses_come_at_the_rate_that_is_aimed_at():
    """Forecasts half as wide again as they should be are narrowed until the share of misses is right."""
    figures = np.random.default_rng(5).standard_t(6, (40, 300)) / 1.5
    shape = (1, 300, 40)
    variance = np.full(shape, 1.5)
    answer = spread_factors(figures, np.zeros(shape), variance, (1,), np.zeros(40, dtype=np.int64))[:, 0, 0]
    reach = student.ppf(0.9, 6) / np.sqrt(1.5) * np.sqrt(1.5) * answer[100:-1]
    assert np.mean(np.abs(figures[:, 101:]) > reach) == pytest.approx(MISSES, abs=0.01)


def test_nothing_later_is_seen():
    figures = noise()
    before = factors(figures)
    for month in (30, 55):
        spoilt = figures.copy()
        spoilt[:, month + 1 :] = np.random.default_rng(3).choice([np.nan, 40.0], (4, MONTHS - month - 1))
        np.testing.assert_array_equal(factors(spoilt)[: month + 1], before[: month + 1])
    np.testing.assert_array_equal(factors(figures[:, :50]), before[:50])


def test_groups_do_not_touch_each_other():
    figures = noise(5, scale=0.2)
    figures[3:] *= 30
    together = factors(figures, groups=[1, 1, 1, 0, 0])
    np.testing.assert_array_equal(together[:, [1]], factors(figures[:3]))
    np.testing.assert_array_equal(together[:, [0]], factors(figures[3:]))
    assert together[-1, 0, 0] > together[-1, 1, 0]


def test_a_series_counts_from_its_third_year_on_and_missing_months_do_not():
    figures = np.zeros((2, MONTHS))
    figures[1] = np.nan
    alone = factors(figures[:1])
    np.testing.assert_array_equal(factors(figures), alone)
    figures[1, 60:] = 99.0
    answer = factors(figures)
    np.testing.assert_array_equal(answer[:84], alone[:84])
    assert answer[86, 0, 0] > alone[86, 0, 0]


def test_factors_between_the_followed_horizons_lie_on_a_line_and_stay_beyond():
    table = np.array([[1.0, 0.8, 0.5]])
    answer = at_horizons(table, (1, 3, 6), 9)
    np.testing.assert_allclose(answer[0], [1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.5, 0.5])
    np.testing.assert_array_equal(at_horizons(table, (1, 3, 6), 2), answer[:, :2])
    np.testing.assert_array_equal(at_horizons(table[:, :1], (1,), 3), np.ones((1, 3)))
