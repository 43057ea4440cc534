"""What one Eurostat table means: its columns, dimensions and codes, as TOML that a user can extend.

What belongs here: the form of a description. What does not: where it stands (``described_table``), asking for the
table (``eurostat_service``), its figures (``eurostat_rows``).
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self

from pydantic import Field, model_validator

from indforecast.config.parameter import Frozen
from indforecast.sources.described_table import load_description

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: Dimensions that rows are told apart by; all others are asked for with one code.
FREE: Final = ("citizen", "applicant", "geo")


class ColumnNames(Frozen):
    """What the columns that are no dimensions may be called.

    Parameters
    ----------
    period, observed, updated, dataflow : tuple of str
        Month, figure, moment of the edition, the table's own name.
    flag, confidential : tuple of str
        What stands beside a figure; these columns may be absent.
    ignore : tuple of str
        Columns that are known and left out.
    """

    period: tuple[str, ...] = Field(min_length=1)
    observed: tuple[str, ...] = Field(min_length=1)
    updated: tuple[str, ...] = Field(min_length=1)
    dataflow: tuple[str, ...] = Field(min_length=1)
    flag: tuple[str, ...] = ()
    confidential: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class DimensionNames(Frozen):
    """One dimension: what it may be called, and the one code of it that is read, unless all are."""

    names: tuple[str, ...] = Field(min_length=1)
    code: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_]+$")


class SeriesCodes(Frozen):
    """One series: its codes of ``applicant``, what Eurostat calls it, what it counts."""

    codes: tuple[str, ...] = Field(min_length=1)
    label: str = Field(min_length=1)
    definition: str = Field(min_length=1)


class FlagWords(Frozen):
    """Letters beside a figure: those that it is delivered with, and those that leave it out."""

    delivered: dict[str, str] = Field(default_factory=dict)
    left_out: dict[str, str] = Field(default_factory=dict)


class CitizenCodes(Frozen):
    """Codes of citizenship: the total, groups that are left out with their names, ISO 3166 alpha-3 of countries.

    A code that is both a country and left out is a country, so that a user's description can bring one in.
    """

    total: tuple[str, ...] = Field(min_length=1)
    left_out: dict[str, str] = Field(default_factory=dict)
    countries: dict[str, str] = Field(default_factory=dict)


class EurostatWords(Frozen):
    """One table's words.

    Parameters
    ----------
    publisher, table, agency, source, licence : str
        Who publishes it, its identifier and its agency's, what every row names as its source, under which licence.
    columns, dimensions, series, flags, citizens
        What its columns and codes mean.
    """

    publisher: str = Field(min_length=1)
    table: str = Field(pattern=r"^[A-Za-z0-9_]{3,40}$")
    agency: str = Field(pattern=r"^[A-Za-z0-9_]+$")
    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    columns: ColumnNames
    dimensions: dict[str, DimensionNames]
    series: dict[str, SeriesCodes] = Field(min_length=1)
    flags: FlagWords
    citizens: CitizenCodes

    @property
    def file(self) -> str:
        """Where a user's own description stands in the home, for messages."""
        return f"publishers/tables/{self.table}.toml"

    @model_validator(mode="after")
    def _words_mean_one_thing(self) -> Self:
        for series_id in self.series:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", series_id):
                raise ValueError(f"'{series_id}' is no series_id")
        for code in self.citizens.countries.values():
            if not re.fullmatch(r"[A-Z]{3}", code):
                raise ValueError(f"'{code}' is no ISO 3166 alpha-3 code")
        for key in FREE:
            if key not in self.dimensions or self.dimensions[key].code is not None:
                raise ValueError(f"dimension '{key}' has to be there, without a code")
        for key, dimension in self.dimensions.items():
            if key not in FREE and dimension.code is None:
                raise ValueError(f"dimension '{key}' needs the code that is read")
        columns = {key: getattr(self.columns, key) for key in ColumnNames.model_fields}
        _one_meaning("column", {**columns, **{key: one.names for key, one in self.dimensions.items()}}.items())
        _one_meaning("applicant", ((key, one.codes) for key, one in self.series.items()))
        _one_meaning("flag", ((key, getattr(self.flags, key)) for key in FlagWords.model_fields))
        for other in (self.citizens.left_out, self.citizens.countries):
            _one_meaning("citizen", (("total", self.citizens.total), ("something else", other)))
        # Two codes of one country would be two figures of one month.
        _one_meaning("country", ((code, (country,)) for code, country in self.citizens.countries.items()))
        return self

    @cached_property
    def dimension_of(self) -> dict[str, str]:
        """Key of a dimension by what it may be called, in lower case."""
        return {name.lower(): key for key, one in self.dimensions.items() for name in one.names}

    @cached_property
    def column_of(self) -> dict[str, str]:
        """Meaning of a column by its name in lower case: a field of :class:`ColumnNames` or a dimension's key."""
        columns = {name.lower(): key for key in ColumnNames.model_fields for name in getattr(self.columns, key)}
        return columns | self.dimension_of

    @cached_property
    def series_of(self) -> dict[str, str]:
        """``series_id`` by code of ``applicant``."""
        return {code: key for key, one in self.series.items() for code in one.codes}


def load_words(table: str, folder: Path | None = None) -> EurostatWords:
    """The packaged description of a table, the user's laid over it.

    Parameters
    ----------
    table : str
        Eurostat's identifier, such as ``migr_asyappctzm``.
    folder : Path, optional
        Where the user's ``<table>.toml`` may stand; it need not exist.

    Raises
    ------
    ConfigError
        If there is no description, a file cannot be read, or a word means two things.
    """
    return load_description(EurostatWords, table.lower(), folder, "migr_asyappctzm")


def _one_meaning(what: str, words: Iterable[tuple[str, Iterable[str]]]) -> None:
    seen: dict[str, str] = {}
    for key, names in words:
        for name in names:
            if seen.setdefault(name.lower(), key) != key:
                raise ValueError(f"{what} '{name}' means both {seen[name.lower()]} and {key}")
