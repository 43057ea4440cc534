"""The control tower's linear programme on HiGHS: fractions of cases, and what each limit is worth.

Minimise the cents of lateness, of work left, of cases away from their place and of splitting a group over units:

- ``y[cohort, month]`` cases decided and ``l[cohort]`` left: they add up to the cohort's cases;
- ``x[group, unit, month]`` cases decided where the unit has the skill: over units they are the group's ``y``;
- hours of each unit in each month, and of them those for cases of other places;
- a least number of cases of each group, so that none is left behind.

A unit that works on a group at all costs ``split``; the programme takes the share of the most it could decide of
that group instead of the yes or no, which is never more. So the optimum is a lower bound on every plan in whole
cases. One thread and a fixed order of columns: the same question gives the same bytes.

HiGHS: Huangfu and Hall 2018, doi 10.1007/s12532-017-0130-5.

What belongs here: the programme, its solution and duals. What does not: whole cases (``tower_whole``), what duals
say to a reader (``tower_explain``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.tower_problem import TowerProblem


@dataclass(frozen=True)
class Prices:
    """What one more of each limit changes the optimum by, at the margin; cents, or cases decided in term.

    Parameters
    ----------
    hour : ndarray of float
        Gain of one more hour for cases of the unit's own place, shape ``[unit, month]``.
    away_hour : ndarray of float
        Gain of one more hour that may be spent on cases of other places, shape ``[unit, month]``.
    case : ndarray of float
        Loss (gain below 0) of one more case, shape ``[cohort]``.
    decided : ndarray of float
        What deciding one more case of a group is worth, without the hours it takes, shape ``[group, month]``.
    floor : ndarray of float
        Loss by one more case that has to be decided of a group, shape ``[group]``.
    """

    hour: NDArray[np.float64]
    away_hour: NDArray[np.float64]
    case: NDArray[np.float64]
    decided: NDArray[np.float64]
    floor: NDArray[np.float64]

    def staff_hour(self, problem: TowerProblem) -> NDArray[np.float64]:
        """Gain of one more hour of a unit's staff, a share of it for other places, shape ``[unit, month]``."""
        share = np.array([unit.away_share for unit in problem.units])
        return np.asarray(self.hour + share[:, None] * self.away_hour)


@dataclass(frozen=True)
class Solution:
    """An optimum in fractions of cases.

    Parameters
    ----------
    objective : float
        Cents, or cases decided in term.
    cases : ndarray of float
        Shape ``[group, unit, month]``.
    prices : Prices
        Its duals.
    """

    objective: float
    cases: NDArray[np.float64]
    prices: Prices


class TowerProgramme:
    """The programme of one question, kept in the solver so that a changed question starts from the last answer.

    Parameters
    ----------
    problem : TowerProblem
        The question.
    floors : ndarray of int
        Least cases to decide, shape ``[group]``; a plan that decides them has to exist.
    most_cases : ndarray of float, optional
        Cases over which a split is spread, shape ``[group, unit]``; without it ``problem.most_cases``. A changed
        question is compared with another at the same.
    """

    def __init__(
        self, problem: TowerProblem, floors: NDArray[np.int64], most_cases: NDArray[np.float64] | None = None
    ) -> None:
        self._problem = problem
        groups, units, months = len(problem.groups), len(problem.units), problem.months
        self._pairs = np.argwhere(problem.able)
        self._decide = np.argwhere(problem.open_to)
        pairs, decide, cohorts = self._pairs, self._decide, problem.cohort_cases.size
        self._x = pairs.shape[0] * months
        self._rows = (cohorts, groups * months, units * months, units * months, groups)
        month = np.arange(months)
        # columns x: pair by pair, months within; rows of the five kinds one below the other
        group = np.repeat(pairs[:, 0], months)
        unit = np.repeat(pairs[:, 1], months)
        at = np.tile(month, pairs.shape[0])
        hours = problem.hours[group, unit]
        away = problem.away[group, unit]
        link, hour, far, least = np.cumsum(self._rows)[:4]
        x, y = np.arange(self._x), self._x + np.arange(decide.shape[0])
        left = y.size + self._x + np.arange(cohorts)
        entries = [
            (link + group * months + at, x, -np.ones(x.size)),
            (hour + unit * months + at, x, hours),
            ((far + unit * months + at)[away], x[away], hours[away]),
            (least + group, x, np.ones(x.size)),
            (decide[:, 0], y, np.ones(y.size)),
            (link + problem.cohort_group[decide[:, 0]] * months + decide[:, 1], y, np.ones(y.size)),
            (np.arange(cohorts), left, np.ones(cohorts)),
        ]
        spread = problem.most_cases if most_cases is None else most_cases
        self._split = problem.costs.split / spread[group, unit]
        self._cost = np.concatenate(
            [
                problem.costs.away_case * away + self._split,
                problem.decided_cost[decide[:, 0], decide[:, 1]],
                problem.left_cost,
            ]
        ).astype(np.float64)
        in_term = problem.late_months[decide[:, 0], decide[:, 1]] == 0
        term = problem.cohort_term[decide[:, 0]]
        counted = in_term & (term >= 1) & (term <= months)
        self._term_cost = np.concatenate([np.zeros(self._x), -1.0 * counted, np.zeros(cohorts)])
        self._solver = _solver(
            self._cost,
            entries,
            lower=np.concatenate(
                [problem.cohort_cases, np.zeros(self._rows[1]), np.full(2 * units * months, -np.inf), floors]
            ),
            upper=np.concatenate(
                [
                    problem.cohort_cases,
                    np.zeros(self._rows[1]),
                    problem.capacity.ravel(),
                    problem.away_room.ravel(),
                    np.full(groups, np.inf),
                ]
            ),
        )

    def least_cost(self) -> Solution:
        """The plan of least cost.

        Raises
        ------
        ValueError
            If no plan decides as many cases as the floors ask.
        """
        return self._solve(self._cost)

    def least_cost_at(self, split: NDArray[np.float64]) -> Solution:
        """The plan of least cost with another price of a split.

        Parameters
        ----------
        split : ndarray of float
            Cents per case of a pair, shape ``[group, unit]``.
        """
        per_case = np.repeat(split[self._pairs[:, 0], self._pairs[:, 1]], self._problem.months)
        cost = self._cost.copy()
        cost[: self._x] += per_case - self._split
        return self._solve(cost)

    def most_in_term(self) -> Solution:
        """The plan that decides most of the due cases in term, whatever else it costs.

        After :meth:`least_cost` it starts from that plan and takes a hundredth of the time.
        """
        found = self._solve(self._term_cost)
        return Solution(-found.objective, found.cases, found.prices)

    def _solve(self, cost: NDArray[np.float64]) -> Solution:
        problem, solver, size = self._problem, self._solver, self._cost.size
        months = problem.months
        solver.changeColsCost(size, np.arange(size, dtype=np.int32), cost)
        if not _run(solver):
            raise ValueError("no plan decides as many cases as the floors ask")
        solution = solver.getSolution()
        values = np.asarray(solution.col_value)
        duals = np.split(np.asarray(solution.row_dual), np.cumsum(self._rows)[:4])
        cases = np.zeros((len(problem.groups), len(problem.units), months))
        cases[self._pairs[:, 0], self._pairs[:, 1]] = np.maximum(values[: self._x], 0.0).reshape(-1, months)
        shape = (len(problem.units), months)
        prices = Prices(
            hour=-duals[2].reshape(shape),
            away_hour=-duals[3].reshape(shape),
            case=duals[0],
            decided=-duals[1].reshape(len(problem.groups), months),
            floor=duals[4],
        )
        return Solution(float(cost @ values), cases, prices)


