"""The weighted members as one distribution: moments, and quantiles of the mixture itself.

What belongs here: sums over members. What does not: weights, calibration.

Members err together, so their disagreement understates what none of them knows: distances from the common mean
count double (``DISAGREEMENT`` is the factor of their variance), and each one's own variance a little less.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from indforecast.models.filter_bank.weights import FREEDOM, SPREAD, over_members

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

OWN_VARIANCE: Final = 0.9
DISAGREEMENT: Final = 4.0
#: How far a quantile may be off, in probability; and when looking for it ends (bisection alone needs 40).
_TOLERANCE: Final = 1e-3
#: A density below this is flat: the step is cut short anyway.
_FLAT: Final = 1e-9
_MOST_STEPS: Final = 60
#: Single precision serves while members lie within so many of their scales, and scales are not absurdly small.
_SINGLE_REACH: Final = 1e4
_SINGLE_SHARPNESS: Final = 1e15
#: Numbers worked on at a time: what fits a core's cache.
_BLOCK: Final = 60_000
# Gamma(3.5) / (sqrt(6 pi) Gamma(3)): the density of a Student-t with six degrees of freedom at nought.
_PEAK: Final = 0.38273277230987157
# The steepest slope of that density, at the square root of 3/4 from nought: 3.5 peak z/3 (1 + z^2/6)^(-9/2).
_STEEPEST: Final = 0.22760


def moments(
    weight: NDArray[np.float64], mean: NDArray[np.float64], variance: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance of the mixture.

    Parameters
    ----------
    weight, mean, variance : ndarray
        Shape ``[member, ...]``.

    Returns
    -------
    tuple of ndarray
        Shape ``[...]`` each.
    """
    centre = over_members(weight * mean)
    spread = over_members(weight * (OWN_VARIANCE * variance + DISAGREEMENT * (mean - centre) ** 2))
    return centre, spread


