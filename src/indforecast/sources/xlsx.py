"""Office Open XML workbooks (``.xlsx``), read as a stream: values as they were stored, never calculated.

What belongs here: sheets, shared texts, date formats, cells. What does not: archives and XML (``archive``), what
cells mean (``layout``).

A formula cell counts as the value stored with it, which is what its sender saw; one without a stored value is a
broken cell. Hidden sheets, macros, links to other files, charts and comments are not looked at.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from indforecast.domain.errors import InputError
from indforecast.sources.grid import Broken
from indforecast.sources.merged import Area
from indforecast.sources.sheet_builder import SheetBuilder, Texts, date_of_serial

if TYPE_CHECKING:
    from indforecast.sources.archive import Archive
    from indforecast.sources.grid import Cell, Sheet
    from indforecast.sources.limits import TableLimits

_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_AREA: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})")
_DATE_FORMATS: Final = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))
_NOT_CODE: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_MONTH_OR_YEAR: Final = re.compile(r"[yd]|mmm|(?<![hm:])mm?(?![m:])", re.IGNORECASE)
_MOST_TEXTS: Final = 1_000_000


def read_xlsx(archive: Archive, limits: TableLimits) -> tuple[list[Sheet], list[str]]:
    """Visible sheets in order, and the names of hidden ones.

    Raises
    ------
    InputError
        If it is no workbook, damaged, or passes a limit.
    """
    root = _Relations("")
    if "_rels/.rels" in archive:
        archive.parse("_rels/.rels", root)
    book_part = root.of_type("/officeDocument") or "xl/workbook.xml"
    folder, _, base = book_part.rpartition("/")
    book, relations = _Book(limits), _Relations(folder)
    archive.parse(book_part, book)
    archive.parse(f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels", relations)
    if len(book.sheets) > limits.sheets:
        raise InputError(f"'{archive.name}' has more than {limits.sheets} sheets.")
    texts, styles = Texts(archive.name, limits, "si", "t", skipped=("rPh",), most=_MOST_TEXTS), _Styles()
    for suffix, handler in (("/sharedStrings", texts), ("/styles", styles)):
        part = relations.of_type(suffix)
        if part is not None and part in archive:
            archive.parse(part, handler)
    sheets, hidden, cells = [], [], 0
    for name, relation, visible in book.sheets:
        part = relations.targets.get(relation, ("", ""))[1]
        if not visible:
            hidden.append(name)
        elif relations.targets.get(relation, ("", ""))[0].endswith("/worksheet"):
            cells_of = _Cells(SheetBuilder(archive.name, name, limits, cells), texts.found, styles, book.date1904)
            archive.parse(part, cells_of)
            sheets.append(cells_of.builder.sheet())
            cells = cells_of.builder.cells
    return sheets, hidden


class _Relations:
    """Which part is what: ``targets[id] = (type, part)``; targets outside the file are left out."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.targets: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode", "Internal") == "Internal":
            target = attributes.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.join(self._folder, target)
            self.targets[attributes.get("Id", "")] = (attributes.get("Type", ""), posixpath.normpath(part))

    def text(self, data: str) -> None:
        pass

    def end(self, name: str) -> None:
        pass

    def of_type(self, suffix: str) -> str | None:
        """The first part whose type ends so."""
        return next((part for kind, part in self.targets.values() if kind.endswith(suffix)), None)


class _Book:
    """The sheets of a workbook: name, relation, whether it is visible."""

    def __init__(self, limits: TableLimits) -> None:
        self._most = limits.sheets + 1
        self.sheets: list[tuple[str, str, bool]] = []
        self.date1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and len(self.sheets) < self._most:
            visible = attributes.get("state", "visible") == "visible"
            self.sheets.append((attributes.get("name", "")[:60], attributes.get("id", ""), visible))
        elif name == "workbookPr":
            self.date1904 = attributes.get("date1904", "0") in ("1", "true")

    def text(self, data: str) -> None:
        pass

    def end(self, name: str) -> None:
        pass


class _Styles:
    """Which cell formats show a date."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        self._within = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[:200]
        elif name == "cellXfs":
            self._within = True
        elif name == "xf" and self._within:
            self._formats.append(_whole(attributes.get("numFmtId")))

    def text(self, data: str) -> None:
        pass

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._within = False

    def is_date(self, style: str | None) -> bool:
        """Whether a cell of this style shows a date."""
        at = _whole(style, 0)
        number = self._formats[at] if 0 <= at < len(self._formats) else 0
        if number in self._codes:
            return (
                _MONTH_OR_YEAR.search(_NOT_CODE.sub("", self._codes[number]).lower().replace("general", ""))
                is not None
            )
        return number in _DATE_FORMATS


class _Cells:
    """The cells of one sheet."""

    def __init__(self, builder: SheetBuilder, texts: list[str], styles: _Styles, date1904: bool) -> None:
        self.builder = builder
        self._texts, self._styles, self._date1904 = texts, styles, date1904
        self._line = 0
        self._column = -1
        self._cell: dict[str, str] | None = None
        self._value: list[str] = []
        self._size = 0
        self._taking = False
        self._formula = False
        self._skip = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._line = _whole(attributes["r"]) if "r" in attributes else self._line + 1
            self._column = -1
            self.builder.begin(self._line)
        elif name == "c":
            self._cell, self._value, self._size, self._formula = attributes, [], 0, False
            self._place(attributes.get("r"))
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._skip += 1
        elif name in ("v", "t"):
            self._taking = self._cell is not None and not self._skip
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def text(self, data: str) -> None:
        if self._taking:
            self._size += len(data)
            self.builder.check_text(self._size)
            self._value.append(data)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._taking = False
        elif name == "rPh":
            self._skip -= 1
        elif name == "c" and self._cell is not None:
            self.builder.put(self._column, self._read(self._cell, "".join(self._value)), formula=self._formula)
            self._cell = None
        elif name == "row":
            self.builder.finish()

    def _place(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
            return
        found = _REFERENCE.fullmatch(reference)
        if found is None or int(found[2]) != self._line:
            raise self.builder.damaged(f"a cell in line {self._line} says that it stands somewhere else")
        self._column = _column(found[1])

    def _merge(self, reference: str) -> None:
        found = _AREA.fullmatch(reference)
        if found is None or _column(found[3]) < _column(found[1]) or int(found[4]) < int(found[2]):
            raise self.builder.damaged(f"'{reference[:20]}' is no area of merged cells")
        self.builder.merge(Area(int(found[2]), _column(found[1]), int(found[4]), _column(found[3])))

    def _read(self, cell: dict[str, str], value: str) -> Cell:
        kind = cell.get("t", "n")
        if not value.strip():
            return Broken("a formula without a stored value") if self._formula and kind != "str" else None
        if kind == "s":
            at = _whole(value)
            if not 0 <= at < len(self._texts):
                raise self.builder.damaged(f"line {self._line} names a text that is not there")
            return self._texts[at]
        if kind in ("str", "inlineStr", "d"):
            return value
        if kind == "e":
            return Broken(f"the error {value[:12]}")
        if kind == "b":
            return Broken("a logical value")
        number = self.builder.number(value)
        if self._styles.is_date(cell.get("s")):
            return date_of_serial(number, self._date1904) or number
        return number


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _whole(text: str | None, default: int = -1) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else default
