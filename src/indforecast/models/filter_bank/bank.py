"""The pass over the calendar: figures in, a predictive distribution from every month out.

What belongs here: the order of things within a month, and what is kept. What does not: panels and dates
(``forecasting.panel_engine``), calibration (``forecasting.adaptive_spread``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.models.filter_bank.members import MEMBERS
from indforecast.models.filter_bank.mixture import moments, quantiles
from indforecast.models.filter_bank.recursion import Coefficients, State
from indforecast.models.filter_bank.weights import GRID, Scores, nearest, over_members
from indforecast.models.log_scale import counting_variance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.models.filter_bank.members import Member

#: Series worked on together, and pairs answered together: what fits caches.
_BLOCK: Final = 1024
_PIECE: Final = 64


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
    season_length: int = 12,
    members: Sequence[Member] = MEMBERS,
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
    season_length : int
        Months of a season; 1 for none.
    members : sequence of Member
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

    task = _Task(tuple(levels), season_length, tuple(members), first_month, counting_noise, horizon)
    starts = range(0, max(len(figures), 1), _BLOCK)
    if len(starts) == 1:
        # Within a block the arrays are so small that threads would wait for each other.
        return _run_block(figures, wanted, task)
    blocks = [slice(start, start + _BLOCK) for start in starts]
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        return _side_by_side(list(pool.map(lambda block: _run_block(figures[block], wanted[block], task), blocks)))


@dataclass(frozen=True)
class _Task:
    """What is the same for every block of series."""

    levels: tuple[float, ...]
    season_length: int
    members: tuple[Member, ...]
    first_month: int
    counting_noise: bool
    horizon: int


def _run_block(figures: NDArray[np.float64], wanted: NDArray[np.bool_], task: _Task) -> BankForecast:
    count, months = figures.shape
    state = State(Coefficients.of(task.members, task.season_length, max(task.horizon, *GRID)), count)
    scores = Scores(GRID, len(task.members), count)
    pairs = np.argwhere(wanted.T)
    asked = np.searchsorted(pairs[:, 0], np.arange(months + 1))
    near = [nearest(GRID, ahead) for ahead in range(1, task.horizon + 1)]
    mean = np.full((len(GRID), months, count), np.nan)
    variance = np.full((len(GRID), months, count), np.nan)
    answer = np.empty((len(pairs), task.horizon, len(task.levels)))
    centre = np.empty((len(pairs), task.horizon))

    for month in range(months):
        number_of_month = task.first_month + month
        scores.hear(figures[:, month])
        state.step(number_of_month, figures[:, month])
        weights = []
        for number, ahead in enumerate(GRID):
            said = state.mean_ahead(number_of_month, ahead), state.variance_ahead(ahead)
            scores.say(number, *said)
            weights.append(scores.weights(number))
            mean[number, month], variance[number, month] = moments(weights[-1], *said)
        for start in range(asked[month], asked[month + 1], _PIECE):
            here = slice(start, min(start + _PIECE, asked[month + 1]))
            rows = pairs[here, 1]
            weight = np.stack([one[:, rows] for one in weights], axis=-1)[..., near]
            means, variances = state.ahead(number_of_month, task.horizon, rows)
            if task.counting_noise:
                variances = np.maximum(variances, counting_variance(means))
            answer[here] = quantiles(weight, means, variances, task.levels)
            centre[here] = over_members(weight * means)
    return BankForecast(GRID, mean, variance, pairs, answer, centre)


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
