"""From fractions of cases to whole ones, and fewer units per target group where that is cheaper.

Fractions are cut off; then, in the order of what was cut off, a case comes back where hours and open cases allow
(largest remainder). A group that is still below its floor takes the place of cases that are worth least; then
hours that are still free take the case that is worth most. What that loses against the
linear programme is known for each plan, because the programme is a lower bound.

What belongs here: those steps. What does not: the programme (``tower_lp``), the account (``tower_outcome``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.tower_lp import CohortAssignment, Solution, TowerProgramme
from indforecast.planning.tower_outcome import Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.tower_problem import TowerProblem

#: A value this near a whole number is that number; hours may miss by rounding of sums.
_NEAR, _HOURS_NEAR = 1e-6, 1e-9
#: How often splits are priced anew, and how often without a cheaper plan.
_ROUNDS, _PATIENCE = 12, 4
#: Prices this near are the same; by how much equal ones are moved apart.
_SAME, _APART = 1e-6, 0.05


def whole_cases(
    problem: TowerProblem, solution: Solution, floors: NDArray[np.int64], assignment: CohortAssignment
) -> Outcome:
    """A plan in whole cases near a solution in fractions.

    Parameters
    ----------
    problem : TowerProblem
        The question.
    solution : Solution
        In fractions.
    floors : ndarray of int
        Least cases of a group, shape ``[group]``: those groups come first.
    assignment : CohortAssignment
        Of the same question.
    """
    room = _Room(problem, np.floor(solution.cases + _NEAR).astype(np.int64))
    rest = solution.cases - room.cases
    places = np.argwhere(rest > _NEAR)
    short = room.cases.sum(axis=(1, 2)) < floors
    order = np.lexsort((*places.T[::-1], -np.round(rest[tuple(places.T)], 9), ~short[places[:, 0]]))
    for group, unit, month in places[order]:
        if room.fits(group, unit, month):
            room.add(group, unit, month, 1)
    worth = solution.prices.decided
    for group in np.flatnonzero(room.cases.sum(axis=(1, 2)) < floors).tolist():
        while room.cases[group].sum() < floors[group] and room.make_way(group, problem.able[group], worth, floors):
            pass
    used = room.cases.sum(axis=2) > 0
    quickest = [
        np.flatnonzero(there)[np.argsort(hours[there], kind="stable")]
        for there, hours in zip(used, problem.hours, strict=True)
    ]
    for month in range(problem.months):
        for group in np.argsort(-np.round(worth[:, month], 6), kind="stable").tolist():
            for unit in quickest[group].tolist():
                if worth[group, month] > problem.costs.away_case * problem.away[group, unit]:
                    room.add(group, unit, month, room.most(group, unit, month))
    return Outcome(problem, room.cases, assignment.assign(room.cases.sum(axis=1)))


class _Room:
    """What is still possible beside the cases given out so far."""

    def __init__(self, problem: TowerProblem, cases: NDArray[np.int64]) -> None:
        self._problem = problem
        self.cases = cases
        self._hours = problem.capacity - np.einsum("gut,gu->ut", cases, problem.hours)
        self._away = problem.away_room - np.einsum("gut,gu->ut", cases, problem.hours * problem.away)
        self._open = problem.arrived - np.cumsum(cases.sum(axis=1), axis=1)

    def most(self, group: int, unit: int, month: int) -> int:
        """Most further cases of a group in a unit and month."""
        hours = self._problem.hours[group, unit]
        free = self._hours[unit, month]
        if self._problem.away[group, unit]:
            free = min(free, self._away[unit, month])
        by_hours = np.inf if hours <= 0 else np.floor((free + _HOURS_NEAR) / hours)
        return int(max(0, min(by_hours, self._open[group, month:].min())))

    def fits(self, group: int, unit: int, month: int) -> bool:
        return self.most(group, unit, month) >= 1

    def make_way(
        self, group: int, usable: NDArray[np.bool_], worth: NDArray[np.float64], floors: NDArray[np.int64]
    ) -> bool:
        """One more case of a group where it costs least, with what it pushes aside; whether there was a place."""
        best: tuple[float, int, int, list[int]] | None = None
        costs = self._problem.costs
        for unit in np.flatnonzero(usable).tolist():
            new = costs.away_case * bool(self._problem.away[group, unit])
            new += 0 if self.cases[group, unit].any() else costs.split
            for month in range(self._problem.months):
                if self._open[group, month:].min() < 1:
                    continue
                aside = self._aside(group, unit, month, worth[:, month], floors)
                if aside is not None and (best is None or aside[0] + new < best[0]):
                    best = (aside[0] + new, unit, month, aside[1])
        if best is None:
            return False
        _, unit, month, others = best
        for other in others:
            self.add(other, unit, month, -1)
        self.add(group, unit, month, 1)
        return True

    def _aside(
        self, group: int, unit: int, month: int, worth: NDArray[np.float64], floors: NDArray[np.int64]
    ) -> tuple[float, list[int]] | None:
        """What a case would push aside in a unit and month: its worth and the groups; none where it cannot."""
        hours, away = self._problem.hours[:, unit], self._problem.away[:, unit]
        free, far = self._hours[unit, month], self._away[unit, month]
        there = self.cases[:, unit, month].copy()
        spare = self.cases.sum(axis=(1, 2)) - floors
        lost = 0.0
        others: list[int] = []
        cheapest = [int(one) for one in np.argsort(np.round(worth / hours, 9), kind="stable") if one != group]
        for other in cheapest:
            while there[other] > 0 and spare[other] > 0:
                if self._enough(hours[group], free, far if away[group] else np.inf):
                    return lost, others
                there[other] -= 1
                spare[other] -= 1
                free += hours[other]
                far += hours[other] if away[other] else 0.0
                lost += float(worth[other])
                others.append(other)
        return (lost, others) if self._enough(hours[group], free, far if away[group] else np.inf) else None

    @staticmethod
    def _enough(wanted: float, free: float, far: float) -> bool:
        return bool(wanted <= min(free, far) + _HOURS_NEAR)

    def add(self, group: int, unit: int, month: int, cases: int) -> None:
        hours = cases * self._problem.hours[group, unit]
        self.cases[group, unit, month] += cases
        self._hours[unit, month] -= hours
        self._away[unit, month] -= hours if self._problem.away[group, unit] else 0.0
        self._open[group, month:] -= cases


def fewer_units(
    problem: TowerProblem, programme: TowerProgramme, first: Solution, floors: NDArray[np.int64]
) -> Outcome:
    """The cheapest of several plans, each made with dearer splits where the last one split for a few cases.

    The programme pays for a share of a split only, and so spreads groups thin. Here the price of a split per case
    is the whole split over the cases that the last plan gave the pair, and the programme is solved again: dynamic
    slope scaling (Kim and Pardalos 1999, doi 10.1016/S0167-6377(99)00004-0). Where that stands still, prices are
    moved a little once, another way for each group, because equal units would share a group for ever. The cheapest
    plan in whole cases stays.

    Parameters
    ----------
    problem : TowerProblem
        The question.
    programme : TowerProgramme
        Its programme.
    first : Solution
        Its solution.
    floors : ndarray of int
        Least cases of a group, shape ``[group]``.
    """
    assignment = CohortAssignment(problem)
    best = whole_cases(problem, first, floors, assignment)
    if problem.costs.split == 0:
        return best
    solution, price, moved, stood = first, problem.costs.split / problem.most_cases, False, 0
    group, unit = np.indices(problem.able.shape)
    apart = 1 + _APART * ((unit - group) % len(problem.units))
    for _ in range(_ROUNDS):
        given = solution.cases.sum(axis=2)
        dearer = np.where(given > _NEAR, problem.costs.split / np.maximum(given, _NEAR), price)
        if np.allclose(dearer, price, rtol=_SAME):
            if moved:
                break
            moved, dearer = True, dearer * apart
        price = dearer
        solution = programme.least_cost_at(price)
        plan = whole_cases(problem, solution, floors, assignment)
        if (below(plan, floors), plan.cost) < (below(best, floors), best.cost):
            best, stood = plan, 0
        elif (stood := stood + 1) == _PATIENCE:
            break
    return best


def below(plan: Outcome, floors: NDArray[np.int64]) -> int:
    """Cases that a plan decides fewer than the floors ask, all groups together; rounding can leave a few."""
    return int(np.maximum(0, floors - plan.cases.sum(axis=(1, 2))).sum())
