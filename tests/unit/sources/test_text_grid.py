from __future__ import annotations

import pytest

from indforecast.domain.errors import InputError
from indforecast.sources.grid import Row
from indforecast.sources.limits import Stopwatch, TableLimits
from indforecast.sources.text_grid import all_rows, decode_any, head

LIMITS = TableLimits(rows=5, columns=4, cells=9)


def rows(text: str, delimiter: str = ";", limits: TableLimits = LIMITS) -> tuple[Row, ...]:
    return all_rows(text, "f.csv", limits, delimiter, Stopwatch("f.csv", 60))


@pytest.mark.parametrize(
    ("content", "text", "encoding"),
    [
        ("Syrië".encode(), "Syrië", "UTF-8"),
        ("Syrië".encode("utf-8-sig"), "Syrië", "UTF-8 with mark"),
        ("Syrië €".encode("cp1252"), "Syrië €", "Windows-1252"),
    ],
)
def test_the_code_page_is_found(content: bytes, text: str, encoding: str) -> None:
    assert decode_any(content, "f.csv", LIMITS) == (text, encoding)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a\nb\x81", "line 2: neither UTF-8 nor Windows-1252"),
        ("a".encode("utf-16"), "UTF-16"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"a\x00", "NUL byte"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=f"'f.csv'.*{words}"):
        decode_any(content, "f.csv", LIMITS)


def test_lines_that_hold_nothing_are_no_rows_and_empty_cells_are_none() -> None:
    assert rows("a;b\n\n;;\n;c") == (Row(1, ("a", "b")), Row(4, (None, "c")))


def test_the_head_ends_where_the_delimiter_does_not_fit_and_at_its_count() -> None:
    assert [row.line for row in head("a\nb\nc", "f.csv", LIMITS, ";", 2)] == [1, 2]
    assert [row.line for row in head('a\n"x"y\nc', "f.csv", LIMITS, ";", 9)] == [1]
    with pytest.raises(InputError, match="broken quotes"):
        rows('a\n"x"y\nc')


def test_cells_are_counted_over_all_lines() -> None:
    assert len(rows("a;b;c\n" * 3)) == 3
    with pytest.raises(InputError, match="more than 9 cells"):
        rows("a;b;c\n" * 3 + "d")
    with pytest.raises(InputError, match="was stopped"):
        all_rows("a\n" * 1000, "f.csv", TableLimits(), ";", Stopwatch("f.csv", -1))


def test_dimensions_that_share_the_first_cell_become_columns() -> None:
    text = "freq,citizen,geo\\TIME_PERIOD\t2026-01 \nM,SY,NL\t5 p\nM,SY\t6\n"
    assert [row.cells for row in rows(text, "\t", TableLimits())] == [
        ("freq", "citizen", "geo", "2026-01"), ("M", "SY", "NL", "5 p"), ("M,SY", "6"),
    ]  # fmt: skip
    # Only tabs leave the commas to the dimensions, and only a header of that form does.
    assert rows("a,b\tc\nd,e\tf\n", "\t")[1].cells == ("d,e", "f")
    assert rows("freq,geo\\TIME;2026-01\nM,NL;5\n", ";")[1].cells == ("M,NL", "5")
