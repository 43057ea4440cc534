"""Headers of one line: months down or across, streams across, or one figure per line.

What belongs here: recognising one line as a header. What does not: headers of several lines (``header_joined``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indforecast.domain.errors import InputError
from indforecast.sources.grid import column_letter, normal, shown
from indforecast.sources.labels import is_total, is_unit, is_word, series_named
from indforecast.sources.layout import HEAD_LINES, LONG, MONTHS_ACROSS, STREAMS_ACROSS, Layout
from indforecast.sources.months import longer_period, read_month
from indforecast.sources.table_head import read_head

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from indforecast.sources.grid import Cell, Row
    from indforecast.sources.mapping import Publisher, Role
    from indforecast.sources.table_head import TableHead


class HeaderLine:
    """One line, looked at as a header.

    Parameters
    ----------
    rows : sequence of Row
        Filled lines.
    at : int
        Position of the line.
    row : Row
        The line.
    publisher : Publisher
        The words.
    name : str
        The file, for messages.
    """

    def __init__(self, rows: Sequence[Row], at: int, row: Row, publisher: Publisher, name: str) -> None:
        self._rows, self._at, self._row, self._publisher, self._name = rows, at, row, publisher, name
        self._roles: dict[Role, list[int]] = {}
        self._months: dict[int, date] = {}
        self._series: dict[int, str] = {}
        self._codes: dict[int, str] = {}
        self._dimensions: dict[str, list[int]] = {}
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
        elif label in self._publisher.dimension_of:
            self._dimensions.setdefault(self._publisher.dimension_of[label], []).append(column)
        elif isinstance(cell, str) and label in self._publisher.code_of:
            self._codes[column] = self._publisher.code_of[label]
        else:
            self._other.append(column)

    def layout(self) -> Layout | None:
        """The table below this line, or None when it is no header."""
        roles = self._roles
        self._drop_the_name_of_the_line()
        labelled = "series" in roles or "nationality" in roles
        if len(self._months) >= 2 or (self._months and labelled and "observed" not in roles):
            if "period" in roles or "observed" in roles:
                return None
            return self._months_across()
        dated = "period" in roles or ("year" in roles and "month" in roles)
        if dated and "observed" in roles:
            return self._long() if labelled or self._head().series_id is not None else None
        if not dated and self._series and self._first_column_holds_months():
            roles["period"] = [0]
            dated = True
        if dated and self._codes and not self._series and self._says_whose():
            return self._nationalities_across()
        if dated and (self._series or self._unknown_counts()):
            return self._streams_across()
        return None

    def _drop_the_name_of_the_line(self) -> None:
        """'Perioden' before months across names the line that it stands in, not a column of months."""
        at = self._roles.get("period", [])
        if len(at) == 1 and len(self._months) > 1 and at[0] < min(self._months) and "observed" not in self._roles:
            below = self._rows[self._at + 1 : self._at + 1 + HEAD_LINES]
            if not any(read_month(row.at(at[0])) for row in below):
                del self._roles["period"]

    def _head(self) -> TableHead:
        return read_head(self._rows[: self._at], self._publisher, self._name)

    def _says_whose(self) -> bool:
        """Whether the stream of nationalities across is known from a column, from above, or always the same."""
        known = "series" in self._roles or self._publisher.nationality_stream is not None
        return known or self._head().series_id is not None

    def _long(self) -> Layout:
        # A second column with a stream's name would be a second count of the same line.
        self._refuse([*self._series, *self._codes, *self._months])
        return self._made(LONG, left_out=self._refuse(self._other))

    def _nationalities_across(self) -> Layout:
        if "nationality" in self._roles:
            raise self._problem(self._roles["nationality"][0], "names nationalities, and so do other headers")
        totals = [column for column in self._other if is_total(normal(self._row.at(column)), self._publisher)]
        if len(totals) > 1:
            raise self._problem(totals[1], f"is a total, and so is column {column_letter(totals[0])}")
        left_out = self._refuse([column for column in (*self._other, *self._months) if column not in totals])
        seen: dict[str, int] = {}
        for column, code in self._codes.items():
            if seen.setdefault(code, column) != column:
                raise self._problem(column, f"is {code}, and so is column {column_letter(seen[code])}")
        return self._made(STREAMS_ACROSS, codes=self._codes | dict.fromkeys(totals, ""), left_out=left_out)

    def _streams_across(self) -> Layout:
        if "series" in self._roles:
            raise self._problem(self._roles["series"][0], "names streams, and so do other headers")
        left_out = self._refuse([*self._other, *self._codes, *self._months])
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
            self._codes.pop(column, None)
        seen: dict[date, int] = {}
        for column, month in self._months.items():
            if seen.setdefault(month, column) != column:
                raise self._problem(column, f"is {month:%Y-%m}, and so is column {column_letter(seen[month])}")
        left_out = self._refuse([*self._series, *self._codes, *self._other])
        return self._made(MONTHS_ACROSS, months=self._months, left_out=left_out)

    def _label_column(self) -> int | None:
        """The column before the first month that has text below it: its header may be anything or nothing."""
        first = min(self._months)
        below = self._rows[self._at + 1 : self._at + 1 + HEAD_LINES]
        named = (*self._roles.values(), *self._dimensions.values())
        known = {column for columns in named for column in columns}
        for column in range(first):
            if column not in known and any(self._is_label(row.at(column)) for row in below):
                return column
        return None

    def _is_label(self, cell: Cell) -> bool:
        return isinstance(cell, str) and not is_unit(normal(cell), self._publisher)

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
            for column in (*self._other, *self._codes)
        )

    def _refuse(self, columns: list[int]) -> dict[int, str]:
        """Columns that are left out with their reasons; one without a reason is refused."""
        reasons: dict[int, str] = dict.fromkeys(self._roles.get("ignore", []), "known, not read")
        for column in columns:
            cell = self._row.at(column)
            label = normal(cell)
            if is_total(label, self._publisher):
                reasons[column] = "total"
            elif is_word(label, "remainder", self._publisher):
                reasons[column] = "remainder"
            elif is_word(label, "ignore", self._publisher):
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
        codes: dict[int, str] | None = None,
        left_out: dict[int, str],
    ) -> Layout:
        named = {role: columns for role, columns in self._roles.items() if role != "ignore"}
        roles: dict[Role, int] = {role: self._one(role, columns, left_out) for role, columns in named.items()}
        dimensions = {name: self._one(name, columns, left_out) for name, columns in self._dimensions.items()}
        across = (series or {}, months or {}, left_out, codes or {})
        return Layout(orientation, self._at, roles, *across, dimensions, self._head())

    def _one(self, name: str, columns: list[int], left_out: dict[int, str]) -> int:
        """The one column of a meaning; where codes and words stand side by side, the first."""
        if len(columns) > 1 and not self._publisher.words_beside_codes:
            raise self._problem(columns[1], f"means {name}, and so does column {column_letter(columns[0])}")
        left_out.update(dict.fromkeys(columns[1:], f"says {name} again"))
        return columns[0]

    def _problem(self, column: int, what: str, hint: str | None = None) -> InputError:
        header = shown(self._row.at(column))
        return InputError(
            f"'{self._name}', line {self._row.line}, column {column_letter(column)}: '{header}' {what}.", hint=hint
        )


def _digits(cell: object) -> bool:
    return isinstance(cell, str) and cell[:1].isdigit()
