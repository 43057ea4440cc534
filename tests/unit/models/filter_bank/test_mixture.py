"""The mixture: its moments, and quantiles that hit their probability by an independent distribution function."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from indforecast.models.filter_bank.mixture import DISAGREEMENT, OWN_VARIANCE, Search, moments, quantiles

LEVELS = (0.01, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975, 0.99)
#: In probability.
ALLOWED = 0.002


def below(at, weight, mean, variance) -> np.ndarray:
    """Probability of the mixture below ``at [place, level]``; members ``[member, place]``, by scipy."""
    centre = (weight * mean).sum(axis=0)
    places = centre + np.sqrt(DISAGREEMENT) * (mean - centre)
    scales = np.sqrt(OWN_VARIANCE * variance * 4 / 6)
    each = student.cdf(at[np.newaxis], 6, loc=places[..., np.newaxis], scale=scales[..., np.newaxis])
    return (weight[..., np.newaxis] * each).sum(axis=0)


def assert_hit(weight, mean, variance, levels=LEVELS) -> None:
    answer = quantiles(weight, mean, variance, levels)
    assert np.all(np.isfinite(answer))
    assert np.all(np.diff(answer, axis=-1) >= 0)
    error = np.abs(below(answer, weight, mean, variance) - np.asarray(levels))
    assert error.max() < ALLOWED, f"off by {error.max()} at {np.unravel_index(error.argmax(), error.shape)}"


def shares(rng: np.random.Generator, members: int, places: int, concentration: float = 1.0) -> np.ndarray:
    """Weights as the bank gives them: a tenth of the weight is everybody's."""
    return 0.9 * rng.dirichlet(np.full(members, concentration), places).T + 0.1 / members


@pytest.mark.parametrize("seed", range(3))
def test_random_mixtures(seed):
    rng = np.random.default_rng(seed)
    members, places = 58, 300
    mean = rng.uniform(0, 14, places) + rng.normal(0, 1, (members, places)) * np.exp(rng.normal(-3, 2, places))
    variance = np.exp(rng.normal(-3, 1, (members, places)) + rng.normal(0, 2, places))
    assert_hit(shares(rng, members, places, 0.2), mean, variance)


def test_one_member_is_a_student_t():
    answer = quantiles(np.ones((1, 1)), np.full((1, 1), 5.0), np.full((1, 1), 0.04), (0.1, 0.5, 0.9))
    reference = student.ppf((0.1, 0.5, 0.9), 6, loc=5.0, scale=np.sqrt(OWN_VARIANCE * 0.04 * 4 / 6))
    np.testing.assert_allclose(answer[0], reference, atol=2e-3)


@pytest.mark.parametrize("distance", [1.0, 10.0, 1e3])
@pytest.mark.parametrize("first", [0.1, 0.5, 0.75, 0.9])
def test_two_far_apart_with_nothing_in_between(distance, first):
    """A quantile may have to lie where there is hardly any density, or right on the edge of a mode."""
    weight = np.array([[first], [1 - first]])
    mean = np.array([[0.0], [distance]])
    assert_hit(weight, mean, np.full((2, 1), 1e-4))


@pytest.mark.parametrize("deviation", [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6])
@pytest.mark.parametrize("place", [-1.0, 0.0, 1.0, 8.0])
def test_a_very_narrow_member_among_wide_ones(deviation, place):
    rng = np.random.default_rng(9)
    mean = np.r_[[place], rng.normal(0, 1, 57)][:, np.newaxis]
    variance = np.r_[[deviation**2], np.full(57, 1.0)][:, np.newaxis]
    for narrow in (0.02, 0.3, 0.9):
        weight = np.r_[[narrow], np.full(57, (1 - narrow) / 57)][:, np.newaxis]
        assert_hit(weight, mean, variance)


def test_many_modes_of_many_widths():
    rng = np.random.default_rng(11)
    members, places = 58, 200
    mean = 6 + np.sort(rng.choice([-3.0, -1.0, 0.0, 0.5, 4.0], (members, places)), axis=0)
    variance = 10.0 ** rng.uniform(-6, 0.5, (members, places))
    assert_hit(shares(rng, members, places, 0.05), mean, variance)


@pytest.mark.parametrize("scale", [1e-9, 1e-5, 1.0, 1e3])
def test_the_scale_of_the_numbers_does_not_matter(scale):
    rng = np.random.default_rng(13)
    mean, variance = 5.0 + scale * rng.normal(0, 1, (20, 50)), scale**2 * np.exp(rng.normal(0, 1, (20, 50)))
    weight = shares(rng, 20, 50)
    if scale < 1e-6:
        mean -= 5.0  # five and a billionth of a billionth is five
    assert_hit(weight, mean, variance)


