"""A stream whose staff follow its applications: cases are decided after fixed delays.

The share in term is then what the delays say, not a finding.

What belongs here: that discipline. What does not: queues with a capacity (``queue``, ``priority``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.queue_paths import QueuePaths, mean_age

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.planning.cohorts import Term

#: Guards ``floor`` against a product that falls short of a whole number by rounding.
_EPSILON = 1e-9
#: decisions, decided in term, open, open past term, newly late, summed ages
_FLOWS = 6


def decided_after_delays(
    inflow: NDArray[np.float64], opening: NDArray[np.float64], decided_by_month: Sequence[float], term_months: Term
) -> QueuePaths:
    """Of a month's cases ``floor(share × cases)`` are decided in that month, by the next one, and so on.

    Parameters
    ----------
    inflow : ndarray of float
        Whole cases, shape ``[path, month]``, not negative.
    opening : ndarray of float
        Open cases at the start by month of application, oldest first, shape ``[age]``.
    decided_by_month : sequence of float
        Cumulative shares by months since application, rising, the last 1.
    term_months : int or ndarray of int
        Legal term in months, for all or by month of application, shape ``[age + month]``.

    Returns
    -------
    QueuePaths
        Arrays of shape ``[path, month]``.
    """
    shares = np.asarray(decided_by_month, dtype=np.float64)
    terms = np.broadcast_to(np.asarray(term_months), (opening.size + inflow.shape[1],))
    flow = _follow(inflow, shares, first_age=0, terms=terms[opening.size :])
    for index, cases in enumerate(opening):
        age = opening.size - index  # months from application to the first month of the line
        known = np.zeros((1, inflow.shape[1]))
        known[0, 0] = cases
        left = remaining_shares(shares, age)
        flow += _follow(known, left, first_age=age, terms=np.full(inflow.shape[1], terms[index]))
    decisions, in_term, still_open, past, newly, ages = flow
    return QueuePaths(decisions, in_term, still_open, past, newly, mean_age(ages, still_open))


def remaining_shares(shares: NDArray[np.float64], age: int) -> NDArray[np.float64]:
    """Cumulative shares from now on of what is still open ``age`` months after application.

    Parameters
    ----------
    shares : ndarray of float
        Cumulative shares by months since application, rising, the last 1.
    age : int
        At least 1; cases older than the longest delay are decided at once.
    """
    before = shares[min(age, shares.size) - 1]
    return (shares[age:] - before) / (1 - before) if before < 1 else np.ones(1)


def _follow(
    cohorts: NDArray[np.float64], shares: NDArray[np.float64], *, first_age: int, terms: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The flows of cohorts that enter at ``first_age`` months; ``terms`` by the month they enter in."""
    periods = cohorts.shape[1]
    flow = np.zeros((_FLOWS, *cohorts.shape))
    before = np.zeros_like(cohorts)
    for lag, done_share in enumerate(shares[:periods]):
        done = np.floor(done_share * cohorts + _EPSILON)
        now, left = (done - before)[:, : periods - lag], (cohorts - done)[:, : periods - lag]
        age, term = first_age + lag, terms[: periods - lag]
        for row, part in enumerate(
            (now, now * (age <= term), left, left * (age >= term), left * (age == term), left * (age + 0.5))
        ):
            flow[row, :, lag:] += part
        before = done
    return flow
