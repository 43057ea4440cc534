"""Where a table begins: the first line, or lines, that are a header in a publisher's words.

What belongs here: the order in which lines are tried. What does not: a header of one line (``header_line``) or of
several (``header_joined``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indforecast.sources.cell_kinds import CellKinds
from indforecast.sources.header_block import MOST_LINES, Contradiction, HeaderBlock, has_figures
from indforecast.sources.header_joined import JoinedHeader
from indforecast.sources.header_line import HeaderLine
from indforecast.sources.layout import HEAD_LINES
from indforecast.sources.merged import Merged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indforecast.sources.grid import Row
    from indforecast.sources.layout import Layout
    from indforecast.sources.limits import Stopwatch
    from indforecast.sources.mapping import Publisher


def find_layout(
    rows: Sequence[Row],
    publisher: Publisher,
    name: str,
    merged: Merged | None = None,
    watch: Stopwatch | None = None,
) -> Layout | None:
    """The first line, or lines, that are a header in a publisher's words, or None.

    Parameters
    ----------
    rows : sequence of Row
        Filled lines; only the first :data:`HEAD_LINES` are looked at.
    publisher : Publisher
        The words.
    name : str
        The file, for messages.
    merged : Merged, optional
        Merged cells.
    watch : Stopwatch, optional
        Ends what takes too long: a thousand columns that may all be headers are a lot of work.

    Raises
    ------
    InputError
        If a line is a header but one of its columns has no known meaning, or two have the same.
    """
    merged = Merged((), ()) if merged is None else merged
    kinds = CellKinds(publisher)
    figures = [has_figures(row) for row in rows[: HEAD_LINES + MOST_LINES]]
    for at, row in enumerate(rows[:HEAD_LINES]):
        if watch is not None:
            watch.check()
        for count in range(min(MOST_LINES, len(rows) - at), 1, -1):
            if any(figures[at : at + count]):
                continue
            try:
                block = HeaderBlock(rows[at : at + count], merged, kinds)
            except Contradiction:
                continue
            if block.is_joined:
                layout = JoinedHeader(rows, at, count, block, publisher, name).layout()
                if layout is not None:
                    return layout
        layout = HeaderLine(rows, at, row, publisher, name).layout()
        if layout is not None:
            return layout
    return None
