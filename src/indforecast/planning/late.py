"""What it costs to decide late: notices of default, appeals for not deciding in time, and penalties.

A case that passed its term runs down a chain for as long as it stays undecided: notice of default, appeal, ruling
with a new term, and after that a penalty for each day up to a cap; of those that reach the cap some appeal anew.
How long late cases have been late: some are decided in the order in which they became late, which follows from two
cumulative curves (cases that became late, late cases decided); of the others every late case is equally likely to
be decided. Everything is linear in the cases open by age, hence computed on every path without a loop over cases.

What belongs here: late cases and what they cost. What does not: which cases are late (``queue``), how long they
have been (``late_ages``), what one of them brings (``late_chain``), appeals against refusals and hearings
(``hearings``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.late_ages import at_random, in_order_of_lateness
from indforecast.planning.late_chain import LateFigures, chain_weights, figures_of, longest_age

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LateFigures", "LatePaths", "figures_of", "late_costs"]

_CENTS = 100
#: Above what sums of floats lose, below what a case or a cent is.
_EPSILON = 1e-6
#: Paths that are worked on together, so that memory stays small.
_BLOCK = 100


@dataclass(frozen=True)
class LatePaths:
    """What late cases lead to; every array is of shape ``[path, month]``.

    Parameters
    ----------
    notices : ndarray of float
        Notices of default, whole.
    appeals : ndarray of float
        Appeals for not deciding in time, whole; repeated ones included.
    penalty_cases : ndarray of float
        Cases whose first court penalty begins to run, whole.
    court_cents, administrative_cents : ndarray of int64
        Penalties that run in the month, in cents.
    """

    notices: NDArray[np.float64]
    appeals: NDArray[np.float64]
    penalty_cases: NDArray[np.float64]
    court_cents: NDArray[np.int64]
    administrative_cents: NDArray[np.int64]

    @property
    def penalties_cents(self) -> NDArray[np.int64]:
        """Both penalties together, in cents."""
        return self.court_cents + self.administrative_cents


def late_costs(
    newly_late: NDArray[np.float64],
    open_past_term: NDArray[np.float64],
    months: NDArray[np.datetime64],
    figures: LateFigures,
    *,
    late_before: NDArray[np.float64],
    court_factor: NDArray[np.float64] | None = None,
) -> LatePaths:
    """Notices, appeals and penalties of one stream.

    A case that is decided within a month counts half of that month's days. Counts are expected counts, made whole
    by rounding their running sum down; money is the expected amount, rounded once to the cent.

    Parameters
    ----------
    newly_late : ndarray of float
        Cases that pass their term, undecided, by the month's end, shape ``[path, month]``.
    open_past_term : ndarray of float
        Cases past their term at the month's end, same shape.
    months : ndarray of datetime64[M]
        Consecutive, shape ``[month]``.
    figures : LateFigures
        The chain.
    late_before : ndarray of float
        Cases past their term before the first month, by the month in which they passed it, oldest first, shape
        ``[age]`` or ``[path, age]``, as if the oldest had been decided first; those at random are older by
        ``figures.decided_before``. They have given notice and gone to court in the chain's shares.
    court_factor : ndarray of float, optional
        Multiplies the share of notices that go to court, shape ``[path]``.

    Returns
    -------
    LatePaths
        Arrays of shape ``[path, month]``.

    Raises
    ------
    ValueError
        If shapes differ.
    """
    if newly_late.shape != open_past_term.shape or newly_late.shape[1:] != months.shape:
        raise ValueError(
            f"newly_late {newly_late.shape} and open_past_term {open_past_term.shape} must be [path, month] with "
            f"{months.size} months"
        )
    ages = longest_age(figures, months)
    if not figures.decided_before:  # else some were late long before those that ``late_before`` tells of
        ages = min(ages, months.size + late_before.shape[-1])
    weights = chain_weights(months, figures, ages)
    # A suspension long ago makes for ages at which nothing happens in these months.
    weights = weights[:, :, : np.flatnonzero(weights.any(axis=(0, 1))).max(initial=0) + 1]
    before = np.broadcast_to(late_before, (newly_late.shape[0], late_before.shape[-1]))
    flows = np.zeros((weights.shape[1], months.size, newly_late.shape[0]))
    busy = np.flatnonzero(newly_late.any(axis=1) | before.any(axis=1))  # a small track is late on few paths
    for first in range(0, busy.size, _BLOCK):
        rows = busy[first : first + _BLOCK]
        flows[:, :, rows] = _weighted(newly_late[rows], open_past_term[rows], before[rows], weights, figures)
    if court_factor is not None:
        flows[1:4] *= court_factor
    notices, appeals, starts = (_whole(flows[index].T) for index in range(3))
    court, administrative = (
        np.floor(flows[index].T * _CENTS + 0.5 + _EPSILON).astype(np.int64) for index in (3, 4)
    )
    return LatePaths(notices, appeals, starts, court, administrative)


def _whole(expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Whole counts whose running sum is that of the expected ones, rounded down."""
    return np.diff(np.floor(np.cumsum(expected, axis=1) + _EPSILON), axis=1, prepend=0.0)


def _weighted(
    newly_late: NDArray[np.float64],
    open_past_term: NDArray[np.float64],
    late_before: NDArray[np.float64],
    weights: NDArray[np.float64],
    figures: LateFigures,
) -> NDArray[np.float64]:
    """The flows of some paths, shape ``[flow, month, path]``."""
    ages, in_order = weights.shape[2], figures.in_order
    became = np.concatenate([late_before, newly_late], axis=1).T
    stock = np.concatenate([late_before.sum(axis=1)[None], open_past_term.T])
    # Cases by months since they became late, at the end of each month and before the first: [month, age, path].
    if in_order < 1:
        by_age = at_random(became, stock, ages, figures.decided_before)
        if in_order > 0:
            by_age *= 1 - in_order
            first = in_order_of_lateness(became, stock, ages)
            first *= in_order
            by_age += first
    else:
        by_age = in_order_of_lateness(became, stock, ages)
    at_end = np.matmul(weights, by_age[1:])
    # The same cases a month before, when they were a month younger: those of age 0 were not late yet.
    at_begin = np.matmul(weights[:, 3:, 1:], by_age[:-1, :-1])
    money = 0.5 * (at_end[:, 3:] + at_begin)
    flows: NDArray[np.float64] = np.concatenate([at_end[:, :3], money], axis=1).transpose(1, 0, 2)
    return flows
