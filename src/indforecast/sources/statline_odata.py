"""OData as StatLine speaks it, in versions 4 and 3: addresses, pages, and what the fields are called.

What belongs here: everything in which the two versions differ, as a few names and small functions each. What does
not: JSON (``statline_json``), which codes are wanted (``statline_metadata``), requests (``statline_fetch``).

Sources: docs/methods/network-sources.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol
from urllib.parse import quote

from indforecast.sources.statline_json import identifier, optional, plain, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indforecast.sources.statline_json import Record

Api = Literal["v3", "v4"]

_DIMENSIONS: Final = ("Dimension", "TimeDimension", "GeoDimension")
#: Longer addresses are refused by many servers; then nationalities and measures are chosen while reading.
_LONGEST_QUERY: Final = 1_800
#: Periods that are asked for: months, and quarters that they must add up to.
_KINDS: Final = ("MM", "KW")


@dataclass(frozen=True)
class Code:
    """One code of a dimension: as the service writes it (v3 pads with spaces), its title, its state."""

    identifier: str
    title: str
    state: str = ""

    @property
    def key(self) -> str:
        """Without the padding."""
        return self.identifier.strip()


@dataclass(frozen=True)
class Dimension:
    """One dimension: its identifier, its title, whether it is time, its codes."""

    identifier: str
    title: str
    is_time: bool
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True)
class Measure:
    """One measure (v3: topic): its identifier and title."""

    identifier: str
    title: str


@dataclass(frozen=True)
class Cell:
    """One figure as it stands there: codes by dimension, its measure, its value, what stands beside it."""

    codes: Mapping[str, str]
    measure: str
    value: object
    attribute: str


@dataclass(frozen=True)
class Wanted:
    """What a query asks for: per dimension the codes as the service writes them (none: all), and measures."""

    time: str
    codes: tuple[tuple[str, tuple[str, ...]], ...]
    measures: tuple[str, ...]


class Dialect(Protocol):
    """One version of the protocol."""

    api: Api
    #: Entity that holds the edition's date; the ones that describe the table; the one that holds figures.
    edition: str
    structure: tuple[str, ...]
    figures: str
    next_link: str
    #: What every query begins with.
    options: str

    def root(self, base_url: str, table: str) -> str:
        """The table's address below the address of the settings."""
        ...

    def codes_entity(self, dimension: str) -> str:
        """The entity that lists a dimension's codes."""
        ...

    def described(self, records: Mapping[str, list[Record]], name: str) -> tuple[list[Dimension], list[Measure]]:
        """Dimensions, without codes, and measures."""
        ...

    def code(self, record: Record, name: str) -> Code:
        """One code."""
        ...

    def queries(self, wanted: Wanted) -> tuple[str, ...]:
        """Queries of the figures, the narrowest first; each gives all that is wanted."""
        ...

    def cells(self, record: Record, dimensions: tuple[str, ...], measures: Iterable[str]) -> Iterator[Cell]:
        """The figures in one record; KeyError names the column that is not there."""
        ...


class V4:
    """OData 4: a record per figure, with what stands beside it."""

    api: Api = "v4"
    edition = "Properties"
    structure: tuple[str, ...] = ("Dimensions", "MeasureCodes")
    figures = "Observations"
    next_link = "@odata.nextLink"
    options = ""

    def root(self, base_url: str, table: str) -> str:
        """``<base>/<table>``."""
        return f"{base_url.rstrip('/')}/{table}"

    def codes_entity(self, dimension: str) -> str:
        """``<dimension>Codes``."""
        return f"{dimension}Codes"

    def described(self, records: Mapping[str, list[Record]], name: str) -> tuple[list[Dimension], list[Measure]]:
        """From ``Dimensions`` and ``MeasureCodes``."""
        dimensions = [
            Dimension(
                identifier(one, "Identifier", name),
                text(one, "Title", name),
                optional(one, "Kind") == "TimeDimension",
            )
            for one in records["Dimensions"]
        ]
        measures = [
            Measure(text(one, "Identifier", name).strip(), text(one, "Title", name))
            for one in records["MeasureCodes"]
        ]
        return dimensions, measures

    def code(self, record: Record, name: str) -> Code:
        """From ``<Dimension>Codes``; only periods have a ``Status``."""
        return Code(text(record, "Identifier", name), text(record, "Title", name), optional(record, "Status"))

    def queries(self, wanted: Wanted) -> tuple[str, ...]:
        """By codes, periods and measures."""
        periods = [f"contains({wanted.time},'{kind}')" for kind in _KINDS]
        return _queries("", [*_any_of((*wanted.codes, ("Measure", wanted.measures))), periods])

    def cells(self, record: Record, dimensions: tuple[str, ...], measures: Iterable[str]) -> Iterator[Cell]:
        """The record's one figure."""
        measure = plain(record["Measure"])
        codes = {dimension: plain(record[dimension]) for dimension in dimensions}
        value = record["Value"]
        if measure in measures:
            yield Cell(codes, measure, value, optional(record, "ValueAttribute"))


