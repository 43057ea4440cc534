"""Draws that add up: exactly, in whole persons, in every draw."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from indforecast.forecasting.reconciliation import add_up, minimum_trace, share_out, shrunk_covariance

PARTS = st.integers(1, 6).flatmap(
    lambda count: arrays(
        np.float64, (count, 5, 3), elements=st.floats(-50.0, 1e7, allow_nan=False, allow_infinity=False)
    )
)
TOTALS = arrays(np.float64, (5, 3), elements=st.integers(0, 2_000_000).map(float))


@given(total=TOTALS, parts=PARTS)
@settings(max_examples=60, deadline=None)
def test_shares_are_whole_persons_that_sum_exactly(total, parts) -> None:
    shared = share_out(total, parts)
    assert np.array_equal(shared.sum(axis=0), total)
    assert (shared >= 0).all()
    assert np.array_equal(shared, np.rint(shared))


@given(total=TOTALS, parts=PARTS)
@settings(max_examples=60, deadline=None)
def test_nobody_is_more_than_one_person_from_the_fair_share(total, parts) -> None:
    weight = np.maximum(parts, 0.0)
    weight[-1] = np.where(weight.sum(axis=0) > 0, weight[-1], 1.0)
    fair = weight / weight.sum(axis=0) * total
    assert np.abs(share_out(total, parts) - fair).max() < 1.0 + 1e-6


def test_largest_remainders_get_the_seats_the_first_among_equals_first() -> None:
    shared = share_out(np.array([10.0, 2.0]), np.array([[1.5, 1.0], [1.5, 1.0], [7.0, 1.0]]))
    assert shared.T.tolist() == [[2.0, 1.0, 7.0], [1.0, 1.0, 0.0]]


def test_a_part_without_anybody_gets_nobody_and_where_all_are_nought_the_last_has_all() -> None:
    shared = share_out(np.array([7.0, 7.0, 0.0]), np.array([[0.0, 0.0, 0.0], [3.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))
    assert shared.T.tolist() == [[0.0, 5.0, 2.0], [0.0, 0.0, 7.0], [0.0, 0.0, 0.0]]


def test_what_is_not_known_stays_unknown_and_touches_nothing_else() -> None:
    shared = share_out(np.array([4.0, np.nan, 4.0]), np.array([[1.0, 1.0, 1.0], [1.0, 1.0, np.nan]]))
    assert shared[:, 0].tolist() == [2.0, 2.0]
    assert np.isnan(shared[:, 1:]).all()


@pytest.mark.parametrize("total", [-1.0, 2.5])
def test_a_total_that_is_no_number_of_persons_is_refused(total: float) -> None:
    with pytest.raises(ValueError, match="whole and not negative"):
        share_out(np.array([total]), np.ones((2, 1)))


def test_shapes_must_fit() -> None:
    with pytest.raises(ValueError, match="expected"):
        share_out(np.ones(3), np.ones((2, 4)))


@given(parts=PARTS)
@settings(max_examples=40, deadline=None)
def test_bottom_up_keeps_the_parts(parts) -> None:
    total, whole = add_up(parts)
    assert np.array_equal(whole, np.rint(np.maximum(parts, 0.0)))
    assert np.array_equal(total, whole.sum(axis=0))


@given(total=TOTALS, parts=PARTS, seed=st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_minimum_trace_adds_up_in_whole_persons_in_every_draw(total, parts, seed) -> None:
    errors = np.random.default_rng(seed).normal(size=(30, len(parts) + 1))
    new_total, new_parts = minimum_trace(total, parts, shrunk_covariance(errors))
    assert np.array_equal(new_parts.sum(axis=0), new_total)
    assert (new_parts >= 0).all()
    assert np.array_equal(new_parts, np.rint(new_parts))


def test_minimum_trace_is_the_projection_of_the_literature() -> None:
    rng = np.random.default_rng(5)
    root = rng.normal(size=(4, 4))
    covariance = root @ root.T + np.eye(4)
    draws = rng.uniform(1e6, 2e6, size=(4, 50))
    summing = np.vstack([np.ones(3), np.eye(3)])
    inverse = np.linalg.inv(covariance)
    gls = summing @ np.linalg.solve(summing.T @ inverse @ summing, summing.T @ inverse @ draws)
    total, parts = minimum_trace(draws[0], draws[1:], covariance)
    # Rounding moves a total by half a person and a part by one more seat.
    assert np.abs(total - gls[0]).max() <= 0.5 + 1e-6
    assert np.abs(parts - gls[1:]).max() < 1.5


def test_minimum_trace_keeps_a_total_that_does_not_err() -> None:
    covariance = np.diag([0.0, 1.0, 4.0])
    total, parts = minimum_trace(np.array([100.0]), np.array([[30.0], [20.0]]), covariance)
    assert total.tolist() == [100.0]
    assert parts[:, 0].tolist() == [40.0, 60.0]


def test_covariance_keeps_the_sizes_of_errors_and_shrinks_what_chance_explains() -> None:
    rng = np.random.default_rng(3)
    common = rng.normal(size=(4000, 1))
    together = 10.0 * common + rng.normal(size=(4000, 2))
    alone = rng.normal(size=(12, 5))
    strong, weak = shrunk_covariance(together), shrunk_covariance(alone)
    assert np.allclose(np.diag(strong), (together**2).mean(axis=0))
    assert strong[0, 1] / np.sqrt(strong[0, 0] * strong[1, 1]) == pytest.approx(100 / 101, abs=0.01)
    raw = (alone.T @ alone) / len(alone)
    off = ~np.eye(5, dtype=bool)
    assert np.abs(weak[off]).max() < 0.6 * np.abs(raw[off]).max()
    assert np.linalg.eigvalsh(weak).min() > 0


def test_covariance_of_a_part_that_never_erred_is_nought() -> None:
    errors = np.column_stack([np.zeros(5), np.arange(5.0)])
    assert shrunk_covariance(errors)[0].tolist() == [0.0, 0.0]
