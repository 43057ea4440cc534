"""Reception: residents as stocks and flows, month by month on every path.

Applicants wait for a decision; those granted wait for a home; the others wait to leave. Family members who arrive
(nareis) wait for a home at once. Of each group one over the mean stay leaves in a month, so a steady inflow holds
inflow × mean stay residents (Little's law). The model is linear in arrivals and starts from counted residents.

What belongs here: stocks, flows, beds and their cost. What does not: the queue of decisions (``queue``; its
coupling to the stay is a later deepening), contracted places and their end dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.config.planning import value_at
from indforecast.planning.measures import ALL
from indforecast.planning.tables import PathValues

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from indforecast.config.planning import ReceptionPlanning
    from indforecast.planning.timeline import Timeline

_MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Stays:
    """How long people stay and how many are granted, month by month; arrays of shape ``[period]``.

    Parameters
    ----------
    to_decision, to_housing : ndarray of float
        Mean months, at least 1.
    to_departure : float
        Mean months, at least 1.
    grant_share : ndarray of float
        Share of decided applicants who may stay, in [0, 1].
    """

    to_decision: NDArray[np.float64]
    to_housing: NDArray[np.float64]
    to_departure: float
    grant_share: NDArray[np.float64]


@dataclass(frozen=True)
class ReceptionPaths:
    """Residents at each month's end and flows of the month, shape ``[path, period]``."""

    applicants: NDArray[np.float64]
    status_holders: NDArray[np.float64]
    departing: NDArray[np.float64]
    housed: NDArray[np.float64]
    departed: NDArray[np.float64]

    @property
    def residents(self) -> NDArray[np.float64]:
        """All residents at each month's end."""
        return self.applicants + self.status_holders + self.departing


def reception(
    applicants: NDArray[np.float64],
    family: NDArray[np.float64],
    stays: Stays,
    *,
    residents: float,
    status_share: float,
) -> ReceptionPaths:
    """Residents on every path.

    Those who leave in a month are taken from the stock at its beginning; arrivals of the month stay at least to
    its end.

    Parameters
    ----------
    applicants, family : ndarray of float
        People who need a place and wait for a decision, or arrive as family of a status holder; shape
        ``[path, period]``.
    stays : Stays
        Per period.
    residents : float
        Counted at the start.
    status_share : float
        Share of them who hold a permit. The others are split between waiting for a decision and leaving as in a
        steady state of the first month's figures.
    """
    paths, periods = applicants.shape
    refused = (1 - stays.grant_share[0]) * stays.to_departure
    leaving_share = refused / (stays.to_decision[0] + refused)
    others = residents * (1 - status_share)
    waiting = np.full(paths, others * (1 - leaving_share))
    leaving = np.full(paths, others * leaving_share)
    holders = np.full(paths, residents * status_share)
    out = {name: np.empty((paths, periods)) for name in ReceptionPaths.__dataclass_fields__}
    for t in range(periods):
        decided = waiting / stays.to_decision[t]
        housed = holders / stays.to_housing[t]
        departed = leaving / stays.to_departure
        waiting = waiting + applicants[:, t] - decided
        holders = holders + family[:, t] + stays.grant_share[t] * decided - housed
        leaving = leaving + (1 - stays.grant_share[t]) * decided - departed
        out["applicants"][:, t], out["status_holders"][:, t], out["departing"][:, t] = waiting, holders, leaving
        out["housed"][:, t], out["departed"][:, t] = housed, departed
    return ReceptionPaths(**out)


def beds(residents: NDArray[np.float64], occupancy_norm: float) -> NDArray[np.float64]:
    """Beds that hold the residents at the occupancy norm (residents per bed, in (0, 1])."""
    return residents / occupancy_norm


def reception_cents(
    residents: NDArray[np.float64], *, regular_places: float, cost_regular: float, cost_emergency: float
) -> NDArray[np.int64]:
    """Cost of a month in cents: residents above the regular places are in emergency reception.

    Parameters
    ----------
    residents : ndarray of float
        Any shape.
    regular_places : float
        Residents that regular places hold.
    cost_regular, cost_emergency : float
        EUR per resident-year.
    """
    regular = np.minimum(residents, regular_places)
    annual = regular * cost_regular + (residents - regular) * cost_emergency
    return np.rint(annual * (100 / _MONTHS_A_YEAR)).astype(np.int64)


def run_reception(arrivals: Mapping[str, Timeline], settings: ReceptionPlanning, opened: str) -> ReceptionPaths:
    """Reception along the arrivals' timelines, starting from the residents counted at the end of ``opened``.

    Parameters
    ----------
    arrivals : mapping of series_id to Timeline
        At least one; when they begin in different months, from the latest beginning.
    settings : ReceptionPlanning
        Stays, shares and the counted residents.
    opened : str
        Month ``YYYY-MM`` among ``settings.residents``.
    """
    months = min((line.months for line in arrivals.values()), key=len)
    paths = next(iter(arrivals.values())).counts.shape[0]
    needing = {group: np.zeros((paths, len(months))) for group in ("applicant", "status_holder")}
    for series_id, line in arrivals.items():
        people = line.counts[:, -len(months) :] * settings.needs_reception[series_id].value
        needing[settings.enters_as[series_id]] += people
    labels = months.astype(str)
    stays = Stays(
        to_decision=np.array([value_at(settings.months_to_decision, month) for month in labels]),
        to_housing=np.array([value_at(settings.months_to_housing, month) for month in labels]),
        to_departure=settings.months_to_departure.value,
        grant_share=np.array([value_at(settings.grant_share, month) for month in labels]),
    )
    return reception(
        needing["applicant"],
        needing["status_holder"],
        stays,
        residents=settings.residents[opened].value,
        status_share=value_at(settings.status_holders, opened),
    )


def reception_values(paths: ReceptionPaths, settings: ReceptionPlanning, window: int) -> list[PathValues]:
    """Residents, beds and cost over the last ``window`` months."""
    residents = paths.residents[:, -window:]
    cost = reception_cents(
        residents,
        regular_places=settings.regular_places.value,
        cost_regular=settings.cost_regular.value,
        cost_emergency=settings.cost_emergency.value,
    )
    return [
        PathValues("residents", ALL, residents),
        PathValues("beds", ALL, beds(residents, settings.occupancy_norm.value)),
        PathValues("reception_cost_eur", ALL, cost / 100),
    ]
