"""Numbers of persons in the spellings of publishers: thousands marks and decimal marks, decided per file.

What belongs here: which mark is which, and cells into whole numbers. What does not: which cells are counts
(``layout``), whether a count is plausible (``expectations``).

A count is whole, so a decimal mark can only precede zeros. A lone ``1.234`` may still be one thousand or a
fraction that does not belong there; the other figures of the file decide, and where they do not it is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from indforecast.domain.disclosure import hidden_figure
from indforecast.sources.grid import Broken, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from indforecast.sources.grid import Cell

_SPACED: Final = re.compile(r"[\u00a0\u2009\u202f ']")
_GROUPS_BY_SPACE: Final = re.compile(r"[-+]?[0-9]{1,3}(?:[\u00a0\u2009\u202f '][0-9]{3})+(?:[.,][0-9]+)?")
_NUMBER: Final = re.compile(r"[-+\u2212]?[0-9]{1,15}(?:[.,][0-9]{1,15})*")
_PLAIN: Final = re.compile(r"[-+]?[0-9]{1,15}")
_MARKS: Final = ".,"
_LARGEST: Final = 10**15
#: How many figures must agree on a mark of thousands before an undecided file is decided by them.
_AGREEING: Final = 3


class CellError(ValueError):
    """What is wrong with one cell; becomes an InputError with its place."""


@dataclass(frozen=True)
class NumberStyle:
    """Which mark stands for what; None where a mark was not seen or means nothing.

    Parameters
    ----------
    thousands, decimal : str or None
        ``.`` or ``,``.
    undecided : str or None
        A mark that the file uses without showing what it means.
    """

    thousands: str | None = None
    decimal: str | None = None
    undecided: str | None = None

    def describe(self) -> str:
        """The style in words."""
        parts = [f"thousands '{self.thousands}'"] if self.thousands else []
        parts += [f"decimal '{self.decimal}'"] if self.decimal else []
        return ", ".join(parts) or "without marks"


def is_numeric(cell: Cell) -> bool:
    """Whether a cell is a number, in whatever spelling."""
    if isinstance(cell, str):
        return _NUMBER.fullmatch(_SPACED.sub("", cell)) is not None
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def unflagged(cell: Cell, flags: Collection[str]) -> tuple[Cell, str]:
    """A figure without the letters that its publisher writes behind it, and these letters."""
    if not flags or not isinstance(cell, str) or " " not in cell:
        return cell, ""
    figure, _, flag = cell.rpartition(" ")
    return (figure.strip(), flag) if set(flag) <= set(flags) else (cell, "")


def decide_style(cells: Iterable[Cell], decimal: str | None = None) -> NumberStyle:
    """What point and comma mean in a file.

    Parameters
    ----------
    cells : iterable of Cell
        Every cell that may be a count.
    decimal : str, optional
        The publisher's decimal mark, where it is declared: nothing is left to decide then.

    Raises
    ------
    CellError
        If figures contradict each other.
    """
    if decimal is not None:
        return NumberStyle(thousands=_other(decimal), decimal=decimal)
    texts = [cell for cell in cells if isinstance(cell, str) and is_numeric(cell)]
    meanings: dict[str, dict[str, str]] = {mark: {} for mark in _MARKS}
    grouped: dict[str, list[str]] = {mark: [] for mark in _MARKS}
    long_plain = False
    for text in texts:
        bare = _SPACED.sub("", text).lstrip("-+\u2212")
        marks = [letter for letter in bare if letter in _MARKS]
        if not marks:
            long_plain = long_plain or len(bare) > 3
            continue
        last = marks[-1]
        head, _, tail = bare.rpartition(last)
        if len(set(marks)) == 2:
            meanings[last].setdefault("decimal", text)
            meanings[_other(last)].setdefault("thousands", text)
        elif len(marks) > 1:
            meanings[last].setdefault("thousands", text)
        elif len(tail) != 3 or len(head) > 3 or head == "0" or _GROUPS_BY_SPACE.fullmatch(text):
            meanings[last].setdefault("decimal", text)
        else:
            grouped[last].append(tail)
    for mark in _MARKS:
        if len(meanings[mark]) == 2:
            one, other = meanings[mark]["thousands"], meanings[mark]["decimal"]
            raise CellError(f"'{mark}' marks thousands in '{_hidden(one)}' and decimals in '{_hidden(other)}'")
    known = {mark: next(iter(meanings[mark]), None) for mark in _MARKS}
    undecided = None
    for mark in _MARKS:
        if known[mark] is None and grouped[mark]:
            if known[_other(mark)] == "decimal" or (
                known[_other(mark)] is None and not grouped[_other(mark)] and _agree(grouped[mark], long_plain)
            ):
                known[mark] = "thousands"
            else:
                undecided = mark
    return NumberStyle(
        next((mark for mark in _MARKS if known[mark] == "thousands"), None),
        next((mark for mark in _MARKS if known[mark] == "decimal"), None),
        undecided,
    )


def read_count(cell: Cell, style: NumberStyle) -> int:
    """A whole number of persons.

    Raises
    ------
    CellError
        If the cell is none, or its mark is undecided.
    """
    if isinstance(cell, Broken):
        raise CellError(cell.reason)
    if isinstance(cell, int | float):
        if isinstance(cell, bool) or cell != cell or abs(cell) >= _LARGEST or cell != int(cell):
            raise CellError(f"'{_hidden(cell)}' is not a whole number of persons")
        return int(cell)
    if not isinstance(cell, str) or not is_numeric(cell):
        raise CellError(f"'{_hidden(cell)}' is not a number")
    if _SPACED.search(cell) and not _GROUPS_BY_SPACE.fullmatch(cell):
        raise CellError(f"'{_hidden(cell)}' has a space or apostrophe within the number")
    bare = _SPACED.sub("", cell).replace("\u2212", "-")
    if style.undecided and style.undecided in bare:
        raise CellError(
            f"'{_hidden(cell)}' may be thousands or a fraction, and no other figure of the file says which"
        )
    whole, mark, rest = bare, "", ""
    if style.decimal and style.decimal in bare:
        whole, mark, rest = bare.rpartition(style.decimal)
    if style.thousands and style.thousands in whole:
        first, *groups = whole.lstrip("-+").split(style.thousands)
        if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):
            raise CellError(f"'{_hidden(cell)}' is not written in groups of three digits")
        whole = whole.replace(style.thousands, "")
    if (mark and rest.strip("0")) or not _PLAIN.fullmatch(whole):
        raise CellError(f"'{_hidden(cell)}' is not a whole number of persons")
    return int(whole)


def _hidden(cell: Cell) -> str:
    """A figure as a message may quote it: how it is written, without its digits."""
    return hidden_figure(shown(cell))


def _agree(tails: list[str], long_plain: bool) -> bool:
    """Several figures in groups of three, not all of them whole as fractions, no long figure without a mark."""
    return len(tails) >= _AGREEING and any(tail != "000" for tail in tails) and not long_plain


def _other(mark: str) -> str:
    return "," if mark == "." else "."
