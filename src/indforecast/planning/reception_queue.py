"""Who waits in reception and who waits in the queue of asylum cases: one and the same stock, counted once.

Residents and open cases are counted in different months. Open cases at the month of the residents are those of
the queue's own count, less what came between the two and plus what was decided; of them the share of a stream that
needs reception is in reception and waits for a decision. All others without a permit have left the procedure: in
appeal, in another procedure or about to leave.

What belongs here: bringing the two counts to one month, and the check that no more people wait than have an open
case. What does not: the queue (``streams``), the stocks (``residents``), reception itself (``reception``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.config.planning import value_at
from indforecast.planning.timeline import Timeline, join, opening_month

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from indforecast.config.parameter import Parameter
    from indforecast.config.planning import PlanningSettings, ReceptionPlanning
    from indforecast.planning.case import PlanningCase
    from indforecast.planning.residents import ReceptionPaths
    from indforecast.planning.streams import StreamPaths


@dataclass(frozen=True)
class DecidedCases:
    """Cases of the streams that enter reception as applicants, from the month after residents were counted.

    Parameters
    ----------
    decisions : dict of series_id to Timeline
        Cases decided.
    open_cases : dict of series_id to ndarray
        Open cases at the end of the month in which residents were counted, shape ``[path]``.
    """

    decisions: dict[str, Timeline]
    open_cases: dict[str, NDArray[np.float64]]

    def of_rows(self, rows: NDArray[np.intp]) -> DecidedCases:
        """Those of some paths, in another order.

        Parameters
        ----------
        rows : ndarray of int
            Numbers of paths.
        """
        return DecidedCases(
            {name: Timeline(line.months, line.counts[rows]) for name, line in self.decisions.items()},
            {name: cases[rows] for name, cases in self.open_cases.items()},
        )


def reception_arrivals(case: PlanningCase) -> dict[str, Timeline]:
    """Arrivals of the streams that need reception, from the month after residents were counted.

    Parameters
    ----------
    case : PlanningCase
        Joint paths, history and figures.
    """
    after = np.datetime64(opening_month(case.settings.reception.residents, case.origin), "M")
    return {name: join(name, case.inflow, case.periods, case.history, after=after) for name in case.housed}


def decided_cases(
    streams: Iterable[StreamPaths], arrivals: Mapping[str, Timeline], settings: PlanningSettings
) -> DecidedCases:
    """Decisions and open cases from the month after residents were counted.

    Months before a stream's queue begins take the configured decisions a month.

    Parameters
    ----------
    streams : iterable of StreamPaths
        Queues; those that do not enter reception as applicants are left out.
    arrivals : mapping of series_id to Timeline
        Arrivals in reception, from the month after residents were counted.
    settings : PlanningSettings
        Decisions a month, and how streams enter.
    """
    start = max(line.months[0] for line in arrivals.values())
    decisions, opened = {}, {}
    for stream in streams:
        name = stream.series_id
        if settings.reception.enters_as.get(name) == "applicant":
            dated = settings.streams[name].decided_per_month
            decisions[name], opened[name] = _from(start, stream, arrivals[name], dated or {})
    return DecidedCases(decisions, opened)


def _from(
    start: np.datetime64, stream: StreamPaths, arrivals: Timeline, dated: Mapping[str, Parameter]
) -> tuple[Timeline, NDArray[np.float64]]:
    line, queue = stream.line, stream.queue
    before = int((line.months[0] - start).astype(np.int64))
    if before < 0:
        return Timeline(line.months[-before:], queue.decisions[:, -before:]), queue.open_cases[:, -before - 1]
    counted = queue.open_cases[:, 0] - line.counts[:, 0] + queue.decisions[:, 0]
    if not before:
        return Timeline(line.months, queue.decisions), counted
    at = int((start - arrivals.months[0]).astype(np.int64))
    came, months = arrivals.counts[:, at : at + before], arrivals.months[at : at + before]
    done = np.broadcast_to([value_at(dated, str(month)) for month in months], came.shape) if dated else came
    return (
        Timeline(np.concatenate([months, line.months]), np.concatenate([done, queue.decisions], axis=1)),
        np.maximum(counted - came.sum(axis=1) + done.sum(axis=1), 0.0),
    )


def waiting_excess(
    paths: ReceptionPaths,
    decided: DecidedCases,
    arrivals: Mapping[str, Timeline],
    settings: ReceptionPlanning,
) -> float:
    """How many more residents wait for a decision than have an open case, at most, over paths and months.

    Parameters
    ----------
    paths : ReceptionPaths
        Residents.
    decided : DecidedCases
        Of the same paths.
    arrivals : mapping of series_id to Timeline
        What came into reception and the queue.
    settings : ReceptionPlanning
        Share of each stream's cases that is in reception.

    Returns
    -------
    float
        Below 3 when the two agree: a part of a person of each stream, and of the groups that whole persons are
        dealt out to. Far below 0 when the residents counted cannot hold all who have an open case.
    """
    periods = paths.applicants.shape[1]
    open_in_reception = np.zeros_like(paths.applicants)
    for name, line in decided.decisions.items():
        moved = np.cumsum(arrivals[name].counts[:, -periods:] - line.counts[:, -periods:], axis=1)
        open_in_reception += (decided.open_cases[name][:, None] + moved) * settings.needs_reception[name].value
    return float((paths.applicants - open_in_reception).max())
