"""What inflow means: staff, budget, reception, open cases against their term.

What belongs here: the step from planning's tables to words, charts and tables. What does not: planning's
arithmetic; the budget law's figures, which are settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from indforecast.planning.measures import ALL, MEASURES, YearRule
from indforecast.publication import charts
from indforecast.publication.opening import budget_law
from indforecast.publication.tables import records
from indforecast.publication.views import Block, Chart, Key, Section, Table

if TYPE_CHECKING:
    from indforecast.publication.context import ReportContext


_MONTHS: Final = 12

_BUDGET: Final = "budget_eur"

#: The part of the budget that does not follow inflow.
_FIXED: Final = "budget_fixed_eur"

#: Streams whose open cases are drawn: the largest.
_DRAWN: Final = 2


def plan_sections(context: ReportContext) -> tuple[Section, ...]:
    """Staff, budget, reception, terms; a section whose measure was not planned is left out."""
    have = set(context.facts.table("plan_yearly")["measure"])
    sections = [
        ("staffing_fte", _staff),
        (_BUDGET, _budget),
        ("beds", _beds),
        ("open_cases", _terms),
    ]
    return tuple(build(context) for measure, build in sections if measure in have)


def _staff(context: ReportContext) -> Section:
    measure = "staffing_fte"
    extra = _year_table(context, "staffing_fte_backlog")
    block = Block(
        block_id="staff-figures",
        charts=(_monthly_chart(context, measure), _yearly_chart(context, measure)),
        tables=tuple(
            table
            for table in (
                _year_table(context, measure),
                _by_stream(context, measure),
                extra,
                _month_table(context, measure),
            )
            if table
        ),
        **_facts(context, measure, "handling_hours"),
    )
    return _section(context, "staff", block)


def _budget(context: ReportContext) -> Section:
    language, measure = context.language, _BUDGET
    law = pd.DataFrame([(year, value) for year, value in budget_law(context).items()], columns=["year", "value"])
    years = set(_rows(context, measure, ALL)["year"].astype(int))
    chart = _yearly_chart(context, measure, law[law["year"].isin(years)])
    block = Block(
        block_id="budget-figures",
        charts=(chart,),
        tables=tuple(
            table
            for table in (_law_table(context), _by_stream(context, measure), _month_table(context, measure))
            if table
        ),
        **_facts(context, measure),
    )
    return Section(
        "budget",
        language.text("budget.heading"),
        (language.text("budget.lede"), _rule(context, measure)),
        (block,),
    )


def _law_table(context: ReportContext) -> Table:
    """Budget need beside what the law grants, in million euro; the difference of what is shown is shown."""
    language = context.language
    budget = context.facts.inputs.settings.planning.budget
    law = budget_law(context)
    rows = []
    for row in records(_rows(context, _BUDGET, ALL)):
        year = int(row["year"])
        granted = law.get(year)
        product = budget.law_product[str(year)].value if granted is not None else float("nan")
        fixed = budget.law_input[str(year)].value if granted is not None else float("nan")
        gap = row["medio"] - granted if granted is not None else float("nan")
        rows.append(
            (
                str(year),
                *(language.quantity(value, "EUR") for value in (row["minimum"], row["medio"], row["maximum"])),
                language.quantity(granted if granted is not None else float("nan"), "EUR"),
                language.quantity(product, "EUR"),
                language.quantity(fixed, "EUR"),
                language.quantity(gap, "EUR", signed=True),
            )
        )
    columns = ("year", "minimum", "medio", "maximum", "law", "law_product", "law_input", "gap")
    return Table(
        caption=language.text("budget.table"),
        head=tuple(language.text(f"column.{column}") for column in columns),
        rows=tuple(rows),
        strong=_strong(context, _BUDGET),
    )


def _beds(context: ReportContext) -> Section:
    measures = ("beds", "residents", "reception_cost_eur")
    tables = [table for table in (_year_table(context, measure) for measure in measures) if table]
    months = _month_table(context, "beds")
    block = Block(
        block_id="beds-figures",
        charts=(_monthly_chart(context, "beds"), _yearly_chart(context, "beds")),
        tables=(*tables, *((months,) if months else ())),
        **_facts(context, *measures),
    )
    return _section(context, "beds", block)


def _terms(context: ReportContext) -> Section:
    language = context.language
    streams = [series_id for series_id in _streams(context, "open_cases") if series_id != ALL]
    largest = sorted(streams, key=lambda series_id: -float(_rows(context, "open_cases", series_id)["medio"].max()))
    past = _year_table(context, "open_past_term")
    block = Block(
        block_id="terms-figures",
        charts=tuple(_monthly_chart(context, "open_cases", series_id) for series_id in largest[:_DRAWN]),
        tables=(
            _term_table(context, "open_cases", language.text("terms.open_table")),
            _term_table(context, "share_in_term", language.text("terms.share_table")),
            *((past,) if past else ()),
        ),
        **_facts(context, "open_cases", "decisions", "share_in_term"),
    )
    return Section("terms", language.text("terms.heading"), (language.text("terms.lede"),), (block,))


def _term_table(context: ReportContext, measure: str, caption: str) -> Table:
    """A measure per stream and year beside the stream's legal term."""
    language, planned = context.language, context.facts.inputs.settings.planning.streams
    streams = _streams(context, measure)
    years = sorted({int(year) for series_id in streams for year in _rows(context, measure, series_id)["year"]})
    rows = []
    for series_id in streams:
        medio = _rows(context, measure, series_id).set_index("year")["medio"]
        months = planned[series_id].term_months if series_id in planned else None
        term = "–" if months is None else language.text("plan.months_term", months=months)
        cells = (language.quantity(medio.get(year, float("nan")), MEASURES[measure].unit) for year in years)
        rows.append((context.stream_label(series_id), term, *cells))
    head = (language.text("column.stream"), language.text("column.term"), *(str(year) for year in years))
    return Table(
        caption=caption,
        head=head,
        rows=tuple(rows),
        text_columns=2,
        strong=frozenset({len(rows) - 1}) if streams and streams[-1] == ALL else frozenset(),
    )


