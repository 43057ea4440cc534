"""The plan on every path: work, queue, staff, money and beds put together, before any quantile is taken.

What belongs here: the order in which the small models are put together, what one hands to the next, and levers.
What does not: the models themselves, one per module beside this one; tables (``plan``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.beds import path_factors
from indforecast.planning.budget import budget_values
from indforecast.planning.desk_case import desk_values, desks_of_streams
from indforecast.planning.kept import kept_desks, kept_late, kept_residents, kept_streams
from indforecast.planning.late_plan import LatePlan, run_late
from indforecast.planning.levers import Lever, pulled
from indforecast.planning.measures import ALL
from indforecast.planning.reception import reception_values, run_reception
from indforecast.planning.reception_levers import pulled_reception
from indforecast.planning.reception_queue import decided_cases
from indforecast.planning.streams import run_stream
from indforecast.planning.supply import capacity_factors, efforts, over
from indforecast.planning.tables import year_spans
from indforecast.planning.timeline import Timeline, join, opening_month
from indforecast.planning.work import work_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.config.planning import ReceptionPlanning
    from indforecast.planning.case import PlanningCase
    from indforecast.planning.desks import DeskPaths
    from indforecast.planning.reception import ReceptionPaths
    from indforecast.planning.streams import StreamPaths
    from indforecast.planning.tables import PathValues

__all__ = ["Lever", "PlanPaths", "Stock", "plan_paths"]


@dataclass(frozen=True)
class Stock:
    """A stock along its timeline and the month it was counted in.

    Parameters
    ----------
    measure, series_id : str
        Keys.
    counts : ndarray
        Shape ``[path, month]``.
    opened : str
        Month ``YYYY-MM``.
    """

    measure: str
    series_id: str
    counts: NDArray[np.float64]
    opened: str


@dataclass(frozen=True)
class PlanPaths:
    """A plan on every path.

    Parameters
    ----------
    case : PlanningCase
        What was asked.
    months : ndarray of datetime64[M]
        From January of the first forecast year (or the latest beginning of a timeline) to the last forecast month.
    streams : tuple of StreamPaths
        Queues, along their own timelines.
    residents : ReceptionPaths
        Reception, along its timeline.
    late : LatePlan
        Notices, penalties, appeals and hearings over ``months``.
    desks : DeskPaths
        Visits, calls, documents and their staff over ``months``.
    measured : tuple of PathValues
        Every measure over ``months``.
    stocks : tuple of Stock
        Stocks that were carried from their count to the forecast origin.
    lines : tuple of Timeline
        Every timeline, work first and arrivals after.
    arrivals : dict of series_id to Timeline
        Those of arrivals.
    capacity : dict of series_id to ndarray
        Factors on decision capacity, for the streams in which it moves.
    reception : ReceptionPlanning
        Figures of reception, levers pulled.
    """

    case: PlanningCase
    months: NDArray[np.datetime64]
    streams: tuple[StreamPaths, ...]
    residents: ReceptionPaths
    late: LatePlan
    desks: DeskPaths
    measured: tuple[PathValues, ...]
    stocks: tuple[Stock, ...]
    lines: tuple[Timeline, ...]
    arrivals: dict[str, Timeline]
    capacity: dict[str, NDArray[np.float64]]
    reception: ReceptionPlanning

    @cached_property
    def by_year(self) -> tuple[dict[int, NDArray[np.float64]], ...]:
        """Each measure's value of each year, in the order of ``measured``, arrays ``[path]``."""
        spans = year_spans(self.months).items()
        return tuple({year: item.of_year(columns) for year, columns in spans} for item in self.measured)

    @property
    def imbalance_cases(self) -> float:
        """Largest error of opening stock + inflow − decisions = open cases; must be 0."""
        return max(stream.imbalance for stream in self.streams)


