"""Answers beside the bands: hires, what certainty costs, how money is granted, places, waiting, uncertainty.

What belongs here: each of planning's answer tables as a block of a section; none where a release lacks the table.
What does not: the tables (``indforecast.planning``), bands of measures (``plan_sections``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from indforecast.planning.funding_tables import REGIME_MEASURES
from indforecast.planning.measures import ALL, MEASURES
from indforecast.publication.hiring_reached import group_label, reachable_table, rule_sentence
from indforecast.publication.tables import records
from indforecast.publication.views import Block, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from indforecast.publication.context import ReportContext

#: Of a way of funding, the report shows these means.
_REGIME_ROWS: Final = (
    "regime_open_cases_end", "regime_share_in_term", "regime_hires_fte", "regime_dismissed_fte",
    "regime_granted_eur", "regime_given_back_eur", "regime_short_eur", "regime_penalties_eur",
    "regime_net_cost_eur",
)  # fmt: skip
_CERTAINTY_MEASURES: Final = ("budget_eur", "budget_with_backlog_eur")
_UNCERTAIN: Final = ("staffing_fte", "budget_eur", "open_cases", "penalties_eur", "beds")
_BANDS: Final = ("minimum", "medio", "maximum")
_HALF_YEAR: Final = 6
_HALF: Final = 0.5
_MOST: Final = 0.9


def hiring_block(context: ReportContext) -> tuple[Block, ...]:
    """By when to decide, what waiting costs, and hires per quarter."""
    advice = _table(context, "plan_hiring_advice")
    if advice is None:
        return ()
    language = context.language
    rows = []
    for row in records(advice):
        met = _given(row["planned_from"])
        rows.append(
            (
                group_label(context, str(row["group"])),
                language.text("hire.from", month=_month(context, row["planned_from"])) if met else _dash(context),
                language.percent(row["reached_probability"]),
                language.percent(row["present_probability"]) if "present_probability" in row else _dash(context),
                _month(context, row["latest_month_to_decide"]),
                _money(context, row["waiting_cost_eur"]),
                language.quantity(row["cost_eur"], "EUR"),
                language.quantity(row["cvar_eur"], "EUR"),
            )
        )
    target = records(advice)[0]
    heads = ("group", "target_from", "probability", "present", "latest_month", "waiting", "cost", "tail")
    table = Table(
        caption=language.text(
            "hire.table",
            share=language.percent(target["share_in_term"]),
            probability=language.percent(target["probability"]),
        ),
        head=tuple(language.text(f"hire.column_{name}") for name in heads),
        rows=tuple(rows),
        note=language.text("hire.note", months=language.number(target["wait_months"])),
    )
    block = Block(
        "hire",
        heading=language.text("hire.heading"),
        sentences=(language.text("hire.lede"), *_out_of_reach(context, advice), *rule_sentence(context, advice)),
        tables=(table, *reachable_table(context, advice), _hires_per_quarter(context)),
    )
    return (block,)


def _out_of_reach(context: ReportContext, advice: pd.DataFrame) -> tuple[str, ...]:
    language = context.language
    groups = [row["group"] for row in records(advice) if not _given(row["planned_from"])]
    if not groups:
        return ()
    named = language.listing([language.maybe(f"group.{group}", str(group)) for group in groups])
    return (language.text("hire.out_of_reach", groups=named),)


def _hires_per_quarter(context: ReportContext) -> Table:
    language, hiring = context.language, context.facts.table("plan_hiring")
    months = pd.to_datetime(hiring["period"])
    hiring = hiring.assign(quarter=months.dt.year * 4 + months.dt.quarter - 1)
    groups = list(dict.fromkeys(hiring["group"]))
    rows = []
    for quarter, part in hiring.groupby("quarter"):
        cells = []
        for group in groups:
            own = part[part["group"] == group]
            cells.append(language.number(own["hires_fte"].sum()))
            cells.append(language.number(own["effective_fte"].iloc[-1]) if len(own) else _dash(context))
        label = language.text("hire.quarter", year=int(str(quarter)) // 4, quarter=int(str(quarter)) % 4 + 1)
        rows.append((label, *cells))
    head = [language.text("hire.column_quarter")]
    for group in groups:
        name = language.maybe(f"group.{group}", str(group))
        head += [language.text("hire.column_hires", group=name), language.text("hire.column_output", group=name)]
    return Table(
        caption=language.text("hire.months_table"),
        head=tuple(head),
        rows=tuple(rows),
        summary=language.text("hire.months_summary"),
    )


def certainty_block(context: ReportContext) -> tuple[Block, ...]:
    """Need of the release's year at each level of certainty, beside the budget law."""
    table = _table(context, "plan_certainty")
    if table is None:
        return ()
    language, year = context.language, context.facts.year
    chosen = table[(table["series_id"] == ALL) & (table["year"] == year)]
    rows = []
    for certainty, part in chosen.groupby("certainty"):
        by_measure = part.set_index("measure")
        cells: list[str] = []
        for measure in _CERTAINTY_MEASURES:
            need, gap = (by_measure[name].get(measure, float("nan")) for name in ("need_eur", "gap_eur"))
            cells += [language.quantity(need, "EUR"), language.quantity(gap, "EUR", signed=True)]
        rows.append((language.percent(float(str(certainty))), *cells))
    if not rows:
        return ()
    heads = ("certainty", "need", "gap", "with_backlog", "gap")
    shown = Table(
        caption=language.text("certainty.table", year=year),
        head=tuple(language.text(f"certainty.column_{name}") for name in heads),
        rows=tuple(rows),
        note=language.text("certainty.note"),
    )
    return (Block("certainty", heading=language.text("certainty.heading"), tables=(shown,)),)


