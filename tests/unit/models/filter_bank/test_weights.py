"""Weights: shares that follow the better member at each horizon, and forget."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from indforecast.models.filter_bank.weights import (
    EVEN_SHARE,
    FREEDOM,
    GRID,
    TEMPER,
    Scores,
    log_density,
    nearest,
    over_members,
)

DISCOUNT = 0.99


def follow(
    figures: np.ndarray, means: list[float], variances=(1.0,), horizons=(1,), discounts=(DISCOUNT,), trust=None
) -> np.ndarray:
    """Weights ``[filter, horizon, series]`` of members that always say the same, after ``[series, month]``."""
    scores = Scores(horizons, len(variances), len(means), len(figures), discounts)
    mean = np.broadcast_to(np.array(means)[:, np.newaxis, np.newaxis], (len(means), len(horizons), len(figures)))
    variance = np.ones((len(variances), *mean.shape)) * np.reshape(variances, (-1, 1, 1, 1))
    weights = None
    for month in range(figures.shape[1]):
        scores.hear(figures[:, month], trust)
        scores.say(mean, variance)
        weights = scores.weights().reshape(-1, *mean.shape[1:])
    return weights


def test_the_density_is_that_of_a_student_t_of_this_variance_up_to_a_constant():
    errors = np.linspace(-6, 6, 25)[:, np.newaxis]
    variances = np.array([0.01, 0.5, 3.0])
    reference = student.logpdf(errors, FREEDOM, scale=np.sqrt(variances * (FREEDOM - 2) / FREEDOM))
    difference = log_density(errors, variances) - reference
    np.testing.assert_allclose(difference, difference[0, 0], atol=1e-12)


def test_weights_sum_to_one_and_nobody_is_left_without():
    figures = np.random.default_rng(1).normal(0, 1, (7, 60))
    figures[2] = np.nan
    weights = follow(figures, [0.0, 5.0, -40.0])[:, 0]
    np.testing.assert_allclose(weights.sum(axis=0), 1.0, atol=1e-6)
    assert np.all(weights >= EVEN_SHARE / 3)
    np.testing.assert_allclose(weights[:, 2], 1 / 3)


def test_the_better_member_gains_weight_for_its_series_alone():
    figures = np.zeros((2, 40))
    figures[1] = 2.0
    weights = follow(figures, [0.0, 2.0])[:, 0]
    assert weights[0, 0] > 0.9
    assert weights[1, 1] > 0.9
    assert weights[0, 0] == pytest.approx(weights[1, 1])


def test_one_figure_counts_by_its_tempered_density():
    weights = follow(np.zeros((1, 2)), [0.0, 2.0])[:, 0, 0]
    densities = student.pdf([0.0, 2.0], FREEDOM, scale=np.sqrt((FREEDOM - 2) / FREEDOM)) ** TEMPER
    np.testing.assert_allclose(weights, (1 - EVEN_SHARE) * densities / densities.sum() + EVEN_SHARE / 2, rtol=1e-6)


def test_old_scores_fade_at_the_stated_rate():
    """A month's score is worth the discount of itself a month later; months without figures only fade."""
    figures = np.full((1, 102), np.nan)
    figures[0, 1] = 0.0
    weights = follow(figures, [0.0, 2.0])[:, 0, 0]
    gain = log_density(np.zeros(1), np.ones(1)) - log_density(np.full(1, 2.0), np.ones(1))
    odds = np.exp(TEMPER * gain[0] * DISCOUNT**100)
    bare = (weights - EVEN_SHARE / 2) / (1 - EVEN_SHARE)
    assert bare[0] / bare[1] == pytest.approx(odds)


def test_whoever_was_right_lately_counts_more_than_whoever_was_right_as_long_before():
    figures = np.r_[np.zeros(60), np.full(60, 2.0)][np.newaxis]
    weights = follow(figures, [0.0, 2.0])[:, 0, 0]
    assert weights[1] > weights[0]


def test_the_running_variance_that_fits_gains_weight():
    figures = np.random.default_rng(4).normal(0, 0.3, (1, 80))
    weights = follow(figures, [0.0], variances=(1.0, 0.09))[:, 0, 0]
    assert weights[1] > 0.9


