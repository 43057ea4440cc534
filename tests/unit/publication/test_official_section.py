"""What the report says of the official record, in both languages."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from indforecast.config import load_settings
from indforecast.evaluation.official_record import OwnBand, record_table
from indforecast.publication.context import ReportContext
from indforecast.publication.language import Language
from indforecast.publication.official_section import official_sections
from indforecast.publication.views import Section
from indforecast.reference.official_vintages import official_record

SETTINGS = load_settings()
BAND = OwnBand((30_000.0, 35_000.0, 42_000.0, 48_000.0, 52_000.0, 60_000.0, 70_000.0))


def record(vintage: date = date(2026, 2, 28)) -> pd.DataFrame:
    rows = [row for row in official_record() if row.known_until <= vintage]
    bands = [OwnBand.none("no band: nothing") if row.target_year == 2016 else BAND for row in rows]
    return record_table(rows, bands, vintage=vintage)


def sections(code: str, **tables: pd.DataFrame) -> tuple[Section, ...]:
    inputs = SimpleNamespace(settings=SETTINGS, hierarchy=SETTINGS.hierarchy, tables=tables)
    return official_sections(ReportContext(SimpleNamespace(inputs=inputs), Language(code)))  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["nl", "en"])
def test_a_release_without_the_table_has_no_section(code: str) -> None:
    assert sections(code) == ()
    assert sections(code, official_record=record().iloc[:0]) == ()


def test_what_held_is_counted_and_said_to_prove_nothing() -> None:
    (section,) = sections("en", official_record=record())
    said = " ".join(section.blocks[0].sentences)
    assert "known outcome: 7; inside the band: 2; under the minimum: 5." in said
    assert "a band as well: 6; of these inside the official band: 2, inside ours: 6." in said
    assert "This proves nothing." in said
    assert "calendar year" in section.lede[1]
    (dutch,) = sections("nl", official_record=record())
    assert "Dit bewijst niets." in " ".join(dutch.blocks[0].sentences)
    assert "kalenderjaar" in dutch.lede[1]


def test_rows_show_both_bands_the_outcome_and_where_it_lay() -> None:
    (section,) = sections("en", official_record=record())
    table = section.blocks[0].tables[0]
    rows = {row[:2]: row for row in table.rows}
    assert len(table.rows) == 14
    assert rows["2023", "April 2023"][2:] == (
        "31 March 2023",
        "49,000 – 70,000 – 77,000 (outcome lower)",
        "35,000 – 48,000 – 60,000 (inside)",
        "48,500",
        "33,000",
        "25,000",
        "21,500",
        "500",
    )
    assert rows["2016", "January 2016"][4] == "no band possible"
    assert rows["2025", "February 2025*"][5] == "≈ 41,700"
    assert rows["2026", "September 2025"][3:7] == (
        "39,000 – 67,100",
        "35,000 – 48,000 – 60,000",
        "–",
        "–",
    )
    assert "Month assumed" in table.note


def test_before_any_outcome_nothing_is_counted() -> None:
    (section,) = sections("en", official_record=record(date(2016, 10, 1)))
    assert section.blocks[0].sentences[0] == "The outcome of no official band is known yet."
