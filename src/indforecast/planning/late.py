"""What it costs to decide late: notices of default, appeals for not deciding in time, and penalties.

A case that passed its term runs down a chain for as long as it stays undecided: notice of default, appeal, ruling
with a new term, and after that a penalty for each day up to a cap; of those that reach the cap some appeal anew.
How long late cases have been late: some are decided in the order in which they became late, which follows from two
cumulative curves (cases that became late, late cases decided); of the others every late case is equally likely to
be decided. Everything is linear in the cases open by age, hence computed on every path without a loop over cases.

What belongs here: the chain and what it costs. What does not: which cases are late (``queue``), how long they have
been (``late_ages``), days of the calendar (``days``), appeals against refusals and hearings (``hearings``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.days import month_ends, penalty_days, running, waits_for_end
from indforecast.planning.late_ages import at_random, in_order_of_lateness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.config.planning_late import LatePlanning

DAYS_A_MONTH = 365.25 / 12
_CENTS = 100
#: Above what sums of floats lose, below what a case or a cent is.
_EPSILON = 1e-6
#: Paths that are worked on together, so that memory stays small.
_BLOCK = 100


@dataclass(frozen=True)
class LateFigures:
    """The chain of one stream as plain numbers; see :class:`indforecast.config.planning_late.LatePlanning`.

    Parameters
    ----------
    notice_share, court_share, ruling_share, administrative_share, again_share : float
        Shares of late cases, of notices, of appeals, of notices, and of penalties at their cap.
    notice_after : tuple of float
        Shares by whole months after the term.
    days_of_grace, days_to_appeal, days_to_ruling, days_granted : float
        Days.
    daily_eur : float
        EUR per day after a ruling.
    caps : tuple of (EUR, share)
        Caps with their shares of rulings.
    rounds : int
        Rulings at most.
    administrative : tuple of (days, EUR per day)
        Steps of the penalty without a court.
    suspended : tuple of (first, last)
        Months ``YYYY-MM``, both inclusive.
    in_order : float
        Share of late cases decided in the order in which they became late; the others at random.
    """

    notice_share: float
    court_share: float
    ruling_share: float
    notice_after: tuple[float, ...]
    days_of_grace: float
    days_to_appeal: float
    days_to_ruling: float
    days_granted: float
    daily_eur: float
    caps: tuple[tuple[float, float], ...]
    again_share: float
    rounds: int
    administrative_share: float
    administrative: tuple[tuple[float, float], ...]
    suspended: tuple[tuple[str, str], ...] = ()
    in_order: float = 1.0


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


def figures_of(series_id: str, settings: LatePlanning) -> LateFigures | None:
    """The chain of a stream; ``None`` when none of its applicants gives notice."""
    if series_id not in settings.notice_share:
        return None
    court = settings.court_share.get(series_id)
    owed = settings.administrative_share.get(series_id)
    return LateFigures(
        notice_share=settings.notice_share[series_id].value,
        court_share=court.value if court else 0.0,
        ruling_share=settings.ruling_share.value,
        notice_after=tuple(share.value for share in settings.notice_after),
        days_of_grace=settings.days_of_grace.value,
        days_to_appeal=settings.days_to_appeal.value,
        days_to_ruling=settings.days_to_ruling.value,
        days_granted=settings.days_granted.value,
        daily_eur=settings.daily_penalty.value,
        caps=tuple((cap.eur.value, cap.share.value) for cap in settings.caps),
        again_share=settings.again_share.value,
        rounds=round(settings.rounds.value),
        administrative_share=owed.value if owed else 0.0,
        administrative=tuple((step.days.value, step.eur_per_day.value) for step in settings.administrative),
        in_order=settings.in_order.value,
        suspended=tuple((s.first, s.last) for s in settings.suspensions if series_id in s.streams),
    )


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
        ``[age]`` or ``[path, age]``.
    court_factor : ndarray of float, optional
        Multiplies the share of notices that go to court, shape ``[path]``.

    Returns
    -------
    LatePaths
        Arrays of shape ``[path, month]``.
    """
    ages = min(_longest_age(figures, months), months.size + late_before.shape[-1])
    weights = _weights(months, figures, ages)
    before = np.atleast_2d(late_before)
    flows = np.concatenate(
        [
            _weighted(
                newly_late[rows],
                open_past_term[rows],
                before[rows] if before.shape[0] > 1 else before,
                weights,
                figures.in_order,
            )
            for rows in _blocks(newly_late.shape[0])
        ],
        axis=2,
    )
    if court_factor is not None:
        flows[1:4] *= court_factor
    notices, appeals, starts = (_whole(flows[index].T) for index in range(3))
    court, administrative = (
        np.floor(flows[index].T * _CENTS + 0.5 + _EPSILON).astype(np.int64) for index in (3, 4)
    )
    return LatePaths(notices, appeals, starts, court, administrative)


