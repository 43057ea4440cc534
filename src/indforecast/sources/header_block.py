"""Headers over two to four lines: years over months, streams over nationalities, months over streams.

What belongs here: joining what the lines say of one column. What does not: which table that makes
(``header_joined``), single labels (``labels``).

A cell of an upper line stands for the columns it is merged over; where nothing in its line is merged, for those
right of it up to the next one. Lines of a header follow each other without an empty line between them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from indforecast.sources.counts import is_numeric
from indforecast.sources.grid import normal, shown
from indforecast.sources.labels import series_named
from indforecast.sources.months import longer_period, month_named, read_month, read_year

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from indforecast.sources.cell_kinds import CellKinds
    from indforecast.sources.grid import Cell, Row
    from indforecast.sources.mapping import Role
    from indforecast.sources.merged import Merged

MOST_LINES: Final = 4
_ACROSS: Final = ("month", "part", "series", "code")
_DATED: Final = ("period", "year", "month")


@dataclass
class HeaderColumn:
    """What all lines together say of one column."""

    month: date | None = None
    year: int | None = None
    part: int | None = None
    series: str | None = None
    code: str | None = None
    total: bool = False
    left_out: str | None = None
    unknown: Cell = None
    roles: set[Role] = field(default_factory=set)
    dimensions: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)

    @property
    def counts(self) -> bool:
        """Whether it says whose or which month's counts stand below."""
        return any(value is not None for value in (self.month, self.part, self.series, self.code))


class Contradiction(ValueError):
    """Two lines say different things of one column: they are not one header."""


def has_figures(row: Row) -> bool:
    """Whether a line holds a figure that is no year and no month, so that it is no line of a header."""
    return any(
        is_numeric(cell) and read_year(cell) is None and read_month(cell) is None
        for cell in row.cells
        if cell is not None
    )


