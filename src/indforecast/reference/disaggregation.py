"""Temporal disaggregation: months from totals, by proportional Denton, and whole persons that keep the totals.

What belongs here: the constrained least squares and the rounding, on arrays. What does not: which figure is
known when (``estimates``).

References
----------
Denton (1971), Adjustment of monthly or quarterly series to annual totals, doi:10.1080/01621459.1971.10482227.
Dagum and Cholette (2006), Benchmarking, temporal distribution, and reconciliation methods for time series,
doi:10.1007/0-387-35439-5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Solutions are rounded here before they become whole persons, so that the last bits of a BLAS decide nothing.
_DECIMALS = 5


def denton(
    indicator: NDArray[np.float64],
    known: NDArray[np.float64],
    segment: NDArray[np.int64],
    rows: NDArray[np.float64],
    totals: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Proportional first-difference Denton as one constrained least squares, several series at once.

    Minimises ``sum((x[t] / z[t] - x[t-1] / z[t-1])**2 * mean(z)**2)`` over neighbours of one segment, subject to
    ``rows @ x = totals`` and ``x = known`` where known; ``z`` is the indicator, its mean is per segment, so that
    segments weigh in persons.

    Parameters
    ----------
    indicator : ndarray of float
        Positive, shape ``[N]``.
    known : ndarray of float
        Shape ``[N]``; NaN where to be found.
    segment : ndarray of int
        Shape ``[N]``; neighbours are linked only inside one segment. Each segment must hold a known value or
        meet a row.
    rows : ndarray of float
        Constraints, shape ``[K, N]``, independent of each other on the unknown values.
    totals : ndarray of float
        Shape ``[K]``.

    Returns
    -------
    ndarray of float
        Shape ``[N]``, rounded to five decimals. Beyond the last total it is the last ratio to the indicator.

    Raises
    ------
    ValueError
        If an indicator is not positive, or constraints contradict or repeat each other.
    """
    if np.any(indicator <= 0):
        raise ValueError("an indicator must be positive")
    free = np.isnan(known)
    fixed = np.where(free, 0.0, known)
    links = np.flatnonzero(segment[1:] == segment[:-1])
    weight = np.array([indicator[segment == name].mean() for name in segment[links]])
    difference = np.zeros((len(links), len(known)))
    difference[np.arange(len(links)), links] = -weight
    difference[np.arange(len(links)), links + 1] = weight
    # The unknown is the ratio x / z: its differences are small numbers, which keeps the system well conditioned.
    smooth = difference[:, free]
    # A row without unknowns gets norm 1 and makes the system singular, which is reported below.
    bound = (rows * indicator)[:, free]
    norm = np.where(bound.any(axis=1), np.abs(bound).max(axis=1, initial=0.0), 1.0)
    bound = bound / norm[:, None]
    system = np.block([[smooth.T @ smooth, bound.T], [bound, np.zeros((len(rows), len(rows)))]])
    right = np.concatenate([-smooth.T @ (difference @ (fixed / indicator)), (totals - rows @ fixed) / norm])
    try:
        solution = np.linalg.solve(system, right)
    except np.linalg.LinAlgError:
        raise ValueError("constraints contradict or repeat each other, or a segment has none") from None
    result = fixed.copy()
    result[free] = solution[: int(free.sum())] * indicator[free]
    return np.asarray(np.round(result, _DECIMALS), dtype=np.float64)


def whole_persons(values: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Whole numbers that sum to ``total`` exactly: largest remainder.

    Parameters
    ----------
    values : ndarray of float
        Shape ``[N]``, N at least 1; their sum may miss ``total`` by a little, which is first spread evenly.
    total : int
        What the result sums to.

    Returns
    -------
    ndarray of int
        Shape ``[N]``; equal remainders are rounded up in order of time.
    """
    shifted = np.round(values + (total - values.sum()) / len(values), _DECIMALS)
    floors = np.floor(shifted)
    order = np.argsort(-np.round(shifted - floors, _DECIMALS), kind="stable")
    result: NDArray[np.int64] = floors.astype(np.int64)
    missing = total - int(result.sum())
    result[order[:missing]] += 1
    return result