def regimes_block(context: ReportContext) -> tuple[Block, ...]:
    """Means of each way of funding on the same fresh paths."""
    table = _table(context, "plan_regimes")
    if table is None:
        return ()
    language = context.language
    planned = context.facts.inputs.settings.planning.funding.regimes
    table = table[table["inflow"] == "all"]
    regimes = [name for name in planned if name in set(table["regime"])]
    means = table.set_index(["measure", "regime"])["mean"]
    rows = []
    for measure in _REGIME_ROWS:
        known = REGIME_MEASURES[measure]
        label = language.pick(known.label_nl, known.label_en)
        unit = language.text(f"unit.{known.unit}")
        name = label if known.unit == "share" else language.text("regimes.measure", label=label, unit=unit)
        rows.append((name, *(language.quantity(float(means[measure, one]), known.unit) for one in regimes)))
    paths = int(table["paths"].iloc[0])
    shown = Table(
        caption=language.text("regimes.table", paths=language.number(paths)),
        head=(
            language.text("regimes.column_measure"),
            *(language.pick(planned[name].label_nl, planned[name].label_en) for name in regimes),
        ),
        rows=tuple(rows),
        note=language.text("regimes.note"),
    )
    block = Block(
        "regimes",
        heading=language.text("regimes.heading"),
        sentences=(language.text("regimes.lede"),),
        tables=(shown,),
    )
    return (block,)


