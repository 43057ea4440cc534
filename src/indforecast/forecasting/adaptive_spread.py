"""How wide: the spread of forecasts follows their hits and misses, group by group and horizon by horizon.

What belongs here: the running factor of the spread. What does not: what is forecast (``models.filter_bank``).

After each month the logarithm of the factor rises by a rate times the share of the group's series whose figure
fell outside the interval that had been given for it, less the share that should: online conformal inference (Gibbs
& Candès 2021, arXiv 2106.00170), on the scale of the spread. What is wrong 18 months ahead is known 18 months
late, so steps are larger, and aim at a few misses less, the further ahead a forecast is. The factor may narrow
freely and widen by little, because the variances of the bank answer a crisis by themselves: without that bound one
crisis widens everybody's tails for years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: How far one month moves the factor's logarithm, times the surprise in the share of misses: so much for every
#: horizon, and so much more for every month ahead.
RATE: Final = 0.25
RATE_BY_MONTH: Final = 1 / 24
#: Bounds of the factor's logarithm.
NARROWEST: Final = -1.0
WIDEST: Final = 0.2
#: The share of misses that is aimed at, and how much less of it for every month ahead.
MISSES: Final = 0.16
MISSES_BY_MONTH: Final = 1 / 600
#: The interval whose misses are counted, as a multiple of the standard deviation: 80 % of a Student-t with six
#: degrees.
_LEVEL: Final = 0.9
#: A series counts from its third year on.
_WARM_UP: Final = 24


def spread_factors(
    figures: NDArray[np.float64],
    mean: NDArray[np.float64],
    variance: NDArray[np.float64],
    horizons: Sequence[int],
    groups: NDArray[np.int64],
    trust: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """The factor by which a forecast made in each month should be spread.

    Parameters
    ----------
    figures : ndarray
        log(1 + count), NaN where unknown, shape ``[series, month]``.
    mean, variance : ndarray
        What was forecast from each month, shape ``[horizon, month, series]``.
    horizons : sequence of int
        Months ahead of the first axis, rising.
    groups : ndarray of int
        Group of each series, 0..K-1, shape ``[series]``.
    trust : ndarray, optional
        How much each figure counts, 0 to 1, shape ``[series, month]``; all alike by default.

    Returns
    -------
    ndarray
        Shape ``[month, group, horizon]``; the value at month t rests on figures up to t.
    """
    from scipy.stats import t as student

    months = mean.shape[1]
    reach = student.ppf(_LEVEL, 6) / np.sqrt(1.5)
    kinds = int(groups.max()) + 1 if len(groups) else 0
    logs = np.zeros((kinds, len(horizons)))
    answer = np.empty((months, kinds, len(horizons)))
    known = np.isfinite(figures)
    if trust is not None:
        known &= trust > 0
    age = np.where(known.any(axis=1), np.arange(months)[:, np.newaxis] - known.argmax(axis=1), -1)
    for month in range(months):
        for number, ahead in enumerate(horizons):
            origin = month - ahead
            if origin < 0:
                continue
            counts = known[:, month] & (age[origin] >= _WARM_UP)
            allowed = reach * np.sqrt(variance[number, origin]) * np.exp(logs[groups, number])
            with np.errstate(invalid="ignore"):
                missed = counts & (np.abs(figures[:, month] - mean[number, origin]) > allowed)
            # bincount adds one after the other: series that have not begun change no bit of the sums.
            there = np.bincount(groups, weights=counts.astype(np.float64), minlength=kinds)
            weight = counts * (1.0 if trust is None else trust[:, month])
            heard = np.bincount(groups, weights=weight, minlength=kinds)
            out = np.bincount(groups, weights=weight * missed, minlength=kinds)
            surprise = out - (MISSES - MISSES_BY_MONTH * ahead) * heard
            step = (RATE + RATE_BY_MONTH * ahead) * surprise / np.maximum(there, 1)
            logs[:, number] = np.clip(logs[:, number] + step, NARROWEST, WIDEST)
        answer[month] = np.exp(logs)
    return answer


def at_horizons(factors: NDArray[np.float64], horizons: Sequence[int], horizon: int) -> NDArray[np.float64]:
    """Factors at 1..``horizon``, in a straight line between the horizons that were followed; the last one beyond.

    Parameters
    ----------
    factors : ndarray
        Shape ``[..., len(horizons)]``.
    horizons : sequence of int
        Rising.
    horizon : int
        Months ahead.

    Returns
    -------
    ndarray
        Shape ``[..., horizon]``.
    """
    wanted = np.clip(np.arange(1, horizon + 1), horizons[0], horizons[-1])
    right = np.clip(np.searchsorted(horizons, wanted), min(1, len(horizons) - 1), len(horizons) - 1)
    left = np.maximum(right - 1, 0)
    width = np.maximum(np.take(horizons, right) - np.take(horizons, left), 1)
    share = (wanted - np.take(horizons, left)) / width
    answer: NDArray[np.float64] = factors[..., left] * (1 - share) + factors[..., right] * share
    return answer
