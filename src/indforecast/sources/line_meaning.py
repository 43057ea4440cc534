"""What the labels of one line mean: its month, its stream and nationality, or why it gives no row.

What belongs here: labels into meanings, in a publisher's words. What does not: which label a line has
(``row_labels``), its figures (``published_table``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indforecast.sources.counts import CellError, is_numeric, unflagged
from indforecast.sources.grid import Broken, column_letter, normal, shown
from indforecast.sources.labels import is_total, is_word, series_named
from indforecast.sources.months import longer_period, read_month, read_month_of_year

if TYPE_CHECKING:
    from datetime import date

    from indforecast.sources.grid import Cell, Row
    from indforecast.sources.layout import Layout
    from indforecast.sources.mapping import Publisher
    from indforecast.sources.row_labels import RowLabels


class Skip(Exception):
    """Why a line gives no row."""


@dataclass(frozen=True)
class LineStream:
    """What a line says: its label, ``series_id`` (empty: said elsewhere) and nationality (empty: the total)."""

    label: str = ""
    series_id: str = ""
    code: str | None = None


class LineMeaning:
    """Reads labels by a layout, in a publisher's words.

    Parameters
    ----------
    layout : Layout
        Which column has which label.
    publisher : Publisher
        The words.
    labels : RowLabels
        Where the labels come from.
    """

    def __init__(self, layout: Layout, publisher: Publisher, labels: RowLabels) -> None:
        self._layout, self._publisher, self._labels = layout, publisher, labels
        self._counted = layout.counted

    def see_dimensions(self, row: Row, labels: dict[int, Cell]) -> None:
        """See that a line is of the one value of every breakdown that is read.

        Raises
        ------
        Skip
            If it is of another.
        CellError
            If it does not say.
        """
        for dimension, column in self._layout.dimensions.items():
            cell = labels[column]
            if self._publisher.keeps(dimension, normal(cell)):
                continue
            if not self._has_figures(row):
                raise Skip("note")
            if cell is None:
                raise CellError(f", column {column_letter(column)}: the line does not say of which {dimension}")
            raise Skip(f"another {dimension}")

    def month(self, row: Row, labels: dict[int, Cell]) -> date:
        """The month of a line.

        Raises
        ------
        Skip
            If the line is a total, a remainder or a note.
        CellError
            If it has figures and no month.
        """
        roles = self._layout.roles
        where = roles["period"] if "period" in roles else roles["month"]
        cell = labels[where]
        if "period" in roles:
            month = read_month(cell)
        else:
            self._labels.see_that_months_rise(row, labels, roles["year"], roles["month"])
            month = read_month_of_year(labels[roles["year"]], cell)
        if month is not None:
            return month
        longer = longer_period(cell)
        if longer is not None:
            raise Skip(f"total of a {longer}")
        self._skip_words(cell)
        if "year" in roles:
            self._skip_words(labels[roles["year"]])
        if not self._has_figures(row):
            raise Skip("note")
        raise CellError(f", column {column_letter(where)}: '{shown(cell)}' is not a month")

    def stream(self, row: Row, labels: dict[int, Cell]) -> LineStream:
        """What a line says of its stream; with streams across only what its nationality adds to them.

        Raises
        ------
        Skip
            If the line is a total, a remainder or a note.
        CellError
            If it has figures and a label that is not known.
        """
        roles = self._layout.roles
        found = LineStream()
        if "series" in roles:
            found = self._line_of_stream(row, roles["series"], labels[roles["series"]])
        if "nationality" in roles:
            cell = labels[roles["nationality"]]
            code = self._code(row, roles["nationality"], cell, whose=bool(found.series_id))
            label = ", ".join(part for part in (found.label, shown(cell)) if part)
            found = LineStream(label, found.series_id, code)
        return found

    def _line_of_stream(self, row: Row, column: int, cell: Cell) -> LineStream:
        label = shown(cell)
        series_id = series_named(normal(cell), self._publisher) if cell is not None else None
        if series_id is not None:
            return LineStream(label, series_id, None)
        if self._layout.head.series_id is not None and normal(cell) in self._publisher.code_of:
            return LineStream(label, "", self._publisher.code_of[normal(cell)])
        self._skip_words(cell)
        if not self._has_figures(row):
            raise Skip("note")
        raise CellError(
            f", column {column_letter(column)}: stream '{label}' is not known to the mapping of"
            f" {self._publisher.publisher}"
        )

    def _code(self, row: Row, column: int, cell: Cell, *, whose: bool) -> str:
        """The nationality of a line; empty for the total of its stream."""
        name, publisher = normal(cell), self._publisher
        whose = whose or bool(self._layout.series_across) or self._layout.head.series_id is not None
        if name in publisher.words["totals"]:
            if not whose:
                raise Skip("total")
            return ""
        code = publisher.code_of.get(name)
        if code is not None:
            if not whose and publisher.nationality_stream is None:
                raise CellError(f": no column says which stream '{shown(cell)}' belongs to")
            return code
        if name in publisher.words["remainder"] | publisher.words["ignore"]:
            raise Skip("remainder")
        if not self._has_figures(row):
            raise Skip("note")
        raise CellError(
            f", column {column_letter(column)}: nationality '{shown(cell)}' is not known to the"
            f" mapping of {publisher.publisher}"
        )

    def _skip_words(self, cell: Cell) -> None:
        if is_total(normal(cell), self._publisher):
            raise Skip("total")
        for reason, name in (("remainder", "remainder"), ("known, not read", "ignore")):
            if is_word(normal(cell), name, self._publisher):
                raise Skip(reason)

    def _has_figures(self, row: Row) -> bool:
        cells = (unflagged(row.at(column), self._publisher.flags)[0] for column in self._counted)
        return any(is_numeric(cell) or isinstance(cell, Broken) for cell in cells)
