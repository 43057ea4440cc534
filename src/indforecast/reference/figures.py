"""The published figures as typed records: months, totals over several months, nationalities.

What belongs here: reading the embedded tables, one publication day and one precedence per record.
What does not: anything computed from more than one record (``estimates``), figures in free text (``transcribed``).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from indforecast.domain.periods import parse_month
from indforecast.reference import lags, transcribed
from indforecast.reference.facts import source_text

if TYPE_CHECKING:
    from datetime import date

#: What each series counts, as the ``definition`` of its rows.
DEFINITIONS: dict[str, str] = {
    "asylum": "total_influx",
    "asylum_first": "first_application_signed",
    "asylum_repeat": "repeat_application",
    "asylum_nareis": "nareis_arrival",
    "nareis_applications": "nareis_application",
    "knowledge_migrants": "kennis_en_talent_application",
    "students": "study_application",
    "naturalisation": "naturalisation_application",
}

# Where two sources give one month, the higher wins however late the lower one comes: exact over rounded,
# restated over first, a table over a sentence.
_FACT, _IN_FIGURES, _OWN, _RESTATED = range(4)

_PRESS_TABLE = "ind_asylum_monthly_press.csv"
_PRESS_COLUMNS = {
    "asylum": "total_influx",
    "asylum_first": "first_applications",
    "asylum_repeat": "repeat_applications",
    "asylum_nareis": "nareis_arrivals",
}
_QUARTER_COLUMNS = {"asylum_first": "first_applications", "asylum_nareis": "nareis"}
_NATIONALITY_STREAMS = {"first_asylum_application": "asylum_first", "nareis_family_member": "asylum_nareis"}


@dataclass(frozen=True)
class MonthFigure:
    """One published month: persons, where from, since when, and its rank where two sources give one month."""

    series_id: str
    period: pd.Timestamp
    observed: int
    source: str
    available_from: date
    precedence: int


@dataclass(frozen=True)
class TotalFigure:
    """One published total over consecutive months (a quarter or a calendar year)."""

    series_id: str
    periods: tuple[pd.Timestamp, ...]
    observed: int
    label: str
    available_from: date


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(source_text(name))))


def _months(first: pd.Timestamp, count: int) -> tuple[pd.Timestamp, ...]:
    return tuple(pd.date_range(first, periods=count, freq="MS"))


@cache
def month_figures() -> tuple[MonthFigure, ...]:
    """Every published national month that is used, in no particular order."""
    old_definition = {
        (entry.series_id, entry.period) for entry in transcribed.NOT_USED if entry.where == _PRESS_TABLE
    }
    figures: list[MonthFigure] = []
    for row in _rows(_PRESS_TABLE):
        period, own = parse_month(row["month"]), row["kind"] == "own"
        day = lags.press(period) if own else lags.restatement(period)
        source = f"IND monthly figures ({'first' if own else 'restated'}): {row['source']}"
        figures += [
            MonthFigure(series_id, period, int(row[column]), source, day, _OWN if own else _RESTATED)
            for series_id, column in _PRESS_COLUMNS.items()
            if row[column] and (series_id, row["month"]) not in old_definition
        ]
    for row in _rows("ind_in_figures.csv"):
        if row["stream"] == "asylum_first" and row["measure"] == "applications":
            said = pd.to_datetime(row["source"].removeprefix("IND in figures "), format="%b %Y")
            figures.append(
                MonthFigure(
                    "asylum_first", parse_month(row["period"]), int(row["value"]),
                    f"{row['source']}, rounded to 10", lags.press(said), _IN_FIGURES,
                )
            )  # fmt: skip
    for month in transcribed.MONTHS:
        period = parse_month(month.period)
        day = month.available_from or lags.restatement(period)
        source = f"netherlands_facts {month.topic}: {month.why}"
        figures.append(MonthFigure(month.series_id, period, month.observed, source, day, _FACT))
    return tuple(figures)


@cache
def quarter_totals() -> tuple[TotalFigure, ...]:
    """CBS quarters: first applications from 2013-Q1, nareis arrivals from 2018-Q1."""
    totals = []
    for row in _rows("cbs_asylum_quarterly.csv"):
        year, number = row["quarter"].split("-Q")
        periods = _months(pd.Timestamp(year=int(year), month=3 * int(number) - 2, day=1), 3)
        totals += [
            TotalFigure(
                series_id, periods, int(row[column]), f"CBS quarter {row['quarter']}", lags.quarter(periods[-1])
            )
            for series_id, column in _QUARTER_COLUMNS.items()
            if row[column]
        ]
    return tuple(totals)


@cache
def annual_figures() -> dict[tuple[str, str, int], int]:
    """Published annual figures by (stream as the table names it, measure, year)."""
    rows = _rows("ind_annual_by_stream.csv")
    return {(row["stream"], row["measure"], int(row["year"])): int(row["value"]) for row in rows}


@cache
def annual_totals() -> tuple[TotalFigure, ...]:
    """Annual totals that months are fitted to: years without four quarters, and repeat applications.

    Repeat applications are published for 2022 and 2024 only; for other years the total is
    total inflow - first - nareis arrivals of that year, where a total with nareis by *arrival* is published.
    """
    totals = []
    for year in range(2013, 2026):
        for series_id, stream in (("asylum_first", "asylum_first"), ("asylum_nareis", "nareis_arrivals")):
            published = annual_figures().get((stream, "influx", year))
            if published is not None and _quarter_sum(series_id, year) is None:
                totals.append(_year(series_id, year, published, f"annual total {year}"))
        repeat = _repeat_year(year)
        if repeat is not None:
            totals.append(_year("asylum_repeat", year, *repeat))
    return tuple(totals)


def _year(series_id: str, year: int, observed: int, label: str) -> TotalFigure:
    periods = _months(pd.Timestamp(year=year, month=1, day=1), 12)
    return TotalFigure(series_id, periods, observed, label, lags.annual(year))


def _quarter_sum(series_id: str, year: int) -> int | None:
    parts = [t.observed for t in quarter_totals() if t.series_id == series_id and t.periods[0].year == year]
    return sum(parts) if len(parts) == 4 else None


def _repeat_year(year: int) -> tuple[int, str] | None:
    annual = annual_figures()
    stated = {entry.year: entry.observed for entry in transcribed.YEARS if entry.series_id == "asylum_repeat"}
    published = annual.get(("asylum_repeat", "influx", year), stated.get(year))
    if published is not None:
        return published, f"annual total {year}"
    total = annual.get(("asylum_influx_total", "influx", year))
    first = annual.get(("asylum_first", "influx", year), _quarter_sum("asylum_first", year))
    nareis = annual.get(("nareis_arrivals", "influx", year), _quarter_sum("asylum_nareis", year))
    if total is None or first is None or nareis is None:
        return None
    return total - first - nareis, f"total {year} - first - nareis"


@cache
def nationality_figures() -> pd.DataFrame:
    """CBS table 83102NED: the seven largest nationalities by month, rounded to 5.

    Returns
    -------
    DataFrame
        ``series_id`` (``asylum_first.SYR``), ``stream``, ``period`` datetime64[ns], ``observed`` int64.
    """
    frame = pd.read_csv(io.StringIO(source_text("cbs_asylum_top7_monthly.csv")))
    stream = frame["stream"].map(_NATIONALITY_STREAMS)
    return pd.DataFrame(
        {
            "series_id": stream + "." + frame["nationality_iso3"],
            "stream": stream,
            "period": pd.to_datetime(frame["month"], format="%Y-%m"),
            "observed": frame["value"].astype("int64"),
        }
    )
