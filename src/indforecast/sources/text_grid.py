"""Delimited text in the forms that programs save: code page and delimiter are found, not asked.

What belongs here: text into lines of cells. What does not: what the cells mean (``layout``), splitting itself
(``delimited_text``).
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from indforecast.domain.errors import InputError
from indforecast.sources.delimited_text import records, refuse_binary
from indforecast.sources.grid import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indforecast.sources.limits import Stopwatch, TableLimits

#: Delimiters that are tried, with their names for a reader.
DELIMITERS: Final = {";": "semicolon", ",": "comma", "\t": "tab"}
_DIMENSIONS: Final = re.compile(r"[A-Za-z_]{1,30}(,[A-Za-z_]{1,30}){1,20}\\[A-Za-z_]{1,30}")


def decode_any(content: bytes, name: str, limits: TableLimits) -> tuple[str, str]:
    """A file's text and its code page: UTF-8 with or without mark, else Windows-1252.

    Bytes that are valid UTF-8 beyond ASCII are practically never meant as Windows-1252.

    Raises
    ------
    InputError
        If it is too large, empty, or neither.
    """
    refuse_binary(content, name, limits)
    try:
        text = content.decode("utf-8-sig")
        encoding = "UTF-8 with mark" if content.startswith(b"\xef\xbb\xbf") else "UTF-8"
    except UnicodeDecodeError:
        try:
            text, encoding = content.decode("cp1252"), "Windows-1252"
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise InputError(
                f"'{name}', line {line}: neither UTF-8 nor Windows-1252 text.", hint="Save it as 'CSV UTF-8'."
            ) from None
    if not text.strip():
        raise InputError(f"'{name}' is empty.")
    return text, encoding


def head(text: str, name: str, limits: TableLimits, delimiter: str, count: int) -> tuple[Row, ...]:
    """The first lines as one delimiter splits them; none where it does not."""
    found: list[Row] = []
    try:
        found.extend(islice(_rows(text, name, limits, delimiter), count))
    except InputError:
        # What is wrong further down is said when the file is read whole with the delimiter that fits.
        return tuple(found)
    return tuple(found)


def all_rows(text: str, name: str, limits: TableLimits, delimiter: str, watch: Stopwatch) -> tuple[Row, ...]:
    """Every line that holds anything.

    Raises
    ------
    InputError
        If quoting is broken or a limit is passed.
    """
    found: list[Row] = []
    cells = 0
    for row in _rows(text, name, limits, delimiter):
        found.append(row)
        cells += len(row.cells)
        if cells > limits.cells:
            raise InputError(
                f"'{name}' holds more than {limits.cells:,} cells.", hint="Split it into several deliveries."
            )
        if len(found) % 1000 == 0:
            watch.check()
    return tuple(found)


def _rows(text: str, name: str, limits: TableLimits, delimiter: str) -> Iterator[Row]:
    """Lines of cells; Eurostat's TSV has all its dimensions in the first cell, which are columns here."""
    dimensions = 0
    for line, cells in records(text, name, limits, delimiter):
        if delimiter == "\t" and not dimensions and _DIMENSIONS.fullmatch(cells[0]):
            cells[0] = cells[0].partition("\\")[0]
            dimensions = cells[0].count(",") + 1
        if dimensions and cells[0].count(",") == dimensions - 1:
            cells[:1] = [key.strip() for key in cells[0].split(",")]
        yield Row(line, tuple(cell or None for cell in cells))
