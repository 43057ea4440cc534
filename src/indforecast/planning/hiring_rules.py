"""Rules that decide month by month from what a path has shown by then, and the simple ones that are in use.

A rule sees a :class:`Sight`: work, open and late cases up to last month, the people there are, and who is already
expected. It has no way to a later month, and hires who begin ``lead`` months after the decision. Simple rules
want a number of experienced people and hire for the gap to it:

- *follow last year*: the hours of last calendar year's applications, as money does;
- *follow medio*, *follow maximum*: the hours of a band of the forecast, the same on every path.

All of them also want the overdue work gone in the months that planning allows for it, and borrow within the pool's
limits what is missing in a month, so that they differ from a plan in what they know and not in what they may do.

What belongs here: the sight, running a rule, the simple rules. What does not: the fitted rule (``hiring_fit``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

from indforecast.planning.hiring_question import Decisions
from indforecast.planning.staffing import StaffFigures, StaffState, steady_training

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.hiring_question import HiringQuestion

_YEAR = 12
#: Experienced people above this many times what is wanted are let go by a rule that does so.
_SURPLUS = 1.05


@dataclass(frozen=True)
class Sight:
    """What is known at the beginning of month ``month``, on every path.

    Parameters
    ----------
    month : int
        From 0.
    calendar : datetime64[M]
        That month.
    work : ndarray of float
        Hours applied for, twelve months before the plan and then to last month, shape ``[path, 12 + month]``.
    open_work, late : ndarray of float
        Hours open, and of them past their term, at the end of last month, shape ``[path]``.
    due_later : ndarray of float
        Hours applied for whose term ends after last month, shape ``[path]``.
    trained : ndarray of float
        Experienced FTE of last month, shape ``[path]``.
    cohorts : ndarray of float
        FTE in training last month by month of training, shape ``[path, training_months]``.
    expected : ndarray of float
        FTE decided on who begin in this month and the next, shape ``[path, lead]``.
    figures : StaffFigures
        Training and attrition.
    """

    month: int
    calendar: np.datetime64
    work: NDArray[np.float64]
    open_work: NDArray[np.float64]
    late: NDArray[np.float64]
    due_later: NDArray[np.float64]
    trained: NDArray[np.float64]
    cohorts: NDArray[np.float64]
    expected: NDArray[np.float64]
    figures: StaffFigures

    def level(self) -> NDArray[np.float64]:
        """Hours of the last twelve months, shape ``[path]``."""
        return np.asarray(self.work[:, -_YEAR:].sum(axis=1))

    def experienced_when_trained(self) -> NDArray[np.float64]:
        """Experienced FTE when someone decided on now has been trained, nobody else hired, shape ``[path]``."""
        trained, cohorts, expected = _survival(self.figures, self.expected.shape[1])
        return np.asarray(trained * self.trained + self.cohorts @ cohorts + self.expected @ expected)

    def effective(self) -> NDArray[np.float64]:
        """Output of this month's own people before anyone is borrowed or let go, in experienced FTE."""
        figures = self.figures
        remain, stay = 1 - figures.attrition_trained, 1 - figures.attrition_trainees
        net = np.asarray(figures.ramp) - figures.trainer_fte
        own = self.trained * remain + self.cohorts[:, -1] * stay + self.cohorts[:, :-1] @ (stay * net[1:])
        return np.asarray(own + self.expected[:, 0] * net[0] if self.expected.shape[1] else own)


@lru_cache(maxsize=64)
def _survival(figures: StaffFigures, lead: int) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """What is experienced then: of an experienced person, of each month of training, of each who is expected."""
    training, ahead = figures.training_months, lead + figures.training_months
    remain, stay = 1 - figures.attrition_trained, 1 - figures.attrition_trainees
    months = np.arange(training, 0, -1, dtype=np.float64)  # until the cohort is experienced
    begins = np.arange(lead, dtype=np.float64)
    return (
        float(remain ** (ahead + 1)),
        stay**months * remain ** (ahead + 1 - months),
        stay**training * remain ** (ahead - begins - training),
    )


class Rule(Protocol):
    """Decides a month from what is known then."""

    def decide(self, sight: Sight) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """FTE to begin ``lead`` months from now, to borrow this month, to let go this month; shape ``[path]``."""


