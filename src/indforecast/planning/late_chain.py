"""The chain a late case runs down: what one case brings in each month, by how long it has been late.

What belongs here: the chain's figures and its weights by age and month. What does not: how many cases there are
(``late``), days of the calendar (``days``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.days import month_ends, penalty_days, running, waits_for_end

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.config.planning_late import LatePlanning

_EPSILON = 1e-6


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
    decided_before : float
        Share a month of the late cases at random that were decided before the first month: it gives their ages at
        the start.
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
    decided_before: float = 0.0


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
        decided_before=settings.decided_before.value,
        suspended=tuple((s.first, s.last) for s in settings.suspensions if series_id in s.streams),
    )


def longest_age(figures: LateFigures, months: NDArray[np.datetime64]) -> int:
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


def chain_weights(months: NDArray[np.datetime64], figures: LateFigures, ages: int) -> NDArray[np.float64]:
    """What one case that is open at an age brings, shape ``[month, flow, age]``.

    The flows are notices, appeals, first penalties that start, EUR by a court, EUR without one.
    """
    calendar = np.arange(months[0] - ages, months[-1] + 1)
    ends = month_ends(calendar)
    # Months of the calendar, not 30.4 days: else February gets no notices and March those of two months.
    later = month_ends(np.arange(calendar[0], calendar[-1] + 1 + len(figures.notice_after)))
    runs = running(calendar, figures.suspended)
    by_cohort = np.zeros((5, calendar.size, calendar.size))  # flow, month it became late, month it happens
    for delay, share in enumerate(figures.notice_after):
        if not share or not figures.notice_share:
            continue
        given = share * figures.notice_share
        notice = later[delay : delay + calendar.size]
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


def penalty_of_one(figures: LateFigures, late_in: np.datetime64, months: int) -> NDArray[np.float64]:
    """Expected penalties of one case that passes its term in a month, by how many months later it is decided.

    Parameters
    ----------
    figures : LateFigures
        The chain.
    late_in : datetime64[M]
        The month in which its term ends.
    months : int
        How many months later at most.

    Returns
    -------
    ndarray of float
        EUR when decided 0, 1, ... months later, rising, shape ``[1 + months]``; the month of the decision counts
        half.
    """
    line = late_in + np.arange(months + 1)
    weights = chain_weights(line, figures, months + 1)
    age = np.arange(months + 1)
    eur = weights[age, 3, age] + weights[age, 4, age]
    return np.asarray(np.cumsum(eur) - 0.5 * eur, dtype=np.float64)


def _happens(ends: NDArray[np.float64], day: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 in the month in which a day falls, shape ``[cohort, month]``."""
    falls = np.searchsorted(ends, day - _EPSILON)
    return np.asarray(falls[:, None] == np.arange(ends.size)[None, :], dtype=np.float64)
