"""What a series counts, and where the way of counting changed.

What belongs here: the types and the look-ups of the registry of definitions. What does not: which definitions
there are (``config/netherlands/definitions.toml``), refusing a delivery for them (``expectations``).

Two figures may stand in one series only if they count the same thing at the same moment. Family members are
counted when they ask to come (work) or when they arrive (beds); an asylum seeker when reporting, or weeks later
when the application is signed. Each such way of counting is a *definition*. A *break* is a month from which
something is counted differently: between two definitions, of which one ends, or within one that goes on under its
name.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date


class Moment(StrEnum):
    """The event at which a person is counted."""

    REPORTED = "reported"
    LODGED = "lodged"
    SIGNED = "signed"
    ARRIVED = "arrived"
    DECIDED = "decided"
    AS_PARTS = "as_parts"


#: The moment in a sentence: "counts ..., when ...".
_WHEN: Final = {
    Moment.REPORTED: "they report",
    Moment.LODGED: "the request comes in",
    Moment.SIGNED: "the application is signed at identification",
    Moment.ARRIVED: "they arrive",
    Moment.DECIDED: "it is decided",
    Moment.AS_PARTS: "each part does at its own moment",
}


@dataclass(frozen=True)
class Definition:
    """One way of counting.

    Parameters
    ----------
    key : str
        What rows name it by.
    label_en, label_nl : str
        Names for readers.
    counts_en, counts_nl : str
        What is counted, as it follows "counts".
    series : tuple of str
        Streams, totals or indicators that count this, and their nationalities with them; none where it is known
        only to be told apart.
    unit : str
        What one is.
    moment : Moment
        When one is counted.
    published_by : tuple of str
        Who publishes such figures.
    valid_from, valid_until : date, optional
        First and last month (any day in it) that can be counted so; None where no end is known.
    rounding : str
        What publishers round to.
    sources : tuple of str
        Where it is documented.
    assumption : str
        What of it is assumed; empty when nothing is.
    notes : str
        What a user of the figures has to know.
    """

    key: str
    label_en: str
    label_nl: str
    counts_en: str
    counts_nl: str
    series: tuple[str, ...]
    unit: str
    moment: Moment
    published_by: tuple[str, ...]
    valid_from: date | None = None
    valid_until: date | None = None
    rounding: str = ""
    sources: tuple[str, ...] = ()
    assumption: str = ""
    notes: str = ""

    def fits(self, series_id: str) -> bool:
        """Whether a series, or the stream that it is a nationality of, may count this."""
        return _stream_of(series_id) in self.series

    def holds_in(self, month: date) -> bool:
        """Whether a month can be counted so."""
        at = (month.year, month.month)
        started = self.valid_from is None or (self.valid_from.year, self.valid_from.month) <= at
        return started and (self.valid_until is None or at <= (self.valid_until.year, self.valid_until.month))

    def span(self) -> str:
        """Its validity in words."""
        if self.valid_from is None and self.valid_until is None:
            return "in all months"
        first = f"from {self.valid_from:%Y-%m}" if self.valid_from else "from the beginning"
        return f"{first} to {self.valid_until:%Y-%m}" if self.valid_until else f"{first} on"

    def says(self) -> str:
        """What it counts and when: one clause."""
        return f"'{self.key}' counts {self.counts_en}, when {_WHEN[self.moment]}"


@dataclass(frozen=True)
class Break:
    """A month from which something is counted differently.

    Parameters
    ----------
    key : str
        Stable key.
    month : date
        First month (any day in it) that is counted the new way, or that the disturbance touches.
    changed_en, changed_nl : str
        What changed.
    comparable : bool
        Whether the months on both sides may stand in one series.
    until : date, optional
        Last month of a disturbance that passed; None for a change for good.
    within : tuple of str
        Definitions that go on under their name although they count differently.
    before, after : tuple of str
        Definitions that end, and that begin, there.
    size : str
        How large the step is, where that is known.
    sources : tuple of str
        Where it is documented.
    assumption : str
        What of it is assumed; empty when nothing is.
    """

    key: str
    month: date
    changed_en: str
    changed_nl: str
    comparable: bool
    until: date | None = None
    within: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    size: str = ""
    sources: tuple[str, ...] = ()
    assumption: str = ""

    def concerns(self, key: str) -> bool:
        """Whether a definition is touched by it."""
        return key in (*self.within, *self.before, *self.after)

    def between(self, one: str, other: str) -> bool:
        """Whether it is where one of two definitions ends and the other begins."""
        return (one in self.before and other in self.after) or (other in self.before and one in self.after)

    def span(self) -> str:
        """The month, or the months of a disturbance that passed."""
        first = f"{self.month:%Y-%m}"
        return first if self.until is None else f"{first} to {self.until:%Y-%m}"


@dataclass(frozen=True)
class Registry:
    """All definitions and breaks in use.

    Parameters
    ----------
    definitions : tuple of Definition
        In the order in which they are listed.
    breaks : tuple of Break
        Likewise.

    Raises
    ------
    ValueError
        If a key stands twice, or a break names an unknown definition.
    """

    definitions: tuple[Definition, ...] = ()
    breaks: tuple[Break, ...] = ()

    def __post_init__(self) -> None:
        for what, keys in (("definition", self.keys), ("break", tuple(item.key for item in self.breaks))):
            if len(set(keys)) != len(keys):
                raise ValueError(f"a {what} stands twice: {keys}")
        for item in self.breaks:
            for key in (*item.within, *item.before, *item.after):
                if key not in self.keys:
                    raise ValueError(f"break {item.key} names an unknown definition: '{key}'")

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of all definitions."""
        return tuple(item.key for item in self.definitions)

    def find(self, key: str) -> Definition | None:
        """A definition by key; None if it is not registered."""
        return next((item for item in self.definitions if item.key == key), None)

    def nearest(self, key: str) -> str | None:
        """The registered key that was probably meant."""
        near = difflib.get_close_matches(key, self.keys, n=1, cutoff=0.7)
        return near[0] if near else None

    def of_series(self, series_id: str) -> tuple[Definition, ...]:
        """The definitions that a series, or the stream above it, may have."""
        return tuple(item for item in self.definitions if item.fits(series_id))

    def breaks_of(self, key: str) -> tuple[Break, ...]:
        """Breaks that touch a definition, oldest first."""
        return tuple(sorted((item for item in self.breaks if item.concerns(key)), key=lambda item: item.month))

    def breaks_within(self, key: str) -> tuple[Break, ...]:
        """Breaks over which a definition goes on under its name, oldest first."""
        return tuple(item for item in self.breaks_of(key) if key in item.within)

    def bounds_of(self, key: str) -> tuple[Break, ...]:
        """Breaks at which a definition's validity begins or ends."""
        found = self.find(key)
        if found is None:
            return ()
        first, last = found.valid_from, found.valid_until
        return tuple(
            item
            for item in self.breaks_of(key)
            if (key in item.after and first is not None and _same_month(item.month, first))
            or (key in item.before and last is not None and item.month.replace(day=1) <= _next_month(last))
        )

    def explain(self, one: str, other: str) -> str:
        """Why figures of one definition do not belong among those of another, in words.

        Parameters
        ----------
        one : str
            What was delivered.
        other : str
            What the series counts.

        Returns
        -------
        str
            Clauses joined by semicolons, without full stop; empty when either is not registered, or they are one.
        """
        delivered, counted = self.find(one), self.find(other)
        if delivered is None or counted is None or one == other:
            return ""
        parts = [delivered.says(), counted.says()]
        parts += [f"since {item.span()}: {item.changed_en}" for item in self.breaks if item.between(one, other)]
        return "; ".join([*parts, self.advice(one)])

    def advice(self, key: str) -> str:
        """Where figures of a registered definition belong."""
        found = self.find(key)
        if found is None or not found.series:
            return "no series of this house counts that, so leave them out"
        return f"deliver them as {' or '.join(found.series)}"


def _same_month(one: date, other: date) -> bool:
    return (one.year, one.month) == (other.year, other.month)


def _next_month(day: date) -> date:
    return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1, day=1)


def _stream_of(series_id: str) -> str:
    return series_id.partition(".")[0]
