from __future__ import annotations

import pytest

from indforecast.sources.counts import CellError
from indforecast.sources.grid import Row
from indforecast.sources.merged import Area, Merged
from indforecast.sources.row_labels import RowLabels

NONE = Merged((), ())


def labelled(*lines: tuple[object, ...], areas: tuple[Area, ...] = ()) -> list[tuple[object, ...]]:
    rows = [Row(line, cells) for line, cells in enumerate(lines, start=1)]  # type: ignore[arg-type]
    labels = RowLabels(range(len(lines[0])), Merged(areas, rows))
    return [tuple(labels.of(row).values()) for row in rows]


def test_an_outer_label_stands_for_the_lines_below_it() -> None:
    assert labelled(("a", "x"), (None, "y"), ("b", "x"), (None, "y")) == [
        ("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"),
    ]  # fmt: skip


def test_the_last_label_of_a_line_is_never_filled() -> None:
    assert labelled(("a", "x"), ("b", None), (None, None)) == [("a", "x"), ("b", None), (None, None)]


def test_below_a_new_outer_label_nothing_of_the_old_one_holds() -> None:
    assert labelled(("a", "x", "1"), ("b", None, "2")) == [("a", "x", "1"), ("b", None, "2")]
    assert labelled(("a", "x", "1"), ("a", None, "2")) == [("a", "x", "1"), ("a", "x", "2")]


def test_a_merged_label_reaches_as_far_as_it_says() -> None:
    lines = (("a", "x"), (None, "y"), (None, "z"))
    assert labelled(*lines, areas=(Area(1, 0, 2, 0),)) == [("a", "x"), ("a", "y"), (None, "z")]


def test_within_a_merged_label_the_next_one_may_be_left_empty() -> None:
    lines = (("a", "x", "1"), (None, None, "2"), (None, "y", "3"))
    assert labelled(*lines, areas=(Area(1, 0, 3, 0),)) == [("a", "x", "1"), ("a", "x", "2"), ("a", "y", "3")]


def test_what_lies_hidden_below_a_merged_cell_is_not_read() -> None:
    assert labelled(("a", "x"), ("secret", "y"), areas=(Area(1, 0, 2, 0),))[1] == ("a", "y")


def test_filled_labels_are_counted() -> None:
    labels = RowLabels((0, 1), NONE)
    for line, cells in enumerate((("a", "x"), (None, "y"), (None, None)), start=1):
        labels.of(Row(line, cells))
    assert labels.filled == 1


@pytest.mark.parametrize(
    ("months", "fits"),
    [
        ("nov dec", True),
        ("dec nov okt", True),
        ("jan feb apr", True),
        ("nov dec jan", False),
        ("dec jan", False),
        ("feb jan feb", False),
        ("jan jan feb", True),
    ],
)
def test_months_below_a_year_that_is_not_repeated_follow_each_other(months: str, fits: bool) -> None:
    def read() -> None:
        labels = RowLabels((0, 1), NONE)
        for line, month in enumerate(months.split(), start=1):
            row = Row(line, ("2025" if line == 1 else None, month))
            labels.see_that_months_rise(row, labels.of(row), 0, 1)

    if fits:
        read()
    else:
        with pytest.raises(CellError, match="column A: no year stands here"):
            read()


def test_each_stream_below_a_year_begins_anew() -> None:
    labels = RowLabels((0, 1, 2), NONE)
    lines = (("2025", "HASA", "nov"), (None, None, "dec"), (None, "Studie", "nov"), (None, None, "dec"))
    for line, cells in enumerate(lines, start=1):
        row = Row(line, cells)
        labels.see_that_months_rise(row, labels.of(row), 0, 2)
