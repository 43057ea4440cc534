"""What a queue says along its paths: decisions and stock, of them in term and late, and the age of what is open.

What belongs here: the arrays, their shares, their sum over queues, and the balance that must hold. What does not:
how a queue decides (``queue``, ``priority``, ``delays``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class QueuePaths:
    """A stream's or a track's queue; every array is of shape ``[path, month]``, counts are whole cases.

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
    newly_late : ndarray of float
        Cases whose term ended in the month without a decision.
    mean_age : ndarray of float
        Mean age of the open cases at the month's end in months, from the middle of the month of application; 0
        when none is open.
    """

    decisions: NDArray[np.float64]
    decided_in_term: NDArray[np.float64]
    open_cases: NDArray[np.float64]
    open_past_term: NDArray[np.float64]
    newly_late: NDArray[np.float64]
    mean_age: NDArray[np.float64]

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


def mean_age(summed_ages: NDArray[np.float64], open_cases: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean age of open cases; 0 where none is open."""
    return np.divide(summed_ages, open_cases, out=np.zeros_like(open_cases), where=open_cases > 0)


def summed(queues: Sequence[QueuePaths]) -> QueuePaths:
    """Queues of the same shape as one: counts add up, ages are weighed by open cases.

    Parameters
    ----------
    queues : sequence of QueuePaths
        At least one.
    """
    if len(queues) == 1:
        return queues[0]
    open_cases = np.sum([queue.open_cases for queue in queues], axis=0)
    ages = np.sum([queue.mean_age * queue.open_cases for queue in queues], axis=0)
    return QueuePaths(
        decisions=np.sum([queue.decisions for queue in queues], axis=0),
        decided_in_term=np.sum([queue.decided_in_term for queue in queues], axis=0),
        open_cases=open_cases,
        open_past_term=np.sum([queue.open_past_term for queue in queues], axis=0),
        newly_late=np.sum([queue.newly_late for queue in queues], axis=0),
        mean_age=mean_age(ages, open_cases),
    )


def imbalance(queue: QueuePaths, inflow: NDArray[np.float64], opening: NDArray[np.float64]) -> float:
    """Largest difference between opening stock + inflow − decisions and the open cases, over paths and months.

    Parameters
    ----------
    queue : QueuePaths
        Arrays of shape ``[path, month]``.
    inflow : ndarray of float
        Same shape.
    opening : ndarray of float
        Shape ``[age]``.
    """
    before = np.concatenate([np.full((inflow.shape[0], 1), opening.sum()), queue.open_cases[:, :-1]], axis=1)
    return float(np.max(np.abs(before + inflow - queue.decisions - queue.open_cases), initial=0.0))
