"""File drop: a delivery as an operator drops it, canonical CSV or a publisher's export.

The canonical CSV has one header with the columns of ``indforecast.domain.observations.DELIVERY_COLUMNS`` in
any order; ``period`` as ``YYYY-MM``, ``available_from`` as ``YYYY-MM-DD``, ``observed`` in whole persons; UTF-8,
comma. Everything else is understood by ``exported_file``.
What belongs here: telling the two apart; the canonical cells into types, with the line of every mistake. What does
not: whether a value is plausible, a series known, a month in the future (``expectations``); splitting text
(``delimited_text``); publishers' forms (``exported_file``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.disclosure import hidden_figure, hidden_if_number
from indforecast.domain.errors import InputError
from indforecast.domain.files import plain_file_name, sha256_hex
from indforecast.domain.observations import DELIVERY_COLUMNS, Basis
from indforecast.sources.delimited_text import Limits, decode, records
from indforecast.sources.exported_file import read_exported
from indforecast.sources.grid import column_letter
from indforecast.sources.limits import TableLimits
from indforecast.sources.mapping import choose, load_publishers
from indforecast.sources.protocol import StagedDelivery
from indforecast.sources.quarters import controls
from indforecast.sources.understanding import ColumnMeaning, Understanding, summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from indforecast.sources.mapping import Publisher

_REQUIRED = ("series_id", "period", "observed")
_MONTH = re.compile(r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$")
_DAY = re.compile(r"^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$")
_WHOLE = re.compile(r"^-?[0-9]{1,15}$")
_SERIES = re.compile(r"^\S+$")
_SUPPRESSED = {"", "x", ".", "-", ":", "na", "nan", "n/a"}
_SHOWN = 40
_HEADER_BYTES = 65_536
_KEY_COLUMN = b"series_id"
_VALUE_COLUMNS = {b"period", b"observed", b"available_from"}


class _Cell(ValueError):
    """What is wrong with one cell; becomes an InputError with its place."""


@dataclass(frozen=True)
class FileDrop:
    """The canonical CSV, and what publishers export.

    Parameters
    ----------
    publisher : str
        Who is named as publisher of a canonical CSV; an export names its own.
    available_from : date, optional
        The day from which rows of a canonical CSV without that column or with the cell empty could be known.
    limits : Limits
        How much a canonical CSV may hold.
    publishers : mapping of str to Publisher, optional
        The words of exports; the packaged ones when omitted.
    export_limits : TableLimits
        How much an export may hold.
    chosen : str, optional
        Key of the one mapping that exports are read with, where an operator named it. A canonical CSV needs none,
        but is then said to come from that publisher.
    """

    publisher: str = "file drop"
    available_from: date | None = None
    limits: Limits = field(default_factory=Limits)
    publishers: Mapping[str, Publisher] | None = None
    export_limits: TableLimits = field(default_factory=TableLimits)
    chosen: str | None = None

    @property
    def name(self) -> str:
        """Stable key of the source."""
        return "file_drop"

    def read(self, content: bytes, name: str) -> StagedDelivery:
        """Read one file; see :class:`indforecast.sources.protocol.Source`.

        In a canonical CSV ``basis`` defaults to ``published``, ``definition`` to ``unspecified``, ``source`` to
        the file's name.

        Raises
        ------
        InputError
            If the file is too large, in no form that is known, or a cell cannot be read; the message names file,
            line and column.
        """
        return self.understand(content, name)[0]

    def understand(self, content: bytes, name: str) -> tuple[StagedDelivery, Understanding]:
        """Read one file, and say how it was understood.

        Raises
        ------
        InputError
            As :meth:`read`.
        """
        plain = plain_file_name(name)
        publishers = self._candidates()
        if is_canonical(content):
            who = self.publisher if self.chosen is None else publishers[self.chosen].publisher
            return self._canonical(content, plain, who)
        exported = read_exported(content, plain, publishers, self.export_limits)
        rows = exported.rows
        columns = {column: getattr(rows, column) for column in DELIVERY_COLUMNS}
        staged = StagedDelivery(
            sha256_hex(content),
            plain,
            exported.publisher.publisher,
            _typed(columns, rows.row),
            controls(rows.quarters, rows.series_id, rows.observed) if rows.quarters else None,
        )
        checked = (f"totals of quarters: {len(rows.quarters):,}; the months must add up to them",)
        labels = {series_id: label for label, series_id in reversed(rows.labels.items())}
        return staged, Understanding(
            form=exported.form,
            encoding=exported.encoding,
            delimiter=exported.delimiter,
            sheet=exported.sheet.name,
            orientation=exported.layout.orientation,
            header_line=exported.sheet.rows[exported.layout.header_at].line,
            columns=exported.columns(),
            numbers=rows.style.describe(),
            known_from=rows.known_from,
            dropped=tuple(rows.dropped),
            remarks=exported.remarks + (checked if rows.quarters else ()),
            **summary(staged, labels),
        )

    def _candidates(self) -> Mapping[str, Publisher]:
        """The mappings that may be read with: the chosen one, or all."""
        publishers = load_publishers() if self.publishers is None else self.publishers
        return publishers if self.chosen is None else {self.chosen: choose(publishers, self.chosen)}

    def _canonical(self, content: bytes, plain: str, who: str) -> tuple[StagedDelivery, Understanding]:
        lines = records(decode(content, plain, self.limits), plain, self.limits)
        first = next(lines, None)
        if first is None:
            raise InputError(f"'{plain}' is empty.")
        header_line, header = first
        places = self._places(header, plain, header_line)
        frame = self._frame(lines, len(header), places, plain)
        staged = StagedDelivery(sha256_hex(content), plain, who, frame)
        return staged, Understanding(
            form="canonical CSV",
            encoding="UTF-8",
            delimiter="comma",
            orientation="long",
            header_line=header_line,
            columns=tuple(
                ColumnMeaning(column_letter(place), header[place], column) for column, place in places.items()
            ),
            numbers="whole, without marks",
            known_from="column available_from" if "available_from" in places else str(self.available_from),
            **summary(staged, {}),
        )

    def _places(self, header: list[str], name: str, line: int) -> dict[str, int]:
        names = [cell.lower() for cell in header]
        for cell in names:
            if names.count(cell) > 1:
                raise InputError(f"'{name}', line {line}: column '{_shown(cell)}' stands twice.")
            if cell not in DELIVERY_COLUMNS:
                raise InputError(
                    f"'{name}', line {line}: column '{_shown(cell)}' is not known.",
                    hint=f"The columns are {', '.join(DELIVERY_COLUMNS)}.",
                )
        needed = _REQUIRED if self.available_from else (*_REQUIRED, "available_from")
        missing = [column for column in needed if column not in names]
        if missing:
            raise InputError(
                f"'{name}', line {line}: column{'s' if len(missing) > 1 else ''} {', '.join(missing)} missing.",
                hint=f"The columns are {', '.join(DELIVERY_COLUMNS)}.",
            )
        return {cell: place for place, cell in enumerate(names)}

    def _frame(
        self, lines: Iterator[tuple[int, list[str]]], width: int, places: dict[str, int], name: str
    ) -> pd.DataFrame:
        readers: dict[str, Callable[[str], object]] = {
            "series_id": _series,
            "period": _month,
            "observed": _count,
            "basis": _basis,
            "definition": lambda text: text or "unspecified",
            "source": lambda text: text or name,
            "available_from": self._day,
        }
        columns: dict[str, list[object]] = {column: [] for column in DELIVERY_COLUMNS}
        rows: list[int] = []
        # A register of text repeats itself: each spelling is read once.
        seen: dict[str, dict[str, object]] = {column: {} for column in DELIVERY_COLUMNS}
        problems: list[str] = []
        for line, record in lines:
            rows.append(line)
            if len(record) != width:
                problems.append(f"'{name}', line {line}: {len(record)} cells where the header has {width}")
                continue
            for column, values in columns.items():
                text = record[places[column]] if column in places else ""
                known = seen[column]
                if text not in known:
                    try:
                        known[text] = readers[column](text)
                    except _Cell as error:
                        problems.append(f"'{name}', line {line}, column {column}: {error}")
                        continue
                values.append(known[text])
        if problems:
            more = f" (and {len(problems) - 1:,} more like it)" if len(problems) > 1 else ""
            raise InputError(f"{problems[0]}{more}.", hint="Mend the file, or leave the rows out.")
        if not rows:
            raise InputError(f"'{name}' has a header but no rows.")
        return _typed(columns, rows)

    def _day(self, text: str) -> date:
        if not text and self.available_from is not None:
            return self.available_from
        if not _DAY.match(text):
            raise _Cell(f"'{_shown(text)}' is not a day, written YYYY-MM-DD")
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise _Cell(f"'{_shown(text)}' is not in the calendar") from None


def is_canonical(content: bytes) -> bool:
    """Whether a file's first filled line is, or wants to be, the header of a canonical CSV."""
    for line in content.removeprefix(b"\xef\xbb\xbf")[:_HEADER_BYTES].splitlines():
        words = {word.strip(b" \t\"'").lower() for word in line.split(b",")}
        if words - {b""}:
            return _KEY_COLUMN in words or words >= _VALUE_COLUMNS
    return False