def places_block(context: ReportContext) -> tuple[Block, ...]:
    """Places contracted, needed, worth contracting and to find, per half year; and what a choice costs."""
    table = _table(context, "plan_places")
    if table is None:
        return ()
    language = context.language
    shown = table[pd.to_datetime(table["period"]).dt.month % _HALF_YEAR == 0]
    columns = ("contracted", "need_minimum", "need_medio", "need_maximum", "target", "to_find")
    tables = [
        Table(
            caption=language.text("places.table"),
            head=tuple(language.text(f"places.column_{name}") for name in ("month", *columns)),
            rows=tuple(
                (language.month(row["period"]), *(language.quantity(row[name], "beds") for name in columns))
                for row in records(shown)
            ),
            note=language.text("places.note"),
        )
    ]
    costs = _table(context, "plan_place_costs")
    if costs is not None and len(costs):
        rows = (
            (
                language.text(f"places.choice_{row['choice']}"),
                language.quantity(row["places"], "beds"),
                language.quantity(row["expected_eur"], "EUR"),
                language.quantity(row["worst_eur"], "EUR"),
                language.percent(row["months_short"]),
            )
            for row in records(costs)
        )
        heads = ("choice", "places", "expected", "worst", "short")
        tables.append(
            Table(
                caption=language.text("places.costs_table"),
                head=tuple(language.text(f"places.column_{name}") for name in heads),
                rows=tuple(rows),
                note=language.text("places.costs_note"),
            )
        )
    lede = (language.text("places.lede"),)
    return (Block("places", heading=language.text("places.heading"), sentences=lede, tables=tuple(tables)),)


def waiting_block(context: ReportContext) -> tuple[Block, ...]:
    """How long someone waits who applies in the first forecast month, by stream and track."""
    table = _table(context, "plan_waiting")
    if table is None:
        return ()
    language = context.language
    applied = table["applied"].astype(str).str.slice(0, 7)
    month = str(context.facts.inputs.paths["period"].to_numpy()[0])[:7]
    table = table[applied == month]
    if table.empty:
        return ()
    rows = []
    for keys, part in table.groupby(["series_id", "track"], sort=False):
        series_id, track = (str(key) for key in keys)
        by_level = part.set_index("quantile_level")
        label = context.stream_label(series_id)
        if track != ALL:
            label = f"– {language.maybe(f'track.{track}', track)}"
        first = part.iloc[0]
        rows.append(
            (
                label,
                *(_waited(context, by_level, level) for level in (_HALF, _MOST)),
                language.percent(first["share_in_term"]) if _given(first["share_in_term"]) else _dash(context),
                language.percent(first["share_beyond"]),
            )
        )
    shown = Table(
        caption=language.text("waiting.table", month=language.month(month)),
        head=tuple(
            language.text(f"waiting.column_{name}") for name in ("stream", "half", "most", "in_term", "beyond")
        ),
        rows=tuple(rows),
        note=language.text("waiting.note"),
    )
    lede = (language.text("waiting.lede"),)
    return (Block("waiting", heading=language.text("waiting.heading"), sentences=lede, tables=(shown,)),)


def _waited(context: ReportContext, by_level: pd.DataFrame, level: float) -> str:
    language = context.language
    if level not in by_level.index:
        return _dash(context)
    row = by_level.loc[level]
    if bool(row["censored"]):
        return language.text("waiting.beyond")
    return language.text("waiting.months", months=language.number(float(str(row["months_waited"]))))


def uncertainty_block(context: ReportContext) -> tuple[Block, ...]:
    """Shares of each source in the uncertainty of the release's year."""
    table = _table(context, "plan_uncertainty")
    if table is None:
        return ()
    language, year = context.language, context.facts.year
    chosen = table[(table["series_id"] == ALL) & (table["year"] == year)]
    sources = list(dict.fromkeys(chosen["source_of_uncertainty"]))
    shares = chosen.set_index(["measure", "source_of_uncertainty"])["share"]
    rows = []
    for measure in _UNCERTAIN:
        if measure in set(chosen["measure"]):
            known = MEASURES[measure]
            rows.append(
                (
                    language.pick(known.label_nl, known.label_en),
                    *(
                        language.percent(float(shares[measure, source]))
                        if (measure, source) in shares.index
                        else _dash(context)
                        for source in sources
                    ),
                )
            )
    if not rows:
        return ()
    shown = Table(
        caption=language.text("uncertainty.table", year=year),
        head=(
            language.text("uncertainty.column_measure"),
            *(language.maybe(f"uncertainty.source_{source}", str(source)) for source in sources),
        ),
        rows=tuple(rows),
        note=language.text("uncertainty.note"),
    )
    lede = (language.text("uncertainty.lede"),)
    tables = (shown, *_hours_per_case(context))
    return (Block("uncertainty", heading=language.text("uncertainty.heading"), sentences=lede, tables=tables),)


