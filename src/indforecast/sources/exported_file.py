"""A file as people export it: which form, sheet, delimiter and publisher it is, and its rows.

What belongs here: trying the forms and publishers that fit, and refusing where more than one does. What does not:
the forms themselves (``text_grid``, ``xlsx``, ``ods``), the canonical CSV (``file_drop``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from indforecast.domain.errors import InputError
from indforecast.sources.archive import Archive
from indforecast.sources.grid import Sheet, column_letter, normal, shown
from indforecast.sources.header import find_layout
from indforecast.sources.layout import HEAD_LINES
from indforecast.sources.limits import Stopwatch, TableLimits
from indforecast.sources.ods import read_ods
from indforecast.sources.published_table import TableReader
from indforecast.sources.text_grid import DELIMITERS, all_rows, decode_any, head
from indforecast.sources.understanding import ColumnMeaning
from indforecast.sources.xlsx import read_xlsx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indforecast.sources.layout import Layout
    from indforecast.sources.mapping import Publisher
    from indforecast.sources.table_rows import TableRows

_BINARY_BOOK: Final = "xl/workbook.bin"
_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
_LABEL: Final = 30
_NO_TABLE: Final = "A header names the months and the streams, for example 'Periode;Eerste asielaanvragen'."


@dataclass(frozen=True)
class Exported:
    """A file that was read: its rows, and all that was found on the way."""

    rows: TableRows
    sheet: Sheet
    layout: Layout
    publisher: Publisher
    form: str
    encoding: str = ""
    delimiter: str = ""
    remarks: tuple[str, ...] = ()

    def columns(self) -> tuple[ColumnMeaning, ...]:
        """Every column of the header, with what it was taken for."""
        layout, header = self.layout, self.sheet.rows[self.layout.header_at]
        meanings = {column: str(role) for role, column in layout.roles.items()}
        meanings |= {column: f"{name}, one value read" for name, column in layout.dimensions.items()}
        for column in layout.counted:
            if column not in meanings:
                meanings[column] = f"counts of {_whose(layout, column)}"
        meanings |= {column: f"left out: {reason}" for column, reason in layout.left_out.items()}
        return tuple(
            ColumnMeaning(column_letter(column), layout.texts.get(column) or shown(header.at(column)), meaning)
            for column, meaning in sorted(meanings.items())
        )


def _whose(layout: Layout, column: int) -> str:
    """Stream, nationality and month that a column holds the counts of."""
    month = layout.months_across.get(column)
    series = ".".join(part for part in (layout.series_across.get(column), layout.codes_across.get(column)) if part)
    return ", ".join(part for part in (series, f"{month:%Y-%m}" if month else "") if part) or "the total"


def read_exported(content: bytes, name: str, publishers: Mapping[str, Publisher], limits: TableLimits) -> Exported:
    """Understand a file in any form but the canonical one.

    Raises
    ------
    InputError
        If nothing in it is a table of counts, more than one reading fits, or a limit is passed.
    """
    watch = Stopwatch(name, limits.seconds)
    if content.startswith(_OLD_OFFICE):
        raise InputError(
            f"'{name}' is an old (.xls) or password-protected Office file.",
            hint="Open it and save it as .xlsx or .csv, without a password.",
        )
    if content.startswith(_ZIP):
        return _workbook(content, name, publishers, limits, watch)
    return _text(content, name, publishers, limits, watch)


def _workbook(
    content: bytes, name: str, publishers: Mapping[str, Publisher], limits: TableLimits, watch: Stopwatch
) -> Exported:
    archive = Archive(content, name, limits, watch)
    if _BINARY_BOOK in archive:
        raise InputError(f"'{name}' is a binary workbook (.xlsb).", hint="Save it as .xlsx or .csv.")
    is_ods = "content.xml" in archive
    sheets, hidden = (read_ods if is_ods else read_xlsx)(archive, limits)
    holding = [sheet for sheet in sheets if _has_header(sheet, publishers, name, watch)]
    if not holding:
        what = "none of its visible sheets has" if hidden else "no sheet has"
        raise InputError(f"'{name}' cannot be understood: {what} a header that any mapping knows.", hint=_NO_TABLE)
    sheet = holding[0]
    publisher, layout, rows = _read(sheet, name, publishers, limits, watch)
    for other in holding[1:]:
        if not publisher.several_tables:
            names = " and ".join(f"'{shown(sheet.name)}'" for sheet in holding[:3])
            raise InputError(f"'{name}' holds more than one table: sheets {names}.", hint="Leave one of them.")
        rows.extend(_read(other, name, {"": publisher}, limits, watch)[2])
    remarks = _remarks(rows)
    if len(holding) > 1:
        remarks.append(f"tables of {len(holding)} sheets: {', '.join(shown(one.name) for one in holding[:5])}")
    formulas = sum(one.formulas for one in holding)
    if formulas:
        remarks.append(f"cells with a formula: {formulas:,}; the value stored with it was read, none was run")
    others = [other.name for other in sheets if other not in holding and other.rows]
    if others:
        remarks.append(f"not read, no table: {', '.join(shown(other) for other in others[:5])}")
    if hidden:
        remarks.append(f"not read, hidden: {', '.join(shown(other) for other in hidden[:5])}")
    return Exported(rows, sheet, layout, publisher, "ODS" if is_ods else "XLSX", remarks=tuple(remarks))


def _text(
    content: bytes, name: str, publishers: Mapping[str, Publisher], limits: TableLimits, watch: Stopwatch
) -> Exported:
    text, encoding = decode_any(content, name, limits)
    fitting = [
        mark
        for mark in DELIMITERS
        if _has_header(Sheet("", head(text, name, limits, mark, 2 * HEAD_LINES)), publishers, name, watch)
    ]
    if not fitting:
        # Broken quotes and the like are said first: they may be why no header was found.
        all_rows(text, name, limits, ",", watch)
        if not any(letter.isalnum() for letter in text):
            raise InputError(f"'{name}' is empty.")
        if text.lstrip().startswith("<"):
            raise InputError(
                f"'{name}' is a web page or XML, not a table.", hint="Download the table itself, as CSV or XLSX."
            )
        raise InputError(
            f"'{name}' cannot be understood: no line is a header that any mapping knows.", hint=_NO_TABLE
        )
    if len(fitting) > 1:
        named = " and ".join(DELIMITERS[mark] for mark in fitting)
        raise InputError(f"'{name}' may be separated by {named}.", hint="Save it with one of them.")
    sheet = Sheet("", all_rows(text, name, limits, fitting[0], watch))
    publisher, layout, rows = _read(sheet, name, publishers, limits, watch)
    form = ("delimited text", encoding, DELIMITERS[fitting[0]], tuple(_remarks(rows)))
    return Exported(rows, sheet, layout, publisher, *form)


def _remarks(rows: TableRows) -> list[str]:
    """What else a reader should know of the rows."""
    remarks = []
    if rows.filled:
        remarks.append(f"labels that stand once for several lines: filled in {rows.filled:,} times")
    if rows.flags:
        flags = ", ".join(f"{flag} {count:,}" for flag, count in sorted(rows.flags.items()))
        remarks.append(f"flags of the publisher beside figures: {flags}")
    return remarks


def _has_header(sheet: Sheet, publishers: Mapping[str, Publisher], name: str, watch: Stopwatch) -> bool:
    for publisher in publishers.values():
        try:
            if find_layout(sheet.rows, publisher, name, sheet.merged, watch) is not None:
                return True
        except InputError:
            watch.check()
            return True  # It is a header, with a mistake in it that the reading will name.
    return False


def _read(
    sheet: Sheet, name: str, publishers: Mapping[str, Publisher], limits: TableLimits, watch: Stopwatch
) -> tuple[Publisher, Layout, TableRows]:
    """The reading of the one publisher that fits best.

    A publisher whose mark stands in the file comes first; then one that understands every word; the default
    decides among equals.
    """
    marked = [publisher for publisher in publishers.values() if _is_marked(sheet, publisher)]
    candidates = marked or list(publishers.values())
    read: list[tuple[Publisher, Layout, TableRows]] = []
    failed: list[tuple[bool, InputError]] = []
    for publisher in candidates:
        try:
            layout = find_layout(sheet.rows, publisher, name, sheet.merged, watch)
            if layout is not None:
                read.append((publisher, layout, TableReader(sheet, layout, publisher, name, limits, watch).read()))
        except InputError as error:
            failed.append((publisher.default, error))
    if len(read) > 1:
        read = [one for one in read if one[0].default] or read
    if len(read) > 1:
        names = " and ".join(publisher.publisher for publisher, _, _ in read)
        keys = ", ".join(publishers)
        raise InputError(
            f"'{name}' fits the mappings of {names}.",
            hint=f"Say whose it is: 'indforecast ingest FILE --publisher KEY', with a KEY of {keys}.",
        )
    if read:
        return read[0]
    if failed:
        raise next((error for default, error in failed if default), failed[0][1])
    raise InputError(
        f"'{name}' cannot be understood: no header that its publisher's mapping knows.", hint=_NO_TABLE
    )


def _is_marked(sheet: Sheet, publisher: Publisher) -> bool:
    """Whether a publisher's mark stands, as words, in the sheet's name, or at the table's top or end."""
    texts = [normal(sheet.name)]
    for row in (*sheet.rows[:10], *sheet.rows[-5:]):
        # A long text is no label: a title may stand behind the word 'Dataset:'.
        cells = [row.at(column) for column in row.filled]
        texts += [normal(cell) for at, cell in enumerate(cells) if at == 0 or len(shown(cell)) > _LABEL]
    said = f" {_words(' '.join(texts))} "
    return any(f" {_words(normal(mark))} " in said for mark in publisher.marks)


def _words(text: str) -> str:
    return " ".join("".join(letter if letter.isalnum() or letter == "-" else " " for letter in text).split())
