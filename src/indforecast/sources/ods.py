"""OpenDocument spreadsheets (``.ods``), read as a stream: values as they were stored, never calculated.

What belongs here: tables, repeated lines and cells, typed values. What does not: archives and XML (``archive``),
what cells mean (``layout``).

A formula cell counts as the value stored with it; one without is a broken cell. Hidden sheets, macros, links,
drawings, comments and recorded changes are not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from indforecast.domain.errors import InputError
from indforecast.sources.grid import Broken
from indforecast.sources.merged import Area
from indforecast.sources.months import read_day
from indforecast.sources.sheet_builder import SheetBuilder

if TYPE_CHECKING:
    from indforecast.sources.archive import Archive
    from indforecast.sources.grid import Cell, Sheet
    from indforecast.sources.limits import TableLimits

_CELLS: Final = ("table-cell", "covered-table-cell")
#: Elements whose content is no cell of a table.
_ASIDE: Final = frozenset(
    ("annotation", "tracked-changes", "shapes", "frame", "custom-shape", "dde-links", "database-ranges", "forms")
)
_NUMERIC: Final = ("float", "currency", "percentage")


def read_ods(archive: Archive, limits: TableLimits) -> tuple[list[Sheet], list[str]]:
    """Visible sheets in order, and the names of hidden ones.

    Raises
    ------
    InputError
        If it is no spreadsheet, damaged, or passes a limit.
    """
    handler = _Content(archive.name, limits)
    archive.parse("content.xml", handler)
    return handler.sheets, handler.hidden


class _Content:
    """The document ``content.xml``."""

    def __init__(self, file: str, limits: TableLimits) -> None:
        self._file, self._limits = file, limits
        self.sheets: list[Sheet] = []
        self.hidden: list[str] = []
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._builder: SheetBuilder | None = None
        self._visible = True
        self._name = ""
        self._aside = 0
        self._filled = 0
        self._line = 0
        self._repeat_row = 1
        self._row: list[tuple[int, Cell, bool]] = []
        self._column = 0
        self._repeat_cell = 1
        self._cell: dict[str, str] | None = None
        self._text: list[str] = []
        self._size = 0
        self._paragraphs = 0
        self._within = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._aside or name in _ASIDE:
            self._aside += 1
        elif name == "style":
            self._style = attributes.get("name", "")
        elif name == "table-properties" and attributes.get("display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "table":
            self._begin_table(attributes)
        elif name == "table-row":
            self._begin_row(attributes)
        elif name in _CELLS:
            self._cell, self._text, self._size, self._paragraphs = attributes, [], 0, 0
            self._repeat_cell = self._count(attributes.get("number-columns-repeated"))
        elif self._cell is not None:
            self._begin_text(name)

    def text(self, data: str) -> None:
        if self._within and not self._aside and self._builder is not None:
            self._size += len(data)
            self._builder.check_text(self._size)
            self._text.append(data)

    def end(self, name: str) -> None:
        if self._aside:
            self._aside -= 1
        elif name == "p" and self._within:
            self._within -= 1
        elif name in _CELLS and self._cell is not None:
            self._end_cell()
        elif name == "table-row":
            self._end_row()
        elif name == "table" and self._builder is not None:
            if self._visible:
                self.sheets.append(self._builder.sheet())
            else:
                self.hidden.append(self._name)
            self._filled, self._builder = self._builder.cells, None

    def _begin_table(self, attributes: dict[str, str]) -> None:
        if self._builder is not None:
            raise InputError(f"'{self._file}' has a table within a table.")
        if len(self.sheets) + len(self.hidden) >= self._limits.sheets:
            raise InputError(f"'{self._file}' has more than {self._limits.sheets} sheets.")
        self._name = attributes.get("name", "")[:60]
        self._visible = attributes.get("style-name", "") not in self._hidden_styles
        self._builder = SheetBuilder(self._file, self._name, self._limits, self._filled)
        self._line = 0

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._line += 1
        self._repeat_row = self._count(attributes.get("number-rows-repeated"))
        self._row, self._column = [], 0

    def _begin_text(self, name: str) -> None:
        if name == "p":
            if self._paragraphs:
                self._text.append(" ")
            self._paragraphs += 1
            self._within += 1
        elif self._within and name in ("s", "tab", "line-break"):
            self._text.append(" ")

    def _end_cell(self) -> None:
        cell = self._cell or {}
        self._cell, self._within = None, 0
        value = self._read(cell, "".join(self._text))
        empty = value is None or (isinstance(value, str) and not value.strip())
        if not empty and self._builder is not None:
            if self._column + self._repeat_cell > self._limits.columns:
                raise InputError(
                    f"'{self._file}', line {self._line}: more than the {self._limits.columns:,} columns"
                    " that are read."
                )
            if "number-columns-spanned" in cell or "number-rows-spanned" in cell:
                self._merge(cell)
            formula = "formula" in cell
            self._row += [(self._column + at, value, formula) for at in range(self._repeat_cell)]
        self._column += self._repeat_cell

    def _merge(self, cell: dict[str, str]) -> None:
        wide, high = (self._count(cell.get(f"number-{what}-spanned")) for what in ("columns", "rows"))
        if self._builder is not None and wide * high > 1:
            if self._repeat_cell > 1 or self._repeat_row > 1:
                raise self._builder.damaged(f"line {self._line} repeats merged cells")
            last_line, last_column = self._line + high - 1, self._column + wide - 1
            self._builder.merge(Area(self._line, self._column, last_line, last_column))

    def _end_row(self) -> None:
        if self._row and self._builder is not None:
            if self._line + self._repeat_row - 1 > self._limits.rows:
                raise InputError(f"'{self._file}' holds more than {self._limits.rows:,} lines.")
            for line in range(self._line, self._line + self._repeat_row):
                self._builder.begin(line)
                for column, value, formula in self._row:
                    self._builder.put(column, value, formula=formula)
                self._builder.finish()
        self._row = []
        self._line += self._repeat_row - 1

    def _read(self, cell: dict[str, str], text: str) -> Cell:
        if self._builder is None:
            return None
        kind = cell.get("value-type")
        if kind in _NUMERIC:
            return self._builder.number(cell.get("value", ""))
        if kind == "date":
            stored = cell.get("date-value", "")
            day = read_day(stored[:10])
            if day is None:
                raise self._builder.damaged(f"line {self._line} stores a date that is none")
            return day
        if kind == "boolean":
            return Broken("a logical value")
        if kind == "string":
            shown = cell.get("string-value", text)
            return Broken(f"the error {shown[:12]}") if "formula" in cell and shown.startswith("#") else shown
        if "formula" in cell:
            return Broken("a formula without a stored value")
        return text

    def _count(self, text: str | None) -> int:
        if text is None:
            return 1
        if not (text.isascii() and text.isdigit() and int(text[:9]) >= 1 and len(text) < 9):
            raise InputError(
                f"'{self._file}' is damaged: in sheet '{self._name}' something is repeated '{text[:12]}' times."
            )
        return int(text)
