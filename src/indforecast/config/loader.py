"""Read the packaged defaults and the user's TOML on top of them.

What belongs here: reading, merging, and errors that name file, line and field. What does not: what
fields mean.
"""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from indforecast.config.settings import Settings
from indforecast.config.wording import first_of, in_words, unknown
from indforecast.domain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_MAX_BYTES = 1_000_000
_KEY = re.compile(r"""\"[^"]*"|'[^']*'|[A-Za-z0-9_-]+""")
_DOTTED = rf"(?P<keys>(?:{_KEY.pattern})(?:\s*\.\s*(?:{_KEY.pattern}))*)"
_HEADER = re.compile(rf"^\s*\[(?P<array>\[)?\s*{_DOTTED}\s*\]")
_ASSIGNMENT = re.compile(rf"^\s*{_DOTTED}\s*=")
_TRIPLE = ('"""', "'''")


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
    texts: dict[str, str] = {}
    merged: dict[str, Any] = {}
    packaged = resources.files("indforecast.config") / "netherlands"
    for entry in sorted(packaged.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            texts[f"packaged {entry.name}"] = text = entry.read_text(encoding="utf-8")
            merged = _merge(merged, tomllib.loads(text))
    if user_file is not None:
        text, user = _read_user(user_file)
        texts = {str(user_file): text, **texts}
        merged = _merge(packaged_tree := merged, user)
        _check_stream_names(user, packaged_tree, user_file, text)
        _check_counted_series(user, merged, user_file, text)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise _explain(error, texts) from None


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


def _check_stream_names(user: Mapping[str, Any], packaged_tree: Mapping[str, Any], path: Path, text: str) -> None:
    """Refuse figures for a stream that is none: without this, the error would ask for all its other figures."""
    planning = user.get("planning")
    own = planning.get("streams") if isinstance(planning, dict) else None
    added = user.get("streams")
    known = [*packaged_tree["planning"]["streams"]]
    if isinstance(added, list):
        known += [str(item.get("series_id")) for item in added if isinstance(item, dict) and not item.get("parts")]
    for name in own if isinstance(own, dict) else ():
        if name not in known:
            line, _ = line_of(text, ("planning", "streams", name))
            raise ConfigError(
                f"{path}, line {line}, field 'planning.streams.{name}': {unknown(name, known)}",
                hint="Mend the name and run again.",
            )


def _check_counted_series(user: Mapping[str, Any], tree: Mapping[str, Any], path: Path, text: str) -> None:
    """Refuse a definition of a series that is none: nothing could ever be delivered as it.

    Only the user's own definitions: the packaged ones may name a stream that the user took out.
    """
    own = user.get("definitions")
    lists = [tree.get(name) for name in ("streams", "indicators")]
    known = [
        str(item.get("series_id"))
        for one in lists
        if isinstance(one, list)
        for item in one
        if isinstance(item, dict)
    ]
    for key, table in own.items() if isinstance(own, dict) else ():
        named = table.get("series") if isinstance(table, dict) else None
        for name in named if isinstance(named, list) else ():
            if name not in known:
                line, _ = line_of(text, ("definitions", key, "series"))
                field = f"definitions.{key}.series"
                raise ConfigError(
                    f"{path}, line {line}, field '{field}': {unknown(str(name), known, 'series')}",
                    hint="Mend the name and run again.",
                )


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        if isinstance(value, dict) and isinstance(old, dict) and not (_is_parameter(value) or _is_parameter(old)):
            merged[key] = _merge(old, value)
        else:
            merged[key] = value
    return merged


def _is_parameter(table: dict[str, Any]) -> bool:
    """A parameter is replaced whole, so that a new value never stands with the old value's source."""
    return "value" in table and not isinstance(table["value"], dict)


def _explain(error: ValidationError, texts: Mapping[str, str]) -> ConfigError:
    """One sentence on the first error; ``texts`` are the files by name, the user's first."""
    first = first_of(error.errors(include_url=False))
    # Pydantic says "[key]" where the key of a table is wrong, and not its value: the field is the same.
    loc = tuple(part for part in first["loc"] if part != "[key]")
    field = ".".join(str(part) for part in loc) or "settings"
    found = {name: line_of(text, loc) for name, text in texts.items()}
    name = max(found, key=lambda key: found[key][1])  # the first of the deepest
    line, depth = found[name]
    where = f"{name}, line {line}" if depth else next(iter(texts))
    more = error.error_count() - 1
    rest = f" ({more} more)" if more else ""
    reason = in_words(first, Settings)
    told = f"{reason}{rest}" if reason.endswith("?") else f"{reason}{rest}."
    return ConfigError(f"{where}, field '{field}': {told}", hint="Mend the value and run again.")


def line_of(text: str, loc: Sequence[int | str]) -> tuple[int, int]:
    """Where a field stands in TOML, as ``(line, depth)``.

    ``depth`` is how many parts of ``loc`` were found: fewer than all when the file names only a table above the
    field, 0 (and line 0) when it names none.

    Parameters
    ----------
    text : str
        TOML that parses.
    loc : sequence of str and int
        Keys and, for items of an array of tables, their position.
    """
    wanted = [str(part) for part in loc]
    best, depth = 0, 0
    table: list[str] = []
    counts: dict[tuple[str, ...], int] = {}
    quote = ""  # the triple quote of an open multi-line string
    for number, line in enumerate(text.splitlines(), start=1):
        if quote:
            quote = "" if quote in line else quote
            continue
        if header := _HEADER.match(line):
            keys = _keys(header["keys"])
            if header["array"]:
                at = tuple(keys)
                counts[at] = counts.get(at, -1) + 1
            table = _with_positions(keys, counts)
            path = table
        elif assignment := _ASSIGNMENT.match(line):
            path = [*table, *_keys(assignment["keys"])]
            quote = next((mark for mark in _TRIPLE if line.count(mark) == 1), "")
        else:
            continue
        common = next((i for i, pair in enumerate(zip(path, wanted, strict=False)) if pair[0] != pair[1]), None)
        common = min(len(path), len(wanted)) if common is None else common
        if common > depth and common in (len(path), len(wanted)):
            best, depth = number, common
    return best, depth


def _keys(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _KEY.findall(dotted)]


def _with_positions(keys: list[str], counts: Mapping[tuple[str, ...], int]) -> list[str]:
    """A header's path with the position of the current item after each array of tables."""
    path: list[str] = []
    for depth, key in enumerate(keys, start=1):
        path.append(key)
        if tuple(keys[:depth]) in counts:
            path.append(str(counts[tuple(keys[:depth])]))
    return path
