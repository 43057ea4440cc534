"""Decisions and hours by month as a user has them: reading the table and refusing what cannot be meant.

What belongs here: text to arrays, with errors that name line and column. What does not: opening the file (the
command line), estimating from it (``complexity_fit``).
"""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_NEEDED = ("month", "series_id", "decisions", "hours")
_KNOWN = (*_NEEDED, "staff")
_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
_MAX_ROWS = 50_000
_MAX_MONTHS = 1_200
_HINT = "Give the columns month (YYYY-MM), series_id, decisions, hours and, if you like, staff (FTE)."


@dataclass(frozen=True)
class HoursHistory:
    """Hours per case of one stream along consecutive months.

    Parameters
    ----------
    series_id : str
        The stream.
    months : ndarray of datetime64[M]
        From the first to the last month named, shape ``[month]``.
    hours_per_case : ndarray of float
        Not a number where a month is missing or nothing was decided, shape ``[month]``.
    """

    series_id: str
    months: NDArray[np.datetime64]
    hours_per_case: NDArray[np.float64]


def parse_hours(
    text: str, series_ids: Sequence[str], *, productive_hours: float, name: str = "hours"
) -> dict[str, HoursHistory]:
    """Hours per case by stream from a table of decisions and hours.

    Parameters
    ----------
    text : str
        CSV with a header; comma or semicolon between columns (with a semicolon, a comma is a decimal sign). Where
        ``hours`` is empty and ``staff`` is given, hours are staff times a twelfth of the productive hours.
    series_ids : sequence of str
        Streams that there are.
    productive_hours : float
        Hours a year per FTE.
    name : str
        What errors call the table.

    Raises
    ------
    InputError
        If a column is missing, a value is none, a month comes twice, or there is nothing.
    """
    lines = text.removeprefix("\ufeff")
    header = lines.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    rows = csv.DictReader(io.StringIO(lines), delimiter=delimiter)
    try:
        fields = [str(field).strip() for field in rows.fieldnames or ()]
        _check_header(fields, name)
        rows.fieldnames = fields
        found = _rows(rows, series_ids, productive_hours, name, decimal_comma=delimiter == ";")
    except csv.Error as error:
        raise InputError(f"{name} is not a CSV table: {error}.", hint=_HINT) from None
    if not found:
        raise InputError(f"{name} holds no month.", hint=_HINT)
    return {series_id: _history(series_id, values, name) for series_id, values in found.items()}


def _check_header(fields: Sequence[str], name: str) -> None:
    needed = [column for column in _NEEDED if not (column == "hours" and "staff" in fields)]
    missing = [column for column in needed if column not in fields]
    if missing:
        raise InputError(f"{name} has no column {', '.join(missing)}.", hint=_HINT)
    unknown = [field for field in fields if field not in _KNOWN]
    if unknown:
        raise InputError(f"{name} has a column that is not known: {', '.join(map(repr, unknown))}.", hint=_HINT)
    if len(set(fields)) != len(fields):
        raise InputError(f"{name} has a column twice.", hint=_HINT)


def _rows(
    rows: csv.DictReader[str],
    series_ids: Sequence[str],
    productive_hours: float,
    name: str,
    *,
    decimal_comma: bool,
) -> dict[str, dict[np.datetime64, float]]:
    found: dict[str, dict[np.datetime64, float]] = {}
    for count, row in enumerate(rows, start=1):
        line = rows.line_num
        if count > _MAX_ROWS:
            hint = "Give months per stream, not cases."
            raise InputError(f"{name} has more than {_MAX_ROWS:,} rows.", hint=hint)
        if None in row or None in row.values():
            raise InputError(f"{name}, line {line}: more or fewer values than columns.", hint="Mend that line.")
        month, series_id = row["month"].strip(), row["series_id"].strip()
        if not _MONTH.match(month):
            raise InputError(f"{name}, line {line}: '{month}' is not a month.", hint="Write YYYY-MM.")
        if series_id not in series_ids:
            raise InputError(
                f"{name}, line {line}: there is no stream '{series_id}'.",
                hint=f"Streams: {', '.join(series_ids)}.",
            )
        decisions = _number(row["decisions"], "decisions", name, line, decimal_comma=decimal_comma)
        hours = _hours(row, productive_hours, name, line, decimal_comma=decimal_comma)
        at = np.datetime64(month, "M")
        if at in found.setdefault(series_id, {}):
            raise InputError(f"{name}, line {line}: {series_id} has {month} twice.", hint="Keep one of the two.")
        found[series_id][at] = hours / decisions if decisions > 0 and hours > 0 else math.nan
    return found


def _hours(row: dict[str, str], productive_hours: float, name: str, line: int, *, decimal_comma: bool) -> float:
    if row.get("hours", "").strip():
        return _number(row["hours"], "hours", name, line, decimal_comma=decimal_comma)
    if row.get("staff", "").strip():
        return _number(row["staff"], "staff", name, line, decimal_comma=decimal_comma) * productive_hours / 12
    return _number("", "hours", name, line, decimal_comma=decimal_comma)


def _number(text: str, column: str, name: str, line: int, *, decimal_comma: bool) -> float:
    plain = text.strip()
    try:
        value = float(plain.replace(",", ".") if decimal_comma else plain)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0 or value > 1e9:
        raise InputError(
            f"{name}, line {line}: {column} must be a number from 0 to a thousand million, not '{plain}'.",
            hint="Write plain numbers without thousands signs.",
        )
    return value


def _history(series_id: str, values: dict[np.datetime64, float], name: str) -> HoursHistory:
    first, last = min(values), max(values)
    span = int((last - first).astype(np.int64)) + 1
    if span > _MAX_MONTHS:
        raise InputError(f"{name}: {series_id} runs from {first} to {last}.", hint="Check the years.")
    months = np.arange(first, last + 1)
    return HoursHistory(series_id, months, np.array([values.get(month, math.nan) for month in months]))
