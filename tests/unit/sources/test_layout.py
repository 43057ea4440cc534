from __future__ import annotations

from datetime import date

from indforecast.sources.grid import Row, column_letter, normal, shown
from indforecast.sources.header import find_layout
from indforecast.sources.labels import series_named
from indforecast.sources.mapping import Publisher


def rows(*lines: tuple[object, ...]) -> tuple[Row, ...]:
    return tuple(Row(line, cells) for line, cells in enumerate(lines, start=1))  # type: ignore[arg-type]


def test_a_title_is_no_header(ind: Publisher) -> None:
    table = rows(("Instroom",), ("Periode", "2026-01"), ("Periode", "Studie"), ("2026-01", 5))
    layout = find_layout(table, ind, "f")
    assert layout is not None
    assert (layout.header_at, layout.orientation, layout.series_across) == (2, "streams across", {1: "students"})


def test_the_corner_may_be_empty(ind: Publisher) -> None:
    down = find_layout(rows((None, "Studie"), ("2026-01", 5)), ind, "f")
    across = find_layout(rows((None, "jan-26", "feb-26"), ("Studie", 5, 6)), ind, "f")
    assert down is not None and down.roles == {"period": 0}
    assert across is not None and across.roles == {"series": 0}
    assert across.months_across == {1: date(2026, 1, 1), 2: date(2026, 2, 1)}


def test_totals_and_quarters_across_are_left_out(ind: Publisher) -> None:
    layout = find_layout(
        rows(("Stroom", "jan-26", "feb-26", "2026-Q1", "Totaal"), ("Studie", 5, 6, 7, 8)), ind, "f"
    )
    assert layout is not None
    assert layout.left_out == {3: "total of a quarter", 4: "total"}


def test_no_header_is_none(ind: Publisher) -> None:
    assert find_layout(rows(("a", "b"), ("c", 1)), ind, "f") is None


def test_labels_are_looked_up_without_case_spaces_and_marks(ind: Publisher) -> None:
    assert normal("  Eerste   Aanvragen* :") == "eerste aanvragen"
    assert series_named(normal("EERSTE AANVRAGEN¹"), ind) == "asylum_first"
    assert series_named("asylum_first.syr", ind) == "asylum_first.SYR"
    assert series_named("asylum_first.syria", ind) is None


def test_columns_and_cells_are_shown_briefly() -> None:
    assert [column_letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert shown("a\n b\x1b") == "a b\ufffd"
    assert len(shown("x" * 100)) == 41
