"""The plain way to compare with: each unit gets its share of every target group, by hours.

What belongs here: that distribution, worked through case by case in an order. What does not: the optimum
(``tower_whole``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from indforecast.planning.tower_outcome import Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.tower_problem import TowerProblem

Order = Literal["oldest_first", "term_first"]
_HOURS_NEAR = 1e-9


def proportional(problem: TowerProblem, order: Order) -> Outcome:
    """Cases over the units that have the skill, by usable hours; each unit works its own cases in order.

    Parameters
    ----------
    problem : TowerProblem
        The question.
    order : {"oldest_first", "term_first"}
        ``oldest_first``: by the end of the term, those past it first. ``term_first``: those that can still be
        decided in term first, the nearest end first.
    """
    groups, units, months = len(problem.groups), len(problem.units), problem.months
    share = np.where(problem.able, usable_hours(problem), 0.0)
    lists = np.stack(
        [largest_remainder(int(cases), share[group]) for group, cases in _cohorts(problem)]
        or [np.zeros(units, dtype=np.int64)]
    )
    cases = np.zeros((groups, units, months), dtype=np.int64)
    cohorts = np.zeros((problem.cohort_cases.size, months), dtype=np.int64)
    for unit in range(units):
        waiting = lists[:, unit].copy()
        for month in range(months):
            hours, away = problem.capacity[unit, month], problem.away_room[unit, month]
            for cohort in _ordered(problem, order, month):
                if not waiting[cohort] or not problem.open_to[cohort, month]:
                    continue
                group = problem.cohort_group[cohort]
                each = problem.hours[group, unit]
                free = min(hours, away) if problem.away[group, unit] else hours
                done = int(min(waiting[cohort], waiting[cohort] if each <= 0 else (free + _HOURS_NEAR) // each))
                if not done:
                    continue
                waiting[cohort] -= done
                hours -= done * each
                away -= done * each if problem.away[group, unit] else 0.0
                cases[group, unit, month] += done
                cohorts[cohort, month] += done
    return Outcome(problem, cases, cohorts)


def usable_hours(problem: TowerProblem) -> NDArray[np.float64]:
    """Hours a unit may spend on a group: all of them, or those for other places; shape ``[group, unit]``."""
    whole, away = problem.capacity.sum(axis=1), problem.away_room.sum(axis=1)
    return np.asarray(np.where(problem.away, away[None, :], whole[None, :]))


def floors(problem: TowerProblem, plain: Outcome) -> NDArray[np.int64]:
    """Least cases of each group that a plan has to decide, shape ``[group]``: a share of the plain ones."""
    decided = plain.cases.sum(axis=(1, 2))
    return np.asarray(np.floor(problem.costs.floor * decided + 1e-9), dtype=np.int64)


def _cohorts(problem: TowerProblem) -> list[tuple[int, int]]:
    return list(zip(problem.cohort_group.tolist(), problem.cohort_cases.tolist(), strict=True))


def _ordered(problem: TowerProblem, order: Order, month: int) -> NDArray[np.intp]:
    index, term = np.arange(problem.cohort_term.size), problem.cohort_term
    if order == "oldest_first":
        return np.lexsort((index, term))
    return np.lexsort((index, term, term < month + 1))


def largest_remainder(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers in proportion to weights that add up to ``total``; none where every weight is 0.

    Hamilton's method: cut off, then one each in the order of what was cut off, the first in order on a tie.

    Parameters
    ----------
    total : int
        At least 0.
    weights : ndarray of float
        Not negative.
    """
    whole = weights.sum()
    if whole <= 0:
        return np.zeros(weights.size, dtype=np.int64)
    exact = total * (weights / whole)
    given: NDArray[np.int64] = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(-np.round(exact - given, 9), kind="stable")
    given[order[: total - int(given.sum())]] += 1
    return given
