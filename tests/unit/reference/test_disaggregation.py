"""Denton's constrained least squares and the rounding that keeps totals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indforecast.reference.disaggregation import denton, whole_persons


def unknown(count: int) -> np.ndarray:
    return np.full(count, np.nan)


def one_segment(count: int) -> np.ndarray:
    return np.zeros(count, dtype=np.int64)


def test_quarters_proportional_to_the_indicator_give_the_indicator_scaled():
    indicator = np.array([10.0, 20.0, 30.0, 5.0, 10.0, 15.0])
    rows = np.kron(np.eye(2), np.ones(3))
    result = denton(indicator, unknown(6), one_segment(6), rows, np.array([120.0, 60.0]))
    assert result == pytest.approx(2 * indicator)


def test_a_constant_indicator_gives_the_smoothest_path():
    # Two pairs with sums 2 and 6: the minimum of squared steps, worked by hand from its first-order conditions.
    rows = np.kron(np.eye(2), np.ones(2))
    result = denton(np.ones(4), unknown(4), one_segment(4), rows, np.array([2.0, 6.0]))
    assert result == pytest.approx([2 / 3, 4 / 3, 8 / 3, 10 / 3], abs=1e-4)


def test_known_months_stand_and_the_rest_fills_the_total():
    known = np.array([np.nan, 7.0, np.nan])
    result = denton(np.ones(3), known, one_segment(3), np.array([[1.0, 0.0, 1.0]]), np.array([20.0]))
    assert result[1] == 7.0
    assert result[0] + result[2] == pytest.approx(20.0)


def test_beyond_the_last_total_the_last_ratio_is_kept():
    indicator = np.array([1.0, 1.0, 1.0, 4.0, 2.0])
    result = denton(indicator, unknown(5), one_segment(5), np.array([[1.0, 1, 1, 0, 0]]), np.array([9.0]))
    assert result == pytest.approx([3, 3, 3, 12, 6])


def test_segments_do_not_touch():
    segment = np.array([0, 0, 1, 1])
    rows = np.array([[1.0, 1, 0, 0], [0, 0, 1, 1]])
    result = denton(np.ones(4), unknown(4), segment, rows, np.array([2.0, 60.0]))
    assert result == pytest.approx([1, 1, 30, 30])


def test_a_shared_row_binds_two_series():
    known = np.array([10.0, np.nan, 100.0, np.nan])
    result = denton(np.ones(4), known, np.array([0, 0, 1, 1]), np.array([[0.0, 1, 0, 1]]), np.array([120.0]))
    assert result == pytest.approx([10, 15, 100, 105])


@pytest.mark.parametrize(
    ("rows", "totals"),
    [
        (np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([3.0, 4.0])),
        (np.zeros((0, 2)), np.zeros(0)),
    ],
    ids=["contradiction", "nothing known"],
)
def test_a_system_without_one_answer_is_refused(rows, totals):
    with pytest.raises(ValueError, match="constraints contradict"):
        denton(np.ones(2), unknown(2), one_segment(2), rows, totals)


def test_an_indicator_of_zero_is_refused():
    with pytest.raises(ValueError, match="positive"):
        denton(np.array([1.0, 0.0]), unknown(2), one_segment(2), np.ones((1, 2)), np.array([1.0]))


@given(
    indicator=st.lists(st.floats(0.5, 500), min_size=12, max_size=12),
    totals=st.lists(st.integers(0, 30_000), min_size=4, max_size=4),
)
def test_quarters_hold(indicator, totals):
    rows = np.kron(np.eye(4), np.ones(3))
    result = denton(np.array(indicator), unknown(12), one_segment(12), rows, np.array(totals, dtype=float))
    assert rows @ result == pytest.approx(totals, abs=1e-3)


@given(values=st.lists(st.floats(0, 1e5), min_size=1, max_size=14), data=st.data())
def test_whole_persons_hold_the_total_and_stay_near(values, data):
    array = np.array(values)
    total = round(array.sum()) + data.draw(st.integers(-3, 3))
    result = whole_persons(array, total)
    assert result.dtype == np.int64
    assert result.sum() == total
    assert np.all(np.abs(result - array) <= 1 + (3.5 / len(array)))


def test_equal_remainders_go_to_the_earlier_month():
    assert whole_persons(np.array([1.5, 1.5, 1.0]), 4).tolist() == [2, 1, 1]


def test_noise_in_the_last_bits_changes_no_person():
    values = np.array([10.5, 20.5, 30.0])
    assert whole_persons(values + 1e-10, 61).tolist() == whole_persons(values - 1e-10, 61).tolist()
