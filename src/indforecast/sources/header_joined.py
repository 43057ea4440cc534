"""Headers of several lines as a layout: which columns are read, left out or refused.

What belongs here: what joined header columns mean for the table. What does not: joining the lines
(``header_block``).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from indforecast.domain.errors import InputError
from indforecast.sources.counts import is_numeric
from indforecast.sources.grid import column_letter, normal, shown
from indforecast.sources.labels import is_unit
from indforecast.sources.layout import HEAD_LINES, MONTHS_ACROSS, STREAMS_ACROSS, Layout
from indforecast.sources.months import read_month
from indforecast.sources.table_head import read_head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indforecast.sources.grid import Cell, Row
    from indforecast.sources.header_block import HeaderBlock, HeaderColumn
    from indforecast.sources.mapping import Publisher, Role


class JoinedHeader:
    """Several lines that are one header.

    Parameters
    ----------
    rows : sequence of Row
        Filled lines.
    at, count : int
        Position of its first line, and how many there are.
    block : HeaderBlock
        What they say together.
    publisher : Publisher
        The words.
    name : str
        The file, for messages.
    """

    def __init__(
        self, rows: Sequence[Row], at: int, count: int, block: HeaderBlock, publisher: Publisher, name: str
    ) -> None:
        self._rows, self._at, self._count, self._block = rows, at, count, block
        self._publisher, self._name = publisher, name
        self._roles: dict[Role, int] = {}
        self._dimensions: dict[str, int] = {}
        self._left_out: dict[int, str] = {}
        self._months: dict[int, date] = {}
        self._series: dict[int, str] = {}
        self._codes: dict[int, str] = {}
        self._seen: dict[tuple[object, ...], int] = {}

    def layout(self) -> Layout | None:
        """The table below, or None when these lines are no header after all."""
        block = self._block
        dated = block.uses("month") or block.uses("part")
        if not self._look_at_labels(block.labels()) or not self._labelled(dated):
            return None
        problems: list[InputError] = []
        for at, column in block.columns.items():
            if at >= block.first and at not in self._left_out and at not in self._roles.values():
                try:
                    self._look_at(at, column, dated)
                except InputError as error:
                    problems.append(error)
        if problems:
            # Where two columns are understood it is a header, and what is wrong with a third one is said.
            if len(self._seen) > 1:
                raise problems[0]
            return None
        if not self._seen:
            return None
        self._see_that_months_rise()
        return Layout(
            MONTHS_ACROSS if dated else STREAMS_ACROSS,
            self._at + self._count - 1,
            self._roles,
            self._series,
            self._months,
            self._left_out,
            self._codes,
            self._dimensions,
            read_head(self._rows[: self._at], self._publisher, self._name),
            self._count,
            {at: " / ".join(column.texts) for at, column in block.columns.items()},
        )

    def _look_at(self, at: int, column: HeaderColumn, dated: bool) -> None:
        reason = self._reason(at, column, dated)
        if reason is not None:
            self._left_out[at] = reason
            return
        month = column.month
        if column.part is not None:
            if column.year is None:
                raise self._problem(at, "has no year above it")
            month = date(column.year, column.part, 1)
        key = (month, column.series, column.code)
        if self._seen.setdefault(key, at) != at:
            if self._holds_figures(at):
                raise self._problem(at, f"says what column {column_letter(self._seen[key])} says")
            self._left_out[at] = "no figures in it"
            return
        if month is not None:
            self._months[at] = month
        if column.series is not None:
            self._series[at] = column.series
        if self._block.uses("code"):
            self._codes[at] = column.code or ""

    def _look_at_labels(self, labels: dict[int, HeaderColumn]) -> bool:
        """Note what the labels left of the counts mean; no, when one means two things, or two mean one."""
        for at, column in labels.items():
            if len(column.roles) + len(column.dimensions) > 1:
                return False
            for role in column.roles:
                if role == "ignore":
                    self._left_out[at] = "known, not read"
                elif self._roles.setdefault(role, at) != at:
                    return False
            for dimension in column.dimensions:
                if self._dimensions.setdefault(dimension, at) != at:
                    return False
        return True

    def _labelled(self, dated: bool) -> bool:
        """Whether the labels left of the counts give what the columns do not; a label may have no name."""
        taken = {*self._roles.values(), *self._dimensions.values(), *self._left_out}
        below = self._rows[self._at + self._count : self._at + self._count + HEAD_LINES]
        free = [
            at
            for at in range(self._block.first)
            if at not in taken and any(self._is_label(row.at(at)) for row in below)
        ]
        if not dated:
            if "month" in self._roles and "year" not in self._roles and "period" not in self._roles:
                self._roles["period"] = self._roles.pop("month")
            if "period" in self._roles or {"year", "month"} <= set(self._roles):
                return True
            if 0 in taken or not any(read_month(row.at(0)) is not None for row in below[:2]):
                return False
            self._roles["period"] = 0
            return True
        if any(read_month(row.at(at)) is not None for row in below[:2] for at in range(self._block.first)):
            return False
        if not free or "series" in self._roles or "nationality" in self._roles:
            return True
        self._roles["nationality" if self._block.uses("series") else "series"] = free[0]
        return True

    def _is_label(self, cell: Cell) -> bool:
        return isinstance(cell, str) and not is_unit(normal(cell), self._publisher)

    def _reason(self, at: int, column: HeaderColumn, dated: bool) -> str | None:
        """Why a column is left out, or None when it is read; one without a reason is refused."""
        block = self._block
        if column.unknown is not None:
            raise self._problem(
                at,
                f"is not known to the mapping of {self._publisher.publisher}",
                f"Known streams: {self._publisher.known_labels()}; add the label to the publisher's mapping.",
            )
        if column.left_out is not None:
            return column.left_out
        if dated and column.month is None and column.part is None:
            return "total" if column.year is None else "total of a year"
        lacks_series = block.uses("series") and column.series is None
        if column.total and (lacks_series or not block.uses("code")):
            return "total"
        if lacks_series:
            raise self._problem(at, "has no stream above it")
        return None

    def _holds_figures(self, at: int) -> bool:
        """Whether a column has figures; flags stand in a column of their own under a merged month."""
        return any(is_numeric(row.at(at)) for row in self._rows[self._at + self._count :])

    def _see_that_months_rise(self) -> None:
        """A year that was forgotten would turn the months back to those of the year left of it."""
        orders: dict[tuple[str | None, str | None], list[date]] = {}
        for at, month in sorted(self._months.items()):
            column = self._block.columns[at]
            orders.setdefault((column.series, column.code), []).append(month)
        for order in orders.values():
            if self._block.uses("part") and order not in (sorted(order), sorted(order, reverse=True)):
                raise InputError(
                    f"'{self._name}', line {self._rows[self._at].line}: the months do not follow each other.",
                    hint="Write the year above the first month of every year.",
                )

    def _problem(self, column: int, what: str, hint: str | None = None) -> InputError:
        text = " / ".join(self._block.columns[column].texts)
        line = self._rows[self._at + self._count - 1].line
        return InputError(
            f"'{self._name}', line {line}, column {column_letter(column)}: '{shown(text)}' {what}.", hint=hint
        )
