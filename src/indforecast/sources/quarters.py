"""Quarters that a file prints beside its months: no rows of a delivery, but a control on them.

What belongs here: a quarter's spelling as its first month, the quarters of a file as a table, the step that a file
rounds to. What does not: whether months and quarter agree (``expectations``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import pandas as pd

from indforecast.sources.grid import normal
from indforecast.sources.months import longer_period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indforecast.sources.grid import Cell

#: Columns of a table of controls: ``quarter`` its first month, ``observed`` whole persons, ``rounding`` the step
#: in persons that months and quarter are rounded to, ``row`` the line in the file.
CONTROL_COLUMNS: Final = ("series_id", "quarter", "observed", "rounding", "row")
_STEPS: Final = (10, 5)
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_NUMBER: Final = re.compile(r"[1-4]")


@dataclass(frozen=True, slots=True)
class QuarterRead:
    """A quarter's total as a file prints it; ``quarter`` is its first month."""

    series_id: str
    quarter: date
    observed: int
    row: int


def read_quarter(cell: Cell) -> date | None:
    """The first month of the quarter that a cell names, or None when it names none.

    ``2024Q1``, ``2024-K1``, ``2024KW01``, ``2024 1e kwartaal``, ``Q1 2024``, ``1e kwartaal 2024``.
    """
    if longer_period(cell) != "quarter":
        return None
    text = normal(cell)
    year = _YEAR.search(text)
    number = _NUMBER.search(_YEAR.sub("", text, count=1))
    return date(int(year[0]), 3 * int(number[0]) - 2, 1) if year and number else None


def controls(quarters: Sequence[QuarterRead], series_ids: Sequence[str], counts: Sequence[int]) -> pd.DataFrame:
    """The quarters of a file, each with the step that its series is rounded to.

    Parameters
    ----------
    quarters : sequence of QuarterRead
        As read.
    series_ids, counts : sequence of str, of int
        Series and persons of every month in the file, of equal length: a series is taken for rounded to ten or
        five when all its figures are multiples of it.

    Returns
    -------
    DataFrame
        :data:`CONTROL_COLUMNS`, in the order of the file.
    """
    months = pd.DataFrame({"series_id": list(series_ids), "observed": list(counts)})
    frame = pd.DataFrame(
        {
            "series_id": pd.Series([one.series_id for one in quarters], dtype=object),
            "quarter": pd.Series([pd.Timestamp(one.quarter) for one in quarters], dtype="datetime64[ns]"),
            "observed": pd.Series([one.observed for one in quarters], dtype="int64"),
            "row": pd.Series([one.row for one in quarters], dtype="int64"),
        }
    )
    figures = pd.concat([months, frame[["series_id", "observed"]]])
    step = figures.groupby("series_id")["observed"].agg(_step)
    rounding = frame["series_id"].map(step).astype("int64") if len(frame) else pd.Series(dtype="int64")
    return frame.assign(rounding=rounding)[list(CONTROL_COLUMNS)]


def _step(figures: pd.Series[int]) -> int:
    """10, 5 or, where neither divides all figures, 1."""
    return next((step for step in _STEPS if (figures % step == 0).all()), 1)
