"""What publishers' words mean: header words, stream labels, nationalities, as TOML that a user can extend.

What belongs here: the form of a mapping, the packaged ones, the user's on top. What does not: finding the words in
a file (``layout``), what a stream is (``config``).

A user's ``<folder>/<key>.toml`` is laid over the packaged mapping of the same key, table by table; a list replaces
the packaged list. A new key is a new publisher.
"""

from __future__ import annotations

import tomllib
from functools import cached_property, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

from indforecast.config.parameter import Frozen
from indforecast.domain.errors import ConfigError, InputError
from indforecast.domain.observations import Basis
from indforecast.sources.grid import normal, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_COMMON: Final = "common"
_MOST_BYTES: Final = 200_000
_MOST_FILES: Final = 50
_SERIES: Final = r"^[a-z][a-z0-9_]*(\.[A-Z]{3})?$"

#: What a column may mean. ``ignore`` is a column that is known and left out.
Role = Literal[
    "period", "year", "month", "series", "nationality", "observed", "basis", "definition", "source",
    "available_from", "flag", "ignore",
]  # fmt: skip


class StreamWords(Frozen):
    """One series as a publisher names it."""

    labels: tuple[str, ...]
    definition: str = Field(min_length=1)
    lag_days: int | None = Field(default=None, ge=0, le=730)


class Dimension(Frozen):
    """A breakdown that the house does not make: one of its values is read, lines of the others are left out."""

    header: tuple[str, ...]
    keep: tuple[str, ...]


class Publisher(Frozen):
    """One publisher's words.

    Parameters
    ----------
    publisher, source : str
        Who is named, and the start of what every row names as its source.
    marks : tuple of str
        Words above the table or in a sheet's name that only this publisher's files carry.
    default : bool
        Whether this mapping is taken where several fit.
    lag_days : int
        Days from a month's end until its figure can be known, where the file does not say.
    known_from : str
        ``delivery``: every row of a file is known from the lag after the file's newest month, because an export
        shows what was known when it was made. ``month``: every row from the lag after its own month.
    decimal : str, optional
        Decimal mark, where the publisher always writes the same.
    header : mapping
        Words of a header per role.
    streams : mapping
        Per ``series_id`` its labels and definition.
    nationalities : mapping
        Per ISO 3166 alpha-3 code its labels.
    nationality_stream : str, optional
        The stream that a nationality without a stream belongs to.
    totals, remainder, missing, ignore : tuple of str
        Labels of totals, of what is left over, of figures that are not given, and of what is left out.
    units : tuple of str
        Units of persons that may follow a label, as in 'Eerste aanvragen (aantal)'.
    flags : tuple of str
        Letters that may stand behind a figure, or in a column of their own, and say something about it.
    flags_left_out : tuple of str
        Those that say that there is no figure, whatever stands there.
    dimensions : mapping
        Per breakdown its header words and the values that are read.
    topic_numbers : bool
        Whether a label may end in the number of its topic, as in 'EersteAsielverzoeken_3'.
    words_beside_codes : bool
        Whether a column may stand twice, in codes and then in words: the first is read.
    several_tables : bool
        Whether a workbook may hold a table per sheet, all of them to be read.
    """

    publisher: str = Field(min_length=1)
    source: str = Field(min_length=1)
    marks: tuple[str, ...] = ()
    default: bool = False
    lag_days: int = Field(ge=0, le=730)
    known_from: Literal["delivery", "month"] = "delivery"
    basis: Basis = Basis.PUBLISHED
    decimal: Literal[".", ","] | None = None
    header: dict[Role, tuple[str, ...]]
    streams: dict[str, StreamWords]
    nationalities: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    nationality_stream: str | None = None
    totals: tuple[str, ...] = ()
    remainder: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    flags_left_out: tuple[str, ...] = ()
    dimensions: dict[str, Dimension] = Field(default_factory=dict)
    topic_numbers: bool = False
    words_beside_codes: bool = False
    several_tables: bool = False

    @model_validator(mode="after")
    def _words_mean_one_thing(self) -> Self:
        import re

        for series_id in self.streams:
            if not re.fullmatch(_SERIES, series_id):
                raise ValueError(f"'{series_id}' is no series_id")
        for code in self.nationalities:
            if not re.fullmatch(r"[A-Z]{3}", code):
                raise ValueError(f"'{code}' is no ISO 3166 alpha-3 code")
        if self.nationality_stream is not None and self.nationality_stream not in self.streams:
            raise ValueError(f"nationality_stream '{self.nationality_stream}' is not among the streams")
        for what, table in (
            ("header word", self.header),
            ("stream label", {key: words.labels for key, words in self.streams.items()}),
            ("nationality", self.nationalities),
            ("dimension", {key: dimension.header for key, dimension in self.dimensions.items()}),
        ):
            seen: dict[str, str] = {}
            for key, labels in table.items():
                for label in labels:
                    if seen.setdefault(normal(label), str(key)) != key:
                        raise ValueError(f"{what} '{label}' means both {seen[normal(label)]} and {key}")
        return self

    @cached_property
    def role_of(self) -> dict[str, Role]:
        """Role by header word."""
        return {normal(word): role for role, words in self.header.items() for word in words}

    @cached_property
    def series_of(self) -> dict[str, str]:
        """``series_id`` by label; a ``series_id`` is its own label."""
        labels = {normal(label): key for key, words in self.streams.items() for label in words.labels}
        return {normal(key): key for key in self.streams} | labels

    @cached_property
    def code_of(self) -> dict[str, str]:
        """Code of a nationality by label; a code is its own label."""
        labels = {normal(label): code for code, names in self.nationalities.items() for label in names}
        return {normal(code): code for code in self.nationalities} | labels

    @cached_property
    def words(self) -> dict[str, frozenset[str]]:
        """``totals``, ``remainder``, ``missing``, ``ignore`` and ``units`` as they are looked up."""
        return {
            name: frozenset(normal(word) for word in getattr(self, name))
            for name in ("totals", "remainder", "missing", "ignore", "units")
        }

    @cached_property
    def dimension_of(self) -> dict[str, str]:
        """Dimension by header word."""
        return {normal(word): key for key, dimension in self.dimensions.items() for word in dimension.header}

    def keeps(self, dimension: str, label: str) -> bool:
        """Whether a value of a dimension, as it is looked up, is the one that is read."""
        return label in self._kept[dimension]

    @cached_property
    def _kept(self) -> dict[str, frozenset[str]]:
        return {
            key: frozenset(normal(label) for label in dimension.keep) for key, dimension in self.dimensions.items()
        }

    def stream(self, series_id: str) -> StreamWords:
        """The words of a series, or of the stream that a nationality lies below."""
        return self.streams.get(series_id) or self.streams[series_id.split(".")[0]]

    def known_labels(self, most: int = 12) -> str:
        """The first label of every stream, for a message."""
        names = [words.labels[0] if words.labels else key for key, words in self.streams.items()]
        rest = f" and {len(names) - most} more" if len(names) > most else ""
        return ", ".join(f"'{name}'" for name in names[:most]) + rest


