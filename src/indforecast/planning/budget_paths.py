"""The money of a plan on every path, without beds, courts and late costs: what budget questions need, sooner.

What belongs here: streams and their money, the same as in the whole plan. What does not: the whole plan
(``composed``), cents (``budget``), tables (``certainty``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.budget import budget_values
from indforecast.planning.levers import pulled
from indforecast.planning.streams import run_stream
from indforecast.planning.supply import capacity_factors, efforts, over
from indforecast.planning.timeline import join, opening_month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.levers import Lever
    from indforecast.planning.streams import StreamPaths
    from indforecast.planning.tables import PathValues


@dataclass(frozen=True)
class BudgetPaths:
    """A budget on every path; a whole plan (``composed.PlanPaths``) serves in its place.

    Parameters
    ----------
    case : PlanningCase
        What was asked.
    months : ndarray of datetime64[M]
        From January of the first forecast year (or the latest beginning of a timeline) to the last forecast month.
    streams : tuple of StreamPaths
        Queues, along their own timelines.
    measured : tuple of PathValues
        Money over ``months``.
    """

    case: PlanningCase
    months: NDArray[np.datetime64]
    streams: tuple[StreamPaths, ...]
    measured: tuple[PathValues, ...]


def budget_paths(
    case: PlanningCase,
    levers: Sequence[Lever] = (),
    *,
    moving_hours: Mapping[str, NDArray[np.float64]] | None = None,
) -> BudgetPaths:
    """Streams and their money on every path.

    Parameters
    ----------
    case : PlanningCase
        Joint paths, history and figures.
    levers : sequence of Lever
        Changes to try out, in the order in which they act: a scenario is a named set of them.
    moving_hours : mapping of series_id to ndarray, optional
        Hours per case as a multiple of those in the settings, shape ``[path, period]``.
    """
    settings, first = case.settings, case.periods[0]
    effort = efforts(case, levers, moving_hours)
    capacity = capacity_factors(case, levers, effort)
    inflow = {
        name: np.rint(pulled(levers, "inflow", name, case.inflow[name], case.periods, first)) for name in case.work
    }
    streams = []
    for name in case.work:
        figures = settings.streams[name]
        opened = opening_month(figures.open_cases, case.origin)
        line = join(name, inflow, case.periods, case.history, after=np.datetime64(opened, "M"))
        streams.append(run_stream(name, line, figures, opened, capacity_factor=capacity.get(name)))
    january = np.datetime64(str(first)[:4] + "-01", "M")
    months = np.arange(max(january, *(stream.line.months[0] for stream in streams)), case.periods[-1] + 1)
    over_months = {name: over(factor, months.size) for name, factor in effort.items()}
    return BudgetPaths(case, months, tuple(streams), tuple(budget_values(streams, months, settings, over_months)))
