"""Open cases against their legal term, first in first out, on every path at once.

Time is counted in whole months. A case of month ``c`` is decided in term when it is decided no later than month
``c + term``; it is past its term at the end of month ``t`` when it is open and ``c + term <= t``. Cases are whole:
opening stock + inflow − decisions = open cases, to the case, in every month of every path.

What belongs here: the queue and its balance. What does not: who decides (``workload``), where capacity comes from
(``config``), priorities between streams (a later deepening).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Guards ``floor`` against a sum or product that falls short of a whole number by rounding.
_EPSILON = 1e-9


@dataclass(frozen=True)
class QueuePaths:
    """A stream's queue; every array is of shape ``[path, period]`` and counts whole cases.

    Parameters
    ----------
    decisions : ndarray of float
        Cases decided in the month.
    decided_in_term : ndarray of float
        Those of them decided within their legal term.
    open_cases : ndarray of float
        Open at the month's end.
    open_past_term : ndarray of float
        Those of them past their legal term.
    """

    decisions: NDArray[np.float64]
    decided_in_term: NDArray[np.float64]
    open_cases: NDArray[np.float64]
    open_past_term: NDArray[np.float64]

    @property
    def share_in_term(self) -> NDArray[np.float64]:
        """Share of the month's decisions within term; 1 in a month without decisions, when none was late."""
        return share(self.decided_in_term, self.decisions)

    @property
    def share_pending_in_term(self) -> NDArray[np.float64]:
        """Share of the open cases still within term; 1 when none is open."""
        return share(self.open_cases - self.open_past_term, self.open_cases)


def share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """``part / whole``, and 1 where ``whole`` is 0."""
    return np.divide(part, whole, out=np.ones_like(whole), where=whole > 0)


def imbalance(queue: QueuePaths, inflow: NDArray[np.float64], opening: NDArray[np.float64]) -> float:
    """Largest difference between opening stock + inflow − decisions and the open cases, over paths and months.

    Parameters
    ----------
    queue : QueuePaths
        Arrays of shape ``[path, period]``.
    inflow : ndarray of float
        Same shape.
    opening : ndarray of float
        Shape ``[age]``.
    """
    before = np.concatenate([np.full((inflow.shape[0], 1), opening.sum()), queue.open_cases[:, :-1]], axis=1)
    return float(np.max(np.abs(before + inflow - queue.decisions - queue.open_cases), initial=0.0))


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


def first_in_first_out(
    inflow: NDArray[np.float64], opening: NDArray[np.float64], capacity: NDArray[np.float64], term_months: int
) -> QueuePaths:
    """A queue that decides its oldest cases first, as many a month as capacity allows.

    Cumulative decisions are ``C_t + min(0, min_{s<=t}(A_s - C_s))`` with cumulative cases ``A`` (opening stock
    included) and cumulative capacity ``C``: the reflection of the backlog at zero, so there is no loop over cases.
    A month's capacity that finds no case is lost.

    Parameters
    ----------
    inflow : ndarray of float
        Whole cases, shape ``[path, period]``, not negative.
    opening : ndarray of float
        Open cases at the start by month of application, oldest first, shape ``[age]``.
    capacity : ndarray of float
        Cases that can be decided in each month, shape ``[period]``, not negative; fractions add up over months.
    term_months : int
        Legal term in months.

    Returns
    -------
    QueuePaths
        Arrays of shape ``[path, period]``.
    """
    arrived = opening.sum() + np.cumsum(inflow, axis=1)
    room = np.floor(np.cumsum(capacity) + _EPSILON)[None, :]
    decided = room + np.minimum(0.0, np.minimum.accumulate(arrived - room, axis=1))
    return _against_term(inflow, opening, decided, term_months)


def _against_term(
    inflow: NDArray[np.float64], opening: NDArray[np.float64], decided: NDArray[np.float64], term_months: int
) -> QueuePaths:
    """Split decisions and stock at the legal term, the oldest decided first; ``decided`` is cumulative."""
    decided_before = _shift(decided)
    late_until_now = _arrived_by(inflow, opening, lag=term_months + 1)
    late = np.clip(np.minimum(decided, late_until_now) - decided_before, 0.0, None)
    decisions = decided - decided_before
    open_cases = opening.sum() + np.cumsum(inflow, axis=1) - decided
    past = np.clip(_arrived_by(inflow, opening, lag=term_months) - decided, 0.0, None)
    return QueuePaths(decisions, decisions - late, open_cases, past)


def _shift(cumulative: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([np.zeros((cumulative.shape[0], 1)), cumulative[:, :-1]], axis=1)


def _arrived_by(inflow: NDArray[np.float64], opening: NDArray[np.float64], *, lag: int) -> NDArray[np.float64]:
    """Cases applied for in month ``t - lag`` or before, shape ``[path, period]``."""
    paths, periods = inflow.shape
    joined = np.concatenate([np.broadcast_to(opening, (paths, opening.size)), inflow], axis=1)
    cumulative = np.cumsum(joined, axis=1)
    last = np.arange(periods) + opening.size - lag
    return np.where(last >= 0, cumulative[:, np.maximum(last, 0)], 0.0)


def decided_after_delays(
    inflow: NDArray[np.float64],
    opening: NDArray[np.float64],
    decided_by_month: Sequence[float],
    term_months: int,
) -> QueuePaths:
    """A stream whose staff follow its applications: each month's cases are decided after fixed delays.

    Of a month's cases ``floor(share × cases)`` are decided by the end of that month, one month later, and so on.
    The share in term is then what the delays say, not a finding.

    Parameters
    ----------
    inflow : ndarray of float
        Whole cases, shape ``[path, period]``, not negative.
    opening : ndarray of float
        Open cases at the start by month of application, oldest first, shape ``[age]``.
    decided_by_month : sequence of float
        Cumulative shares by months since application, rising, the last 1.
    term_months : int
        Legal term in months.

    Returns
    -------
    QueuePaths
        Arrays of shape ``[path, period]``.
    """
    shares = np.asarray(decided_by_month, dtype=np.float64)
    flow = _follow(inflow, shares, first_age=0, term_months=term_months)
    for index, cases in enumerate(opening):
        age = opening.size - index  # months from application to the first period
        before = shares[min(age, shares.size) - 1]
        left = (shares[age:] - before) / (1 - before) if before < 1 else np.ones(1)
        known = np.zeros((1, inflow.shape[1]))
        known[0, 0] = cases
        flow += _follow(known, left, first_age=age, term_months=term_months)
    return QueuePaths(*flow)


def _follow(
    cohorts: NDArray[np.float64], shares: NDArray[np.float64], *, first_age: int, term_months: int
) -> NDArray[np.float64]:
    """The four arrays of :class:`QueuePaths`, stacked, of cohorts that enter at ``first_age`` months."""
    periods = cohorts.shape[1]
    flow = np.zeros((4, *cohorts.shape))
    before = np.zeros_like(cohorts)
    for lag, done_share in enumerate(shares[:periods]):
        done = np.floor(done_share * cohorts + _EPSILON)
        now, left = (done - before)[:, : periods - lag], (cohorts - done)[:, : periods - lag]
        flow[0, :, lag:] += now
        flow[1, :, lag:] += now * (first_age + lag <= term_months)
        flow[2, :, lag:] += left
        flow[3, :, lag:] += left * (first_age + lag >= term_months)
        before = done
    return flow
