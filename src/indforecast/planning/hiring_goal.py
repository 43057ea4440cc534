"""What can be asked instead of a target that is out of reach from every month of the plan.

The highest share in term that can be reached with the stated probability, of the cases whose term ends in the last
year that the target applies to. Where a backlog is so large that hiring does not move that share (all that goes
first is in term, all else is late), the goal is the backlog itself: the fewest cases past their term when that
year begins. Both are found by the utmost effort (``hiring_reach``), which exists, so that the goal can be met.
Also how many hires a month the target itself would need from later months on.

What belongs here: that goal. What does not: the plan for it (``hiring``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.planning.hiring_question import Decisions
from indforecast.planning.hiring_reach import (
    fewest_late,
    highest_share,
    late_at,
    latest_start,
    longest_wait,
    needed_capacity,
)
from indforecast.planning.workforce import work_done

if TYPE_CHECKING:
    from indforecast.planning.hiring_question import HiringQuestion

_YEAR: Final = 12
_DIGITS: Final = 2


@dataclass(frozen=True)
class Goal:
    """The goal within reach, beside a target that is not; all with the probability that was asked for.

    Parameters
    ----------
    share : float
        The highest share in term that is reached, in whole hundredths.
    first : int
        The month from which on, counted from 0.
    by_hiring : bool
        Whether that share takes more people than replace leavers. Otherwise the goal is ``late_cases``.
    late_cases : float
        Cases past their term, at most, when month ``first`` begins: the fewest within reach, rounded up to two
        digits.
    present_late_cases : float
        The same with present staff: leavers replaced, nobody else.
    latest_wait : int or None
        Months a decision can wait at most for the goal; ``None`` when there is none.
    needed : tuple of (int, int or None)
        Later months, and the hires a month with which the target itself is within reach from there; ``None``
        where no number tried is enough.
    """

    share: float
    first: int
    by_hiring: bool
    late_cases: float
    present_late_cases: float
    latest_wait: int | None
    needed: tuple[tuple[int, int | None], ...]

    @property
    def late_at(self) -> int:
        """The month at whose end the late cases are counted."""
        return max(self.first - 1, 0)

    def question(self, asked: HiringQuestion) -> HiringQuestion:
        """The question with the goal's share for a target."""
        return replace(asked, share=self.share, first=self.first, margin=0.0)


def goal_within_reach(asked: HiringQuestion) -> Goal:
    """What can be reached when the target of ``asked`` cannot, from no month.

    Parameters
    ----------
    asked : HiringQuestion
        With the target that is out of reach.
    """
    first = max(asked.target_until - _YEAR, asked.first)
    later = sorted({month for month in (first - _YEAR, first) if month > asked.first})
    share, end = highest_share(asked, first), max(first - 1, 0)  # the end as in late_at
    wait = latest_start(replace(asked, share=share, first=first))
    by_hiring = wait is not None and wait < asked.months - asked.lead
    late = rounded_up(fewest_late(asked, end))
    if not by_hiring:
        wait = longest_wait(asked, lambda months: fewest_late(asked, end, asked.lead + months) <= late)
    return Goal(
        share=share,
        first=first,
        by_hiring=by_hiring,
        late_cases=late,
        present_late_cases=late_at(asked, work_done(asked.workforce, asked.staff(replacing(asked)).hours), end),
        latest_wait=wait,
        needed=tuple((month, needed_capacity(replace(asked, first=month))) for month in later),
    )


def replacing(question: HiringQuestion) -> Decisions:
    """Present staff: leavers replaced in every month, nobody borrowed or let go."""
    none = np.zeros(question.months)
    return Decisions(question.under_way, none, none)


def rounded_up(value: float) -> float:
    """A count to two digits, never less than it is."""
    if value <= 0:
        return 0.0
    unit = 10.0 ** max(int(np.floor(np.log10(value))) - _DIGITS + 1, 0)
    return float(np.ceil(value / unit) * unit)
