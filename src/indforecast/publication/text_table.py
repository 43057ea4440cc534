"""Tables as plain text: as wide as they are, or fitted to a width.

What belongs here: laying cells out. What does not: what stands in them (``budget_letter``, ``regimes_letter``).
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A fitted table is not wider than this where words can be broken.
WIDTH: Final = 120
_GAP: Final = "  "
_LEAST_LABEL: Final = 20


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as text: the first column to the left, the others to the right."""
    widths = [max(len(row[index]) for row in (head, *rows)) for index in range(len(head))]
    lines = [
        _GAP.join(
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]
    return "\n".join([lines[0], "-" * max(len(line) for line in lines), *lines[1:]])


def fitted(head: Sequence[str], rows: Sequence[Sequence[str]], width: int = WIDTH) -> str:
    """A table as :func:`columns` has it, with heads and the first column broken over lines to keep within a width.

    Figures are never broken: with many of them in a row the table is as wide as they are.
    """
    words_of = [max((len(word) for word in name.split()), default=0) for name in head]
    widths = [max([least, *(len(row[at]) for row in rows)]) for at, least in enumerate(words_of)]
    others = sum(widths[1:]) + len(_GAP) * (len(head) - 1)
    longest = max(len(row[0]) for row in (head, *rows))
    widths[0] = min(longest, max(_LEAST_LABEL, width - others))
    spare = max(0, width - others - widths[0]) // max(1, len(head) - 1)
    widths[1:] = [min(each + spare, max(each, len(name))) for each, name in zip(widths[1:], head[1:], strict=True)]
    lines: list[str] = []
    for number, row in enumerate((head, *rows)):
        cells = [textwrap.wrap(cell, size) or [""] for cell, size in zip(row, widths, strict=True)]
        height = max(len(cell) for cell in cells)
        for at in range(height):
            parts = []
            for column, cell in enumerate(cells):
                # heads stand at the bottom of their lines, figures at the top of their label's
                index = at - (height - len(cell)) if number == 0 else at
                text = cell[index] if 0 <= index < len(cell) else ""
                parts.append(text.ljust(widths[column]) if column == 0 else text.rjust(widths[column]))
            lines.append(_GAP.join(parts).rstrip())
        if number == 0:
            lines.append("-" * (sum(widths) + len(_GAP) * (len(widths) - 1)))
    return "\n".join(lines)
