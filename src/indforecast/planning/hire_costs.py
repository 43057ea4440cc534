"""What people hired on top of replacing leavers bring and cost, year by year.

What belongs here: that difference as a table. What does not: people month by month (``staffing``), what their
hours decide (``supply``), how many to hire (``hiring``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from indforecast.planning.supply import with_and_without
from indforecast.planning.tables import year_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.levers import Lever

HIRE_COST_COLUMNS: Final = ("group", "year", "months", "extra_fte", "extra_hours", "cost_eur")
_CENTS: Final = 100


def hire_costs(case: PlanningCase, levers: Sequence[Lever]) -> pd.DataFrame:
    """What the hires tried out bring and cost, beside a plan that replaces leavers alone.

    Parameters
    ----------
    case : PlanningCase
        Streams, groups of people and their figures.
    levers : sequence of Lever
        Those of kind ``hires`` act.

    Returns
    -------
    DataFrame
        ``HIRE_COST_COLUMNS``: a row per group with hires and calendar year, none without. ``months``: those of
        the year that are forecast. ``extra_fte``: people employed, in training or not, mean over them.
        ``extra_hours``: hours on cases, below 0 where trainers give more time than trainees yield. ``cost_eur``:
        wages, recruitment and training, to the cent. Staff does not depend on the path, so there is no band.
    """
    rows = []
    for group in case.settings.hiring.groups:
        staff = with_and_without(case, group, levers)
        if staff is None:
            continue
        new, old = staff
        people = (new.trained_fte + new.trainees_fte - old.trained_fte - old.trainees_fte)[0]
        hours, cents = (new.hours - old.hours)[0], (new.cost_cents - old.cost_cents)[0]
        rows += [
            (
                group,
                year,
                columns.stop - columns.start,
                round(float(people[columns].mean()), 1),
                round(float(hours[columns].sum()), 1),
                int(cents[columns].sum()) / _CENTS,
            )
            for year, columns in year_spans(case.periods).items()
        ]
    return pd.DataFrame(rows, columns=list(HIRE_COST_COLUMNS))
