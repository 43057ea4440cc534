"""Figures of a StatLine table, record by record: which are wanted, which are figures, and rows of them.

What belongs here: what a record must hold, what a figure must be. What does not: pages (``statline_rows``), which
codes mean what (``statline_metadata``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from indforecast.domain.errors import InputError
from indforecast.sources.grid import shown
from indforecast.sources.quarters import QuarterRead
from indforecast.sources.statline_json import plain
from indforecast.sources.understanding import Dropped

if TYPE_CHECKING:
    from indforecast.sources.statline_json import Record
    from indforecast.sources.statline_metadata import Selection
    from indforecast.sources.statline_odata import Cell, Dialect
    from indforecast.sources.statline_table import TableDescription

_LARGEST: Final = 10**12
#: Share of months in which a total may differ from its parts before it is taken for the total of something else.
_DIFFERING: Final = 0.1
_AGAIN: Final = "Fetch it again; if it stays, StatLine's service has changed."


@dataclass(frozen=True)
class Row:
    """One figure that is one."""

    series_id: str
    period: date
    observed: int
    definition: str


class Reading:
    """Figures, one record after the other.

    Parameters
    ----------
    selection : Selection
        Which of them are wanted.
    words : TableDescription
        What they count, and what stands beside figures that are given.
    where : str
        The download and entity, for messages.
    """

    def __init__(self, selection: Selection, words: TableDescription, where: str) -> None:
        self._chosen = selection
        self._words = words
        self._where = where
        self._figure = {"", *words.attributes_of_figures}
        self._found: dict[tuple[str, date], int | None] = {}
        self._quarters: dict[tuple[str, date], int] = {}
        self._seen: set[tuple[str, str]] = set()
        self.dropped: list[Dropped] = []

    def take(self, record: Record, at: int, dialect: Dialect) -> None:
        """Read one record, the ``at``-th.

        Raises
        ------
        InputError
            If a column is gone, a code is unknown, a figure stands twice or is no whole number of persons.
        """
        try:
            cells = list(dialect.cells(record, self._chosen.dimensions, self._chosen.measures))
        except KeyError as error:
            fields = ", ".join(f"'{shown(key)}'" for key in list(record)[:12])
            raise InputError(
                f"{self._where}, record {at}: column '{error.args[0]}' is not there; found {fields or 'none'}.",
                hint="The publisher changed the table while it was fetched, or its service: fetch it again.",
            ) from None
        for cell in cells:
            self._take(cell, at)

    def _take(self, cell: Cell, at: int) -> None:
        chosen = self._chosen
        for dimension, code in cell.codes.items():
            if code not in chosen.known[dimension]:
                raise InputError(
                    f"{self._where}, record {at}: '{shown(code)}' is none of the"
                    f" {len(chosen.known[dimension])} codes of {dimension}.",
                    hint="The publisher changed the table while it was fetched: fetch it again.",
                )
        code = cell.codes[chosen.time]
        month, quarter = chosen.months.get(code), chosen.quarters.get(code)
        country = chosen.nationalities.get(cell.codes[chosen.nationality])
        series = chosen.measures[cell.measure]
        whole = all(cell.codes[dimension] == total for dimension, total in chosen.totals.items())
        if country is None or not whole or (country and not self._words.measures[series].nationalities):
            return
        name = f"{series}.{country}" if country else series
        if (name, code) in self._seen:
            raise InputError(f"{self._where}, record {at}: {name} of {code} stands twice.", hint=_AGAIN)
        self._seen.add((name, code))
        if month is not None:
            self._found[name, month] = self._observed(cell, name, month, at)
        elif quarter is not None and (total := self._given(cell, name, code, at)) is not None:
            self._quarters[name, quarter] = total

    def _observed(self, cell: Cell, name: str, month: date, at: int) -> int | None:
        found = self._given(cell, name, f"{month:%Y-%m}", at)
        if found is None:
            marked = cell.attribute not in self._figure
            why = f"figure marked '{shown(cell.attribute)}'" if marked else "figure not given"
            self.dropped.append(Dropped(at, "", why, f"{name} {month:%Y-%m}"))
        return found

    def _given(self, cell: Cell, name: str, period: str, at: int) -> int | None:
        """Whole persons, or None where there is no figure; what stands beside it decides, never its value."""
        value = cell.value
        if cell.attribute not in self._figure or value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LARGEST or value % 1:
            raise InputError(
                f"{self._where}, record {at}: {name} of {period} is '{shown(plain(value))}', not a whole number"
                " of persons.",
                hint="The measure may have changed its unit; compare it with the table on StatLine.",
            )
        return int(value)

    def quarters(self) -> tuple[QuarterRead, ...]:
        """Quarters of the series that gave rows, by series and quarter, numbered from 1."""
        given = {name for (name, _), value in self._found.items() if value is not None}
        kept = sorted((key, value) for key, value in self._quarters.items() if key[0] in given)
        return tuple(
            QuarterRead(name, quarter, value, at) for at, ((name, quarter), value) in enumerate(kept, start=1)
        )

    def result(self) -> tuple[tuple[Row, ...], list[str]]:
        """Rows by series and month, and remarks, once all records were taken.

        Raises
        ------
        InputError
            If a required series has no figure.
        """
        remarks = []
        for series_id, words in self._words.measures.items():
            if words.sum_of and series_id in self._chosen.measures.values():
                why = self._no_sum(series_id, words.sum_of)
                if why:
                    self._found = {key: value for key, value in self._found.items() if key[0] != series_id}
                    remarks.append(f"'{shown(self._chosen.labels[series_id])}' left out: {why}")
        for series_id in self._chosen.measures.values():
            given = any(key[0] == series_id and value is not None for key, value in self._found.items())
            if self._words.measures[series_id].required and not given:
                raise InputError(
                    f"{self._where} has no monthly figure of '{shown(self._chosen.labels[series_id])}' for all"
                    " nationalities together.",
                    hint=_AGAIN,
                )
        rows = tuple(
            Row(series_id, month, value, self._words.measures[series_id.split(".")[0]].definition)
            for (series_id, month), value in sorted(self._found.items())
            if value is not None
        )
        return rows, remarks

    def _no_sum(self, series_id: str, parts: tuple[str, ...]) -> str | None:
        """Why a measure is not the total that its title may stand for."""
        slack = self._words.rounded_to * (len(parts) + 1) / 2
        compared = differing = 0
        for (key, month), total in self._found.items():
            terms = [self._found.get((part, month)) for part in parts]
            given = [term for term in terms if term is not None]
            if key != series_id or total is None or len(given) < len(terms):
                continue
            compared += 1
            differing += abs(total - sum(given)) > slack
        if not compared:
            return f"its parts {', '.join(parts)} are not all there"
        if differing > _DIFFERING * compared:
            return f"it is not the sum of {', '.join(parts)} in {differing} of {compared} months"
        return None