class V3:
    """OData 3: a record per combination of codes with a column per measure; null where there is no figure."""

    api: Api = "v3"
    edition = "TableInfos"
    structure: tuple[str, ...] = ("DataProperties",)
    figures = "TypedDataSet"
    next_link = "odata.nextLink"
    options = "$format=json"

    def root(self, base_url: str, table: str) -> str:
        """Of the feed, which pages; ``ODataApi`` refuses what is longer than 10,000 records."""
        base = base_url.rstrip("/")
        return f"{base}/{table}" if base.lower().endswith("/odata") else f"{base}/ODataFeed/odata/{table}"

    def codes_entity(self, dimension: str) -> str:
        """The dimension itself."""
        return dimension

    def described(self, records: Mapping[str, list[Record]], name: str) -> tuple[list[Dimension], list[Measure]]:
        """From ``DataProperties``, which also lists groups of topics."""
        properties = records["DataProperties"]
        dimensions = [
            Dimension(identifier(one, "Key", name), text(one, "Title", name), one.get("Type") == "TimeDimension")
            for one in properties
            if one.get("Type") in _DIMENSIONS
        ]
        measures = [
            Measure(identifier(one, "Key", name), text(one, "Title", name))
            for one in properties
            if one.get("Type") == "Topic"
        ]
        return dimensions, measures

    def code(self, record: Record, name: str) -> Code:
        """From the dimension's own entity; only periods have a ``Status``."""
        return Code(text(record, "Key", name), text(record, "Title", name), optional(record, "Status"))

    def queries(self, wanted: Wanted) -> tuple[str, ...]:
        """By codes and periods; all measures stand in every record."""
        periods = [f"substringof('{kind}',{wanted.time})" for kind in _KINDS]
        return _queries(self.options, [*_any_of(wanted.codes), periods])

    def cells(self, record: Record, dimensions: tuple[str, ...], measures: Iterable[str]) -> Iterator[Cell]:
        """A figure per measure."""
        codes = {dimension: plain(record[dimension]) for dimension in dimensions}
        for measure in measures:
            yield Cell(codes, measure, record[measure], "")


DIALECTS: Final[dict[Api, Dialect]] = {"v4": V4(), "v3": V3()}


def _any_of(codes: tuple[tuple[str, tuple[str, ...]], ...]) -> list[list[str]]:
    return [[f"{dimension} eq {_quoted(code)}" for code in chosen] for dimension, chosen in codes if chosen]


def _quoted(code: str) -> str:
    return "'" + code.replace("'", "''") + "'"


def _queries(options: str, conditions: list[list[str]]) -> tuple[str, ...]:
    narrow = _written(options, conditions)
    broad = _written(options, [one for one in conditions if len(one) <= len(_KINDS)])
    return (narrow, broad) if len(narrow) <= _LONGEST_QUERY else (broad,)


def _written(options: str, conditions: list[list[str]]) -> str:
    clauses = [one[0] if len(one) == 1 else f"({' or '.join(one)})" for one in conditions]
    filtered = "$filter=" + quote(" and ".join(clauses), safe="'(),")
    return f"{options}&{filtered}" if options else filtered
