"""Charts and tables of planning's measures, each for any measure.

What belongs here: choosing rows of ``plan_monthly`` and ``plan_yearly`` and setting them out. What does not:
which of them a section shows (``plan_sections``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from indforecast.planning.measures import ALL, MEASURES, YearRule
from indforecast.publication import charts
from indforecast.publication.tables import records
from indforecast.publication.views import Chart, Key, Table

if TYPE_CHECKING:
    from indforecast.publication.context import ReportContext


_MONTHS: Final = 12

#: What finance asks for.
BUDGET: Final = "budget_eur"

#: The parts of the budget that do not follow inflow.
FIXED: Final = ("budget_other_products_eur", "budget_input_eur")


def rows_of(context: ReportContext, measure: str, series_id: str) -> pd.DataFrame:
    """Years that bands are published for; a sum over part of a year's months is no year and is left out."""
    table = context.facts.table("plan_yearly")
    rows = table[(table["measure"] == measure) & (table["series_id"] == series_id)]
    rows = rows[rows["year"].isin(context.facts.years)]
    if "months" in rows and MEASURES[measure].year in (YearRule.SUM, YearRule.RATIO):
        rows = rows[rows["months"].astype(int) == _MONTHS]
    return rows.sort_values("year")


def months_of(context: ReportContext, measure: str, series_id: str) -> pd.DataFrame:
    """Months of a measure, rising."""
    table = context.facts.table("plan_monthly")
    rows = table[(table["measure"] == measure) & (table["series_id"] == series_id)].sort_values("period")
    return rows.reset_index(drop=True)


def streams_with(context: ReportContext, measure: str) -> list[str]:
    """Streams that a measure is planned for, in publication order, the total last."""
    table = context.facts.table("plan_yearly")
    have = set(table.loc[table["measure"] == measure, "series_id"])
    order = [*context.facts.inputs.hierarchy.series_ids, ALL]
    return [series_id for series_id in order if series_id in have]


def strong_rows(context: ReportContext, measure: str) -> frozenset[int]:
    """The row of the year that the release is about."""
    years = rows_of(context, measure, ALL)["year"].astype(int).tolist()
    return frozenset(place for place, year in enumerate(years) if year == context.facts.year)


def year_rule(context: ReportContext, measure: str) -> str:
    """How a year comes from its months, in words."""
    return context.language.text(f"plan.rule_{MEASURES[measure].year.value}")


def label_of(context: ReportContext, measure: str) -> str:
    """A measure's name."""
    known = MEASURES[measure]
    return context.language.pick(known.label_nl, known.label_en)


def _unit(context: ReportContext, measure: str) -> str:
    return context.language.text(f"unit.{MEASURES[measure].unit}")


def monthly_chart(context: ReportContext, measure: str, series_id: str = ALL) -> Chart:
    """A measure per month: medio and band."""
    language = context.language
    unit = MEASURES[measure].unit
    months = months_of(context, measure, series_id)
    label = label_of(context, measure)
    if series_id != ALL:
        label = f"{context.stream_label(series_id)}: {label[0].lower()}{label[1:]}"
    fan = months.rename(columns={"minimum": "low_80", "maximum": "high_80"})
    nothing = pd.DataFrame({"period": [], "observed": [], "basis": []})
    first, last = months.iloc[0], months.iloc[-1]
    return Chart(
        title=language.text("plan.chart_title", label=label, unit=_unit(context, measure)),
        svg=context.draw(f"plan/{measure}/{series_id}", lambda: charts.fan_chart(nothing, fan, (), unit)),
        alt=language.text(
            "plan.monthly_alt",
            first=language.month(first["period"]),
            last=language.month(last["period"]),
            start=language.amount(first["medio"], unit),
            end=language.amount(last["medio"], unit),
            minimum=language.quantity(last["minimum"], unit),
            maximum=language.quantity(last["maximum"], unit),
        ),
        keys=_band_keys(context),
    )


def _band_keys(context: ReportContext) -> tuple[Key, ...]:
    language = context.language
    return (
        Key("line medio", language.text("legend.medio")),
        Key("band w80", language.text("legend.band", odds=context.odds())),
    )


def yearly_chart(context: ReportContext, measure: str, law: pd.DataFrame | None = None) -> Chart:
    """A measure per calendar year, beside the budget law where given."""
    language = context.language
    unit = MEASURES[measure].unit
    bands = rows_of(context, measure, ALL)
    none = pd.DataFrame({"year": [], "observed": [], "simulated": []})
    listed = ", ".join(
        language.text("streams.year_value", year=row["year"], value=language.quantity(row["medio"], unit))
        for row in records(bands)
    )
    keys = _band_keys(context)
    if law is not None and len(law):
        keys += (Key("diamond", language.text("legend.law")),)
    return Chart(
        title=language.text("plan.yearly_title", label=label_of(context, measure), unit=_unit(context, measure)),
        svg=context.draw(
            f"plan-years/{measure}", lambda: charts.year_chart(none, bands, unit, law, wide=law is not None)
        ),
        alt=language.text("plan.yearly_alt", medio=listed),
        keys=keys,
        narrow=law is None,
    )


