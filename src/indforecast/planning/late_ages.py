"""How long late cases have been late: open late cases by age, for two orders in which they may be decided.

What belongs here: those two orders. What does not: what a late case leads to (``late``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


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


def at_random(became: NDArray[np.float64], stock: NDArray[np.float64], ages: int) -> NDArray[np.float64]:
    """Late cases by age when each is equally likely to be decided in a month.

    Parameters and result as for :func:`in_order_of_lateness`; counts are expected ones.
    """
    periods = stock.shape[0]
    newly = became[-(periods - 1) :] if periods > 1 else became[:0]
    kept = np.divide(
        np.clip(stock[1:] - newly, 0.0, stock[:-1]), stock[:-1], out=np.zeros_like(newly), where=stock[:-1] > 0
    )
    opened = np.zeros((periods, ages, became.shape[1]))
    start = became[: became.shape[0] - (periods - 1)][::-1][:ages]
    opened[0, : start.shape[0]] = start
    for month in range(1, periods):
        opened[month, 1:] = opened[month - 1, :-1] * kept[month - 1]
        opened[month, 0] = newly[month - 1]
    return opened
