"""One stream from its paths to hours, staff, decisions and open cases, with its figures from the settings.

What belongs here: applying ``workload`` and ``queue`` to a stream, and adding streams up on each path. What does
not: money (``budget``), reception, tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.config.planning import value_at
from indforecast.planning.measures import ALL
from indforecast.planning.queue import (
    QueuePaths,
    decided_after_delays,
    first_in_first_out,
    imbalance,
    opening_cohorts,
)
from indforecast.planning.tables import PathValues
from indforecast.planning.workload import backlog_fte, handling_hours, staffing_fte

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.config.planning import StaffingPlanning, StreamPlanning
    from indforecast.planning.timeline import Timeline


@dataclass(frozen=True)
class StreamPaths:
    """One stream along its timeline.

    Parameters
    ----------
    series_id : str
        The stream.
    line : Timeline
        Its cases.
    queue : QueuePaths
        Its decisions and stock, arrays of the timeline's shape.
    imbalance : float
        Largest absolute error of the balance, in cases.
    """

    series_id: str
    line: Timeline
    queue: QueuePaths
    imbalance: float


def run_stream(series_id: str, line: Timeline, settings: StreamPlanning, opened: str) -> StreamPaths:
    """Queue of one stream, starting from the stock counted at the end of month ``opened`` (``YYYY-MM``)."""
    opening = opening_cohorts(settings.open_cases[opened].value, round(settings.opening_spread.value))
    if settings.discipline == "follows":
        shares = [share.value for share in settings.decided_by_month or ()]
        queue = decided_after_delays(line.counts, opening, shares, settings.term_months)
    else:
        dated = settings.decided_per_month or {}
        capacity = np.array([value_at(dated, str(month)) for month in line.months])
        queue = first_in_first_out(line.counts, opening, capacity, settings.term_months)
    return StreamPaths(series_id, line, queue, imbalance(queue, line.counts, opening))


def work_values(
    streams: Sequence[StreamPaths],
    settings: dict[str, StreamPlanning],
    staffing: StaffingPlanning,
    window: int,
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

    Returns
    -------
    list of PathValues
        Grouped by measure, streams in order and the total last.
    """
    per_stream = [
        _of_stream(stream, settings[stream.series_id].handling_hours.value, staffing, window) for stream in streams
    ]
    values = []
    for measure in per_stream[0]:
        parts = [measured[measure] for measured in per_stream]
        values += [PathValues(measure, s.series_id, *part) for s, part in zip(streams, parts, strict=True)]
        values.append(PathValues(measure, ALL, *(np.sum(column, axis=0) for column in zip(*parts, strict=True))))
    return values


def _of_stream(
    stream: StreamPaths, hours_per_case: float, staffing: StaffingPlanning, window: int
) -> dict[str, tuple[NDArray[np.float64], ...]]:
    """Each measure's values, or for a ratio its numerators and denominators."""
    queue = stream.queue
    past = queue.open_past_term[:, -window:]
    open_cases, decisions = queue.open_cases[:, -window:], queue.decisions[:, -window:]
    hours = handling_hours(stream.line.counts[:, -window:], hours_per_case)
    productive = staffing.productive_hours.value
    late = backlog_fte(past, hours_per_case, months=staffing.backlog_months.value, productive_hours=productive)
    return {
        "handling_hours": (hours,),
        "staffing_fte": (staffing_fte(hours, productive),),
        "staffing_fte_backlog": (late,),
        "decisions": (decisions,),
        "open_cases": (open_cases,),
        "open_past_term": (past,),
        "share_in_term": (queue.decided_in_term[:, -window:], decisions),
        "share_pending_in_term": (open_cases - past, open_cases),
    }
