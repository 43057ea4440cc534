"""Open cases of the plan's own queues as the control tower's table: by track and by the end of the term.

What belongs here: reading cohorts at the forecast origin and the cases to come. What does not: the queues
(``streams``), nationality and place, which a queue does not know: a user splits the rows and adds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.measures import ALL
from indforecast.planning.streams import run_stream, stream_line
from indforecast.planning.tower_input import CASE_COLUMNS
from indforecast.planning.tower_problem import ANYWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.cohorts import Cohorts

QUEUE_COLUMNS = (*CASE_COLUMNS, "arrives", "origin")
#: Terms that ended longer ago than this stand together: nothing depends on how long.
_OLDEST = -24


def queue_rows(case: PlanningCase, months: int, series_ids: Iterable[str] | None = None) -> list[tuple[str, ...]]:
    """Rows of the table of cases, header first: open at the forecast origin, and to come in the months after.

    Open cases are the same on every path, because everything before the origin is observed. Of the cases to come
    the median over paths is taken, month by month, which is one plain case and not a distribution. Each track is a
    group, of the skill of its own name, anywhere.

    Parameters
    ----------
    case : PlanningCase
        Paths, history and figures.
    months : int
        Months to plan, at least 1; no more than are forecast.
    series_ids : iterable of str, optional
        Streams; without it all whose cases wait for capacity.
    """
    wanted = case.work if series_ids is None else tuple(series_ids)
    rows: list[tuple[str, ...]] = [QUEUE_COLUMNS]
    for series_id in wanted:
        line, opened = stream_line(case, series_id)
        figures = case.settings.streams[series_id]
        stream = run_stream(series_id, line, figures, opened)
        before = line.counts.shape[1] - case.periods.size
        for track, cohorts in stream.cohorts.items():
            name = series_id if track == ALL else f"{series_id} {track}"
            hours = f"{figures.handling_hours.value * stream.hours_ratio[track]:g}"
            for term, arrives, count in _cohorts(cohorts, before, min(months, case.periods.size)):
                origin = "queue" if arrives == 1 else "median of paths"
                rows.append((name, ANYWHERE, name, hours, str(term), str(count), str(arrives), origin))
    return rows


def _cohorts(cohorts: Cohorts, before: int, months: int) -> list[tuple[int, int, int]]:
    """Term, month from which they can be worked on, whole cases."""
    at = cohorts.age + before  # index of the first month to plan among months of application
    terms = np.broadcast_to(np.asarray(cohorts.term), (cohorts.applied.shape[1],))
    done = cohorts.decided[0, before - 1] if before else 0.0
    still_open = np.diff(np.clip(cohorts.applied[0, :at] - done, 0.0, None), prepend=0.0)
    found: dict[tuple[int, int], int] = {}
    for month in np.flatnonzero(still_open >= 1).tolist():
        key = (max(_OLDEST, int(month + terms[month] - at + 1)), 1)
        found[key] = found.get(key, 0) + round(float(still_open[month]))
    to_come = np.rint(np.median(cohorts.inflow[:, before : before + months], axis=0))
    for month, count in enumerate(to_come.tolist()):
        if count >= 1:
            key = (int(month + terms[at + month] + 1), month + 1)
            found[key] = found.get(key, 0) + int(count)
    return [(term, arrives, count) for (term, arrives), count in sorted(found.items(), key=lambda i: i[0][::-1])]
