"""Untrusted delimited text as records with line numbers, within limits.

What belongs here: decoding, limits, splitting. What does not: what the columns mean (``file_drop``).
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indforecast.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Characters that no cell may hold: they hide text from its reader, or break the lines of a report.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Limits:
    """How much a file may hold before it is refused unread.

    Parameters
    ----------
    bytes : int
        Size of the file.
    rows : int
        Records below the header.
    columns : int
        Cells of a record.
    cell_characters : int
        Length of a cell.
    """

    bytes: int = 50_000_000
    rows: int = 1_000_000
    columns: int = 64
    cell_characters: int = 1_000


def decode(content: bytes, name: str, limits: Limits) -> str:
    """A file's text.

    Raises
    ------
    InputError
        If it is too large, empty, or not UTF-8 text.
    """
    refuse_binary(content, name, limits)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"'{name}', line {line}: not UTF-8 text.", hint="Save it as 'CSV UTF-8'.") from None
    if not text.strip():
        raise InputError(f"'{name}' is empty.")
    return text


def refuse_binary(content: bytes, name: str, limits: Limits) -> None:
    """See that a file is small enough and may be text in some code page.

    Raises
    ------
    InputError
        If it is too large, UTF-16, an archive, or holds a NUL byte.
    """
    if len(content) > limits.bytes:
        raise InputError(
            f"'{name}' is {len(content):,} bytes, more than the {limits.bytes:,} that are read.",
            hint="Split it into several deliveries.",
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"'{name}' is UTF-16 text.", hint="Save it as 'CSV UTF-8'.")
    if content.startswith(b"PK\x03\x04"):
        raise InputError(f"'{name}' is a spreadsheet or archive, not CSV text.", hint="Save it as 'CSV UTF-8'.")
    if b"\x00" in content:
        line = content.count(b"\n", 0, content.index(b"\x00")) + 1
        raise InputError(
            f"'{name}', line {line}: a NUL byte; this is not a text file.", hint="Save it as 'CSV UTF-8'."
        )


def records(text: str, name: str, limits: Limits, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Records that hold anything, header first, each with the line it begins at (from 1); cells are stripped.

    Raises
    ------
    InputError
        If quoting is broken, a limit is passed, or a cell holds control characters or line ends.
    """
    hidden = _CONTROL.search(text)
    if hidden is not None:
        line = len(_LINE_END.findall(text, 0, hidden.start())) + 1
        raise InputError(f"'{name}', line {line}: a cell holds control characters.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    count = 0
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise InputError(f"'{name}', line {line}: broken quotes or line ends ({error}).") from None
        if record is None:
            return
        if len(record) > limits.columns:
            raise InputError(
                f"'{name}', line {line}: {len(record)} cells, more than the {limits.columns} that are read."
            )
        if max(map(len, record), default=0) > limits.cell_characters:
            raise InputError(f"'{name}', line {line}: a cell of more than {limits.cell_characters:,} characters.")
        if reader.line_num > line:
            raise InputError(f"'{name}', line {line}: a cell holds a line end.")
        cells = [cell.strip() for cell in record]
        if not any(cells):
            continue
        count += 1
        if count > limits.rows + 1:
            raise InputError(
                f"'{name}' holds more than {limits.rows:,} rows.", hint="Split it into several deliveries."
            )
        yield line, cells
