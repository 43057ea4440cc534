"""A publisher's table as rows of a delivery: every line read, left out with a reason, or refused.

What belongs here: lines below a header, by layout and mapping. What does not: finding the header (``layout``),
which sheet and publisher (``file_drop``), judging values (``expectations``).

A figure that is not given is left out, never read as zero; a line without a month, a stream or a number that
somebody clearly meant to be one is refused with its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from indforecast.domain.errors import InputError
from indforecast.domain.observations import Basis
from indforecast.sources.counts import CellError, decide_style, is_numeric, read_count
from indforecast.sources.grid import Broken, column_letter, normal, shown
from indforecast.sources.layout import LONG, MONTHS_ACROSS, series_named
from indforecast.sources.months import longer_period, read_day, read_month, read_month_of_year
from indforecast.sources.table_rows import TableRows
from indforecast.sources.understanding import Dropped

if TYPE_CHECKING:
    from datetime import date

    from indforecast.sources.grid import Cell, Row, Sheet
    from indforecast.sources.layout import Layout
    from indforecast.sources.limits import Stopwatch, TableLimits
    from indforecast.sources.mapping import Publisher, Role

_WATCH_EVERY: Final = 500


class _Skip(Exception):
    """Why a line or cell gives no row."""


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
        self._known = {*layout.roles.values(), *layout.counted, *layout.left_out}
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
        counts = (row.at(column) for row in body for column in self._counted)
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
        self._rows.date_rows(self._days, self._layout.known_from, self._publisher)
        return self._rows

    def _leave_out_head(self) -> None:
        header = self._sheet.rows[self._layout.header_at]
        for row in self._sheet.rows[: self._layout.header_at]:
            self._drop(row, None, "above the table", row.at(row.filled[0]))
        for column, reason in self._layout.left_out.items():
            self._drop(header, column, f"column: {reason}", header.at(column))

    def _read_line(self, row: Row) -> None:
        try:
            month = None if self._layout.orientation == MONTHS_ACROSS else self._month(row)
            stream = self._stream(row)
            self._look_beside(row)
        except _Skip as skip:
            self._drop(row, None, str(skip), row.at(row.filled[0]))
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

    def _read_cell(self, row: Row, column: int, month: date | None, stream: tuple[str, str]) -> None:
        cell = row.at(column)
        if cell is None or (isinstance(cell, str) and normal(cell) in self._missing):
            self._drop(row, column, "not given", cell)
            return
        label, series_id = stream
        layout = self._layout
        if column in layout.series_across:
            header = shown(self._sheet.rows[layout.header_at].at(column))
            label = f"{header}, {label}" if label else header
            series_id = layout.series_across[column] + series_id
        try:
            if series_id.count(".") > 1:
                raise CellError(f"'{label}' names a nationality twice")
            count = read_count(cell, self._rows.style)
            day = self._day(row)
            basis = self._basis(row)
        except CellError as error:
            self._problems.append((row.line, f", column {column_letter(column)}: {error}", None))
            return
        rows = self._rows
        rows.labels.setdefault(label, series_id)
        rows.series_id.append(series_id)
        rows.period.append(layout.months_across[column] if month is None else month)
        rows.observed.append(count)
        rows.basis.append(basis)
        rows.definition.append(self._text(row, "definition") or self._publisher.stream(series_id).definition)
        rows.source.append(self._text(row, "source") or f"{self._publisher.source}: {self._name}")
        rows.row.append(row.line)
        self._days.append(day)

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

    def _month(self, row: Row) -> date:
        roles = self._layout.roles
        if "period" in roles:
            cell = row.at(roles["period"])
            month = read_month(cell)
        else:
            cell = row.at(roles["month"])
            month = read_month_of_year(row.at(roles["year"]), cell)
        if month is not None:
            return month
        longer = longer_period(cell)
        if longer is not None:
            raise _Skip(f"total of a {longer}")
        self._skip_words(cell)
        if not self._has_figures(row):
            raise _Skip("note")
        where = column_letter(roles["period"] if "period" in roles else roles["month"])
        raise CellError(f", column {where}: '{shown(cell)}' is not a month")

    def _stream(self, row: Row) -> tuple[str, str]:
        """Label and ``series_id`` of a line; with streams across only what its nationality adds to them."""
        roles = self._layout.roles
        label, series_id = "", ""
        if "series" in roles:
            cell = row.at(roles["series"])
            label = shown(cell)
            found = series_named(normal(cell), self._publisher) if cell is not None else None
            if found is None:
                self._skip_words(cell)
                if not self._has_figures(row):
                    raise _Skip("note")
                publisher = self._publisher.publisher
                raise CellError(
                    f", column {column_letter(roles['series'])}: stream '{label}' is not known to the mapping of"
                    f" {publisher}"
                )
            series_id = found
        if "nationality" not in roles:
            return label, series_id
        cell = row.at(roles["nationality"])
        name = normal(cell)
        if name in self._publisher.words["totals"]:
            if not series_id and self._layout.orientation in (LONG, MONTHS_ACROSS):
                raise _Skip("total")
            return label, series_id
        code = self._publisher.code_of.get(name)
        if code is None:
            if name in self._publisher.words["remainder"] | self._publisher.words["ignore"]:
                raise _Skip("remainder")
            if not self._has_figures(row):
                raise _Skip("note")
            raise CellError(
                f", column {column_letter(roles['nationality'])}: nationality '{shown(cell)}' is not known to the"
                f" mapping of {self._publisher.publisher}"
            )
        if self._layout.orientation in (LONG, MONTHS_ACROSS) and not series_id:
            if self._publisher.nationality_stream is None:
                raise CellError(f": no column says which stream '{shown(cell)}' belongs to")
            series_id = self._publisher.nationality_stream
        return f"{label}, {shown(cell)}" if label else shown(cell), f"{series_id}.{code}"

    def _skip_words(self, cell: Cell) -> None:
        for reason, name in (("total", "totals"), ("remainder", "remainder"), ("known, not read", "ignore")):
            if normal(cell) in self._publisher.words[name]:
                raise _Skip(reason)

    def _has_figures(self, row: Row) -> bool:
        return any(is_numeric(row.at(column)) or isinstance(row.at(column), Broken) for column in self._counted)

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