def load_publishers(folder: Path | None = None) -> dict[str, Publisher]:
    """Packaged mappings by key, the user's laid over them.

    Parameters
    ----------
    folder : Path, optional
        Where the user's ``*.toml`` stand; it need not exist.

    Raises
    ------
    ConfigError
        If a file cannot be read or a word means two things; the message names file and field.
    """
    return dict(_packaged()) if folder is None else _load(folder)


@lru_cache(maxsize=1)
def _packaged() -> dict[str, Publisher]:
    return _load(None)


def _load(folder: Path | None) -> dict[str, Publisher]:
    tables: dict[str, dict[str, Any]] = {}
    packaged = resources.files("indforecast.sources") / "mappings"
    for entry in sorted(packaged.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            tables[entry.name.removesuffix(".toml")] = tomllib.loads(entry.read_text(encoding="utf-8"))
    named = {key: f"packaged {key}.toml" for key in tables}
    for path in sorted(folder.glob("*.toml"))[:_MOST_FILES] if folder is not None and folder.is_dir() else []:
        named[path.stem] = str(path)
        tables[path.stem] = _over(tables.get(path.stem, {}), _read(path))
    common = tables.pop(_COMMON)
    return {key: _publisher(_over(common, table), named[key]) for key, table in tables.items()}


def choose(publishers: Mapping[str, Publisher], key: str) -> Publisher:
    """The mapping of a key.

    Raises
    ------
    InputError
        If there is none; the message names those that there are.
    """
    if key not in publishers:
        known = ", ".join(publishers)
        raise InputError(f"'{shown(key)}' is no publisher that is known.", hint=f"Known are {known}.")
    return publishers[key]


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{path} is larger than {_MOST_BYTES:,} bytes.", hint="A mapping is a few kB.")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.", hint="Check its rights.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}.", hint="Mend that line.") from None


def _publisher(table: dict[str, Any], name: str) -> Publisher:
    try:
        return Publisher.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "mapping"
        reason = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise ConfigError(f"{name}, field '{field}': {reason}.", hint="Mend the mapping and run again.") from None


def _over(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = _over(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return merged
