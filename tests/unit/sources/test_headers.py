"""Headers of several lines, as a layout or a refusal."""

from __future__ import annotations

from datetime import date

import pytest

from indforecast.domain.errors import InputError
from indforecast.sources.grid import Row
from indforecast.sources.header import find_layout
from indforecast.sources.layout import Layout
from indforecast.sources.limits import Stopwatch
from indforecast.sources.mapping import Publisher
from indforecast.sources.merged import Area, Merged

NOV, DEC, JAN, FEB = date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)


def layout_of(
    publisher: Publisher, *lines: str | tuple[object, ...], areas: tuple[Area, ...] = ()
) -> Layout | None:
    """Lines are written with ``;``; an empty line is a line of the file that holds nothing."""
    cells = [tuple(cell or None for cell in line.split(";")) if isinstance(line, str) else line for line in lines]
    rows = tuple(Row(at, line) for at, line in enumerate(cells, start=1) if any(one is not None for one in line))  # type: ignore[arg-type]
    return find_layout(rows, publisher, "f", Merged(areas, rows))


def some(layout: Layout | None) -> Layout:
    assert layout is not None
    return layout


def test_years_stand_over_months(ind: Publisher) -> None:
    found = some(layout_of(ind, ";2025;;2026;", "Stroom;nov;dec;jan;feb", "Studie;1;2;3;4"))
    assert found.months_across == {1: NOV, 2: DEC, 3: JAN, 4: FEB}
    assert (found.orientation, found.roles, found.header_at, found.lines) == ("months across", {"series": 0}, 1, 2)
    assert found.texts[4] == "2026 / feb"


def test_merged_years_reach_as_far_as_they_say(ind: Publisher) -> None:
    lines = ((None, 2025, None, None), ("Stroom", "nov", "dec", "jan"), ("Studie", 1, 2, 3))
    with pytest.raises(InputError, match=r"column D: 'jan' has no year above it"):
        layout_of(ind, *lines, areas=(Area(1, 1, 1, 2),))
    both = ((None, 2025, None, 2026), *lines[1:])
    assert some(layout_of(ind, *both, areas=(Area(1, 1, 1, 2),))).months_across == {1: NOV, 2: DEC, 3: JAN}


@pytest.mark.parametrize("months", ["nov;dec;jan;feb", "dec;nov;jan;feb", "jan;feb;jan;feb"])
def test_a_year_that_was_forgotten_is_noticed(ind: Publisher, months: str) -> None:
    with pytest.raises(InputError, match=r"the months do not follow each other|says what column B says"):
        layout_of(ind, ";2025;;;", f"Stroom;{months}", "Studie;1;2;3;4")


def test_years_may_stand_over_falling_months_and_beside_totals(ind: Publisher) -> None:
    found = some(layout_of(ind, ";2026;;;2025;", "Stroom;feb;jan;Totaal;dec;Totaal", "Studie;1;2;3;4;5"))
    assert found.months_across == {1: FEB, 2: JAN, 4: DEC}
    assert found.left_out == {3: "total of a year", 5: "total of a year"}


def test_streams_stand_over_nationalities(ind: Publisher) -> None:
    found = some(
        layout_of(
            ind, ";Eerste aanvragen;;;HASA;Studie", "Periode;Syrië;Overig;Totaal;Syrië;", "2026-01;1;2;3;4;5"
        )
    )
    assert found.series_across == {1: "asylum_first", 3: "asylum_first", 4: "asylum_repeat", 5: "students"}
    assert found.codes_across == {1: "SYR", 3: "", 4: "SYR", 5: ""}
    assert found.left_out == {2: "remainder"}
    assert found.roles == {"period": 0}


def test_months_stand_over_streams_and_rows_are_nationalities(ind: Publisher) -> None:
    found = some(layout_of(ind, ";jan-26;;feb-26;", "Nationaliteit;HASA;Studie;HASA;Studie", "Syrië;1;2;3;4"))
    assert found.months_across == {1: JAN, 2: JAN, 3: FEB, 4: FEB}
    assert found.series_across == {1: "asylum_repeat", 2: "students", 3: "asylum_repeat", 4: "students"}
    assert found.roles == {"nationality": 0}