def _typed(columns: dict[str, list[object]], rows: list[int]) -> pd.DataFrame:
    """A delivery frame from lists of cells."""
    frame = pd.DataFrame(
        {
            column: np.array(values, dtype="datetime64[D]").astype("datetime64[ns]")
            if column in ("period", "available_from")
            else np.array(values, dtype=np.int64 if column == "observed" else object)
            for column, values in columns.items()
        }
    )
    return frame.assign(row=np.array(rows, dtype=np.int64))


def _series(text: str) -> str:
    if not _SERIES.match(text):
        raise _Cell("the series is empty" if not text else f"'{_shown(text)}' has spaces in it")
    return text


def _month(text: str) -> date:
    if not _MONTH.match(text):
        raise _Cell(f"'{_shown(text)}' is not a month, written YYYY-MM")
    return date(int(text[:4]), int(text[5:]), 1)


def _count(text: str) -> int:
    if text.lower() in _SUPPRESSED:
        raise _Cell("the figure is blank or suppressed; leave the row out")
    if not _WHOLE.match(text):
        figure = hidden_figure(text)[:_SHOWN]
        raise _Cell(f"'{figure}' is not a whole number of persons, written without separators")
    return int(text)


def _basis(text: str) -> str:
    if not text:
        return Basis.PUBLISHED.value
    try:
        return Basis(text.lower()).value
    except ValueError:
        raise _Cell(f"'{_shown(text)}' is not one of {', '.join(Basis)}") from None


def _shown(text: str) -> str:
    quoted = hidden_if_number(text)
    return quoted if len(quoted) <= _SHOWN else f"{quoted[:_SHOWN]}…"
