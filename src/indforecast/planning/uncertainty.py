"""How much of the uncertainty in staff, money and stock comes from inflow, and how much from hours per case.

Three inputs are drawn independently: joint paths of inflow, factors on hours per case, and how often applicants of
late cases go to court. Of each measure and year the variance is shared out over them (``variance``).

What belongs here: which measures, and each of them as a function of the inputs. What does not: the estimators,
drawing factors (``complexity``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.planning.case_queues import case_queues
from indforecast.planning.late_plan import run_late
from indforecast.planning.measures import ALL
from indforecast.planning.tables import year_spans
from indforecast.planning.variance import shares

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase

UNCERTAINTY_COLUMNS = (
    "measure",
    "series_id",
    "year",
    "source_of_uncertainty",
    "share",
    "standard_error",
    "alone",
    "variance",
)
SOURCES = ("inflow", "hours_per_case", "appeals")
_MONTHS_A_YEAR = 12


def plan_uncertainty(
    case: PlanningCase,
    factors: Mapping[str, NDArray[np.float64]],
    court_factor: NDArray[np.float64] | None = None,
    *,
    pairings: int = 4,
    queue_draws: int = 400,
) -> pd.DataFrame:
    """Shares of each source of uncertainty in staff, money, open cases and penalties, per calendar year.

    Parameters
    ----------
    case : PlanningCase
        Paths, history and figures.
    factors : mapping of series_id to ndarray
        Factors on hours per case, shape ``[path, period]``, drawn independently of the inflow.
    court_factor : ndarray of float, optional
        Factors on the share of notices that go to court, shape ``[path]``, drawn independently; 1 without.
    pairings : int
        How many other draws each one is paired with, for measures that need no queue.
    queue_draws : int
        Draws used for measures that need a queue; all paths when they are fewer.

    Returns
    -------
    DataFrame
        ``UNCERTAINTY_COLUMNS``: ``share`` is the Shapley effect (adds up to 1 over the sources, or all 0 where a
        measure does not vary), ``alone`` the part that a source has without the others (first-order Sobol index).
    """
    staff = _shares_of_staff(case, factors, pairings)
    queue = _shares_of_queue(case, factors, court_factor, min(queue_draws, case.paths))
    return pd.DataFrame([*staff, *queue], columns=list(UNCERTAINTY_COLUMNS))


def _shares_of_staff(
    case: PlanningCase, factors: Mapping[str, NDArray[np.float64]], pairings: int
) -> list[tuple[object, ...]]:
    """Direct staff for the inflow, per stream and together, and the budget need, whose prices follow the hours."""
    settings, spans = case.settings, year_spans(case.periods)
    productive = settings.staffing.productive_hours.value

    def evaluate(choice: tuple[NDArray[np.intp], ...]) -> NDArray[np.float64]:
        inflow, hours = choice
        staff, money = [], 0.0
        for name in case.work:
            figures = settings.streams[name]
            moved = case.inflow[name][inflow] * factors[name][hours]
            per_year = np.stack([moved[:, columns].sum(axis=1) for columns in spans.values()], axis=1)
            months = np.array([columns.stop - columns.start for columns in spans.values()])
            staff.append(per_year * figures.handling_hours.value * (_MONTHS_A_YEAR / months) / productive)
            money = money + per_year * settings.price_eur(name)
        return np.concatenate([*staff, np.sum(staff, axis=0), money], axis=1)

    names = [*(("staffing_fte", name) for name in case.work), ("staffing_fte", ALL), ("budget_eur", ALL)]
    found = shares(evaluate, SOURCES[:2], case.paths, pairings=pairings)
    labels = [(measure, series_id, year) for measure, series_id in names for year in spans]
    return _rows(labels, found.inputs, found.shapley, found.standard_error, found.first_order, found.variance)


def _shares_of_queue(
    case: PlanningCase,
    factors: Mapping[str, NDArray[np.float64]],
    court_factor: NDArray[np.float64] | None,
    draws: int,
) -> list[tuple[object, ...]]:
    """Open cases and penalties: heavier cases mean fewer decisions at the same capacity."""
    spans = year_spans(case.periods)
    courts = np.ones(case.paths) if court_factor is None else court_factor
    queues: dict[tuple[bytes, bytes], tuple[NDArray[np.float64], NDArray[np.float64]]] = {}

    def run(inflow: NDArray[np.intp], hours: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        key = inflow.tobytes(), hours.tobytes()
        if key not in queues:
            slower = {name: 1.0 / factors[name][hours] for name in case.work}
            streams, _ = case_queues(case.select(inflow), slower)
            window = case.periods
            open_cases = np.sum([s.queue.open_cases[:, -window.size :] for s in streams], axis=0)
            late = run_late(streams, window, case.settings, chance=False)
            cents = np.sum([paths.penalties_cents for paths in late.late.values()], axis=0)
            queues[key] = (
                np.stack([open_cases[:, columns.stop - 1] for columns in spans.values()], axis=1),
                np.stack([cents[:, columns].sum(axis=1) / 100 for columns in spans.values()], axis=1),
            )
        return queues[key]

    def evaluate(choice: tuple[NDArray[np.intp], ...]) -> NDArray[np.float64]:
        inflow, hours, behaviour = choice
        open_cases, penalties = run(inflow, hours)
        return np.concatenate([open_cases, penalties * courts[behaviour][:, None]], axis=1)

    found = shares(evaluate, SOURCES, draws)
    labels = [(measure, ALL, year) for measure in ("open_cases", "penalties_eur") for year in spans]
    return _rows(labels, found.inputs, found.shapley, found.standard_error, found.first_order, found.variance)


def _rows(
    labels: Sequence[tuple[str, str, int]],
    inputs: Sequence[str],
    share: NDArray[np.float64],
    error: NDArray[np.float64],
    alone: NDArray[np.float64],
    variance: NDArray[np.float64],
) -> list[tuple[object, ...]]:
    return [
        (
            *label,
            source,
            float(share[place, column]),
            float(error[place, column]),
            float(alone[place, column]),
            float(variance[column]),
        )
        for column, label in enumerate(labels)
        for place, source in enumerate(inputs)
    ]
