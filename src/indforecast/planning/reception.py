"""Reception: from arrivals and decisions to residents, beds and their cost.

Applicants wait for a decision; those granted wait for a home; the others wait to leave. Family members who arrive
(nareis) wait for a home at once. Who waits for a decision leaves that group when the queue of asylum cases decides
(so slow decisions fill beds) or, where no queue is given, after a mean stay; of the other groups one over the mean
stay leaves in a month, so a steady inflow holds inflow × mean stay residents (Little's law).

What belongs here: which arrivals need a place, which decisions free one, beds and their cost. What does not: the
stocks (``residents``), the queue itself (``queue``), contracted places and their end dates (``places``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.config.planning import value_at
from indforecast.planning.measures import ALL
from indforecast.planning.residents import ReceptionPaths, reception, whole_persons
from indforecast.planning.stays import Stays, housing_room, stays_of
from indforecast.planning.tables import PathValues

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from indforecast.config.planning import ReceptionPlanning
    from indforecast.planning.timeline import Timeline

__all__ = [
    "ReceptionPaths",
    "Stays",
    "beds",
    "reception",
    "reception_cents",
    "reception_values",
    "run_reception",
]

_MONTHS_A_YEAR = 12
#: Guards ``ceil`` against a quotient that exceeds a whole number by rounding.
_EPSILON = 1e-9


def beds(residents: NDArray[np.float64], occupancy_norm: float) -> NDArray[np.float64]:
    """Whole beds that hold the residents at the occupancy norm (residents per bed, in (0, 1]).

    A part of a bed is a bed, on each path: quantiles are taken of whole beds, everywhere.
    """
    needed: NDArray[np.float64] = np.ceil(residents / occupancy_norm - _EPSILON)
    return needed


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


def run_reception(
    arrivals: Mapping[str, Timeline],
    settings: ReceptionPlanning,
    opened: str,
    *,
    decisions: Mapping[str, Timeline] | None = None,
    open_cases: Mapping[str, NDArray[np.float64]] | None = None,
    stay_factors: NDArray[np.float64] | None = None,
    months_to_housing: NDArray[np.float64] | None = None,
) -> ReceptionPaths:
    """Reception along the arrivals' timelines, starting from the residents counted at the end of ``opened``.

    Parameters
    ----------
    arrivals : mapping of series_id to Timeline
        At least one; when they begin in different months, from the latest beginning.
    settings : ReceptionPlanning
        Stays, shares and the counted residents.
    opened : str
        Month ``YYYY-MM`` among ``settings.residents``.
    decisions : mapping of series_id to Timeline, optional
        Cases that the queue decides, for the streams that enter as applicants. Of each stream's cases the share
        ``needs_reception`` is in reception. Months before one of them begins take the mean stay.
    open_cases : mapping of series_id to ndarray, optional
        Open cases of those streams when residents were counted, shape ``[path]`` (``reception_queue``): the same
        share of them is in reception and waits for a decision. Without it, the start is split as in a steady
        state.
    stay_factors : ndarray of float, optional
        What multiplies the mean stays, shape ``[path, month]`` along the timeline (``beds.path_factors``).
    months_to_housing : ndarray of float, optional
        In place of the settings' figures where it is not NaN, to ask what the norm would do; shape ``[month]``.
    """
    months = min((line.months for line in arrivals.values()), key=len)
    paths = next(iter(arrivals.values())).counts.shape[0]
    needing = {group: np.zeros((paths, len(months))) for group in ("applicant", "status_holder")}
    for series_id, line in arrivals.items():
        people = line.counts[:, -len(months) :] * settings.needs_reception[series_id].value
        needing[settings.enters_as[series_id]] += whole_persons(people)
    labels = [str(month) for month in months]
    return reception(
        needing["applicant"],
        needing["status_holder"],
        stays_of(settings, labels, factors=stay_factors, months_to_housing=months_to_housing),
        residents=settings.residents[opened].value,
        status_share=value_at(settings.status_holders, opened),
        decided=_decided_in_reception(decisions, settings, months, paths) if decisions else None,
        housing=housing_room(settings, labels) if settings.cap_housing else None,
        waiting=_waiting(open_cases, settings, paths) if open_cases else None,
    )


def _waiting(
    open_cases: Mapping[str, NDArray[np.float64]], settings: ReceptionPlanning, paths: int
) -> NDArray[np.float64]:
    people = np.zeros(paths)
    for series_id, cases in sorted(open_cases.items()):
        people += cases * settings.needs_reception[series_id].value
    return people


def _decided_in_reception(
    decisions: Mapping[str, Timeline], settings: ReceptionPlanning, months: NDArray[np.datetime64], paths: int
) -> NDArray[np.float64]:
    """People in reception whose case is decided; NaN in months that a stream's queue does not cover."""
    applying = {name for name, group in settings.enters_as.items() if group == "applicant"}
    if missing := applying - set(decisions):
        raise ValueError(f"decisions lack the streams {sorted(missing)}")
    people = np.zeros((paths, months.size))
    for series_id in sorted(applying):
        line = decisions[series_id]
        at = (months - line.months[0]).astype(np.int64)
        covered = (at >= 0) & (at < line.months.size)
        cases = np.where(covered, line.counts[:, np.clip(at, 0, line.months.size - 1)], np.nan)
        people += cases * settings.needs_reception[series_id].value
    return people


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
