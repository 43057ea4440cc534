"""What tables of scenario bands must look like before anything rests on them.

What belongs here: the checks of monthly and yearly bands and the preparation of both tables. What does not: how
bands are made (``indforecast.scenarios``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from expectations.checks import Check, Prepared, build_suite, flagged, quoted, schema_checks, texts_at, with_flags

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import great_expectations as gx

    from indforecast.domain.series import Hierarchy

BAND_COLUMNS: Final = ("minimum", "medio", "maximum")
YEAR_COLUMNS: Final = ("observed_months", "observed_persons")
#: A maximum beyond this many times the largest month (or twelve months) ever observed is remarked on.
PLAUSIBLE_TIMES: Final = 20
#: No stream of the Netherlands can have more persons in a month or a year.
MAX_PERSONS: Final = 20_000_000
#: Quantiles of whole persons: half a person is not a breach.
_HALF: Final = 0.5


@dataclass(frozen=True)
class BandsContext:
    """What bands are judged against.

    Parameters
    ----------
    kind : {"monthly", "yearly"}
        Which of the two tables.
    series_ids : tuple of str
        Every series that must be there.
    periods : tuple of str
        Every month (``YYYY-MM``) or year (``YYYY``) that each series must have, and no other.
    parts : mapping of str to tuple of str
        Each total with the base streams that it adds up.
    largest : mapping of str to float
        Persons in the largest month, or the largest twelve months, ever observed per series; a series that is not
        in it is not judged by it.
    """

    kind: Literal["monthly", "yearly"]
    series_ids: tuple[str, ...]
    periods: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    largest: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def monthly(
        cls,
        hierarchy: Hierarchy,
        forecast_origin: date | np.datetime64,
        months: int,
        history: pd.DataFrame | None = None,
        *,
        horizon: int | None = None,
    ) -> BandsContext:
        """For the months after the origin.

        Parameters
        ----------
        hierarchy : Hierarchy
            All streams.
        forecast_origin : date, datetime64 or Timestamp
            Last observed month.
        months : int
            ``settings.bands.monthly_months``.
        history : DataFrame, optional
            ``series_id``, ``period``, ``observed``: latest known values of base streams.
        horizon : int, optional
            Months that the paths reach, where that may be less than the bands ask for.
        """
        first = np.datetime64(pd.Timestamp(forecast_origin), "M") + 1
        count = months if horizon is None else min(months, horizon)
        periods = tuple(str(first + step) for step in range(count))
        return cls("monthly", hierarchy.series_ids, periods, _parts(hierarchy), _largest(hierarchy, history, 1))

    @classmethod
    def yearly(
        cls,
        hierarchy: Hierarchy,
        forecast_origin: date | np.datetime64,
        years: int,
        history: pd.DataFrame | None = None,
        *,
        horizon: int | None = None,
    ) -> BandsContext:
        """For calendar years from that of the first month after the origin on; else as :meth:`monthly`."""
        first = np.datetime64(pd.Timestamp(forecast_origin), "M") + 1
        start = first.astype("datetime64[Y]")
        whole = years if horizon is None else int(((first + horizon).astype("datetime64[Y]") - start).astype(int))
        count = min(years, whole)
        periods = tuple(str(start + step) for step in range(count))
        return cls("yearly", hierarchy.series_ids, periods, _parts(hierarchy), _largest(hierarchy, history, 12))

    @property
    def period_column(self) -> str:
        """The column that holds the month or the year."""
        return "period" if self.kind == "monthly" else "year"

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that must be there."""
        extra = () if self.kind == "monthly" else YEAR_COLUMNS
        return ("series_id", self.period_column, *BAND_COLUMNS, *extra)


