"""A list of place contracts as CSV: what a partner keeps in a sheet.

What belongs here: reading it, with errors that name file, line and column. What does not: what a contract is
(``config.planning_places``).
"""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from indforecast.config.planning_places import PlaceContract
from indforecast.domain.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS: Final = ("name", "places", "kind", "from", "until")
_HINT: Final = "Columns: name,places,kind,from,until; kind is regular or emergency, days are 2026-12-31 or empty."
_MAX_BYTES: Final = 5_000_000


def read_contracts(path: Path) -> tuple[PlaceContract, ...]:
    """Contracts of a CSV file with the columns ``name,places,kind,from,until``.

    Parameters
    ----------
    path : Path
        UTF-8, separated by commas or semicolons; an empty day is no first or last day.

    Raises
    ------
    ConfigError
        If the file cannot be read, or a value is wrong; the message names file, line and column.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{path} is larger than {_MAX_BYTES:,} bytes.", hint="A list of contracts is small.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.", hint="Check --contracts.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text.", hint="Save it as CSV UTF-8.") from None
    lines = text.splitlines()
    separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    rows = csv.DictReader(lines, delimiter=separator)
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise ConfigError(f"{path}, line 1: no column {', '.join(missing)}.", hint=_HINT)
    contracts = tuple(_contract(path, rows.line_num, row) for row in rows if any(row.values()))
    if not contracts:
        raise ConfigError(f"{path} holds no contract.", hint=_HINT)
    return contracts


def _contract(path: Path, line: int, row: dict[str, str | None]) -> PlaceContract:
    where = f"{path}, line {line}"
    text = {name: (row[name] or "").strip() for name in COLUMNS}
    try:
        return PlaceContract.model_validate(
            {
                "name": text["name"],
                "places": {"value": _places(where, text["places"]), "unit": "places", "source": where},
                "kind": text["kind"].lower(),
                "starts": _day(where, "from", text["from"]),
                "until": _day(where, "until", text["until"]),
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        column = {"starts": "from"}.get(str(first["loc"][0]), str(first["loc"][0])) if first["loc"] else "days"
        said = str(first["msg"]).removeprefix("Value error, ")
        raise ConfigError(f"{where}, column '{column}': {said}.", hint=_HINT) from None


def _places(where: str, text: str) -> float:
    if not (text.isascii() and text.isdigit()):
        raise ConfigError(f"{where}, column 'places': '{text}' is not a whole number.", hint=_HINT)
    return float(text)


def _day(where: str, column: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{where}, column '{column}': '{text}' is not a day.", hint=_HINT) from None
