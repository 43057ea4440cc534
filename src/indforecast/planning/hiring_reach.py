"""What can be reached at all: from when on the target holds when everything is thrown in.

More experienced people never make work later, so a plan that hires at capacity until a month, then nobody, and
borrows all it may, is as good as any that begins then; the best month to stop is searched for, because who begins
shortly before the end costs trainers' time and gives nothing back. A probability found this way is reached by a
plan that exists. This is the evidence when a target cannot be met, instead of a word such as "infeasible".

What belongs here: that search. What does not: what is worth its price (``hiring``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.hiring_question import Decisions
from indforecast.planning.workforce import shares_in_term, work_done

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from indforecast.planning.hiring_question import HiringQuestion
    from indforecast.planning.workforce import WorkDone

_EPSILON = 1e-9
_WITHOUT_LIMIT = 1e9
#: A hiring capacity above this many times today's is not searched for.
_TIMES = 64


@dataclass(frozen=True)
class Reach:
    """What the utmost effort reaches.

    Parameters
    ----------
    probability : ndarray of float
        Probability of the target when it applies from a month on, shape ``[month]``.
    decisions : Decisions
        The effort that is best for the question's own month.
    shares : ndarray of float
        Share in term on each path under it, for the question's own month, shape ``[path]``.
    """

    probability: NDArray[np.float64]
    decisions: Decisions
    shares: NDArray[np.float64]

    def earliest(self, wanted: float) -> int | None:
        """The first month from which on the target holds with the wanted probability, and from every later one."""
        enough = self.probability >= wanted - _EPSILON
        if not enough[-1]:
            return None
        short = np.flatnonzero(~enough)
        return int(short[-1]) + 1 if short.size else 0


def reach(question: HiringQuestion, held: int | None = None) -> Reach:
    """The utmost effort when the first ``held`` months, by default the lead, hire only who is under way."""
    workforce = question.workforce
    best, chosen, key = np.zeros(question.target_until), None, (-1.0, -1.0)
    shares = np.ones(workforce.paths)
    for decisions, in_term in _efforts(question, held):
        probability = (in_term >= question.share - _EPSILON).mean(axis=0)
        best = np.maximum(best, probability)
        own = (float(probability[question.first]), float(in_term[:, question.first].mean()))
        if own > key:
            chosen, key, shares = decisions, own, in_term[:, question.first]
    assert chosen is not None  # the last month to stop is always tried
    return Reach(best, chosen, shares)


def highest_share(question: HiringQuestion, first: int) -> float:
    """The highest share in term, from month ``first`` on, that the utmost effort reaches as often as asked.

    Whole hundredths, rounded down, so that it is reached.
    """
    paths = question.workforce.paths
    rank = paths - int(np.ceil(question.probability * paths - _EPSILON))
    best = 0.0
    for _, in_term in _efforts(question):
        best = max(best, float(np.sort(in_term[:, first])[min(rank, paths - 1)]))
    return float(np.floor(100 * best + _EPSILON) / 100)


def fewest_late(question: HiringQuestion, at: int, held: int | None = None) -> float:
    """The fewest cases past their term at the end of month ``at``, as often as asked, by the utmost effort."""
    return min(late_at(question, done, at) for _, done in _done(question, held))


def late_at(question: HiringQuestion, done: WorkDone, at: int) -> float:
    """Cases past their term at the end of month ``at`` that are not exceeded as often as asked."""
    paths = question.workforce.paths
    rank = max(int(np.ceil(question.probability * paths - _EPSILON)), 1) - 1
    return float(np.sort(done.late[:, at])[rank] / question.workforce.hours_per_case)


def _efforts(question: HiringQuestion, held: int | None = None) -> Iterator[tuple[Decisions, NDArray[np.float64]]]:
    """Each utmost effort, by the month it stops, with the shares in term, shape ``[path, month]``."""
    for decisions, done in _done(question, held):
        yield decisions, shares_in_term(question.workforce, done, question.target_until)


def _done(question: HiringQuestion, held: int | None) -> Iterator[tuple[Decisions, WorkDone]]:
    """Each utmost effort, by the month it stops, with what it does to the work."""
    begin = question.lead if held is None else held
    months = question.months
    stops = np.arange(begin, months + 1)
    month = np.arange(months)
    hires = np.where((month >= begin) & (month < stops[:, None]), question.most_hires, 0.0)
    hires[:, :begin] = question.under_way[:begin]
    none = np.zeros(months)
    staff = question.staff(Decisions(hires, np.full(months, _WITHOUT_LIMIT), none))
    workforce = question.workforce
    for index in range(stops.size):
        done = work_done(workforce, staff.hours[index])
        yield Decisions(hires[index], staff.flexible_fte[index], none), done


def latest_start(question: HiringQuestion) -> int | None:
    """The most months a decision can wait with the target within reach; ``None`` when it is not even today."""

    def can(wait: int) -> bool:
        found = reach(question, question.lead + wait)
        return bool(found.probability[question.first] >= question.probability - _EPSILON)

    return longest_wait(question, can)


def longest_wait(question: HiringQuestion, can: Callable[[int], bool]) -> int | None:
    """The most months a decision can wait so that ``can`` still holds; ``None`` when it does not even today."""
    if not can(0):
        return None
    low, high = 0, question.months - question.lead
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if can(middle) else (low, middle - 1)
    return low


def needed_capacity(question: HiringQuestion) -> int | None:
    """The least hires a month that bring the target within reach; ``None`` when 64 times today's do not."""

    def can(most: float) -> bool:
        found = reach(replace(question, most_hires=most))
        return bool(found.probability[question.first] >= question.probability - _EPSILON)

    low, high = 0, int(max(question.most_hires, 1.0))
    limit = high * _TIMES
    while not can(float(high)):
        low, high = high, high * 2
        if high > limit:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if can(float(middle)) else (middle, high)
    return high
