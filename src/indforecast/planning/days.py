"""Days on which penalties run, month by month, for a case that passed its term in a given month.

What belongs here: calendar and clock arithmetic, without cases. What does not: how many cases there are
(``late``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


def month_ends(months: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Days from 1970 to the end of each month, shape ``[month]``."""
    after = (months.astype("datetime64[M]") + 1).astype("datetime64[D]")
    return np.asarray(after.astype(np.int64), dtype=np.float64)


def running(months: NDArray[np.datetime64], suspended: Iterable[tuple[str, str]]) -> NDArray[np.bool_]:
    """Whether penalties run in each month; ``suspended`` are pairs of first and last month, both inclusive."""
    stopped = np.zeros(months.size, dtype=bool)
    for first, last in suspended:
        stopped |= (months >= np.datetime64(first, "M")) & (months <= np.datetime64(last, "M"))
    return ~stopped


def penalty_days(
    ends: NDArray[np.float64],
    runs: NDArray[np.bool_],
    start: NDArray[np.float64],
    longest: float,
) -> NDArray[np.float64]:
    """Days that count in each month, for penalties that start on some day and run for at most ``longest`` days.

    Days of a suspended month neither count nor use up the longest time.

    Parameters
    ----------
    ends : ndarray of float
        Day on which each month ends, ascending, shape ``[month]``.
    runs : ndarray of bool
        Whether penalties run in the month, shape ``[month]``.
    start : ndarray of float
        Day after which the penalty starts, shape ``[cohort]``.
    longest : float
        Days.

    Returns
    -------
    ndarray of float
        Shape ``[cohort, month]``; a month's days when the case stays undecided throughout the month.
    """
    lengths = np.diff(ends, prepend=ends[0] - _first_length(ends[0]))
    clock = np.cumsum(lengths * runs)  # days that counted by each month's end
    before = clock - lengths * runs
    at_start = np.interp(start, np.concatenate([[ends[0] - lengths[0]], ends]), np.concatenate([[0.0], clock]))
    upto = np.minimum(clock[None, :], at_start[:, None] + longest)
    counted: NDArray[np.float64] = np.clip(upto - np.maximum(before[None, :], at_start[:, None]), 0.0, None)
    return counted


def waits_for_end(
    ends: NDArray[np.float64], runs: NDArray[np.bool_], day: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A ruling's day, moved to the end of a suspension when it falls into one."""
    moved = day.copy()
    begins = np.concatenate([[ends[0] - _first_length(ends[0])], ends[:-1]])
    for index in np.flatnonzero(~runs):  # ascending, so that a day moves on through a whole suspension
        inside = (moved >= begins[index]) & (moved < ends[index])
        moved[inside] = ends[index]
    return moved


def _first_length(end: float) -> float:
    last = np.datetime64(int(end) - 1, "D")
    return float(int(end) - int(last.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)))
