"""What one cell of a header is: a month, a stream, a nationality, a total, a unit, a figure.

What belongs here: kinds of single cells, each looked up once. What does not: what they mean together
(``header_block``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indforecast.sources.counts import is_numeric
from indforecast.sources.grid import Broken, normal
from indforecast.sources.labels import is_total, is_unit, is_word, series_named
from indforecast.sources.months import longer_period, month_named, read_month, read_year

if TYPE_CHECKING:
    from indforecast.sources.grid import Cell
    from indforecast.sources.mapping import Publisher


class CellKinds:
    """Kinds of cells in a publisher's words.

    Parameters
    ----------
    publisher : Publisher
        The words.
    """

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self._known: dict[tuple[type, Cell, bool], str] = {}

    def of(self, cell: Cell, *, last: bool = False) -> str:
        """The kind of a cell.

        Parameters
        ----------
        cell : Cell
            Not empty.
        last : bool
            Whether it stands in the last line of a header, where a year alone is a total of a year.

        Returns
        -------
        str
            ``unit``, ``role``, ``dimension``, ``month``, ``year``, ``longer``, ``figure``, ``series``, ``part`` (a
            month without its year), ``code`` (a nationality), ``total``, ``remainder``, ``ignore`` or ``unknown``.
        """
        key = (type(cell), cell, last)
        kind = self._known.get(key)
        if kind is None:
            kind = self._known[key] = self._find(cell, last)
        return kind

    def _find(self, cell: Cell, last: bool) -> str:
        label, publisher = normal(cell), self.publisher
        if isinstance(cell, Broken):
            return "unknown"
        if isinstance(cell, str):
            if is_unit(label, publisher):
                return "unit"
            if label in publisher.role_of:
                return "role"
            if label in publisher.dimension_of:
                return "dimension"
        if read_month(cell) is not None:
            return "month"
        if not last and read_year(cell) is not None:
            return "year"
        if longer_period(cell) is not None:
            return "longer"
        if not isinstance(cell, str) or is_numeric(cell) or label in publisher.words["missing"]:
            return "figure"
        for kind, known in (
            ("series", series_named(label, publisher) is not None),
            ("part", month_named(cell) is not None),
            ("code", label in publisher.code_of),
            ("total", is_total(label, publisher)),
            ("remainder", is_word(label, "remainder", publisher)),
            ("ignore", is_word(label, "ignore", publisher)),
        ):
            if known:
                return kind
        return "unknown"