def bands_checks(context: BandsContext) -> tuple[Check, ...]:
    """The checks of one of the two tables, in the order in which they are shown."""
    unit = "month" if context.kind == "monthly" else "year"
    filled = tuple(
        Check(f"{column}_filled", "critical", f"No row lacks its {column}", "ExpectColumnValuesToNotBeNull",
              {"column": column}, (f"row has no {column}", f"rows have no {column}"))
        for column in context.columns
    )  # fmt: skip
    pairs = tuple(
        Check(f"{low}_up_to_{high}", "critical", f"The {low} is nowhere above the {high}",
              "ExpectColumnPairValuesAToBeGreaterThanB",
              {"column_A": high, "column_B": low, "or_equal": True, "ignore_row_if": "either_value_is_missing"},
              (f"row has a {low} above its {high}", f"rows have a {low} above their {high}"))
        for low, high in (("minimum", "medio"), ("medio", "maximum"))
    )  # fmt: skip
    yearly = () if context.kind == "monthly" else (
        Check("observed_months_in_year", "critical", "A year has 0 to 12 observed months",
              "ExpectColumnValuesToBeBetween", {"column": "observed_months", "min_value": 0, "max_value": 12},
              ("row has more than 12 observed months, or fewer than none",
               "rows have more than 12 observed months, or fewer than none")),
        Check("observed_persons_not_negative", "critical", "The observed part of a year is not negative",
              "ExpectColumnValuesToBeBetween", {"column": "observed_persons", "min_value": 0},
              ("row has a negative observed part", "rows have a negative observed part")),
        flagged("year_holds_observed_part", "critical",
                "No year's minimum is below what was already observed in it",
                "A calendar year is observed months plus paths."),
    )  # fmt: skip
    return (
        *schema_checks(context.columns),
        Check("rows_present", "critical", "The table holds at least one row", "ExpectTableRowCountToBeBetween",
              {"min_value": 1}),
        *filled,
        flagged("series_known", "critical", "Every series is a configured stream or total"),
        Check("series_complete", "critical", "Every stream and total has a band",
              "ExpectColumnDistinctValuesToContainSet",
              {"column": "series_id", "value_set": list(context.series_ids)}),
        flagged(f"{unit}_expected", "critical", f"Every {unit} is one that was asked for"),
        flagged(f"every_{unit}_there", "critical", f"Every series has all {len(context.periods)} {unit}s",
                locates=False),
        flagged("one_row_each", "critical", f"A series has one row per {unit}"),
        Check("minimum_not_negative", "critical", "No minimum is negative", "ExpectColumnValuesToBeBetween",
              {"column": "minimum", "min_value": 0},
              ("row has a negative minimum", "rows have a negative minimum")),
        Check("maximum_possible", "critical", f"No maximum exceeds {MAX_PERSONS:,} persons",
              "ExpectColumnValuesToBeBetween", {"column": "maximum", "max_value": MAX_PERSONS},
              ("row has an impossible maximum", "rows have an impossible maximum")),
        *pairs,
        *yearly,
        flagged("total_within_parts", "critical",
                "The medio of a total lies between the sum of its parts' minima and the sum of their maxima",
                "Sure for up to four parts at 0.1 and 0.9; see docs/methods/validation.md."),
        flagged("band_has_width", "warning", f"No {unit} has a band without width"),
        flagged("plausible_against_history", "warning",
                f"No maximum exceeds {PLAUSIBLE_TIMES} times the largest {unit} ever observed",
                "Of years: the largest twelve months in a row."),
    )  # fmt: skip


def bands_suite(context: BandsContext) -> gx.ExpectationSuite:
    """The Great Expectations suite for bands; imports Great Expectations."""
    return build_suite(f"{context.kind} bands", bands_checks(context))


def prepare_bands(frame: pd.DataFrame, context: BandsContext) -> Prepared:
    """Bands with helper columns and every rule computed.

    Parameters
    ----------
    frame : DataFrame
        ``series_id``, ``period`` or ``year``, ``minimum``, ``medio``, ``maximum``; yearly also
        ``observed_months``, ``observed_persons``.
    context : BandsContext
        What it is judged against.
    """
    missing = tuple(column for column in context.columns if column not in frame.columns)
    if missing:
        return Prepared(frame=frame, missing=missing)
    typed = _typed(frame, context)
    unit = "month" if context.kind == "monthly" else "year"
    texts = {
        "series_known": _say(typed, ~typed["series_id"].isin(context.series_ids), "is not a configured series"),
        f"{unit}_expected": _say(typed, ~typed["when"].isin(context.periods), f"is no {unit} that was asked for"),
        f"every_{unit}_there": _absent(typed, context),
        "one_row_each": _say(typed, typed.duplicated(["series_id", "when"], keep=False), "has more than one row"),
        "total_within_parts": _outside_parts(typed, context),
        "band_has_width": _say(typed, typed["maximum"] <= typed["minimum"], "has a band without width"),
        "plausible_against_history": _say(
            typed,
            typed["maximum"] > PLAUSIBLE_TIMES * typed["series_id"].map(context.largest).astype(np.float64),
            "has a maximum far beyond anything observed",
        ),
    }
    if context.kind == "yearly":
        below = typed["minimum"] < typed["observed_persons"] - _HALF
        texts["year_holds_observed_part"] = _say(typed, below, "has a minimum below its observed part")
    absent = [series_id for series_id in context.series_ids if series_id not in set(typed["series_id"])]
    return Prepared(
        frame=with_flags(typed, texts),
        texts=texts,
        table_texts={
            "rows_present": "the table holds no row",
            "series_complete": f"no band for {', '.join(absent)}",
        },
        labels=_labels(typed),
    )


