"""How much of the uncertainty in staff, money, stock and beds comes from inflow, and how much from elsewhere.

Inputs are drawn independently: joint paths of inflow, factors on hours per case, what today's hours really are
where they are assumed, how often applicants of late cases go to court, how long people stay. Of each measure and
year the variance is shared out over those that it depends on (``variance``).

What belongs here: the table, with staff and money as functions of their inputs. What does not: what goes through
the queue (``uncertainty_queue``), the estimators, drawing factors (``complexity``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.planning.measures import ALL
from indforecast.planning.stays import stay_factors
from indforecast.planning.tables import year_spans
from indforecast.planning.uncertainty_queue import QueueRuns, shares_of_beds, shares_of_queue
from indforecast.planning.variance import shares

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.variance import Shares

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
#: Inputs of staff and of money.
STAFF_SOURCES = ("inflow", "hours_per_case", "hours_today")
MONEY_SOURCES = ("inflow", "hours_per_case")
_MONTHS_A_YEAR = 12


def plan_uncertainty(
    case: PlanningCase,
    factors: Mapping[str, NDArray[np.float64]],
    court_factor: NDArray[np.float64] | None = None,
    levels: Mapping[str, NDArray[np.float64]] | None = None,
    *,
    pairings: int = 4,
    queue_draws: int = 400,
) -> pd.DataFrame:
    """Shares of each source of uncertainty in staff, money, open cases, penalties and beds, per calendar year.

    Parameters
    ----------
    case : PlanningCase
        Paths, history and figures.
    factors : mapping of series_id to ndarray
        Factors on hours per case, shape ``[path, period]``, drawn independently of the inflow.
    court_factor : ndarray of float, optional
        Factors on the share of notices that go to court, shape ``[path]``, drawn independently; 1 without.
    levels : mapping of series_id to ndarray, optional
        Factors on today's hours per case where they are not known, shape ``[path]``, drawn independently; 1
        without. Money does not have it: the need equals the law in the calibration year whatever the hours are.
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
    staff = _shares_of_staff(case, factors, levels or {}, pairings)
    money = _shares_of_money(case, factors, pairings)
    runs, years = QueueRuns(case, factors, min(queue_draws, case.paths)), list(year_spans(case.periods))
    through = rows_of(
        [(measure, ALL, year) for measure in ("open_cases", "penalties_eur") for year in years],
        shares_of_queue(runs, court_factor),
    )
    stays = stay_factors(case.paths, case.settings.reception.stay_spread.value)
    housed = rows_of([("beds", ALL, year) for year in years], shares_of_beds(runs, stays))
    return pd.DataFrame([*staff, *money, *through, *housed], columns=list(UNCERTAINTY_COLUMNS))


def factor_table(case: PlanningCase, factors: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame:
    """Bands of the factors on hours per case per calendar year, each year's mean on each path.

    Parameters
    ----------
    case : PlanningCase
        Its periods and levels.
    factors : mapping of series_id to ndarray
        Shape ``[path, period]``.

    Returns
    -------
    DataFrame
        ``series_id, year, minimum, medio, maximum``.
    """
    rows = [
        (name, year, *np.round(np.quantile(values[:, columns].mean(axis=1), case.levels), 4))
        for name, values in factors.items()
        for year, columns in year_spans(case.periods).items()
    ]
    return pd.DataFrame(rows, columns=["series_id", "year", "minimum", "medio", "maximum"])


def staff_bands(case: PlanningCase, factors: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame:
    """Direct staff for the inflow with today's hours per case and with hours that move, all streams together.

    Parameters
    ----------
    case : PlanningCase
        Paths, figures and levels.
    factors : mapping of series_id to ndarray
        Shape ``[path, period]``.

    Returns
    -------
    DataFrame
        ``year, hours, minimum, medio, maximum`` in FTE, mean of the year; ``hours`` is ``today`` or ``moving``.
    """
    productive = case.settings.staffing.productive_hours.value
    staff = {"today": np.zeros((case.paths, case.periods.size))}
    staff["moving"] = staff["today"].copy()
    for name in case.work:
        direct = case.inflow[name] * (
            case.settings.streams[name].handling_hours.value * _MONTHS_A_YEAR / productive
        )
        staff["today"] += direct
        staff["moving"] += direct * factors[name]
    rows = [
        (year, hours, *np.round(np.quantile(values[:, columns].mean(axis=1), case.levels), 1))
        for year, columns in year_spans(case.periods).items()
        for hours, values in staff.items()
    ]
    return pd.DataFrame(rows, columns=["year", "hours", "minimum", "medio", "maximum"])


def _shares_of_staff(
    case: PlanningCase,
    factors: Mapping[str, NDArray[np.float64]],
    levels: Mapping[str, NDArray[np.float64]],
    pairings: int,
) -> list[tuple[object, ...]]:
    """Direct staff for the inflow, per stream and together."""
    settings, spans = case.settings, year_spans(case.periods)
    months = np.array([columns.stop - columns.start for columns in spans.values()])
    scale = _MONTHS_A_YEAR / months / settings.staffing.productive_hours.value
    known = np.ones(case.paths)

    def evaluate(choice: tuple[NDArray[np.intp], ...]) -> NDArray[np.float64]:
        inflow, hours, today = choice
        staff = []
        for name in case.work:
            level = levels.get(name, known)[today] * settings.streams[name].handling_hours.value
            staff.append(_of_years(case.inflow[name][inflow] * factors[name][hours]) * scale * level[:, None])
        return np.concatenate([*staff, np.sum(staff, axis=0)], axis=1)

    def _of_years(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack([values[:, columns].sum(axis=1) for columns in spans.values()], axis=1)

    found = shares(evaluate, STAFF_SOURCES, case.paths, pairings=pairings)
    return rows_of([("staffing_fte", name, year) for name in (*case.work, ALL) for year in spans], found)


def _shares_of_money(
    case: PlanningCase, factors: Mapping[str, NDArray[np.float64]], pairings: int
) -> list[tuple[object, ...]]:
    """The budget need for the inflow, whose prices follow the hours; what is held constant does not vary."""
    spans = year_spans(case.periods)

    def evaluate(choice: tuple[NDArray[np.intp], ...]) -> NDArray[np.float64]:
        inflow, hours = choice
        money = np.zeros((inflow.size, len(spans)))
        for name in case.work:
            moved = case.inflow[name][inflow] * factors[name][hours] * case.settings.price_eur(name)
            money += np.stack([moved[:, columns].sum(axis=1) for columns in spans.values()], axis=1)
        return money

    found = shares(evaluate, MONEY_SOURCES, case.paths, pairings=pairings)
    return rows_of([("budget_eur", ALL, year) for year in spans], found)


def rows_of(labels: Sequence[tuple[str, str, int]], found: Shares) -> list[tuple[object, ...]]:
    """Rows of ``UNCERTAINTY_COLUMNS``; ``labels`` are measure, series and year of each result."""
    return [
        (
            *label,
            source,
            float(found.shapley[place, column]),
            float(found.standard_error[place, column]),
            float(found.first_order[place, column]),
            float(found.variance[column]),
        )
        for column, label in enumerate(labels)
        for place, source in enumerate(found.inputs)
    ]
