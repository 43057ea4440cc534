"""One stream from its paths to decisions and open cases, with its figures from the settings.

What belongs here: applying ``tracks`` and the queue to a stream. What does not: hours and people (``work``), money
(``budget``), reception, waiting times (``waiting``), tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from indforecast.config.planning import value_at
from indforecast.planning.delays import decided_after_delays
from indforecast.planning.measures import ALL
from indforecast.planning.priority import TrackWork, serve
from indforecast.planning.queue import opening_cohorts, opening_from_inflow
from indforecast.planning.queue_paths import QueuePaths, imbalance, summed
from indforecast.planning.terms import terms_by_month
from indforecast.planning.timeline import join, opening_month
from indforecast.planning.tracks import divide

if TYPE_CHECKING:
    from typing import Literal

    from numpy.typing import NDArray

    from indforecast.config.planning import StreamPlanning
    from indforecast.planning.case import PlanningCase
    from indforecast.planning.cohorts import Cohorts
    from indforecast.planning.timeline import Timeline

    CaseCount = Literal["inflow", "decisions", "open_cases", "open_past_term", "newly_late"]


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
        Its decisions and stock, arrays of the timeline's shape: the sum of its tracks.
    imbalance : float
        Largest absolute error of the balance, in cases, over the stream and its tracks.
    tracks : dict of str to QueuePaths
        Each track's queue, in order of priority; ``all`` alone when the stream has no tracks.
    cohorts : dict of str to Cohorts
        Each track's cases by month of application; empty when staff follow the applications.
    hours_ratio : dict of str to float
        Hours per case of each track over the stream's ``handling_hours``.
    """

    series_id: str
    line: Timeline
    queue: QueuePaths
    imbalance: float
    tracks: dict[str, QueuePaths] = field(default_factory=dict)
    cohorts: dict[str, Cohorts] = field(default_factory=dict)
    hours_ratio: dict[str, float] = field(default_factory=dict)

    def in_mean_cases(self, what: CaseCount) -> NDArray[np.float64]:
        """A count with every case weighed by its track's hours: times ``handling_hours`` these are its hours.

        Parameters
        ----------
        what : {"inflow", "decisions", "open_cases", "open_past_term", "newly_late"}
            Which count; shape ``[path, month]`` as the line.
        """
        if not self.cohorts:
            return self.line.counts if what == "inflow" else np.asarray(getattr(self.queue, what))
        parts = (
            self.hours_ratio[name] * (cohorts.inflow if what == "inflow" else getattr(self.tracks[name], what))
            for name, cohorts in self.cohorts.items()
        )
        return np.asarray(np.sum(list(parts), axis=0))


def stream_line(case: PlanningCase, series_id: str) -> tuple[Timeline, str]:
    """A stream's timeline from the month after its stock was counted, and that month (``YYYY-MM``).

    Parameters
    ----------
    case : PlanningCase
        Joint paths, history and figures.
    series_id : str
        A stream that is work.
    """
    opened = opening_month(case.settings.streams[series_id].open_cases, case.origin)
    line = join(series_id, case.inflow, case.periods, case.history, after=np.datetime64(opened, "M"))
    return line, opened


def run_stream(
    series_id: str,
    line: Timeline,
    settings: StreamPlanning,
    opened: str,
    *,
    capacity_factor: NDArray[np.float64] | None = None,
) -> StreamPaths:
    """Queue of one stream, starting from the stock counted at the end of month ``opened`` (``YYYY-MM``).

    Parameters
    ----------
    series_id : str
        The stream.
    line : Timeline
        Its cases.
    settings : StreamPlanning
        Its figures.
    opened : str
        A month of ``settings.open_cases``.
    capacity_factor : ndarray of float, optional
        Multiplies the decision capacity, shape ``[month]`` or ``[path, month]``; when it has fewer months than the
        line it speaks of the last ones. No effect where staff follow the applications.
    """
    if settings.discipline == "follows":
        return _following(series_id, line, settings, opened)
    dated = settings.decided_per_month or {}
    capacity = np.array([value_at(dated, str(month)) for month in line.months])
    if capacity_factor is not None:
        capacity = capacity * _whole_line(capacity_factor, line.months.size)
    works = track_work(line, settings, opened)
    served = serve(list(works.values()), capacity, settings.track_discipline)
    cohorts = dict(zip(works, served, strict=True))
    tracks = {name: cohort.queue() for name, cohort in cohorts.items()}
    queue = summed(list(tracks.values()))
    opening = np.array([sum(cohort.opening.sum() for cohort in served)])
    errors = [imbalance(queue, line.counts, opening)]
    errors += [imbalance(tracks[name], cohort.inflow, cohort.opening) for name, cohort in cohorts.items()]
    return StreamPaths(
        series_id, line, queue, max(errors), tracks, cohorts, {name: work.work for name, work in works.items()}
    )


