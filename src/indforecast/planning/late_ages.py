"""How long late cases have been late: open late cases by age, for two orders in which they may be decided.

What belongs here: those two orders, and ages at the start. What does not: what a late case leads to (``late``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def late_at_start(
    opening: NDArray[np.float64],
    term_months: int | NDArray[np.int64],
    noticed_after: NDArray[np.int64] | None = None,
) -> NDArray[np.float64]:
    """Opening cohorts that are past their term before the first month, by the month in which they passed it.

    Parameters
    ----------
    opening : ndarray of float
        Open cases by month of application, oldest first, shape ``[age]``; the last ones applied in the month
        before the first.
    term_months : int or ndarray of int
        Legal term, for all or by month of application; what it says of months after the opening is not read.
    noticed_after : ndarray of int, optional
        Months after which applicants held the service late, by month of application, where that was before the
        legal term: such cases are as late as that, if the legal term has passed as well.

    Returns
    -------
    ndarray of float
        Oldest first, the last ones passed their term in the month before the first; shape ``[age]``.
    """
    terms = np.broadcast_to(np.asarray(term_months), (max(opening.size, np.size(term_months)),))[: opening.size]
    passed = np.arange(opening.size) + terms  # index of the month, on the scale of the cohorts
    late = np.zeros(opening.size)
    before = passed < opening.size
    if noticed_after is not None:
        passed = np.minimum(passed, np.arange(opening.size) + noticed_after)
    np.add.at(late, passed[before], opening[before])
    return late


def start_at_random(before: NDArray[np.float64], decided: float, ages: int) -> NDArray[np.float64]:
    """Late cases at the start by age, when some of every age were decided each month before.

    As many as there are, but not all of the newest: of each month in which cases became late a share is left that
    falls with age, and the rest are older ones. Months before those that are known had their mean.

    Parameters
    ----------
    before : ndarray of float
        Late cases at the start when the oldest were decided first, by the month in which they became late, oldest
        first, shape ``[age, path]``: of months that are known, all who became late.
    decided : float
        Share of the late cases that was decided in a month.
    ages : int
        Ages wanted, from 0 on.

    Returns
    -------
    ndarray of float
        By months since they became late, newest first, shape ``[age, path]``; older ones are left out.
    """
    total, newest = before.sum(axis=0), before[::-1]
    if not decided or not before.size:
        return newest[:ages]
    known = newest.shape[0] - np.argmax(before > 0, axis=0)  # months back to the first with a case
    age = np.arange(ages)[:, None]
    became = np.zeros((ages, before.shape[1]))
    became[: newest.shape[0]] = newest[:ages]
    became = np.where(age < known, became, total / known) * (1 - decided) ** age
    reached = np.minimum(np.cumsum(became, axis=0), total)
    started: NDArray[np.float64] = np.diff(reached, axis=0, prepend=0.0)
    return started


def in_order_of_lateness(
    became: NDArray[np.float64], stock: NDArray[np.float64], ages: int
) -> NDArray[np.float64]:
    """Late cases by age when the one that became late first is decided first.

    Parameters
    ----------
    became : ndarray of float
        Cases that became late by month, those before the first month in front, shape ``[before + month, path]``.
    stock : ndarray of float
        Cases past their term at the start and at each month's end, shape ``[1 + month, path]``.
    ages : int
        Ages wanted, from 0 on.

    Returns
    -------
    ndarray of float
        Open late cases by months since they became late, shape ``[1 + month, age, path]``.
    """
    until = np.concatenate([np.zeros((ages + 1, became.shape[1])), np.cumsum(became, axis=0)])
    decided = np.maximum.accumulate(np.clip(until[-stock.shape[0] :] - stock, 0.0, None), axis=0)
    # max(decided, became by a cohort) rises from cohort to cohort by what is open of it.
    lines = np.lib.stride_tricks.sliding_window_view(until, ages + 1, axis=0)[-stock.shape[0] :]
    reached = np.maximum(decided[:, None, :], lines.transpose(0, 2, 1))
    opened: NDArray[np.float64] = np.diff(reached, axis=1)[:, ::-1]
    return opened


def at_random(
    became: NDArray[np.float64], stock: NDArray[np.float64], ages: int, decided_before: float = 0.0
) -> NDArray[np.float64]:
    """Late cases by age when each is equally likely to be decided in a month.

    Parameters and result as for :func:`in_order_of_lateness`; counts are expected ones. ``decided_before`` is the
    share a month that was decided before the first one, see :func:`start_at_random`.
    """
    periods = stock.shape[0]
    newly = became[-(periods - 1) :] if periods > 1 else became[:0]
    kept = np.divide(
        np.clip(stock[1:] - newly, 0.0, stock[:-1]), stock[:-1], out=np.zeros_like(newly), where=stock[:-1] > 0
    )
    opened = np.zeros((periods, ages, became.shape[1]))
    start = start_at_random(became[: became.shape[0] - (periods - 1)], decided_before, ages)
    opened[0, : start.shape[0]] = start
    for month in range(1, periods):
        opened[month, 1:] = opened[month - 1, :-1] * kept[month - 1]
        opened[month, 0] = newly[month - 1]
    return opened
