"""Waiting times of every stream and track, as a table for applicants and those who answer them.

What belongs here: running the queues on beyond the horizon, a stream's waiting times by track, their table. What
does not: the distribution itself (``waiting``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.periods import to_timestamps
from indforecast.planning.measures import ALL
from indforecast.planning.queue import opening_cohorts
from indforecast.planning.streams import run_stream, stream_line
from indforecast.planning.terms import terms_by_month
from indforecast.planning.waiting import WaitingTimes, mixed, waiting_after_delays, waiting_times

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.config.planning import StreamPlanning
    from indforecast.planning.case import PlanningCase
    from indforecast.planning.streams import StreamPaths

WAITING_COLUMNS = (
    "series_id", "track", "applied", "still_open", "cases", "term_months", "quantile_level", "months_waited",
    "decided_by", "censored", "share_in_term", "share_beyond",
)  # fmt: skip
WAITING_LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)


def waiting_in(
    case: PlanningCase,
    *,
    capacity_factor: Mapping[str, NDArray[np.float64]] | None = None,
    only: Iterable[str] | None = None,
) -> dict[str, dict[str, WaitingTimes]]:
    """Waiting times by stream and track.

    The queues run on after the horizon for ``settings.terms.run_on_months``: each path's last twelve months of
    applications come again, and the last month's capacity is held. Waits that end later are censored.

    Parameters
    ----------
    case : PlanningCase
        Joint paths, history and figures.
    capacity_factor : mapping of series_id to ndarray, optional
        Multiplies a stream's capacity in the forecast months, shape ``[month]`` or ``[path, month]``.
    only : iterable of str, optional
        Streams wanted; every stream that is work without it.

    Returns
    -------
    dict of series_id to dict of track to WaitingTimes
        ``all`` first: applicants whose track is not known.
    """
    run_on = round(case.settings.terms.run_on_months.value)
    found = {}
    for name in case.work if only is None else only:
        figures = case.settings.streams[name]
        line, opened = stream_line(case, name)
        factor = None if capacity_factor is None else capacity_factor.get(name)
        if factor is not None:
            held = np.atleast_2d(factor)
            factor = np.concatenate([held, np.repeat(held[:, -1:], run_on, axis=1)], axis=1)
        stream = run_stream(name, line.run_on(run_on), figures, opened, capacity_factor=factor)
        found[name] = waiting_of(stream, figures, opened, case.periods[0])
    return found


def waiting_of(
    stream: StreamPaths, figures: StreamPlanning, opened: str, first: np.datetime64
) -> dict[str, WaitingTimes]:
    """Waiting times of one stream by track, ``all`` first.

    Parameters
    ----------
    stream : StreamPaths
        Its queue.
    figures : StreamPlanning
        Its figures.
    opened : str
        Month in which its stock was counted.
    first : datetime64[M]
        The first forecast month; who applied before is asked about as long as the case is open.
    """
    line = stream.line
    start = int((first - line.months[0]).astype(np.int64))
    if stream.cohorts:
        tracks = {name: waiting_times(cohorts, line.months, start) for name, cohorts in stream.cohorts.items()}
        return {ALL: mixed(list(tracks.values())), **(tracks if len(tracks) > 1 else {})}
    opening = opening_cohorts(figures.open_cases[opened].value, round(figures.opening_spread.value))
    months = np.concatenate([line.months[0] - np.arange(opening.size, 0, -1), line.months])
    shares = [share.value for share in figures.decided_by_month or ()]
    terms = terms_by_month(figures, months)
    return {ALL: waiting_after_delays(line.counts, opening, shares, terms, line.months, start)}


def waiting_table(
    waits: Mapping[str, Mapping[str, WaitingTimes]],
    case: PlanningCase,
    levels: Sequence[float] = WAITING_LEVELS,
) -> pd.DataFrame:
    """Waiting times of those who apply in a forecast month or whose case was open at the origin.

    Parameters
    ----------
    waits : mapping of series_id to mapping of track to WaitingTimes
        As :func:`waiting_in` gives them.
    case : PlanningCase
        What they were made from.
    levels : sequence of float
        Quantile levels.

    Returns
    -------
    DataFrame
        ``WAITING_COLUMNS``; a row per stream, track, month of application and quantile level. ``months_waited``
        and ``decided_by`` are missing where ``censored``: the quantile lies beyond the last month that the queue
        runs to. ``share_in_term`` is missing where the term ends after it. ``share_beyond`` is the probability of
        a decision after it. ``term_months`` is missing where tracks differ.
    """
    return pd.concat(
        [
            _rows(series_id, track, wait, case, levels)
            for series_id, tracks in waits.items()
            for track, wait in tracks.items()
        ],
        ignore_index=True,
    )


def _rows(
    series_id: str, track: str, wait: WaitingTimes, case: PlanningCase, levels: Sequence[float]
) -> pd.DataFrame:
    shown = np.flatnonzero((wait.cases > 0) & (wait.applied <= case.periods[-1]))
    waited = np.stack([wait.quantile(level)[shown] for level in levels], axis=1).ravel()
    each = len(levels)
    applied = np.repeat(wait.applied[shown], each)
    censored = np.isnan(waited)
    decided_by = to_timestamps(applied + np.where(censored, 0, waited).astype(np.int64))
    one_term = wait.in_term is None
    return pd.DataFrame(
        {
            "series_id": series_id,
            "track": track,
            "applied": to_timestamps(applied),
            "still_open": applied < case.periods[0],
            "cases": np.repeat(np.round(wait.cases[shown], 1), each),
            "term_months": pd.array(
                np.repeat(wait.term[shown], each) if one_term else [None] * applied.size, "Int64"
            ),
            "quantile_level": np.tile(np.asarray(levels, dtype=np.float64), shown.size),
            "months_waited": pd.array(waited, "Float64").astype("Int64"),
            "decided_by": pd.Series(decided_by).where(~censored),
            "censored": censored,
            "share_in_term": np.repeat(np.round(wait.share_in_term[shown], 4), each),
            "share_beyond": np.repeat(np.round(wait.censored[shown], 4), each),
        },
        columns=list(WAITING_COLUMNS),
    )
