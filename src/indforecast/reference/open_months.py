"""The months of a stream that nothing published fixes on a day: what bounds them, and their estimate.

What belongs here: turning known totals into blocks, the indicator, whole persons, rows.
What does not: what is known on which day (``known``), the least squares itself (``disaggregation``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from indforecast.domain.observations import Basis
from indforecast.reference import figures
from indforecast.reference.disaggregation import denton, whole_persons
from indforecast.reference.known import CALENDAR, STARTS, Row, position

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.reference.figures import TotalFigure

#: How other nationalities move with the seven: as their square root (docs/methods/reference-data.md).
ELASTICITY = 0.5

#: First month of the table by nationality.
_SEVEN_FROM = 24
_CARRIED = "estimated: no total yet; seven nationalities plus the others carried forward"
_NO_TOTAL = {
    "asylum_first": _CARRIED,
    "asylum_nareis": _CARRIED,
    "asylum_repeat": "estimated, assumption: no annual total; level of the nearest known months",
}


@dataclass(frozen=True)
class Block:
    """Months that a total leaves open: they sum to what is left of it."""

    places: tuple[int, ...]
    remaining: int
    label: str


@cache
def seven_nationalities(series_id: str) -> NDArray[np.float64]:
    """Their sum by calendar position, shape ``[T]``; zero where there are none (before 2015, repeat)."""
    table = figures.nationality_figures()
    sums = table[table["stream"] == series_id].groupby("period")["observed"].sum()
    return np.asarray(sums.reindex(CALENDAR, fill_value=0), dtype=np.float64)


def blocks_of(totals: Sequence[TotalFigure], published: Mapping[int, Row]) -> list[Block]:
    """What known totals leave to the months that are not published.

    A quarter goes before its year: the year bounds only months outside its known quarters. A total whose months
    are all published bounds nothing; the published months stand.

    Parameters
    ----------
    totals : sequence of TotalFigure
        Of one stream.
    published : mapping of int to Row
        Its published months by calendar position.

    Raises
    ------
    ValueError
        If published months exceed a total that leaves months open.
    """
    blocks: list[Block] = []
    covered: dict[int, int] = {}  # year -> persons in months already accounted for
    taken: set[int] = set()
    for total in sorted(totals, key=lambda entry: len(entry.periods)):
        inside = [place for place in map(position, total.periods) if place not in taken]
        known = sum(published[place].observed for place in inside if place in published)
        free = tuple(place for place in inside if place not in published)
        year = total.periods[0].year
        remaining = 0
        if free:
            remaining = total.observed - known - (covered.get(year, 0) if len(total.periods) == 12 else 0)
            if remaining < 0:
                raise ValueError(f"{total.series_id}: published months exceed {total.label}")
            blocks.append(Block(free, remaining, total.label))
        covered[year] = covered.get(year, 0) + known + remaining
        taken.update(inside)
    return blocks


class OpenMonths:
    """One stream on one day.

    Parameters
    ----------
    series_id : str
        The stream.
    published : mapping of int to Row
        Its published months by calendar position.
    totals : sequence of TotalFigure
        Totals known on that day, of any stream.
    count : int
        Calendar positions below it are to be estimated.
    """

    def __init__(
        self, series_id: str, published: Mapping[int, Row], totals: Sequence[TotalFigure], count: int
    ) -> None:
        self.series_id = series_id
        self.published = published
        self.blocks = blocks_of([total for total in totals if total.series_id == series_id], published)
        places = np.arange(position(STARTS[series_id]), max(count, 0))
        seven = seven_nationalities(series_id)
        # The indicator changes its meaning in 2015 (nothing before, the seven after): no link across it.
        segment = (
            (places >= _SEVEN_FROM).astype(np.int64) if seven.any() else np.zeros(len(places), dtype=np.int64)
        )
        bounded = {*published, *(place for block in self.blocks for place in block.places)}
        informed = {int(segment[place - places[0]]) for place in bounded if places[0] <= place < count}
        keep = np.isin(segment, sorted(informed))
        self.places = places[keep]
        self.segment = segment[keep]
        self.seven = seven[self.places]
        self.values: dict[int, float] = {}

    @property
    def informed(self) -> bool:
        """Whether anything is known that an estimate could stand on."""
        return len(self.places) > 0

    def indicator(self) -> NDArray[np.float64]:
        """What other nationalities are proportional to, shape ``[N]``; constant where there are no seven."""
        return np.asarray(np.where(self.seven > 0, np.maximum(self.seven, 1.0) ** ELASTICITY, 1.0))

    def others(self) -> NDArray[np.float64]:
        """Published persons outside the seven, shape ``[N]``; NaN where not published."""
        observed = [self.published[int(p)].observed if int(p) in self.published else np.nan for p in self.places]
        return np.array(observed, dtype=np.float64) - self.seven

    def whole(self, forced: Mapping[int, int]) -> dict[int, int]:
        """Estimates as whole persons: blocks keep their sums, ``forced`` months their value.

        Raises
        ------
        ValueError
            If an estimate is negative.
        """
        result = dict(forced)
        for block in self.blocks:
            places = [place for place in block.places if place not in forced]
            left = block.remaining - sum(forced.get(place, 0) for place in block.places)
            values = whole_persons(np.array([self.values[place] for place in places]), left)
            result.update(zip(places, map(int, values), strict=True))
        for place, value in self.values.items():
            result.setdefault(place, round(value))
        if min(result.values(), default=0) < 0:
            raise ValueError(f"{self.series_id}: an estimate is negative")
        return result

    def rows(self, whole: Mapping[int, int], shared: Mapping[int, str]) -> list[Row]:
        """Estimates as rows; ``shared`` says what else bounds a month."""
        bound = {place: block.label for block in self.blocks for place in block.places}
        says = {place: f"estimated: Denton within {label}" for place, label in bound.items()}
        return [
            Row(
                self.series_id, CALENDAR[place], value, Basis.ESTIMATED,
                says.get(place, _NO_TOTAL[self.series_id]) + shared.get(place, ""),
            )
            for place, value in whole.items()
        ]  # fmt: skip


def solve(streams: Sequence[OpenMonths], rest: Mapping[int, int]) -> None:
    """Estimate the open months of streams at once, as real numbers in ``values``.

    Parameters
    ----------
    streams : sequence of OpenMonths
        Those on which nothing is known are left empty.
    rest : mapping of int to int
        Persons of all these streams together, in the months where that is known; empty for one stream.
    """
    streams = [stream for stream in streams if stream.informed]
    if not streams:
        return
    columns: list[dict[int, int]] = []
    for stream in streams:
        offset = sum(map(len, columns))
        columns.append({int(place): offset + number for number, place in enumerate(stream.places)})
    bounds = [
        ([places[place] for place in block.places], block.remaining)
        for stream, places in zip(streams, columns, strict=True)
        for block in stream.blocks
    ]
    bounds += [([places[place] for places in columns], persons) for place, persons in rest.items()]
    seven = np.concatenate([stream.seven for stream in streams])
    rows = np.zeros((len(bounds), len(seven)))
    for number, (members, _) in enumerate(bounds):
        rows[number, members] = 1.0
    solution = seven + denton(
        np.concatenate([stream.indicator() for stream in streams]),
        np.concatenate([stream.others() for stream in streams]),
        np.concatenate([2 * number + stream.segment for number, stream in enumerate(streams)]),
        rows,
        np.array([persons for _, persons in bounds]) - rows @ seven,
    )
    for stream, places in zip(streams, columns, strict=True):
        stream.values = {
            place: float(solution[column]) for place, column in places.items() if place not in stream.published
        }
