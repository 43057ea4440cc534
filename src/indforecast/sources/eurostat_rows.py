"""SDMX-CSV 1.0 as Eurostat writes it, into rows of a delivery.

What belongs here: the header against a description, every record into a figure, left out with its reason, or one
sentence. What does not: the words (``eurostat_words``), how the file came (``eurostat_service``).

Sources of the format: ``docs/methods/network-sources.md``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from indforecast.domain.errors import InputError
from indforecast.sources.delimited_text import Limits, decode, records
from indforecast.sources.grid import column_letter, shown
from indforecast.sources.understanding import ColumnMeaning, Dropped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indforecast.sources.eurostat_words import EurostatWords

LIMITS: Final = Limits(bytes=150_000_000, rows=1_500_000)
_REQUIRED: Final = ("period", "observed", "updated", "dataflow")
_MONTH: Final = re.compile(r"((?:19|20)[0-9]{2})-M?(0[1-9]|1[0-2])", re.ASCII)
_LONGER: Final = re.compile(r"(?:19|20)[0-9]{2}(?:-(?:Q[1-4]|S[12]|A1))?", re.ASCII)
_WHOLE: Final = re.compile(r"([0-9]{1,12})(?:\.0+)?", re.ASCII)
_MISSING: Final = ("", ":", "NaN")
_UPDATED: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{2}|[0-9]{4})(?: [0-9:]{5,8})?", re.ASCII)
_ISO_UPDATED: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+(?:Z|[+-][0-9:]{4,5})?)?", re.ASCII)
_HERE: Final = "Europe/Amsterdam"


@dataclass
class Rows:
    """What a file gives.

    Parameters
    ----------
    published : date
        Day of the edition.
    columns : tuple of ColumnMeaning
        What its columns mean.
    series_id, period, observed, definition, row
        One entry per figure; ``row`` is its line.
    labels : dict of str to str
        What Eurostat calls a series, by ``series_id``.
    dropped : list of Dropped
        Records without a figure, each with its reason.
    flags : Counter
        Figures that are delivered with a flag, by letter.
    """

    published: date
    columns: tuple[ColumnMeaning, ...]
    series_id: list[str] = field(default_factory=list)
    period: list[date] = field(default_factory=list)
    observed: list[int] = field(default_factory=list)
    definition: list[str] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    dropped: list[Dropped] = field(default_factory=list)
    flags: Counter[str] = field(default_factory=Counter)


class Reader:
    """Reads one file.

    Parameters
    ----------
    words : EurostatWords
        What its columns and codes mean.
    geo : str
        The reporting country that it has to be about.
    name : str
        The file, for messages.
    limits : Limits
        How much it may hold.
    """

    def __init__(self, words: EurostatWords, geo: str, name: str, limits: Limits = LIMITS) -> None:
        self._words = words
        self._geo = geo
        self._name = name
        self._limits = limits
        self._places: dict[str, int] = {}
        self._header: list[str] = []
        self._fixed: tuple[tuple[str, int, str], ...] = ()

    def edition(self, content: bytes) -> date:
        """Day of the edition, from the header and the first record; nothing else is looked at.

        Raises
        ------
        InputError
            If these two are not what the description says.
        """
        lines = self._open(content)
        first = next(lines, None)
        if first is None:
            raise self._wrong("it has a header but no records", hint="The table may be empty for this country.")
        return self._edition(*first)

    def read(self, content: bytes) -> Rows:
        """All of it.

        Raises
        ------
        InputError
            If a column, code, month or figure is not what the description says; the message names the line.
        """
        lines = self._open(content)
        found: Rows | None = None
        seen: dict[tuple[str, date], int] = {}
        edition = ""
        for line, cells in lines:
            if found is None:
                found = Rows(self._edition(line, cells), self._meanings())
                edition = cells[self._places["updated"]]
            elif cells[self._places["updated"]] != edition:
                raise self._wrong(
                    f"line {line}: it holds two editions, '{shown(edition)}' and"
                    f" '{shown(cells[self._places['updated']])}'"
                )
            self._record(line, cells, found, seen)
        if found is None or not found.row:
            raise self._wrong("it holds no figures", hint="The table may be empty for this country.")
        return found

    def _open(self, content: bytes) -> Iterator[tuple[int, list[str]]]:
        """Records below a header that was understood."""
        lines = records(decode(content, self._name, self._limits), self._name, self._limits)
        _, self._header = next(lines, (1, []))
        self._places = self._columns(self._header)
        codes = {key: one.code for key, one in self._words.dimensions.items()} | {"geo": self._geo}
        self._fixed = tuple((key, self._places[key], code) for key, code in codes.items() if code is not None)
        return self._of_width(lines)

    def _of_width(self, lines: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        for line, cells in lines:
            if len(cells) != len(self._header):
                raise self._wrong(f"line {line}: {len(cells)} cells where the header has {len(self._header)}")
            yield line, cells

    def _columns(self, header: list[str]) -> dict[str, int]:
        places: dict[str, int] = {}
        for place, cell in enumerate(header):
            meaning = self._words.column_of.get(cell.lower())
            if meaning is None:
                raise self._changed(f"column '{shown(cell)}' is not known", header)
            if meaning in places and meaning != "ignore":
                raise self._changed(f"column '{shown(cell)}' stands twice", header)
            places[meaning] = place
        for meaning in (*_REQUIRED, *self._words.dimensions):
            if meaning not in places:
                raise self._changed(f"column {self._named(meaning)} is missing", header)
        return places

    def _named(self, meaning: str) -> str:
        dimension = self._words.dimensions.get(meaning)
        names = dimension.names if dimension is not None else getattr(self._words.columns, meaning)
        return " or ".join(f"'{name}'" for name in names)

    def _changed(self, what: str, header: list[str]) -> InputError:
        found = ", ".join(shown(cell) for cell in header[:20]) + (", …" if len(header) > 20 else "")
        return self._wrong(
            f"{what}; it has {found}",
            hint=f"If Eurostat changed the table, enter the column under [columns] or [dimensions] in"
            f" {self._words.file}.",
        )

    def _wrong(
        self, what: str, hint: str = "Fetch it again; if it stays, Eurostat has changed the table."
    ) -> InputError:
        return InputError(f"'{self._name}': {what}.", hint=hint)

    def _edition(self, line: int, cells: list[str]) -> date:
        flow = cells[self._places["dataflow"]]
        if not re.fullmatch(rf"(?:{self._words.agency}:)?{self._words.table}(?:\([0-9.]+\))?", flow, re.I | re.A):
            raise self._wrong(f"line {line}: it is of table '{shown(flow)}', not {self._words.table}")
        text = cells[self._places["updated"]]
        day = _day(text)
        if day is None:
            raise self._wrong(f"line {line}: '{shown(text)}' is no day of an edition, written 18/11/26 23:00:00")
        return day

    def _meanings(self) -> tuple[ColumnMeaning, ...]:
        return tuple(
            ColumnMeaning(column_letter(place), self._header[place], meaning)
            for meaning, place in sorted(self._places.items(), key=lambda item: item[1])
        )

    def _record(self, line: int, cells: list[str], found: Rows, seen: dict[tuple[str, date], int]) -> None:
        words, places = self._words, self._places
        for key, place, expected in self._fixed:
            if cells[place] != expected:
                raise self._wrong(
                    f"line {line}: {key} is '{shown(cells[place])}' where only '{expected}' was asked for"
                )
        series_id = self._series(line, cells[places["applicant"]], cells[places["citizen"]], found)
        month = self._month(line, cells[places["period"]], found) if series_id else None
        observed = None if month is None else self._observed(line, cells, found)
        if month is None or observed is None:
            return
        earlier = seen.setdefault((series_id, month), line)
        if earlier != line:
            raise self._wrong(f"lines {earlier} and {line}: {series_id} has two figures for {month:%Y-%m}")
        found.series_id.append(series_id)
        found.period.append(month)
        found.observed.append(observed)
        found.definition.append(words.series[series_id.split(".")[0]].definition)
        found.row.append(line)

    def _series(self, line: int, applicant: str, citizen: str, found: Rows) -> str:
        words = self._words
        stream = words.series_of.get(applicant)
        if stream is None:
            raise self._new_code(line, "applicant", applicant, "a [series]")
        if citizen in words.citizens.total:
            series_id = stream
        elif citizen in words.citizens.countries:
            series_id = f"{stream}.{words.citizens.countries[citizen]}"
        elif citizen in words.citizens.left_out:
            self._drop(line, "citizen", "group of citizenships", citizen, found)
            return ""
        else:
            raise self._new_code(line, "citizen", citizen, "[citizens.countries] or [citizens.left_out]")
        if series_id not in found.labels:
            found.labels[series_id] = f"{words.series[stream].label}, {citizen}"
        return series_id

    def _new_code(self, line: int, dimension: str, code: str, section: str) -> InputError:
        return self._wrong(
            f"line {line}: code '{shown(code)}' of {dimension} is not known",
            hint=f"Add it to {section} in {self._words.file}, and fetch it again.",
        )

    def _month(self, line: int, text: str, found: Rows) -> date | None:
        if match := _MONTH.fullmatch(text):
            return date(int(match[1]), int(match[2]), 1)
        if _LONGER.fullmatch(text):
            self._drop(line, "period", "no month", text, found)
            return None
        raise self._wrong(f"line {line}: '{shown(text)}' is no month, written 2026-01")

    def _observed(self, line: int, cells: list[str], found: Rows) -> int | None:
        words, places = self._words.flags, self._places
        letters = cells[places["flag"]] if "flag" in places else ""
        for letter in letters:
            if letter not in words.delivered and letter not in words.left_out and letter not in ": ,":
                raise self._new_code(line, "OBS_FLAG", letter, "[flags.delivered] or [flags.left_out]")
        secret = cells[places["confidential"]] if "confidential" in places else ""
        text = cells[places["observed"]]
        suppressed = [words.left_out[letter] for letter in letters if letter in words.left_out] if letters else []
        if suppressed or secret not in ("", "F"):  # F: free to publish
            self._drop(line, "observed", suppressed[0] if suppressed else "confidential", "", found)
            return None
        if text in _MISSING:
            self._drop(line, "observed", "no figure", "", found)
            return None
        match = _WHOLE.fullmatch(text)
        if match is None:
            raise self._wrong(f"line {line}: '{shown(text)}' is not a whole number of persons")
        if letters:
            found.flags.update(letter for letter in letters if letter in words.delivered)
        return int(match[1])

    def _drop(self, line: int, meaning: str, reason: str, text: str, found: Rows) -> None:
        found.dropped.append(Dropped(line, column_letter(self._places[meaning]), reason, text))


def _day(text: str) -> date | None:
    """Day of a moment as Eurostat writes it: in Brussels time, which is Dutch time, where it names no other."""
    try:
        if match := _UPDATED.fullmatch(text):
            year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
            return date(year, int(match[2]), int(match[1]))
        if _ISO_UPDATED.fullmatch(text):
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo is None else moment.astimezone(ZoneInfo(_HERE))).date()
    except (ValueError, OverflowError):
        return None
    return None
