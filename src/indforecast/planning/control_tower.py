"""The control tower: which unit decides which target group's cases in which month.

What belongs here: the steps from a question to a plan beside the plain distribution, and its tables. What does
not: each step (``tower_lp``, ``tower_whole``, ``tower_proportional``), sentences about it (``tower_explain``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.planning.tower_lp import Solution, TowerProgramme
from indforecast.planning.tower_proportional import floors, proportional
from indforecast.planning.tower_whole import below, fewer_units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.tower_outcome import Outcome
    from indforecast.planning.tower_problem import TowerProblem

_CENTS = 100
ALLOCATION_COLUMNS = ("group", "unit", "month", "cases", "hours", "away")
OUTCOME_COLUMNS = ("plan", "measure", "value", "unit")
PRICE_COLUMNS = (
    "unit",
    "month",
    "hours",
    "hours_used",
    "worth_hour_eur",
    "worth_hour_in_term",
    "worth_away_hour_eur",
)


@dataclass(frozen=True)
class TowerPlan:
    """A distribution beside the plain ones.

    Parameters
    ----------
    problem : TowerProblem
        The question.
    best : Outcome
        The plan in whole cases; never dearer than the plain ones.
    oldest_first, term_first : Outcome
        In proportion to hours, two orders of work.
    floors : ndarray of int
        Least cases to decide, shape ``[group]``.
    least_cost, most_in_term : Solution
        The programme in fractions, its duals in cents and in cases decided in term.
    """

    problem: TowerProblem
    best: Outcome
    oldest_first: Outcome
    term_first: Outcome
    floors: NDArray[np.int64]
    least_cost: Solution
    most_in_term: Solution

    @property
    def below_floor(self) -> int:
        """Cases by which rounding misses the floors."""
        return below(self.best, self.floors)

    @property
    def loss(self) -> float:
        """Cost of the plan above the bound of the programme, as a share of the bound; 0 when both are 0."""
        bound = self.least_cost.objective
        return (self.best.cost - bound) / bound if bound > 0 else 0.0


def distribute(problem: TowerProblem) -> TowerPlan:
    """Give out cases at least cost, and in two plain ways beside it.

    Parameters
    ----------
    problem : TowerProblem
        Cases, units and costs.
    """
    oldest_first, term_first = proportional(problem, "oldest_first"), proportional(problem, "term_first")
    least_cases = floors(problem, oldest_first)
    programme = TowerProgramme(problem, least_cases)
    least, in_term = programme.least_cost(), programme.most_in_term()
    found = fewer_units(problem, programme, least, least_cases)
    plain = [plan for plan in (oldest_first, term_first) if not below(plan, least_cases)]
    best = min((found, *plain), key=lambda plan: plan.cost)
    return TowerPlan(problem, best, oldest_first, term_first, least_cases, least, in_term)


def allocation_table(plan: TowerPlan) -> pd.DataFrame:
    """Whole cases by group, unit and month (from 1), only where there are any."""
    problem, cases = plan.problem, plan.best.cases
    group, unit, month = np.nonzero(cases)
    count = cases[group, unit, month]
    return pd.DataFrame(
        {
            "group": [problem.groups[index].name for index in group],
            "unit": [problem.units[index].name for index in unit],
            "month": month + 1,
            "cases": count,
            "hours": np.round(count * problem.hours[group, unit], 2),
            "away": problem.away[group, unit],
        },
        columns=list(ALLOCATION_COLUMNS),
    )


def outcome_table(plan: TowerPlan) -> pd.DataFrame:
    """The three plans and the bound, measure by measure."""
    rows: list[tuple[str, str, float, str]] = []
    for name, outcome in (
        ("optimum", plan.best),
        ("proportional_oldest_first", plan.oldest_first),
        ("proportional_term_first", plan.term_first),
    ):
        rows += [
            (name, "cases", int(plan.problem.cohort_cases.sum()), "cases"),
            (name, "decided", outcome.decided, "cases"),
            (name, "left", int(outcome.left.sum()), "cases"),
            (name, "due", outcome.due, "cases"),
            (name, "in_term", outcome.in_term, "cases"),
            (name, "share_in_term", round(outcome.share_in_term, 4), "share"),
            (name, "late_case_months", outcome.late_case_months, "case-months"),
            (name, "decided_away", outcome.away, "cases"),
            (name, "units_per_group", round(float(outcome.units_per_group.mean()), 2), "units"),
            (name, "hours_used", round(float(outcome.hours.sum()), 1), "hours"),
            (name, "cost_eur", outcome.cost / _CENTS, "EUR"),
        ]
        rows += [(name, f"cost_{part}_eur", cents / _CENTS, "EUR") for part, cents in outcome.cost_parts.items()]
    rows.append(("bound", "in_term", round(plan.most_in_term.objective, 2), "cases"))
    rows.append(("bound", "cost_eur", round(plan.least_cost.objective / _CENTS, 2), "EUR"))
    return pd.DataFrame(rows, columns=list(OUTCOME_COLUMNS))


def price_table(plan: TowerPlan) -> pd.DataFrame:
    """What one more hour of each unit in each month is worth at the margin."""
    problem = plan.problem
    money, term = plan.least_cost.prices, plan.most_in_term.prices
    months, units = problem.months, len(problem.units)
    return pd.DataFrame(
        {
            "unit": np.repeat([unit.name for unit in problem.units], months),
            "month": np.tile(np.arange(1, months + 1), units),
            "hours": problem.capacity.ravel(),
            "hours_used": np.round(plan.best.hours.ravel(), 2),
            "worth_hour_eur": np.round(money.staff_hour(problem).ravel() / _CENTS, 2) + 0.0,
            "worth_hour_in_term": np.round(term.staff_hour(problem).ravel(), 4) + 0.0,
            "worth_away_hour_eur": np.round(money.away_hour.ravel() / _CENTS, 2) + 0.0,
        },
        columns=list(PRICE_COLUMNS),
    )
