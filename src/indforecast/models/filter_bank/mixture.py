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
    from scipy.stats import t as student

    shape, members, count = mean.shape[1:], len(mean), len(levels)
    weight, mean, variance = (
        np.broadcast_to(a, mean.shape).reshape(members, -1) for a in (weight, mean, variance)
    )
    starts = student.ppf(np.asarray(levels), FREEDOM) / np.sqrt(SPREAD)
    answer = np.empty((mean.shape[1], count))
    block = max(1, _BLOCK // (members * count))
    for first in range(0, mean.shape[1], block):
        part = np.s_[:, first : first + block]
        answer[first : first + block] = _quantiles(weight[part], mean[part], variance[part], levels, starts)
    return np.maximum.accumulate(answer, axis=-1).reshape(*shape, count)


def _quantiles(
    weight: NDArray[np.float64],
    mean: NDArray[np.float64],
    variance: NDArray[np.float64],
    levels: Sequence[float],
    starts: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Quantiles of one block; ``[place, level]``."""
    centre, spread = moments(weight, mean, variance)
    place = np.sqrt(DISAGREEMENT) * (mean - centre)
    sharpness = np.sqrt(SPREAD / (OWN_VARIANCE * variance))
    # Single precision: a probability is wanted to three digits, and half the memory is half the time. A member
    # that is very narrow for its distance from the others needs more digits; each place is judged by itself.
    fine = ((np.abs(place) * sharpness > _SINGLE_REACH) | (sharpness > _SINGLE_SHARPNESS)).any(axis=0)
    if not fine.any():
        single = _Members(weight.astype(np.float32), place.astype(np.float32), sharpness.astype(np.float32))
        return centre[:, np.newaxis] + _search(single, np.sqrt(spread), levels, starts)
    answer = np.empty((len(centre), len(levels)))
    for chosen, kind in ((~fine, np.float32), (fine, np.float64)):
        members = _Members(
            *(np.compress(chosen, values, axis=1).astype(kind) for values in (weight, place, sharpness))
        )
        answer[chosen] = _search(members, np.sqrt(spread[chosen]), levels, starts)
    return centre[:, np.newaxis] + answer


def _search(
    members: _Members, deviation: NDArray[np.float64], levels: Sequence[float], starts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Newton inside a bracket, from the quantile of a Student-t with the same moments; less the common mean."""
    count = len(levels)
    reach = np.repeat(deviation, count)
    guess = (starts * deviation[:, np.newaxis]).ravel()
    wanted = np.tile(levels, len(deviation))
    low, high = np.full_like(guess, -np.inf), np.full_like(guess, np.inf)
    before = np.full_like(guess, np.inf)
    # What is still off is looked for further; most places are found after two steps.
    open_ = np.flatnonzero(np.isfinite(guess))
    for _ in range(_MOST_STEPS):
        at = guess[open_]
        below, density = members.below(at, open_ // count)
        miss = below - wanted[open_]
        found = np.abs(miss) < _TOLERANCE
        short = miss < 0
        low[open_], high[open_] = np.where(short, at, low[open_]), np.where(short, high[open_], at)
        # A far step in a flat tail is cut short; where Newton leaves the bracket or creeps, the bracket is halved.
        step = at - np.clip(miss / np.maximum(density, _FLAT), -reach[open_], reach[open_])
        bottom, top = low[open_], high[open_]
        bounded = np.isfinite(bottom) & np.isfinite(top)
        halve = bounded & ((step < bottom) | (step > top) | (np.abs(miss) > before[open_] / 2))
        middle = np.where(bounded, bottom, 0) / 2 + np.where(bounded, top, 0) / 2
        guess[open_] = np.where(found, at, np.where(halve, middle, step))
        before[open_] = np.abs(miss)
        open_ = open_[~found]
        if not len(open_):
            break
    return guess.reshape(len(deviation), count)


@dataclass(frozen=True)
class _Members:
    """Weights, places and inverse scales of Student-t members, of one precision, each ``[member, place]``."""

    weight: NDArray[Any]
    place: NDArray[Any]
    sharpness: NDArray[Any]

    def below(
        self, at: NDArray[np.float64], column: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Probability below ``at`` and density there; closed form for six degrees of freedom."""
        # take, not indexing: what indexing hands back lies member beside member, and is slow to work on.
        weight, place, sharpness = (np.take(a, column, axis=1) for a in (self.weight, self.place, self.sharpness))
        distance = at.astype(weight.dtype) - place
        distance *= sharpness
        cosine = distance * distance
        cosine += np.float32(FREEDOM)
        np.divide(np.float32(FREEDOM), cosine, out=cosine)
        root = np.sqrt(cosine)
        probability = cosine * np.float32(0.375)
        probability += np.float32(0.5)
        probability *= cosine
        probability += np.float32(1)
        probability *= distance
        probability *= root
        probability *= weight
        sharpness *= weight
        root *= cosine
        root *= cosine
        root *= cosine
        root *= sharpness
        half = np.float32(0.5 / np.sqrt(FREEDOM))
        total = np.float64(0.5) + over_members(probability * half).astype(np.float64)
        return total, over_members(root * np.float32(_PEAK)).astype(np.float64)