def test_three_lines_are_one_header(ind: Publisher) -> None:
    found = some(layout_of(ind, ";HASA;;;", ";2025;;2026;", ";nov;dec;jan;feb", "Syrië;1;2;3;4", "Totaal;5;6;7;8"))
    assert found.lines == 3
    assert set(found.series_across.values()) == {"asylum_repeat"}
    assert found.roles == {"nationality": 0}


def test_an_empty_line_parts_a_title_from_a_header(ind: Publisher) -> None:
    title = some(layout_of(ind, "HASA", "", "Periode;Syrië;Totaal", "2026-01;1;2"))
    assert (title.lines, title.head.series_id, title.codes_across) == (1, "asylum_repeat", {1: "SYR", 2: ""})


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            (";HASA;;Foo;", "Periode;Syrië;Totaal;Syrië;Totaal", "2026-01;1;2;3;4"),
            "column D: 'Foo / Syrië' is not known",
        ),
        (
            (";HASA;;Studie;", "Periode;Syrië;Totaal;Syrië;Syrië", "2026-01;1;2;3;4"),
            "column E: 'Studie / Syrië' says",
        ),
        ((";2025;;", "Stroom;nov;dec;Mars", "Studie;1;2;3"), "column D: '2025 / Mars' is not known"),
        ((";;HASA;", "Periode;Syrië;Syrië;Irak", "2026-01;1;2;3"), "column B: 'Syrië' has no stream above it"),
    ],
)
def test_one_column_that_is_not_understood_is_named(ind: Publisher, lines: tuple[str, ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        layout_of(ind, *lines)


@pytest.mark.parametrize(
    "lines",
    [
        # A line of figures, given or not, is no part of a header, however much its figures look like years.
        ("Stroom;jan-26;feb-26", "Studie;2025;2026"),
        ("Stroom;jan-26;feb-26", "Studie;x;x"),
        ("Periode;HASA;Studie", "2026-01;x;x"),
        ("Periode;HASA;Studie", "Januari 2026;2025;2026"),
    ],
)
def test_the_first_line_below_a_header_is_not_taken_for_one(ind: Publisher, lines: tuple[str, ...]) -> None:
    found = some(layout_of(ind, *lines))
    assert (found.lines, found.header_at) == (1, 0)


def test_flags_below_a_merged_month_are_left_out(publishers: dict[str, Publisher]) -> None:
    lines = (("TIME", "2026-01", None), ("CITIZEN (Labels)", None, None), ("Syria", 5, "p"))
    found = some(layout_of(publishers["eurostat"], *lines, areas=(Area(1, 1, 1, 2),)))
    assert found.months_across == {1: JAN}
    assert found.left_out == {2: "no figures in it"}
    two = (("TIME", "2026-01", None, "2026-02"), (*lines[1], None), ("Syria", 5, 6, 7))
    with pytest.raises(InputError, match="column C: '2026-01' says what column B says"):
        layout_of(publishers["eurostat"], *two, areas=(Area(1, 1, 1, 2),))


def test_a_line_of_a_breakdown_reads_its_total_alone(publishers: dict[str, Publisher]) -> None:
    found = some(
        layout_of(
            publishers["cbs"],
            ";Geslacht;Totaal mannen en vrouwen;Totaal mannen en vrouwen;Mannen;Mannen",
            "Onderwerp;Perioden;2026 januari*;2026 februari*;2026 januari*;2026 februari*",
            "Eerste asielverzoeken;aantal;5;6;7;8",
        )
    )
    assert found.months_across == {2: JAN, 3: FEB}
    assert found.left_out == {4: "sex: Mannen", 5: "sex: Mannen"}
    assert found.roles == {"series": 0}


def test_finding_a_header_takes_no_longer_than_reading_may(ind: Publisher) -> None:
    rows = [Row(at, ("HASA", "Studie")) for at in range(1, 9)]
    assert find_layout(rows, ind, "f", watch=Stopwatch("f", 3600)) is None
    with pytest.raises(InputError, match="was stopped"):
        find_layout(rows, ind, "f", watch=Stopwatch("f", -1))
