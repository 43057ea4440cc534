"""What had been published by a day: the best figure of every month, and what two published figures leave.

What belongs here: the calendar of the data set, choosing between figures of one month, repeat applications as the
published rest. What does not: estimates (``estimates``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from indforecast.domain.observations import Basis
from indforecast.reference import figures

if TYPE_CHECKING:
    from datetime import date

    from indforecast.reference.figures import MonthFigure, TotalFigure

#: The months of the data set; elsewhere in this room a month is its position in it.
CALENDAR = pd.date_range("2013-01-01", "2025-12-01", freq="MS")
_FIRST_YEAR = 2013

#: First month of each asylum stream: the first one that a figure of its one definition says anything about.
STARTS: dict[str, pd.Timestamp] = {
    "asylum_first": pd.Timestamp("2013-01-01"),
    "asylum_repeat": pd.Timestamp("2014-08-01"),
    "asylum_nareis": pd.Timestamp("2015-01-01"),
}


@dataclass(frozen=True)
class Row:
    """One month of one stream as known on a day."""

    series_id: str
    period: pd.Timestamp
    observed: int
    basis: Basis
    source: str


#: By series, then by position in the calendar.
Months = dict[str, dict[int, Row]]


def position(period: pd.Timestamp) -> int:
    """Place of a month in the calendar."""
    return 12 * (period.year - _FIRST_YEAR) + period.month - 1


def published_on(day: date) -> Months:
    """Best published figure of every month, and repeat where the other three published figures leave it.

    Parameters
    ----------
    day : date
        Figures of later days do not exist.

    Returns
    -------
    dict of str to dict of int to Row
        Series ``asylum`` (published totals) and the three streams, each by calendar position.
    """
    best: dict[tuple[str, int], MonthFigure] = {}
    for figure in figures.month_figures():
        if figure.available_from <= day:
            key = (figure.series_id, position(figure.period))
            if key not in best or best[key].precedence < figure.precedence:
                best[key] = figure
    months: Months = {name: {} for name in ("asylum", *STARTS)}
    for (series_id, place), figure in best.items():
        months[series_id][place] = Row(series_id, figure.period, figure.observed, Basis.PUBLISHED, figure.source)
    for place, total in months["asylum"].items():
        first, nareis = months["asylum_first"].get(place), months["asylum_nareis"].get(place)
        if first and nareis and place not in months["asylum_repeat"]:
            left = total.observed - first.observed - nareis.observed
            source = f"IND total - first - nareis: {total.source}"
            months["asylum_repeat"][place] = Row("asylum_repeat", total.period, left, Basis.DERIVED, source)
    return months


def totals_on(day: date) -> list[TotalFigure]:
    """Published quarters and years by a day."""
    return [t for t in (*figures.quarter_totals(), *figures.annual_totals()) if t.available_from <= day]


def rest_of_total(months: Months, count: int) -> dict[int, int]:
    """Persons of nareis and repeat together, in months whose total and first applications alone are published.

    Parameters
    ----------
    months : Months
        As :func:`published_on` returns.
    count : int
        Calendar positions below it are estimated on that day.
    """
    start = position(STARTS["asylum_nareis"])
    return {
        place: total.observed - months["asylum_first"][place].observed
        for place, total in months["asylum"].items()
        if start <= place < count
        and place in months["asylum_first"]
        and place not in months["asylum_nareis"]
        and place not in months["asylum_repeat"]
    }
