"""How much each filter counts at each horizon: its own past predictive score, and a share for all.

What belongs here: the running scores. What does not: what filters say (``recursion``).

A filter is a member with one of the running variances. Its score at horizon h is the Student-t log density that it
gave, h months before, to each month that has come since (Bayesian model averaging with a forgetting factor:
Raftery et al. 2010, doi 10.1198/TECH.2009.08104). Scores are kept under several such factors, the discounts; what
a discount is worth is the score of the mixture that its weights make. Scores are kept at a few horizons; a horizon
in between uses the nearest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from indforecast.models.filter_bank.members import DISCOUNTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_Float = TypeVar("_Float", np.float32, np.float64)

#: Share of the score of a discount's mixture that is left a month later.
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
#: Squared errors are so many squared scales at most, and variances no less: powers stay within single precision.
_FARTHEST: Final = 1e4
_NARROWEST: Final = 1e-9
_LEAST: Final = 1e-30


class Scores:
    """Discounted log scores of all filters and series at some horizons.

    Parameters
    ----------
    horizons : sequence of int
        Rising.
    decays, members, count : int
        Number of running variances, of members and of series.
    discounts : sequence of float
        Shares of a score that are left a month later.
    """

    def __init__(
        self,
        horizons: Sequence[int],
        decays: int,
        members: int,
        count: int,
        discounts: Sequence[float] = DISCOUNTS,
    ) -> None:
        self.horizons = tuple(horizons)
        self.discounts = tuple(discounts)
        shape = (decays, members, len(self.horizons), count)
        # Single precision: a weight is wanted to four digits, and half the memory is half the time.
        self._error = np.zeros(shape[1:], dtype=np.float32)
        self._said = np.ones(shape, dtype=np.float32)
        self._scores = np.zeros((len(self.discounts), *shape), dtype=np.float32)
        self._discount_scores = np.zeros((len(self.discounts), *shape[2:]))
        self._mean = [np.full((horizon, members, count), np.nan) for horizon in self.horizons]
        self._variance = [
            np.ones((horizon, decays, members, count), dtype=np.float32) for horizon in self.horizons
        ]
        kept = len(self.discounts) if len(self.discounts) > 1 else 0
        self._weight = [
            np.ones((horizon, kept, decays, members, count), dtype=np.float32) for horizon in self.horizons
        ]
        self._months = 0

    def hear(self, figures: NDArray[np.float64], trust: NDArray[np.float64] | None = None) -> None:
        """Score what was said of this month, before anything new is said.

        Parameters
        ----------
        figures : ndarray
            log(1 + count), NaN where unknown, shape ``[series]``.
        trust : ndarray, optional
            What share of the score counts, shape ``[series]``; all of it by default.
        """
        for number, horizon in enumerate(self.horizons):
            slot = self._months % horizon
            np.subtract(figures, self._mean[number][slot], out=self._error[:, number], casting="same_kind")
            self._said[:, :, number] = self._variance[number][slot]
        power = density_power(self._error, self._said)
        # What is unknown says nothing: of no filter, and so of no mixture of them.
        unknown = np.isnan(self._error[0])
        power[:, :, unknown] = 1.0
        density = np.log(power)
        density *= np.float32(-0.5)
        if trust is not None:
            density *= trust.astype(np.float32)
        for number, discount in enumerate(self.discounts):
            self._scores[number] *= np.float32(discount)
            self._scores[number] += density
        if len(self.discounts) > 1:
            score = self._discounts_heard(power)
            score[:, unknown] = 0.0
            if trust is not None:
                score *= trust
            self._discount_scores *= FORGETTING
            self._discount_scores += score

    def _discounts_heard(self, power: NDArray[np.float32]) -> NDArray[np.float64]:
        """Log densities of the mixtures that each discount's weights made, relative to the best filter's."""
        best = power.min(axis=(0, 1))
        likelihood = np.sqrt(best / power, out=power)
        score = np.empty_like(self._discount_scores)
        for number, horizon in enumerate(self.horizons):
            slot = self._months % horizon
            for discount, weight in enumerate(self._weight[number][slot]):
                mixed = weight * likelihood[:, :, number]
                score[discount, number] = over_members(mixed.reshape(-1, mixed.shape[-1]))
        answer: NDArray[np.float64] = np.log(np.maximum(score, _LEAST))
        return answer

    def say(self, means: NDArray[np.float64], variances: NDArray[np.float64]) -> None:
        """Keep what filters say of the months ``horizons`` ahead.

        Parameters
        ----------
        means, variances : ndarray
            Shape ``[member, horizon, series]`` and ``[decay, member, horizon, series]``.
        """
        for number, horizon in enumerate(self.horizons):
            slot = self._months % horizon
            self._mean[number][slot] = means[:, number]
            self._variance[number][slot] = variances[:, :, number]
        self._months += 1

    def weights(self) -> NDArray[np.float32]:
        """Weights at all horizons, summing to one over filters, ``[decay, member, horizon, series]``."""
        each = [self._under(number) for number in range(len(self.discounts))]
        if len(each) == 1:
            return each[0]
        for number, horizon in enumerate(self.horizons):
            slot = (self._months - 1) % horizon
            for discount, weight in enumerate(each):
                self._weight[number][slot][discount] = weight[:, :, number]
        share = np.exp(TEMPER * (self._discount_scores - self._discount_scores.max(axis=0)))
        share /= over_members(share)
        share = share.astype(np.float32)
        total: NDArray[np.float32] = each[0] * share[0]
        for number in range(1, len(each)):
            total += each[number] * share[number]
        return total

    def _under(self, discount: int) -> NDArray[np.float32]:
        scores = self._scores[discount]
        weight: NDArray[np.float32] = scores - scores.max(axis=(0, 1))
        weight *= np.float32(TEMPER)
        np.exp(weight, out=weight)
        shape = weight.shape
        filters = shape[0] * shape[1]
        weight *= np.float32(1 - EVEN_SHARE) / over_members(weight.reshape(filters, *shape[2:]))
        weight += np.float32(EVEN_SHARE / filters)
        return weight


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


def log_density(error: NDArray[_Float], variance: NDArray[_Float]) -> NDArray[_Float]:
    """Student-t log density of errors, less a constant; variances are those of the distribution."""
    answer: NDArray[Any] = -0.5 * np.log(density_power(error, variance))
    return answer


def density_power(error: NDArray[_Float], variance: NDArray[_Float]) -> NDArray[_Float]:
    """The same density to the power -2: of scale s it is s^2 (1 + error^2 / (6 s^2))^7, and takes no logarithm."""
    kind = variance.dtype.type
    squared_scale = np.maximum(variance, kind(_NARROWEST))
    squared_scale *= kind(1 / SPREAD)
    far: NDArray[Any] = error * error / squared_scale
    far *= kind(1 / FREEDOM)
    np.minimum(far, kind(_FARTHEST), out=far)
    far += kind(1)
    power: NDArray[_Float] = far * far
    power *= power * power
    power *= far
    power *= squared_scale
    return power


def nearest(horizons: Sequence[int], horizon: int) -> int:
    """Place in ``horizons`` of the one nearest to ``horizon``; the nearer one of two alike."""
    return int(np.argmin(np.abs(np.asarray(horizons) - horizon)))
