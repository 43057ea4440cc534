"""The few shapes that every section of the report is made of.

What belongs here: tables and charts ready for the template, all text written out. What does not: deciding what to
show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True)
class Table:
    """One table.

    Parameters
    ----------
    caption : str
        What it shows, with the unit.
    head : tuple of str
        Column names.
    rows : tuple of tuple of str
        Cells; the first one of a row names it.
    text_columns : int
        How many columns from the left hold words; the rest are numbers, set flush right.
    note : str
        One remark below it.
    strong : frozenset of int
        Rows that are totals or forecasts of the year that the release is about.
    summary : str
        When given, the table is folded behind this line.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text_columns: int = 1
    note: str = ""
    strong: frozenset[int] = frozenset()
    summary: str = ""

    @property
    def is_number(self) -> tuple[bool, ...]:
        """Whether each column holds numbers."""
        return tuple(place >= self.text_columns for place in range(len(self.head)))

    @property
    def wide(self) -> bool:
        """Whether a narrow screen has to scroll it."""
        return len(self.head) > 4 or self.text_columns > 2


@dataclass(frozen=True)
class Key:
    """One entry of a legend: ``kind`` is the class that draws its swatch."""

    kind: str
    label: str


@dataclass(frozen=True)
class Chart:
    """One chart with its text alternative.

    Parameters
    ----------
    title : str
        What it shows, with the unit.
    svg : Markup
        The drawing.
    alt : str
        The same in words.
    keys : tuple of Key
        Legend.
    note : str
        One remark below it.
    narrow : bool
        Whether it stands beside a wide one.
    """

    title: str
    svg: Markup
    alt: str
    keys: tuple[Key, ...] = ()
    note: str = ""
    narrow: bool = False


@dataclass(frozen=True)
class Block:
    """A piece of a section: words, charts side by side, tables, a list.

    Parameters
    ----------
    block_id : str
        Anchor.
    heading : str
        Heading below the section's; empty when the block is the section.
    flag : str
        A warning that belongs to the heading.
    sentences : tuple of str
        Paragraph.
    charts : tuple of Chart
        Drawn side by side where there is room.
    tables : tuple of Table
        In order.
    list_title : str
        Title of the list.
    items : tuple of str
        List.
    ordered : bool
        Whether the list's numbers mean something.
    """

    block_id: str
    heading: str = ""
    flag: str = ""
    sentences: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    list_title: str = ""
    items: tuple[str, ...] = ()
    ordered: bool = False


@dataclass(frozen=True)
class Section:
    """A section of the report."""

    section_id: str
    heading: str
    lede: tuple[str, ...]
    blocks: tuple[Block, ...]
