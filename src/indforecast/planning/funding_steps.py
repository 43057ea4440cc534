"""One way of granting money, month by month on every path: money, staff, decisions, stock.

In month ``t``, in this order: in the month of review the next year's amount is settled; the people whom the money
in view can pay and the people whom the work asks decide on hires (who begin after recruitment) and on letting go;
what is left of the year's money borrows people; staff work; cases are decided, the oldest of a stream first; at
the year's end the books are closed. Management is the same in every regime, so differences come from the money.

What belongs here: the loop over months; everything in it works on all paths at once. What does not: staff
(``staffing``), cents (``funding_ledger``), the forecast (``funding_forecast``), outcomes (``funding``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from indforecast.planning.funding_forecast import expected_cases, wanted_cases
from indforecast.planning.funding_ledger import Ledger
from indforecast.planning.funding_pay import cost_per_head, output_per_head
from indforecast.planning.staffing import StaffState

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.funding_case import FundingCase

_YEAR: Final = 12
#: Guards ``floor`` against a quotient that falls short of a whole number by rounding.
_EPSILON: Final = 1e-9


@dataclass(frozen=True)
class Regime:
    """How an amount moves after the first year, as plain numbers.

    Parameters
    ----------
    review_years : int
        The amount is looked at again every so many calendar years.
    corridor : float
        It moves only when the forecast differs from it by more than this share.
    reserve : float
        Most that may be kept at a year's end, as a share of the year's amount.
    schedule : tuple of int
        Cents of each calendar year, known beforehand; no review moves them. Years after the last have the last.
    """

    review_years: int
    corridor: float
    reserve: float
    schedule: tuple[int, ...] = ()


@dataclass(frozen=True)
class RegimePaths:
    """What a way of granting money leads to; arrays of shape ``[path, month]`` unless said otherwise.

    Parameters
    ----------
    granted, spent, given_back, short, reserve : ndarray of int64
        Cents; given back and short in the months in which books are closed, the reserve at the month's end.
    heads : ndarray of float
        Own people, in training included, shape ``[group, path, month]``.
    trained : ndarray of float
        Experienced people, same shape.
    hires, dismissed : ndarray of float
        Who begins and who is let go, same shape.
    hours, idle_hours : ndarray of float
        Hours on cases that staff had, and those of them that found no case.
    decisions, in_term, open_cases, late, newly_late : ndarray of float
        Whole cases per stream, shape ``[stream, path, month]``.
    """

    granted: NDArray[np.int64]
    spent: NDArray[np.int64]
    given_back: NDArray[np.int64]
    short: NDArray[np.int64]
    reserve: NDArray[np.int64]
    heads: NDArray[np.float64]
    trained: NDArray[np.float64]
    hires: NDArray[np.float64]
    dismissed: NDArray[np.float64]
    hours: NDArray[np.float64]
    idle_hours: NDArray[np.float64]
    decisions: NDArray[np.float64]
    in_term: NDArray[np.float64]
    open_cases: NDArray[np.float64]
    late: NDArray[np.float64]
    newly_late: NDArray[np.float64]


def wanted_cents(case: FundingCase, cases: NDArray[np.float64]) -> NDArray[np.int64]:
    """Price times twelve months of cases, shape ``[stream, path]`` to ``[path]``; whole cases, whole cents."""
    whole = np.rint(_YEAR * cases).astype(np.int64)
    return np.asarray((case.price_cents[:, None] * whole).sum(axis=0))


def run_regime(case: FundingCase, regime: Regime, first_amount: NDArray[np.int64] | int) -> RegimePaths:
    """Grant money one way and see what follows.

    Parameters
    ----------
    case : FundingCase
        Streams, paths and figures.
    regime : Regime
        How the amount moves.
    first_amount : ndarray of int64 or int
        Cents of the first calendar year, one figure or shape ``[path]``.
    """
    amount = np.broadcast_to(np.asarray(first_amount, dtype=np.int64), (case.paths,)).copy()
    service = _Service(case, Ledger(amount, regime.reserve))
    years = case.months.astype("datetime64[Y]").astype(np.int64)
    columns = []
    for t, month in enumerate(case.months.astype(np.int64) % _YEAR + 1):
        year_after = int(years[t] - years[0]) + 1
        if regime.schedule:
            following = regime.schedule[min(year_after, len(regime.schedule) - 1)]
            service.ledger.following = np.full(case.paths, following, dtype=np.int64)
        elif month == case.figures.review_month and year_after % regime.review_years == 0:
            service.review(t, regime.corridor)
        columns.append(service.step(t, int(month), last=t == len(case.months) - 1))
    return RegimePaths(**{name: np.stack([c[name] for c in columns], axis=-1) for name in columns[0]})


class _Service:
    """The service in one month on every path."""

    def __init__(self, case: FundingCase, ledger: Ledger) -> None:
        self.case, self.ledger = case, ledger
        groups, paths = len(case.groups), case.paths
        self.shape = (groups, paths)
        training = np.repeat(case.in_training, paths, axis=0)
        self.staff = StaffState.at(np.repeat(case.trained_fte, paths), training, case.staff)
        # who was hired and has not begun yet, by month of beginning: at the start, as many as replace the leavers
        pipeline = np.repeat(np.round(case.in_training[:, :1]), paths, axis=1)
        self.recruited = [pipeline.copy() for _ in range(case.recruitment_months)]
        self.expected = expected_cases(case.past, case.inflow, case.figures)
        self.open = np.repeat(case.opening[:, None], paths, axis=1)
        self.decided = np.zeros_like(self.open)
        self.due = self.late = np.repeat(case.late[:, None], paths, axis=1)
        self.credit = np.zeros(self.shape)
        self.per_head = case.staff.hours_a_month * output_per_head(case.staff)
        self.head_cents = cost_per_head(case.staff)

    def wanted(self, t: int) -> NDArray[np.float64]:
        """Cases a month that should be decided, from what is known at the month's beginning."""
        return wanted_cases(self.expected[:, :, t], self.late, t, self.case.figures)

    def review(self, t: int, corridor: float) -> None:
        """Settle the next year's amount."""
        need, current = wanted_cents(self.case, self.wanted(t)), self.ledger.amount
        moves = np.abs(need - current) > corridor * current
        self.ledger.following = np.where(moves, need, current)

    def step(self, t: int, month: int, *, last: bool) -> dict[str, Any]:
        """One month on."""
        case, ledger = self.case, self.ledger
        work = self._by_group(self.wanted(t) * case.hours[:, None])
        begin, let_go = self._hire_and_let_go(work, month)
        granted = ledger.grant(month)
        borrowed = self._borrow(work, begin, month)
        now = self.staff.step(begin.ravel(), let_go.ravel(), borrowed.ravel()).reshape(6, *self.shape)
        trained, trainees, flexible, effective, _, dismissed = now
        figures = case.staff
        costs = (
            (trained + trainees) * figures.wage_cents
            + begin * figures.hire_cents
            + flexible * figures.flexible_cents
            + dismissed * figures.dismissal_cents
        )
        spent = np.rint(costs).astype(np.int64).sum(axis=0)
        ledger.spend(spent)
        hours = effective * figures.hours_a_month
        decided, idle = self._decide(t, hours)
        none = np.zeros_like(spent)
        back, short = ledger.settle() if month == _YEAR or last else (none, none)
        return {
            "granted": granted, "spent": spent, "given_back": back, "short": short, "reserve": ledger.reserve,
            "heads": trained + trainees, "trained": trained, "hires": begin, "dismissed": dismissed,
            "hours": hours.sum(axis=0), "idle_hours": idle.sum(axis=0), **decided,
        }  # fmt: skip

    def _by_group(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Streams added up within their groups."""
        total = np.zeros((len(self.case.groups), values.shape[1]))
        np.add.at(total, self.case.group_of, values)
        return total

    def _hire_and_let_go(self, work: NDArray[np.float64], month: int) -> tuple[NDArray[np.float64], ...]:
        """Who begins and whom the service lets go this month, shape ``[group, path]``."""
        case, figures = self.case, self.case.figures
        trained = self.staff.trained.reshape(self.shape)
        heads = trained + self.staff.cohorts.sum(axis=1).reshape(self.shape)
        needed = work / self.per_head
        all_needed = np.maximum(needed.sum(axis=0), _EPSILON)
        in_view = self.ledger.in_view(month) / _YEAR / self.head_cents
        target = needed * np.minimum(1.0, in_view / all_needed)
        begin = self.recruited.pop(0) if self.recruited else np.zeros(self.shape)
        coming = begin + sum(self.recruited, start=np.zeros(self.shape))
        hired = np.floor(np.clip(target - heads - coming, 0.0, case.hires_a_month[:, None]) + _EPSILON)
        if case.recruitment_months:
            self.recruited.append(hired)
        else:
            begin = hired
        # the reserve bridges a fall, it does not pay for growth
        bearable = in_view + self.ledger.reserve / _YEAR / self.head_cents
        leaving = case.staff.attrition_trained * figures.patience_months
        excess = np.maximum(heads.sum(axis=0) * (1 - leaving) + coming.sum(axis=0) - bearable, 0.0)
        surplus = np.maximum(heads - target, 0.0)
        part = excess * surplus / np.maximum(surplus.sum(axis=0), _EPSILON)
        return begin, np.floor(np.minimum(part, figures.dismissals_a_month * trained) + _EPSILON)

    def _borrow(self, work: NDArray[np.float64], begin: NDArray[np.float64], month: int) -> NDArray[np.float64]:
        """Borrowed FTE that the rest of the year's money pays and the work asks, shape ``[group, path]``."""
        figures = self.case.staff
        if figures.flexible_productivity <= 0:
            return np.zeros(self.shape)
        heads = (self.staff.trained + self.staff.cohorts.sum(axis=1)).reshape(self.shape) + begin
        output = (
            self.staff.trained + self.staff.cohorts @ (np.asarray(figures.ramp) - figures.trainer_fte)
        ).reshape(self.shape)
        missing = np.maximum(work / figures.hours_a_month - output, 0.0) / figures.flexible_productivity
        # what stays after own people, this month and in the rest of the year, evenly over those months
        rest = _YEAR - month
        ahead = self.ledger.amount - self.ledger.amount * month // _YEAR
        own = (heads * figures.wage_cents).sum(axis=0) * (rest + 1) + (begin * figures.hire_cents).sum(axis=0)
        free = np.maximum(self.ledger.balance + ahead - own, 0.0) / (rest + 1)
        payable = free / max(figures.flexible_cents, 1)
        return np.asarray(missing * np.minimum(1.0, payable / np.maximum(missing.sum(axis=0), _EPSILON)))

    def _decide(
        self, t: int, hours: NDArray[np.float64]
    ) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64]]:
        """Decide whole cases with a month's hours; hours without a case are lost, part of a case is not."""
        case = self.case
        at_hand = self.open + case.inflow[:, :, t]
        shares = self.wanted(t) * case.hours[:, None]
        left = hours + self.credit
        weights = shares / np.maximum(self._by_group(shares), _EPSILON)[case.group_of]
        own = left[case.group_of] * weights
        count = np.minimum(np.floor(own / case.hours[:, None] + _EPSILON), at_hand)
        left = left - self._by_group(count * case.hours[:, None])
        for stream, group in enumerate(case.group_of):
            more = np.floor(left[group] / case.hours[stream] + _EPSILON)
            more = np.clip(more, 0.0, at_hand[stream] - count[stream])
            count[stream] += more
            left[group] -= more * case.hours[stream]
        left = np.maximum(left, 0.0)
        waiting = self._by_group(at_hand - count) > 0
        self.credit = np.where(waiting, left, 0.0)
        due = case.due[:, :, t]
        decided = self.decided + count
        overdue = np.clip(np.minimum(decided, self.due) - self.decided, 0.0, None)
        late = np.maximum(due - decided, 0.0)
        newly = np.clip(due - np.maximum(decided, self.due), 0.0, None)
        self.open, self.decided, self.due, self.late = at_hand - count, decided, due, late
        outcome = {
            "decisions": count, "in_term": count - overdue, "open_cases": self.open, "late": late,
            "newly_late": newly,
        }  # fmt: skip
        return outcome, left - self.credit
