"""Cases by month of application, decided oldest first: which are open, how old, in term or late.

A cohort is a month of application; cohort ``c`` stands at index ``age + c`` behind the ``age`` months of the
opening stock. Decided oldest first, everything about a cohort follows from two rising sums: cases applied for by
its month and cases decided by a month. So there is no loop over cases, paths or cohorts.

What belongs here: that bookkeeping. What does not: how many are decided (``queue``, ``priority``), which term a
month has (``terms``), the waiting time's distribution (``waiting``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.queue_paths import QueuePaths, mean_age

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Term = int | NDArray[np.int64]


@dataclass(frozen=True)
class Cohorts:
    """A track's cases by month of application and how many of them were decided, oldest first.

    Parameters
    ----------
    inflow : ndarray of float
        Whole cases, shape ``[path, month]``.
    opening : ndarray of float
        Open cases at the start by month of application, oldest first, shape ``[age]``.
    decided : ndarray of float
        Cases decided by the end of each month since the start, rising, shape ``[path, month]``.
    term : int or ndarray of int
        Legal term in months, for all or by month of application, shape ``[age + month]``.
    """

    inflow: NDArray[np.float64]
    opening: NDArray[np.float64]
    decided: NDArray[np.float64]
    term: Term

    @property
    def age(self) -> int:
        """How many months of application the opening stock has."""
        return self.opening.size

    @cached_property
    def applied(self) -> NDArray[np.float64]:
        """Cases applied for by each month and not decided before the start, shape ``[path, age + month]``."""
        return applied_by(self.inflow, self.opening)

    @cached_property
    def serving(self) -> NDArray[np.int64]:
        """Index of the oldest cohort that has an open case at each month's end, shape ``[path, month]``.

        ``age + month`` when none is open.
        """
        return count_reached(self.applied, self.decided)

    def queue(self) -> QueuePaths:
        """Decisions and stock against the legal term."""
        months = self.decided.shape[1]
        before = from_zero(self.decided)[:, :-1]
        decisions = self.decided - before
        in_term, past, newly = decisions.copy(), np.zeros_like(decisions), np.zeros_like(decisions)
        edges = from_zero(self.applied)  # edges[c] cases were applied for before cohort c
        for first, last, term in _runs(self.term, self.age + months):
            # of the cohorts of one term: cases whose term ended by the month, and those by the month before
            ended = np.clip(self.age + np.arange(-1, months) - term + 1, first, last + 1)
            if ended[-1] == first:
                continue  # no term of theirs ends yet
            ends = np.take(edges, ended, axis=1)
            by_now, earlier, floor = ends[:, 1:], ends[:, :-1], edges[:, first : first + 1]
            done, begun = np.maximum(self.decided, floor), np.maximum(before, floor)
            in_term -= _above(np.minimum(self.decided, earlier), begun)
            past += _above(by_now, done)
            newly += _above(by_now, np.maximum(self.decided, earlier))
        open_cases = self.applied[:, self.age :] - self.decided
        ages = mean_age(self._summed_ages(open_cases), open_cases)
        return QueuePaths(decisions, in_term, open_cases, past, newly, ages)

    def _summed_ages(self, open_cases: NDArray[np.float64]) -> NDArray[np.float64]:
        """Ages of all open cases added up: half a month each, and one for every cohort younger than theirs."""
        now = self.age + np.arange(self.decided.shape[1])
        until = from_zero(np.cumsum(self.applied, axis=1))
        oldest = np.minimum(self.serving, now)
        older = until[:, self.age : -1] - np.take_along_axis(until, oldest, axis=1) - self.decided * (now - oldest)
        return np.asarray(older + 0.5 * open_cases)


def applied_by(inflow: NDArray[np.float64], opening: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cases applied for by each month of application, opening stock in front, shape ``[path, age + month]``."""
    front = np.broadcast_to(opening, (inflow.shape[0], opening.size))
    return np.cumsum(np.concatenate([front, inflow], axis=1), axis=1)


def count_reached(edges: NDArray[np.float64], level: NDArray[np.float64]) -> NDArray[np.int64]:
    """On each path, how many of the rising ``edges`` each rising ``level`` has reached.

    Parameters
    ----------
    edges : ndarray of float
        Shape ``[path, edge]``, rising along a path, at least 0.
    level : ndarray of float
        Shape ``[path, month]``, at least 0.

    Returns
    -------
    ndarray of int
        Shape ``[path, month]``.
    """
    paths, count = edges.shape
    # one search over all paths: each path's numbers are lifted above those of the path before it
    lift = (max(edges.max(initial=0.0), level.max(initial=0.0)) + 1.0) * np.arange(paths)[:, None]
    found = np.searchsorted((edges + lift).ravel(), (level + lift).ravel(), side="right")
    return np.asarray(found.reshape(level.shape) - count * np.arange(paths)[:, None])


def from_zero(cumulative: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cumulative counts with a column of zeros in front, shape ``[path, column + 1]``."""
    return np.concatenate([np.zeros((cumulative.shape[0], 1)), cumulative], axis=1)


def _above(high: NDArray[np.float64], low: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much ``high`` is above ``low``, 0 where it is not."""
    found = high - low
    return np.maximum(found, 0.0, out=found)


def _runs(term: Term, size: int) -> Iterator[tuple[int, int, int]]:
    """Runs of cohorts with one term: first index, last index, term."""
    terms = np.broadcast_to(np.asarray(term), (size,))
    starts = np.concatenate([[0], np.flatnonzero(np.diff(terms)) + 1])
    for first, last in zip(starts, [*(starts[1:] - 1), size - 1], strict=True):
        yield int(first), int(last), int(terms[first])
