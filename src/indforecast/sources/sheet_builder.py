"""Cells put one by one into a sheet, within limits: what the readers of workbooks share.

What belongs here: limits on lines, columns, cells and texts, stored numbers and dates. What does not: the elements
of a format (``xlsx``, ``ods``).
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from indforecast.domain.errors import InputError
from indforecast.sources.grid import Row, Sheet
from indforecast.sources.merged import Area, Merged

if TYPE_CHECKING:
    from indforecast.sources.grid import Cell
    from indforecast.sources.limits import TableLimits

_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,40}(\.[0-9]{0,40})?([eE][-+]?[0-9]{1,3})?")
_SPACES: Final = re.compile(r"\s+")
_HIDDEN: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
_LAST_SERIAL: Final = 2_958_465  # 9999-12-31


class SheetBuilder:
    """One sheet in the making; lines and columns must rise.

    Parameters
    ----------
    file, name : str
        File and sheet, for messages.
    limits : TableLimits
        How much it may hold.
    cells : int
        Places taken by the sheets before.
    """

    def __init__(self, file: str, name: str, limits: TableLimits, cells: int = 0) -> None:
        self._file, self._name, self._limits = file, name, limits
        self._rows: list[Row] = []
        self._row: list[Cell] = []
        self._line = 0
        self._formulas = 0
        self._areas: list[Area] = []
        # Equal texts are one object: a text that is stored once and used a million times stays small.
        self._texts: dict[str, str | None] = {}
        self.cells = cells

    def begin(self, line: int) -> None:
        """A line begins.

        Raises
        ------
        InputError
            If it does not follow the line before, or lies beyond the limit.
        """
        if line <= self._line:
            raise self.damaged("its lines do not rise")
        if line > self._limits.rows:
            raise InputError(f"'{self._file}' holds more than {self._limits.rows:,} lines.")
        self._line = line
        self._row = []

    def put(self, column: int, cell: Cell, *, formula: bool = False) -> None:
        """Put a cell into the current line; an empty one takes no place.

        Raises
        ------
        InputError
            If a limit is passed or the column was passed already.
        """
        if isinstance(cell, str):
            cell = self._plain(cell)
        if cell is None:
            return
        if not self._line:
            raise self.damaged("a cell stands outside all lines")
        if column >= self._limits.columns:
            raise InputError(
                f"'{self._file}', line {self._line}: more than the {self._limits.columns:,} columns that are read."
            )
        if column < len(self._row):
            raise self.damaged(f"the cells of line {self._line} do not rise")
        self.cells += column - len(self._row) + 1
        if self.cells > self._limits.cells:
            raise InputError(f"'{self._file}' holds more than {self._limits.cells:,} cells.")
        self._formulas += formula
        self._row.extend([None] * (column - len(self._row)))
        self._row.append(cell)

    def finish(self) -> None:
        """The current line is complete."""
        if self._row:
            self._rows.append(Row(self._line, tuple(self._row)))
            self._row = []

    def merge(self, area: Area) -> None:
        """Cells are merged; what lies beyond the columns and lines that are read is cut off.

        Raises
        ------
        InputError
            If the sheet has more merged places in width than it may have cells.
        """
        right, down = min(area.last_column, self._limits.columns - 1), min(area.last_line, self._limits.rows)
        if right < area.first_column or down < area.first_line:
            return
        # Looking areas up costs one entry per column that they cover.
        self.cells += right - area.first_column + 1
        if self.cells > self._limits.cells:
            raise InputError(f"'{self._file}' merges more than {self._limits.cells:,} columns of cells.")
        self._areas.append(Area(area.first_line, area.first_column, down, right))

    def sheet(self) -> Sheet:
        """What was built.

        Raises
        ------
        InputError
            If merged cells overlap.
        """
        try:
            Merged(self._areas, ())
        except ValueError as error:
            raise self.damaged(str(error)) from None
        return Sheet(self._name, tuple(self._rows), self._formulas, tuple(self._areas))

    def check_text(self, size: int) -> None:
        """See that a text is not too long.

        Raises
        ------
        InputError
            If it is.
        """
        if size > self._limits.cell_characters:
            raise InputError(
                f"'{self._file}', line {self._line}: a cell of more than"
                f" {self._limits.cell_characters:,} characters."
            )

    def number(self, text: str) -> int | float:
        """A number as it is stored in XML.

        Raises
        ------
        InputError
            If it is none.
        """
        bare = text.strip()
        if _NUMBER.fullmatch(bare):
            value = float(bare)
            if math.isfinite(value):
                return int(value) if value == int(value) and abs(value) < 2**53 else value
        raise self.damaged(f"line {self._line} stores a number that is none")

    def damaged(self, what: str) -> InputError:
        """The error of a sheet that no program would have written."""
        return InputError(f"'{self._file}' is damaged: in sheet '{self._name}' {what}.", hint="Save it again.")

    def _plain(self, text: str) -> str | None:
        if text in self._texts:
            return self._texts[text]
        if _HIDDEN.search(text):
            raise InputError(f"'{self._file}', line {self._line}: a cell holds control characters.")
        self.check_text(len(text))
        self._texts[text] = plain = _SPACES.sub(" ", text.replace("\u00a0", " ")).strip() or None
        return plain


class Texts:
    """Collects the texts of elements, one per ``item``, each from all the ``piece`` elements within.

    Parameters
    ----------
    file : str
        For messages.
    limits : TableLimits
        How long a text may be.
    item, piece : str
        Local names.
    skipped : tuple of str
        Elements whose pieces do not count: readings of a text are not the text.
    most : int
        How many texts.
    """

    def __init__(
        self, file: str, limits: TableLimits, item: str, piece: str, *, skipped: tuple[str, ...], most: int
    ) -> None:
        self._file, self._limits, self._item, self._piece = file, limits, item, piece
        self._skipped, self._most = skipped, most
        self._parts: list[str] = []
        self._size = self._skip = 0
        self._taking = False
        self.found: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - the handler's form
        """An element begins."""
        if name == self._item:
            self._parts, self._size = [], 0
        elif name in self._skipped:
            self._skip += 1
        elif name == self._piece:
            self._taking = not self._skip

    def text(self, data: str) -> None:
        """A piece of text; what is longer than a cell may be is cut, and refused where a cell uses it."""
        if self._taking and self._size <= self._limits.cell_characters:
            self._size += len(data)
            self._parts.append(data[: self._limits.cell_characters + 1])

    def end(self, name: str) -> None:
        """An element ends.

        Raises
        ------
        InputError
            If there are too many texts.
        """
        if name == self._piece:
            self._taking = False
        elif name in self._skipped:
            self._skip -= 1
        elif name == self._item:
            self.found.append("".join(self._parts))
            if len(self.found) > self._most:
                raise InputError(f"'{self._file}' holds more than {self._most:,} texts.")


def date_of_serial(number: float, date1904: bool = False) -> date | None:
    """The day of a spreadsheet's serial number; None outside the calendar. Times of day are cut off."""
    if not 1 <= number <= _LAST_SERIAL - 1462 * date1904:
        return None
    zero = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
    return zero + timedelta(days=int(number))
