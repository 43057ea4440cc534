"""Contracted places, and how many to contract: a newsvendor's quantile instead of a midpoint.

A regular place that stays empty costs most of what a full one costs; a resident without one is in emergency
reception, which costs more. With need N and q places for as long as a contract lasts, the expected cost is least
where the share of months and paths with N <= q is the critical fractile
(emergency − regular) / (emergency − regular + empty): Arrow, Harris & Marschak 1951, doi 10.2307/1906813.

What belongs here: contracts by day, the target and what it is expected to cost. What does not: residents
(``reception``), past questions (``bed_gap``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from indforecast.config.planning_places import PlaceContract

_MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class PlaceCosts:
    """What a place costs, in EUR a year.

    Parameters
    ----------
    regular : float
        A resident-year in a regular place.
    emergency : float
        A resident-year in emergency reception; more than in a regular place.
    empty : float
        A year of a regular place that nobody is in; above 0 and no more than ``regular``.
    """

    regular: float
    emergency: float
    empty: float

    def __post_init__(self) -> None:
        if not 0 < self.empty <= self.regular < self.emergency:
            raise ValueError("costs must rise: 0 < empty <= regular < emergency")

    @classmethod
    def of(cls, *, regular: float, emergency: float, norm: float, empty_share: float) -> PlaceCosts:
        """Costs per place from costs per resident, when a place holds ``norm`` residents.

        Parameters
        ----------
        regular, emergency : float
            EUR per resident-year.
        norm : float
            Residents per place.
        empty_share : float
            Share of a regular resident's cost that an empty place still costs.
        """
        return cls(regular=regular * norm, emergency=emergency * norm, empty=regular * norm * empty_share)

    @property
    def fractile(self) -> float:
        """Share of outcomes that the places should suffice for."""
        short = self.emergency - self.regular
        return short / (short + self.empty)


def month_ends(months: NDArray[np.datetime64]) -> list[date]:
    """The last day of each month."""
    after = (months + 1).astype("datetime64[D]")
    return [day.astype(date) for day in after - np.timedelta64(1, "D")]


def contracted(
    contracts: Iterable[PlaceContract], days: Sequence[date], kind: str | None = None
) -> NDArray[np.float64]:
    """Places under contract on each day, shape ``[day]``.

    Parameters
    ----------
    contracts : iterable of PlaceContract
        A contract's first and last day count.
    days : sequence of date
        Shape ``[day]``.
    kind : {"regular", "emergency"}, optional
        Only those.
    """
    places = np.zeros(len(days))
    for contract in contracts:
        if kind is None or contract.kind == kind:
            places += contract.places.value * np.array([contract.holds_on(day) for day in days])
    return places


def known_until(contracts: Sequence[PlaceContract], *, assumed: bool) -> date | None:
    """The last day of which contracts say how many places there are; None when that is every day.

    Parameters
    ----------
    contracts : sequence of PlaceContract
        Those of today and those agreed for later.
    assumed : bool
        Whether they stand as assumptions: then one without an end says nothing after the last end.
    """
    ends = [contract.until for contract in contracts if contract.until is not None]
    if not ends or (not assumed and len(ends) < len(contracts)):
        return None
    return max(ends)


def expiring(contracts: Iterable[PlaceContract], days: Sequence[date], since: date) -> NDArray[np.float64]:
    """Places that were there the day before and end by each day, each counted once, shape ``[day]``.

    Parameters
    ----------
    contracts : iterable of PlaceContract
        Only those that hold on ``since`` or start later.
    days : sequence of date
        Rising, shape ``[day]``: places whose last day lies at or after the one before and before this one.
    since : date
        Where the first span begins.
    """
    edges = [since, *days]
    ended = np.zeros(len(days))
    for contract in contracts:
        for number in range(len(days)):
            if contract.until is not None and edges[number] <= contract.until < edges[number + 1]:
                ended[number] += contract.places.value
    return ended


def places_band(need: NDArray[np.float64], levels: Sequence[float]) -> NDArray[np.float64]:
    """Whole places at quantile levels, rounded as every table of a plan is (``tables``), shape ``[level, ...]``.

    Parameters
    ----------
    need : ndarray of float
        Whole places needed, shape ``[path]`` or ``[path, month]``.
    levels : sequence of float
        Quantile levels.
    """
    band: NDArray[np.float64] = np.round(np.quantile(need, levels, axis=0))
    return band


def target_places(need: NDArray[np.float64], fractile: float, contract_months: int) -> NDArray[np.float64]:
    """Whole places to have from each month on, for as long as a contract lasts.

    Parameters
    ----------
    need : ndarray of float
        Places needed, shape ``[path, month]``.
    fractile : float
        Critical fractile, in (0, 1).
    contract_months : int
        For how long a place is contracted; at the end of the horizon, for the months that are left.

    Returns
    -------
    ndarray of float
        Shape ``[month]``: the least whole number q with at least that share of months and paths at or below q.
    """
    if not 0 < fractile < 1:
        raise ValueError(f"a critical fractile lies between 0 and 1, got {fractile}")
    months = need.shape[1]
    return np.array(
        [
            np.ceil(np.quantile(need[:, t : min(t + contract_months, months)], fractile, method="inverted_cdf"))
            for t in range(months)
        ]
    )


def annual_cost(
    need: NDArray[np.float64], places: NDArray[np.float64] | float, costs: PlaceCosts
) -> NDArray[np.float64]:
    """EUR a year when so many regular places stand against a need, elementwise.

    Parameters
    ----------
    need, places : ndarray of float
        Places needed and regular places held, broadcast against each other.
    costs : PlaceCosts
        Per place of need: the occupancy norm is in neither.
    """
    used = np.minimum(need, places)
    return used * costs.regular + (need - used) * costs.emergency + (places - used) * costs.empty


def expected_costs(
    need: NDArray[np.float64], choices: dict[str, float], costs: PlaceCosts
) -> dict[str, tuple[float, float, float]]:
    """Mean, worst twentieth and share of months short, of each number of places on paths it was not chosen from.

    Parameters
    ----------
    need : ndarray of float
        Places needed over a contract, shape ``[path, month]``.
    choices : dict of name to float
        Places held throughout.
    costs : PlaceCosts
        EUR a year.

    Returns
    -------
    dict of name to tuple
        Expected EUR a year, its mean over the dearest 5 % of paths (CVaR), and the share of months with more need
        than places.
    """
    found = {}
    for name, places in choices.items():
        per_path = np.sort(annual_cost(need, places, costs).mean(axis=1))
        worst = per_path[-max(1, round(per_path.size / 20)) :]
        found[name] = (float(per_path.mean()), float(worst.mean()), float((need > places).mean()))
    return found
