"""Lines below a header: each one is read, left out with its reason, or refused with its place."""

from __future__ import annotations

from datetime import date

import pytest

from indforecast.domain.errors import InputError
from indforecast.sources.grid import Broken, Row, Sheet
from indforecast.sources.header import find_layout
from indforecast.sources.limits import Stopwatch, TableLimits
from indforecast.sources.mapping import Publisher
from indforecast.sources.published_table import TableReader
from indforecast.sources.table_rows import TableRows

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
LONG = ("Periode", "Stroom", "Nationaliteit", "Aantal", "Basis", "Definitie", "Bron", "Peildatum")


def read(publisher: Publisher, *lines: tuple[object, ...], limits: TableLimits | None = None) -> TableRows:
    sheet = Sheet("", tuple(Row(line, cells) for line, cells in enumerate(lines, start=1)))  # type: ignore[arg-type]
    layout = find_layout(sheet.rows, publisher, "f.csv")
    assert layout is not None
    limits = limits or TableLimits()
    return TableReader(sheet, layout, publisher, "f.csv", limits, Stopwatch("f.csv", 3600)).read()


def counts(rows: TableRows) -> list[tuple[str, date, int, int]]:
    return list(zip(rows.series_id, rows.period, rows.observed, rows.row, strict=True))


def refusal(publisher: Publisher, *lines: tuple[object, ...], limits: TableLimits | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read(publisher, *lines, limits=limits)
    return caught.value.message


def test_a_line_says_all_there_is_to_say_of_its_figure(ind: Publisher) -> None:
    rows = read(
        ind,
        LONG,
        ("2026-01", "HASA", "Syrië", 5, "estimated", "mine", "a press note", "22-02-2026"),
        ("2026-01", "HASA", "Totaal", 6, None, None, None, None),
    )
    assert counts(rows) == [("asylum_repeat.SYR", JANUARY, 5, 2), ("asylum_repeat", JANUARY, 6, 3)]
    assert rows.basis == ["estimated", "published"]
    assert rows.definition == ["mine", "repeat_application"]
    assert rows.source == ["a press note", "IND monthly export: f.csv"]
    assert rows.available_from == [date(2026, 2, 22), date(2026, 2, 20)]
    assert rows.labels == {"HASA, Syrië": "asylum_repeat.SYR", "HASA, Totaal": "asylum_repeat"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("2026-13", "HASA", "Syrië", 5), "line 2, column A: '2026-13' is not a month"),
        (("2026-01", "Foo", "Syrië", 5), "line 2, column B: stream 'Foo' is not known to the mapping of IND"),
        (("2026-01", None, "Syrië", 5), "line 2, column B: stream '' is not known"),
        (("2026-01", "HASA", "Mars", 5), "line 2, column C: nationality 'Mars' is not known"),
        (("2026-01", "asylum_first.SYR", "Irak", 5), "names a nationality twice"),
        (("2026-01", "HASA", "Syrië", Broken("the error #REF!")), "line 2, column D: the error #REF!"),
        (("2026-01", "HASA", "Syrië", 5, "gokje"), "the basis 'gokje' is not one of published"),
        (
            ("2026-01", "HASA", "Syrië", 5, None, None, None, "morgen"),
            "'morgen', from when it was known, is not a day",
        ),
        (
            ("2026-01", "HASA", "Syrië", 5, None, None, None, None, 7),
            "column I: a figure stands where the header has",
        ),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_place(
    ind: Publisher, line: tuple[object, ...], words: str
) -> None:
    assert words in refusal(ind, LONG, line)


def test_mistakes_are_counted_and_the_first_one_told(ind: Publisher) -> None:
    lines = [("2026-01", "HASA", "Syrië", "vijf")] * 3
    assert "line 2" in refusal(ind, LONG, *lines)
    assert "(and 2 more like it)" in refusal(ind, LONG, *lines)


def test_what_gives_no_row_is_left_out_with_its_reason(ind: Publisher) -> None:
    rows = read(
        ind,
        ("Titel",),
        ("Periode", "HASA", "Totaal", "Overig"),
        ("2026-01", 5, 9, 1),
        ("2026-02", "x", 9, 1),
        ("2026-02", None, 9, 1),
        ("2026-Q1", 15, 27, 3),
        ("2026", 60, 99, 12),
        ("Totaal", 5, 9, 1),
        ("Onbekend", 5, 9, 1),
        (None, None, None, None, "los"),
        ("Voorlopige cijfers",),
    )
    assert counts(rows) == [("asylum_repeat", JANUARY, 5, 3)]
    assert [(one.line, one.column, one.reason) for one in rows.dropped] == [
        (1, "", "above the table"), (2, "C", "column: total"), (2, "D", "column: remainder"),
        (4, "B", "not given"), (5, "B", "not given"), (6, "", "total of a quarter"), (7, "", "total of a year"),
        (8, "", "total"), (9, "", "remainder"), (10, "", "note"), (11, "", "note"),
    ]  # fmt: skip


def test_quarters_are_no_rows_but_are_kept_beside_them(ind: Publisher) -> None:
    down = read(ind, ("Periode", "HASA"), ("2026-01", 5), ("2026-Q1", 15), ("2026-Q2", "x"))
    assert [(one.series_id, one.quarter, one.observed, one.row) for one in down.quarters] == [
        ("asylum_repeat", JANUARY, 15, 3)
    ]
    across = read(ind, ("Stroom", "jan-26", "feb-26", "2026-Q1"), ("HASA", 5, 6, 15))
    assert [(one.series_id, one.observed) for one in across.quarters] == [("asylum_repeat", 15)]
    assert len(across.row) == 2


def test_a_stream_above_the_table_holds_where_nothing_else_says(ind: Publisher) -> None:
    title = ("Eerste asielaanvragen",)
    rows = read(ind, title, ("Periode", "Syrië", "Totaal"), ("2026-01", 5, 9))
    assert counts(rows) == [("asylum_first.SYR", JANUARY, 5, 3), ("asylum_first", JANUARY, 9, 3)]
    assert rows.labels == {
        "Eerste asielaanvragen, Syrië": "asylum_first.SYR",
        "Eerste asielaanvragen, Totaal": "asylum_first",
    }
    assert counts(read(ind, title, ("Periode", "HASA"), ("2026-01", 5))) == [("asylum_repeat", JANUARY, 5, 3)]
    assert counts(read(ind, title, ("Periode", "Aantal"), ("2026-01", 5))) == [("asylum_first", JANUARY, 5, 3)]
    rows = read(ind, title, ("Land", "jan-26", "feb-26"), ("Syrië", 5, 6), ("Totaal", 7, 8))
    assert [one[0] for one in counts(rows)] == ["asylum_first.SYR"] * 2 + ["asylum_first"] * 2


def test_nationalities_without_a_stream_are_refused_and_their_total_is_left_out(ind: Publisher) -> None:
    header = ("Land", "jan-26", "feb-26")
    assert "no column says which stream 'Syrië' belongs to" in refusal(ind, header, ("Syrië", 5, 6))
    assert "no figures below it" in refusal(ind, header, ("Totaal", 5, 6))
    always = ind.model_copy(update={"nationality_stream": "asylum_first"})
    assert [one[0] for one in counts(read(always, header, ("Syrië", 5, 6)))] == ["asylum_first.SYR"] * 2


def test_nationalities_may_stand_across_beside_a_column_of_streams(ind: Publisher) -> None:
    rows = read(
        ind, ("Periode", "Stroom", "Syrië", "Totaal"), ("2026-01", "HASA", 5, 9), ("2026-02", "Studie", 6, 7)
    )
    assert counts(rows) == [
        ("asylum_repeat.SYR", JANUARY, 5, 2), ("asylum_repeat", JANUARY, 9, 2),
        ("students.SYR", FEBRUARY, 6, 3), ("students", FEBRUARY, 7, 3),
    ]  # fmt: skip


def test_what_point_and_comma_mean_is_decided_from_all_figures(ind: Publisher) -> None:
    rows = read(ind, ("Periode", "HASA", "Studie"), ("2026-01", "1.234", "1.234.567"), ("2026-02", "5", "6"))
    assert rows.observed == [1234, 1234567, 5, 6]
    assert rows.style.describe() == "thousands '.'"


def test_places_are_limited_before_they_are_looked_at(ind: Publisher) -> None:
    lines = [("Periode", "HASA", "Studie"), *[("2026-01", 5, 6)] * 3]
    assert len(read(ind, *lines[:3], limits=TableLimits(cells=4)).row) == 4
    assert "places for more than 5 figures" in refusal(ind, *lines, limits=TableLimits(cells=5))


def test_flags_stand_behind_figures_or_beside_them(publishers: dict[str, Publisher]) -> None:
    eurostat = publishers["eurostat"]
    rows = read(eurostat, ("applicant", "citizen", "2026-01", "2026-02"), ("FRST", "SY", "5 p", ": z"))
    assert (rows.observed, dict(rows.flags)) == ([5], {"p": 1})
    header = ("applicant", "citizen", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG")
    rows = read(eurostat, header, ("FRST", "SY", "2026-01", 5, "pe"), ("FRST", "AF", "2026-01", 5, "pz"))
    assert (rows.series_id, dict(rows.flags)) == (["eurostat_first_time_applicants.SYR"], {"pe": 1})
    with pytest.raises(InputError, match="is not a number"):
        read(eurostat, ("applicant", "citizen", "2026-01", "2026-02"), ("FRST", "SY", "5 q", "6"))
