"""The linear programme of a hiring plan: its columns, rows and prices.

With cumulative effective staff ``E_t``, linear in hires, borrowed people and people let go, and work ``R_t`` that
is ready to be decided by then, the work that is late on a path at the end of month ``t`` is convex in ``E``:

    late_t = max(0, due_t - E_t, max over s <= t of (due_t - R_s - (E_t - E_s)))

A path costs one column a month; the first piece is a row from the start. What is minimised is the staff's cost
plus the mean and the tail of the paths' costs, the tail in the form of Rockafellar & Uryasev (2000,
doi 10.21314/JOR.2000.038). Unit of work is the month of an experienced FTE, unit of money EUR 1,000.

What belongs here: the programme as arrays. What does not: solving it, further pieces (``hiring_model``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.planning.sparse_rows import SparseRows
from indforecast.planning.staffing import steady_training

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.hiring_question import HiringQuestion

#: Unit of money, EUR.
MONEY: Final = 1_000.0
_CENTS: Final = 100.0 * MONEY
#: A later hire is dearer by this, EUR 1,000 a month: of equally good plans the earliest is taken.
_LATER: Final = 1e-4
_INFINITY: Final = float("inf")


class Programme:
    """Columns, rows and prices of one question.

    Attributes
    ----------
    columns : dict of str to ndarray of int
        Hires, borrowed, let go, experienced, cumulative output (``[month]`` each), late work, tail and target.
    late : ndarray of int
        Columns of late work, shape ``[path, month + 1]``; the last is work left open at the end.
    ready, due : ndarray of float
        Cumulative work in FTE-months, ``due`` with a column for the end: all work there is.
    at : ndarray of int
        The month whose output each column of ``due`` is held against.
    rows : SparseRows
        All rows at the start.
    cost, low, high : ndarray of float
        Price and bounds of each column.
    offset : float
        Pay of who is in training at the start.
    start_row : int
        The row in which the people of the start stand.
    target_rows : ndarray of int
        Rows of the target, one per path.
    allowed : ndarray of float
        Late FTE-months that the target allows, shape ``[path]``.
    """

    def __init__(self, question: HiringQuestion) -> None:
        self._question = question
        workforce, unit = question.workforce, question.figures.hours_a_month
        self._paths, self._months = paths, months = workforce.paths, question.months
        self.ready = workforce.ready / unit
        self.due = np.concatenate([workforce.due, workforce.arrived()[:, -1:]], axis=1) / unit
        self.at = np.minimum(np.arange(months + 1), months - 1)
        sizes = dict.fromkeys(("hires", "flexible", "dismissals", "trained", "effective"), months)
        sizes |= {
            "late": paths * (months + 1),
            "tail": paths,
            "kept": paths,
            "at_risk": 1,
            "over": paths,
            "level": 1,
            "excess": 1,
        }
        ends = np.cumsum([0, *sizes.values()])
        self.columns = {name: np.arange(ends[i], ends[i + 1]) for i, name in enumerate(sizes)}
        self.late = self.columns["late"].reshape(paths, months + 1)
        self.rows = SparseRows()
        self._begun = steady_training(workforce.start_fte, question.figures)
        weights = self._late_weights()
        self.start_row = 0
        self._add_people()
        self._add_tail(weights)
        self._add_target()
        self._add_kept()
        self._add_late()
        self._add_prices(int(ends[-1]), weights)

    def _late_weights(self) -> NDArray[np.float64]:
        """What an FTE-month of late work costs in each month, and of work left open, EUR 1,000."""
        question = self._question
        hours = question.figures.hours_a_month / MONEY
        weights = np.full(self._months + 1, question.late_eur * hours)
        weights[self._months - 1] *= 1 + question.left_late_months
        weights[self._months] = question.left_eur * hours
        return weights

    def _add_people(self) -> None:
        """Experienced people, their cumulative output, and the pool's limits, month by month."""
        question, figures, c = self._question, self._question.figures, self.columns
        training, stay = figures.training_months, 1 - figures.attrition_trainees
        begun, rows = self._begun, self.rows
        net = np.asarray(figures.ramp) - figures.trainer_fte
        remain = 1 - figures.attrition_trained
        for t in range(self._months):
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
            rows.add([flexible, trained], [1.0, -figures.flexible_share], -_INFINITY, 0.0)
            before = ([c["flexible"][t - 1]], [-1.0]) if t else ([], [])
            rows.add([flexible, trained, *before[0]], [1.0, -figures.flexible_growth, *before[1]], -_INFINITY, 0.0)

    def _add_tail(self, weights: NDArray[np.float64]) -> None:
        """What a path costs above the value at risk, people of the end taken off."""
        tail, at_risk, kept = self.columns["tail"], self.columns["at_risk"][0], self.columns["kept"]
        for path in range(self._paths):
            columns, values = [tail[path], at_risk, *self.late[path], kept[path]], [1.0, 1.0, *-weights, 1.0]
            self.rows.add(columns, values, 0.0, _INFINITY)

    def _add_kept(self) -> None:
        """What experienced people of the end are worth, on each path no more than there is work for."""
        question, c = self._question, self.columns
        each, left = question.anew_eur / MONEY, question.left_anew_eur * question.figures.hours_a_month / MONEY
        if not each:
            return
        for path, wanted in enumerate(question.people_wanted()):
            self.rows.add([c["kept"][path], c["trained"][-1]], [1.0, -each], -_INFINITY, 0.0)
            self.rows.add([c["kept"][path], self.late[path, -1]], [1.0, -left], -_INFINITY, wanted * each)

    def _add_target(self) -> None:
        """Late work while the target applies, above what it allows; and the CVaR of that."""
        question, c, paths = self._question, self.columns, self._paths
        workforce, unit = question.workforce, question.figures.hours_a_month
        cases = workforce.falling_cases[:, question.first : question.target_until].sum(axis=1)
        self.allowed = (1 - question.share) * cases * workforce.hours_per_case / unit
        self.target_rows = np.arange(self.rows.count, self.rows.count + paths)
        for path in range(paths):
            late = self.late[path, question.first : question.target_until]
            parts = [*[1.0] * len(late), -1.0, -1.0]
            self.rows.add([*late, c["level"][0], c["over"][path]], parts, -_INFINITY, self.allowed[path])
        part = 1 / max((1 - question.probability) * paths, 1.0)
        self.rows.add([c["level"][0], c["excess"][0], *c["over"]], [1.0, -1.0, *[part] * paths], -_INFINITY, 0.0)

    def _add_late(self) -> None:
        """The first piece of late work: nothing was ever lost for want of work."""
        effective = self.columns["effective"]
        for path, month in zip(*np.nonzero(self.due > 0), strict=True):
            late = [self.late[path, month], effective[self.at[month]]]
            self.rows.add(late, [1.0, 1.0], self.due[path, month], _INFINITY)

    def _add_prices(self, columns: int, weights: NDArray[np.float64]) -> None:
        question, figures, c = self._question, self._question.figures, self.columns
        wage, stay = figures.wage_cents / _CENTS, 1 - figures.attrition_trainees
        self.cost, self.low = np.zeros(columns), np.zeros(columns)
        self.high = np.full(columns, _INFINITY)
        paid = np.cumsum(stay ** np.arange(figures.training_months))
        left = np.minimum(np.arange(self._months, 0, -1), figures.training_months)
        self.cost[c["hires"]] = figures.hire_cents / _CENTS + wage * paid[left - 1]
        self.cost[c["hires"]] += _LATER * np.arange(self._months)
        self.cost[c["trained"]] = wage
        self.cost[c["flexible"]] = figures.flexible_cents / _CENTS
        self.cost[c["dismissals"]] = figures.dismissal_cents / _CENTS
        self.cost[self.late] = (1 - question.tail_weight) / self._paths * weights
        self.cost[c["kept"]] = -(1 - question.tail_weight) / self._paths
        self.high[c["kept"]] = _INFINITY if question.anew_eur else 0.0
        self.cost[c["tail"]] = question.tail_weight / max((1 - question.tail_level) * self._paths, 1.0)
        self.cost[c["at_risk"]] = question.tail_weight
        self.low[c["at_risk"]] = -_INFINITY
        self.high[c["hires"]] = question.most_hires
        self.high[c["dismissals"]] = np.where(question.may_dismiss, _INFINITY, 0.0)
        self.offset = wage * sum(
            self._begun[age] * stay ** (t + 1)
            for age in range(figures.training_months)
            for t in range(min(figures.training_months - 1 - age, self._months))
        )
