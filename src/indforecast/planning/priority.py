"""Several tracks that share one staff: by priority, or all in order of application; on every path at once.

A track's case takes a fixed amount of work. Staff go to the first track until it is done for the month, then to
the second, and so on (``priority``: preemptive, resumed where it was left), or to the case first ready of any
track (``fifo``). Work is counted in a unit that divides every track's work, so a case begun in one month and
finished in the next is counted exactly, and tracks that take equal work share their decisions to the case.

What belongs here: who is decided when. What does not: who belongs to which track (``tracks``), terms and stock
(``cohorts``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from indforecast.planning.cohorts import Cohorts, applied_by, count_reached, from_zero
from indforecast.planning.queue import reflected, rooms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.planning.cohorts import Term

#: Work per case is rounded to this part of a case's mean work.
_FINEST = 0.001


@dataclass(frozen=True)
class TrackWork:
    """One track's cases and what one of them takes.

    Parameters
    ----------
    inflow : ndarray of float
        Whole cases, shape ``[path, month]``, not negative.
    opening : ndarray of float
        Open cases at the start by month of application, oldest first, shape ``[age]``.
    term : int or ndarray of int
        Legal term in months, for all or by month of application, shape ``[age + month]``.
    work : float
        Work per case, in the unit of the capacity; rounded to thousandths, at least one of them.
    ready_after : int
        Months after application before which a case cannot be decided: another state's answer, a first interview.
    """

    inflow: NDArray[np.float64]
    opening: NDArray[np.float64]
    term: Term
    work: float = 1.0
    ready_after: int = 0

    def decided(self, cumulative: NDArray[np.float64]) -> Cohorts:
        """These cases with ``cumulative`` of them decided by each month, shape ``[path, month]``."""
        return Cohorts(self.inflow, self.opening, cumulative, self.term)

    def ready(self) -> NDArray[np.float64]:
        """Cases that may be decided by each month, shape ``[path, month]``."""
        applied = applied_by(self.inflow, self.opening)
        index = self.opening.size - self.ready_after + np.arange(self.inflow.shape[1])
        return np.where(index >= 0, applied[:, np.maximum(index, 0)], 0.0)


def serve(
    tracks: Sequence[TrackWork],
    capacity: NDArray[np.float64],
    discipline: Literal["priority", "fifo"] = "priority",
) -> list[Cohorts]:
    """Decide the cases of tracks that share one capacity.

    Within a track the oldest application is decided first. What staff cannot use because no case is ready is lost.

    Parameters
    ----------
    tracks : sequence of TrackWork
        At least one; in order of priority.
    capacity : ndarray of float
        Work that staff can do in each month, shape ``[month]`` or ``[path, month]``, not negative.
    discipline : {"priority", "fifo"}
        ``priority``: tracks in order, every month anew. ``fifo``: by the month from which a case is ready over
        all tracks, and in the order of tracks within a month.

    Returns
    -------
    list of Cohorts
        One per track, in order. Open cases balance to the case.
    """
    unit, costs = work_units([track.work for track in tracks])
    room = np.broadcast_to(rooms(capacity, unit), tracks[0].inflow.shape)
    if discipline == "fifo":
        return _in_order(tracks, costs, room)
    served = []
    for track, cost in zip(tracks, costs, strict=True):
        done = reflected(cost * track.ready(), room)
        served.append(track.decided(np.floor_divide(done, cost)))
        room = room - done
    return served


def work_units(work: Sequence[float]) -> tuple[float, list[int]]:
    """The largest unit that divides every track's work, and each track's work in it.

    Parameters
    ----------
    work : sequence of float
        Work per case, above 0; rounded to thousandths.
    """
    fine = [max(1, round(one / _FINEST)) for one in work]
    unit = int(np.gcd.reduce(fine))
    return unit * _FINEST, [one // unit for one in fine]


def _in_order(tracks: Sequence[TrackWork], costs: Sequence[int], room: NDArray[np.float64]) -> list[Cohorts]:
    """First in first out over all tracks: the work of month and track lies end to end, and is done from its start.

    A case takes its place in the month from which it is ready, so that it holds up nobody before.
    """
    paths, months = tracks[0].inflow.shape
    early = max(track.opening.size for track in tracks)
    cases = np.zeros((paths, early + months, len(tracks)))
    for place, track in enumerate(tracks):
        joined = np.diff(applied_by(track.inflow, track.opening), axis=1, prepend=0.0)
        first = early - track.opening.size + track.ready_after
        cases[:, first:, place] = joined[:, : max(0, early + months - first)]
    cases = cases.reshape(paths, -1)
    edges = np.cumsum(cases * np.tile(np.asarray(costs, dtype=np.float64), early + months), axis=1)
    done = reflected(edges[:, early * len(tracks) + len(tracks) - 1 :: len(tracks)], room)
    reached = count_reached(edges, done)
    begun = done - np.take_along_axis(from_zero(edges), reached, axis=1)
    served = []
    for place, (track, cost) in enumerate(zip(tracks, costs, strict=True)):
        mine = np.where(np.arange(cases.shape[1]) % len(tracks) == place, cases, 0.0)
        whole = np.take_along_axis(from_zero(np.cumsum(mine, axis=1)), reached, axis=1)
        partly = np.where(reached % len(tracks) == place, np.floor_divide(begun, cost), 0.0)
        served.append(track.decided(whole + partly))
    return served
