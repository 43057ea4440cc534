"""Desks, telephones and documents: what applications and decisions bring, with delays, and who serves it.

Visits and calls per case are relative figures; one factor each is solved so that the published year comes out
(:func:`solve_rates`). What no series here brings is held constant, and a surge is an extra stream of people.

What belongs here: these sums on arrays ``[path, month]``. What does not: the queue that decides (``queue``),
observed months before the paths (``desk_case``), what follows with a delay (``contact_delays``), agents per load
(``erlang``), the figures (``config.planning_desks``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.contact_delays import after_delays, gathered_in
from indforecast.planning.erlang import agents_needed
from indforecast.planning.workload import MONTHS_A_YEAR, staffing_fte

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from indforecast.config.planning_desks import (
        DeskAnchors,
        DeskDriver,
        DesksPlanning,
        DeskStaffing,
        PhoneStaffing,
        Surge,
    )

#: Keys beside the streams: products without a series here, and one-off streams.
OTHER, SURGE = "other", "surge"
_MINUTES = 60.0


@dataclass(frozen=True)
class DeskRates:
    """What the published year says about visits and calls.

    Parameters
    ----------
    visits_factor, calls_factor : float
        Factor on every driver's figures per case.
    other_visits, other_calls : float
        A year, of products without a series here.
    surge_visits, surge_calls : float
        Of surges in that year.
    """

    visits_factor: float
    calls_factor: float
    other_visits: float
    other_calls: float
    surge_visits: float
    surge_calls: float


@dataclass(frozen=True)
class DeskPaths:
    """Contacts and staff; every array is of shape ``[path, month]``.

    Parameters
    ----------
    visits, calls, biometrics, documents : dict of series_id to ndarray
        Per stream, ``other`` and ``surge``. Biometrics and documents are persons of the streams and surges alone.
    gathered : ndarray of float
        Documents handed out elsewhere than at a desk; they are within ``documents`` and no desk visit.
    desk_fte, phone_fte : ndarray of float
        Staff at desks and at telephones.
    counters : ndarray of float
        Whole counters that are open in the busiest hours.
    agents_peak, agents_other : ndarray of float
        Whole agents in and outside the busiest hours.
    """

    visits: dict[str, NDArray[np.float64]]
    calls: dict[str, NDArray[np.float64]]
    biometrics: dict[str, NDArray[np.float64]]
    documents: dict[str, NDArray[np.float64]]
    gathered: NDArray[np.float64]
    desk_fte: NDArray[np.float64]
    phone_fte: NDArray[np.float64]
    counters: NDArray[np.float64]
    agents_peak: NDArray[np.float64]
    agents_other: NDArray[np.float64]


def anchors_of(figures: DesksPlanning) -> DeskAnchors:
    """The published year.

    Raises
    ------
    ValueError
        If the settings have none, and so no desk plan.
    """
    if figures.anchors is None:
        raise ValueError("planning.desks has no anchors")
    return figures.anchors


def solve_rates(figures: DesksPlanning) -> DeskRates:
    """The factors with which the published year comes out: two equations, each with one unknown."""
    anchors = anchors_of(figures)
    fell = [figures.surges[name] for name in anchors.surges]
    surge_visits = sum(surge.persons.value * surge.visits_per_person.value for surge in fell)
    surge_calls = sum(surge.persons.value * surge.calls_per_person.value for surge in fell)
    visits, calls = anchors.visits.value - surge_visits, anchors.calls.value - surge_calls
    modelled_visits, modelled_calls = anchors.visits_modelled.value * visits, anchors.calls_modelled.value * calls
    return DeskRates(
        visits_factor=modelled_visits / figures.visits_weight,
        calls_factor=modelled_calls / figures.calls_weight,
        other_visits=visits - modelled_visits,
        other_calls=calls - modelled_calls,
        surge_visits=surge_visits,
        surge_calls=surge_calls,
    )


def surge_persons(surge: Surge, months: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Whole persons of a surge in each month, shape ``[month]``; over all its months they are all there."""
    span = round(surge.months.value)
    total = round(surge.persons.value)
    since = (months - np.datetime64(surge.first, "M")).astype(np.int64)
    until = np.clip(np.stack([since, since + 1]), 0, span)
    share = np.floor(total * until / span + 1e-9)
    return np.asarray(share[1] - share[0])