def _section(context: ReportContext, name: str, block: Block) -> Section:
    language = context.language
    measure = {"staff": "staffing_fte", "beds": "beds"}[name]
    return Section(
        name, language.text(f"{name}.heading"), (language.text(f"{name}.lede"), _rule(context, measure)), (block,)
    )


def _rule(context: ReportContext, measure: str) -> str:
    return context.language.text(f"plan.rule_{MEASURES[measure].year.value}")


def _label(context: ReportContext, measure: str) -> str:
    known = MEASURES[measure]
    return context.language.pick(known.label_nl, known.label_en)


def _unit(context: ReportContext, measure: str) -> str:
    return context.language.text(f"unit.{MEASURES[measure].unit}")


def _rows(context: ReportContext, measure: str, series_id: str) -> pd.DataFrame:
    """Years that bands are published for; a sum over part of a year's months is no year and is left out."""
    table = context.facts.table("plan_yearly")
    rows = table[(table["measure"] == measure) & (table["series_id"] == series_id)]
    rows = rows[rows["year"].isin(context.facts.years)]
    if "months" in rows and MEASURES[measure].year in (YearRule.SUM, YearRule.RATIO):
        rows = rows[rows["months"].astype(int) == _MONTHS]
    return rows.sort_values("year")


def _months(context: ReportContext, measure: str, series_id: str) -> pd.DataFrame:
    table = context.facts.table("plan_monthly")
    rows = table[(table["measure"] == measure) & (table["series_id"] == series_id)].sort_values("period")
    return rows.reset_index(drop=True)


def _streams(context: ReportContext, measure: str) -> list[str]:
    """Streams that a measure is planned for, in publication order, the total last."""
    table = context.facts.table("plan_yearly")
    have = set(table.loc[table["measure"] == measure, "series_id"])
    order = [*context.facts.inputs.hierarchy.series_ids, ALL]
    return [series_id for series_id in order if series_id in have]


