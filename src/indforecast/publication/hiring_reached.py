"""What is said beside a hiring plan: groups marked, what can be reached instead, when a rule is better.

What belongs here: words and a table from rows of ``plan_hiring_advice``. What does not: the plan's own table
(``answer_blocks``), the figures (``planning.hiring_table``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from indforecast.publication.tables import records
from indforecast.publication.views import Table

if TYPE_CHECKING:
    from indforecast.publication.context import ReportContext


def group_label(context: ReportContext, group: str) -> str:
    """A group's name, marked when the history of one of its streams is simulated."""
    language = context.language
    named = language.maybe(f"group.{group}", group)
    groups = context.facts.inputs.settings.planning.hiring.groups
    streams = groups[group].streams if group in groups else ()
    if context.facts.simulated.intersection(streams):
        return language.text("hire.simulated", group=named)
    return named


def reachable_table(context: ReportContext, advice: pd.DataFrame) -> tuple[Table, ...]:
    """What can be reached where the target cannot, and what the target would take; none where all targets can."""
    if "reachable_share" not in advice or advice["reachable_share"].isna().all():
        return ()
    language = context.language
    rows = []
    for row in records(advice[advice["reachable_share"].notna()]):
        late = language.text(
            "hire.late_cases",
            least=language.number(row["reachable_late_cases"]),
            present=language.number(row["present_late_cases"]),
            month=language.month(row["reachable_late_at"]),
        )
        share = language.percent(row["reachable_share"])
        rows.append(
            (
                group_label(context, str(row["group"])),
                language.text("hire.share_from", share=share, month=language.month(row["reachable_from"])),
                late,
                _month(context, row["reachable_latest_month"]),
                _needed(context, row),
            )
        )
    heads = ("group", "reachable", "late_cases", "latest_month", "needed")
    target = records(advice)[0]
    return (
        Table(
            caption=language.text("hire.reachable_table", probability=language.percent(target["probability"])),
            head=tuple(language.text(f"hire.column_{name}") for name in heads),
            rows=tuple(rows),
            note=language.text("hire.reachable_note"),
        ),
    )


def rule_sentence(context: ReportContext, advice: pd.DataFrame) -> tuple[str, ...]:
    """For which groups a rule that decides month by month is cheaper and meets the target."""
    if "recommended" not in advice:
        return ()
    language = context.language
    rows = [row for row in records(advice) if _given(row["planned_from"]) and row["recommended"] == "rule"]
    if not rows:
        return ()
    named = language.listing(
        [
            language.text(
                "hire.rule_group",
                group=language.maybe(f"group.{row['group']}", str(row["group"])),
                rule=language.quantity(row["rule_cost_eur"], "EUR"),
                plan=language.quantity(row["judged_cost_eur"], "EUR"),
                probability=language.percent(row["rule_probability"]),
            )
            for row in rows
        ]
    )
    return (language.text("hire.rule", groups=named),)


def _needed(context: ReportContext, row: dict[str, Any]) -> str:
    """Hires a month with which the target is within reach, by the month it applies from."""
    language = context.language
    asked = (
        ("asked_from", "hires_needed"), ("needed_from_1", "hires_needed_1"), ("needed_from_2", "hires_needed_2")
    )  # fmt: skip
    said = [
        language.text("hire.needed_from", hires=language.number(row[hires]), month=language.month(row[month]))
        for month, hires in asked
        if _given(row[month]) and _given(row[hires])
    ]
    return "; ".join(said) or language.text("hire.no_month")


def _given(value: Any) -> bool:
    return value is not None and not pd.isna(value)


def _month(context: ReportContext, value: Any) -> str:
    return context.language.month(value) if _given(value) else context.language.text("hire.no_month")
