"""Figures of stays along months: the settings', the task of municipalities, how far they are off on a path."""

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.planning.stays import housing_room, stay_factors, stays_of

SETTINGS = load_settings().planning.reception


def months(first, last):
    return [str(month) for month in np.arange(np.datetime64(first), np.datetime64(last) + 1)]


def test_the_task_of_a_half_year_comes_with_its_first_month():
    room = housing_room(SETTINGS, months("2022-12", "2023-08"))
    assert room.added[0] == pytest.approx(13_500 / 6), "a half year that is nearly over has a sixth of its task"
    np.testing.assert_allclose(room.added[1:], [21_200, 0, 0, 0, 0, 0, 27_300, 0])
    np.testing.assert_array_equal(np.flatnonzero(room.begins), [0, 1, 7])


def test_half_years_without_a_task_do_not_limit():
    room = housing_room(SETTINGS, months("2024-01", "2024-12"))
    assert np.all(np.isinf(room.added))


def test_factors_stretch_stays_and_none_becomes_shorter_than_a_month():
    factors = np.array([[0.01, 1.0], [2.0, 3.0]])
    stretched = stays_of(SETTINGS, ["2025-01", "2025-02"], factors=factors)
    np.testing.assert_allclose(stretched.to_housing, [[1.0, 8.0], [16.0, 24.0]])
    np.testing.assert_allclose(stretched.to_decision, [[1.0, 22.8], [45.6, 68.4]])


def test_housing_may_be_asked_for_from_a_month_on():
    asked = stays_of(SETTINGS, ["2025-01", "2025-02"], months_to_housing=np.array([np.nan, 3.22]))
    np.testing.assert_allclose(asked.to_housing, [8.0, 3.22])


def test_factors_have_median_one_and_the_spread_asked_for():
    factors = stay_factors(4001, 0.2)
    assert np.median(factors) == pytest.approx(1.0)
    assert np.log(factors).std() == pytest.approx(0.2, rel=0.01)
    np.testing.assert_array_equal(factors, stay_factors(4001, 0.2))
    assert np.all(stay_factors(10, 0.0) == 1.0)
