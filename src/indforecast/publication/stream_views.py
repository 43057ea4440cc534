"""Charts and tables of one stream, and how its hit rates are written.

What belongs here: setting out bands, quantiles, history and hit rates of a stream. What does not: the words
around them (``stream_sections``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.domain.observations import Basis
from indforecast.publication import charts
from indforecast.publication.opening import marked, observed_year_text
from indforecast.publication.tables import records
from indforecast.publication.views import Chart, Key, Table

if TYPE_CHECKING:
    from indforecast.publication.context import ReportContext
    from indforecast.publication.language import Language

#: Years of history that a monthly chart shows, and observed years in a table beside the forecast ones.
_YEARS_SHOWN: Final = 9
_YEARS_BESIDE: Final = 3

#: Kinds of targets in the table of hit rates.
MONTH, CALENDAR_YEAR = "month", "calendar_year"
_OUTER: Final = (("95", 0.025, 0.975),)
_INNER: Final = (("50", 0.25, 0.75),)


def rows_of_stream(table: pd.DataFrame, series_id: str) -> pd.DataFrame:
    """Rows of one stream."""
    return table[table["series_id"] == series_id].reset_index(drop=True)


def hit_rate(context: ReportContext, name: str, kind: str, lead: str) -> pd.Series | None:
    """A stream's hit rate of a kind and lead; None where nothing was validated."""
    table = rows_of_stream(context.facts.table("hit_rates"), name)
    rows = table[(table["kind"] == kind) & (table["horizon_band"].astype(str) == lead)]
    if rows.empty or not bool(rows["validated"].iloc[0]) or pd.isna(rows["hit_rate"].iloc[0]):
        return None
    row: pd.Series = rows.iloc[0]
    return row


def _held(language: Language, rate: pd.Series) -> str:
    return language.text("streams.held_windows", **hit_counts(language, rate))


def hit_counts(language: Language, rate: pd.Series) -> dict[str, str]:
    """Hits, targets and independent windows as text."""
    hits = round(float(rate["hit_rate"]) * int(rate["targets"]))
    return {
        "hits": language.number(hits),
        "targets": language.number(int(rate["targets"])),
        "windows": language.number(int(rate["independent_windows"])),
    }


def held_cell(context: ReportContext, name: str, kind: str, lead: str) -> str:
    """A hit rate for a table's cell, or why there is none."""
    if name in context.facts.simulated:
        return context.language.text("streams.not_validated")
    rate = hit_rate(context, name, kind, lead)
    return context.language.text("streams.held_none") if rate is None else _held(context.language, rate)


def chart_start(origin: object) -> pd.Timestamp:
    """First month that a chart shows."""
    return pd.Timestamp(pd.Timestamp(origin).year - _YEARS_SHOWN + 1, 1, 1)  # type: ignore[arg-type]


def monthly_chart(context: ReportContext, name: str, events: list[tuple[float, str]]) -> Chart:
    """History and fan of a stream."""
    language, facts = context.language, context.facts
    observed = rows_of_stream(facts.observed, name)
    observed = observed[observed["period"] >= chart_start(facts.inputs.forecast_origin)].reset_index(drop=True)
    bands = rows_of_stream(facts.table("monthly_bands"), name).head(facts.inputs.settings.bands.monthly_months)
    label = context.stream_label(name)
    marks = [(number, x) for number, (x, _) in enumerate(events, start=1)]
    last = bands.iloc[-1]
    alt = language.text(
        "streams.monthly_alt",
        first=language.month(observed["period"].iloc[0]) if len(observed) else "–",
        last=language.month(observed["period"].iloc[-1]) if len(observed) else "–",
        observed=language.amount(observed["observed"].iloc[-1], "persons") if len(observed) else "–",
        end=language.month(last["period"]),
        medio=language.number(last["medio"]),
        minimum=language.number(last["minimum"]),
        maximum=language.number(last["maximum"]),
    )
    return Chart(
        title=language.text("streams.monthly_title", label=label),
        svg=context.draw(f"monthly/{name}", lambda: charts.fan_chart(observed, _fan(context, name, bands), marks)),
        alt=alt,
        keys=_keys(context, set(observed["basis"])),
    )


