"""A group's work from its streams and their tracks, carried from the counted stock to the forecast origin.

Tracks before the last of a stream that takes them by priority go first. Hours, terms and the month in which a case
can be decided are those of its track and of its month of application.

What belongs here: that reading of a planning case. What does not: the group's work itself (``workforce``), the
queue that brings the stock to the origin (``streams``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from indforecast.config.planning import value_at
from indforecast.domain.errors import InputError
from indforecast.planning.streams import run_stream, stream_line, track_work
from indforecast.planning.timeline import join
from indforecast.planning.workforce import Workforce

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.priority import TrackWork

_YEAR = 12


def workforce_of(
    case: PlanningCase,
    group: str,
    *,
    hours_factor: Mapping[str, NDArray[np.float64]] | None = None,
) -> Workforce:
    """A group's work from the paths of its streams.

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
    total = _Work(case.paths, len(case.periods))
    for name in streams:
        _add_stream(total, case, name, (hours_factor or {}).get(name))
    past = [_past_year(case, name) * case.settings.streams[name].handling_hours.value for name in streams]
    decided = sum(_decided_hours(case, name) for name in streams)
    return Workforce(
        group=group,
        months=case.periods,
        work=total.work,
        opening=total.opening,
        ready=np.cumsum(total.ready, axis=1),
        due=np.cumsum(total.due, axis=1),
        due_at_start=total.due_at_start,
        falling=total.falling,
        falling_cases=total.falling_cases,
        past=np.sum(past, axis=0),
        start_fte=decided * _YEAR / case.settings.staffing.productive_hours.value,
        hours_per_case=total.late_hours / total.late_cases if total.late_cases > 0 else 1.0,
    )


@dataclass
class _Work:
    """Sums over tracks, month by month; see :class:`indforecast.planning.workforce.Workforce`."""

    paths: int
    months: int
    opening: float = 0.0
    due_at_start: float = 0.0
    late_hours: float = 0.0
    late_cases: float = 0.0

    def __post_init__(self) -> None:
        shape = (self.paths, self.months)
        self.work, self.ready, self.due = (np.zeros(shape) for _ in range(3))
        self.falling, self.falling_cases = np.zeros(shape), np.zeros(shape)


def _add_stream(total: _Work, case: PlanningCase, name: str, factor: NDArray[np.float64] | None) -> None:
    settings = case.settings.streams[name]
    line, opened = stream_line(case, name)
    months, lead = len(case.periods), len(line.months) - len(case.periods)
    tracks = track_work(line, settings, opened)
    first = list(tracks)[:-1] if settings.track_discipline == "priority" else []
    for track, cases in tracks.items():
        per_case = settings.handling_hours.value * cases.work
        age = cases.opening.size
        applied = np.arange(-age - lead, months)  # months of application, counted from the first of the paths
        ends = applied + np.broadcast_to(np.asarray(cases.term), applied.shape)
        begins = applied + cases.ready_after
        still_open = _open_at_origin(case, name, track, cases, lead)
        counts = cases.inflow[:, lead:]
        hours = counts * per_case * (1.0 if factor is None else factor)
        before = slice(None, age + lead)
        opening = still_open * per_case
        total.opening += float(opening.sum())
        total.work += hours
        _spread(total.ready, opening, begins[before], hours, begins[age + lead :])
        fell = ends[before] < 0  # overdue before the first month: due, but no longer falling due
        _spread(total.falling_cases, np.where(fell, 0.0, still_open), ends[before], counts, ends[age + lead :])
        if track in first:
            _spread(total.due, opening, begins[before], hours, begins[age + lead :])
            total.due_at_start += float(opening[begins[before] < 0].sum())
            continue
        _spread(total.due, opening, ends[before], hours, ends[age + lead :])
        _spread(total.falling, np.where(fell, 0.0, opening), ends[before], hours, ends[age + lead :])
        total.due_at_start += float(opening[fell].sum())
        total.late_hours += float(opening.sum()) * total.paths + float(hours.sum())
        total.late_cases += float(still_open.sum()) * total.paths + float(counts.sum())


def _spread(
    into: NDArray[np.float64],
    opening: NDArray[np.float64],
    opening_at: NDArray[np.int64],
    values: NDArray[np.float64],
    at: NDArray[np.int64],
) -> None:
    """Add cohorts in the months they belong to; those before the first month stand in it, later ones nowhere."""
    months = into.shape[1]
    into += np.bincount(np.maximum(opening_at, 0), weights=opening, minlength=months)[:months]
    for month in np.flatnonzero(at < months):
        into[:, at[month]] += values[:, month]


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
