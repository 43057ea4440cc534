"""The ministry's forecasts as typed rows: what was said, when, and from which day's knowledge to answer it.

What belongs here: reading ``official_forecasts.csv``: the day that stands for a vintage's words, outcomes written
with a ``~``, and where the ministry counts otherwise than this project. What does not: the figures themselves
(``facts``), scores (``evaluation.official_record``), own bands (``forecasting.official_replay``).

A vintage is a month, not a day. So that an answer never rests on newer data than the forecast it stands beside,
the day is the last one of the month *before*. Where the words name no month, the reading is an assumption and
says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from indforecast.domain.periods import month_end, month_start, parse_month
from indforecast.reference import lags
from indforecast.reference.facts import official_forecasts

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The stream of this project that is compared with the ministry's total.
TOTAL: Final = "asylum"

#: Words that name no month of their own: the month they are read as, and why.
ASSUMED_MONTHS: Final[Mapping[str, tuple[str, str]]] = {
    "2016 (prev. budget)": (
        "2016-09",
        "assumption: the budget of 2017, presented in September 2016",
    ),
    "previous MPP (before 2025-09)": (
        "2025-02",
        "assumption: the MPP appears twice a year; the edition before is that of spring 2025, and the earliest "
        "spring edition on record is one of February",
    ),
}

_MONTH: Final = re.compile(r"^(\d{4}-\d{2})\b")
_RESETTLED: Final = "resettled"


@dataclass(frozen=True)
class OfficialForecast:
    """One official forecast of a year's total asylum inflow.

    Parameters
    ----------
    target_year : int
        Calendar year.
    words : str
        Its vintage as transcribed.
    known_until : date
        Last day of the month before: nothing newer may be used to answer it.
    day_from : str
        Why that day; begins with ``assumption`` where the words name no month.
    minimum, point, maximum : float
        Persons; NaN where none was given. ``point`` is the middle of a band or the only figure there is.
    outcome : float
        Persons, NaN where not known; ``outcome_words`` is how it is written.
    outcome_words, definition : str
        As transcribed.
    counts_otherwise : bool
        Whether the outcome counts people that this project's total does not (resettled refugees).
    source_forecast, source_outcome : str
        Where they were seen.
    """

    target_year: int
    words: str
    known_until: date
    day_from: str
    minimum: float
    point: float
    maximum: float
    outcome: float
    outcome_words: str
    definition: str
    counts_otherwise: bool
    source_forecast: str
    source_outcome: str

    @property
    def outcome_known_from(self) -> date:
        """Day from which the year's total could be known."""
        return lags.annual(self.target_year)


@cache
def official_record() -> tuple[OfficialForecast, ...]:
    """Every row of the table, by vintage and then target year.

    Raises
    ------
    ValueError
        If a vintage names no month and no reading of it is written down.
    """
    rows = [_forecast({str(key): cell for key, cell in row.items()}) for row in _rows()]
    return tuple(sorted(rows, key=lambda row: (row.known_until, row.target_year, row.words)))


def _rows() -> list[dict[Any, Any]]:
    return official_forecasts().to_dict("records")


def _forecast(row: dict[str, Any]) -> OfficialForecast:
    day, why = _day(row["vintage"])
    return OfficialForecast(
        target_year=int(row["target_year"]),
        words=row["vintage"],
        known_until=day,
        day_from=why,
        minimum=_persons(row["low"]),
        point=_persons(row["mid_or_point"]),
        maximum=_persons(row["high"]),
        outcome=float(row["realised"].lstrip("~")) if row["realised"] else float("nan"),
        outcome_words=row["realised"],
        definition=row["definition"],
        counts_otherwise=_RESETTLED in row["definition"],
        source_forecast=row["source_forecast"],
        source_outcome=row["source_realised"],
    )


def _day(words: str) -> tuple[date, str]:
    if words in ASSUMED_MONTHS:
        month, why = ASSUMED_MONTHS[words]
    else:
        found = _MONTH.match(words)
        if found is None:
            raise ValueError(f"the vintage '{words}' names no month: write down how to read it")
        month, why = found.group(1), "the end of the month before the vintage's"
    return month_end(month_start(parse_month(month)) - pd.DateOffset(months=1)), why


def _persons(cell: Any) -> float:
    return float("nan") if pd.isna(cell) else float(cell)
