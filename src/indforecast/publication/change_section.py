"""The section that says what changed since the previous release, and why.

What belongs here: wording the tables of ``changes``. What does not: computing them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from indforecast.planning.measures import ALL, MEASURES
from indforecast.publication import charts
from indforecast.publication.changes import CONSTANT_BUDGET, causes, drivers, setting_changes
from indforecast.publication.headline import TOTAL
from indforecast.publication.manifest import chosen_as
from indforecast.publication.tables import records
from indforecast.publication.views import Block, Chart, Section, Table

if TYPE_CHECKING:
    import pandas as pd

    from indforecast.publication.context import ReportContext

#: Changed settings that are listed one by one.
_LISTED: Final = 25

#: Planning's measures whose change is shown.
_MEASURES: Final = ("staffing_fte", "budget_eur", "beds")
#: Those whose change is told stream by stream.
_DRIVEN: Final = ("staffing_fte", "budget_eur")


def change_section(context: ReportContext) -> Section:
    """Waterfall, table per stream and year, planning, changed settings."""
    language, facts = context.language, context.facts
    previous = facts.inputs.previous
    if previous is None:
        return Section("changes", language.text("changes.heading"), (language.text("changes.first"),), ())
    named = language.listing(language.text(f"cause.{cause}") for cause in causes(facts.inputs))
    meanings = [
        language.markup("changes.new_months_meaning"),
        language.markup("changes.revised_meaning"),
        language.markup("changes.moved_meaning", causes=named or language.text("none")),
    ]
    if len(causes(facts.inputs)) > 1:
        meanings[-1] += " " + language.text("changes.moved_joint")
    charted = _waterfall(context)
    block = Block(
        block_id="changes-figures",
        items=(*meanings, *driver_sentences(context)),
        charts=(charted,) if charted else (),
        tables=(*_tables(context), *_settings_table(context)),
    )
    lede = language.text("changes.lede", previous=previous.release_id, vintage=language.day(previous.vintage))
    why = language.text(f"changes.chosen_{chosen_as(facts.inputs)}")
    return Section(
        "changes", language.text("changes.heading"), (lede, why, language.text("changes.adds")), (block,)
    )


def driver_sentences(context: ReportContext) -> list[str]:
    """Which streams moved staff and budget of the release's year most, simulated ones marked."""
    language, facts = context.language, context.facts
    changes = facts.table("changes_plan")
    told = []
    for measure in _DRIVEN:
        unit = MEASURES[measure].unit
        total = changes[
            (changes["measure"] == measure)
            & (changes["series_id"] == ALL)
            & (changes["year"].astype(int) == facts.year)
        ]
        moved = drivers(facts.inputs, measure, facts.year)
        if total.empty or not moved:
            continue
        streams = [
            language.text(
                "changes.driver_simulated" if name in facts.simulated else "changes.driver",
                stream=_driver_name(context, name),
                change=language.quantity(change, unit, signed=True),
            )
            for name, change in moved
        ]
        told.append(
            language.text(
                f"changes.drivers_{measure}",
                year=facts.year,
                change=language.amount(float(total["change"].iloc[0]), unit, signed=True),
                streams=language.listing(streams),
            )
        )
    return told


def _driver_name(context: ReportContext, name: str) -> str:
    if name in CONSTANT_BUDGET:
        return context.language.text(f"changes.constant_{name}")
    return context.stream_label(name).lower()


def _waterfall(context: ReportContext) -> Chart | None:
    language, facts = context.language, context.facts
    changes = facts.table("changes")
    rows = changes[(changes["series_id"] == TOTAL) & (changes["year"].astype(int) == facts.year)]
    if rows.empty:
        return None
    row = rows.iloc[0]
    columns = {
        "previous": "previous_medio", "new": "new_months", "revised": "revised_history", "moved": "forecast_moved",
        "medio": "medio",
    }  # fmt: skip
    words = {
        step: language.number(row[column], signed=step in ("new", "revised", "moved"))
        for step, column in columns.items()
    }
    steps = [
        (language.text(f"changes.step_{step}"), words[step], float(row[column]))
        for step, column in columns.items()
    ]
    return Chart(
        title=language.text("changes.chart_title", year=facts.year),
        svg=context.draw(f"waterfall/{language.code}", lambda: charts.waterfall_chart(steps)),
        alt=language.text(
            "changes.chart_alt",
            previous=words["previous"],
            new_months=words["new"],
            revised=words["revised"],
            moved=words["moved"],
            medio=words["medio"],
        ),
        note=language.text("changes.chart_note"),
    )


