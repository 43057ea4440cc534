"""A distribution in whole cases: what it decides, keeps in term and costs, by the same rules for every plan.

What belongs here: that account and its balances. What does not: how a plan is made (``tower_whole``,
``tower_proportional``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.tower_problem import TowerProblem


@dataclass(frozen=True)
class Outcome:
    """One plan in whole cases.

    Parameters
    ----------
    problem : TowerProblem
        The question.
    cases : ndarray of int
        Decided by unit, shape ``[group, unit, month]``.
    cohorts : ndarray of int
        Decided by cohort, shape ``[cohort, month]``; both give the same cases per group and month.
    """

    problem: TowerProblem
    cases: NDArray[np.int64]
    cohorts: NDArray[np.int64]

    @cached_property
    def left(self) -> NDArray[np.int64]:
        """Cases open after the last month, shape ``[cohort]``."""
        return np.asarray(self.problem.cohort_cases - self.cohorts.sum(axis=1))

    @property
    def decided(self) -> int:
        """Cases decided."""
        return int(self.cases.sum())

    @property
    def due(self) -> int:
        """Cases whose term ends within the months."""
        return int(self.problem.cohort_cases[self._due].sum())

    @property
    def in_term(self) -> int:
        """Of those due, cases decided in term."""
        return int((self.cohorts * (self.problem.late_months == 0))[self._due].sum())

    @property
    def share_in_term(self) -> float:
        """Cases decided in term over cases due; 1 when none is due."""
        return self.in_term / self.due if self.due else 1.0

    @property
    def _due(self) -> NDArray[np.bool_]:
        term = self.problem.cohort_term
        return np.asarray((term >= 1) & (term <= self.problem.months))

    @cached_property
    def late_case_months(self) -> int:
        """Months that cases are open past their term, all cases together."""
        late = self.problem.late_months
        return int((self.cohorts * late).sum() + (self.left * late[:, -1]).sum())

    @cached_property
    def away(self) -> int:
        """Cases decided by a unit in another place."""
        return int((self.cases.sum(axis=2) * self.problem.away).sum())

    @cached_property
    def units_per_group(self) -> NDArray[np.int64]:
        """How many units work on a group, shape ``[group]``."""
        return np.asarray((self.cases.sum(axis=2) > 0).sum(axis=1))

    @cached_property
    def hours(self) -> NDArray[np.float64]:
        """Hours used, shape ``[unit, month]``."""
        return np.asarray(np.einsum("gut,gu->ut", self.cases, self.problem.hours))

    @cached_property
    def away_hours(self) -> NDArray[np.float64]:
        """Hours used on cases of other places, shape ``[unit, month]``."""
        return np.asarray(np.einsum("gut,gu->ut", self.cases, self.problem.hours * self.problem.away))

    @cached_property
    def cost_parts(self) -> dict[str, int]:
        """Cents by what they are for."""
        problem, costs = self.problem, self.problem.costs
        late = self.late_case_months * costs.late_month
        lateness = int((self.cohorts * problem.decided_cost).sum())
        at_end = int((self.left * problem.left_cost).sum())
        work = int(
            (
                self.left
                * np.array([round(group.hours * costs.left_hour) for group in problem.groups])[
                    problem.cohort_group
                ]
            ).sum()
        )
        return {
            "out_of_term": lateness + at_end - work - late,
            "late_months": late,
            "left": work,
            "away": self.away * costs.away_case,
            "split": int(self.units_per_group.sum()) * costs.split,
        }

    @property
    def cost(self) -> int:
        """Cents in all."""
        return sum(self.cost_parts.values())

    def broken(self) -> list[str]:
        """Which balances or limits do not hold; none for a plan that can be carried out."""
        problem = self.problem
        per_group = np.zeros((len(problem.groups), problem.months), dtype=np.int64)
        np.add.at(per_group, problem.cohort_group, self.cohorts)
        tests = {
            "cases by unit and by cohort differ": np.any(per_group != self.cases.sum(axis=1)),
            "cases decided below 0": np.any(self.cases < 0) or np.any(self.cohorts < 0),
            "cases left below 0": np.any(self.left < 0),
            "cases decided before they came": np.any(self.cohorts[~problem.open_to] != 0),
            "a unit without the skill decides": np.any(self.cases.sum(axis=2)[~problem.able] != 0),
            "hours of a unit exceeded": np.any(self.hours > problem.capacity + 1e-6),
            "hours away exceeded": np.any(self.away_hours > problem.away_room + 1e-6),
        }
        return [name for name, holds in tests.items() if holds]
