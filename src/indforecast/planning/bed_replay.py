"""Reception as it would have been foreseen on a past day: paths of then, counts of then, figures of then.

Asylum cases are one queue, as they were counted then; its decisions empty beds. Stays and the share granted are
drawn from what the counts of then say (``stay_fit``), so the bands hold inflow, stays and decision capacity.

What belongs here: putting those together. What does not: the paths (``forecasting.past_paths``), the stocks
(``residents``), the questions themselves (``config``: ``planning.places.cases``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.domain.seeds import generator_for
from indforecast.planning.queue import reflected, rooms
from indforecast.planning.residents import ReceptionPaths, reception, whole_persons
from indforecast.planning.stay_fit import FittedStays, fit_stays
from indforecast.planning.stays import Stays
from indforecast.planning.timeline import join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from indforecast.config.planning import ReceptionPlanning
    from indforecast.config.planning_places import KnownThen
    from indforecast.domain.observations import Panel

_YEAR: Final = 12


@dataclass(frozen=True)
class Foreseen:
    """What the chain of forecast, queue and beds says.

    Parameters
    ----------
    months : ndarray of datetime64[M]
        From the month after the count, shape ``[month]``.
    reception : ReceptionPaths
        Along them.
    queue_months : ndarray of datetime64[M]
        From the month after the count of open cases.
    open_cases : ndarray of float
        Asylum cases at each month's end, shape ``[path, queue month]``.
    fit : FittedStays
        What the counts said.
    """

    months: NDArray[np.datetime64]
    reception: ReceptionPaths
    queue_months: NDArray[np.datetime64]
    open_cases: NDArray[np.float64]
    fit: FittedStays

    def at(self, month: np.datetime64) -> int:
        """Column of a month in ``reception``."""
        return int((month - self.months[0]).astype(np.int64))


@dataclass(frozen=True)
class Hindsight:
    """Figures that were known later, to say what a miss comes from; None leaves what was foreseen.

    Parameters
    ----------
    inflow : mapping of series_id to ndarray, optional
        What came, shape ``[1, period]``.
    decided : ndarray of float, optional
        Asylum cases decided, along the queue's months.
    grant_share, to_housing : ndarray of float, optional
        Along the reception's months.
    status_share : float, optional
        Of the residents counted at the start.
    """

    inflow: Mapping[str, NDArray[np.float64]] | None = None
    decided: NDArray[np.float64] | None = None
    grant_share: NDArray[np.float64] | None = None
    to_housing: NDArray[np.float64] | None = None
    status_share: float | None = None


def foresee(
    inflow: Mapping[str, NDArray[np.float64]],
    periods: NDArray[np.datetime64],
    history: Panel,
    then: KnownThen,
    settings: ReceptionPlanning,
    *,
    hindsight: Hindsight | None = None,
) -> Foreseen:
    """Residents and open cases on every path.

    Parameters
    ----------
    inflow : mapping of series_id to ndarray
        Paths of the streams that need reception, shape ``[path, period]``.
    periods : ndarray of datetime64[M]
        Shape ``[period]``.
    history : Panel
        What was observed, as known then.
    then : KnownThen
        Counts and figures of then.
    settings : ReceptionPlanning
        Which streams need a place and how they enter; months to departure.
    hindsight : Hindsight, optional
        What to take as it came.
    """
    told = hindsight or Hindsight()
    settings = as_of_then(settings, then)
    count = next(iter(inflow.values())).shape[0]
    came = {
        name: np.broadcast_to(told.inflow[name], paths.shape) if told.inflow else paths
        for name, paths in inflow.items()
    }
    applying = [name for name, group in settings.enters_as.items() if group == "applicant"]
    joining = [name for name, group in settings.enters_as.items() if group == "status_holder"]
    opened, counted = np.datetime64(then.opened, "M"), np.datetime64(then.open_cases_month, "M")

    def along(
        names: list[str], after: np.datetime64, *, needing: bool
    ) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
        lines = [join(name, came, periods, history, after=after) for name in names]
        shares = [settings.needs_reception[name].value if needing else 1.0 for name in names]
        parts = [whole_persons(line.counts * share) for line, share in zip(lines, shares, strict=True)]
        return lines[0].months, np.sum(parts, axis=0)

    queue_months, cases = along(applying, counted, needing=False)
    capacity = _capacity(then, count) if told.decided is None else np.broadcast_to(told.decided, cases.shape)
    arrived = then.open_cases.value + np.cumsum(cases, axis=1)
    decided = reflected(arrived, rooms(np.broadcast_to(capacity, cases.shape)))
    months, applicants = along(applying, opened, needing=True)
    _, family = along(joining, opened, needing=True)
    fit = fit_known(history, then, settings)
    points = fit.draw(count, str(history.vintage))
    in_reception = _share_in_reception(history, applying, settings)
    decisions = np.diff(decided, axis=1, prepend=0.0)[:, -months.size :] * in_reception
    stays = _stays(fit, points, months.size, settings.months_to_departure.value)
    stays = replace(
        stays,
        grant_share=stays.grant_share if told.grant_share is None else told.grant_share[-months.size :],
        to_housing=stays.to_housing if told.to_housing is None else told.to_housing[-months.size :],
    )
    return Foreseen(
        months=months,
        reception=reception(
            applicants,
            family,
            stays,
            residents=then.residents[then.opened].value,
            status_share=fit.status_share[points] if told.status_share is None else told.status_share,
            decided=decisions,
        ),
        queue_months=queue_months,
        open_cases=arrived - decided,
        fit=fit,
    )


def as_of_then(settings: ReceptionPlanning, then: KnownThen) -> ReceptionPlanning:
    """Today's figures of reception with those of then in their place.

    Parameters
    ----------
    settings : ReceptionPlanning
        Today's.
    then : KnownThen
        Figures of then.
    """
    changed = {"needs_reception": {**settings.needs_reception, **then.needs_reception}}
    if then.months_to_departure is None:
        return settings.model_copy(update=changed)
    return settings.model_copy(update={**changed, "months_to_departure": then.months_to_departure})


def fit_known(history: Panel, then: KnownThen, settings: ReceptionPlanning) -> FittedStays:
    """Stays fitted to the counts of then with the inflow that was known then.

    The last count that the model starts from is fitted to as well.
    """
    settings = as_of_then(settings, then)
    start, end = np.datetime64(then.fitted_from, "M"), np.datetime64(then.opened, "M")
    within = (history.periods > start) & (history.periods <= end)
    groups = {group: np.zeros(int(within.sum())) for group in ("applicant", "status_holder")}
    for name, group in settings.enters_as.items():
        row = history.series_ids.index(name)
        groups[group] += np.nan_to_num(history.observed[row, within]) * settings.needs_reception[name].value
    return fit_stays(
        groups["applicant"],
        groups["status_holder"],
        history.periods[within],
        residents={month: count.value for month, count in then.residents.items()},
        shares={month: share.value for month, share in then.status_holders.items()},
        to_departure=settings.months_to_departure.value,
        opened=then.fitted_from,
    )


def _stays(fit: FittedStays, points: NDArray[np.intp], periods: int, to_departure: float) -> Stays:
    def spread(figure: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.broadcast_to(figure[points][:, None], (points.size, periods))

    return Stays(
        to_decision=spread(fit.to_decision),
        to_housing=spread(fit.to_housing),
        to_departure=to_departure,
        grant_share=spread(fit.grant_share),
    )


def _capacity(then: KnownThen, paths: int) -> NDArray[np.float64]:
    """Cases a month on each path, evenly between what is decided and what is wanted; shape ``[path, 1]``."""
    low, high = then.decided_per_month.value, then.decided_per_month_wanted.value
    ranks = generator_for("decision capacity", then.open_cases_month).permutation(paths)
    return (low + (high - low) * (ranks + 0.5) / paths)[:, None]


def _share_in_reception(history: Panel, applying: list[str], settings: ReceptionPlanning) -> float:
    """Share of those who applied in the last year that needed a place."""
    last = {
        name: np.nan_to_num(history.observed[history.series_ids.index(name), -_YEAR:]).sum() for name in applying
    }
    needed = sum(total * settings.needs_reception[name].value for name, total in last.items())
    return float(needed / sum(last.values()))