def _tables(context: ReportContext) -> list[Table]:
    """The year that the release is about in sight, all years folded."""
    language, year = context.language, context.facts.year
    changes = context.facts.table("changes")
    plan = context.facts.table("changes_plan")
    plan = plan[
        (plan["series_id"] == ALL) & plan["measure"].isin(_MEASURES) & plan["year"].isin(context.facts.years)
    ]
    here, here_plan = changes[changes["year"].astype(int) == year], plan[plan["year"].astype(int) == year]
    tables = [
        _inflow_table(context, here, language.text("changes.table_year", year=year)),
        _plan_table(context, here_plan, language.text("changes.plan_table_year", year=year)),
        _inflow_table(context, changes, language.text("changes.table"), language.text("changes.show_inflow")),
        _plan_table(context, plan, language.text("changes.plan_table"), language.text("changes.show_plan")),
    ]
    return [table for table in tables if table.rows]


def _inflow_table(context: ReportContext, changes: pd.DataFrame, caption: str, summary: str = "") -> Table:
    language = context.language
    signed = ("new_months", "revised_history", "forecast_moved")
    columns = ("previous_medio", *signed, "medio")
    rows = tuple(
        (
            context.stream_label(row["series_id"]),
            *((str(row["year"]),) if summary else ()),
            *(language.number(row[column], signed=column in signed) for column in columns),
            language.number(row["medio"] - row["previous_medio"], signed=True),
        )
        for row in records(changes)
    )
    head = ("stream", *(("year",) if summary else ()), "previous_medio", *signed, "new_medio", "change")
    return Table(
        caption=caption,
        head=tuple(language.text(f"column.{column}") for column in head),
        rows=rows,
        text_columns=2 if summary else 1,
        strong=frozenset(
            place for place, name in enumerate(changes["series_id"]) if name == TOTAL and not summary
        ),
        summary=summary,
    )


def _plan_table(context: ReportContext, changes: pd.DataFrame, caption: str, summary: str = "") -> Table:
    language = context.language
    rows = []
    for measure in _MEASURES:
        known = MEASURES[measure]
        rows += [
            (
                f"{language.pick(known.label_nl, known.label_en)} ({language.text(f'unit.{known.unit}')})",
                *((str(row["year"]),) if summary else ()),
                language.quantity(row["previous_medio"], known.unit),
                language.quantity(row["medio"], known.unit),
                language.quantity(row["change"], known.unit, signed=True),
            )
            for row in records(changes[changes["measure"] == measure])
        ]
    head = ("measure", *(("year",) if summary else ()), "previous_medio", "new_medio", "change")
    return Table(
        caption=caption,
        head=tuple(language.text(f"column.{column}") for column in head),
        rows=tuple(rows),
        text_columns=2 if summary else 1,
        summary=summary,
    )


def _settings_table(context: ReportContext) -> tuple[Table, ...]:
    language = context.language
    changed = setting_changes(context.facts.inputs)
    if not changed:
        return ()
    more = len(changed) - _LISTED
    table = Table(
        caption=language.text("changes.settings_table"),
        head=tuple(language.text(f"changes.{column}") for column in ("setting", "before", "after")),
        rows=tuple((item.path, _shown(item.before), _shown(item.after)) for item in changed[:_LISTED]),
        text_columns=3,
        note=language.text("changes.settings_more", count=more) if more > 0 else "",
    )
    return (table,)


def _shown(value: object) -> str:
    return "–" if value is None else str(value)
