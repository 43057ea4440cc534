"""The work of people who can take each other's cases: what comes in, what is open, and by when it is due.

Streams of one group are added up in hours, because one pool of people decides them. Work is taken by its legal
deadline, the earliest first; within a stream that is first in, first out. With cumulative capacity ``E`` and
cumulative work ``A`` (what was open at the start included), cumulative decided work is
``D_t = E_t + min(0, min over s <= t of (A_s - E_s))``, and what is late at the end of month ``t`` is
``max(0, due_t - D_t)`` with ``due_t`` the work whose term ends by then.

What belongs here: the group's work on every path, and what capacity does to it. What does not: how capacity
comes about (``staffing``), how much to hire (``hiring``), single cases and tracks (``queue``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from indforecast.config.planning import value_at
from indforecast.domain.errors import InputError
from indforecast.planning.queue import decided_after_delays, first_in_first_out, opening_cohorts
from indforecast.planning.timeline import join, opening_month

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase

_YEAR = 12


@dataclass(frozen=True)
class Workforce:
    """Work of one group; hours everywhere, so that streams of unlike cases add up.

    Parameters
    ----------
    group : str
        Its name in the settings.
    months : ndarray of datetime64[M]
        Shape ``[month]``.
    work : ndarray of float
        Hours that a month's applications ask, shape ``[path, month]``.
    opening_due : ndarray of float
        Hours open at the start by the month in which their term ends, shape ``[month]``; those overdue already
        stand in the first month, and ``opening`` says how many there are in all.
    opening : float
        Hours open at the start.
    due_inflow : ndarray of float
        Hours of applications whose term ends in the month, shape ``[path, month]``.
    past : ndarray of float
        Hours of the twelve months before the first, oldest first.
    start_fte : float
        Experienced FTE whose hours are what is decided a month at the start.
    hours_per_case : float
        Of the group's first stream; late hours over this are late cases.
    """

    group: str
    months: NDArray[np.datetime64]
    work: NDArray[np.float64]
    opening_due: NDArray[np.float64]
    opening: float
    due_inflow: NDArray[np.float64]
    past: NDArray[np.float64]
    start_fte: float
    hours_per_case: float

    @property
    def paths(self) -> int:
        """How many joint draws there are."""
        return int(self.work.shape[0])

    @property
    def falling_due(self) -> NDArray[np.float64]:
        """Hours whose term ends in the month; the first month holds all that is overdue at the start."""
        return np.asarray(self.due_inflow + self.opening_due)

    def arrived(self) -> NDArray[np.float64]:
        """Cumulative work, what was open at the start included, shape ``[path, month]``."""
        return self.opening + np.cumsum(self.work, axis=1)

    def due(self) -> NDArray[np.float64]:
        """Cumulative work whose term ends by the end of the month, shape ``[path, month]``."""
        return np.cumsum(self.falling_due, axis=1)

    def levels(self) -> NDArray[np.float64]:
        """Hours that came in over the twelve months up to each, shape ``[path, month]``."""
        past = np.broadcast_to(self.past, (self.paths, _YEAR))
        cumulative = np.cumsum(np.concatenate([past, self.work], axis=1), axis=1)
        return cumulative[:, _YEAR:] - cumulative[:, :-_YEAR]

    def select(self, paths: slice | NDArray[np.intp]) -> Workforce:
        """The same group on some of the paths."""
        return replace(self, work=self.work[paths], due_inflow=self.due_inflow[paths])

    def until(self, months: int) -> Workforce:
        """The same group on the first ``months`` months."""
        return replace(
            self,
            months=self.months[:months],
            work=self.work[:, :months],
            opening_due=self.opening_due[:months],
            due_inflow=self.due_inflow[:, :months],
        )


@dataclass(frozen=True)
class WorkDone:
    """What capacity does to a group's work; hours, shape ``[path, month]``.

    Parameters
    ----------
    decided : ndarray of float
        Decided in the month.
    open_work : ndarray of float
        Open at its end.
    late : ndarray of float
        Of that, past its term.
    newly_late : ndarray of float
        Work whose term ended in the month and was not decided by then.
    """

    decided: NDArray[np.float64]
    open_work: NDArray[np.float64]
    late: NDArray[np.float64]
    newly_late: NDArray[np.float64]


def work_done(workforce: Workforce, hours: NDArray[np.float64]) -> WorkDone:
    """Decide as much as there are hours, the earliest deadline first.

    Parameters
    ----------
    workforce : Workforce
        The work.
    hours : ndarray of float
        Hours on cases in each month, shape ``[month]`` or ``[path, month]``; hours that find no work are lost.
    """
    arrived, due = workforce.arrived(), workforce.due()
    room = np.broadcast_to(np.cumsum(np.atleast_2d(hours), axis=1), arrived.shape)
    done = room + np.minimum(0.0, np.minimum.accumulate(arrived - room, axis=1))
    late = np.maximum(due - done, 0.0)
    return WorkDone(
        decided=np.diff(done, axis=1, prepend=0.0),
        open_work=arrived - done,
        late=late,
        newly_late=np.minimum(late, workforce.falling_due),
    )


def share_in_term(workforce: Workforce, done: WorkDone, first: int) -> NDArray[np.float64]:
    """Of the work whose term ends in month ``first`` or later, the share decided by then; shape ``[path]``.

    1 where no term ends. What was overdue before the first month counts in the first month.
    """
    falling = workforce.falling_due[:, first:].sum(axis=1)
    late = done.newly_late[:, first:].sum(axis=1)
    return np.asarray(1 - np.divide(late, falling, out=np.zeros_like(late), where=falling > 0))


def workforce_of(
    case: PlanningCase,
    group: str,
    *,
    hours_factor: Mapping[str, NDArray[np.float64]] | None = None,
) -> Workforce:
    """A group's work from the paths of its streams.

    Stocks are carried from the month they were counted in to the forecast origin by what was observed and decided.

    Parameters
    ----------
    case : PlanningCase
        Paths, history and settings.
    group : str
        One of ``planning.hiring.groups``.
    hours_factor : mapping of series_id to ndarray, optional
        Multiplies hours per case by month of application, shape ``[month]`` or ``[path, month]``.

    Raises
    ------
    InputError
        If there is no such group, or it names a stream without paths.
    """
    groups = case.settings.hiring.groups
    if group not in groups:
        raise InputError(f"There is no workforce group '{group}'.", hint=f"Choose one of: {', '.join(groups)}.")
    streams = groups[group].streams
    for name in streams:
        if name not in case.inflow or name not in case.settings.streams:
            raise InputError(
                f"planning.hiring.groups.{group} names '{name}', which is not a stream with work.",
                hint=f"Streams with work are: {', '.join(case.work)}.",
            )
    parts = [_stream_work(case, name, (hours_factor or {}).get(name)) for name in streams]
    productive = case.settings.staffing.productive_hours.value
    return Workforce(
        group=group,
        months=case.periods,
        work=sum((part[0] for part in parts), start=np.zeros_like(parts[0][0])),
        opening_due=sum((part[1] for part in parts), start=np.zeros(len(case.periods))),
        opening=float(sum(part[2] for part in parts)),
        due_inflow=sum((part[3] for part in parts), start=np.zeros_like(parts[0][0])),
        past=sum((part[4] for part in parts), start=np.zeros(_YEAR)),
        start_fte=float(sum(part[5] for part in parts)) * _YEAR / productive,
        hours_per_case=case.settings.streams[streams[0]].handling_hours.value,
    )


_Part = tuple[
    "NDArray[np.float64]", "NDArray[np.float64]", float, "NDArray[np.float64]", "NDArray[np.float64]", float
]


def _stream_work(case: PlanningCase, name: str, factor: NDArray[np.float64] | None) -> _Part:
    """Work, opening by deadline, opening, work by deadline, past year, hours decided a month at the start."""
    settings = case.settings.streams[name]
    per_case, term = settings.handling_hours.value, settings.term_months
    work = case.inflow[name] * per_case * (1.0 if factor is None else factor)
    months = work.shape[1]
    due = np.zeros_like(work)
    due[:, term:] = work[:, : max(months - term, 0)]
    cohorts = _open_at_origin(case, name) * per_case
    ages = np.arange(cohorts.size, 0, -1)  # months from application to the first month
    falls = np.maximum(term - ages, 0)
    opening_due = np.asarray(np.bincount(falls, weights=cohorts, minlength=months)[:months], dtype=np.float64)
    past = _past_year(case, name) * per_case
    if settings.decided_per_month is not None:
        decided = value_at(settings.decided_per_month, str(case.origin)) * per_case
    else:
        decided = float(past.mean())
    return work, opening_due, float(cohorts.sum()), due, past, decided


def _open_at_origin(case: PlanningCase, name: str) -> NDArray[np.float64]:
    """Cases open at the forecast origin by month of application, oldest first, the last one the origin's."""
    settings = case.settings.streams[name]
    opened = opening_month(settings.open_cases, case.origin)
    cohorts = opening_cohorts(settings.open_cases[opened].value, round(settings.opening_spread.value))
    line = join(name, case.inflow, case.periods, case.history, after=np.datetime64(opened, "M"))
    lead = len(line.months) - len(case.periods)
    if lead == 0:
        return cohorts
    observed = line.counts[:1, :lead]
    if settings.discipline == "follows":
        shares = [share.value for share in settings.decided_by_month or ()]
        queue = decided_after_delays(observed, cohorts, shares, settings.term_months)
    else:
        dated = settings.decided_per_month or {}
        capacity = np.array([value_at(dated, str(month)) for month in line.months[:lead]])
        queue = first_in_first_out(observed, cohorts, capacity, settings.term_months)
    joined = np.concatenate([cohorts, observed[0]])
    left = np.cumsum(joined) - queue.decisions.sum()
    return np.asarray(np.diff(np.maximum(left, 0.0), prepend=0.0))


def _past_year(case: PlanningCase, name: str) -> NDArray[np.float64]:
    """Cases of the twelve months before the paths; without history, the calibration year's in even months."""
    even = np.full(_YEAR, case.settings.streams[name].calibration_cases.value / _YEAR)
    if case.history is None:
        return even
    counts = {name: case.inflow[name][:1]}
    line = join(name, counts, case.periods, case.history, after=case.origin - _YEAR)
    return line.counts[0, :_YEAR] if len(line.months) == len(case.periods) + _YEAR else even
