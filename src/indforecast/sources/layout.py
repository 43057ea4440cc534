"""What the columns of a table mean: orientation, roles, whose or which month's counts they hold.

What belongs here: the type. What does not: finding it (``header``), the lines below it (``published_table``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from indforecast.sources.table_head import TableHead

if TYPE_CHECKING:
    from datetime import date

    from indforecast.sources.mapping import Role

LONG: Final = "long"
STREAMS_ACROSS: Final = "streams across"
MONTHS_ACROSS: Final = "months across"
#: How many filled lines may stand above a header.
HEAD_LINES: Final = 60


@dataclass(frozen=True)
class Layout:
    """A table that was recognised.

    Parameters
    ----------
    orientation : str
        :data:`LONG`, :data:`STREAMS_ACROSS` or :data:`MONTHS_ACROSS`.
    header_at : int
        Position of the header's last line among the rows.
    roles : mapping of str to int
        Column of every role.
    series_across : mapping of int to str
        Columns that hold the counts of one series.
    months_across : mapping of int to date
        Columns that hold the counts of one month.
    left_out : mapping of int to str
        Columns that are known and not read, with the reason.
    codes_across : mapping of int to str
        Columns that hold the counts of one nationality; an empty code is the national total.
    dimensions : mapping of str to int
        Columns of breakdowns of which one value is read.
    head : TableHead
        What the lines above say of the whole table.
    lines : int
        How many lines the header has.
    texts : mapping of int to str
        What stands over every column, where the header has several lines.
    """

    orientation: str
    header_at: int
    roles: dict[Role, int]
    series_across: dict[int, str]
    months_across: dict[int, date]
    left_out: dict[int, str]
    codes_across: dict[int, str] = field(default_factory=dict)
    dimensions: dict[str, int] = field(default_factory=dict)
    head: TableHead = field(default_factory=TableHead)
    lines: int = 1
    texts: dict[int, str] = field(default_factory=dict)

    @property
    def counted(self) -> list[int]:
        """Columns that hold counts."""
        single = [self.roles["observed"]] if "observed" in self.roles else []
        return sorted({*single, *self.series_across, *self.months_across, *self.codes_across})

    @property
    def first_at(self) -> int:
        """Position of the header's first line among the rows."""
        return self.header_at - self.lines + 1
