"""A table before anyone knows what it means: lines of cells.

What belongs here: the cell types that all formats share, their text. What does not: any format, any meaning.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Final

from indforecast.sources.merged import Area, Merged

_SPACES = re.compile(r"\s+")
_MARKS = re.compile(r"[*¹²³⁴⁵⁶⁷⁸⁹⁰]+$")
_SHOWN: Final = 40


@dataclass(frozen=True)
class Broken:
    """A cell that has no value to read: an error, or a formula that was never calculated."""

    reason: str


#: ``None`` is an empty cell; texts are stripped and never empty.
Cell = str | int | float | date | Broken | None


@dataclass(frozen=True)
class Row:
    """One line: its number in the file or sheet, from 1, and its cells from the first column on."""

    line: int
    cells: tuple[Cell, ...]

    def at(self, column: int) -> Cell:
        """The cell in a column; beyond the last one there is nothing."""
        return self.cells[column] if column < len(self.cells) else None

    @property
    def filled(self) -> list[int]:
        """Columns that hold anything."""
        return [place for place, cell in enumerate(self.cells) if cell is not None]


@dataclass(frozen=True)
class Sheet:
    """A table of a file.

    Parameters
    ----------
    name : str
        Name of the sheet; empty for text files.
    rows : tuple of Row
        Lines that hold anything, in order.
    formulas : int
        Cells whose stored value stands for a formula; no formula is ever evaluated.
    areas : tuple of Area
        Merged cells; they do not overlap.
    """

    name: str
    rows: tuple[Row, ...]
    formulas: int = 0
    areas: tuple[Area, ...] = ()

    @cached_property
    def merged(self) -> Merged:
        """Looks merged cells up."""
        return Merged(self.areas, self.rows)


def shown(cell: Cell) -> str:
    """A cell as it is quoted in a message, on one line and not too long."""
    if isinstance(cell, Broken):
        return cell.reason
    text = f"{cell:.15g}" if isinstance(cell, float) else "" if cell is None else _SPACES.sub(" ", str(cell))
    text = "".join(letter if letter.isprintable() else "�" for letter in text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


@lru_cache(maxsize=4096, typed=True)
def normal(cell: Cell) -> str:
    """A label or header as it is looked up: without case, accents' spelling, spaces around and footnote marks."""
    if not isinstance(cell, str):
        return "" if cell is None else shown(cell)
    marked = _MARKS.sub("", cell.strip(" \t\n:")).strip()
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", marked)).strip(" :").casefold()


def column_letter(place: int) -> str:
    """A column as spreadsheets name it: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
