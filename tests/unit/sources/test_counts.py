from __future__ import annotations

import pytest

from indforecast.sources.counts import CellError, NumberStyle, decide_style, is_numeric, read_count
from indforecast.sources.grid import Broken


def read(*cells: object, decimal: str | None = None) -> list[int]:
    style = decide_style(cells, decimal)
    return [read_count(cell, style) for cell in cells]


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        (("2121", "133"), [2121, 133]),
        (("2.121", "1.998", "1.554", "133"), [2121, 1998, 1554, 133]),
        (("2,121", "1,998", "1,554", "133"), [2121, 1998, 1554, 133]),
        (("1.234.567", "2.121"), [1234567, 2121]),
        (("2.121,0", "133"), [2121, 133]),
        (("2,121.00", "1,998"), [2121, 1998]),
        (("133,0", "2.121"), [133, 2121]),
        (("2121,00",), [2121]),
        (("2 121", "133"), [2121, 133]),
        (("2\u00a0121", "2\u202f121"), [2121, 2121]),
        (("2'121",), [2121]),
        ((2121, 133.0), [2121, 133]),
        (("-5", "\u22125", "+5"), [-5, -5, 5]),
    ],
)
def test_counts_are_read_in_their_style(cells: tuple[object, ...], counts: list[int]) -> None:
    assert read(*cells) == counts


@pytest.mark.parametrize(
    "cells",
    [
        ("1.234",),
        ("1,234",),
        ("1.234", "133"),
        ("1.000", "2.000", "3.000"),  # one, two and three with three decimals?
        ("2.121", "1.998", "1.554", "1234"),  # if the mark were one of thousands, 1234 would have it
    ],
)
def test_a_mark_that_nothing_decides_is_refused(cells: tuple[str, ...]) -> None:
    with pytest.raises(CellError, match=r"may be .* or a fraction"):
        read(*cells)


def test_a_declared_mark_decides() -> None:
    assert read("1.234", decimal=",") == [1234]
    with pytest.raises(CellError, match="not a whole number"):
        read("1.234", decimal=".")


def test_figures_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(CellError, match=r"'\.' marks thousands in '#\.###\.###' and decimals in '#\.#'"):
        decide_style(["1.234.567", "0.5"])


@pytest.mark.parametrize(
    "cell",
    [
        "12,5",
        12.5,
        "1e3",
        "=1+1",
        "x1",
        float("nan"),
        float("inf"),
        1e300,
        "1.23.456",
        "12 34",
        True,
        None,
        Broken("the error #REF!"),
    ],
)
def test_what_is_no_whole_number_is_refused(cell: object) -> None:
    with pytest.raises(CellError):
        read(cell, "1.234.567" if cell == "1.23.456" else "7")


def test_the_style_is_told_in_words() -> None:
    assert NumberStyle(".", ",").describe() == "thousands '.', decimal ','"
    assert NumberStyle().describe() == "without marks"


def test_numbers_are_told_from_words() -> None:
    assert [is_numeric(cell) for cell in ("1.234,5", "12 345", 3, "x", "", "2024-01", None, "1a")] == [
        True, True, True, False, False, False, False, False,
    ]  # fmt: skip