def _typed(frame: pd.DataFrame, context: BandsContext) -> pd.DataFrame:
    typed = frame[list(context.columns)].reset_index(drop=True)
    typed["row"] = frame["row"].to_numpy() if "row" in frame.columns else range(1, len(frame) + 1)
    typed["series_id"] = typed["series_id"].astype(object)
    for column in context.columns[2:]:
        typed[column] = pd.to_numeric(typed[column], errors="coerce").astype(np.float64)
    if context.kind == "monthly":
        typed["period"] = pd.to_datetime(typed["period"], errors="coerce")
        typed["when"] = typed["period"].dt.strftime("%Y-%m")
    else:
        typed["year"] = pd.to_numeric(typed["year"], errors="coerce").astype(np.float64)
        typed["when"] = typed["year"].map(lambda year: f"{year:.0f}", na_action="ignore")
    return typed


def _labels(frame: pd.DataFrame) -> pd.Series[str]:
    names = {series_id: quoted(series_id).strip("'") for series_id in frame["series_id"].dropna().unique()}
    series, when = frame["series_id"].map(names).astype(object), frame["when"].astype(object)
    return series.where(series.notna(), "no series") + ": " + when.where(when.notna(), "no period")


def _say(frame: pd.DataFrame, wrong: pd.Series[bool], what: str) -> pd.Series[str]:
    return (_labels(frame) + f" {what}")[wrong.to_numpy(dtype=bool)]


def _absent(frame: pd.DataFrame, context: BandsContext) -> pd.Series[str]:
    """Months that a series lacks, told at its last row: an absent row has no number of its own."""
    found: dict[int, str] = {}
    for series_id, group in frame[frame["series_id"].isin(context.series_ids)].groupby("series_id"):
        have = set(group["when"].dropna())
        absent = [period for period in context.periods if period not in have]
        if absent:
            at = group.sort_values(["when", "row"]).index[-1]
            found[at] = f"{series_id}: {_span(absent)} {'is' if len(absent) == 1 else 'are'} missing"
    return texts_at(found)


def _span(periods: Sequence[str]) -> str:
    return ", ".join(periods) if len(periods) <= 3 else f"{periods[0]} .. {periods[-1]} ({len(periods)} in all)"


def _outside_parts(frame: pd.DataFrame, context: BandsContext) -> pd.Series[str]:
    wrong = pd.Series(False, index=frame.index)
    for total, parts in context.parts.items():
        below = frame[frame["series_id"].isin(parts)].drop_duplicates(["series_id", "when"])
        sums = below.groupby("when")[["minimum", "maximum"]].sum()
        complete = below.groupby("when")["series_id"].nunique() == len(parts)
        sums = sums[complete]
        rows = frame[(frame["series_id"] == total) & frame["when"].isin(sums.index)]
        room = _HALF * len(parts)
        low = rows["medio"] < rows["when"].map(sums["minimum"]) - room
        high = rows["medio"] > rows["when"].map(sums["maximum"]) + room
        wrong.loc[rows.index[low | high]] = True
    return _say(frame, wrong, "has a medio that its parts cannot add up to")


def _parts(hierarchy: Hierarchy) -> dict[str, tuple[str, ...]]:
    return {stream.series_id: stream.parts for stream in hierarchy.streams if stream.parts}


def _largest(hierarchy: Hierarchy, history: pd.DataFrame | None, months: int) -> dict[str, float]:
    """Persons in the largest ``months`` months in a row, of every stream and total with a history."""
    if history is None or history.empty:
        return {}
    base = history[history["series_id"].isin(hierarchy.base_ids)]
    wide = base.pivot(index="period", columns="series_id", values="observed").astype(np.float64)  # noqa: PD010
    wide = wide.asfreq("MS")
    known = {series_id: wide[series_id] for series_id in wide.columns}
    for stream in hierarchy.streams:
        if stream.parts and set(stream.parts) <= set(known):
            known[stream.series_id] = wide[list(stream.parts)].sum(axis=1, skipna=False)
    peaks = {series_id: float(values.rolling(months).sum().max()) for series_id, values in known.items()}
    return {series_id: peak for series_id, peak in peaks.items() if np.isfinite(peak) and peak > 0}
