"""The linear programme of a hiring plan: one plan for all paths, solved by HiGHS.

With cumulative effective staff ``E_t``, linear in hires, borrowed people and people let go, and cumulative work ``A``,
the work that is late on a path at the end of month ``t`` is convex in ``E``:

    late_t = max(0, due_t - E_t, max over s < t of (due_t - A_s - (E_t - E_s)))

Its pieces enter as rows when a solution violates them (a cutting-plane method, Kelley 1960, doi 10.1137/0108053):
most never matter, and a path costs one column a month. What is minimised is the staff's cost plus the mean and the tail
of the paths' costs, the tail in the form of Rockafellar & Uryasev (2000, doi 10.21314/JOR.2000.038). The target is
either wanted on named paths, or its CVaR is kept below 0, the convex approximation of a chance constraint by
Nemirovski & Shapiro (2007, doi 10.1137/050622328). Both are soft at a price above all others, so that every
programme has a solution; whether the target holds is judged afterwards on the solution's own staff.

Solved by the dual simplex method in one thread with a fixed seed: the same question has the same answer. Unit of work
is the month of an experienced FTE, unit of money EUR 1,000.

What belongs here: this programme. What does not: which paths are named, rounding to people (``hiring``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from indforecast.domain.errors import IndforecastError
from indforecast.planning.hiring_question import Decisions
from indforecast.planning.staffing import steady_training

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from indforecast.planning.hiring_question import HiringQuestion

_MONEY: Final = 1_000.0
_CENTS: Final = 100.0
#: Price of work past the target, EUR 1,000 per FTE-month: above what any plan pays to avoid it.
_MISSED: Final = 20_000.0
#: A later hire is dearer by this, EUR 1,000 a month: of equally good plans the earliest is taken.
_LATER: Final = 1e-4
_ROUNDS: Final = 60
_TOLERANCE: Final = 1e-6


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
    hire_value_eur : float
        Fall of the objective for one more hire a month.
    person_value_eur : float
        Fall of the objective for one more experienced person at the start, their pay included.
    """

    decisions: Decisions
    objective_eur: float
    missed: float
    strain: NDArray[np.float64]
    hire_value_eur: float
    person_value_eur: float