def follow(question: HiringQuestion, rule: Rule) -> Decisions:
    """The decisions a rule takes on the question's paths, month by month, shape ``[path, month]``.

    Hires are cut to what can begin in a month; the first ``lead`` months hire who is under way.
    """
    workforce, figures, lead = question.workforce, question.figures, question.lead
    paths, months, unit = workforce.paths, question.months, question.figures.hours_a_month
    begun = steady_training(workforce.start_fte, figures)
    state = StaffState.at(
        np.full(paths, workforce.start_fte), np.broadcast_to(begun, (paths, begun.size)), figures
    )
    hires = np.zeros((paths, months + lead))
    hires[:, :lead] = question.under_way[:lead]
    flexible, dismissals = np.zeros((paths, months)), np.zeros((paths, months))
    known = np.concatenate([np.broadcast_to(workforce.past, (paths, _YEAR)), workforce.work], axis=1)
    due = np.full(paths, workforce.due_at_start)
    arrived, decided = np.full(paths, workforce.opening), np.zeros(paths)
    for month in range(months):
        sight = Sight(
            month=month,
            calendar=workforce.months[month],
            work=known[:, : _YEAR + month],
            open_work=arrived - decided,
            late=np.maximum(due - decided, 0.0),
            due_later=arrived - due,
            trained=state.trained,
            cohorts=state.cohorts,
            expected=hires[:, month : month + lead],
            figures=figures,
        )
        begin, borrow, leave = rule.decide(sight)
        hires[:, month + lead] = np.clip(begin, 0.0, question.most_hires)
        flexible[:, month], dismissals[:, month] = np.maximum(borrow, 0.0), np.maximum(leave, 0.0)
        effective = state.step(hires[:, month], dismissals[:, month], flexible[:, month])[3]
        arrived = arrived + workforce.work[:, month]
        decided = np.minimum(decided + effective * unit, workforce.ready[:, month])
        due = workforce.due[:, month]
    return Decisions(hires[:, :months], flexible, dismissals)


@dataclass(frozen=True)
class FollowLastYear:
    """As many people as last calendar year's applications ask.

    Parameters
    ----------
    backlog_months : float
        Months in which overdue work is to be gone.
    lets_go : bool
        Whether people above that number are let go, as when the money of a year ends.
    """

    backlog_months: float
    lets_go: bool = False

    def decide(self, sight: Sight) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """See :class:`Rule`."""
        since = int(str(sight.calendar)[5:7]) - 1  # months of this year that are known already
        end = sight.work.shape[1] - min(since, sight.work.shape[1] - _YEAR)
        year = sight.work[:, end - _YEAR : end].sum(axis=1)
        wanted = year / sight.figures.productive_hours + _overdue_fte(sight, self.backlog_months)
        return _towards(sight, wanted, wanted, lets_go=self.lets_go)


@dataclass(frozen=True)
class FollowBand:
    """As many people as a band of the forecast asks.

    Parameters
    ----------
    fte : ndarray of float
        Experienced FTE that the band's work asks in each month and beyond the plan, shape ``[month]``.
    backlog_months : float
        Months in which overdue work is to be gone.
    """

    fte: NDArray[np.float64]
    backlog_months: float

    def decide(self, sight: Sight) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """See :class:`Rule`."""
        ahead = sight.month + sight.expected.shape[1] + sight.figures.training_months
        overdue = _overdue_fte(sight, self.backlog_months)
        then = self.fte[min(ahead, self.fte.size - 1)] + overdue
        return _towards(sight, then, self.fte[sight.month] + overdue, lets_go=False)


def band_fte(question: HiringQuestion, level: float) -> NDArray[np.float64]:
    """Experienced FTE that a quantile of a year's work asks, by month, the year around it; shape ``[month]``."""
    yearly = np.quantile(question.workforce.levels(), level, axis=0) / question.figures.productive_hours
    half = _YEAR // 2
    return np.concatenate([yearly[half:], np.full(half, yearly[-1])]) if yearly.size > half else yearly


def _overdue_fte(sight: Sight, months: float) -> NDArray[np.float64]:
    return np.asarray(sight.late / months / sight.figures.hours_a_month)


def _towards(
    sight: Sight, then: NDArray[np.float64], now: NDArray[np.float64], *, lets_go: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Hire for the gap when trained, borrow for the gap of today, and let go what is too many today."""
    stay = (1 - sight.figures.attrition_trainees) ** sight.figures.training_months
    hires = (then - sight.experienced_when_trained()) / stay
    borrow = (now - sight.effective()) / max(sight.figures.flexible_productivity, 1e-9)
    surplus = sight.trained - _SURPLUS * now if lets_go else np.zeros_like(sight.trained)
    return np.maximum(hires, 0.0), np.maximum(borrow, 0.0), np.maximum(surplus, 0.0)
