"""Where a table begins and what its columns mean: header line, orientation, roles.

What belongs here: recognising the header by a publisher's words. What does not: the lines below it
(``published_table``), the words (``mapping``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from indforecast.domain.errors import InputError
from indforecast.sources.grid import column_letter, normal, shown
from indforecast.sources.months import longer_period, read_day, read_month

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indforecast.sources.grid import Row
    from indforecast.sources.mapping import Publisher, Role

LONG: Final = "long"
STREAMS_ACROSS: Final = "streams across"
MONTHS_ACROSS: Final = "months across"
#: How many filled lines may stand above a header.
HEAD_LINES: Final = 60


@dataclass(frozen=True)
class Layout:
    """A table that was recognised.

    Parameters
    ----------
    orientation : str
        :data:`LONG`, :data:`STREAMS_ACROSS` or :data:`MONTHS_ACROSS`.
    header_at : int
        Position of the header among the rows.
    roles : mapping of str to int
        Column of every role.
    series_across : mapping of int to str
        Columns that hold the counts of one series.
    months_across : mapping of int to date
        Columns that hold the counts of one month.
    left_out : mapping of int to str
        Columns that are known and not read, with the reason.
    known_from : date, optional
        A day that the lines above the header give for the whole table.
    """

    orientation: str
    header_at: int
    roles: dict[Role, int]
    series_across: dict[int, str]
    months_across: dict[int, date]
    left_out: dict[int, str]
    known_from: date | None = None

    @property
    def counted(self) -> list[int]:
        """Columns that hold counts."""
        single = [self.roles["observed"]] if "observed" in self.roles else []
        return sorted([*single, *self.series_across, *self.months_across])


def find_layout(rows: Sequence[Row], publisher: Publisher, name: str) -> Layout | None:
    """The first line that is a header in a publisher's words, or None.

    Parameters
    ----------
    rows : sequence of Row
        Filled lines; only the first :data:`HEAD_LINES` are looked at.
    publisher : Publisher
        The words.
    name : str
        The file, for messages.

    Raises
    ------
    InputError
        If a line is a header but one of its columns has no known meaning, or two have the same.
    """
    for at, row in enumerate(rows[:HEAD_LINES]):
        layout = _Header(rows, at, row, publisher, name).layout()
        if layout is not None:
            return layout
    return None


class _Header:
    """One line, looked at as a header."""

    def __init__(self, rows: Sequence[Row], at: int, row: Row, publisher: Publisher, name: str) -> None:
        self._rows, self._at, self._row, self._publisher, self._name = rows, at, row, publisher, name
        self._roles: dict[Role, list[int]] = {}
        self._months: dict[int, date] = {}
        self._series: dict[int, str] = {}
        self._other: list[int] = []
        for column in row.filled:
            self._look_at(column)
        # A column 'maand' without a column 'jaar' beside it names whole months.
        if "year" not in self._roles and "period" not in self._roles and "month" in self._roles:
            self._roles["period"] = self._roles.pop("month")

    def _look_at(self, column: int) -> None:
        cell = self._row.at(column)
        label = normal(cell)
        month = read_month(cell)
        if isinstance(cell, str) and label in self._publisher.role_of:
            self._roles.setdefault(self._publisher.role_of[label], []).append(column)
        elif month is not None:
            self._months[column] = month
        elif isinstance(cell, str) and (series_id := series_named(label, self._publisher)) is not None:
            self._series[column] = series_id
        else:
            self._other.append(column)

    def layout(self) -> Layout | None:
        """The table below this line, or None when it is no header."""
        roles = self._roles
        labelled = "series" in roles or "nationality" in roles
        if len(self._months) >= 2 or (self._months and labelled and "observed" not in roles):
            if "period" in roles or "observed" in roles:
                return None
            return self._months_across()
        dated = "period" in roles or ("year" in roles and "month" in roles)
        if dated and "observed" in roles:
            return self._long() if labelled else None
        if not dated and self._series and self._first_column_holds_months():
            roles["period"] = [0]
            dated = True
        if dated and (self._series or self._unknown_counts()):
            return self._streams_across()
        return None

    def _long(self) -> Layout:
        # A second column with a stream's name would be a second count of the same line.
        self._refuse([*self._series, *self._months])
        return self._made(LONG, left_out=self._refuse(self._other))

    def _streams_across(self) -> Layout:
        if "series" in self._roles:
            raise self._problem(self._roles["series"][0], "names streams, and so do other headers")
        left_out = self._refuse([*self._other, *self._months])
        seen: dict[str, int] = {}
        for column, series_id in self._series.items():
            if seen.setdefault(series_id, column) != column:
                raise self._problem(column, f"is {series_id}, and so is column {column_letter(seen[series_id])}")
        return self._made(STREAMS_ACROSS, series=self._series, left_out=left_out)

    def _months_across(self) -> Layout | None:
        if "series" not in self._roles and "nationality" not in self._roles:
            column = self._label_column()
            if column is None:
                return None
            self._roles["series"] = [column]
            self._other = [other for other in self._other if other != column]
            self._series.pop(column, None)
        seen: dict[date, int] = {}
        for column, month in self._months.items():
            if seen.setdefault(month, column) != column:
                raise self._problem(column, f"is {month:%Y-%m}, and so is column {column_letter(seen[month])}")
        left_out = self._refuse([*self._series, *self._other])
        return self._made(MONTHS_ACROSS, months=self._months, left_out=left_out)

    def _label_column(self) -> int | None:
        """The column before the first month that has text below it: its header may be anything or nothing."""
        first = min(self._months)
        below = self._rows[self._at + 1 : self._at + 1 + HEAD_LINES]
        known = {column for columns in self._roles.values() for column in columns}
        for column in range(first):
            if column not in known and any(isinstance(row.at(column), str) for row in below):
                return column
        return None

    def _first_column_holds_months(self) -> bool:
        if self._row.at(0) is not None:
            return False
        below = self._rows[self._at + 1 : self._at + 3]
        return any(read_month(row.at(0)) is not None for row in below)

    def _unknown_counts(self) -> bool:
        """Whether other headers stand over numbers: a table whose streams are not known."""
        below = self._rows[self._at + 1 : self._at + 4]
        return any(
            isinstance(row.at(column), int | float) or _digits(row.at(column))
            for row in below
            for column in self._other
        )

    def _refuse(self, columns: list[int]) -> dict[int, str]:
        """Columns that are left out with their reasons; one without a reason is refused."""
        words = self._publisher.words
        reasons: dict[int, str] = dict.fromkeys(self._roles.get("ignore", []), "known, not read")
        for column in columns:
            cell = self._row.at(column)
            label = normal(cell)
            if label in words["totals"]:
                reasons[column] = "total"
            elif label in words["remainder"]:
                reasons[column] = "remainder"
            elif label in words["ignore"]:
                reasons[column] = "known, not read"
            elif (longer := longer_period(cell)) is not None:
                reasons[column] = f"total of a {longer}"
            else:
                raise self._problem(
                    column,
                    f"is not known to the mapping of {self._publisher.publisher}",
                    f"Known streams: {self._publisher.known_labels()}; add the label to the publisher's mapping.",
                )
        return reasons

    def _made(
        self,
        orientation: str,
        *,
        series: dict[int, str] | None = None,
        months: dict[int, date] | None = None,
        left_out: dict[int, str],
    ) -> Layout:
        for role, columns in self._roles.items():
            if len(columns) > 1 and role != "ignore":
                raise self._problem(columns[1], f"means {role}, and so does column {column_letter(columns[0])}")
        roles: dict[Role, int] = {role: at[0] for role, at in self._roles.items() if role != "ignore"}
        return Layout(orientation, self._at, roles, series or {}, months or {}, left_out, self._known_from())

    def _known_from(self) -> date | None:
        """A day after one of the words for it, above the header."""
        words = [word for word, role in self._publisher.role_of.items() if role == "available_from"]
        for row in self._rows[: self._at]:
            for column in row.filled:
                label = normal(row.at(column))
                for word in words:
                    if label == word and (day := read_day(row.at(column + 1))) is not None:
                        return day
                    if label.startswith(word) and (day := read_day(label[len(word) :].strip(" :."))) is not None:
                        return day
        return None

    def _problem(self, column: int, what: str, hint: str | None = None) -> InputError:
        header = shown(self._row.at(column))
        return InputError(
            f"'{self._name}', line {self._row.line}, column {column_letter(column)}: '{header}' {what}.", hint=hint
        )


def series_named(label: str, publisher: Publisher) -> str | None:
    """The ``series_id`` that one label names, or None: a series, a nationality below one, a lone nationality."""
    known = publisher.series_of.get(label)
    if known is not None:
        return known
    stream, dot, code = label.rpartition(".")
    if dot and stream in publisher.streams and len(code) == 3 and code.isascii() and code.isalpha():
        return f"{stream}.{code.upper()}"
    if publisher.nationality_stream is not None and label in publisher.code_of:
        return f"{publisher.nationality_stream}.{publisher.code_of[label]}"
    return None


def _digits(cell: object) -> bool:
    return isinstance(cell, str) and cell[:1].isdigit()