def run_desks(
    applications: Mapping[str, NDArray[np.float64]],
    decisions: Mapping[str, NDArray[np.float64]],
    months: NDArray[np.datetime64],
    figures: DesksPlanning,
    productive_hours: float,
    *,
    surges: Iterable[Surge] | None = None,
) -> DeskPaths:
    """Contacts and staff of applications, arrivals and decisions.

    Parameters
    ----------
    applications, decisions : mapping of series_id to ndarray
        Cases, shape ``[path, month of its own]``: each may begin earlier than ``months``, all end with them.
    months : ndarray of datetime64[M]
        The months that are wanted, shape ``[month]``.
    figures : DesksPlanning
        Every figure used; it must have anchors.
    productive_hours : float
        Hours a year per FTE.
    surges : iterable of Surge, optional
        Instead of the settings' own.

    Raises
    ------
    ValueError
        If a driver's stream is missing or shorter than the wanted months, or the settings have no anchors.
    """
    rates = solve_rates(figures)
    paths = next(iter(applications.values())).shape[0]
    empty = np.zeros((paths, months.size))
    parts: dict[str, dict[str, NDArray[np.float64]]] = {
        name: {} for name in ("visits", "calls", "biometrics", "documents")
    }
    gathered, minutes = empty.copy(), empty.copy()
    desk, phone = figures.desk, figures.phone
    if desk is None or phone is None:
        raise ValueError("planning.desks needs desk and phone")
    for name, driver in figures.drivers.items():
        cases = (applications if driver.event == "application" else decisions).get(driver.series_id)
        if cases is None:
            raise ValueError(f"driver {name}: no {driver.event}s of {driver.series_id}")
        one = _of_driver(driver, cases, months)
        visited = np.sum([one.biometrics, one.at_desk, one.other], axis=0)
        for part, values in (
            ("visits", rates.visits_factor * visited),
            ("calls", rates.calls_factor * one.calls),
            ("biometrics", one.biometrics),
            ("documents", one.at_desk + one.gathered),
        ):
            parts[part][driver.series_id] = parts[part].get(driver.series_id, empty) + values
        gathered = gathered + one.gathered
        minutes = minutes + rates.visits_factor * (
            one.biometrics * desk.minutes_biometrics.value
            + one.at_desk * desk.minutes_document.value
            + one.other * desk.minutes_other.value
        )
    parts["visits"][OTHER] = empty + rates.other_visits / MONTHS_A_YEAR
    parts["calls"][OTHER] = empty + rates.other_calls / MONTHS_A_YEAR
    extra = _of_surges(figures.surges.values() if surges is None else surges, months)
    for part in ("visits", "documents", "calls"):
        parts[part][SURGE] = empty + extra[part]
    minutes = minutes + parts["visits"][OTHER] * desk.minutes_other.value
    minutes = minutes + parts["visits"][SURGE] * desk.minutes_document.value
    served = minutes / _MINUTES / desk.utilisation.value
    calls = np.sum([*parts["calls"].values()], axis=0)
    agents_peak, agents_other = agents_of(calls, phone)
    return DeskPaths(
        visits=parts["visits"],
        calls=parts["calls"],
        biometrics=parts["biometrics"],
        documents=parts["documents"],
        gathered=gathered,
        desk_fte=staffing_fte(served + gathered * desk.minutes_document.value / _MINUTES, productive_hours),
        phone_fte=staffing_fte(_agent_hours(agents_peak, agents_other, phone), productive_hours),
        counters=counters_of(served, desk),
        agents_peak=agents_peak,
        agents_other=agents_other,
    )


@dataclass(frozen=True)
class _Contacts:
    """What one driver brings before the factors, arrays ``[path, month]``."""

    biometrics: NDArray[np.float64]
    at_desk: NDArray[np.float64]
    gathered: NDArray[np.float64]
    other: NDArray[np.float64]
    calls: NDArray[np.float64]


def _of_driver(driver: DeskDriver, cases: NDArray[np.float64], months: NDArray[np.datetime64]) -> _Contacts:
    wanted = months.size
    if cases.shape[1] < wanted:
        raise ValueError(
            f"{driver.series_id} has {cases.shape[1]} months, fewer than the {wanted} that are wanted"
        )
    line = months[-1] - np.arange(cases.shape[1] - 1, -1, -1)
    visits = after_delays(cases, [share.value for share in driver.visits_after])[:, -wanted:]
    calls = after_delays(cases, [share.value for share in driver.calls_after])[:, -wanted:]
    documents = driver.documents.value
    gathered, desk_share = np.zeros_like(visits), 1.0
    if driver.gathered is not None:
        together = gathered_in(cases, line, round(driver.gathered.month.value))[:, -wanted:]
        gathered = documents * driver.gathered.share.value * together
        desk_share = 1 - driver.gathered.share.value
    return _Contacts(
        biometrics=driver.biometrics.value * visits,
        at_desk=documents * desk_share * visits,
        gathered=gathered,
        other=driver.other_visits.value * visits,
        calls=driver.calls.value * calls,
    )


def _of_surges(surges: Iterable[Surge], months: NDArray[np.datetime64]) -> dict[str, NDArray[np.float64]]:
    totals = {part: np.zeros(months.size) for part in ("visits", "documents", "calls")}
    for surge in surges:
        persons = surge_persons(surge, months)
        totals["visits"] += persons * surge.visits_per_person.value
        totals["documents"] += persons * surge.documents_per_person.value
        totals["calls"] += persons * surge.calls_per_person.value
    return totals


def counters_of(desk_hours: NDArray[np.float64], desk: DeskStaffing) -> NDArray[np.float64]:
    """Whole counters open in the busiest hours, for desk hours a month that hold the spare time already."""
    return np.asarray(np.ceil(desk_hours / desk.open_hours.value * desk.peak_factor.value - 1e-9))


def agents_of(calls: NDArray[np.float64], phone: PhoneStaffing) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Agents in the busiest hours and in the others for calls a month, by Erlang C."""
    peak, busy = phone.peak_hours_share.value, phone.peak_calls_share.value
    call_hours = phone.minutes_call.value / _MINUTES
    hours = phone.open_hours.value
    seconds = phone.minutes_call.value * _MINUTES

    def needed(share_calls: float, share_hours: float) -> NDArray[np.float64]:
        if share_hours <= 0:
            return np.zeros_like(calls)
        load = calls * share_calls / (hours * share_hours) * call_hours
        return agents_needed(load, phone.answered_share.value, phone.answered_within.value, seconds)

    return needed(busy, peak), needed(1 - busy, 1 - peak)


def _agent_hours(
    peak: NDArray[np.float64], other: NDArray[np.float64], phone: PhoneStaffing
) -> NDArray[np.float64]:
    share = phone.peak_hours_share.value
    return phone.open_hours.value * (peak * share + other * (1 - share))
