"""Read the packaged defaults and the user's TOML on top of them.

What belongs here: reading, merging, and errors that name file, line and field. What does not: what
fields mean.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from indforecast.config.settings import Settings
from indforecast.domain.errors import ConfigError

_MAX_BYTES = 1_000_000


def load_settings(user_file: Path | None = None) -> Settings:
    """Packaged settings, overridden table by table with the user's.

    A list (streams, events) given by the user replaces the packaged list whole; a parameter table (``value``,
    ``unit``, ``source`` or ``assumption``) does too, so that no figure keeps another figure's source.

    Parameters
    ----------
    user_file : Path, optional
        TOML with any part of the tree.

    Raises
    ------
    ConfigError
        If a file cannot be read or a value is wrong; the message names file, line and field.
    """
    merged: dict[str, Any] = {}
    packaged = resources.files("indforecast.config") / "netherlands"
    for entry in sorted(packaged.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            merged = _merge(merged, tomllib.loads(entry.read_text(encoding="utf-8")))
    text = ""
    if user_file is not None:
        text, user = _read_user(user_file)
        merged = _merge(merged, user)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise _explain(error, user_file, text) from None


def _read_user(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{path} is larger than {_MAX_BYTES:,} bytes.", hint="A settings file is a few kB.")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.", hint="Check --config.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from None
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}.", hint="Mend that line.") from None


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        is_parameter = isinstance(value, dict) and "value" in value and "unit" in value
        if isinstance(value, dict) and isinstance(old, dict) and not is_parameter:
            merged[key] = _merge(old, value)
        else:
            merged[key] = value
    return merged


def _explain(error: ValidationError, path: Path | None, text: str) -> ConfigError:
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "settings"
    line = _line_of(text, [str(part) for part in first["loc"]])
    where = f"{path or 'packaged settings'}{f', line {line}' if line else ''}"
    more = error.error_count() - 1
    rest = f" ({more} more)" if more else ""
    reason = first["msg"].removeprefix("Value error, ")
    return ConfigError(f"{where}, field '{field}': {reason}{rest}.", hint="Mend the value and run again.")


def _line_of(text: str, loc: list[str]) -> int | None:
    """Line of the deepest named field in the user's text, found by walking its tables in order."""
    names = [part for part in loc if not part.isdigit()]
    best: int | None = None
    depth = 0
    table: list[str] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line.startswith("["):
            table = line.strip("[] ").split(".")
            keys = table
        elif "=" in line and not line.startswith("#"):
            keys = table + line.split("=", 1)[0].strip().strip('"').split(".")
        else:
            continue
        common = 0
        for have, want in zip(keys, names, strict=False):
            if have != want:
                break
            common += 1
        if common > depth and common in (len(keys), len(names)):
            best, depth = number, common
    return best
