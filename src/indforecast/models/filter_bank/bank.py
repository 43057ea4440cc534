"""The pass over the calendar: figures in, a predictive distribution from every month out.

What belongs here: the order of things within a month, and what is kept. What does not: panels and dates
(``forecasting.panel_engine``), calibration (``forecasting.adaptive_spread``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.models.filter_bank.members import DECAYS, DISCOUNTS, MEMBERS
from indforecast.models.filter_bank.mixture import Search, moments
from indforecast.models.filter_bank.recursion import Coefficients, Standing, State
from indforecast.models.filter_bank.weights import GRID, Scores, nearest, over_members
from indforecast.models.log_scale import counting_variance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.models.filter_bank.members import Member

#: Series worked on together, and pairs answered together: what fits caches.
_BLOCK: Final = 256
_PIECE: Final = 192


@dataclass(frozen=True)
class BankForecast:
    """What the bank says, on log(1 + count).

    Parameters
    ----------
    horizons : tuple of int
        Horizons at which moments are kept for every month, shape ``[G]``.
    mean, variance : ndarray
        From every month, shape ``[G, month, series]``; NaN before a series begins.
    pairs : ndarray of int
        The (month, series) asked for, ordered by both, shape ``[pair, 2]``.
    quantiles : ndarray
        Shape ``[pair, horizon, level]``; NaN before a series begins.
    centre : ndarray
        Means, shape ``[pair, horizon]``.
    """

    horizons: tuple[int, ...]
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    pairs: NDArray[np.int64]
    quantiles: NDArray[np.float64]
    centre: NDArray[np.float64]

    def followed_by(self, later: BankForecast, month: int) -> BankForecast:
        """Answers of one pass up to ``month``, and of another, run with other knowledge, from there on."""
        return BankForecast(
            self.horizons,
            np.concatenate([self.mean[:, :month], later.mean[:, month:]], axis=1),
            np.concatenate([self.variance[:, :month], later.variance[:, month:]], axis=1),
            np.concatenate([self.pairs, later.pairs]),
            np.concatenate([self.quantiles, later.quantiles]),
            np.concatenate([self.centre, later.centre]),
        )


def run_bank(
    figures: NDArray[np.float64],
    wanted: NDArray[np.bool_],
    *,
    horizon: int,
    levels: Sequence[float],
    trust: NDArray[np.float64] | None = None,
    season_length: int = 12,
    members: Sequence[Member] = MEMBERS,
    decays: Sequence[float] = DECAYS,
    discounts: Sequence[float] = DISCOUNTS,
    first_month: int = 0,
    counting_noise: bool = False,
    threads: int = 1,
) -> BankForecast:
    """Run all members over all months of all series once.

    Parameters
    ----------
    figures : ndarray
        log(1 + count) on a common calendar, NaN where unknown, shape ``[series, month]``.
    wanted : ndarray of bool
        Where quantiles are wanted, shape ``[series, month]``.
    horizon : int
        Months ahead.
    levels : sequence of float
        Quantile levels, rising.
    trust : ndarray, optional
        What share of each month is learned, shape ``[series, month]``: 0 hides it; all of it by default.
    season_length : int
        Months of a season; 1 for none.
    members : sequence of Member
    decays, discounts : sequence of float
        The grid.
    first_month : int
        Number of the first column's month, so that a month keeps its season whenever the calendar begins.
    counting_noise : bool
        Whether counting alone makes a forecast at least as wide as that of a Poisson count.
    threads : int
        How many to work with; the result is the same to the bit.

    Notes
    -----
    A result at month t uses columns 0..t alone, in the same order of operations however many columns or series
    there are.
    """
    from concurrent.futures import ThreadPoolExecutor

    task = _Task(
        tuple(levels),
        season_length,
        tuple(members),
        tuple(decays),
        tuple(discounts),
        first_month,
        counting_noise,
        horizon,
    )
    if trust is None:
        trust = np.ones(figures.shape)
    figures = np.where(trust > 0, figures, np.nan)
    starts = range(0, max(len(figures), 1), _BLOCK)
    if len(starts) == 1:
        # Within a block the arrays are so small that threads would wait for each other.
        return _run_block(figures, trust, wanted, task)
    blocks = [slice(start, start + _BLOCK) for start in starts]
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        passes = pool.map(lambda block: _run_block(figures[block], trust[block], wanted[block], task), blocks)
        return _side_by_side(list(passes))


@dataclass(frozen=True)
class _Task:
    """What is the same for every block of series."""

    levels: tuple[float, ...]
    season_length: int
    members: tuple[Member, ...]
    decays: tuple[float, ...]
    discounts: tuple[float, ...]
    first_month: int
    counting_noise: bool
    horizon: int


def _run_block(
    figures: NDArray[np.float64], trust: NDArray[np.float64], wanted: NDArray[np.bool_], task: _Task
) -> BankForecast:
    count, months = figures.shape
    coefficients = Coefficients.of(task.members, task.season_length, max(task.horizon, *GRID))
    state = State(coefficients, count, decays=task.decays)
    scores = Scores(GRID, len(task.decays), len(task.members), count, task.discounts)
    pairs = np.argwhere(wanted.T)
    asked = np.searchsorted(pairs[:, 0], np.arange(months + 1))
    mean = np.full((months, len(GRID), count), np.nan)
    variance = np.full((months, len(GRID), count), np.nan)
    answers = _Answers(task, len(pairs))
    damped = np.any(trust < 1, axis=0).tolist()
    for month in range(months):
        heard = trust[:, month] if damped[month] else None
        scores.hear(figures[:, month], heard)
        state.step(task.first_month + month, figures[:, month], heard)
        standing = state.standing(task.first_month + month)
        means = np.stack([standing.mean_ahead(ahead) for ahead in GRID], axis=1)
        factors = np.stack([standing.spread_ahead(ahead) for ahead in GRID], axis=1)
        scores.say(means, state.variance[:, :, np.newaxis] * factors)
        weight, running = _of_members(scores.weights(), state.variance)
        mean[month], variance[month] = moments(weight, means, running * factors)
        for start in range(asked[month], asked[month + 1], _PIECE):
            rows = pairs[start : min(start + _PIECE, asked[month + 1]), 1]
            answers.add(
                state.standing(task.first_month + month, rows),
                np.take(weight, rows, axis=2),
                np.take(running, rows, axis=2),
            )
    answers.finish()
    mean, variance = (np.ascontiguousarray(values.swapaxes(0, 1)) for values in (mean, variance))
    return BankForecast(GRID, mean, variance, pairs, answers.quantiles, answers.centre)


def _of_members(
    weight: NDArray[np.float32], variance: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights of members, and the variance that their decays have together, each ``[member, horizon, series]``.

    Filters of one member differ in width alone, so they are one Student-t of their mean variance.
    """
    total, spread = weight[0].astype(np.float64), weight[0] * variance[0][:, np.newaxis]
    for number in range(1, len(weight)):
        total += weight[number]
        spread += weight[number] * variance[number][:, np.newaxis]
    spread /= total
    # Single precision sums to one in single precision, and means are wanted to more digits.
    total /= over_members(total)
    return total, spread


