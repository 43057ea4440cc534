"""A publisher's table as rows of a delivery: every line read, left out with a reason, or refused.

What belongs here: lines below a header, by layout and mapping. What does not: finding the header (``layout``),
which sheet and publisher (``file_drop``), judging values (``expectations``).

A figure that is not given is left out, never read as zero; a line without a month, a stream or a number that
somebody clearly meant to be one is refused with its place.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from indforecast.domain.errors import InputError
from indforecast.domain.observations import Basis
from indforecast.sources.counts import CellError, decide_style, is_numeric, read_count, unflagged
from indforecast.sources.grid import column_letter, normal, shown
from indforecast.sources.labels import is_unit, scaled, series_named
from indforecast.sources.line_meaning import LineMeaning, LineStream, Skip
from indforecast.sources.months import read_day, read_month
from indforecast.sources.quarters import QuarterRead, read_quarter
from indforecast.sources.row_labels import RowLabels
from indforecast.sources.table_rows import TableRows
from indforecast.sources.understanding import Dropped

if TYPE_CHECKING:
    from datetime import date

    from indforecast.sources.grid import Cell, Row, Sheet
    from indforecast.sources.layout import Layout
    from indforecast.sources.limits import Stopwatch, TableLimits
    from indforecast.sources.mapping import Publisher, Role

_WATCH_EVERY: Final = 500
_LABELS: Final = ("period", "year", "month", "series", "nationality")


class TableReader:
    """Reads the lines below a header.

    Parameters
    ----------
    sheet : Sheet
        All lines.
    layout : Layout
        What its columns mean.
    publisher : Publisher
        The words.
    name : str
        The file: for messages, and part of every row's source.
    limits : TableLimits
        How many places may be looked at.
    watch : Stopwatch
        Ends what takes too long.
    """

    def __init__(
        self,
        sheet: Sheet,
        layout: Layout,
        publisher: Publisher,
        name: str,
        limits: TableLimits,
        watch: Stopwatch,
    ) -> None:
        self._sheet, self._layout, self._publisher, self._name = sheet, layout, publisher, name
        self._limits, self._watch = limits, watch
        self._counted = layout.counted
        header = sheet.rows[layout.header_at]
        named = {column: read_quarter(header.at(column)) for column in layout.left_out}
        self._quarters_across = {column: quarter for column, quarter in named.items() if quarter is not None}
        labels = [layout.roles[role] for role in _LABELS if role in layout.roles]
        self._labels = RowLabels([*labels, *layout.dimensions.values()], sheet.merged)
        self._meaning = LineMeaning(layout, publisher, self._labels)
        self._known = {*layout.roles.values(), *layout.dimensions.values(), *layout.counted, *layout.left_out}
        sheet_name = f", sheet {shown(sheet.name)}" if publisher.several_tables and sheet.name else ""
        self._source = f"{publisher.source}: {name}{sheet_name}"
        self._rows = TableRows()
        self._days: list[date | None] = []
        self._problems: list[tuple[int, str, str | None]] = []

    def read(self) -> TableRows:
        """Read them all.

        Raises
        ------
        InputError
            Naming file, line and column of the first mistake, and how many more there are.
        """
        body = self._sheet.rows[self._layout.header_at + 1 :]
        if len(body) * len(self._counted) > self._limits.cells:
            raise InputError(
                f"'{self._name}' has places for more than {self._limits.cells:,} figures.",
                hint="Split it into several deliveries.",
            )
        self._leave_out_head()
        counts = (unflagged(row.at(column), self._publisher.flags)[0] for row in body for column in self._counted)
        try:
            self._rows.style = decide_style(counts, self._publisher.decimal)
        except CellError as error:
            raise InputError(f"'{self._name}': {error}.", hint="Write all numbers alike.") from None
        for number, row in enumerate(body):
            if number % _WATCH_EVERY == 0:
                self._watch.check()
            self._read_line(row)
        if self._problems:
            line, first, hint = self._problems[0]
            more = f" (and {len(self._problems) - 1:,} more like it)" if len(self._problems) > 1 else ""
            raise InputError(f"'{self._name}', line {line}{first}{more}.", hint=hint or "Mend the file.")
        if not self._rows.row:
            raise InputError(f"'{self._name}' has a header but no figures below it.")
        self._rows.date_rows(self._days, self._layout.head.known_from, self._publisher)
        self._rows.filled = self._labels.filled
        return self._rows

    def _leave_out_head(self) -> None:
        header = self._sheet.rows[self._layout.header_at]
        for row in self._sheet.rows[: self._layout.first_at]:
            self._drop(row, None, "above the table", row.at(row.filled[0]))
        for column, reason in sorted(self._layout.left_out.items()):
            text = self._layout.texts.get(column) or header.at(column)
            self._drop(header, column, f"column: {reason}", text)

    def _read_line(self, row: Row) -> None:
        labels = self._labels.of(row)
        try:
            self._meaning.see_dimensions(row, labels)
            month = None if self._layout.months_across else self._meaning.month(row, labels)
            stream = self._meaning.stream(row, labels)
            self._look_beside(row)
        except Skip as skip:
            self._read_quarter_line(row, labels)
            self._skip(row, str(skip))
            return
        except CellError as error:
            hint = None
            if "not known" in str(error):
                hint = (
                    f"Known streams: {self._publisher.known_labels()}; add the label to the publisher's mapping."
                )
            self._problems.append((row.line, str(error), hint))
            return
        for column in self._counted:
            self._read_cell(row, column, month, stream)
        for column, quarter in self._quarters_across.items():
            self._read_quarter(row, column, quarter, stream)

    def _read_quarter_line(self, row: Row, labels: dict[int, Cell]) -> None:
        quarter = read_quarter(labels.get(self._layout.roles.get("period", -1)))
        if quarter is None:
            return
        with suppress(Skip, CellError):
            stream = self._meaning.stream(row, labels)
            for column in self._counted:
                self._read_quarter(row, column, quarter, stream)

    def _read_quarter(self, row: Row, column: int, quarter: date, stream: LineStream) -> None:
        """A quarter's total is no row, but a control on the months; one that cannot be read controls nothing."""
        with suppress(CellError):
            cell = unflagged(row.at(column), self._publisher.flags)[0]
            series_id = self._series(column, stream)[1]
            count = read_count(cell, self._rows.style)
            self._rows.quarters.append(QuarterRead(series_id, quarter, count, row.line))

    def _skip(self, row: Row, reason: str) -> None:
        first = row.at(row.filled[0])
        if reason == "note":
            for column in self._counted:
                if self._is_header(row.at(column)):
                    what = (
                        f", column {column_letter(column)}: '{shown(row.at(column))}' is a header below the header"
                    )
                    self._problems.append((row.line, what, "Leave no empty line between the lines of a header."))
                    break
        if reason == "note" and any(isinstance(cell, str) and scaled(cell) for cell in row.cells):
            what = f": '{shown(first)}' says that the figures are not single persons"
            self._problems.append((row.line, what, "Export the table in persons."))
        self._drop(row, None, reason, first)

    def _is_header(self, cell: Cell) -> bool:
        label, publisher = normal(cell), self._publisher
        if not isinstance(cell, str) or is_unit(label, publisher):
            return False
        return (
            series_named(label, publisher) is not None
            or label in publisher.code_of
            or read_month(cell) is not None
        )

    def _read_cell(self, row: Row, column: int, month: date | None, stream: LineStream) -> None:
        layout = self._layout
        cell, flag = unflagged(row.at(column), self._publisher.flags)
        if cell is None or (isinstance(cell, str) and normal(cell) in self._missing):
            self._drop(row, column, "not given", row.at(column))
            return
        flag = flag or self._text(row, "flag")
        if any(letter in self._publisher.flags_left_out for letter in flag):
            self._drop(row, column, "not given", f"{shown(cell)} {flag}")
            return
        try:
            area = self._sheet.merged.area(row.line, column) if self._sheet.merged else None
            if area is not None and not self._sheet.merged.is_hidden(row, column):
                raise CellError(f"the figure is merged over {area.places} cells, so it is nobody's own")
            if area is not None:
                self._drop(row, column, "hidden below a merged cell", cell)
                return
            label, series_id = self._series(column, stream)
            count = read_count(cell, self._rows.style)
            day = self._day(row)
            basis = self._basis(row)
        except CellError as error:
            self._problems.append((row.line, f", column {column_letter(column)}: {error}", None))
            return
        rows = self._rows
        rows.flags.update([flag] if flag else [])
        rows.labels.setdefault(label, series_id)
        rows.series_id.append(series_id)
        rows.period.append(layout.months_across[column] if month is None else month)
        rows.observed.append(count)
        rows.basis.append(basis)
        rows.definition.append(self._text(row, "definition") or self._publisher.stream(series_id).definition)
        rows.source.append(self._text(row, "source") or self._source)
        rows.row.append(row.line)
        self._days.append(day)

    def _series(self, column: int, stream: LineStream) -> tuple[str, str]:
        """Label and ``series_id`` of a count: what its line, its column and the table's head say together."""
        layout, head = self._layout, self._layout.head
        series_id = layout.series_across.get(column) or stream.series_id or head.series_id
        across = column in layout.series_across or column in layout.codes_across
        header = layout.texts.get(column) or shown(self._sheet.rows[layout.header_at].at(column))
        if column in layout.months_across:
            # Its text names the month as well, which is none of the stream's name.
            header = ".".join(filter(None, (layout.series_across.get(column), layout.codes_across.get(column))))
        named = [header if across else "", stream.label]
        if series_id == head.series_id and not stream.series_id and column not in layout.series_across:
            named.insert(0, head.label)
        label = ", ".join(part for part in named if part)
        code = layout.codes_across.get(column) or stream.code
        code = head.code if code is None else code
        if not series_id:
            series_id = self._publisher.nationality_stream
        if not series_id:
            raise CellError(f"no column says which stream '{label}' belongs to")
        if code and "." in series_id:
            raise CellError(f"'{label}' names a nationality twice")
        if column in layout.codes_across and stream.code:
            raise CellError(f"'{label}' names a nationality twice")
        return label or series_id, f"{series_id}.{code}" if code else series_id

    def _look_beside(self, row: Row) -> None:
        """Remarks may stand beside a table; a figure there is one that slipped out of its column."""
        for column in row.filled:
            if column in self._known:
                continue
            if is_numeric(row.at(column)):
                raise CellError(f", column {column_letter(column)}: a figure stands where the header has nothing")
            self._drop(row, column, "beside the table", row.at(column))

    @property
    def _missing(self) -> frozenset[str]:
        return self._publisher.words["missing"]

    def _day(self, row: Row) -> date | None:
        cell = row.at(self._layout.roles["available_from"]) if "available_from" in self._layout.roles else None
        if cell is None:
            return None
        day = read_day(cell)
        if day is None:
            raise CellError(f"'{shown(cell)}', from when it was known, is not a day")
        return day

    def _basis(self, row: Row) -> str:
        text = self._text(row, "basis").lower()
        if not text:
            return self._publisher.basis.value
        if text not in set(Basis):
            raise CellError(f"the basis '{shown(text)}' is not one of {', '.join(Basis)}")
        return text

    def _text(self, row: Row, role: Role) -> str:
        column = self._layout.roles.get(role)
        cell = None if column is None else row.at(column)
        return cell if isinstance(cell, str) else ""

    def _drop(self, row: Row, column: int | None, reason: str, cell: Cell) -> None:
        place = "" if column is None else column_letter(column)
        self._rows.dropped.append(Dropped(row.line, place, reason, shown(cell)))
