"""Months and days in the spellings of publishers and spreadsheets.

What belongs here: text or a date cell into the first day of a month, or into a day. What does not: the house's own
spelling (``domain.periods``), which months are plausible (``expectations``).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from indforecast.sources.grid import normal

if TYPE_CHECKING:
    from indforecast.sources.grid import Cell

_NAMES: Final = (
    "jan januari january", "feb febr februari february", "mrt maart mar march", "apr april", "mei may",
    "jun juni june", "jul juli july", "aug augustus august", "sep sept september", "okt oktober oct october",
    "nov november", "dec december",
)  # fmt: skip
_MONTH_OF: Final = {name: at for at, names in enumerate(_NAMES, start=1) for name in names.split()}
_YEAR: Final = r"(?P<year>(?:19|20)[0-9]{2})"
_NUMBER: Final = r"(?P<month>0?[1-9]|1[0-2])"
_NUMERIC: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}[-/. ]{_NUMBER}",
        rf"{_YEAR} ?mm? ?{_NUMBER}",
        rf"{_YEAR}(?P<month>0[1-9]|1[0-2])",
        rf"{_NUMBER}[-/. ]{_YEAR}",
    )
)
_NAMED: Final = (
    re.compile(r"(?P<name>[a-z]+)\.?[-/ ']{0,2}(?P<year>(?:19|20)[0-9]{2}|[0-9]{2})"),
    re.compile(rf"{_YEAR}[-/ ]?(?P<name>[a-z]+)\.?"),
)
_ISO_DAY: Final = re.compile(r"((?:19|20)[0-9]{2})-([0-9]{2})-([0-9]{2})(?:[t ]00:00(?::00(?:\.0+)?)?)?")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]((?:19|20)[0-9]{2})")
#: A moment as publishers stamp their files: day first, the year perhaps in two digits.
_STAMP: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/((?:20)?[0-9]{2}) [0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
_ISO_STAMP: Final = re.compile(r"((?:19|20)[0-9]{2})-([0-9]{2})-([0-9]{2})[t ][0-9:.+z-]{5,24}")
_NAMED_DAY: Final = re.compile(r"([0-9]{1,2}) ([a-z]+)\.? ((?:19|20)[0-9]{2})")
_QUARTER: Final = re.compile(
    r"(?:19|20)[0-9]{2}[- ]?(?:kw ?0?[1-4]|q[1-4]|k[1-4]|[1-4]e kwartaal)|(?:q|k|kw)[1-4][- ]?(?:19|20)[0-9]{2}"
    r"|[1-4]e kwartaal (?:19|20)[0-9]{2}"
)
_WHOLE_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}(?:jj00)?|(?:jaar|year|totaal|total) (?:19|20)[0-9]{2}")
_ASCII: Final = re.compile(r"[\x20-\x7e]{1,40}")
_PIVOT: Final = 70  # two digits from here on are of the last century
#: Serial day numbers of spreadsheets that are taken for dates when a month is expected: 1990 to 2100.
_SERIALS: Final = (32_874, 73_415)
_SERIAL_ZERO: Final = date(1899, 12, 30)


@lru_cache(maxsize=4096, typed=True)
def read_month(cell: Cell) -> date | None:
    """The first day of the month that a cell names, or None when it names none.

    ``2024-01``, ``2024MM01``, ``2024M01``, ``202401``, ``01-2024``, ``jan-24``, ``januari 2024``,
    ``2024 januari``, ``January 2024``; a full date only when it is the first or the last day of its month; a mark
    of provisional figures (``*``) may follow. Two digits of a year are 1970 to 2069.
    """
    if isinstance(cell, date):
        return _of_day(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if cell != cell or cell in (float("inf"), float("-inf")) or cell != int(cell):
            return None
        if _SERIALS[0] <= cell <= _SERIALS[1]:
            return _of_day(_SERIAL_ZERO + timedelta(days=int(cell)))
        return read_month(str(int(cell)))
    text = normal(cell) if isinstance(cell, str) else ""
    if not _ASCII.fullmatch(text):
        return None
    for pattern in _NUMERIC:
        if found := pattern.fullmatch(text):
            return date(int(found["year"]), int(found["month"]), 1)
    for pattern in _NAMED:
        found = pattern.fullmatch(text)
        if found and found["name"] in _MONTH_OF:
            return date(_full_year(found["year"]), _MONTH_OF[found["name"]], 1)
    day = read_day(text)
    return None if day is None else _of_day(day)


def read_month_of_year(year: Cell, month: Cell) -> date | None:
    """The month that two cells name together: a year, and a number or name of a month."""
    whole = normal(int(year) if isinstance(year, float) and year == year // 1 else year)
    part = normal(int(month) if isinstance(month, float) and month == month // 1 else month)
    if not re.fullmatch(r"(?:19|20)[0-9]{2}", whole, re.ASCII):
        return None
    number = _MONTH_OF.get(part.rstrip("."))
    if number is None and re.fullmatch(r"0?[1-9]|1[0-2]", part, re.ASCII):
        number = int(part)
    return None if number is None else date(int(whole), number, 1)


def month_named(cell: Cell) -> int | None:
    """The number of the month that a text names without its year, or None; a figure is none."""
    return _MONTH_OF.get(normal(cell).rstrip(".")) if isinstance(cell, str) else None


def read_year(cell: Cell) -> int | None:
    """The year that a cell names alone, or None."""
    text = normal(int(cell) if isinstance(cell, float) and cell == cell // 1 else cell)
    return int(text) if re.fullmatch(r"(?:19|20)[0-9]{2}", text, re.ASCII) else None


def longer_period(cell: Cell) -> str | None:
    """``quarter`` or ``year`` when a cell names one, else None."""
    text = normal(int(cell) if isinstance(cell, float) and cell == cell // 1 else cell)
    if _QUARTER.fullmatch(text):
        return "quarter"
    return "year" if _WHOLE_YEAR.fullmatch(text) else None


def read_day(cell: Cell) -> date | None:
    """The day that a cell names, day before month where both are numbers; None when it names none."""
    if isinstance(cell, date):
        return cell
    text = normal(cell) if isinstance(cell, str) else ""
    try:
        if found := _ISO_DAY.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DAY_FIRST.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _STAMP.fullmatch(text):
            return date(_full_year(found[3]), int(found[2]), int(found[1]))
        if found := _ISO_STAMP.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if (found := _NAMED_DAY.fullmatch(text)) and found[2] in _MONTH_OF:
            return date(int(found[3]), _MONTH_OF[found[2]], int(found[1]))
    except ValueError:
        return None
    return None


def month_end_of(month: date) -> date:
    """Last day of the month that begins on a day."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _of_day(day: date) -> date | None:
    first = date(day.year, day.month, 1)
    return first if day in (first, month_end_of(first)) else None


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (1900 if year >= _PIVOT else 2000)
