"""Places to find by a day: what is needed then against what is contracted then.

What belongs here: that subtraction, with what of it is expiry and what is a higher need. What does not: the need
itself (``reception``, ``bed_replay``) and the number of places that is worth contracting (``places``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indforecast.planning.places import contracted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from indforecast.config.planning_places import PlaceContract


@dataclass(frozen=True)
class BedGap:
    """Places on a day, whole.

    Parameters
    ----------
    counted_on, on : date
        Today, and the day the places are needed for.
    contracted : int
        Places today.
    expiring, starting : int
        Of them those whose contract ends before ``on``, and those of contracts that start by then.
    need : int
        Places needed.
    planned : int
        Places needed as calculated before; where nobody did, what is contracted today.
    """

    counted_on: date
    on: date
    contracted: int
    expiring: int
    starting: int
    need: int
    planned: int

    @property
    def remaining(self) -> int:
        """Places contracted for the day."""
        return self.contracted - self.expiring + self.starting

    @property
    def increase(self) -> int:
        """How much higher the need is than calculated before."""
        return self.need - self.planned

    @property
    def difference(self) -> int:
        """Need less remaining places; negative when there are more than needed."""
        return self.need - self.remaining

    @property
    def to_find(self) -> int:
        """Places to find, never negative."""
        return max(0, self.difference)


def bed_gap(
    contracts: Sequence[PlaceContract], *, counted_on: date, on: date, need: float, planned: float | None = None
) -> BedGap:
    """Places to find by a day.

    Parameters
    ----------
    contracts : sequence of PlaceContract
        Those of today and those agreed for later.
    counted_on, on : date
        Today, and the day the places are needed for; a contract's last day counts.
    need : float
        Places needed on that day; a part of a place is a place.
    planned : float, optional
        Places needed as calculated before.

    Raises
    ------
    ValueError
        If ``on`` lies before ``counted_on``.
    """
    if on < counted_on:
        raise ValueError(f"{on} lies before {counted_on}")
    now = [contract for contract in contracts if contract.holds_on(counted_on)]
    there = round(float(contracted(now, [counted_on])[0]))
    stays = round(float(contracted(now, [on])[0]))
    then = round(float(contracted(contracts, [on])[0]))
    return BedGap(
        counted_on=counted_on,
        on=on,
        contracted=there,
        expiring=there - stays,
        starting=then - stays,
        need=-int(-need // 1),
        planned=there if planned is None else -int(-planned // 1),
    )