def test_levels_far_out_stay_finite_and_in_order():
    levels = (1e-6, 1e-3, 0.5, 0.999, 1 - 1e-6)
    rng = np.random.default_rng(17)
    assert_hit(shares(rng, 10, 20), rng.normal(0, 3, (10, 20)), np.exp(rng.normal(0, 2, (10, 20))), levels)


def test_moments_are_those_of_the_members_drawn_apart():
    rng = np.random.default_rng(19)
    weight, mean = shares(rng, 6, 4), rng.normal(3, 1, (6, 4))
    variance = np.exp(rng.normal(-1, 1, (6, 4)))
    centre, spread = moments(weight, mean, variance)
    places = centre + np.sqrt(DISAGREEMENT) * (mean - centre)
    np.testing.assert_allclose(centre, (weight * mean).sum(axis=0))
    np.testing.assert_allclose((weight * places).sum(axis=0), centre)
    second = (weight * (OWN_VARIANCE * variance + places**2)).sum(axis=0)
    np.testing.assert_allclose(spread, second - centre**2)


def test_a_place_has_the_same_bits_alone_in_company_and_at_fewer_levels():
    rng = np.random.default_rng(23)
    weight = shares(rng, 58, 90, 0.1)
    mean, variance = rng.normal(5, 1, (58, 90)), np.exp(rng.normal(-3, 1.5, (58, 90)))
    together = quantiles(weight, mean, variance, LEVELS)
    for columns in ([0], [89], [3, 4], [50, 7, 20], list(range(60))):
        part = quantiles(weight[:, columns], mean[:, columns], variance[:, columns], LEVELS)
        np.testing.assert_array_equal(part, together[columns])
    few = quantiles(weight, mean, variance, (0.1, 0.5, 0.99))
    np.testing.assert_array_equal(few, together[:, [2, 4, 8]])
    one = quantiles(weight[:, :1], mean[:, :1], variance[:, :1], (0.9,))
    np.testing.assert_array_equal(one, together[:1, [6]])


def test_places_may_have_any_shape_and_what_is_unknown_stays_unknown():
    rng = np.random.default_rng(29)
    mean, variance = rng.normal(5, 1, (8, 3, 4)), np.exp(rng.normal(-3, 1, (8, 3, 4)))
    weight = shares(rng, 8, 12).reshape(8, 3, 4)
    mean[:, 1, 2] = np.nan
    answer = quantiles(weight, mean, variance, (0.1, 0.9))
    assert answer.shape == (3, 4, 2)
    assert np.all(np.isnan(answer[1, 2]))
    assert np.isfinite(answer).sum() == 22


def mixtures(kind: str, rng: np.random.Generator, members: int, places: int):
    """Weights, means and variances of one month after another."""
    mean = 6 + rng.normal(0, 0.3, (members, places))
    variance = np.exp(rng.normal(-3, 1, (members, places)))
    weight = shares(rng, members, places, 0.2)
    for ahead in range(1, 13):
        if kind == "smooth":
            yield weight, mean + 0.05 * ahead * (mean - 6), variance * ahead
        elif kind == "other weights every month":
            yield shares(rng, members, places, 0.05), mean, variance * ahead
        elif kind == "modes that come and go":
            apart = rng.choice([-3.0, 0.0, 0.0, 4.0], (members, places))
            yield weight, mean + apart * (ahead % 2), 10.0 ** rng.uniform(-6, 0.5, (members, places))
        else:
            yield weight, mean * 10.0 ** (ahead % 3 - 1), variance * 100.0 ** (ahead % 3 - 1)


@pytest.mark.parametrize("kind", ["smooth", "other weights every month", "modes that come and go", "other scales"])
def test_quantiles_are_hit_from_wherever_the_last_ones_were(kind):
    search = Search(LEVELS)
    for weight, mean, variance in mixtures(kind, np.random.default_rng(31), 58, 60):
        centre, found = search.step(weight, mean, variance)
        np.testing.assert_allclose(centre, (weight * mean).sum(axis=0))
        assert np.all(np.diff(found, axis=0) >= 0)
        error = np.abs(below(found.T, weight, mean, variance) - np.asarray(LEVELS))
        assert error.max() < ALLOWED, f"off by {error.max()}"


def test_a_chain_has_the_same_bits_alone_in_company_and_at_fewer_levels():
    columns, levels = [7, 3], [0, 4, 8]
    whole, part = Search(LEVELS), Search([LEVELS[level] for level in levels])
    for weight, mean, variance in mixtures("other weights every month", np.random.default_rng(37), 58, 40):
        _, together = whole.step(weight, mean, variance)
        _, apart = part.step(weight[:, columns], mean[:, columns], variance[:, columns])
        np.testing.assert_array_equal(apart, together[np.ix_(levels, columns)])