def _fan(context: ReportContext, name: str, bands: pd.DataFrame) -> pd.DataFrame:
    """The published band per month, and around and within it the central 95 and 50 % where they fit."""
    quantiles = rows_of_stream(context.facts.table("quantiles"), name)
    wide = quantiles.pivot_table(index="period", columns="quantile_level", values="value")
    wide = wide.loc[wide.index.isin(bands["period"])]
    levels = wide.columns.to_numpy(dtype=np.float64)
    fan = pd.DataFrame({"period": wide.index, "medio": bands["medio"].to_numpy()[: len(wide)]})
    within = wide.index
    published = bands.set_index("period").loc[within]
    fan["low_80"], fan["high_80"] = published["minimum"].to_numpy(), published["maximum"].to_numpy()
    for width, low, high in _beside(context):
        for side, level in (("low", low), ("high", high)):
            at = np.flatnonzero(np.isclose(levels, level))
            if len(at):
                fan[f"{side}_{width}"] = wide.iloc[:, int(at[0])].to_numpy()
    return fan


def _beside(context: ReportContext) -> list[tuple[str, float, float]]:
    """Intervals that can be drawn with the published band: one that encloses it, one that lies within it."""
    bands = context.facts.inputs.settings.bands
    outer = [pair for pair in _OUTER if pair[1] < bands.minimum and bands.maximum < pair[2]]
    inner = [pair for pair in _INNER if bands.minimum < pair[1] and pair[2] < bands.maximum]
    return [*outer, *inner]


def _keys(context: ReportContext, bases: set[str]) -> tuple[Key, ...]:
    language = context.language
    drawn = {width for width, _, _ in _beside(context)}
    names: dict[str, str] = {
        width: language.text(f"legend.band_{width}") for width in ("50", "95") if width in drawn
    }
    names["80"] = language.text("legend.band", odds=context.odds())
    keys = [Key("line", language.text("legend.observed"))] if bases & {Basis.PUBLISHED, Basis.DERIVED} else []
    if Basis.ESTIMATED in bases:
        keys.append(Key("line estimated", language.text("legend.estimated")))
    if Basis.SIMULATED in bases:
        keys.append(Key("line simulated", language.text("legend.simulated")))
    keys.append(Key("line medio", language.text("legend.medio")))
    return (*keys, *(Key(f"band w{width}", names[width]) for width in ("50", "80", "95") if width in names))


def yearly_chart(context: ReportContext, name: str) -> Chart:
    """Calendar years of a stream."""
    language, facts = context.language, context.facts
    bands = rows_of_stream(facts.table("yearly_bands"), name)
    observed = rows_of_stream(facts.observed, name)
    by_year = observed.groupby(pd.to_datetime(observed["period"]).dt.year).agg(
        observed=("observed", "sum"),
        months=("observed", "size"),
        simulated=("basis", lambda item: (item == "simulated").mean() > 0.5),
    )
    whole = by_year[(by_year["months"] == 12) & (by_year.index < int(bands["year"].min()))].tail(_YEARS_SHOWN)
    bars = whole.rename_axis("year").reset_index()[["year", "observed", "simulated"]]
    alt = language.text(
        "streams.yearly_alt",
        observed=", ".join(_year_value(language, row["year"], row["observed"]) for row in records(bars)) or "–",
        medio=", ".join(_year_value(language, row["year"], row["medio"]) for row in records(bands)),
    )
    keys = [Key("bar", language.text("legend.observed"))] if (~bars["simulated"].astype(bool)).any() else []
    if bars["simulated"].any():
        keys.append(Key("bar simulated", language.text("legend.simulated")))
    keys += [
        Key("line medio", language.text("legend.medio")),
        Key("band w80", language.text("legend.band", odds=context.odds())),
    ]
    return Chart(
        title=language.text("streams.yearly_title", label=context.stream_label(name)),
        svg=context.draw(f"yearly/{name}", lambda: charts.year_chart(bars, bands)),
        alt=alt,
        keys=tuple(keys),
        narrow=True,
    )


def _year_value(language: Language, year: object, value: object) -> str:
    return language.text("streams.year_value", year=year, value=language.number(float(value)))  # type: ignore[arg-type]


