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
from indforecast.planning.streams import run_stream, stream_line, track_work
from indforecast.planning.timeline import join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.priority import TrackWork

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
        Mean over the group's open and coming cases; late hours over this are late cases.
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
        return np.asarray(cumulative[:, _YEAR:] - cumulative[:, :-_YEAR])

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
    past = [_past_year(case, name) * case.settings.streams[name].handling_hours.value for name in streams]
    decided = sum(_decided_hours(case, name) for name in streams)
    return Workforce(
        group=group,
        months=case.periods,
        work=np.sum([part.work for part in parts], axis=0),
        opening_due=np.sum([part.opening_due for part in parts], axis=0),
        opening=sum(part.opening for part in parts),
        due_inflow=np.sum([part.due_inflow for part in parts], axis=0),
        past=np.sum(past, axis=0),
        start_fte=decided * _YEAR / case.settings.staffing.productive_hours.value,
        hours_per_case=_mean_hours(parts),
    )


@dataclass
class _Work:
    """What one stream brings; see :class:`Workforce`."""

    work: NDArray[np.float64]
    opening_due: NDArray[np.float64]
    opening: float
    due_inflow: NDArray[np.float64]
    cases: float = 0.0


def _mean_hours(parts: list[_Work]) -> float:
    """Hours per case over what is open and what comes in on all paths; 1 without any case."""
    paths = parts[0].work.shape[0]
    hours = sum(part.opening * paths + float(part.work.sum()) for part in parts)
    cases = sum(part.cases for part in parts)
    return hours / cases if cases > 0 else 1.0


def _stream_work(case: PlanningCase, name: str, factor: NDArray[np.float64] | None) -> _Work:
    """A stream's work by application and by deadline, over its tracks, each with its own hours and term."""
    settings = case.settings.streams[name]
    line, opened = stream_line(case, name)
    months, lead = len(case.periods), len(line.months) - len(case.periods)
    shape = case.inflow[name].shape
    found = _Work(np.zeros(shape), np.zeros(months), 0.0, np.zeros(shape))
    for track, cases in track_work(line, settings, opened).items():
        hours = np.broadcast_to(
            settings.handling_hours.value * cases.work * (1.0 if factor is None else factor), shape
        )
        age = cases.opening.size
        terms = np.broadcast_to(np.asarray(cases.term), (age + lead + months,))
        # The month in which each cohort's term ends, counted from the first of the paths.
        ends = np.arange(-age - lead, months) + terms
        open_cases = _open_at_origin(case, name, track, cases, lead)
        still_open = open_cases * settings.handling_hours.value * cases.work
        found.opening += float(still_open.sum())
        found.cases += float(open_cases.sum()) * shape[0] + float(cases.inflow[:, lead:].sum())
        falls = np.maximum(ends[: age + lead], 0)
        found.opening_due += np.bincount(falls, weights=still_open, minlength=months)[:months]
        work = cases.inflow[:, lead:] * hours
        found.work += work
        for month in np.flatnonzero(ends[age + lead :] < months):
            found.due_inflow[:, ends[age + lead + month]] += work[:, month]
    return found


def _open_at_origin(case: PlanningCase, name: str, track: str, cases: TrackWork, lead: int) -> NDArray[np.float64]:
    """A track's cases open at the forecast origin by month of application, oldest first."""
    joined = np.concatenate([cases.opening, cases.inflow[0, :lead]])
    if lead == 0:
        return joined
    line, opened = stream_line(case, name)
    observed = replace(line, months=line.months[:lead], counts=line.counts[:1, :lead])
    queue = run_stream(name, observed, case.settings.streams[name], opened).tracks[track]
    left = np.cumsum(joined) - queue.decisions.sum()
    return np.asarray(np.diff(np.maximum(left, 0.0), prepend=0.0))


def _decided_hours(case: PlanningCase, name: str) -> float:
    """Hours decided a month at the start; what comes in, where staff follow the applications."""
    settings = case.settings.streams[name]
    if settings.discipline == "capacity" and settings.decided_per_month is not None:
        decided = value_at(settings.decided_per_month, str(case.origin))
    else:
        decided = float(_past_year(case, name).mean())
    return decided * settings.handling_hours.value


def _past_year(case: PlanningCase, name: str) -> NDArray[np.float64]:
    """Cases of the twelve months before the paths; without history, the calibration year's in even months."""
    even = np.full(_YEAR, case.settings.streams[name].calibration_cases.value / _YEAR)
    if case.history is None:
        return even
    counts = {name: case.inflow[name][:1]}
    line = join(name, counts, case.periods, case.history, after=case.origin - _YEAR)
    return line.counts[0, :_YEAR] if len(line.months) == len(case.periods) + _YEAR else even
