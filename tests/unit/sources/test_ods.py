"""Sheets of ODS as their XML says them; archives that would do harm are in ``test_archive``."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks import delivery_files as make
from indforecast.domain.errors import InputError
from indforecast.sources.archive import Archive
from indforecast.sources.grid import Broken, Sheet
from indforecast.sources.limits import Stopwatch, TableLimits
from indforecast.sources.merged import Area
from indforecast.sources.ods import read_ods

TYPED = 'office:value-type="{}"'


def document(lines: str) -> bytes:
    names = " ".join(f'xmlns:{name}="urn:{name}"' for name in ("office", "table", "text", "style"))
    return make.zipped(
        {"content.xml": f"<office:d {names}><table:table table:name='Data'>{lines}</table:table></office:d>"}
    )


def read(content: bytes, limits: TableLimits | None = None) -> tuple[list[Sheet], list[str]]:
    limits = limits or TableLimits()
    return read_ods(Archive(content, "f.ods", limits, Stopwatch("f.ods", 60)), limits)


def rows(lines: str, limits: TableLimits | None = None) -> list[tuple[int, tuple[object, ...]]]:
    return [(row.line, row.cells) for row in read(document(lines), limits)[0][0].rows]


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def cell(kind: str = "", value: str = "", text: str = "", more: str = "") -> str:
    name = {"date": "date-value", "string": "string-value", "boolean": "boolean-value"}.get(kind, "value")
    typed = f'office:value-type="{kind}"' if kind else ""
    stored = f'office:{name}="{value}"' if value else ""
    shown = f"<text:p>{text}</text:p>" if text else ""
    return f"<table:table-cell {typed} {stored} {more}>{shown}</table:table-cell>"


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        (cell("float", "5", "vijf"), 5),
        (cell("currency", "5.5"), 5.5),
        (cell("percentage", "0.5", "50%"), 0.5),
        (cell("date", "2024-01-01", "jan-24"), date(2024, 1, 1)),
        (cell("date", "2024-01-01T00:00:00", "x"), date(2024, 1, 1)),
        (cell("string", "", "a"), "a"),
        (cell("string", "stored", "shown"), "stored"),
        (cell("string", "", "a<text:s/>b<text:tab/>c"), "a b c"),
        (cell("string", "", "a</text:p><text:p>b"), "a b"),
        (cell("", "", "untyped"), "untyped"),
        (cell("boolean", "true", "WAAR"), Broken("a logical value")),
        (cell("float", "2", "2", 'table:formula="of:=1+1"'), 2),
        (cell("string", "", "#REF!", 'table:formula="of:=x"'), Broken("the error #REF!")),
        (cell("", "", "", 'table:formula="of:=1+1"'), Broken("a formula without a stored value")),
    ],
)
def test_a_cell_is_the_value_that_was_stored(xml: str, value: object) -> None:
    assert rows(row(xml)) == [(1, (value,))]


@pytest.mark.parametrize("day", ["2024-02-30", "", "x"])
def test_a_date_that_is_none_is_damage(day: str) -> None:
    with pytest.raises(InputError, match="line 1 stores a date that is none"):
        rows(row(cell("date", day)))


def test_repeated_lines_and_cells_are_repeated_and_empty_ones_take_no_place() -> None:
    lines = (
        row(
            "<table:table-cell table:number-columns-repeated='2'/>",
            cell("float", "5", "", 'table:number-columns-repeated="2"'),
        )
        + row("<table:table-cell/>", attributes='table:number-rows-repeated="1000000"')
        + row(cell("float", "7"), attributes='table:number-rows-repeated="2"')
    )
    with pytest.raises(InputError, match="more than 200,000 lines"):
        rows(lines)
    near = lines.replace("1000000", "10")
    assert rows(near) == [(1, (None, None, 5, 5)), (12, (7,)), (13, (7,))]


@pytest.mark.parametrize("count", ["0", "-1", "x", "1e9", "٣", "9999999999"])
def test_a_number_of_repeats_that_is_none_is_damage(count: str) -> None:
    with pytest.raises(InputError, match="something is repeated"):
        rows(row(cell("float", "1", "", f'table:number-columns-repeated="{count}"')))


def test_repeats_are_limited_before_they_are_made() -> None:
    limits = TableLimits(rows=3, columns=3, cells=5)
    assert rows(row(cell("float", "1", "", 'table:number-columns-repeated="3"')), limits)[0][1] == (1, 1, 1)
    with pytest.raises(InputError, match="more than the 3 columns"):
        rows(row(cell("float", "1", "", 'table:number-columns-repeated="4"')), limits)
    with pytest.raises(InputError, match="more than 3 lines"):
        rows(row(cell("float", "1"), attributes='table:number-rows-repeated="4"'), limits)
    with pytest.raises(InputError, match="more than 5 cells"):
        both = cell("float", "1", "", 'table:number-columns-repeated="2"')
        rows(row(both, attributes='table:number-rows-repeated="3"'), limits)


def test_comments_drawings_and_recorded_changes_are_no_cells() -> None:
    aside = "<office:annotation><text:p>9</text:p></office:annotation>"
    changes = f"<table:tracked-changes>{row(cell('float', '9'))}</table:tracked-changes>"
    noted = f"<table:table-cell office:value-type='string'>{aside}<text:p>a</text:p></table:table-cell>"
    assert rows(changes + row(noted)) == [(1, ("a",))]


def test_merged_cells_are_known_in_lines_and_columns() -> None:
    content = make.ods_file({"Data": [["a", None], ["b", 5], [None, 6]]}, merged=["A1:B1", "A2:A3"])
    assert read(content)[0][0].areas == (Area(1, 0, 1, 1), Area(2, 0, 3, 0))


def test_merged_cells_that_are_repeated_are_damage() -> None:
    merged = cell("float", "1", "", 'table:number-columns-spanned="2"')
    assert len(read(document(row(merged)))[0][0].areas) == 1
    with pytest.raises(InputError, match="line 1 repeats merged cells"):
        rows(row(merged, attributes='table:number-rows-repeated="2"'))


def test_a_table_within_a_table_is_refused_and_hidden_ones_are_named() -> None:
    with pytest.raises(InputError, match="a table within a table"):
        rows("<table:table table:name='Inner'></table:table>")
    sheets, hidden = read(make.ods_file({"Data": [["a"]], "Geheim": [["b"]]}, hidden=["Geheim"]))
    assert ([sheet.name for sheet in sheets], hidden) == (["Data"], ["Geheim"])