def quantiles(
    weight: NDArray[np.float64],
    mean: NDArray[np.float64],
    variance: NDArray[np.float64],
    levels: Sequence[float],
) -> NDArray[np.float64]:
    """Quantiles of the mixture of Student-t members.

    Parameters
    ----------
    weight, mean, variance : ndarray
        Shape ``[member, ...]``.
    levels : sequence of float
        In (0, 1), rising; shape ``[L]``.

    Returns
    -------
    ndarray
        Shape ``[..., L]``, never falling along the last axis.
    """
    shape, members, count = mean.shape[1:], len(mean), len(levels)
    weight, mean, variance = (
        np.broadcast_to(a, mean.shape).reshape(members, -1) for a in (weight, mean, variance)
    )
    answer = np.empty((mean.shape[1], count))
    block = max(1, _BLOCK // (members * count))
    for first in range(0, mean.shape[1], block):
        part = np.s_[:, first : first + block]
        answer[first : first + block] = Search(levels).step(weight[part], mean[part], variance[part])[1].T
    return answer.reshape(*shape, count)


class Search:
    """Quantiles of one mixture after another, each looked for from where the last one's were.

    From one month ahead to the next a mixture changes its place and width more than its shape. So the last
    quantiles, on the scale of the mixture's own mean and deviation, are a start so good that one look mostly
    suffices.

    Parameters
    ----------
    levels : sequence of float
        In (0, 1), rising; shape ``[L]``.
    """

    def __init__(self, levels: Sequence[float]) -> None:
        from scipy.stats import t as student

        self._levels = np.asarray(levels, dtype=np.float64)[:, np.newaxis]
        self._starts = student.ppf(self._levels, FREEDOM) / np.sqrt(SPREAD)

    def step(
        self, weight: NDArray[np.float64], mean: NDArray[np.float64], variance: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Means and quantiles of the mixtures of one month.

        Parameters
        ----------
        weight, mean, variance : ndarray
            Shape ``[member, place]``; the same places in each step.

        Returns
        -------
        tuple of ndarray
            Shape ``[place]`` and ``[L, place]``, the latter never falling along levels.
        """
        centre, spread = moments(weight, mean, variance)
        deviation = np.sqrt(spread)
        place = np.sqrt(DISAGREEMENT) * (mean - centre)
        sharpness = np.sqrt(SPREAD / OWN_VARIANCE) / np.sqrt(variance)
        # Single precision: a probability is wanted to three digits, and half the memory is half the time. A member
        # that is very narrow for its distance from the others needs more digits; each place is judged by itself.
        fine = (np.abs(place) * sharpness).max(axis=0) > _SINGLE_REACH
        fine |= sharpness.max(axis=0) > _SINGLE_SHARPNESS
        starts = np.broadcast_to(self._starts, (len(self._levels), len(centre))) * deviation
        if not fine.any():
            found = _search(_Members.of(np.float32, weight, place, sharpness), deviation, self._levels, starts)
        else:
            found = np.empty(starts.shape)
            for chosen, kind in ((~fine, np.float32), (fine, np.float64)):
                members = _Members.of(
                    kind, *(np.compress(chosen, values, axis=1) for values in (weight, place, sharpness))
                )
                found[:, chosen] = _search(members, deviation[chosen], self._levels, starts[:, chosen])
        with np.errstate(invalid="ignore", divide="ignore"):
            self._starts = found / deviation
        return centre, np.maximum.accumulate(centre + found, axis=0)


def _search(
    members: _Members,
    deviation: NDArray[np.float64],
    levels: NDArray[np.float64],
    starts: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Newton inside a bracket, from ``starts [level, place]``; less the common mean."""
    below, density = members.at_levels(starts)
    # Newton's last step is off by no more than half its square times the steepest slope of any density.
    steepest = members.steepest()
    miss = below - levels
    move = -miss / np.maximum(density, _FLAT)
    sure = move * move * steepest < 2 * _TOLERANCE
    sure &= density > _FLAT
    guess = np.where(sure, starts + move, starts).ravel()
    # What is still off is looked for further; most places are found at once.
    open_ = np.flatnonzero(~sure & np.isfinite(starts))
    if not len(open_):
        return guess.reshape(starts.shape)
    column, level = open_ % len(deviation), open_ // len(deviation)
    below, density = below.ravel()[open_], density.ravel()[open_]
    at, wanted, reach, steepest = guess[open_], levels[level, 0], deviation[column], steepest[column]
    low, high, before = np.full_like(at, -np.inf), np.full_like(at, np.inf), np.full_like(at, np.inf)
    for _ in range(_MOST_STEPS):
        miss = below - wanted
        move = -miss / np.maximum(density, _FLAT)
        sure = (move * move * steepest < 2 * _TOLERANCE) & (density > _FLAT)
        found = sure | (np.abs(miss) < _TOLERANCE)
        short = miss < 0
        low, high = np.where(short, at, low), np.where(short, high, at)
        # A far step in a flat tail is cut short; where Newton leaves the bracket or creeps, the bracket is halved.
        step = at + np.clip(move, -reach, reach)
        bounded = np.isfinite(low) & np.isfinite(high)
        halve = bounded & ((step < low) | (step > high) | (np.abs(miss) > before / 2))
        middle = np.where(bounded, low, 0) / 2 + np.where(bounded, high, 0) / 2
        at = np.where(sure, at + move, np.where(found, at, np.where(halve, middle, step)))
        guess[open_] = at
        still = np.flatnonzero(~found)
        if not len(still):
            break
        before = np.abs(miss)
        open_, column = open_[still], column[still]
        at, wanted, reach, steepest, low, high, before = (
            a[still] for a in (at, wanted, reach, steepest, low, high, before)
        )
        below, density = members.below(at, column)
    return guess.reshape(starts.shape)


@dataclass(frozen=True)
class _Members:
    """Student-t members of one precision, each ``[member, place]``.

    Parameters
    ----------
    share : ndarray
        Weight, times the constant of the distribution function.
    place, sharpness : ndarray
        Places and inverse scales.
    height : ndarray
        Weight, times sharpness, times the constant of the density.
    """

    share: NDArray[Any]
    place: NDArray[Any]
    sharpness: NDArray[Any]
    height: NDArray[Any]

    @classmethod
    def of(cls, kind: Any, weight: NDArray[Any], place: NDArray[Any], sharpness: NDArray[Any]) -> _Members:
        """Members in the precision ``kind``."""
        single = sharpness.astype(kind)
        share = weight.astype(kind)
        height = share * single
        height *= kind(_PEAK)
        share *= kind(0.5 / np.sqrt(FREEDOM))
        return cls(share, place.astype(kind), single, height)

    def steepest(self) -> NDArray[np.float64]:
        """A bound of the slope of the mixture's density anywhere, ``[place]``."""
        return over_members(self.height * self.sharpness).astype(np.float64) * (_STEEPEST / _PEAK)

    def at_levels(self, at: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Probability below ``at [level, place]`` and density there."""
        distance = at.astype(self.place.dtype) - self.place[:, np.newaxis]
        distance *= self.sharpness[:, np.newaxis]
        return _below(distance, self.share[:, np.newaxis], self.height[:, np.newaxis])

    def below(
        self, at: NDArray[np.float64], column: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Probability below ``at`` and density there, each at the place ``column``."""
        # take, not indexing: what indexing hands back lies member beside member, and is slow to work on.
        share, place, sharpness, height = (
            np.take(a, column, axis=1) for a in (self.share, self.place, self.sharpness, self.height)
        )
        distance = at.astype(place.dtype) - place
        distance *= sharpness
        return _below(distance, share, height)


def _below(
    distance: NDArray[Any], share: NDArray[Any], height: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sums over members of probability and density; closed form for six degrees of freedom."""
    cosine = distance * distance
    cosine += np.float32(FREEDOM)
    np.divide(np.float32(FREEDOM), cosine, out=cosine)
    root = np.sqrt(cosine)
    distance *= root
    probability = cosine * np.float32(0.375)
    probability += np.float32(0.5)
    probability *= cosine
    probability += np.float32(1)
    probability *= distance
    probability *= share
    total = np.float64(0.5) + over_members(probability).astype(np.float64)
    root *= cosine
    cosine *= cosine
    root *= cosine
    root *= height
    return total, over_members(root).astype(np.float64)
