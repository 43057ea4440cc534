"""The queues of a planning case alone, for questions that need no money or beds.

What belongs here: timelines and queues of all work streams. What does not: the whole plan (``composed``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.streams import run_stream
from indforecast.planning.timeline import join, opening_month

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.streams import StreamPaths


def case_queues(
    case: PlanningCase, capacity_factors: Mapping[str, NDArray[np.float64]] | None = None
) -> tuple[tuple[StreamPaths, ...], NDArray[np.datetime64]]:
    """Queues of every work stream along its timeline, and the months that all of them have.

    Parameters
    ----------
    case : PlanningCase
        Paths, history and figures.
    capacity_factors : mapping of series_id to ndarray, optional
        Multiply a stream's decision capacity, shape ``[path, period]`` or ``[period]``.

    Returns
    -------
    tuple
        Streams, and months from January of the first forecast year (or the latest beginning of a timeline) to the
        last forecast month.
    """
    settings, factors = case.settings, capacity_factors or {}
    streams = []
    for name in case.work:
        figures = settings.streams[name]
        opened = opening_month(figures.open_cases, case.origin)
        line = join(name, case.inflow, case.periods, case.history, after=np.datetime64(opened, "M"))
        streams.append(run_stream(name, line, figures, opened, capacity_factor=factors.get(name)))
    january = np.datetime64(str(case.periods[0])[:4] + "-01", "M")
    begin = max(january, *(stream.line.months[0] for stream in streams))
    return tuple(streams), np.arange(begin, case.periods[-1] + 1)
