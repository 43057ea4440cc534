"""How much each member counts at each horizon: its own past predictive score, and a share for all.

What belongs here: the running scores. What does not: what members say (``recursion``).

A member's score at horizon h is the Student-t log density that it gave, h months before, to each month that has
come since (Bayesian model averaging with a forgetting factor: Raftery et al. 2010, doi 10.1198/TECH.2009.08104).
Scores are kept at a few horizons; a horizon in between uses the nearest.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_Float = TypeVar("_Float", np.float32, np.float64)

#: Share of a score that is left a month later.
FORGETTING: Final = 0.995
#: Share of the weight that is spread evenly, whatever the scores say.
EVEN_SHARE: Final = 0.1
#: Degrees of freedom of every predictive density of the bank.
FREEDOM: Final = 6.0
#: Variance of a Student-t over its squared scale.
SPREAD: Final = FREEDOM / (FREEDOM - 2)
#: Power of the scores: months of one series are no independent proofs, so a score counts for less than it says.
TEMPER: Final = 0.5
GRID: Final = (1, 3, 6, 12, 18)


class Scores:
    """Discounted log scores of all members and series at some horizons.

    Parameters
    ----------
    horizons : sequence of int
        Rising.
    members, count : int
        Number of members and of series.
    """

    def __init__(self, horizons: Sequence[int], members: int, count: int) -> None:
        self.horizons = tuple(horizons)
        self._scores = np.zeros((len(self.horizons), members, count))
        self._said: list[deque[tuple[NDArray[np.float64], NDArray[np.float64]]]] = [
            deque(maxlen=horizon) for horizon in self.horizons
        ]

    def hear(self, figures: NDArray[np.float64]) -> None:
        """Score what was said of this month, before anything new is said.

        Parameters
        ----------
        figures : ndarray
            log(1 + count), NaN where unknown, shape ``[series]``.
        """
        for number, said in enumerate(self._said):
            self._scores[number] *= FORGETTING
            if len(said) == self.horizons[number]:
                mean, variance = said[0]
                self._scores[number] += np.nan_to_num(log_density(figures - mean, variance))

    def say(self, number: int, mean: NDArray[np.float64], variance: NDArray[np.float64]) -> None:
        """Keep what members say of the month ``horizons[number]`` ahead, each ``[member, series]``."""
        self._said[number].append((mean, variance))

    def weights(self, number: int) -> NDArray[np.float64]:
        """Weights at ``horizons[number]``, summing to one over members, shape ``[member, series]``."""
        scores = TEMPER * self._scores[number]
        weight = np.exp(scores - scores.max(axis=0))
        weight /= over_members(weight)
        mixed: NDArray[np.float64] = (1 - EVEN_SHARE) * weight + EVEN_SHARE / len(weight)
        return mixed


def over_members(values: NDArray[_Float]) -> NDArray[_Float]:
    """Sum over the first axis, one member after the other.

    A single column, and columns that lie member beside member in memory (as indexing leaves them), would be summed
    in pairs, and the last bit would depend on whether there are other series.
    """
    if values[0].size == 1:
        last: NDArray[_Float] = np.cumsum(values, axis=0)[-1]
        return last
    total: NDArray[_Float] = np.ascontiguousarray(values).sum(axis=0)
    return total


def log_density(error: NDArray[np.float64], variance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Student-t log density of errors, less a constant; variances are those of the distribution."""
    squared_scale = variance / SPREAD
    answer: NDArray[np.float64] = -0.5 * np.log(squared_scale) - (FREEDOM + 1) / 2 * np.log1p(
        error**2 / (FREEDOM * squared_scale)
    )
    return answer


def nearest(horizons: Sequence[int], horizon: int) -> int:
    """Place in ``horizons`` of the one nearest to ``horizon``; the nearer one of two alike."""
    return int(np.argmin(np.abs(np.asarray(horizons) - horizon)))
