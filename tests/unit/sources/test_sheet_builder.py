from __future__ import annotations

from datetime import date

import pytest

from indforecast.domain.errors import InputError
from indforecast.sources.grid import Row
from indforecast.sources.limits import TableLimits
from indforecast.sources.merged import Area
from indforecast.sources.sheet_builder import SheetBuilder, Texts, date_of_serial

LIMITS = TableLimits(rows=5, columns=4, cells=8, cell_characters=6)


def builder(limits: TableLimits = LIMITS, cells: int = 0) -> SheetBuilder:
    return SheetBuilder("f.xlsx", "Data", limits, cells)


def test_lines_and_cells_come_out_where_they_were_put() -> None:
    made = builder()
    made.begin(2)
    made.put(1, " a\u00a0 b")
    made.put(3, 5, formula=True)
    made.finish()
    made.begin(3)
    made.put(0, "   ")
    made.put(0, None)
    made.finish()
    made.begin(5)
    made.put(0, 0)
    made.finish()
    sheet = made.sheet()
    assert sheet.rows == (Row(2, (None, "a b", None, 5)), Row(5, (0,)))
    assert (sheet.name, sheet.formulas, made.cells) == ("Data", 1, 5)


def test_limits_are_inclusive() -> None:
    made = builder()
    made.begin(5)
    made.put(3, "x" * 6)
    made.finish()
    assert made.sheet().rows[0].cells == (None, None, None, "x" * 6)
    assert made.cells == 4


@pytest.mark.parametrize(
    ("line", "column", "cell", "words"),
    [
        (6, 0, 1, "more than 5 lines"),
        (5, 4, 1, "line 5: more than the 4 columns"),
        (5, 0, "x" * 7, "line 5: a cell of more than 6 characters"),
        (5, 0, "a\x07b", "line 5: a cell holds control characters"),
        (5, 0, "a\u202eb", "control characters"),
        (0, 0, 1, "its lines do not rise"),
    ],
)
def test_what_passes_a_limit_is_refused(line: int, column: int, cell: object, words: str) -> None:
    made = builder()
    with pytest.raises(InputError, match=f"'f.xlsx'.*{words}"):
        made.begin(line)
        made.put(column, cell)  # type: ignore[arg-type]


def test_places_of_all_sheets_count_together_and_empty_ones_before_a_filled_one() -> None:
    made = builder(cells=4)
    made.begin(1)
    made.put(3, 1)
    made.begin(2)
    with pytest.raises(InputError, match="more than 8 cells"):
        made.put(0, 1)


def test_lines_and_cells_must_rise() -> None:
    made = builder()
    with pytest.raises(InputError, match="outside all lines"):
        made.put(0, 1)
    made.begin(2)
    made.put(1, 1)
    with pytest.raises(InputError, match="the cells of line 2 do not rise"):
        made.put(1, 2)
    with pytest.raises(InputError, match="its lines do not rise"):
        made.begin(2)


def test_numbers_of_xml() -> None:
    made = builder()
    assert [made.number(text) for text in ("5", " 5.0 ", "-5", "5.5", "1E2", "1e-1", "+7.")] == [
        5, 5, -5, 5.5, 100, 0.1, 7,
    ]  # fmt: skip
    assert type(made.number("5.0")) is int
    assert made.number("1e300") == 1e300
    for text in ("", "a", "1e999", "nan", "inf", "0x1", "1_0", "٣", "1 0", "=1"):
        with pytest.raises(InputError, match="stores a number that is none"):
            made.number(text)


def test_merged_cells_are_cut_at_the_limits() -> None:
    made = builder()
    made.merge(Area(1, 2, 1_048_576, 16_383))
    assert made.sheet().areas == (Area(1, 2, 5, 3),)
    made.merge(Area(1, 4, 1, 9))
    made.merge(Area(6, 0, 9, 0))
    assert len(made.sheet().areas) == 1


def test_merged_cells_that_overlap_are_damage_and_too_many_are_refused() -> None:
    made = builder(TableLimits())
    made.merge(Area(1, 0, 2, 0))
    made.merge(Area(2, 0, 3, 0))
    with pytest.raises(InputError, match="is damaged: in sheet 'Data' two merged areas overlap in line 2"):
        made.sheet()
    wide = builder()
    wide.merge(Area(1, 0, 1, 3))
    wide.merge(Area(2, 0, 2, 3))
    with pytest.raises(InputError, match="merges more than 8 columns"):
        wide.merge(Area(3, 0, 3, 0))


def test_texts_join_their_pieces_without_readings_and_keep_no_more_than_a_cell() -> None:
    texts = Texts("f.xlsx", LIMITS, "si", "t", skipped=("rPh",), most=2)
    for name, data in (("t", "ab"), ("rPh", None), ("t", "cd"), ("t", "x" * 100)):
        if name == "rPh":
            texts.start("rPh", {})
            texts.start("t", {})
            texts.text("reading")
            texts.end("t")
            texts.end("rPh")
            continue
        texts.start(name, {})
        texts.text(str(data))
        texts.end(name)
    texts.text("between")
    texts.end("si")
    assert texts.found == ["abcd" + "x" * 7]
    texts.start("si", {})
    texts.end("si")
    assert texts.found[1] == ""
    with pytest.raises(InputError, match="more than 2 texts"):
        texts.end("si")


def test_serial_numbers_are_days() -> None:
    assert date_of_serial(45_292) == date(2024, 1, 1)
    assert date_of_serial(45_292.99) == date(2024, 1, 1)
    assert date_of_serial(43_830, date1904=True) == date(2024, 1, 1)
    assert date_of_serial(2_958_465) == date(9999, 12, 31)
    assert date_of_serial(2_957_003, date1904=True) == date(9999, 12, 31)
    assert [date_of_serial(0), date_of_serial(0.5), date_of_serial(2_958_466)] == [None] * 3
    assert date_of_serial(2_957_004, date1904=True) is None
