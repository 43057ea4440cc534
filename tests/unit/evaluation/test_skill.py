from __future__ import annotations

import numpy as np
import pytest

from indforecast.evaluation.skill import skill_by_horizon, useful_horizon


def _naives(*rows: list[float]) -> np.ndarray:
    return np.array(rows)[:, np.newaxis, :]


def test_skill_is_against_the_better_naive_of_each_month_ahead() -> None:
    own = np.array([[1.0, 1.0, 1.0]])
    skill = skill_by_horizon(own, _naives([2.0, 4.0, 0.5], [4.0, 2.0, 1.0]))
    np.testing.assert_allclose(skill, [0.5, 0.5, -1.0])


def test_only_shared_targets_count() -> None:
    own = np.array([[1.0, np.nan], [9.0, np.nan]])
    naives = np.array([[[2.0, 1.0], [np.nan, 1.0]], [[3.0, 1.0], [1.0, 1.0]]])
    skill = skill_by_horizon(own, naives)
    assert skill[0] == pytest.approx(0.5)
    assert np.isnan(skill[1])


def test_a_window_takes_neighbours_together_and_is_cut_at_the_ends() -> None:
    own = np.array([[1.0, 3.0, 1.0, 1.0]])
    skill = skill_by_horizon(own, _naives([2.0, 2.0, 2.0, 2.0]), window=3)
    np.testing.assert_allclose(skill, [0.0, 1 - 5 / 6, 1 - 5 / 6, 0.5])


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ([1, 1, 1, 1], 4),
        ([1, 1, 2, 1], 2),  # as good as the naive is not better
        ([2, 1, 1, 1], 0),
        ([1, np.nan, 1, 1], 1),
        ([np.nan] * 4, 0),
    ],
)
def test_the_useful_horizon_ends_where_skill_does(own: list[float], expected: int) -> None:
    assert useful_horizon(np.array([own], dtype=float), _naives([2.0] * 4), window=1) == expected


def test_one_bad_month_does_not_end_the_useful_horizon() -> None:
    own = np.array([[1.0, 1.0, 2.1, 1.0, 1.0, 3.0, 3.0, 3.0]])
    assert useful_horizon(own, _naives([2.0] * 8)) == 5
    assert useful_horizon(own, _naives([2.0] * 8), window=1) == 2


@pytest.mark.parametrize("window", [0, 2])
def test_a_window_has_a_middle(window: int) -> None:
    with pytest.raises(ValueError, match="window"):
        skill_by_horizon(np.ones((1, 2)), np.ones((1, 1, 2)), window)
