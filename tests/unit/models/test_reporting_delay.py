from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.models.chain_ladder import chain_ladder_development
from indforecast.models.development import Changes, nowcast, triangle_changes
from indforecast.models.reporting_delay import shrunken_development


def changes(*rows: tuple[int, int, float, float]) -> Changes:
    series, age, before, after = (np.array(column) for column in zip(*rows, strict=True))
    return Changes(series.astype(np.int64), age.astype(np.int64), before.astype(float), after.astype(float))


def one(development, series: int, age: int, current: float, **more):
    return nowcast(development, np.array([series]), np.array([age]), np.array([float(current)]), **more)


def delayed(rng, months: int, completeness: tuple[float, ...], spread: float, level: float = 1000.0):
    """A triangle of one series whose share reported by each age is known, final at the last age."""
    final = rng.poisson(level, months).astype(float)
    links = np.log(np.divide(completeness[1:], completeness[:-1]))
    steps = links + rng.normal(0.0, spread, (months, len(links))) * (np.array(links) != 0)
    left = np.concatenate([np.cumsum(steps[:, ::-1], axis=1)[:, ::-1], np.zeros((months, 1))], axis=1)
    return np.rint(final[:, np.newaxis] * np.exp(-left))[np.newaxis]


def test_known_completeness_is_found() -> None:
    triangle = delayed(np.random.default_rng(1), 60, (0.7, 0.85, 0.95, 1.0, 1.0), 0.02)
    for estimate in (shrunken_development, chain_ladder_development):
        development = estimate(triangle_changes(triangle, chained=True), [0], 5)
        share = nowcast(development, np.zeros(4, int), np.arange(4), np.full(4, 700.0)).completeness
        np.testing.assert_allclose(share, (0.7, 0.85, 0.95, 1.0), atol=0.012)


def test_months_that_are_not_final_count_as_far_as_they_are_known() -> None:
    triangle = delayed(np.random.default_rng(2), 12, (0.7, 0.85, 0.95, 1.0), 0.01)
    for month in range(12):
        triangle[0, month, max(12 - month, 1) :] = np.nan
    found = triangle_changes(triangle, chained=True)
    assert (np.bincount(found.age, minlength=3)[:3] == (11, 10, 9)).all()
    development = shrunken_development(found, [0], 4)
    assert one(development, 0, 0, 700).completeness == pytest.approx(0.7, abs=0.02)


def test_intervals_hold_the_final_figure_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    triangle = delayed(rng, 1200, (0.8, 0.9, 1.0), 0.04)
    development = shrunken_development(triangle_changes(triangle[:, :200], chained=True), [0], 3)
    later = triangle[0, 200:]
    for age in (0, 1):
        answer = nowcast(development, np.zeros(1000, int), np.full(1000, age), later[:, age]).quantiles((0.1, 0.9))
        held = ((answer[:, 0] <= later[:, 2]) & (later[:, 2] <= answer[:, 1])).mean()
        assert held == pytest.approx(0.8, abs=0.05)


def test_figures_may_fall_as_well_as_rise() -> None:
    rng = np.random.default_rng(4)
    rows = [(0, 0, 1000.0, np.rint(1000 * np.exp(rng.normal(-0.05, 0.01)))) for _ in range(30)]
    found = one(shrunken_development(changes(*rows), [0], 1, chained=False), 0, 0, 1000)
    assert found.completeness > 1.03
    assert found.quantiles((0.9,))[0, 0] < 1000


def test_a_figure_that_is_hardly_ever_touched_is_its_own_nowcast_with_a_tail() -> None:
    rows = [(0, 0, 500.0, 500.0)] * 18 + [(0, 0, 500.0, 530.0), (0, 0, 500.0, 480.0)]
    found = one(shrunken_development(changes(*rows), [0], 1, chained=False), 0, 0, 500)
    assert found.unchanged == pytest.approx(0.9, abs=0.03)
    assert found.quantiles((0.1, 0.5, 0.9)).tolist() == [[500.0, 500.0, 500.0]]
    low, high = found.quantiles((0.01, 0.99))[0]
    assert low < 495 < 505 < high


def test_one_wild_restatement_does_not_widen_everything() -> None:
    rng = np.random.default_rng(5)
    rows = [(0, 0, 1000.0, np.rint(1000 * np.exp(rng.normal(0.0, 0.02)))) for _ in range(25)]
    calm = one(shrunken_development(changes(*rows), [0], 1, chained=False), 0, 0, 1000)
    wild = one(shrunken_development(changes(*rows, (0, 0, 1000.0, 5000.0)), [0], 1, chained=False), 0, 0, 1000)
    ladder = one(
        chain_ladder_development(changes(*rows, (0, 0, 1000.0, 5000.0)), [0], 1, chained=False), 0, 0, 1000
    )
    assert wild.scale < 1.8 * calm.scale
    assert ladder.scale > 5 * calm.scale
    assert ladder.completeness < 0.9 < wild.completeness