def backlog_months(context: ReportContext) -> str:
    """In how many months cases past their term are worked away."""
    return context.language.number(context.facts.inputs.settings.planning.staffing.backlog_months.value)


def year_table(context: ReportContext, measure: str, *, within: str | None = None, note: str = "") -> Table | None:
    """Bands of the total per year; None when the measure was not planned. ``within`` names a term in months."""
    language = context.language
    rows = rows_of(context, measure, ALL)
    if rows.empty:
        return None
    unit = MEASURES[measure].unit
    names = {"label": label_of(context, measure), "unit": _unit(context, measure)}
    return Table(
        caption=(
            language.text("plan.year_table", **names)
            if within is None
            else language.text("plan.year_table_within", months=within, **names)
        ),
        head=tuple(language.text(f"column.{column}") for column in ("year", "minimum", "medio", "maximum")),
        rows=tuple(
            (
                str(row["year"]),
                *(language.quantity(value, unit) for value in (row["minimum"], row["medio"], row["maximum"])),
            )
            for row in records(rows)
        ),
        note=note,
        strong=strong_rows(context, measure),
    )


def by_stream(context: ReportContext, measure: str) -> Table | None:
    """Medio per stream and year."""
    language = context.language
    streams = streams_with(context, measure)
    if len(streams) < 2:
        return None
    unit = MEASURES[measure].unit
    years = rows_of(context, measure, streams[0])["year"].astype(int).tolist()
    rows = []
    labels = [(context.stream_label(series_id), measure, series_id) for series_id in streams]
    if measure == BUDGET:
        fixed = [(label_of(context, item), item, ALL) for item in FIXED if len(rows_of(context, item, ALL))]
        labels = [*labels[:-1], *fixed, (language.text("column.total"), measure, ALL)]
    for label, item, series_id in labels:
        medio = rows_of(context, item, series_id).set_index("year")["medio"]
        rows.append((label, *(language.quantity(medio.get(year, float("nan")), unit) for year in years)))
    return Table(
        caption=language.text("plan.by_stream", label=label_of(context, measure), unit=_unit(context, measure)),
        head=(language.text("column.stream"), *(str(year) for year in years)),
        rows=tuple(rows),
        note=language.text("plan.sums"),
        strong=frozenset({len(rows) - 1}) if streams[-1] == ALL else frozenset(),
    )


def month_table(context: ReportContext, measure: str) -> Table | None:
    """Bands of the total per month, folded; None when the measure was not planned."""
    language = context.language
    rows = months_of(context, measure, ALL)
    if rows.empty:
        return None
    unit = MEASURES[measure].unit
    return Table(
        caption=language.text("plan.month_table", label=label_of(context, measure), unit=_unit(context, measure)),
        head=tuple(language.text(f"column.{column}") for column in ("month", "minimum", "medio", "maximum")),
        rows=tuple(
            (
                language.month(row["period"]),
                *(language.quantity(value, unit) for value in (row["minimum"], row["medio"], row["maximum"])),
            )
            for row in records(rows)
        ),
        summary=language.text("plan.show_months"),
    )


def facts_beside(context: ReportContext, *measures: str) -> dict[str, Any]:
    """Published figures to set beside a measure, with their source; none that is younger than the vintage."""
    inputs = context.facts.inputs
    known = [fact for fact in inputs.settings.planning.facts if fact.when <= inputs.vintage.isoformat()]
    facts = [fact for fact in known if fact.measure in measures]
    if not facts:
        return {}
    items = tuple(f"{context.language.pick(fact.text_nl, fact.text_en)} ({fact.source})" for fact in facts)
    return {"list_title": context.language.text("plan.facts"), "items": items}


def start_table(context: ReportContext, measure: str) -> Table | None:
    """Where stocks of a measure stand at the forecast origin, and from which count they were rolled on."""
    start = context.facts.inputs.tables.get("plan_start")
    if start is None or start[start["measure"] == measure].empty:
        return None
    language = context.language
    rows = records(start[start["measure"] == measure])
    columns = ("stream", "counted_in", "stands_at", "stock")
    return Table(
        caption=language.text("plan.start_table", label=label_of(context, measure), unit=_unit(context, measure)),
        head=tuple(language.text(f"column.{column}") for column in columns),
        rows=tuple(
            (
                context.stream_label(str(row["series_id"])),
                language.month(row["counted_in"]),
                language.month(row["period"]),
                language.quantity(row["value"], row["unit"]),
            )
            for row in rows
        ),
        text_columns=3,
        note=language.text("plan.start_note"),
    )


def notes_of(context: ReportContext) -> tuple[str, ...]:
    """What a reader has to know of this plan, for example figures used with hindsight."""
    notes = context.facts.inputs.tables.get("plan_notes")
    if notes is None:
        return ()
    return tuple(str(text) for text in notes[f"text_{context.language.code}"])
