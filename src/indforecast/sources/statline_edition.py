"""Which edition of a StatLine table answers come from, and its day.

What belongs here: the small first answer. What does not: everything after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from indforecast.domain.errors import InputError
from indforecast.sources.grid import shown
from indforecast.sources.statline_json import records_of, text

if TYPE_CHECKING:
    from indforecast.sources.statline_json import Record
    from indforecast.sources.statline_odata import Dialect
    from indforecast.sources.statline_table import TableDescription

_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_MOMENT: Final = re.compile(
    r"((?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8})(?:\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII
)
_AGAIN: Final = "Fetch it again; if it stays, StatLine's service has changed."


@dataclass(frozen=True)
class Edition:
    """Which edition of a table answers come from.

    Parameters
    ----------
    published : date
        Day of ``Modified`` in the Netherlands.
    moment : str
        ``Modified``, and where the service gives it the moment of the figures, as written there.
    cells : int or None
        Figures of the whole table, where the service says so.
    """

    published: date
    moment: str
    cells: int | None


def edition_of(answer: Record, dialect: Dialect, words: TableDescription, name: str) -> Edition:
    """The edition that a first answer names.

    Raises
    ------
    InputError
        If it is of another table or has no date.
    """
    if dialect.api == "v3":
        records = records_of(answer, name)
        if len(records) != 1:
            raise InputError(f"{name} describes {len(records)} tables where it should describe one.", hint=_AGAIN)
        answer = records[0]
    identifier = text(answer, "Identifier", name).strip()
    if identifier.casefold() != words.table.casefold():
        raise InputError(
            f"{name} is of table '{shown(identifier)}' where {words.table} was asked for.",
            hint="Check table and address in the settings of this source.",
        )
    modified = text(answer, "Modified", name).strip()
    figures = answer.get("ObservationsModified")
    cells = answer.get("ObservationCount")
    return Edition(
        _day(modified, name),
        f"{modified} {figures}" if isinstance(figures, str) else modified,
        cells if isinstance(cells, int) and not isinstance(cells, bool) else None,
    )


def _day(moment: str, name: str) -> date:
    match = _MOMENT.fullmatch(moment)
    try:
        if match is not None:
            at = datetime.fromisoformat(match[1] + (match[2] or "").replace("Z", "+00:00"))
            return (at if at.tzinfo is None else at.astimezone(_AMSTERDAM)).date()
    except ValueError:
        pass
    raise InputError(f"{name} has 'Modified' '{shown(moment)}', which is no moment of OData.", hint=_AGAIN)
