"""Solving the linear programme of a hiring plan with HiGHS, one plan for all paths.

The pieces of late work (see ``hiring_programme``) enter as rows when a solution violates them, a cutting-plane
method (Kelley 1960, doi 10.1137/0108053): most never matter. The target is either wanted on named paths, or its
CVaR is kept below 0, the convex approximation of a chance constraint by Nemirovski & Shapiro (2007,
doi 10.1137/050622328). Both are soft, at a price above all others, so that every programme has a solution; whether
the target holds is judged afterwards on the solution's own staff.

Solved by the simplex method in one thread with a fixed seed: the same question has the same answer.

What belongs here: solving, again and again with other bounds. What does not: the programme's rows and prices
(``hiring_programme``), which paths are named, rounding to people (``hiring``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.domain.errors import IndforecastError
from indforecast.planning.hiring_programme import MONEY, Programme
from indforecast.planning.hiring_question import Decisions
from indforecast.planning.sparse_rows import SparseRows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from indforecast.planning.hiring_question import HiringQuestion

#: Price of work past the target, EUR 1,000 per FTE-month: above what any plan pays to avoid it.
_MISSED: Final = 20_000.0
_ROUNDS: Final = 60
_TOLERANCE: Final = 1e-6
_OPTIONS: Final[dict[str, bool | int | str]] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "solver": "simplex",
    "parallel": "off",
}


@dataclass(frozen=True)
class Solution:
    """An answer of the programme.

    Parameters
    ----------
    decisions : Decisions
        Shape ``[month]``, not rounded.
    objective_eur : float
        What was minimised, the price of a missed target left out.
    missed : float
        FTE-months past the target on the named paths, or its CVaR.
    strain : ndarray of float
        What the target on each path adds to the objective at the margin, shape ``[path]``.
    hire_value_eur, person_value_eur : float or None
        Fall of the objective for one more hire a month, and for one more experienced person at the start, whose
        pay is counted; ``None`` when the target is missed, because its price would be in them.
    """

    decisions: Decisions
    objective_eur: float
    missed: float
    strain: NDArray[np.float64]
    hire_value_eur: float | None
    person_value_eur: float | None


class HiringModel:
    """The programme of one question; solve it again and again, with what it has learned about late work.

    Parameters
    ----------
    question : HiringQuestion
        On the paths that the plan is made from.
    """

    def __init__(self, question: HiringQuestion) -> None:
        import highspy

        self._question, self._paths, self._months = question, question.workforce.paths, question.months
        self._programme = programme = Programme(question)
        self._columns, self._late = programme.columns, programme.late
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in _OPTIONS.items():
            self._highs.setOptionValue(option, value)
        self._infinity = highspy.kHighsInf
        self._optimal = highspy.HighsModelStatus.kOptimal
        rows = programme.rows
        linear = highspy.HighsLp()
        linear.offset_ = programme.offset
        linear.num_col_, linear.num_row_ = programme.cost.size, rows.count
        linear.col_cost_, linear.col_lower_, linear.col_upper_ = programme.cost, programme.low, programme.high
        linear.row_lower_, linear.row_upper_ = rows.bounds()
        starts, columns, values = rows.matrix()
        linear.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        linear.a_matrix_.start_ = np.append(starts, len(columns)).astype(np.int32)
        linear.a_matrix_.index_, linear.a_matrix_.value_ = columns, values
        self._highs.passModel(linear)

    def solve(
        self,
        *,
        held: int,
        named: Iterable[int] = (),
        tail: bool = False,
        slack: float = 1.0,
    ) -> Solution:
        """The best plan when the first ``held`` months hire only who is under way.

        Parameters
        ----------
        held : int
            Months.
        named : iterable of int
            Paths on which the target is wanted.
        tail : bool
            Whether the target's CVaR over the paths is to be kept below 0 instead.
        slack : float
            Multiplies the late work that the target allows.

        Raises
        ------
        IndforecastError
            If the solver gives up.
        """
        question, c = self._question, self._columns
        low, high = np.zeros(self._months), np.full(self._months, question.most_hires)
        low[:held] = high[:held] = question.under_way[:held]
        self._bound(c["hires"], low, high)
        price = np.zeros(self._paths)
        price[list(named)] = _MISSED
        level = self._infinity if tail else 0.0
        for row, allowed in zip(self._programme.target_rows, self._programme.allowed * slack, strict=True):
            self._highs.changeRowBounds(int(row), -self._infinity, float(allowed))
        self._bound(c["level"], np.array([-level]), np.array([level]))
        self._price(c["over"], price)
        self._price(c["excess"], np.array([_MISSED if tail else 0.0]))
        for _ in range(_ROUNDS):
            self._highs.run()
            if self._highs.getModelStatus() != self._optimal:
                # The basis of the solve before can be a bad start: once more from none.
                self._highs.clearSolver()
                self._highs.run()
            if self._highs.getModelStatus() != self._optimal:
                status = self._highs.modelStatusToString(self._highs.getModelStatus())
                raise IndforecastError(
                    f"The hiring plan was not solved: {status}.",
                    hint="Check the figures of planning.hiring for extremes.",
                )
            values = np.array(self._highs.getSolution().col_value)
            if not self._add_violated(values):
                break
        return self._solution(values, price, tail=tail)

    def _bound(self, columns: NDArray[np.intp], low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), low, high)

    def _price(self, columns: NDArray[np.intp], cost: NDArray[np.float64]) -> None:
        self._highs.changeColsCost(len(columns), columns.astype(np.int32), cost)

    def _add_violated(self, values: NDArray[np.float64]) -> int:
        """Add, for late work that is underestimated, the piece that says most; how many were added."""
        ready, due = self._programme.ready, self._programme.due
        room = values[self._columns["effective"]]
        over = np.concatenate([np.zeros((self._paths, 1)), ready - room], axis=1)
        least = np.minimum.accumulate(over, axis=1)
        newer = np.concatenate([np.zeros((self._paths, 1), bool), over[:, 1:] < least[:, :-1]], axis=1)
        since = np.maximum.accumulate(np.where(newer, np.arange(over.shape[1]), 0), axis=1)[:, 1:] - 1
        late = due - (room + least[:, 1:])[:, self._programme.at]
        scale = 1 + np.abs(due).max() * 1e-7
        path, month = np.nonzero(np.maximum(late, 0) > values[self._late] + _TOLERANCE * scale)
        rows = SparseRows()
        for p, t in zip(path, month, strict=True):
            at = self._programme.at[t]
            s = since[p, at]
            effective = self._columns["effective"]
            if s < 0:  # late_t >= due_t - E_t
                rows.add([self._late[p, t], effective[at]], [1.0, 1.0], due[p, t], self._infinity)
            elif s == at:  # what is open and not ready yet
                rows.add([self._late[p, t]], [1.0], due[p, t] - ready[p, s], self._infinity)
            else:  # late_t >= due_t - R_s - (E_t - E_s)
                parts = [self._late[p, t], effective[at], effective[s]]
                rows.add(parts, [1.0, 1.0, -1.0], due[p, t] - ready[p, s], self._infinity)
        if rows.count:
            starts, columns, values = rows.matrix()
            self._highs.addRows(rows.count, *rows.bounds(), len(columns), starts, columns, values)
        return rows.count

    def _solution(self, values: NDArray[np.float64], price: NDArray[np.float64], *, tail: bool) -> Solution:
        c, solved = self._columns, self._highs.getSolution()
        row_dual, reduced = np.array(solved.row_dual), np.array(solved.col_dual)
        missed = float(values[c["excess"]][0]) if tail else float(values[c["over"]] @ (price > 0))
        paid = _MISSED * missed
        at_most = values[c["hires"]] >= self._question.most_hires - _TOLERANCE
        remain = 1 - self._question.figures.attrition_trained
        hire = -np.minimum(reduced[c["hires"]], 0.0)[at_most].sum() * MONEY
        person = -row_dual[self._programme.start_row] * remain * MONEY
        priced = missed <= _TOLERANCE
        return Solution(
            decisions=Decisions(
                *(np.maximum(values[c[name]], 0.0) for name in ("hires", "flexible", "dismissals"))
            ),
            objective_eur=(self._highs.getInfo().objective_function_value - paid) * MONEY,
            missed=missed,
            strain=np.abs(row_dual[self._programme.target_rows]) * MONEY,
            hire_value_eur=float(hire) if priced else None,
            person_value_eur=float(person) if priced else None,
        )
