"""What the paths mean: work, queue, staff, money and beds, as tables.

What belongs here: the tables of a plan, where its stocks stand, and what a reader has to know of it. What does
not: the plan on its paths (``composed``) and the models it is made of, one per module beside this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.config.kinds import is_month
from indforecast.config.parameter import parameters_in
from indforecast.domain.periods import to_timestamps
from indforecast.planning.budget import gap_values
from indforecast.planning.case import PlanningCase
from indforecast.planning.composed import PlanPaths, Stock, plan_paths
from indforecast.planning.measures import MEASURES
from indforecast.planning.quoted import FACT_COLUMNS, quoted_facts
from indforecast.planning.tables import gap_table, monthly_table, yearly_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.config.planning import PlanningSettings
    from indforecast.domain.observations import Panel
    from indforecast.domain.series import Hierarchy
    from indforecast.planning.timeline import Timeline


__all__ = ["FACT_COLUMNS", "START_COLUMNS", "Plan", "PlanNote", "plan"]

#: Parts of names of figures that a law sets: tracks with their terms, readings of the extension.
_LAID_DOWN = (".tracks.", ".extensions.")

START_COLUMNS = ("measure", "series_id", "period", "value", "unit", "counted_in", "rolled_months")


@dataclass(frozen=True)
class PlanNote:
    """Something a reader has to know about this plan, in both languages."""

    text_en: str
    text_nl: str


@dataclass(frozen=True)
class Plan:
    """What a forecast means.

    Parameters
    ----------
    monthly : DataFrame
        ``measure, series_id, period, minimum, medio, maximum, unit``; forecast months only.
    yearly : DataFrame
        ``measure, series_id, year, minimum, medio, maximum, unit, months``; the months of a year that are in it,
        observed ones included when history was given.
    facts : DataFrame
        Published figures to show beside them (``FACT_COLUMNS``), the budget law's among them.
    start : DataFrame
        Where stocks stand at the forecast origin (``START_COLUMNS``): counted in one month, carried on by what was
        observed for ``rolled_months``.
    notes : tuple of PlanNote
        What this run had to do that a reader should know.
    imbalance_cases : float
        Largest difference over all streams, paths and months between opening stock + inflow − decisions and open
        cases. Must be 0.
    """

    monthly: pd.DataFrame
    yearly: pd.DataFrame
    facts: pd.DataFrame
    start: pd.DataFrame
    notes: tuple[PlanNote, ...]
    imbalance_cases: float


def plan(
    inflow: Mapping[str, NDArray[np.float64]],
    periods: NDArray[np.datetime64],
    hierarchy: Hierarchy,
    settings: PlanningSettings,
    levels: tuple[float, float, float],
    *,
    history: Panel | None = None,
) -> Plan:
    """Work, queue, staff, money and beds from joint paths.

    Parameters
    ----------
    inflow : mapping of str to ndarray
        Whole persons or cases per month, shape ``[path, period]``, for every base stream of the hierarchy.
    periods : ndarray of datetime64[M]
        Consecutive forecast months, shape ``[period]``.
    hierarchy : Hierarchy
        Which streams are work and which need reception.
    settings : PlanningSettings
        Every figure used.
    levels : tuple of float
        Quantile levels of minimum, medio and maximum.
    history : Panel, optional
        What was observed, as known at the vintage. With it, stocks are carried from the month they were counted in
        to the forecast origin, and a calendar year holds its observed months. Without it, stocks stand at the
        origin as they were counted.

    Raises
    ------
    ValueError
        If a stream is missing, shapes differ, months are not consecutive, or counts are negative or not finite.
    """
    return plan_tables(plan_paths(PlanningCase(inflow, periods, hierarchy, settings, levels, history)))


def plan_tables(paths: PlanPaths) -> Plan:
    """Bands, gaps, starting stocks and notes of a plan that was computed on every path.

    Parameters
    ----------
    paths : PlanPaths
        The plan.
    """
    case, measured, months = paths.case, paths.measured, paths.months
    return Plan(
        monthly=monthly_table(measured, months, len(case.periods), case.levels),
        yearly=_with_gaps(
            yearly_table(measured, months, case.levels),
            gap_values(measured, months, case.settings),
            gap_values(measured, months, case.settings, need="budget_with_backlog_eur"),
            case.levels,
        ),
        facts=quoted_facts(case.settings),
        start=_start(paths.stocks, case.settings, case.periods),
        notes=_notes(paths.lines, paths.stocks, case.settings, case.periods),
        imbalance_cases=paths.imbalance_cases,
    )


def _with_gaps(
    yearly: pd.DataFrame,
    gaps: dict[int, NDArray[np.float64]],
    with_backlog: dict[int, NDArray[np.float64]],
    levels: tuple[float, float, float],
) -> pd.DataFrame:
    if not gaps:
        return yearly
    both = (gap_table(gaps, levels), gap_table(with_backlog, levels, backlog=True))
    return pd.concat([yearly, *both], ignore_index=True)


def _month(text: str) -> np.datetime64:
    return np.datetime64(text, "M")


def _start(stocks: Sequence[Stock], settings: PlanningSettings, periods: NDArray[np.datetime64]) -> pd.DataFrame:
    """Stocks at the forecast origin: equal on every path, because everything before is observed."""
    rows = []
    for stock in stocks:
        measure, series_id, values, opened = stock.measure, stock.series_id, stock.counts, stock.opened
        rolled = values.shape[1] - periods.size
        counted = (
            settings.reception.residents[opened]
            if measure == "residents"
            else settings.streams[series_id].open_cases[opened]
        )
        rows.append(
            {
                "measure": measure,
                "series_id": series_id,
                "period": to_timestamps(periods[:1] - 1)[0],
                "value": round(float(values[0, rolled - 1]) if rolled else counted.value, 1),
                "unit": MEASURES[measure].unit,
                "counted_in": opened,
                "rolled_months": rolled,
            }
        )
    return pd.DataFrame(rows, columns=list(START_COLUMNS))


def _notes(
    lines: Sequence[Timeline],
    stocks: Sequence[Stock],
    settings: PlanningSettings,
    periods: NDArray[np.datetime64],
) -> tuple[PlanNote, ...]:
    notes = []
    origin = periods[0] - 1
    filled = sum(line.filled for line in lines)
    if filled:
        notes.append(
            PlanNote(
                f"{filled} missing observed months stand at the mean of the twelve months before.",
                f"{filled} ontbrekende maanden staan op het gemiddelde van de twaalf maanden ervoor.",
            )
        )
    late = ", ".join(sorted({stock.opened for stock in stocks if _month(stock.opened) > origin}))
    if late:
        notes.append(
            PlanNote(
                f"No stock was counted by the forecast origin; that of {late} is used (hindsight).",
                f"Tot de laatste waarneming is niets geteld; die van {late} is gebruikt (kennis achteraf).",
            )
        )
    held = {
        stock.opened for stock in stocks if _month(stock.opened) < origin and stock.counts.shape[1] == periods.size
    }
    if held:
        behind = ", ".join(sorted(held))
        notes.append(
            PlanNote(
                f"Stocks counted in {behind} stand at the forecast origin without change.",
                f"Voorraden geteld in {behind} zijn ongewijzigd als beginvoorraad genomen.",
            )
        )
    planned = ", ".join(_dated_after(settings, origin))
    if planned:
        notes.append(
            PlanNote(
                f"Figures dated after the forecast origin are used: {planned}.",
                f"Cijfers van na de laatste waarneming zijn gebruikt: {planned}.",
            )
        )
    return tuple(notes)


def _dated_after(settings: PlanningSettings, origin: np.datetime64) -> list[str]:
    """Paths of figures that come into force after the origin: plans, or hindsight in a replay.

    Not those that a law sets: it is known before it holds.
    """
    counted = ("open_cases", "residents", "status_holders")  # stocks: one is chosen, at or before the origin
    paths = [path.rpartition(".") for path, _ in parameters_in(settings)]
    later = [
        name
        for name, _, key in paths
        if is_month(key)
        and _month(key) > origin
        and name.rpartition(".")[2] not in counted
        and not any(part in name for part in _LAID_DOWN)
    ]
    return list(dict.fromkeys(later))
