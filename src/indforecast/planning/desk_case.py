"""Desks for a planning case: observed months before the paths, decisions from the queue, the published year.

What belongs here: joining, measures for the release's tables, the check against the published year. What does not:
what cases bring (``desks``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.config.planning_desks import desk_visits_per_case
from indforecast.planning.desks import DeskPaths, anchors_of, run_desks, solve_rates
from indforecast.planning.measures import ALL
from indforecast.planning.streams import run_stream
from indforecast.planning.tables import PathValues
from indforecast.planning.timeline import join, opening_month

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from indforecast.config.planning import PlanningSettings
    from indforecast.config.planning_desks import DesksPlanning, Surge
    from indforecast.planning.case import PlanningCase
    from indforecast.planning.streams import StreamPaths

_YEAR = 12


@dataclass(frozen=True)
class AnchorCheck:
    """What the solved rates give for the published year, driver by driver, and for the rise to it.

    Parameters
    ----------
    visits, calls : float
        Of the year, all of them.
    gathered : float
        Documents handed out elsewhere than at a desk.
    peak_month : int
        Calendar month in which most documents of the streams are handed out.
    published_rise : float
        How many more visits than the year before.
    explained_rise : float
        Of them by surges and by drivers whose cases of both years are published.
    """

    visits: float
    calls: float
    gathered: float
    peak_month: int
    published_rise: float
    explained_rise: float


def desks_of_streams(
    streams: Iterable[StreamPaths],
    arrivals: Mapping[str, NDArray[np.float64]],
    months: NDArray[np.datetime64],
    settings: PlanningSettings,
    *,
    surges: Iterable[Surge] | None = None,
) -> DeskPaths:
    """Contacts and staff of streams whose queues have run.

    Parameters
    ----------
    streams : iterable of StreamPaths
        Streams with work.
    arrivals : mapping of series_id to ndarray
        Streams of arrivals, shape ``[path, month of its own]``, ending with ``months``.
    months : ndarray of datetime64[M]
        Wanted months.
    settings : PlanningSettings
        Figures.
    surges : iterable of Surge, optional
        Instead of the settings' own.
    """
    run = list(streams)
    applications = {**arrivals, **{one.series_id: one.line.counts for one in run}}
    decisions = {one.series_id: one.queue.decisions for one in run}
    hours = settings.staffing.productive_hours.value
    return run_desks(applications, decisions, months, settings.desks, hours, surges=surges)


def run_desk_case(case: PlanningCase, *, surges: Iterable[Surge] | None = None) -> DeskPaths:
    """Contacts and staff of a planning case in its forecast months.

    Parameters
    ----------
    case : PlanningCase
        Paths, history and figures.
    surges : iterable of Surge, optional
        Instead of the settings' own.
    """
    streams = []
    for name in case.work:
        figures = case.settings.streams[name]
        opened = opening_month(figures.open_cases, case.origin)
        line = join(name, case.inflow, case.periods, case.history, after=np.datetime64(opened, "M"))
        streams.append(run_stream(name, line, figures, opened))
    # A year of observed arrivals is enough for every delay.
    year_before = case.origin - _YEAR
    arrivals = {
        name: join(name, case.inflow, case.periods, case.history, after=year_before).counts
        for name in case.inflow
        if name not in case.work
    }
    return desks_of_streams(streams, arrivals, case.periods, case.settings, surges=surges)


def desk_values(desks: DeskPaths) -> list[PathValues]:
    """Measures for the release's tables: per stream, ``other`` and ``surge``, the total last."""
    values = []
    for measure, parts in (
        ("desk_visits", desks.visits),
        ("biometrics", desks.biometrics),
        ("documents_handed_out", desks.documents),
        ("telephone_calls", desks.calls),
    ):
        shown = {name: part for name, part in parts.items() if np.any(part)}
        values += [PathValues(measure, name, part) for name, part in shown.items()]
        values.append(PathValues(measure, ALL, np.sum([*parts.values()], axis=0)))
    values.append(PathValues("desk_fte", ALL, desks.desk_fte))
    values.append(PathValues("telephone_fte", ALL, desks.phone_fte))
    return values


def check_anchors(figures: DesksPlanning, season: Mapping[str, NDArray[np.float64]] | None = None) -> AnchorCheck:
    """The published year once more, month by month, from its published cases.

    Parameters
    ----------
    figures : DesksPlanning
        Figures with anchors.
    season : mapping of series_id to ndarray, optional
        Twelve weights of a stream's months, January first; even without it.
    """
    anchors = anchors_of(figures)
    months = np.arange(f"{anchors.year}-01", f"{int(anchors.year) + 1}-01", dtype="datetime64[M]")
    cases: dict[str, dict[str, NDArray[np.float64]]] = {"application": {}, "decision": {}}
    for driver in figures.drivers.values():
        weights = np.ones(_YEAR) if season is None else season.get(driver.series_id, np.ones(_YEAR))
        cases[driver.event][driver.series_id] = driver.anchor_cases.value * (weights / weights.sum())[None, :]
    fell = [figures.surges[name] for name in anchors.surges]
    desks = run_desks(cases["application"], cases["decision"], months, figures, 1_000.0, surges=fell)
    rates = solve_rates(figures)
    grown = sum(
        desk_visits_per_case(driver) * (driver.anchor_cases.value - driver.previous_cases.value)
        for driver in figures.drivers.values()
        if driver.previous_cases is not None
    )
    return AnchorCheck(
        visits=float(np.sum([*desks.visits.values()])),
        calls=float(np.sum([*desks.calls.values()])),
        gathered=float(desks.gathered.sum()),
        peak_month=int(np.argmax(sum(part[0] for name, part in desks.documents.items() if name != "surge"))) + 1,
        published_rise=anchors.visits_rise.value,
        explained_rise=rates.surge_visits + rates.visits_factor * grown,
    )
