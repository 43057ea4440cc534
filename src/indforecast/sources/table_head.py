"""What the lines above a header say of the whole table: from when it is known, whose figures, which breakdown.

What belongs here: words and their values above a table. What does not: the header (``layout``), the days of single
rows (``published_table``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indforecast.domain.errors import InputError
from indforecast.sources.grid import normal, shown
from indforecast.sources.labels import scaled, series_named
from indforecast.sources.months import read_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from indforecast.sources.grid import Cell, Row
    from indforecast.sources.mapping import Publisher


@dataclass(frozen=True)
class TableHead:
    """What was found above a table.

    Parameters
    ----------
    known_from : date, optional
        From when all of it could be known.
    series_id, code : str, optional
        Whose figures all of it holds, where neither lines nor columns say.
    label : str
        As the series stands there.
    """

    known_from: date | None = None
    series_id: str | None = None
    code: str | None = None
    label: str = ""


def read_head(rows: Sequence[Row], publisher: Publisher, name: str) -> TableHead:
    """Understand the lines above a table.

    Raises
    ------
    InputError
        If they say that the figures are in thousands, or of a part of what is counted.
    """
    series_id = code = known = None
    label = ""
    for row in rows:
        for word, value, cell in _said(row):
            if isinstance(cell, str) and scaled(cell):
                raise _wrong(name, row, cell, "says that the figures are not single persons")
            dimension = publisher.dimension_of.get(word)
            if dimension is not None and value is not None and not publisher.keeps(dimension, normal(value)):
                raise _wrong(name, row, value, f"is not the {dimension} that is read")
            role = publisher.role_of.get(word)
            if role == "series" and value is not None:
                series_id, label = series_named(normal(value), publisher) or series_id, shown(value)
            elif role == "nationality" and value is not None:
                code = publisher.code_of.get(normal(value), code)
            elif known is None:
                known = _day(word, value, publisher)
        alone = {normal(row.at(column)): row.at(column) for column in row.filled}
        if len(alone) == 1 and (found := series_named(next(iter(alone)), publisher)) is not None:
            series_id, label = found, shown(next(iter(alone.values())))
    return TableHead(known, series_id, code, label)


def _said(row: Row) -> Iterator[tuple[str, Cell, Cell]]:
    """Every cell of a line as a word, with the value that stands right of it or behind its colon."""
    filled = row.filled
    for column, after in zip(filled, [*filled[1:], None], strict=True):
        cell = row.at(column)
        yield normal(cell), None if after is None else row.at(after), cell
        if isinstance(cell, str) and ":" in cell.rstrip(" :"):
            word, _, value = cell.partition(":")
            yield normal(word), value.strip() or None, cell


def _day(word: str, value: Cell, publisher: Publisher) -> date | None:
    """The day behind one of the words for it, in its own cell or the next."""
    for start, role in publisher.role_of.items():
        if role != "available_from":
            continue
        if word == start and (day := read_day(value)) is not None:
            return day
        if word.startswith(start) and (day := read_day(word[len(start) :].strip(" :."))) is not None:
            return day
    return None


def _wrong(name: str, row: Row, cell: Cell, what: str) -> InputError:
    return InputError(
        f"'{name}', line {row.line}, above the table: '{shown(cell)}' {what}.",
        hint="Export the table again with totals of every breakdown, in persons.",
    )
