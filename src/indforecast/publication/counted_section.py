"""What the figures of a release count, and where the way of counting changed: two tables and a section.

What belongs here: the definitions and breaks of the published streams, as data and in words. What does not: the
registry (``domain.definitions``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from indforecast.publication.views import Block, Section, Table

if TYPE_CHECKING:
    from datetime import date

    from indforecast.domain.definitions import Break, Definition, Registry
    from indforecast.domain.series import Hierarchy
    from indforecast.publication.context import ReportContext

DEFINITION_COLUMNS: Final = (
    "series_id", "definition", "label_en", "label_nl", "counts_en", "counts_nl", "unit", "moment", "published_by",
    "valid_from", "valid_until", "rounding", "sources", "assumption", "notes",
)  # fmt: skip
BREAK_COLUMNS: Final = (
    "series_id", "definition", "break", "first_month", "last_month", "role", "changed_en", "changed_nl",
    "comparable", "size", "sources", "assumption",
)  # fmt: skip


def definition_tables(history: pd.DataFrame, hierarchy: Hierarchy, registry: Registry) -> dict[str, pd.DataFrame]:
    """What each published stream counts, and every break that touches it.

    Parameters
    ----------
    history : DataFrame
        ``series_id``, ``definition``, as published; a nationality counts what its stream does.
    hierarchy : Hierarchy
        The streams in publication order.
    registry : Registry
        A definition that is not in it is published by its key alone.

    Returns
    -------
    dict of str to DataFrame
        ``definitions`` (:data:`DEFINITION_COLUMNS`) and ``definition_breaks`` (:data:`BREAK_COLUMNS`, oldest first
        per stream; ``role``: ``within`` when the definition goes on under its name, ``begins`` or ``ends``).
        Months are ``YYYY-MM``; lists are joined by ``; ``.
    """
    pairs = counted_by(history, hierarchy)
    definitions = [_definition_row(series_id, key, registry.find(key)) for series_id, key in pairs]
    breaks = [_break_row(series_id, key, item) for series_id, key in pairs for item in registry.breaks_of(key)]
    counted = pd.DataFrame(definitions, columns=list(DEFINITION_COLUMNS)).fillna("")
    changed = pd.DataFrame(breaks, columns=list(BREAK_COLUMNS))
    return {"definitions": counted, "definition_breaks": changed.astype({"comparable": bool})}


def _definition_row(series_id: str, key: str, found: Definition | None) -> dict[str, str]:
    row = {"series_id": series_id, "definition": key}
    if found is None:
        return row
    names = ("label_en", "label_nl", "counts_en", "counts_nl", "unit", "rounding", "assumption", "notes")
    return (
        row
        | {name: str(getattr(found, name)) for name in names}
        | {
            "moment": found.moment.value,
            "published_by": "; ".join(found.published_by),
            "valid_from": _month(found.valid_from),
            "valid_until": _month(found.valid_until),
            "sources": "; ".join(found.sources),
        }
    )


def _break_row(series_id: str, key: str, item: Break) -> dict[str, str | bool]:
    return {
        "series_id": series_id,
        "definition": key,
        "break": item.key,
        "first_month": _month(item.month),
        "last_month": _month(item.until),
        "role": "within" if key in item.within else "begins" if key in item.after else "ends",
        "changed_en": item.changed_en,
        "changed_nl": item.changed_nl,
        "comparable": item.comparable,
        "size": item.size,
        "sources": "; ".join(item.sources),
        "assumption": item.assumption,
    }


def counted_by(history: pd.DataFrame, hierarchy: Hierarchy) -> list[tuple[str, str]]:
    """Each stream or total with the definition of its rows, in publication order; normally one each."""
    pairs = history[["series_id", "definition"]].drop_duplicates()
    return [
        (series_id, str(key))
        for series_id in hierarchy.series_ids
        for key in sorted(pairs.loc[pairs["series_id"] == series_id, "definition"])
    ]


def counted_section(context: ReportContext) -> Section:
    """What each stream counts, and the breaks since its history begins."""
    language, inputs = context.language, context.facts.inputs
    history, registry = context.facts.table("history"), inputs.settings.registry
    first = pd.to_datetime(history["period"]).groupby(history["series_id"]).min()
    rows = []
    for series_id, key in counted_by(history, inputs.hierarchy):
        found = registry.find(key)
        begins = first[series_id].date()
        since = [item for item in registry.breaks_of(key) if item.month > begins]
        rows.append(
            (
                context.stream_label(series_id),
                key if found is None else language.pick(found.counts_nl, found.counts_en),
                "–" if found is None else language.text(f"counted.moment_{found.moment.value}"),
                "; ".join(_told(context, item, key) for item in since) or language.text("none"),
            )
        )
    table = Table(
        caption=language.text("counted.caption"),
        head=tuple(language.text(f"counted.{name}") for name in ("stream", "counts", "when", "breaks")),
        rows=tuple(rows),
        text_columns=4,
        note=language.text("counted.note"),
    )
    return Section(
        "counted",
        language.text("counted.heading"),
        (language.text("counted.lede"),),
        (Block("counted-list", tables=(table,)),),
    )


def _told(context: ReportContext, item: Break, key: str) -> str:
    language = context.language
    changed = language.pick(item.changed_nl, item.changed_en)
    span = language.month(item.month)
    if item.until is not None:
        span = language.text("counted.span", first=span, last=language.month(item.until))
    kind = "comparable" if item.comparable else "incomparable"
    end = language.text(f"counted.{kind}") if key in item.within else language.text("counted.recounted")
    return language.text("counted.break", span=span, changed=changed, end=end)


def _month(day: date | None) -> str:
    return "" if day is None else f"{day:%Y-%m}"