def plan_paths(
    case: PlanningCase,
    levers: Sequence[Lever] = (),
    *,
    moving_hours: Mapping[str, NDArray[np.float64]] | None = None,
    before: PlanPaths | None = None,
) -> PlanPaths:
    """Work, queue, staff, money and beds on every path.

    Parameters
    ----------
    case : PlanningCase
        Joint paths, history and figures.
    levers : sequence of Lever
        Changes to try out, in the order in which they act.
    moving_hours : mapping of series_id to ndarray, optional
        Hours per case as a multiple of those in the settings, shape ``[path, period]``
        (:func:`indforecast.planning.complexity.complexity_factors`).
    before : PlanPaths, optional
        Another plan of this very case: what the changes do not touch is taken from it. The result is the same to
        the last bit, only sooner.

    Raises
    ------
    ValueError
        If a stream is missing, shapes differ, months are not consecutive, counts are negative or not finite, or
        ``before`` is a plan of another case.
    """
    if before is not None and before.case is not case:
        raise ValueError("the plan at hand is one of another case")
    _check(case.inflow, case.periods, sorted({*case.work, *case.housed}))
    settings, first = case.settings, case.periods[0]
    settings.check_streams(case.work, case.housed)
    inflow = {
        name: np.rint(pulled(levers, "inflow", name, values, case.periods, first))
        for name, values in case.inflow.items()
    }
    opened = {name: opening_month(settings.streams[name].open_cases, case.origin) for name in case.work}
    opened_reception = opening_month(settings.reception.residents, case.origin)
    lines = {
        name: join(name, inflow, case.periods, case.history, after=_month(opened[name])) for name in case.work
    }
    arrivals = {
        name: join(name, inflow, case.periods, case.history, after=_month(opened_reception))
        for name in case.housed
    }
    every_line = (*lines.values(), *arrivals.values())
    begin = max(_january(first), *(line.months[0] for line in every_line))
    months = np.arange(begin, case.periods[-1] + 1)

    effort = efforts(case, levers, moving_hours)
    capacity = capacity_factors(case, levers, effort)
    kept = kept_streams(before, lines, capacity)
    streams = tuple(
        kept[name]
        if name in kept
        else run_stream(
            name, lines[name], settings.streams[name], opened[name], capacity_factor=capacity.get(name)
        )
        for name in case.work
    )
    reception = pulled_reception(settings.reception, levers, months, first)
    bed_months = min(line.months.size for line in arrivals.values())
    decided = decided_cases(streams, arrivals, settings)
    residents = kept_residents(before, arrivals, decided.decisions, kept, reception) or run_reception(
        arrivals,
        reception,
        opened_reception,
        decisions=decided.decisions,
        open_cases=decided.open_cases,
        stay_factors=path_factors(reception, case.paths, bed_months, case.periods.size),
    )
    desks = kept_desks(before, arrivals, kept) or desks_of_streams(
        streams,
        {name: line.counts for name, line in arrivals.items() if name not in case.work},
        months,
        settings,
    )
    late = run_late(
        streams, months, settings, seed_parts=("plan", str(case.origin)), known=kept_late(before, kept)
    )
    over_months = {name: over(factor, months.size) for name, factor in effort.items()}
    return PlanPaths(
        case=case,
        months=months,
        streams=streams,
        residents=residents,
        late=late,
        desks=desks,
        measured=(
            *work_values(streams, settings.streams, settings.staffing, len(months), over_months),
            *budget_values(streams, months, settings, over_months),
            *late.measured,
            *desk_values(desks),
            *reception_values(residents, reception, len(months)),
        ),
        stocks=(
            *(Stock("open_cases", s.series_id, s.queue.open_cases, opened[s.series_id]) for s in streams),
            Stock("residents", ALL, residents.residents, opened_reception),
        ),
        lines=every_line,
        arrivals=arrivals,
        capacity=capacity,
        reception=reception,
    )


def _month(text: str) -> np.datetime64:
    return np.datetime64(text, "M")


def _january(month: np.datetime64) -> np.datetime64:
    return np.datetime64(str(month)[:4] + "-01", "M")


def _check(
    inflow: Mapping[str, NDArray[np.float64]], periods: NDArray[np.datetime64], needed: Sequence[str]
) -> None:
    missing = sorted(set(needed) - set(inflow))
    if missing:
        raise ValueError(f"inflow lacks the streams {missing}")
    if periods.ndim != 1 or periods.size == 0 or np.any(np.diff(periods.astype("datetime64[M]").astype(int)) != 1):
        raise ValueError("periods must be consecutive months")
    shapes = {inflow[name].shape for name in needed}
    if len(shapes) != 1 or len(next(iter(shapes))) != 2 or next(iter(shapes))[1] != periods.size:
        raise ValueError(f"inflow must be [path, period] of one shape with {periods.size} periods, got {shapes}")
    for name in needed:
        if not np.all(np.isfinite(inflow[name])) or np.any(inflow[name] < 0):
            raise ValueError(f"inflow of {name} holds negative or non-finite counts")
