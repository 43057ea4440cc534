"""Tables of open cases and of units as the control tower's question; every error names table, line and field.

What belongs here: columns, their meaning and ranges, the packaged example. What does not: opening and splitting a
user's file (``sources``, the command line), the question itself (``tower_problem``).
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.config.planning_tower import example_text
from indforecast.domain.errors import InputError
from indforecast.planning.tower_problem import Costs, TargetGroup, TowerProblem, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indforecast.config.planning_tower import TowerCosts

CASE_COLUMNS: Final = ("group", "place", "skill", "hours_per_case", "months_to_term", "cases")
UNIT_COLUMNS: Final = ("unit", "place", "skills", "knows", "fte", "hours_per_month")
#: May be left out: month a case comes in, largest share of hours for other places, where a row is from.
OPTIONAL: Final = {"cases": ("arrives", "origin"), "units": ("away_share", "origin")}
#: More than this and the programme no longer answers in minutes.
_MOST_GROUPS, _MOST_UNITS, _MOST_ROWS = 200, 100, 20_000
_LIST: Final = "|"
_MOST_TEXT: Final = 60

Record = tuple[int, "Sequence[str]"]


class _Table:
    """One table's records by column name."""

    def __init__(
        self, name: str, records: Iterable[Record], wanted: Sequence[str], optional: Sequence[str]
    ) -> None:
        self.name = name
        rows = list(records)
        if not rows:
            raise InputError(f"'{name}' is empty.", hint=f"Its header is {','.join(wanted)}.")
        line, header = rows[0]
        self._columns = [cell.strip().lower() for cell in header]
        for column in self._columns:
            if self._columns.count(column) > 1:
                raise InputError(f"'{name}', line {line}: the column '{column}' stands there twice.")
        missing = [column for column in wanted if column not in self._columns]
        if missing:
            raise InputError(
                f"'{name}', line {line}: there is no column '{missing[0]}'.",
                hint=f"Its header is {','.join(wanted)}; {' and '.join(optional)} may follow.",
            )
        strange = [column for column in self._columns if column not in (*wanted, *optional)]
        if strange:
            raise InputError(
                f"'{name}', line {line}: the column '{strange[0]}' is not known.",
                hint=f"Known are {', '.join((*wanted, *optional))}.",
            )
        self.rows = rows[1:]
        if not self.rows:
            raise InputError(f"'{name}' has a header and no rows.")
        if len(self.rows) > _MOST_ROWS:
            raise InputError(f"'{name}' has {len(self.rows):,} rows, more than the {_MOST_ROWS:,} that are taken.")

    def cells(self, line: int, row: Sequence[str]) -> dict[str, str]:
        if len(row) != len(self._columns):
            raise InputError(
                f"'{self.name}', line {line}: {len(row)} cells under a header of {len(self._columns)}.",
                hint="A cell that holds the separator must stand in quotes.",
            )
        return dict(zip(self._columns, (cell.strip() for cell in row), strict=True))

    def wrong(self, line: int, field: str, what: str, hint: str | None = None) -> InputError:
        return InputError(f"'{self.name}', line {line}, field '{field}': {what}.", hint=hint)

    def text(self, line: int, cells: dict[str, str], field: str) -> str:
        value = cells[field]
        if not value:
            raise self.wrong(line, field, "is empty")
        if len(value) > _MOST_TEXT:
            raise self.wrong(line, field, f"has more than {_MOST_TEXT} characters")
        return value

    def number(self, line: int, cells: dict[str, str], field: str, low: float, high: float) -> float:
        value = cells[field]
        try:
            number = float(value.replace(",", ".")) if value.count(",") + value.count(".") <= 1 else np.nan
        except ValueError:
            number = np.nan
        if not np.isfinite(number) or "_" in value:
            raise self.wrong(line, field, f"'{value[:_MOST_TEXT]}' is not a number")
        if not low <= number <= high:
            raise self.wrong(line, field, f"must lie between {low:g} and {high:,.10g}, got {value}")
        return number

    def whole(self, line: int, cells: dict[str, str], field: str, low: int, high: int) -> int:
        number = self.number(line, cells, field, low, high)
        if number != round(number):
            raise self.wrong(line, field, f"must be a whole number, got {cells[field]}")
        return round(number)

    def names(self, cells: dict[str, str], field: str) -> frozenset[str]:
        return frozenset(part.strip() for part in cells[field].split(_LIST) if part.strip())


