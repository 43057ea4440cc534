"""Open cases against their legal term, first in first out, on every path at once.

Time is counted in whole months. A case of month ``c`` is decided in term when it is decided no later than month
``c + term``; it is past its term at the end of month ``t`` when it is open and ``c + term <= t``. Cases are whole:
opening stock + inflow − decisions = open cases, to the case, in every month of every path.

What belongs here: one queue, its opening stock and its decisions. What does not: several tracks that share their
staff (``priority``), streams whose staff follow (``delays``), who decides (``workload``), where capacity comes
from (``config``, ``staffing``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.cohorts import Cohorts, applied_by
from indforecast.planning.delays import decided_after_delays
from indforecast.planning.queue_paths import QueuePaths, imbalance, share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.cohorts import Term

__all__ = [
    "QueuePaths",
    "decided_after_delays",
    "first_in_first_out",
    "imbalance",
    "opening_cohorts",
    "opening_from_inflow",
    "reflected",
    "rooms",
    "share",
]

#: Guards ``floor`` against a sum or product that falls short of a whole number by rounding.
_EPSILON = 1e-9
_YEAR_OF_MONTHS = 12
#: No stock is spread over more months of application than this.
_OLDEST = 240


def opening_cohorts(stock: float, months: int) -> NDArray[np.float64]:
    """An opening stock as cohorts by month of application, spread evenly over the months before the start.

    Parameters
    ----------
    stock : float
        Open cases at the start, rounded to whole cases.
    months : int
        At least 1.

    Returns
    -------
    ndarray of float
        Whole cases of shape ``[months]``, oldest first; they add up to the stock.
    """
    return np.diff(np.floor(np.round(stock) * np.arange(months + 1) / months))


def opening_from_inflow(stock: float, earlier: NDArray[np.float64]) -> NDArray[np.float64]:
    """An opening stock as the newest applications before the start: what deciding the oldest first leaves open.

    Before the first known month every month has the mean of the twelve oldest known ones.

    Parameters
    ----------
    stock : float
        Open cases at the start, rounded to whole cases.
    earlier : ndarray of float
        Applications in the months before the start, oldest first, shape ``[month]``, at least one above 0.

    Returns
    -------
    ndarray of float
        Whole cases, oldest first; they add up to the stock. At least one month, at most 240: what would be older
        stands in the oldest.
    """
    wanted = float(np.round(stock))
    known = np.round(earlier)
    typical = max(1.0, float(np.ceil(known[:_YEAR_OF_MONTHS].mean())))
    missing = int(np.clip(np.ceil((wanted - known.sum()) / typical), 0, max(0, _OLDEST - known.size)))
    newest_first = np.concatenate([known[::-1], np.full(missing, typical)])
    until = np.minimum(np.cumsum(newest_first), wanted)
    until[-1] = wanted
    used = int(np.searchsorted(until, wanted)) + 1
    return np.ascontiguousarray(np.diff(until[:used], prepend=0.0)[::-1])


def rooms(capacity: NDArray[np.float64], unit: float = 1.0) -> NDArray[np.float64]:
    """Whole units that capacity has made room for by each month; fractions add up over months.

    Parameters
    ----------
    capacity : ndarray of float
        Shape ``[month]`` or ``[path, month]``, not negative.
    unit : float
        What one unit takes.

    Returns
    -------
    ndarray of float
        Shape ``[1, month]`` or ``[path, month]``.
    """
    return np.floor(np.cumsum(np.atleast_2d(capacity), axis=1) / unit + _EPSILON)


def reflected(arrived: NDArray[np.float64], room: NDArray[np.float64]) -> NDArray[np.float64]:
    """Work done by each month when ``room`` is used as soon as there is work.

    ``C_t + min(0, min_{s<=t}(A_s - C_s))``: the one-sided reflection of the backlog at zero (Harrison 1985,
    Brownian Motion and Stochastic Flow Systems).

    Parameters
    ----------
    arrived, room : ndarray of float
        Work that has arrived and room that was there by each month, rising, shape ``[path, month]``.
    """
    return room + np.minimum(0.0, np.minimum.accumulate(arrived - room, axis=1))


def first_in_first_out(
    inflow: NDArray[np.float64], opening: NDArray[np.float64], capacity: NDArray[np.float64], term_months: Term
) -> QueuePaths:
    """A queue that decides its oldest cases first, as many a month as capacity allows.

    Cumulative decisions are ``C_t + min(0, min_{s<=t}(A_s - C_s))`` with cumulative cases ``A`` (opening stock
    included) and cumulative capacity ``C``: the reflection of the backlog at zero, so there is no loop over cases.
    A month's capacity that finds no case is lost.

    Parameters
    ----------
    inflow : ndarray of float
        Whole cases, shape ``[path, month]``, not negative.
    opening : ndarray of float
        Open cases at the start by month of application, oldest first, shape ``[age]``.
    capacity : ndarray of float
        Cases that can be decided in each month, shape ``[month]`` or ``[path, month]``, not negative; fractions
        add up over months.
    term_months : int or ndarray of int
        Legal term in months, for all or by month of application, shape ``[age + month]``.

    Returns
    -------
    QueuePaths
        Arrays of shape ``[path, month]``.
    """
    arrived = applied_by(inflow, opening)[:, opening.size :]
    return Cohorts(inflow, opening, reflected(arrived, rooms(capacity)), term_months).queue()
