"""How long someone waits who applies in a month: a distribution over paths and over the place within the month.

A month's applicants are decided one after the other, so on a path the share decided by a month's end is the place
that decisions have reached among them. An applicant's place is unknown and every path is as likely as another: the
distribution is the mean over paths. Who applied earlier is asked about as long as the case is open: given that it
was open at the start of the forecast. What lies beyond the last month is not known and is called so.

What belongs here: the distribution and what is read off it. What does not: the queue (``priority``, ``delays``),
tables (``waiting_table``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.delays import remaining_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.planning.cohorts import Cohorts

#: Guards ``floor`` against a product that falls short of a whole number by rounding, and sums against 1.
_EPSILON = 1e-9


@dataclass(frozen=True)
class WaitingTimes:
    """Waiting times by month of application.

    Parameters
    ----------
    applied : ndarray of datetime64[M]
        Months of application, shape ``[cohort]``.
    months : ndarray of datetime64[M]
        Months in which a decision may come, shape ``[month]``; the first is the start of the forecast.
    decided : ndarray of float
        Probability of a decision by the end of each month, shape ``[cohort, month]``, rising; 0 before the month
        of application. For applications before the start: given that the case was open at the start.
    term : ndarray of int
        Legal term in months, shape ``[cohort]``.
    cases : ndarray of float
        Mean over paths of the cases, shape ``[cohort]``; of applications before the start those open at the start.
    in_term : ndarray of float, optional
        Probability of a decision within the term, for a mixture of tracks with terms of their own.
    """

    applied: NDArray[np.datetime64]
    months: NDArray[np.datetime64]
    decided: NDArray[np.float64]
    term: NDArray[np.int64]
    cases: NDArray[np.float64]
    in_term: NDArray[np.float64] | None = None

    @property
    def censored(self) -> NDArray[np.float64]:
        """Probability that the decision comes after the last month, shape ``[cohort]``: how long is not known."""
        return np.clip(1.0 - self.decided[:, -1], 0.0, 1.0)

    def quantile(self, level: float) -> NDArray[np.float64]:
        """Months from the month of application to the month by which a share ``level`` is decided.

        Parameters
        ----------
        level : float
            In (0, 1].

        Returns
        -------
        ndarray of float
            Whole months, shape ``[cohort]``; NaN where it lies beyond the last month (censored).
        """
        reached = self.decided >= level - _EPSILON
        first = np.argmax(reached, axis=1)
        waited = (self.months[first] - self.applied).astype(np.int64).astype(np.float64)
        return np.where(reached.any(axis=1), waited, np.nan)

    def within(self, waited: int) -> NDArray[np.float64]:
        """Probability of a decision no later than ``waited`` months after the month of application.

        Returns
        -------
        ndarray of float
            Shape ``[cohort]``; NaN where that month lies beyond the last one and the answer is not known yet.
        """
        return self._by(self.applied + np.int64(waited))

    @property
    def share_in_term(self) -> NDArray[np.float64]:
        """Probability of a decision within the legal term, ``[cohort]``; NaN where it ends too late to see."""
        return self._by(self.applied + self.term) if self.in_term is None else self.in_term

    def _by(self, month: NDArray[np.datetime64]) -> NDArray[np.float64]:
        index = (month - self.months[0]).astype(np.int64)
        last = self.months.size - 1
        found = self.decided[np.arange(index.size), np.clip(index, 0, last)]
        beyond = (index > last) & (self.censored > _EPSILON)
        return np.where(index < 0, 0.0, np.where(beyond, np.nan, found))


def waiting_times(cohorts: Cohorts, months: NDArray[np.datetime64], start: int) -> WaitingTimes:
    """Waiting times in a track that decides its oldest application first.

    Parameters
    ----------
    cohorts : Cohorts
        The track's cases and how many were decided by each month.
    months : ndarray of datetime64[M]
        Months of its paths, shape ``[month]``.
    start : int
        Index of the first month of the forecast; earlier months are the past.

    Notes
    -----
    On a path where nobody applies in a month, an applicant is taken to be decided when everyone before has been.
    """
    paths, size = cohorts.applied.shape
    age = cohorts.age
    passed = cohorts.decided[:, start - 1] if start else np.zeros(paths)
    before = np.concatenate([np.zeros((paths, 1)), cohorts.applied[:, :-1]], axis=1)
    lower = np.maximum(before, passed[:, None])
    cases = np.clip(cohorts.applied - lower, 0.0, None)

    serving = cohorts.serving[:, start:]
    columns = serving.shape[1]
    # whole cohorts before the one being served, and the place reached within it
    inside = np.minimum(serving, size - 1)
    begun = np.clip(cohorts.decided[:, start:] - np.take_along_axis(lower, inside, axis=1), 0.0, None)
    share = np.where(serving < size, begun / np.maximum(np.take_along_axis(cases, inside, axis=1), 1.0), 0.0)
    at = serving * columns + np.arange(columns)
    spots = (size + 1) * columns
    reached = np.bincount(at.ravel(), minlength=spots).reshape(size + 1, columns)
    partly = np.bincount(at.ravel(), weights=share.ravel(), minlength=spots).reshape(size + 1, columns)
    done = (reached[::-1].cumsum(axis=0)[::-1][1:] + partly[:-1]) / paths
    applied = np.concatenate([months[0] - np.arange(age, 0, -1), months])
    done[applied[:, None] > months[None, start:]] = 0.0
    term = np.broadcast_to(np.asarray(cohorts.term), (size,))
    return WaitingTimes(applied, months[start:], np.minimum(done, 1.0), term, cases.mean(axis=0))


def waiting_after_delays(
    inflow: NDArray[np.float64],
    opening: NDArray[np.float64],
    decided_by_month: Sequence[float],
    term: int | NDArray[np.int64],
    months: NDArray[np.datetime64],
    start: int,
) -> WaitingTimes:
    """Waiting times in a stream whose staff follow its applications (``delays.decided_after_delays``).

    Parameters
    ----------
    inflow : ndarray of float
        Whole cases, shape ``[path, month]``.
    opening : ndarray of float
        Open cases at the first month by month of application, oldest first, shape ``[age]``.
    decided_by_month : sequence of float
        Cumulative shares by months since application, rising, the last 1.
    term : int or ndarray of int
        Legal term in months, for all or by month of application, shape ``[age + month]``.
    months : ndarray of datetime64[M]
        Months of the paths, shape ``[month]``.
    start : int
        Index of the first month of the forecast.
    """
    shares = np.asarray(decided_by_month, dtype=np.float64)
    age, size, columns = opening.size, opening.size + inflow.shape[1], inflow.shape[1] - start
    decided, cases = np.zeros((size, columns)), np.zeros(size)
    for index in range(size):
        entered = index - age  # the month its cases enter the line
        count = inflow[:, entered] if entered >= 0 else opening[index : index + 1]
        left = shares if entered >= 0 else remaining_shares(shares, -entered)
        done = np.floor(left[None, :] * count[:, None] + _EPSILON)
        first = max(entered, 0)
        lags = np.arange(start, inflow.shape[1]) - first
        gone = done[:, min(start - first, left.size) - 1] if start > first else np.zeros(count.size)
        open_at_start = count - gone
        # done - gone is negative before the start, which no month asks for
        by_lag = np.divide(
            done - gone[:, None], open_at_start[:, None], out=np.ones_like(done), where=open_at_start[:, None] > 0
        ).mean(axis=0)
        decided[index] = np.where(lags >= 0, by_lag[np.clip(lags, 0, left.size - 1)], 0.0)
        cases[index] = open_at_start.mean()
    applied = np.concatenate([months[0] - np.arange(age, 0, -1), months])
    return WaitingTimes(applied, months[start:], decided, np.broadcast_to(np.asarray(term), (size,)), cases)


def mixed(parts: Sequence[WaitingTimes]) -> WaitingTimes:
    """Waiting times of an applicant whose track is not known: tracks weighed by their expected cases.

    Parameters
    ----------
    parts : sequence of WaitingTimes
        At least one, of the same months; they may reach back differently far.

    Returns
    -------
    WaitingTimes
        ``term`` is the longest of the tracks'; a share in term takes every track's own.
    """
    if len(parts) == 1:
        return parts[0]
    applied = max((part.applied for part in parts), key=len)
    weights, decided = np.zeros((len(parts), applied.size)), np.zeros((applied.size, parts[0].months.size))
    term, in_term = np.zeros(applied.size, dtype=np.int64), np.zeros(applied.size)
    for place, part in enumerate(parts):
        weights[place, applied.size - part.applied.size :] = part.cases
    total = weights.sum(axis=0)
    weights = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    for place, part in enumerate(parts):
        mine = slice(applied.size - part.applied.size, None)
        weight = weights[place, mine]
        decided[mine] += weight[:, None] * part.decided
        in_term[mine] += np.where(weight > 0, weight * part.share_in_term, 0.0)
        term[mine] = np.maximum(term[mine], part.term)
    return WaitingTimes(applied, parts[0].months, decided, term, total, in_term)