class HiringModel:
    """The programme of one question; solve it again and again, with what it has learned about late work.

    Parameters
    ----------
    question : HiringQuestion
        On the paths that the plan is made from.
    """

    def __init__(self, question: HiringQuestion) -> None:
        import highspy

        self._question = question
        workforce, unit = question.workforce, question.figures.hours_a_month
        self._paths, self._months = workforce.paths, question.months
        self._arrived = workforce.arrived() / unit
        # The last column is all work at the end: what of it is not decided is left open.
        self._due = np.concatenate([workforce.due() / unit, self._arrived[:, -1:]], axis=1)
        self._at = np.minimum(np.arange(self._months + 1), self._months - 1)
        months, paths = self._months, self._paths
        ends = np.cumsum([0, *[months] * 5, paths * (months + 1), paths, 1, paths, 1, 1])
        names = (
            "hires",
            "flexible",
            "dismissals",
            "trained",
            "effective",
            "late",
            "tail",
            "at_risk",
            "over",
            "level",
        )
        self._columns = {name: np.arange(ends[i], ends[i + 1]) for i, name in enumerate((*names, "excess"))}
        self._late = self._columns["late"].reshape(paths, months + 1)
        self._highs = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 0),
            ("solver", "simplex"),
            ("parallel", "off"),
        ):
            self._highs.setOptionValue(option, value)
        self._infinity = highspy.kHighsInf
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._build(highspy, int(ends[-1]))

    # Building

    def _build(self, highspy: Any, columns: int) -> None:
        rows = _Rows()
        self._add_people(rows)
        self._start_rows = self._trained_rows
        c, paths, infinity = self._columns, self._paths, self._infinity
        weights = self._late_weights()
        for path in range(paths):  # tail_p >= costs_p - at_risk
            late = self._late[path]
            rows.add([c["tail"][path], c["at_risk"][0], *late], [1.0, 1.0, *-weights], 0.0, infinity)
        wanted = (1 - self._question.share) * self._question.workforce.falling_due[:, self._question.first :]
        allowed = wanted.sum(axis=1) / self._question.figures.hours_a_month
        self._target_rows = np.arange(rows.count, rows.count + paths)
        for path in range(paths):  # late while the target applies - level - over_p <= allowed
            late = self._late[path, self._question.first : self._months]
            rows.add(
                [*late, c["level"][0], c["over"][path]], [*[1.0] * len(late), -1.0, -1.0], -infinity, allowed[path]
            )
        missing = 1 / max((1 - self._question.probability) * paths, 1.0)
        rows.add([c["level"][0], c["excess"][0], *c["over"]], [1.0, -1.0, *[missing] * paths], -infinity, 0.0)
        first = self._due > 0
        path, month = np.nonzero(first)
        for p, t in zip(path, month, strict=True):
            rows.add([self._late[p, t], c["effective"][self._at[t]]], [1.0, 1.0], self._due[p, t], infinity)
        self._highs.passModel(self._programme(highspy, rows, columns, weights))

    def _late_weights(self) -> NDArray[np.float64]:
        """What an FTE-month of late work costs in each month, and of work left open, EUR 1,000."""
        question = self._question
        hours = question.figures.hours_a_month / _MONEY
        weights = np.full(self._months + 1, question.late_eur * hours)
        weights[self._months - 1] *= 1 + question.left_late_months
        weights[self._months] = question.left_eur * hours
        return weights

    def _add_people(self, rows: _Rows) -> None:
        """Experienced people, their cumulative output, and the pool's limits, month by month."""
        question, figures, c = self._question, self._question.figures, self._columns
        training, stay = figures.training_months, 1 - figures.attrition_trainees
        begun = steady_training(question.workforce.start_fte, figures)
        net = np.asarray(figures.ramp) - figures.trainer_fte
        remain = 1 - figures.attrition_trained
        self._trained_rows: list[int] = []
        for t in range(self._months):
            self._trained_rows.append(rows.count)
            columns, values, known = [c["trained"][t], c["dismissals"][t]], [1.0, 1.0], 0.0
            if t:
                columns.append(c["trained"][t - 1])
                values.append(-remain)
            else:
                known += remain * question.workforce.start_fte
            if t >= training:
                columns.append(c["hires"][t - training])
                values.append(-(stay**training))
            else:
                known += begun[training - 1 - t] * stay ** (t + 1)
            rows.add(columns, values, known, known)

            columns = [c["effective"][t], c["trained"][t], c["flexible"][t]]
            values, known = [1.0, -1.0, -figures.flexible_productivity], 0.0
            if t:
                columns.append(c["effective"][t - 1])
                values.append(-1.0)
            for age in range(training):
                if age <= t:
                    columns.append(c["hires"][t - age])
                    values.append(-net[age] * stay**age)
                else:
                    known += net[age] * begun[age - t - 1] * stay ** (t + 1)
            rows.add(columns, values, known, known)

            flexible, trained = c["flexible"][t], c["trained"][t]
            rows.add([flexible, trained], [1.0, -figures.flexible_share], -self._infinity, 0.0)
            before = ([c["flexible"][t - 1]], [-1.0]) if t else ([], [])
            rows.add(
                [flexible, trained, *before[0]], [1.0, -figures.flexible_growth, *before[1]], -self._infinity, 0.0
            )

    def _programme(self, highspy: Any, rows: _Rows, columns: int, weights: NDArray[np.float64]) -> Any:
        question, figures, c = self._question, self._question.figures, self._columns
        cents = _CENTS * _MONEY
        wage, stay = figures.wage_cents / cents, 1 - figures.attrition_trainees
        cost, low, high = np.zeros(columns), np.zeros(columns), np.full(columns, self._infinity)
        paid = np.cumsum(stay ** np.arange(figures.training_months))
        left = np.minimum(np.arange(self._months, 0, -1), figures.training_months)
        cost[c["hires"]] = figures.hire_cents / cents + wage * paid[left - 1] + _LATER * np.arange(self._months)
        cost[c["trained"]] = wage
        cost[c["flexible"]] = figures.flexible_cents / cents
        cost[c["dismissals"]] = figures.dismissal_cents / cents
        cost[self._late] = (1 - question.tail_weight) / self._paths * weights
        cost[c["tail"]] = question.tail_weight / max((1 - question.tail_level) * self._paths, 1.0)
        cost[c["at_risk"]] = question.tail_weight
        low[c["at_risk"]] = -self._infinity
        high[c["hires"]] = question.most_hires
        high[c["dismissals"]] = np.where(question.may_dismiss, self._infinity, 0.0)
        self._cost = cost
        begun = steady_training(question.workforce.start_fte, figures)
        in_training = sum(
            begun[age] * stay ** (t + 1)
            for age in range(figures.training_months)
            for t in range(min(figures.training_months - 1 - age, self._months))
        )
        programme = highspy.HighsLp()
        programme.offset_ = wage * in_training
        programme.num_col_, programme.num_row_ = columns, rows.count
        programme.col_cost_, programme.col_lower_, programme.col_upper_ = cost, low, high
        programme.row_lower_, programme.row_upper_ = np.array(rows.low), np.array(rows.high)
        programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        programme.a_matrix_.start_ = np.array(rows.starts + [len(rows.columns)], dtype=np.int32)
        programme.a_matrix_.index_ = np.array(rows.columns, dtype=np.int32)
        programme.a_matrix_.value_ = np.array(rows.values)
        return programme

    # Solving

    def solve(
        self,
        *,
        held: int,
        named: Iterable[int] = (),
        tail: bool = False,
        allow_dismissals: bool = True,
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
        allow_dismissals : bool
            Whether people may be let go in the months in which a fall is structural.

        Raises
        ------
        IndforecastError
            If the solver gives up.
        """
        question, c = self._question, self._columns
        low, high = np.zeros(self._months), np.full(self._months, question.most_hires)
        low[:held] = high[:held] = question.under_way[:held]
        self._bound(c["hires"], low, high)
        free = question.may_dismiss if allow_dismissals else np.zeros(self._months, dtype=bool)
        self._bound(c["dismissals"], np.zeros(self._months), np.where(free, self._infinity, 0.0))
        price = np.zeros(self._paths)
        price[list(named)] = _MISSED
        level = self._infinity if tail else 0.0
        self._bound(c["level"], np.array([-level]), np.array([level]))
        self._price(c["over"], price)
        self._price(c["excess"], np.array([_MISSED if tail else 0.0]))
        for _ in range(_ROUNDS):
            self._highs.run()
            if self._highs.getModelStatus() != self._optimal:
                raise IndforecastError(
                    f"The hiring plan was not solved: {self._highs.modelStatusToString(self._highs.getModelStatus())}.",
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
        room = values[self._columns["effective"]]
        over = np.concatenate([np.zeros((self._paths, 1)), self._arrived - room], axis=1)
        least = np.minimum.accumulate(over, axis=1)
        newer = np.concatenate([np.zeros((self._paths, 1), bool), over[:, 1:] < least[:, :-1]], axis=1)
        since = np.maximum.accumulate(np.where(newer, np.arange(over.shape[1]), 0), axis=1)[:, 1:] - 1
        late = self._due - (room + least[:, 1:])[:, self._at]
        scale = 1 + np.abs(self._due).max() * 1e-7
        path, month = np.nonzero(np.maximum(late, 0) > values[self._late] + _TOLERANCE * scale)
        rows = _Rows()
        for p, t in zip(path, month, strict=True):
            s, at = since[p, self._at[t]], self._at[t]
            columns, parts, known = [self._late[p, t]], [1.0], self._due[p, t]
            if s != at:
                columns.append(self._columns["effective"][at])
                parts.append(1.0)
                if s >= 0:
                    columns.append(self._columns["effective"][s])
                    parts.append(-1.0)
            if s >= 0:
                known -= self._arrived[p, s]
            rows.add(columns, parts, known, self._infinity)
        if rows.count:
            self._highs.addRows(
                rows.count,
                np.array(rows.low),
                np.array(rows.high),
                len(rows.columns),
                np.array(rows.starts, dtype=np.int32),
                np.array(rows.columns, dtype=np.int32),
                np.array(rows.values),
            )
        return rows.count

    def _solution(self, values: NDArray[np.float64], price: NDArray[np.float64], *, tail: bool) -> Solution:
        c, solved = self._columns, self._highs.getSolution()
        row_dual, reduced = np.array(solved.row_dual), np.array(solved.col_dual)
        missed = float(values[c["excess"]][0]) if tail else float(values[c["over"]] @ (price > 0))
        paid = _MISSED * missed
        at_most = values[c["hires"]] >= self._question.most_hires - _TOLERANCE
        remain = 1 - self._question.figures.attrition_trained
        return Solution(
            decisions=Decisions(
                *(np.maximum(values[c[name]], 0.0) for name in ("hires", "flexible", "dismissals"))
            ),
            objective_eur=(self._highs.getInfo().objective_function_value - paid) * _MONEY,
            missed=missed,
            strain=np.abs(row_dual[self._target_rows]) * _MONEY,
            hire_value_eur=float(-np.minimum(reduced[c["hires"]], 0.0)[at_most].sum()) * _MONEY,
            person_value_eur=float(-row_dual[self._trained_rows[0]] * remain) * _MONEY,
        )


class _Rows:
    """Rows of a sparse matrix, gathered one by one."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []

    @property
    def count(self) -> int:
        return len(self.starts)

    def add(self, columns: Iterable[Any], values: Iterable[float], low: float, high: float) -> None:
        self.starts.append(len(self.columns))
        self.columns.extend(int(column) for column in columns)
        self.values.extend(float(value) for value in values)
        self.low.append(float(low))
        self.high.append(float(high))