def track_work(line: Timeline, settings: StreamPlanning, opened: str) -> dict[str, TrackWork]:
    """A stream's cases by track, in order of priority; ``all`` alone when it has no tracks.

    The opening stock is made of the newest applications where those are known, else it is spread evenly.

    Parameters
    ----------
    line : Timeline
        The stream's cases.
    settings : StreamPlanning
        Its figures.
    opened : str
        A month of ``settings.open_cases``.
    """
    stock = settings.open_cases[opened].value
    spread = round(settings.opening_spread.value)
    if not settings.track_order:
        opening = _opening(stock, line.earlier, spread)
        ready_after = 0 if settings.ready_after is None else round(settings.ready_after.value)
        return {ALL: TrackWork(line.counts, opening, _terms(line, settings, opening.size, None), 1.0, ready_after)}
    stocks = _stocks(settings, opened)
    inflow = dict(zip(settings.track_order, _divided(line.counts, line.months, settings), strict=True))
    earlier: dict[str, NDArray[np.float64] | None] = dict.fromkeys(settings.track_order)
    if line.earlier is not None:
        months = line.months[0] - np.arange(line.earlier.size, 0, -1)
        parts = _divided(line.earlier[None], months, settings)
        earlier = {name: part[0] for name, part in zip(settings.track_order, parts, strict=True)}
    works = {}
    for name in settings.track_order:
        track = settings.tracks[name]
        ready_after = round(track.ready_after.value)
        opening = _opening(stocks[name], earlier[name], spread if track.share is None else ready_after + 1)
        terms = _terms(line, settings, opening.size, name)
        works[name] = TrackWork(inflow[name], opening, terms, track.hours_ratio.value, ready_after)
    return works


def _following(series_id: str, line: Timeline, settings: StreamPlanning, opened: str) -> StreamPaths:
    opening = opening_cohorts(settings.open_cases[opened].value, round(settings.opening_spread.value))
    shares = [share.value for share in settings.decided_by_month or ()]
    queue = decided_after_delays(line.counts, opening, shares, _terms(line, settings, opening.size, None))
    return StreamPaths(series_id, line, queue, imbalance(queue, line.counts, opening), {ALL: queue})


def _whole_line(factor: NDArray[np.float64], months: int) -> NDArray[np.float64]:
    """A factor on every month of the line: 1 in front of those it speaks of."""
    given = np.atleast_2d(factor)[:, -months:]
    return np.concatenate([np.ones((given.shape[0], months - given.shape[1])), given], axis=1)


def _divided(
    counts: NDArray[np.float64], months: NDArray[np.datetime64], settings: StreamPlanning
) -> NDArray[np.float64]:
    """Cases by track, shape ``[track, path, month]``."""
    shares = np.zeros((months.size, len(settings.track_order)))
    for place, name in enumerate(settings.track_order):
        dated = settings.tracks[name].share
        if dated is not None:
            shares[:, place] = [value_at(dated, month) for month in months.astype(str)]
    rest = [settings.tracks[name].share is None for name in settings.track_order].index(True)
    shares[:, rest] = np.clip(1.0 - shares.sum(axis=1), 0.0, None)
    return divide(counts, shares, first_month=int(months[0].astype("datetime64[M]").astype(np.int64)))


def _stocks(settings: StreamPlanning, opened: str) -> dict[str, float]:
    """The counted stock by track; the track without a share has what the others leave."""
    left = float(np.round(settings.open_cases[opened].value))
    stocks = {}
    for name in settings.track_order:
        track = settings.tracks[name]
        if track.share is not None:
            counted = track.open_cases
            own = left * value_at(track.share, opened) if counted is None else value_at(counted, opened)
            stocks[name] = min(float(np.round(own)), left)
            left -= stocks[name]
    return {name: stocks.get(name, left) for name in settings.track_order}


def _opening(stock: float, earlier: NDArray[np.float64] | None, spread: int) -> NDArray[np.float64]:
    if earlier is None or earlier.sum() <= 0:
        return opening_cohorts(stock, spread)
    return opening_from_inflow(stock, earlier)


def _terms(line: Timeline, settings: StreamPlanning, age: int, track: str | None) -> NDArray[np.int64]:
    """Terms by month of application, of the opening stock's months and the line's."""
    months = np.concatenate([line.months[0] - np.arange(age, 0, -1), line.months])
    return terms_by_month(settings, months, track)