def test_the_discount_whose_mixture_fits_gains_weight():
    """Where the right member changes often a short memory wins, where it never changes a long one."""
    restless = np.repeat([0.0, 2.0] * 6, 10)[np.newaxis]
    for figures, better in ((restless, 0), (np.zeros((1, 120)), 1)):
        short, long = (follow(figures, [0.0, 2.0], discounts=(discount,)) for discount in (0.7, 1.0))
        both = follow(figures, [0.0, 2.0], discounts=(0.7, 1.0))
        share = (both - long)[0] / (short - long)[0]
        assert (share[0, 0] > 0.6) == (better == 0)
        np.testing.assert_allclose(both.sum(axis=0), 1.0, rtol=1e-6)


def test_one_discount_twice_is_that_discount():
    figures = np.random.default_rng(6).normal(0, 1, (3, 50))
    figures[1, 7:15] = np.nan
    once, twice = (follow(figures, [0.0, 1.0], horizons=(1, 3), discounts=d) for d in ((0.9,), (0.9, 0.9)))
    np.testing.assert_allclose(twice, once, rtol=1e-6)


def test_a_damped_month_counts_by_its_share():
    figures = np.zeros((2, 2))
    weights = follow(figures, [0.0, 2.0], trust=np.array([0.25, 1.0]))[:, 0]
    odds = (weights[0] - EVEN_SHARE / 2) / (weights[1] - EVEN_SHARE / 2)
    assert odds[0] == pytest.approx(odds[1] ** 0.25)


@pytest.mark.parametrize("horizon", GRID)
def test_a_horizon_is_judged_by_what_was_said_so_many_months_before(horizon):
    """The member that knows the month ``horizon`` ahead wins there; nothing is judged before it can be."""
    figures = np.random.default_rng(5).normal(0, 1, (1, 80))
    scores = Scores((horizon,), 1, 2, 1)
    weights = np.full((1, 2, 1, 1), 0.5)
    for month in range(80):
        scores.hear(figures[:, month])
        later = figures[0, (month + horizon) % 80]
        scores.say(np.array([later, 0.0]).reshape(2, 1, 1), np.full((1, 2, 1, 1), 0.1))
        weights = scores.weights()
        if month < horizon:
            np.testing.assert_array_equal(weights, 0.5)
    assert weights[0, 0, 0, 0] > 0.94


def test_missing_figures_say_nothing_and_spoil_nothing():
    figures = np.random.default_rng(2).normal(0, 1, (1, 50))
    figures[0, 10:20] = np.nan
    assert np.all(np.isfinite(follow(figures, [0.0, 1.0], horizons=(1, 3), discounts=(0.9, 0.99))))
    early, late = (np.c_[np.full((1, months), np.nan), figures] for months in (1, 30))
    for discounts in ((0.9,), (0.9, 0.99)):
        np.testing.assert_array_equal(
            follow(late, [0.0, 1.0], discounts=discounts), follow(early, [0.0, 1.0], discounts=discounts)
        )


@pytest.mark.parametrize(("error", "variance"), [(1e6, 1e-60), (0.0, 1e-60), (1e9, 1e9), (40.0, 1e-12)])
def test_absurd_errors_and_variances_leave_weights(error, variance):
    weights = follow(np.full((1, 30), error), [0.0, 1.0], variances=(variance, 1.0), discounts=(0.9, 0.99))
    assert np.all(np.isfinite(weights))
    np.testing.assert_allclose(weights.sum(axis=0), 1.0, rtol=1e-6)


def test_the_nearest_horizon_and_the_nearer_one_of_two_alike():
    assert [GRID[nearest(GRID, ahead)] for ahead in (1, 2, 3, 4, 5, 9, 10, 15, 16, 60)] == [
        1, 1, 3, 3, 6, 6, 12, 12, 18, 18,
    ]  # fmt: skip


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_column_sums_to_the_same_bits_alone_and_in_company_however_it_lies_in_memory(kind):
    values = np.random.default_rng(3).normal(0, 1, (58, 40)).astype(kind)
    expected = np.zeros(40, dtype=kind)
    for row in values:
        expected += row
    for columns in ([0], [0, 1], [5, 2, 9], list(range(40))):
        picked = values[:, columns]
        for layout in (np.ascontiguousarray(picked), np.asfortranarray(picked), picked):
            np.testing.assert_array_equal(over_members(layout), expected[columns])
        np.testing.assert_array_equal(over_members(picked[:, :, np.newaxis])[:, 0], expected[columns])
