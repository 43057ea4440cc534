"""Factors on hours per case: where they start, how they spread, and what the settings say."""

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.planning.complexity import (
    ComplexityFigures,
    Movement,
    complexity_factors,
    figures_from,
    level_factors,
)

SETTINGS = load_settings().planning
WORK = tuple(SETTINGS.streams)


def alone(**movement):
    return ComplexityFigures(Movement(), {"a": Movement(**movement)}, {"a": 1.0})


def test_nothing_moves_without_movement():
    assert np.all(complexity_factors(5, 7, alone(), 1)["a"] == 1.0)


def test_drift_is_a_year_of_steps_from_one():
    factor = complexity_factors(2, 24, alone(drift=0.12), 1)["a"]
    assert factor[0, 0] == pytest.approx(np.exp(0.01))
    assert factor[1, 11] == pytest.approx(np.exp(0.12))


def test_spread_grows_as_said():
    logs = np.log(complexity_factors(4000, 60, alone(volatility=0.1), 3)["a"])
    assert logs[:, 11].std() == pytest.approx(0.1, rel=0.05)
    assert logs[:, 47].std() == pytest.approx(0.2, rel=0.05)
    logs = np.log(complexity_factors(4000, 60, alone(drift=0.03, drift_uncertainty=0.02), 3)["a"])
    assert logs[:, 59].mean() == pytest.approx(0.15, abs=0.005)
    assert logs[:, 59].std() == pytest.approx(0.1, rel=0.05)


def test_jumps_come_as_often_and_as_large_as_said():
    logs = np.log(complexity_factors(4000, 60, alone(jumps=0.5, jump_size=0.1), 3)["a"])
    jumps = np.rint(np.diff(np.concatenate([np.zeros((4000, 1)), logs], axis=1), axis=1) / 0.1)
    assert jumps.sum(axis=1).mean() == pytest.approx(2.5, rel=0.05)
    assert jumps.sum(axis=1).var() == pytest.approx(2.5, rel=0.1)  # Poisson
    sized = np.log(complexity_factors(4000, 60, alone(jumps=0.5, jump_size=0.1, jump_spread=0.05), 3)["a"])
    # compound Poisson: rate × (mean² + variance)
    assert sized[:, 59].var() == pytest.approx(2.5 * (0.1**2 + 0.05**2), rel=0.1)


def test_the_common_part_is_common_and_the_own_part_is_not():
    figures = ComplexityFigures(
        Movement(volatility=0.1),
        {"a": Movement(), "b": Movement(), "c": Movement(volatility=0.1)},
        {"a": 1, "b": 0.5, "c": 1},
    )
    found = {name: np.log(factor) for name, factor in complexity_factors(3000, 12, figures, 9).items()}
    np.testing.assert_allclose(found["b"], 0.5 * found["a"])
    assert np.corrcoef(found["a"][:, 11], found["c"][:, 11])[0, 1] == pytest.approx(np.sqrt(0.5), abs=0.04)


def test_seeds_and_names_decide_the_draws_and_not_the_order_of_streams():
    figures = figures_from(SETTINGS.complexity, WORK)
    one = complexity_factors(10, 12, figures, 1)
    backwards = ComplexityFigures(figures.common, dict(reversed(figures.own.items())), figures.exposure)
    other = complexity_factors(10, 12, backwards, 1)
    assert all(np.array_equal(one[name], other[name]) for name in WORK)
    assert not np.array_equal(one["asylum_first"], complexity_factors(10, 12, figures, 2)["asylum_first"])


def test_the_packaged_movement_is_assumed_and_says_so():
    figures = figures_from(SETTINGS.complexity, WORK)
    assert figures.common.drift == SETTINGS.complexity.drift.value
    assert figures.exposure["students"] == 0.5
    assert figures.own["students"].volatility == 0.5 * figures.own["asylum_first"].volatility
    assert all(value.assumption for _, value in SETTINGS.complexity if hasattr(value, "assumption"))
    factors = complexity_factors(2000, 60, figures, 4)
    assert 1.05 < np.median(factors["asylum_first"][:, 59]) < 1.35


def test_levels_are_a_draw_a_path():
    levels = level_factors(3000, SETTINGS.complexity, ["a", "b"], 5)
    assert levels["a"].shape == (3000,)
    assert np.log(levels["a"]).std() == pytest.approx(SETTINGS.complexity.level_uncertainty.value, rel=0.05)
    assert not np.array_equal(levels["a"], levels["b"])