class HeaderBlock:
    """Several lines, looked at as one header.

    Parameters
    ----------
    lines : sequence of Row
        The lines, two at least.
    merged : Merged
        Merged cells of the sheet.
    kinds : CellKinds
        What single cells are, in a publisher's words.

    Raises
    ------
    Contradiction
        If they cannot be one header.
    """

    def __init__(self, lines: Sequence[Row], merged: Merged, kinds: CellKinds) -> None:
        self._lines, self._merged, self._kinds, self._publisher = lines, merged, kinds, kinds.publisher
        if any(below.line != above.line + 1 for above, below in pairwise(lines)):
            raise Contradiction("an empty line stands between them")
        self.columns: dict[int, HeaderColumn] = {}
        self._speaking: set[int] = set()
        cells = [self._cells(row) for row in lines]
        seen = [(column, self._kind(cell)) for line in cells for column, cell in line.items()]
        labels = {column for column, kind in seen if kind in ("role", "dimension")}
        found = [column for column, kind in seen if kind in _ACROSS and column not in labels]
        if not found:
            raise Contradiction("no column is named")
        #: The first column that may hold counts; left of it stand the labels of the lines below.
        self.first = min(found)
        for at, line in enumerate(cells):
            self._read_line(at, line, cells[at + 1 :])

    @property
    def is_joined(self) -> bool:
        """Whether the first line says something of the counts and a later one says something as well."""
        return 0 in self._speaking and len(self._speaking) > 1

    @property
    def counted(self) -> dict[int, HeaderColumn]:
        """Columns that say whose or which month's counts they hold."""
        return {at: column for at, column in self.columns.items() if at >= self.first and column.counts}

    def uses(self, name: str) -> bool:
        """Whether any counted column says ``month``, ``part``, ``series`` or ``code``."""
        return any(getattr(column, name) is not None for column in self.counted.values())

    def labels(self) -> dict[int, HeaderColumn]:
        """Columns left of the counts, and roles right of them, without the words that only name a header line."""
        spoken: set[Role] = set()
        if self.uses("month") or self.uses("part"):
            spoken |= set(_DATED)
        if self.uses("series"):
            spoken.add("series")
        if self.uses("code"):
            spoken.add("nationality")
        found = {}
        for at, column in self.columns.items():
            if at < self.first or (column.roles and not column.counts):
                column.roles -= spoken
                found[at] = column
        return found

    def _cells(self, row: Row) -> dict[int, Cell]:
        """A line as it is seen: merged cells in all their places."""
        if not self._merged:
            return {column: row.at(column) for column in row.filled}
        width = max(len(one.cells) for one in self._lines)
        seen = ((column, self._merged.cell(row, column)) for column in range(width))
        return {column: cell for column, cell in seen if cell is not None}

    def _kind(self, cell: Cell, *, last: bool = False) -> str:
        return self._kinds.of(cell, last=last)

    def _read_line(self, at: int, line: dict[int, Cell], below: Sequence[dict[int, Cell]]) -> None:
        last = not below
        spreads = not last and not any(self._merged.area(self._lines[at].line, column) for column in line)
        dimension = self._dimension(line)
        named_below = {column for cells in below for column in cells}
        carried: Cell = None
        for column in range(max([*line, *named_below]) + 1):
            cell = line.get(column)
            if column >= self.first:
                carried = carried if cell is None else cell
                if cell is None and spreads and column in named_below:
                    cell = carried
            if cell is None:
                continue
            target = self.columns.setdefault(column, HeaderColumn())
            if dimension is not None and column < self.first and self._kind(cell) == "dimension":
                continue  # It names its line, not a column below.
            if column < self.first or dimension is None:
                self._take(target, cell, self._kind(cell, last=last), at, aside=column < self.first)
            else:
                target.texts.append(shown(cell))
                self._speaking.add(at)
                if not self._publisher.keeps(dimension, normal(cell)):
                    target.left_out = f"{dimension}: {shown(cell)}"

    def _dimension(self, line: dict[int, Cell]) -> str | None:
        """The breakdown whose values a line holds: its name stands left of them."""
        kinds = {column: self._kind(cell) for column, cell in line.items()}
        if any(column >= self.first and kind in (*_ACROSS, "year") for column, kind in kinds.items()):
            return None
        named = [column for column, kind in kinds.items() if column < self.first and kind == "dimension"]
        if max(kinds) < self.first:
            return None
        return self._publisher.dimension_of[normal(line[named[0]])] if named else None

    def _take(self, column: HeaderColumn, cell: Cell, kind: str, at: int, *, aside: bool) -> None:
        label = normal(cell)
        if kind == "figure" and not aside:
            raise Contradiction("a figure stands among the headers")
        if kind in ("month", "figure") and aside:
            raise Contradiction("a month or figure stands among the labels")
        if not column.texts or column.texts[-1] != shown(cell):
            column.texts.append(shown(cell))
        if kind == "role":
            column.roles.add(self._publisher.role_of[label])
            self._speaking.add(at)
        elif kind == "dimension":
            column.dimensions.add(self._publisher.dimension_of[label])
            self._speaking.add(at)
        elif aside or kind == "unit":
            return
        elif kind in ("month", "year", "part", "series", "code"):
            self._set(column, kind, self._value(cell, kind))
            self._speaking.add(at)
        elif kind == "total":
            column.total = True
        elif kind == "unknown":
            column.unknown = cell
        else:
            reasons = {"remainder": "remainder", "ignore": "known, not read"}
            column.left_out = reasons.get(kind) or f"total of a {longer_period(cell)}"

    def _value(self, cell: Cell, kind: str) -> object:
        label = normal(cell)
        if kind == "series":
            return series_named(label, self._publisher)
        if kind == "code":
            return self._publisher.code_of[label]
        if kind == "month":
            return read_month(cell)
        return read_year(cell) if kind == "year" else month_named(cell)

    @staticmethod
    def _set(column: HeaderColumn, kind: str, value: object) -> None:
        if getattr(column, kind) not in (None, value):
            raise Contradiction("two lines name one column differently")
        setattr(column, kind, value)
