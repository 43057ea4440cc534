"""What of a plan at hand still holds for another plan of the same case, so that nothing is computed twice.

A part holds when everything it is computed from is the same, looked at on the figures themselves and not on the
changes that were asked for. A kept part is the very one of the plan at hand: results are the same to the last bit.

What belongs here: that comparison. What does not: computing the parts (``composed``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from indforecast.config.planning import ReceptionPlanning
    from indforecast.planning.composed import PlanPaths
    from indforecast.planning.desks import DeskPaths
    from indforecast.planning.late import LatePaths
    from indforecast.planning.residents import ReceptionPaths
    from indforecast.planning.streams import StreamPaths
    from indforecast.planning.timeline import Timeline


def kept_streams(
    before: PlanPaths | None, lines: Mapping[str, Timeline], capacity: Mapping[str, NDArray[np.float64]]
) -> dict[str, StreamPaths]:
    """Queues with the same cases and the same capacity.

    Parameters
    ----------
    before : PlanPaths or None
        The plan at hand, of the same case.
    lines : mapping of series_id to Timeline
        Cases of the other plan.
    capacity : mapping of series_id to ndarray
        Its factors on decision capacity, where it has one.
    """
    if before is None:
        return {}
    return {
        stream.series_id: stream
        for stream in before.streams
        if _same_line(stream.line, lines[stream.series_id])
        and _same(before.capacity.get(stream.series_id), capacity.get(stream.series_id))
    }


def kept_late(before: PlanPaths | None, kept: Iterable[str]) -> dict[str, LatePaths]:
    """Late cases of streams whose queue was kept: how often applicants go to court is drawn for the case."""
    return {} if before is None else {name: before.late.late[name] for name in kept if name in before.late.late}


def kept_residents(
    before: PlanPaths | None,
    arrivals: Mapping[str, Timeline],
    deciding: Iterable[str],
    kept: Mapping[str, StreamPaths],
    reception: ReceptionPlanning,
) -> ReceptionPaths | None:
    """Reception with the same arrivals, the same decisions of applicants and the same figures.

    Parameters
    ----------
    before : PlanPaths or None
        The plan at hand, of the same case.
    arrivals : mapping of series_id to Timeline
        Of the other plan.
    deciding : iterable of str
        Streams whose decisions empty reception.
    kept : mapping of series_id to StreamPaths
        Queues that were kept.
    reception : ReceptionPlanning
        Its figures, levers pulled.
    """
    if before is None or reception != before.reception or not set(deciding) <= set(kept):
        return None
    return before.residents if _same_lines(before.arrivals, arrivals) else None


def kept_desks(
    before: PlanPaths | None, arrivals: Mapping[str, Timeline], kept: Mapping[str, StreamPaths]
) -> DeskPaths | None:
    """Desks with the same applications, arrivals and decisions."""
    if before is None or len(kept) < len(before.streams):
        return None
    return before.desks if _same_lines(before.arrivals, arrivals) else None


def _same_lines(one: Mapping[str, Timeline], other: Mapping[str, Timeline]) -> bool:
    return one.keys() == other.keys() and all(_same_line(line, other[name]) for name, line in one.items())


def _same_line(one: Timeline, other: Timeline) -> bool:
    """Of one case, so their months before the paths are alike."""
    return one.months[0] == other.months[0] and _same(one.counts, other.counts)


def _same(one: NDArray[np.float64] | None, other: NDArray[np.float64] | None) -> bool:
    if one is None or other is None:
        return one is other
    return one is other or np.array_equal(one, other)