def _hours_per_case(context: ReportContext) -> tuple[Table, ...]:
    """How far hours per case may move, per stream and year."""
    table = _table(context, "plan_hours_per_case")
    if table is None:
        return ()
    language = context.language
    years = sorted(set(table["year"].astype(int)))
    rows = []
    for series_id, part in table.groupby("series_id", sort=False):
        by_year = part.set_index("year")
        cells = (
            language.text(
                "uncertainty.hours_cell",
                **{name: language.number(float(str(by_year.loc[year, name])), 2) for name in _BANDS},
            )
            for year in years
        )
        rows.append((context.stream_label(str(series_id)), *cells))
    return (
        Table(
            caption=language.text("uncertainty.hours_table"),
            head=(language.text("column.stream"), *(str(year) for year in years)),
            rows=tuple(rows),
            note=language.text("uncertainty.hours_note"),
        ),
    )


def tower_block(context: ReportContext) -> tuple[Block, ...]:
    """The control tower's example: its plan beside proportional distribution, and what prices say."""
    table, told = _table(context, "plan_tower_outcome"), _table(context, "plan_tower_sentences")
    if table is None or told is None:
        return ()
    language = context.language
    found = table.set_index(["plan", "measure"])["value"]
    units = {"in_term": "cases", "share_in_term": "share", "late_case_months": "cases", "cost_eur": "EUR"}
    rows = tuple(
        (
            language.text(f"tower.plan_{plan}"),
            *(language.quantity(float(found[plan, measure]), unit) for measure, unit in units.items()),
        )
        for plan in ("optimum", "proportional_term_first", "proportional_oldest_first")
    )
    shown = Table(
        caption=language.text("tower.table"),
        head=tuple(language.text(f"tower.column_{name}") for name in ("plan", *units)),
        rows=rows,
    )
    block = Block(
        "tower",
        heading=language.text("tower.heading"),
        flag=language.text("tower.flag"),
        sentences=(language.text("tower.lede"),),
        tables=(shown,),
        list_title=language.text("tower.list"),
        items=tuple(language.pick(row["text_nl"], row["text_en"]) for row in records(told)),
    )
    return (block,)


def proofs_table(context: ReportContext) -> Table | None:
    """What must hold of the plan and was looked at."""
    table = _table(context, "plan_proofs")
    if table is None:
        return None
    language = context.language
    rows = tuple(
        (
            language.pick(row["text_nl"], row["text_en"]),
            language.text("proofs.holds" if row["holds"] else "proofs.fails"),
            language.number(row["looked_at"]),
        )
        for row in records(table)
    )
    return Table(
        caption=language.text("proofs.table"),
        head=tuple(language.text(f"proofs.column_{name}") for name in ("what", "outcome", "figures")),
        rows=rows,
        text_columns=2,
    )


#: Blocks by the section they end.
BLOCKS: Final[dict[str, tuple[Callable[[ReportContext], tuple[Block, ...]], ...]]] = {
    "staff": (hiring_block, uncertainty_block),
    "budget": (certainty_block, regimes_block),
    "beds": (places_block,),
    "terms": (waiting_block, tower_block),
}


def _table(context: ReportContext, name: str) -> pd.DataFrame | None:
    found = context.facts.inputs.tables.get(name)
    return None if found is None or found.empty else found


def _given(value: Any) -> bool:
    return value is not None and not pd.isna(value)


def _dash(context: ReportContext) -> str:
    return context.language.text("hire.no_month")


def _month(context: ReportContext, value: Any) -> str:
    return context.language.month(value) if _given(value) else _dash(context)


def _money(context: ReportContext, value: Any) -> str:
    return context.language.quantity(value, "EUR", signed=True) if _given(value) else _dash(context)
