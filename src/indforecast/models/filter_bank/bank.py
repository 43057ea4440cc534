"""The pass over the calendar: figures in, a predictive distribution from every month out.

What belongs here: the order of things within a month, and what is kept. What does not: panels and dates
(``forecasting.panel``), calibration (``forecasting.adaptive_spread``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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

    Notes
    -----
    A result at month t uses columns 0..t alone, in the same order of operations however many columns or series
    there are.
    """
    count, months = figures.shape
    horizons = GRID
    state = State(Coefficients.of(members, season_length, max(horizon, *GRID)), count)
    scores = Scores(horizons, len(members), count)
    pairs = np.argwhere(wanted.T)
    asked = np.searchsorted(pairs[:, 0], np.arange(months + 1))
    near = [nearest(horizons, ahead) for ahead in range(1, horizon + 1)]
    mean = np.full((len(horizons), months, count), np.nan)
    variance = np.full((len(horizons), months, count), np.nan)
    answer = np.empty((len(pairs), horizon, len(levels)))
    centre = np.empty((len(pairs), horizon))
    for month in range(months):
        scores.hear(figures[:, month])
        state.step(first_month + month, figures[:, month])
        said = {}
        for number, ahead in enumerate(horizons):
            said[ahead] = (state.mean_ahead(first_month + month, ahead), state.variance_ahead(ahead))
            scores.say(number, *said[ahead])
            mean[number, month], variance[number, month] = moments(scores.weights(number), *said[ahead])
        here = slice(asked[month], asked[month + 1])
        if here.start < here.stop:
            rows = pairs[here, 1]
            weight = np.stack([scores.weights(number)[:, rows] for number in range(len(horizons))], axis=-1)[
                ..., near
            ]
            means, variances = state.ahead(first_month + month, horizon, rows)
            if counting_noise:
                variances = np.maximum(variances, counting_variance(means))
            answer[here] = quantiles(weight, means, variances, levels)
            centre[here] = over_members(weight * means)
    return BankForecast(horizons, mean, variance, pairs, answer, centre)
