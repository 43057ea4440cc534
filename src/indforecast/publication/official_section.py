"""The section that sets our band beside the ministry's and the outcome.

What belongs here: wording the table ``official_record``. What does not: scoring (``evaluation.official_record``),
the replay behind our bands (``forecasting.official_replay``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from indforecast.evaluation.official_record import REPLAYED, tally
from indforecast.publication.tables import records
from indforecast.publication.views import Block, Section, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indforecast.publication.context import ReportContext
    from indforecast.publication.language import Language

#: Begins the reason of a day that was read into a vintage which names no month.
_ASSUMED = "assumption"


def official_sections(context: ReportContext) -> tuple[Section, ...]:
    """One section, or none where a release has no such table or nothing stands in it."""
    record = context.facts.inputs.tables.get("official_record")
    if record is None or record.empty:
        return ()
    language = context.language
    note = (language.text("official.note"), *_assumed_note(language, record))
    table = Table(
        caption=language.text("official.table"),
        head=(
            language.text("column.year"),
            language.text("official.made"),
            language.text("official.until"),
            language.text("official.theirs"),
            language.text("official.ours"),
            language.text("column.outcome"),
            language.text("official.their_score"),
            language.text("official.our_score"),
            language.text("official.their_error"),
            language.text("official.our_error"),
        ),
        rows=tuple(_row(language, row) for row in records(record)),
        text_columns=3,
        note=" ".join(note),
    )
    sentences = (*_counted(language, record), language.markup("official.proves_nothing"))
    return (
        Section(
            "official",
            language.text("official.heading"),
            (language.text("official.lede"), language.text("official.definition")),
            (Block("official-record", sentences=sentences, tables=(table,)),),
        ),
    )


def _counted(language: Language, record: pd.DataFrame) -> list[str]:
    found = tally(record)
    if found.cases == 0:
        return [language.text("official.no_outcome")]
    counts = {"cases": found.cases, "inside": found.official_inside, "below": found.below}
    said = [language.text("official.theirs_held", **counts)]
    if found.shared:
        both = record[(record["official_held"].fillna("") != "") & (record["own_held"].fillna("") != "")]
        said.append(
            language.text(
                "official.ours_held",
                shared=found.shared,
                theirs=found.shared_official_inside,
                ours=found.shared_own_inside,
                their_score=language.number(both["official_interval_score_80"].mean()),
                our_score=language.number(both["own_interval_score_80"].mean()),
            )
        )
    return said


def _assumed_note(language: Language, record: pd.DataFrame) -> tuple[str, ...]:
    assumed = record["vintage_from"].str.startswith(_ASSUMED).any()
    return (language.text("official.assumed"),) if assumed else ()


def _row(language: Language, row: Mapping[str, Any]) -> tuple[str, ...]:
    day = pd.Timestamp(row["vintage"])
    mark = "*" if str(row["vintage_from"]).startswith(_ASSUMED) else ""
    own = _band(language, row, "own") if row["own_status"] == REPLAYED else language.text("official.no_band")
    scores = ("official_interval_score_80", "own_interval_score_80")
    errors = ("official_absolute_error", "own_absolute_error")
    return (
        str(int(row["target_year"])),
        language.month(day + pd.Timedelta(days=1)) + mark,
        language.day(day.date()),
        _band(language, row, "official"),
        own,
        _outcome(language, row),
        *(language.number(row[name]) for name in (*scores, *errors)),
    )


def _band(language: Language, row: Mapping[str, Any], whose: str) -> str:
    """Minimum, medio and maximum as far as they were given, with where the outcome lay."""
    figures = [row[f"{whose}_{name}"] for name in ("minimum", "medio", "maximum")]
    band = " – ".join(language.number(figure) for figure in figures if not pd.isna(figure))
    held = {
        "inside": language.text("official.inside"),
        "below": language.text("official.below"),
        "above": language.text("official.above"),
    }.get(str(row[f"{whose}_held"]), "")
    return f"{band} ({held})" if held else band


def _outcome(language: Language, row: Mapping[str, Any]) -> str:
    about = "≈ " if "~" in str(row["outcome_as_written"]) else ""
    return about + language.number(row["outcome"]) if not pd.isna(row["outcome"]) else "–"
