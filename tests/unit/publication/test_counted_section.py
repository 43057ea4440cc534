"""What a release says of what it counts."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from indforecast.config import load_settings
from indforecast.publication.context import ReportContext
from indforecast.publication.counted_section import (
    BREAK_COLUMNS,
    DEFINITION_COLUMNS,
    counted_by,
    counted_section,
    definition_tables,
)
from indforecast.publication.language import Language
from indforecast.publication.tables import csv_bytes, parquet_bytes, read_parquet
from indforecast.reference.dataset import reference_frame

SETTINGS = load_settings()


def tables(history: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return definition_tables(history, SETTINGS.hierarchy, SETTINGS.registry)


def section_rows(code: str, history: pd.DataFrame) -> list[tuple[str, ...]]:
    inputs = SimpleNamespace(settings=SETTINGS, hierarchy=SETTINGS.hierarchy)
    facts = SimpleNamespace(inputs=inputs, table={"history": history}.__getitem__)
    section = counted_section(ReportContext(facts, Language(code)))  # type: ignore[arg-type]
    return list(section.blocks[0].tables[0].rows)


def test_every_published_stream_has_a_row_and_nationalities_have_none():
    found = tables(reference_frame())["definitions"]
    assert list(found.columns) == list(DEFINITION_COLUMNS)
    assert list(found["series_id"]) == list(SETTINGS.hierarchy.series_ids)
    nareis = found.set_index("series_id").loc["asylum_nareis"]
    assert (nareis["moment"], nareis["valid_from"], nareis["valid_until"]) == ("arrived", "2014-04", "")
    assert nareis["published_by"] == "IND; CBS"
    assert (found[["sources", "assumption"]] != "").any(axis=1).all()


def test_breaks_stand_with_every_stream_that_they_touch():
    found = tables(reference_frame())["definition_breaks"]
    assert list(found.columns) == list(BREAK_COLUMNS)
    first = found[found["series_id"] == "asylum_first"].set_index("break")
    assert list(first["role"]) == ["begins", "begins", "within", "within"]
    assert first.loc["registration_stop_2020", ["first_month", "last_month"]].tolist() == ["2020-03", "2020-06"]
    assert list(found.loc[found["series_id"] == "asylum", "break"]) == ["registration_stop_2020"]


def test_both_tables_are_published_as_bytes_and_come_back():
    for table in tables(reference_frame()).values():
        pd.testing.assert_frame_equal(read_parquet(parquet_bytes(table)), table, check_dtype=False)
        assert csv_bytes(table).count(b"\n") == len(table) + 1


def test_an_unregistered_definition_is_published_by_its_key():
    history = pd.DataFrame(
        {"series_id": ["students"], "period": [pd.Timestamp("2025-01-01")], "definition": ["visits"]}
    )
    found = tables(history)
    assert found["definitions"].loc[0, ["series_id", "definition", "counts_en"]].tolist() == [
        "students", "visits", "",
    ]  # fmt: skip
    assert found["definition_breaks"].empty
    assert csv_bytes(found["definition_breaks"]).count(b"\n") == 1
    assert section_rows("en", history) == [("Students", "visits", "–", "none")]


def test_series_outside_the_hierarchy_are_not_told_of():
    history = pd.DataFrame(
        {"series_id": ["eurostat_asylum_applicants", "students"], "definition": ["eurostat_applicant", "x"]}
    )
    assert counted_by(history, SETTINGS.hierarchy) == [("students", "x")]


def test_the_section_tells_of_breaks_since_the_series_begins_in_both_languages():
    english = {row[0]: row for row in section_rows("en", reference_frame())}
    first = english["First asylum applications"]
    assert first[2] == "when signed at identification"
    assert "April 2014: family members who follow are no longer counted as first applicants" in first[3]
    assert "(comparable before and after)" in first[3]
    assert "2008" not in first[3]  # before the series begins
    assert english["Students"][3] == "none"
    dutch = {row[0]: row for row in section_rows("nl", reference_frame())}
    assert dutch["Nareis (inreis gezinsleden)"][2] == "bij inreis"
    assert "maart 2020 tot en met juni 2020" in dutch["Eerste asielaanvragen"][3]


def test_a_break_within_that_is_not_comparable_is_called_so():
    settings = SETTINGS.model_copy(
        update={"breaks": {"x": SETTINGS.breaks["relocation_2016"].model_copy(update={"comparable": False})}}
    )
    inputs = SimpleNamespace(settings=settings, hierarchy=settings.hierarchy)
    facts = SimpleNamespace(inputs=inputs, table={"history": reference_frame()}.__getitem__)
    rows = counted_section(ReportContext(facts, Language("en"))).blocks[0].tables[0].rows  # type: ignore[arg-type]
    assert "(not comparable)" in next(row[3] for row in rows if row[0] == "First asylum applications")
