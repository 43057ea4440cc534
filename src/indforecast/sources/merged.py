"""Merged cells: which places of a sheet show the value of another one.

What belongs here: areas and looking them up. What does not: how a format writes them (``xlsx``, ``ods``), what a
value that stands for several places means (``header_block``, ``row_labels``, ``published_table``).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indforecast.sources.grid import Cell, Row


@dataclass(frozen=True, order=True)
class Area:
    """Cells that are merged: lines from 1, columns from 0, both ends within; the first cell has the value."""

    first_line: int
    first_column: int
    last_line: int
    last_column: int

    @property
    def places(self) -> int:
        """How many cells it covers."""
        return (self.last_line - self.first_line + 1) * (self.last_column - self.first_column + 1)


class Merged:
    """The merged areas of one sheet.

    Parameters
    ----------
    areas : iterable of Area
        They must not overlap.
    rows : sequence of Row
        Filled lines of the sheet, in order.

    Raises
    ------
    ValueError
        If two areas overlap.
    """

    def __init__(self, areas: Iterable[Area], rows: Sequence[Row]) -> None:
        self._areas: dict[int, list[Area]] = {}
        for area in sorted(area for area in areas if area.places > 1):
            for column in range(area.first_column, area.last_column + 1):
                others = self._areas.setdefault(column, [])
                if others and others[-1].last_line >= area.first_line:
                    raise ValueError(f"two merged areas overlap in line {area.first_line}")
                others.append(area)
        firsts = {area.first_line for areas in self._areas.values() for area in areas}
        self._anchors = {row.line: row for row in rows if row.line in firsts}

    def __bool__(self) -> bool:
        return bool(self._areas)

    def area(self, line: int, column: int) -> Area | None:
        """The area that covers a place, or None."""
        areas = self._areas.get(column)
        if not areas:
            return None
        at = bisect_right(areas, line, key=lambda area: area.first_line) - 1
        return areas[at] if at >= 0 and areas[at].last_line >= line else None

    def cell(self, row: Row, column: int) -> Cell:
        """What a reader sees at a place: the value of the area that covers it, else its own."""
        area = self.area(row.line, column)
        if area is None:
            return row.at(column)
        anchor = self._anchors.get(area.first_line)
        return None if anchor is None else anchor.at(area.first_column)

    def is_hidden(self, row: Row, column: int) -> bool:
        """Whether a place lies below a merged cell, so that what is stored there is not shown."""
        area = self.area(row.line, column)
        return area is not None and (row.line, column) != (area.first_line, area.first_column)
