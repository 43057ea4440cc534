"""What one StatLine table means: titles of its dimensions, codes and measures, as TOML that a user can extend.

What belongs here: the form of a description. What does not: finding and reading files (``described_table``), a
table's own metadata (``statline_metadata``), OData (``statline_odata``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from indforecast.config.parameter import Frozen
from indforecast.domain.errors import ConfigError
from indforecast.sources.described_table import load_description
from indforecast.sources.grid import normal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class TimeWords(Frozen):
    """The dimension of time.

    Parameters
    ----------
    titles : tuple of str
        What it may be called.
    leave_out_states, provisional_states : tuple of str
        States of a month that is not read, or read and remarked on.
    """

    titles: tuple[str, ...] = Field(min_length=1)
    leave_out_states: tuple[str, ...] = ()
    provisional_states: tuple[str, ...] = ()


class TotalWords(Frozen):
    """A dimension of which the total is read: what it may be called, and what its total may be called."""

    titles: tuple[str, ...] = Field(min_length=1)
    total_titles: tuple[str, ...]
    total_identifiers: tuple[str, ...] = ()


class NationalityWords(TotalWords):
    """The dimension of nationality: its total, and per ISO 3166 alpha-3 code the titles of a nationality."""

    countries: dict[str, tuple[str, ...]]
    required: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _codes_are_codes(self) -> Self:
        for code in self.countries:
            if not re.fullmatch(r"[A-Z]{3}", code):
                raise ValueError(f"'{code}' is no ISO 3166 alpha-3 code")
        _one_meaning("nationality", self.countries.items())
        if unknown := sorted(set(self.required) - set(self.countries)):
            raise ValueError(f"required {', '.join(unknown)} not among the countries")
        return self


class MeasureWords(Frozen):
    """One series as a measure of the table.

    Parameters
    ----------
    titles, identifiers : tuple of str
        What it may be called; one of them is enough.
    definition : str
        What is counted.
    required : bool
        Whether a table without it is refused.
    nationalities : bool
        Whether its nationalities are read too.
    sum_of : tuple of str
        Series that it must equal, all together, to be what its title says; it is left out where it does not.
    """

    titles: tuple[str, ...] = Field(min_length=1)
    identifiers: tuple[str, ...] = ()
    definition: str = Field(min_length=1)
    required: bool = True
    nationalities: bool = False
    sum_of: tuple[str, ...] = ()


class TableDescription(Frozen):
    """One table's words.

    Parameters
    ----------
    publisher, table, source, licence : str
        Who publishes it, its identifier, what every row names as its source, under which licence.
    rounded_to : int
        Every figure is a multiple of it.
    attributes_of_figures : tuple of str
        ``ValueAttribute`` of figures that are given; null is one of them.
    period, totals, nationality, measures
        Its dimensions and measures; every dimension of the table has to be one of these.
    """

    publisher: str = Field(min_length=1)
    table: str = Field(pattern=r"^[A-Za-z0-9_]{3,40}$")
    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    rounded_to: int = Field(ge=1, le=1_000)
    attributes_of_figures: tuple[str, ...] = ()
    period: TimeWords
    totals: tuple[TotalWords, ...] = ()
    nationality: NationalityWords
    measures: dict[str, MeasureWords] = Field(min_length=1)

    @model_validator(mode="after")
    def _words_mean_one_thing(self) -> Self:
        for series_id, words in self.measures.items():
            if not re.fullmatch(r"[a-z][a-z0-9_]*", series_id):
                raise ValueError(f"'{series_id}' is no series_id")
            if unknown := sorted(set(words.sum_of) - set(self.measures)):
                raise ValueError(f"{series_id} is the sum of unknown {', '.join(unknown)}")
        _one_meaning("measure", ((key, words.titles) for key, words in self.measures.items()))
        dimensions = [self.period.titles, self.nationality.titles, *(one.titles for one in self.totals)]
        _one_meaning("dimension", ((str(at), titles) for at, titles in enumerate(dimensions)))
        return self


def load_table(table: str, folder: Path | None = None) -> TableDescription:
    """The packaged description of a table, the user's laid over it.

    Parameters
    ----------
    table : str
        The publisher's identifier, such as ``83102NED``.
    folder : Path, optional
        Where the user's ``<table>.toml`` may stand; it need not exist.

    Raises
    ------
    ConfigError
        If there is no description, a file cannot be read, or a word means two things.
    """
    description = load_description(TableDescription, table, folder, "83102NED")
    if description.table != table:
        raise ConfigError(
            f"{table}.toml describes table {description.table}.", hint="Name the file after its table."
        )
    return description


def _one_meaning(what: str, words: Iterable[tuple[str, Iterable[str]]]) -> None:
    seen: dict[str, str] = {}
    for key, titles in words:
        for title in titles:
            if seen.setdefault(normal(title), key) != key:
                raise ValueError(f"{what} '{title}' means two things")
