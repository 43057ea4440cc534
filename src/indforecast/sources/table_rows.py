"""Rows of a delivery in the making, and the day from which each could be known.

What belongs here: the lists behind a delivery frame, the rule for ``available_from``. What does not: reading cells
(``published_table``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from indforecast.sources.counts import NumberStyle
from indforecast.sources.months import month_end_of
from indforecast.sources.understanding import Dropped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indforecast.sources.mapping import Publisher
    from indforecast.sources.quarters import QuarterRead


@dataclass
class TableRows:
    """Rows of a delivery in the making: one list per column, what was left out, and quarters beside them."""

    series_id: list[str] = field(default_factory=list)
    period: list[date] = field(default_factory=list)
    observed: list[int] = field(default_factory=list)
    basis: list[str] = field(default_factory=list)
    definition: list[str] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    available_from: list[date] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    quarters: list[QuarterRead] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    style: NumberStyle = field(default_factory=NumberStyle)
    known_from: str = ""
    filled: int = 0
    flags: Counter[str] = field(default_factory=Counter)

    def extend(self, other: TableRows) -> None:
        """Add the rows of another table of the same file."""
        for name in (
            "series_id", "period", "observed", "basis", "definition", "source", "available_from", "row", "dropped",
            "quarters",
        ):  # fmt: skip
            getattr(self, name).extend(getattr(other, name))
        self.labels = other.labels | self.labels
        self.filled += other.filled
        self.flags += other.flags
        if other.known_from not in self.known_from.split("; "):
            self.known_from = f"{self.known_from}; {other.known_from}"

    def date_rows(self, own: Sequence[date | None], told: date | None, publisher: Publisher) -> None:
        """Fill ``available_from``: a row's own day, else the file's, else the publisher's lag.

        Parameters
        ----------
        own : sequence of date or None
            The day that each row gives.
        told : date, optional
            The day that the file gives for all.
        publisher : Publisher
            Whose lag is added to the end of the file's newest month, or of each row's own.
        """
        newest = max(self.period)
        reasons: Counter[str] = Counter()
        for series_id, period, day in zip(self.series_id, self.period, own, strict=True):
            if day is not None:
                reason, known = "a column", day
            elif told is not None:
                reason, known = f"the line above the table, {told}", told
            else:
                lag = publisher.stream(series_id).lag_days
                lag = publisher.lag_days if lag is None else lag
                whole = publisher.known_from == "delivery"
                reason = (
                    f"the newest month, {newest:%Y-%m}, plus {lag} days"
                    if whole
                    else f"each month plus {lag} days"
                )
                known = month_end_of(newest if whole else period) + timedelta(days=lag)
            reasons[reason] += 1
            self.available_from.append(known)
        self.known_from = "; ".join(reasons)