def _strong(context: ReportContext, measure: str) -> frozenset[int]:
    years = _rows(context, measure, ALL)["year"].astype(int).tolist()
    return frozenset(place for place, year in enumerate(years) if year == context.facts.year)


def _monthly_chart(context: ReportContext, measure: str, series_id: str = ALL) -> Chart:
    language = context.language
    unit = MEASURES[measure].unit
    months = _months(context, measure, series_id)
    label = _label(context, measure)
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


def _yearly_chart(context: ReportContext, measure: str, law: pd.DataFrame | None = None) -> Chart:
    language = context.language
    unit = MEASURES[measure].unit
    bands = _rows(context, measure, ALL)
    none = pd.DataFrame({"year": [], "observed": [], "simulated": []})
    listed = ", ".join(
        language.text("streams.year_value", year=row["year"], value=language.quantity(row["medio"], unit))
        for row in records(bands)
    )
    keys = _band_keys(context)
    if law is not None and len(law):
        keys += (Key("diamond", language.text("legend.law")),)
    return Chart(
        title=language.text("plan.yearly_title", label=_label(context, measure), unit=_unit(context, measure)),
        svg=context.draw(
            f"plan-years/{measure}", lambda: charts.year_chart(none, bands, unit, law, wide=law is not None)
        ),
        alt=language.text("plan.yearly_alt", medio=listed),
        keys=keys,
        narrow=law is None,
    )


def _year_table(context: ReportContext, measure: str) -> Table | None:
    """Bands of the total per year; None when the measure was not planned."""
    language = context.language
    rows = _rows(context, measure, ALL)
    if rows.empty:
        return None
    unit = MEASURES[measure].unit
    return Table(
        caption=language.text("plan.year_table", label=_label(context, measure), unit=_unit(context, measure)),
        head=tuple(language.text(f"column.{column}") for column in ("year", "minimum", "medio", "maximum")),
        rows=tuple(
            (
                str(row["year"]),
                *(language.quantity(value, unit) for value in (row["minimum"], row["medio"], row["maximum"])),
            )
            for row in records(rows)
        ),
        strong=_strong(context, measure),
    )


def _by_stream(context: ReportContext, measure: str) -> Table | None:
    """Medio per stream and year."""
    language = context.language
    streams = _streams(context, measure)
    if len(streams) < 2:
        return None
    unit = MEASURES[measure].unit
    years = _rows(context, measure, streams[0])["year"].astype(int).tolist()
    rows = []
    labels = [(context.stream_label(series_id), measure, series_id) for series_id in streams]
    if measure == _BUDGET and len(_rows(context, _FIXED, ALL)):
        labels.insert(-1, (_label(context, _FIXED), _FIXED, ALL))
    for label, item, series_id in labels:
        medio = _rows(context, item, series_id).set_index("year")["medio"]
        rows.append((label, *(language.quantity(medio.get(year, float("nan")), unit) for year in years)))
    return Table(
        caption=language.text("plan.by_stream", label=_label(context, measure), unit=_unit(context, measure)),
        head=(language.text("column.stream"), *(str(year) for year in years)),
        rows=tuple(rows),
        note=language.text("plan.sums"),
        strong=frozenset({len(rows) - 1}) if streams[-1] == ALL else frozenset(),
    )


def _month_table(context: ReportContext, measure: str) -> Table | None:
    language = context.language
    rows = _months(context, measure, ALL)
    if rows.empty:
        return None
    unit = MEASURES[measure].unit
    return Table(
        caption=language.text("plan.month_table", label=_label(context, measure), unit=_unit(context, measure)),
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


def _facts(context: ReportContext, *measures: str) -> dict[str, Any]:
    """Published figures to set beside a measure, with their source; none that is younger than the vintage."""
    inputs = context.facts.inputs
    known = [fact for fact in inputs.settings.planning.facts if fact.when <= inputs.vintage.isoformat()]
    facts = [fact for fact in known if fact.measure in measures]
    if not facts:
        return {}
    items = tuple(f"{context.language.pick(fact.text_nl, fact.text_en)} ({fact.source})" for fact in facts)
    return {"list_title": context.language.text("plan.facts"), "items": items}