def yearly_table(context: ReportContext, name: str) -> Table:
    """Calendar years of a stream: observed, band, how often such a band held."""
    language, facts = context.language, context.facts
    bands = rows_of_stream(facts.table("yearly_bands"), name)
    dash = "–"
    rows: list[tuple[str, ...]] = []
    first = int(bands["year"].min())
    for year in range(first - _YEARS_BESIDE, first):
        observed = observed_year_text(context, name, year)
        if observed is not None:
            rows.append((str(year), observed, dash, dash, dash, dash))
    strong = frozenset(
        len(rows) + place for place, year in enumerate(bands["year"].astype(int)) if year == facts.year
    )
    origin = pd.Timestamp(facts.inputs.forecast_origin).year
    for row in records(bands):
        so_far = dash
        if row["observed_months"]:
            observed_text = marked(context, name, int(row["year"]), language.number(row["observed_persons"]))
            so_far = language.text("streams.so_far", observed=observed_text, months=int(row["observed_months"]))
        rows.append(
            (
                str(row["year"]),
                so_far,
                language.number(row["minimum"]),
                language.number(row["medio"]),
                language.number(row["maximum"]),
                held_cell(context, name, CALENDAR_YEAR, str(int(row["year"]) - origin)),
            )
        )
    head = ("year", "observed", "minimum", "medio", "maximum", "held")
    return Table(
        caption=language.text("streams.yearly_table", label=context.stream_label(name)),
        head=tuple(language.text(f"column.{column}") for column in head),
        rows=tuple(rows),
        strong=strong,
        note=_held_note(context, name, current=first <= origin),
    )


def _held_note(context: ReportContext, name: str, *, current: bool) -> str:
    """Which past forecasts a year's hit rate takes together; nothing where there is none."""
    if name in context.facts.simulated:
        return ""
    key = "streams.held_pooled_current" if current else "streams.held_pooled"
    return context.language.text(key, year=pd.Timestamp(context.facts.inputs.forecast_origin).year)


def monthly_table(context: ReportContext, name: str) -> Table:
    """The monthly chart's forecast as a table, folded."""
    language = context.language
    bands = rows_of_stream(context.facts.table("monthly_bands"), name)
    table = rows_of_stream(context.facts.table("hit_rates"), name)
    labels = [str(item) for item in table.loc[table["kind"] == MONTH, "horizon_band"] if "-" in str(item)]
    rows = []
    for ahead, row in enumerate(records(bands), start=1):
        lead = next((item for item in labels if int(item.split("-")[0]) <= ahead <= int(item.split("-")[1])), "")
        figures = (language.number(value) for value in (row["minimum"], row["medio"], row["maximum"]))
        rows.append((language.month(row["period"]), *figures, held_cell(context, name, MONTH, lead)))
    return Table(
        caption=language.text("streams.monthly_table", label=context.stream_label(name)),
        head=tuple(
            language.text(f"column.{column}") for column in ("month", "minimum", "medio", "maximum", "held")
        ),
        rows=tuple(rows),
        summary=language.text("streams.show_monthly"),
    )


def history_table(context: ReportContext, name: str) -> Table:
    """Years down, months across; what is not official is marked."""
    language = context.language
    observed = rows_of_stream(context.facts.observed, name)
    stamps = pd.to_datetime(observed["period"])
    mark = {
        Basis.ESTIMATED.value: language.text("streams.mark_estimated"),
        Basis.SIMULATED.value: language.text("streams.mark_simulated"),
    }
    cells = {
        (year, month): language.number(value) + mark.get(basis, "")
        for year, month, value, basis in zip(
            stamps.dt.year, stamps.dt.month, observed["observed"], observed["basis"], strict=True
        )
    }
    totals = observed.groupby(stamps.dt.year)["observed"].agg(["sum", "size"])
    rows = tuple(
        (
            str(year),
            *(cells.get((year, month), "") for month in range(1, 13)),
            language.number(total["sum"]) if total["size"] == 12 else "",
        )
        for year, total in zip(totals.index, records(totals), strict=True)
    )
    return Table(
        caption=language.text("streams.history_table", label=context.stream_label(name)),
        head=(
            language.text("column.year"),
            *(language.short_month(month) for month in range(1, 13)),
            language.text("column.total"),
        ),
        rows=rows,
        note=language.text("streams.history_note"),
        summary=language.text("streams.show_history"),
    )
