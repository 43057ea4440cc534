"""Labels of lines that stand once for several: merged over them, or left empty below the first.

What belongs here: which label a line has. What does not: what a label means (``published_table``).

An empty label takes the one above it only where a label right of it is given, as tables with a year beside its
months and pivot tables are written: an empty label that is the last one of its line stays empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indforecast.sources.counts import CellError
from indforecast.sources.grid import column_letter, normal
from indforecast.sources.months import read_month_of_year

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from indforecast.sources.grid import Cell, Row
    from indforecast.sources.merged import Merged


class RowLabels:
    """The labels of a table's lines, read from the first line on.

    Parameters
    ----------
    columns : iterable of int
        Columns of labels.
    merged : Merged
        Merged cells.
    """

    def __init__(self, columns: Iterable[int], merged: Merged) -> None:
        self._columns, self._merged = sorted(columns), merged
        self._above: dict[int, Cell] = {}
        self._seen: dict[int, Cell] = {}
        self._months: dict[tuple[str, ...], tuple[date, int]] = {}
        #: How many labels came from another line.
        self.filled = 0

    def of(self, row: Row) -> dict[int, Cell]:
        """The labels of a line by column."""
        labels: dict[int, Cell] = {}
        for place, column in enumerate(self._columns):
            inner = self._columns[place + 1 :]
            cell = self._merged.cell(row, column) if self._merged else row.at(column)
            if cell is not None:
                if cell != self._seen.get(column):
                    # Below a new label nothing of the old one's holds any more.
                    for one in inner:
                        self._above.pop(one, None)
                self._seen[column] = self._above[column] = cell
                if self._merged and self._merged.area(row.line, column) is not None:
                    # A merged label says itself how far it reaches.
                    del self._above[column]
                    self.filled += self._merged.is_hidden(row, column)
            elif any(row.at(one) is not None for one in inner):
                cell = self._above.get(column)
                self.filled += cell is not None
            labels[column] = cell
        return labels

    def see_that_months_rise(self, row: Row, labels: dict[int, Cell], year: int, month: int) -> None:
        """See that a year taken from above fits: below it the months of one stream follow each other.

        Raises
        ------
        CellError
            If they turn back: a year was forgotten.
        """
        found = read_month_of_year(labels[year], labels[month])
        if found is None:
            return
        key = tuple(normal(cell) for column, cell in labels.items() if column not in (year, month))
        before, direction = self._months.get(key, (found, 0))
        if row.at(year) is not None or self._merged.area(row.line, year) is not None:
            self._months[key] = (found, 0)
            return
        step = (found > before) - (found < before)
        if (direction and step and step != direction) or (before.month, found.month) == (12, 1):
            raise CellError(
                f", column {column_letter(year)}: no year stands here, and the months do not follow those above"
            )
        self._months[key] = (found, step or direction)
