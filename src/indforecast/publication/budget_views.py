"""The budget's own tables and words: its two lines, how sure they are, and what they leave out.

What belongs here: need, backlog and capacity beside the budget law. What does not: tables that every measure has
(``plan_views``).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from indforecast.planning.measures import ALL
from indforecast.publication.plan_views import BUDGET, FIXED, backlog_months, rows_of, strong_rows
from indforecast.publication.plan_words import budget_law, budget_lines, calibration_year, chance_in_words
from indforecast.publication.tables import records
from indforecast.publication.views import Block, Table

if TYPE_CHECKING:
    from indforecast.publication.context import ReportContext

#: A fall of the law from one year to the next that a reader has to be told of.
_FALL: Final = 0.1


def reading(context: ReportContext) -> Block:
    """The two lines in words, and what a reader has to know before using them."""
    language = context.language
    return Block(
        block_id="budget-reading",
        sentences=tuple(budget_lines(context, context.facts.year)),
        list_title=language.text("plan.reading"),
        items=tuple(
            text
            for text in (
                _fixed(context),
                language.text("budget.caveat_law", year=calibration_year(context)),
                language.text("budget.caveat_price", year=calibration_year(context)),
                language.text("budget.caveat_backlog", months=backlog_months(context)),
                *_falls(context),
                _own_prices(context),
            )
            if text
        ),
    )


def lines_table(context: ReportContext) -> Table | None:
    """Per year and in medio: need, extra need of the backlog, both, the law, and what capacity decides."""
    language = context.language
    measures = (BUDGET, "budget_backlog_eur", "budget_with_backlog_eur", "budget_decided_eur")
    medio = {name: rows_of(context, name, ALL).set_index("year")["medio"] for name in measures}
    if any(series.empty for series in medio.values()):
        return None
    law = budget_law(context)
    rows = []
    for year in medio[BUDGET].index:
        need, backlog, both, decided = (medio[name].get(year, float("nan")) for name in measures)
        cells = (need, backlog, both, law.get(int(year), float("nan")), decided)
        rows.append((str(int(year)), *(language.quantity(value, "EUR") for value in cells)))
    columns = ("inflow_need", "backlog_need", "both_needs", "law", "decided_cost")
    return Table(
        caption=language.text("budget.lines_table", months=backlog_months(context)),
        head=(language.text("column.year"), *(language.text(f"budget.column_{name}") for name in columns)),
        rows=tuple(rows),
        note=language.text("budget.lines_note"),
        strong=strong_rows(context, BUDGET),
    )


def gap_tables(context: ReportContext) -> tuple[Table, ...]:
    """Need above or below the law: band, mean and probability; without and with the backlog."""
    language = context.language
    tables = []
    for kind in ("", "_with_backlog"):
        gaps = records(rows_of(context, f"budget_gap{kind}_eur", ALL))
        means = rows_of(context, f"budget_gap{kind}_mean_eur", ALL).set_index("year")["medio"]
        chances = rows_of(context, f"budget_shortfall{kind}_probability", ALL).set_index("year")["medio"]
        rows = tuple(
            (
                str(int(gap["year"])),
                *(language.quantity(gap[name], "EUR", signed=True) for name in ("minimum", "medio", "maximum")),
                language.quantity(means[gap["year"]], "EUR", signed=True),
                chance_in_words(context, chances[gap["year"]]),
            )
            for gap in gaps
            if gap["year"] in means.index and gap["year"] in chances.index
        )
        if rows:
            tables.append(
                Table(
                    caption=language.text(
                        f"budget.gap_table_{'with_backlog' if kind else 'alone'}", months=backlog_months(context)
                    ),
                    head=(
                        *(language.text(f"column.{name}") for name in ("year", "minimum", "medio", "maximum")),
                        language.text("budget.column_mean"),
                        language.text("budget.column_chance"),
                    ),
                    rows=rows,
                    strong=strong_rows(context, f"budget_gap{kind}_eur"),
                )
            )
    return tuple(tables)


def _fixed(context: ReportContext) -> str:
    """How much of the need does not move with inflow."""
    language, year = context.language, context.facts.year
    parts = [rows_of(context, name, ALL).set_index("year")["medio"] for name in (*FIXED, BUDGET)]
    if any(year not in part.index for part in parts):
        return ""
    other, inputs, need = (float(part[year]) for part in parts)
    return language.text(
        "budget.caveat_fixed",
        year=year,
        calibration=calibration_year(context),
        share=language.percent((other + inputs) / need),
        other=language.amount(other, "EUR"),
        input=language.amount(inputs, "EUR"),
    )


def _falls(context: ReportContext) -> list[str]:
    """Years in which the law grants much less than the year before, as published."""
    language, law = context.language, budget_law(context)
    product = context.facts.inputs.settings.planning.budget.law_product
    return [
        language.text(
            "budget.caveat_fall",
            before=before,
            year=year,
            law_before=language.amount(law[before], "EUR"),
            law=language.amount(law[year], "EUR"),
            fall=language.amount(law[before] - law[year], "EUR"),
            product_before=language.amount(product[str(before)].value, "EUR"),
            product=language.amount(product[str(year)].value, "EUR"),
        )
        for before, year in pairwise(law)
        if law[year] < (1 - _FALL) * law[before]
    ]


def _own_prices(context: ReportContext) -> str:
    """Streams whose price is given and so does not follow their hours."""
    planned = context.facts.inputs.settings.planning.streams
    own = [context.stream_label(name) for name, stream in planned.items() if stream.unit_price is not None]
    listed = context.language.listing(own)
    return context.language.text("budget.caveat_own_price", streams=listed) if own else ""
