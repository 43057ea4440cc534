"""Descriptions of publishers' tables: TOML that is packaged, and the user's laid over it.

What belongs here: finding, laying over, checking against a model, one sentence when that fails. What does not:
what a description holds (each publisher's words).
"""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from indforecast.domain.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

_TABLE: Final = re.compile(r"[A-Za-z0-9_]{3,40}", re.ASCII)
_MOST_BYTES: Final = 200_000
_Words = TypeVar("_Words", bound=BaseModel)


def load_description(model: type[_Words], table: str, folder: Path | None, example: str) -> _Words:
    """The packaged description of a table, the user's laid over it key by key; a list replaces the packaged list.

    Parameters
    ----------
    model : type of BaseModel
        What a description has to be.
    table : str
        The publisher's identifier, which is also the file's name.
    folder : Path, optional
        Where the user's ``<table>.toml`` may stand; it need not exist.
    example : str
        A table that is described, for the message when this one is not.

    Raises
    ------
    ConfigError
        If there is no description, a file cannot be read, or it is none; the message names file and field.
    """
    if not _TABLE.fullmatch(table):
        raise ConfigError(f"{table[:40]!r} is no table.", hint=f"A table is written like {example}.")
    found: dict[str, Any] = {}
    name = f"packaged {table}.toml"
    packaged = resources.files("indforecast.sources") / "tables" / f"{table}.toml"
    if packaged.is_file():
        found = tomllib.loads(packaged.read_text(encoding="utf-8"))
    path = folder / f"{table}.toml" if folder is not None else None
    if path is not None and path.is_file():
        name = str(path)
        found = _over(found, _read(path))
    if not found:
        raise ConfigError(
            f"Nothing describes table {table}.",
            hint=f"Write {table}.toml after the packaged {example}.toml, or set the table to {example}.",
        )
    try:
        return model.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "table"
        reason = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise ConfigError(
            f"{name}, field '{field}': {reason}.", hint="Mend the description and run again."
        ) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{path} is larger than {_MOST_BYTES:,} bytes.", hint="A description is a few kB.")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.", hint="Check its rights.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}.", hint="Mend that line.") from None


def _over(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = _over(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return merged