class _Answers:
    """Quantiles of the pairs asked for, worked out as soon as there are enough of them to be worth the while."""

    def __init__(self, task: _Task, pairs: int) -> None:
        self._task = task
        self._near = [nearest(GRID, ahead) for ahead in range(1, task.horizon + 1)]
        self._waiting: list[tuple[Standing, NDArray[np.float64], NDArray[np.float64]]] = []
        self._count = self._done = 0
        self.quantiles = np.empty((pairs, task.horizon, len(task.levels)))
        self.centre = np.empty((pairs, task.horizon))

    def add(self, standing: Standing, weight: NDArray[np.float64], running: NDArray[np.float64]) -> None:
        """Pairs in the order in which they are answered; at most ``_PIECE``."""
        if self._count + len(standing.gap) > _PIECE:
            self.finish()
        self._waiting.append((standing, weight, running))
        self._count += len(standing.gap)

    def finish(self) -> None:
        """Answer all that wait."""
        if not self._waiting:
            return
        standings, weights, variances = zip(*self._waiting, strict=True)
        standing = Standing.together(standings)
        weight, running = np.concatenate(weights, axis=-1), np.concatenate(variances, axis=-1)
        here = slice(self._done, self._done + self._count)
        search = Search(self._task.levels)
        for ahead, near in enumerate(self._near):
            means = standing.mean_ahead(ahead + 1)
            variance = running[:, near] * standing.spread_ahead(ahead + 1)
            if self._task.counting_noise:
                variance = np.maximum(variance, counting_variance(means))
            self.centre[here, ahead], found = search.step(weight[:, near], means, variance)
            self.quantiles[here, ahead] = found.T
        self._done, self._count, self._waiting = here.stop, 0, []


def _side_by_side(blocks: list[BankForecast]) -> BankForecast:
    """Blocks of series as one answer, pairs ordered by month and series."""
    offsets = np.cumsum([0] + [block.mean.shape[2] for block in blocks])
    pairs = np.concatenate(
        [np.add(block.pairs, (0, offset)) for block, offset in zip(blocks, offsets[:-1], strict=True)]
    )
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    return BankForecast(
        GRID,
        np.concatenate([block.mean for block in blocks], axis=2),
        np.concatenate([block.variance for block in blocks], axis=2),
        pairs[order],
        np.concatenate([block.quantiles for block in blocks])[order],
        np.concatenate([block.centre for block in blocks])[order],
    )