def late_at_start(opening: NDArray[np.float64], term_months: int | NDArray[np.int64]) -> NDArray[np.float64]:
    """Opening cohorts that are past their term before the first month, by the month in which they passed it.

    Parameters
    ----------
    opening : ndarray of float
        Open cases by month of application, oldest first, shape ``[age]``; the last ones applied in the month
        before the first.
    term_months : int or ndarray of int
        Legal term, for all or by month of application; what it says of months after the opening is not read.

    Returns
    -------
    ndarray of float
        Oldest first, the last ones passed their term in the month before the first; shape ``[age]``.
    """
    terms = np.broadcast_to(np.asarray(term_months), (max(opening.size, np.size(term_months)),))[: opening.size]
    passed = np.arange(opening.size) + terms  # index of the month, on the scale of the cohorts
    late = np.zeros(opening.size)
    before = passed < opening.size
    np.add.at(late, passed[before], opening[before])
    return late


def _blocks(paths: int) -> list[slice]:
    return [slice(first, min(first + _BLOCK, paths)) for first in range(0, paths, _BLOCK)]


def _whole(expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Whole counts whose running sum is that of the expected ones, rounded down."""
    return np.diff(np.floor(np.cumsum(expected, axis=1) + _EPSILON), axis=1, prepend=0.0)


def _longest_age(figures: LateFigures, months: NDArray[np.datetime64]) -> int:
    """Months after the term by which the last penalty has ended, with those it had to wait for."""
    longest_cap = max(eur for eur, _ in figures.caps) / figures.daily_eur if figures.daily_eur else 0.0
    court = figures.days_to_appeal + figures.rounds * (figures.days_to_ruling + figures.days_granted + longest_cap)
    alone = figures.days_of_grace + sum(days for days, _ in figures.administrative)
    ages = len(figures.notice_after) + math.ceil(max(court, alone) / 30) + 1
    calendar = np.arange(months[0] - ages, months[-1] + 1)
    stopped = ~running(calendar, figures.suspended)
    if stopped.any():  # a suspension that reaches back further still makes them wait, from its first month on
        first = min(np.datetime64(begin, "M") for begin, _ in figures.suspended)
        ages += int((months[-1] - first).astype(np.int64)) + 1
    return ages


def _weights(months: NDArray[np.datetime64], figures: LateFigures, ages: int) -> NDArray[np.float64]:
    """What one case that is open at an age brings, shape ``[month, flow, age]``.

    The flows are notices, appeals, first penalties that start, EUR by a court, EUR without one.
    """
    calendar = np.arange(months[0] - ages, months[-1] + 1)
    ends = month_ends(calendar)
    runs = running(calendar, figures.suspended)
    by_cohort = np.zeros((5, calendar.size, calendar.size))  # flow, month it became late, month it happens
    for delay, share in enumerate(figures.notice_after):
        if not share or not figures.notice_share:
            continue
        given = share * figures.notice_share
        notice = ends + delay * DAYS_A_MONTH
        by_cohort[0] += given * _happens(ends, notice)
        at = notice + figures.days_of_grace
        for length, daily in figures.administrative if figures.administrative_share else ():
            due = given * figures.administrative_share * daily
            by_cohort[4] += due * penalty_days(ends, runs, at, length)
            at = at + length
        appeal = notice + figures.days_to_appeal
        for eur, cap_share in figures.caps if figures.court_share else ():
            longest = eur / figures.daily_eur if figures.daily_eur else 0.0
            chance, day = given * figures.court_share * cap_share, appeal
            for turn in range(figures.rounds):
                start = waits_for_end(ends, runs, day + figures.days_to_ruling) + figures.days_granted
                by_cohort[1] += chance * _happens(ends, day)
                chance *= figures.ruling_share if turn == 0 else 1.0
                by_cohort[2] += chance * _happens(ends, start) * (turn == 0)
                by_cohort[3] += chance * figures.daily_eur * penalty_days(ends, runs, start, longest)
                chance, day = chance * figures.again_share, start + longest
    window = np.arange(ages, calendar.size)
    cohort = window[:, None] - np.arange(ages)[None, :]
    return by_cohort[:, cohort, window[:, None]].transpose(1, 0, 2)


def _happens(ends: NDArray[np.float64], day: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 in the month in which a day falls, shape ``[cohort, month]``."""
    falls = np.searchsorted(ends, day - _EPSILON)
    return np.asarray(falls[:, None] == np.arange(ends.size)[None, :], dtype=np.float64)


def _weighted(
    newly_late: NDArray[np.float64],
    open_past_term: NDArray[np.float64],
    late_before: NDArray[np.float64],
    weights: NDArray[np.float64],
    in_order: float,
) -> NDArray[np.float64]:
    """The flows of some paths, shape ``[flow, month, path]``."""
    paths, periods = newly_late.shape
    ages = weights.shape[2]
    before = np.broadcast_to(late_before, (paths, late_before.shape[1]))
    became = np.concatenate([before, newly_late], axis=1).T
    stock = np.concatenate([before.sum(axis=1)[None], open_past_term.T])
    # Cases by months since they became late, at the end of each month and before the first: [month, age, path].
    if in_order < 1:
        by_age = at_random(became, stock, ages)
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