def read_problem(
    cases: Iterable[Record],
    units: Iterable[Record],
    figures: TowerCosts,
    *,
    months: int | None = None,
    names: tuple[str, str] = ("cases", "units"),
) -> TowerProblem:
    """The question that two tables ask.

    Parameters
    ----------
    cases, units : iterable of (line, cells)
        Header first, see ``CASE_COLUMNS`` and ``UNIT_COLUMNS``.
    figures : TowerCosts
        Costs and months.
    months : int, optional
        Instead of the settings' own.
    names : tuple of str
        Of the two tables, for messages.

    Raises
    ------
    InputError
        Naming table, line and field.
    """
    span = round(figures.months.value) if months is None else months
    groups, cohorts = _read_cases(_Table(names[0], cases, CASE_COLUMNS, OPTIONAL["cases"]), span)
    of_units = _read_units(_Table(names[1], units, UNIT_COLUMNS, OPTIONAL["units"]), span, set(groups))
    table = np.array([[*key, count] for key, count in cohorts.items()], dtype=np.int64)
    return TowerProblem(
        tuple(groups.values()), of_units, Costs.of(figures), table[:, 0], table[:, 1], table[:, 2], table[:, 3]
    )


def _read_cases(table: _Table, months: int) -> tuple[dict[str, TargetGroup], dict[tuple[int, int, int], int]]:
    groups: dict[str, TargetGroup] = {}
    first_line: dict[str, int] = {}
    cohorts: dict[tuple[int, int, int], int] = {}
    for line, row in table.rows:
        cells = table.cells(line, row)
        name = table.text(line, cells, "group")
        one = TargetGroup(
            name,
            table.text(line, cells, "place"),
            table.text(line, cells, "skill"),
            table.number(line, cells, "hours_per_case", 0.05, 1_000),
        )
        known = groups.setdefault(name, one)
        first_line.setdefault(name, line)
        for field, attribute in (("place", "place"), ("skill", "skill"), ("hours_per_case", "hours")):
            if getattr(known, attribute) != getattr(one, attribute):
                raise table.wrong(
                    line,
                    field,
                    f"differs from line {first_line[name]} of the same group '{name}'",
                    hint="A group has one place, one skill and one number of hours; split it into two groups.",
                )
        if len(groups) > _MOST_GROUPS:
            raise table.wrong(line, "group", f"more than {_MOST_GROUPS} groups")
        term = table.whole(line, cells, "months_to_term", -600, 600)
        arrives = table.whole(line, cells, "arrives", 1, months) if cells.get("arrives") else 1
        if arrives > 1 and term < arrives:
            raise table.wrong(line, "months_to_term", f"ends in month {term}, before the cases come in {arrives}")
        count = table.whole(line, cells, "cases", 0, 1_000_000)
        key = (list(groups).index(name), term, arrives)
        cohorts[key] = cohorts.get(key, 0) + count
    return groups, dict(sorted(cohorts.items()))


def _read_units(table: _Table, months: int, groups: set[str]) -> tuple[Unit, ...]:
    units: dict[str, Unit] = {}
    for line, row in table.rows:
        cells = table.cells(line, row)
        name = table.text(line, cells, "unit")
        if name in units:
            raise table.wrong(line, "unit", f"'{name}' stands there twice")
        if len(units) >= _MOST_UNITS:
            raise table.wrong(line, "unit", f"more than {_MOST_UNITS} units")
        knows = table.names(cells, "knows")
        strange = sorted(knows - groups)
        if strange:
            raise table.wrong(
                line,
                "knows",
                f"'{strange[0]}' is not a group of the cases",
                hint=f"Groups: {', '.join(sorted(groups))}.",
            )
        fte = table.number(line, cells, "fte", 0, 10_000)
        each = table.number(line, cells, "hours_per_month", 0, 250)
        away = table.number(line, cells, "away_share", 0, 1) if cells.get("away_share") else 1.0
        units[name] = Unit(
            name,
            table.text(line, cells, "place"),
            table.names(cells, "skills"),
            knows,
            (round(fte * each, 6),) * months,
            away,
        )
    return tuple(units.values())


def example_problem(figures: TowerCosts, months: int | None = None) -> TowerProblem:
    """The packaged example: simulated cases and units of a realistic size."""
    cases, units = (
        list(enumerate(csv.reader(io.StringIO(example_text(name))), start=1)) for name in ("cases", "units")
    )
    return read_problem(cases, units, figures, months=months, names=("packaged cases", "packaged units"))
