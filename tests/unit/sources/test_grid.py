from __future__ import annotations

from datetime import date

import pytest

from indforecast.sources.grid import Broken, Row, Sheet, column_letter, normal, shown
from indforecast.sources.merged import Area


def test_beyond_a_line_there_is_nothing() -> None:
    row = Row(3, ("a", None, 0))
    assert [row.at(column) for column in range(4)] == ["a", None, 0, None]
    assert row.filled == [0, 2]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Eerste\t aanvragen ** : ", "eerste aanvragen"),
        ("SYRIË¹", "syrië"),
        ("Syrie\u0308", "syrië"),
        ("STRAẞE", "strasse"),
        ("2*3", "2*3"),
        (None, ""),
        (2024, "2024"),
        (2024.0, "2024"),
        (date(2024, 1, 1), "2024-01-01"),
        (Broken("the error #REF!"), "the error #REF!"),
    ],
)
def test_labels_are_looked_up_without_what_does_not_matter(cell: object, text: str) -> None:
    assert normal(cell) == text  # type: ignore[arg-type]


def test_equal_numbers_of_two_types_are_two_labels() -> None:
    # The lookup is remembered per cell: 1, 1.0 and True are equal in Python and are not the same text.
    assert [normal(1), normal(1.5), normal("1")] == ["1", "1.5", "1"]


def test_a_cell_is_quoted_on_one_line_and_not_too_long() -> None:
    assert shown("a\n\tb") == "a b"
    assert shown("x" * 40) == "x" * 40
    assert shown("x" * 41) == "x" * 40 + "…"
    assert shown(0.1 + 0.2) == "0.3"
    assert shown("\x1b[31m") == "\ufffd[31m"
    assert shown(Broken("a logical value")) == "a logical value"


def test_columns_are_named_as_spreadsheets_do() -> None:
    assert [column_letter(place) for place in (0, 25, 26, 51, 52, 701, 702, 16_383)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip


def test_a_sheet_knows_its_merged_cells() -> None:
    sheet = Sheet("s", (Row(1, ("a", None)), Row(2, ("b", "c"))), areas=(Area(1, 0, 1, 1),))
    assert sheet.merged.cell(sheet.rows[0], 1) == "a"
    assert sheet.merged.cell(sheet.rows[1], 1) == "c"
    assert not Sheet("s", ()).merged
