"""Work measures of streams: hours, people, decisions and stock, and their totals on each path.

What belongs here: what a stream's queue asks of people, and adding streams up. What does not: the queue
(``streams``), money (``budget``), tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.measures import ALL
from indforecast.planning.tables import PathValues
from indforecast.planning.workload import backlog_fte, handling_hours, staffing_fte

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.config.planning import StaffingPlanning, StreamPlanning
    from indforecast.planning.streams import StreamPaths


def work_values(
    streams: Sequence[StreamPaths],
    settings: Mapping[str, StreamPlanning],
    staffing: StaffingPlanning,
    window: int,
    effort: Mapping[str, NDArray[np.float64]] | None = None,
) -> list[PathValues]:
    """Work measures per stream and for all streams together.

    Parameters
    ----------
    streams : sequence of StreamPaths
        At least one.
    settings : mapping of series_id to StreamPlanning
        Their figures.
    staffing : StaffingPlanning
        Productive hours and the months in which late cases are worked away.
    window : int
        How many months at the end of the timelines are wanted.
    effort : mapping of series_id to ndarray, optional
        Hours per case as a multiple of those in the settings, shape ``[window]`` or ``[path, window]``; 1 where a
        stream is absent.

    Returns
    -------
    list of PathValues
        Grouped by measure, streams in order and the total last.
    """
    hours = {stream.series_id: np.array(settings[stream.series_id].handling_hours.value) for stream in streams}
    for name, factor in (effort or {}).items():
        hours[name] = hours[name] * factor
    per_stream = [_of_stream(stream, hours[stream.series_id], staffing, window) for stream in streams]
    values = []
    for measure in per_stream[0]:
        parts = [measured[measure] for measured in per_stream]
        values += [PathValues(measure, s.series_id, *part) for s, part in zip(streams, parts, strict=True)]
        values.append(PathValues(measure, ALL, *(np.sum(column, axis=0) for column in zip(*parts, strict=True))))
    return values


def _of_stream(
    stream: StreamPaths, hours_per_case: NDArray[np.float64], staffing: StaffingPlanning, window: int
) -> dict[str, tuple[NDArray[np.float64], ...]]:
    """Each measure's values, or for a ratio its numerators and denominators."""
    queue = stream.queue
    past = queue.open_past_term[:, -window:]
    open_cases, decisions = queue.open_cases[:, -window:], queue.decisions[:, -window:]
    hours = handling_hours(stream.line.counts[:, -window:], hours_per_case)
    productive = staffing.productive_hours.value
    # Late cases are nearly all of the slow tracks, whose cases take more hours than the stream's mean one.
    heavy = stream.in_mean_cases("open_past_term")[:, -window:]
    late = backlog_fte(heavy, hours_per_case, months=staffing.backlog_months.value, productive_hours=productive)
    return {
        "handling_hours": (hours,),
        "staffing_fte": (staffing_fte(hours, productive),),
        "staffing_fte_backlog": (late,),
        "decisions": (decisions,),
        "open_cases": (open_cases,),
        "open_past_term": (past,),
        "newly_late": (queue.newly_late[:, -window:],),
        # At least one case below the line: where none is open the age is 0.
        "mean_age": (queue.mean_age[:, -window:] * open_cases, np.maximum(open_cases, 1.0)),
        "share_in_term": (queue.decided_in_term[:, -window:], decisions),
        "share_pending_in_term": (open_cases - past, open_cases),
    }