class CohortAssignment:
    """Which cohorts a group's decisions are, at least cost: a transport problem, whose vertices are whole.

    Parameters
    ----------
    problem : TowerProblem
        The question.
    """

    def __init__(self, problem: TowerProblem) -> None:
        self._problem = problem
        self._pairs = pairs = np.argwhere(problem.open_to)
        cohorts, months = problem.cohort_cases.size, problem.months
        columns = np.arange(pairs.shape[0])
        group = problem.cohort_group[pairs[:, 0]]
        entries = [
            (pairs[:, 0], columns, np.ones(columns.size)),
            (cohorts + group * months + pairs[:, 1], columns, np.ones(columns.size)),
            (np.arange(cohorts), columns.size + np.arange(cohorts), np.ones(cohorts)),
        ]
        cost = np.concatenate([problem.decided_cost[pairs[:, 0], pairs[:, 1]], problem.left_cost])
        wanted = np.concatenate([problem.cohort_cases, np.zeros(len(problem.groups) * months)])
        self._solver = _solver(cost.astype(np.float64), entries, lower=wanted, upper=wanted)

    def assign(self, decided: NDArray[np.int64]) -> NDArray[np.int64]:
        """Cases by cohort, shape ``[cohort, month]``.

        Parameters
        ----------
        decided : ndarray of int
            Whole cases decided, shape ``[group, month]``, at most what has arrived.

        Raises
        ------
        ValueError
            If more are decided than have come in.
        """
        cohorts = self._problem.cohort_cases.size
        wanted = decided.ravel().astype(np.float64)
        rows = cohorts + np.arange(wanted.size, dtype=np.int32)
        self._solver.changeRowsBounds(rows.size, rows, wanted, wanted)
        if not _run(self._solver):
            raise ValueError("more cases decided than have come in")
        values = np.asarray(self._solver.getSolution().col_value)[: self._pairs.shape[0]]
        assigned = np.zeros((cohorts, self._problem.months), dtype=np.int64)
        assigned[self._pairs[:, 0], self._pairs[:, 1]] = np.rint(values).astype(np.int64)
        return assigned


def _solver(
    cost: NDArray[np.float64],
    entries: list[tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]],
    *,
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
) -> Any:
    import highspy
    from scipy.sparse import csc_matrix

    rows, columns, values = (np.concatenate(part) for part in zip(*entries, strict=True))
    matrix = csc_matrix((values, (rows, columns)), shape=(lower.size, cost.size))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = cost.size, lower.size
    model.col_cost_ = cost
    model.col_lower_, model.col_upper_ = np.zeros(cost.size), np.full(cost.size, np.inf)
    model.row_lower_, model.row_upper_ = lower.astype(np.float64), upper.astype(np.float64)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("parallel", "off")):
        solver.setOptionValue(option, value)
    solver.passModel(model)
    return solver


def _run(solver: Any) -> bool:
    """Whether there is an optimum."""
    import highspy

    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return True
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return False
    raise RuntimeError(f"HiGHS ended with {solver.modelStatusToString(status)}")
