from __future__ import annotations

import numpy as np
import pytest

from indforecast.models.delayed_count import Nowcast


def count(**values: float) -> Nowcast:
    given = {
        "current": 200.0, "unchanged": 0.4, "location": 0.05, "scale": 0.1, "freedom": 6.0, "cases": 9, **values,
    }  # fmt: skip
    return Nowcast(**{name: np.array([value]) for name, value in given.items()})


@pytest.mark.parametrize("values", [{}, {"unchanged": 0.0}, {"location": -0.3}, {"freedom": 1e6}])
def test_quantiles_and_moments_are_those_of_draws(values) -> None:
    made = count(**values)
    rng = np.random.default_rng(7)
    draws = made.location + made.scale * rng.standard_t(made.freedom[0], 400_000)
    draws[rng.random(400_000) < made.unchanged] = 0.0
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    np.testing.assert_allclose(
        made.quantiles(levels)[0], np.quantile(made.final(draws), levels), rtol=0.004, atol=0.01
    )
    assert made.log_mean[0] == pytest.approx(draws.mean(), abs=1e-3)
    assert made.log_deviation[0] == pytest.approx(draws.std(), rel=0.01)


def test_a_figure_that_stays_with_high_probability_is_its_own_median() -> None:
    assert count(unchanged=0.9).quantiles((0.1, 0.5, 0.9)).tolist() == [[200.0] * 3]


def test_a_certain_change_without_spread_is_that_change() -> None:
    made = count(unchanged=0.0, scale=0.0)
    np.testing.assert_allclose(made.quantiles((0.1, 0.9))[0], 200.5 * np.exp(0.05) - 0.5)
    assert not made.degenerate.any()


def test_a_count_never_falls_below_nought() -> None:
    assert (count(current=0.0, scale=2.0, location=-1.0, unchanged=0.0).quantiles((0.001, 0.2)) == 0).all()