def test_a_series_with_few_cases_borrows_from_its_pool_and_from_no_other() -> None:
    rng = np.random.default_rng(6)
    rows = [(0, 0, 900.0, np.rint(900 * np.exp(rng.normal(0.2, 0.02)))) for _ in range(40)]
    rows += [(2, 0, 900.0, np.rint(900 * np.exp(rng.normal(-0.2, 0.02)))) for _ in range(40)]
    development = shrunken_development(changes(*rows), [0, 0, 1, 1], 1, chained=False)
    up, new, down = (one(development, series, 0, 900).completeness[0] for series in (0, 1, 2))
    assert new == pytest.approx(up, abs=0.02)
    assert up < 0.85
    assert down > 1.15
    assert development.cases[:, 0].tolist() == [40, 0, 40, 0]


def test_a_small_drift_of_few_cases_is_hardly_believed_and_a_steady_one_is() -> None:
    noise = [1012.0, 1008.0, 985.0, 1020.0]
    doubted = shrunken_development(changes(*[(0, 0, 1000.0, value) for value in noise]), [0], 1, chained=False)
    assert abs(doubted.mean[0, 0]) < 0.5 * abs(np.mean(np.log(np.array(noise) / 1000)))
    steady = changes(*[(0, 0, 1000.0, 1000.0 + value) for value in (199, 200, 201, 202, 198, 200)])
    assert shrunken_development(steady, [0], 1, chained=False).mean[0, 0] > 0.15


def test_nothing_known_is_no_nowcast() -> None:
    empty = Changes(*(np.zeros(0, int),) * 2, *(np.zeros(0),) * 2)
    for development in (
        shrunken_development(empty, [0], 2),
        shrunken_development(changes((0, 0, 5.0, 6.0), (0, 0, 7.0, 9.0)), [0], 2),
        shrunken_development(changes(*[(0, 0, 40.0, 40.0)] * 9), [0], 2),
    ):
        found = one(development, 0, 0, 123)
        assert found.degenerate.all()
        assert (found.quantiles(HUB_LEVELS) == 123.0).all()
        assert found.completeness == 1.0
        assert found.log_deviation == 0.0


def test_an_age_beyond_the_development_is_final() -> None:
    development = shrunken_development(changes(*[(0, 0, 50.0, 60.0 + i) for i in range(5)]), [0], 1)
    assert one(development, 0, 7, 50).degenerate.all()
    assert one(development, 0, 7, 50).cases.tolist() == [0]


def test_mack_by_hand() -> None:
    development = chain_ladder_development(
        changes((0, 0, 99.5, 119.5), (0, 0, 199.5, 209.5), (0, 0, 299.5, 329.5)), [0], 1, chained=False
    )
    # Volumes 100, 200, 300 become 120, 210, 330: factor 660 / 600; variance by Mack's equation 3.
    assert np.exp(development.mean[0, 0]) == pytest.approx(1.1)
    sigma = (100 * 0.1**2 + 200 * 0.05**2 + 300 * 0.0**2) / 2
    assert development.variance[0, 0] == pytest.approx(sigma / 1.1**2)
    assert development.estimation[0, 0] == pytest.approx(sigma / 1.1**2 / 600)


def test_a_change_is_known_no_better_than_figures_are_rounded() -> None:
    development = shrunken_development(changes(*[(0, 0, 20.0, 25.0), (0, 0, 30.0, 25.0)] * 4), [0], 1)
    fine, coarse = (one(development, 0, 0, 10, rounding=rounding).scale[0] for rounding in (1.0, 5.0))
    assert coarse > fine


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 3000), st.integers(0, 3000)),
        max_size=40,
    ),
    st.integers(0, 5000),
)
def test_whatever_the_past_quantiles_are_counts_that_rise(rows, current) -> None:
    found = changes(*rows) if rows else Changes(*(np.zeros(0, int),) * 2, *(np.zeros(0),) * 2)
    for estimate in (shrunken_development, chain_ladder_development):
        development = estimate(found, [0, 0, 1], 4)
        answer = nowcast(
            development, np.repeat(np.arange(3), 4), np.tile(np.arange(4), 3), np.full(12, float(current))
        )
        quantiles = answer.quantiles(HUB_LEVELS)
        assert np.isfinite(quantiles).all()
        assert (quantiles >= 0).all()
        assert (np.diff(quantiles, axis=1) >= 0).all()
        assert ((answer.unchanged >= 0) & (answer.unchanged <= 1)).all()
        assert (answer.log_deviation >= 0).all()
