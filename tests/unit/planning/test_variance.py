"""Shares of variance against functions whose shares are known."""

import numpy as np
import pytest

from indforecast.planning.variance import shares


def draws(count, known=3, seed=0):
    return np.random.default_rng(seed).standard_normal((known, count))


def test_a_sum_has_the_shares_of_its_parts():
    x = draws(2000)
    found = shares(lambda at: x[0][at[0]] + 2 * x[1][at[1]] + 3 * x[2][at[2]], ("a", "b", "c"), 2000, pairings=4)
    expected = np.array([1, 4, 9]) / 14
    for values in (found.shapley, found.first_order, found.total):
        np.testing.assert_allclose(values[:, 0], expected, atol=0.04)
    assert np.all(np.abs(found.shapley[:, 0] - expected) < 4 * found.standard_error[:, 0])
    assert found.variance[0] == pytest.approx(14, rel=0.1)
    assert found.shapley.sum() == pytest.approx(1)
    assert found.inputs == ("a", "b", "c")


def test_a_product_is_shared_out_evenly_and_neither_acts_alone():
    x = draws(2000, known=2)
    found = shares(lambda at: x[0][at[0]] * x[1][at[1]], ("a", "b"), 2000, pairings=4)
    np.testing.assert_allclose(found.shapley[:, 0], [0.5, 0.5], atol=0.05)
    np.testing.assert_allclose(found.first_order[:, 0], [0, 0], atol=0.12)
    np.testing.assert_allclose(found.total[:, 0], [1, 1], atol=0.12)


def test_ishigami_has_its_analytic_indices():
    # Ishigami and Homma 1990, a = 7, b = 0.1: first order 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437
    x = np.random.default_rng(2).uniform(-np.pi, np.pi, (3, 8000))

    def ishigami(at):
        a, b, c = x[0][at[0]], x[1][at[1]], x[2][at[2]]
        return np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)

    found = shares(ishigami, ("a", "b", "c"), 8000, pairings=3)
    np.testing.assert_allclose(found.first_order[:, 0], [0.3139, 0.4424, 0.0], atol=0.03)
    np.testing.assert_allclose(found.total[:, 0], [0.5576, 0.4424, 0.2437], atol=0.03)
    np.testing.assert_allclose(found.shapley[:, 0], [0.4357, 0.4424, 0.1218], atol=0.02)


def test_an_input_without_effect_has_none_and_a_constant_is_not_divided_by_zero():
    x = draws(200, known=2)
    found = shares(
        lambda at: np.stack([x[0][at[0]], np.full(at[0].size, 3.0)], axis=1), ("a", "b"), 200, pairings=2
    )
    assert found.shapley[:, 0].tolist() == [1, 0]
    assert found.standard_error[1, 0] == 0
    assert found.shapley[:, 1].tolist() == [0, 0]
    assert found.first_order[:, 1].tolist() == [0, 0]
    assert found.variance[1] == 0


def test_standard_errors_are_as_large_as_the_errors():
    known = np.array([1, 4]) / 5
    misses = []
    for seed in range(60):
        x = draws(300, known=2, seed=seed)
        found = shares(lambda at, x=x: x[0][at[0]] + 2 * x[1][at[1]], ("a", "b"), 300, pairings=3)
        misses.append((found.shapley[:, 0] - known) / found.standard_error[:, 0])
    assert 0.7 < np.std(misses) < 1.3


def test_more_pairings_are_no_worse():
    def spread(pairings):
        results = []
        for seed in range(40):
            x = draws(200, known=2, seed=seed)
            found = shares(lambda at, x=x: x[0][at[0]] * (2 + x[1][at[1]]), ("a", "b"), 200, pairings=pairings)
            results.append(found.shapley[0, 0])
        return np.std(results)

    assert spread(8) < spread(1)


def test_what_cannot_be_shared_out_is_refused():
    with pytest.raises(ValueError, match="2 to 6 inputs"):
        shares(lambda at: at[0].astype(float), ("a",), 10)
    with pytest.raises(ValueError, match="cannot be paired"):
        shares(lambda at: at[0].astype(float), ("a", "b"), 3)
    with pytest.raises(ValueError, match="cannot be paired"):
        shares(lambda at: at[0].astype(float), ("a", "b"), 10, pairings=5)
    with pytest.raises(ValueError, match="not finite"):
        shares(lambda at: np.full(at[0].size, np.inf), ("a", "b"), 10)
