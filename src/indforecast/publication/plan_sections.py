"""What inflow means: staff, budget, reception, open cases against their term.

What belongs here: the step from planning's tables to words, charts and tables. What does not: planning's
arithmetic; the budget law's figures, which are settings.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from indforecast.planning.measures import ALL, MEASURES
from indforecast.publication.answer_blocks import BLOCKS
from indforecast.publication.budget_views import gap_tables, lines_table, reading
from indforecast.publication.plan_views import (
    BUDGET,
    backlog_months,
    by_stream,
    facts_beside,
    month_table,
    monthly_chart,
    notes_of,
    rows_of,
    start_table,
    streams_with,
    strong_rows,
    year_rule,
    year_table,
    yearly_chart,
)
from indforecast.publication.plan_words import assumed_streams, budget_law
from indforecast.publication.tables import records
from indforecast.publication.views import Block, Section, Table

if TYPE_CHECKING:
    from indforecast.publication.context import ReportContext


#: Streams whose open cases are drawn: the largest.
_DRAWN: Final = 2


def plan_sections(context: ReportContext) -> tuple[Section, ...]:
    """Staff, budget, reception, terms; a section whose measure was not planned is left out."""
    have = set(context.facts.table("plan_yearly")["measure"])
    sections = [
        ("staffing_fte", _staff),
        (BUDGET, _budget),
        ("beds", _beds),
        ("open_cases", _terms),
        ("penalties_eur", _late),
        ("desk_visits", _desks),
    ]
    built = [build(context) for measure, build in sections if measure in have]
    return tuple(_with_answers(context, section) for section in built)


def _with_answers(context: ReportContext, section: Section) -> Section:
    """A section with the answers that belong to it below its bands."""
    answers = (block for ask in BLOCKS.get(section.section_id, ()) for block in ask(context))
    return replace(section, blocks=(*section.blocks, *answers))


def _staff(context: ReportContext) -> Section:
    measure = "staffing_fte"
    extra = year_table(
        context,
        "staffing_fte_backlog",
        within=backlog_months(context),
        note=context.language.text("plan.backlog_note"),
    )
    block = Block(
        block_id="staff-figures",
        charts=(monthly_chart(context, measure), yearly_chart(context, measure)),
        tables=tuple(
            table
            for table in (
                year_table(context, measure),
                by_stream(context, measure),
                extra,
                month_table(context, measure),
            )
            if table
        ),
        **facts_beside(context, measure, "handling_hours"),
    )
    return _section(context, "staff", block)


def _budget(context: ReportContext) -> Section:
    language, measure = context.language, BUDGET
    law = pd.DataFrame([(year, value) for year, value in budget_law(context).items()], columns=["year", "value"])
    years = set(rows_of(context, measure, ALL)["year"].astype(int))
    chart = yearly_chart(context, measure, law[law["year"].isin(years)])
    block = Block(
        block_id="budget-figures",
        charts=(chart,),
        tables=tuple(
            table
            for table in (
                lines_table(context),
                *gap_tables(context),
                _law_table(context),
                by_stream(context, measure),
                year_table(
                    context,
                    "budget_backlog_eur",
                    within=backlog_months(context),
                    note=language.text("plan.backlog_note"),
                ),
                month_table(context, measure),
            )
            if table
        ),
        **facts_beside(context, measure),
    )
    return Section(
        "budget",
        language.text("budget.heading"),
        (
            language.text("budget.lede", months=backlog_months(context)),
            year_rule(context, measure),
            language.text("plan.inflow_alone", odds=context.odds()),
        ),
        (reading(context), block),
    )


def _law_table(context: ReportContext) -> Table:
    """Budget need beside what the law grants, in million euro; the difference of what is shown is shown."""
    language = context.language
    budget = context.facts.inputs.settings.planning.budget
    law = budget_law(context)
    rows = []
    for row in records(rows_of(context, BUDGET, ALL)):
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
        strong=strong_rows(context, BUDGET),
    )


def _beds(context: ReportContext) -> Section:
    measures = ("beds", "residents", "reception_cost_eur")
    tables = [table for table in (year_table(context, measure) for measure in measures) if table]
    start, months = start_table(context, "residents"), month_table(context, "beds")
    block = Block(
        block_id="beds-figures",
        charts=(monthly_chart(context, "beds"), yearly_chart(context, "beds")),
        tables=(*tables, *((start,) if start else ()), *((months,) if months else ())),
        **facts_beside(context, *measures),
    )
    language = context.language
    reading = Block("beds-reading", list_title=language.text("plan.reading"), items=_beds_caveats(context))
    return _section(context, "beds", reading, block)


def _beds_caveats(context: ReportContext) -> tuple[str, ...]:
    """Where the beds come from and what they are not; the COA forecast only where it is quoted."""
    language, reception = context.language, context.facts.inputs.settings.planning.reception
    items = [language.text("beds.caveat_maximum")]
    start = context.facts.inputs.tables.get("plan_start")
    for row in [] if start is None else records(start[start["measure"] == "residents"]):
        counted = reception.residents[str(row["counted_in"])]
        items.append(
            language.text(
                "beds.caveat_start_derived" if counted.assumption else "beds.caveat_start_counted",
                residents=language.amount(counted.value, "residents"),
                month=language.month(row["counted_in"]),
            )
        )
    items.append(language.text("beds.caveat_replays"))
    if facts_beside(context, "beds"):
        items.append(language.text("beds.caveat_coa"))
    regular = language.amount(reception.regular_places.value, "residents")
    return (*items, language.text("beds.caveat_cost", regular=regular))


def _terms(context: ReportContext) -> Section:
    language = context.language
    streams = [series_id for series_id in streams_with(context, "open_cases") if series_id != ALL]
    largest = sorted(
        streams, key=lambda series_id: -float(rows_of(context, "open_cases", series_id)["medio"].max())
    )
    past, start = year_table(context, "open_past_term"), start_table(context, "open_cases")
    block = Block(
        block_id="terms-figures",
        charts=tuple(monthly_chart(context, "open_cases", series_id) for series_id in largest[:_DRAWN]),
        tables=(
            _term_table(context, "open_cases", language.text("terms.open_table"), language.text("plan.sums")),
            _term_table(context, "share_in_term", language.text("terms.share_table"), _assumed_note(context)),
            *((past,) if past else ()),
            *((start,) if start else ()),
        ),
        **facts_beside(context, "open_cases", "decisions", "share_in_term"),
    )
    return Section(
        "terms",
        language.text("terms.heading"),
        (
            language.text("terms.lede"),
            language.text("plan.capacities"),
            language.text("plan.inflow_alone", odds=context.odds()),
            *notes_of(context),
        ),
        (block,),
    )


def _late(context: ReportContext) -> Section:
    """Penalties, notices and court hearings."""
    return _measures_section(
        context, "late", charted=("penalties_eur", "hearings"), told=("notices", "late_cost_eur", "judges_fte")
    )


def _desks(context: ReportContext) -> Section:
    """Desks, telephones and documents."""
    return _measures_section(
        context,
        "desks",
        charted=("desk_visits", "documents_handed_out"),
        told=("telephone_calls", "biometrics", "desk_fte"),
    )


def _measures_section(
    context: ReportContext, name: str, charted: tuple[str, ...], told: tuple[str, ...]
) -> Section:
    """A section of measures: some drawn per month, all of them per year."""
    language = context.language
    have = set(context.facts.table("plan_yearly")["measure"])
    drawn = [measure for measure in charted if measure in have]
    tables = [year_table(context, measure) for measure in (*charted, *told) if measure in have]
    block = Block(
        block_id=f"{name}-figures",
        charts=tuple(monthly_chart(context, measure) for measure in drawn),
        tables=tuple(table for table in tables if table),
        **facts_beside(context, *charted, *told),
    )
    lede = (language.text(f"{name}.lede"), language.text(f"{name}.band", odds=context.odds()))
    return Section(name, language.text(f"{name}.heading"), lede, (block,))


def _assumed_note(context: ReportContext) -> str:
    """Streams whose share in term is put in, not found."""
    streams = [context.stream_label(name) for name in assumed_streams(context)]
    return (
        context.language.text("terms.assumed_note", streams=context.language.listing(streams)) if streams else ""
    )


def _term_table(context: ReportContext, measure: str, caption: str, note: str) -> Table:
    """A measure per stream and year beside the stream's legal term."""
    language, planned = context.language, context.facts.inputs.settings.planning.streams
    streams = streams_with(context, measure)
    years = sorted({int(year) for series_id in streams for year in rows_of(context, measure, series_id)["year"]})
    rows = []
    for series_id in streams:
        medio = rows_of(context, measure, series_id).set_index("year")["medio"]
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
        note=note,
        strong=frozenset({len(rows) - 1}) if streams and streams[-1] == ALL else frozenset(),
    )


def _section(context: ReportContext, name: str, *blocks: Block) -> Section:
    language = context.language
    measure = {"staff": "staffing_fte", "beds": "beds"}[name]
    return Section(
        name,
        language.text(f"{name}.heading"),
        (
            language.text(f"{name}.lede"),
            year_rule(context, measure),
            *((language.text("plan.capacities"),) if name == "staff" else ()),
            language.text("plan.inflow_alone", odds=context.odds()),
        ),
        blocks,
    )
