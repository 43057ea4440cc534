from __future__ import annotations

import numpy as np
import pytest

from indforecast.evaluation.differences import FEWEST_BLOCKS, compare

MONTHS = np.datetime64("2010-01") + np.arange(120)


def _persistent(draws: np.random.Generator, months: int, memory: float = 0.9) -> np.ndarray:
    """An autoregression of variance one."""
    steps = draws.normal(0, np.sqrt(1 - memory**2), months)
    values = np.empty(months)
    values[0] = draws.normal()
    for month in range(1, months):
        values[month] = memory * values[month - 1] + steps[month]
    return values


def test_figures_are_those_of_shared_targets() -> None:
    own = np.array([[1.0, 2.0], [3.0, np.nan], [5.0, 1.0]])
    other = np.array([[2.0, 2.0], [np.nan, 1.0], [5.0, 3.0]])
    found = compare(own, other, MONTHS[:3], block_months=1, seed=1)
    assert found.targets == 4
    assert found.difference == pytest.approx((9 - 12) / 4)
    assert found.skill == pytest.approx(1 - 9 / 12)
    assert found.blocks == 3
    assert np.isnan([found.skill_lower, found.upper]).all()  # three blocks say nothing about how they differ


def test_nothing_shared_is_no_figure() -> None:
    found = compare(np.full((3, 2), np.nan), np.ones((3, 2)), MONTHS[:3], block_months=1, seed=1)
    assert (found.targets, found.blocks) == (0, 0)
    assert np.isnan(found.skill)


def test_a_constant_difference_has_no_width() -> None:
    other = np.random.default_rng(1).gamma(2, 1, (120, 6))
    found = compare(0.9 * other, other, MONTHS, block_months=12, seed=1)
    assert (found.skill, found.skill_lower, found.skill_upper) == pytest.approx((0.1, 0.1, 0.1))
    assert found.lower < found.difference < found.upper < 0


def test_the_mean_of_the_interval_is_the_estimate_and_the_seed_decides() -> None:
    draws = np.random.default_rng(2)
    own, other = draws.gamma(2, 1, (2, 120, 3))
    first, again, second = (compare(own, other, MONTHS, block_months=12, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != second
    assert first.lower == pytest.approx(second.lower, abs=0.05)
    assert (first.lower + first.upper) / 2 == pytest.approx(first.difference, abs=0.05)


def test_blocks_of_one_month_are_the_plain_bootstrap() -> None:
    draws = np.random.default_rng(3)
    own, other = draws.normal(5, 1, (2, 120, 1))
    found = compare(own, other, MONTHS, block_months=1, seed=4, draws=20_000)
    wide = 2 * 1.645 * np.std(own - other) / np.sqrt(120)
    assert found.upper - found.lower == pytest.approx(wide, rel=0.03)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Errors with a memory: a block as long as the memory holds 90 % nearly; single months far less."""
    draws = np.random.default_rng(5)
    months = np.datetime64("1990-01") + np.arange(360)
    hits = {1: 0, 24: 0}
    for case in range(150):
        gap = _persistent(draws, 360, 0.8)[:, np.newaxis]
        for length in hits:
            found = compare(5 + gap, np.full_like(gap, 5.0), months, block_months=length, seed=case, draws=200)
            hits[length] += found.lower <= 0 <= found.upper
    assert hits[24] / 150 > 0.82
    assert hits[1] / 150 < 0.60


def test_months_without_an_origin_take_their_place_on_the_calendar() -> None:
    """Origins every three months: a block of a year holds four of them, and the calendar ten years."""
    scores = np.random.default_rng(6).gamma(2, 1, (2, 40, 4))
    found = compare(*scores, MONTHS[::3], block_months=12, seed=1)
    assert found.blocks == 9  # 118 months from the first origin to the last
    spread = np.full((2, 120, 4), np.nan)
    spread[:, ::3] = scores
    assert compare(*spread, MONTHS, block_months=12, seed=1) == found


def test_an_interval_needs_enough_blocks() -> None:
    scores = np.random.default_rng(7).gamma(2, 1, (2, 12 * FEWEST_BLOCKS, 1))
    enough = compare(*scores, MONTHS[: 12 * FEWEST_BLOCKS], block_months=12, seed=1)
    short = compare(*scores[:, :-1], MONTHS[: 12 * FEWEST_BLOCKS - 1], block_months=12, seed=1)
    assert np.isfinite(enough.lower)
    assert np.isnan(short.lower)
    assert np.isfinite(short.difference)


@pytest.mark.parametrize("wrong", [{"block_months": 0}, {"probability": 1.0}])
def test_wrong_arguments_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        compare(np.ones((3, 1)), np.ones((3, 1)), MONTHS[:3], **{"block_months": 1, "seed": 1, **wrong})
    with pytest.raises(ValueError, match="do not belong together"):
        compare(np.ones((3, 1)), np.ones((3, 1)), MONTHS[:2], block_months=1, seed=1)
