"""A hiring plan: who to hire and when, by when to decide, and what waiting costs.

One plan for all paths, because nobody knows which one comes. The target is to hold on a stated share of the paths;
which of them may miss it is part of the search: the paths that the CVaR form of the target, and the utmost effort,
find hardest are left out first, then those whose demand is dearest are exchanged as long as the plan gets cheaper
while the target holds on enough others. Whole people are hired; that the target holds is judged on them.

What belongs here: that search and what is said about its result. What does not: the programme (``hiring_model``),
what can be reached at all (``hiring_reach``), rules that look at a path's past (``hiring_rules``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.hiring_goal import Goal, goal_within_reach, replacing
from indforecast.planning.hiring_model import HiringModel, Solution
from indforecast.planning.hiring_question import Decisions, HiringQuestion, Score, score
from indforecast.planning.hiring_reach import Reach, latest_start, needed_capacity, reach

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from indforecast.planning.staffing import StaffPaths

_EPSILON = 1e-6
_EXCHANGES = 10
_BISECTIONS = 6
#: The programme's target is widened by no more than this factor.
_LOOSEST = 64.0
#: Months that waiting is priced for.
WAIT = 3
#: How much more certainty is priced.
MORE_CERTAIN = 0.05


@dataclass(frozen=True)
class Answer:
    """Decisions with what they lead to on the question's paths.

    Parameters
    ----------
    decisions : Decisions
        Whole people hired per month, shape ``[month]``.
    staff : StaffPaths
        The people, one path.
    score : Score
        On each path.
    objective_eur : float
        Mean cost with its weight on the tail.
    meets : bool
        Whether the target holds with the stated probability.
    solution : Solution
        The programme's own answer, before rounding.
    """

    decisions: Decisions
    staff: StaffPaths
    score: Score
    objective_eur: float
    meets: bool
    solution: Solution


@dataclass(frozen=True)
class HirePlan:
    """A hiring plan with what a decision maker asks about it.

    Parameters
    ----------
    question : HiringQuestion
        What is answered. When the target is out of reach from the month asked for, and not from a later one, that
        is the first month from which it is within reach; when it is out of reach from every month, the goal's
        share where that takes hires.
    asked : HiringQuestion
        What was asked.
    answer : Answer
        The plan. When no share in term takes hires: the plan of least cost, late work included, without a target.
    goal : Goal or None
        What can be reached instead, when the target is out of reach from every month.
    goal_eur : float or None
        What the goal costs beyond the plan of least cost without a target.
    present : float
        Share of the paths on which the target asked for holds with present staff: leavers replaced, nobody else.
    reached : Reach
        What the utmost effort reaches, by the month from which on the target applies.
    waited : Answer
        The best plan when nothing is decided for three months.
    latest_wait : int or None
        Months a decision can wait at most; ``None`` when the target is out of reach.
    needed_hires : int or None
        Hires a month that would bring the target within reach, when it is not.
    certainty_eur : float or None
        What five points more probability cost; ``None`` when out of reach.
    """

    question: HiringQuestion
    asked: HiringQuestion
    answer: Answer
    goal: Goal | None
    goal_eur: float | None
    present: float
    reached: Reach
    waited: Answer
    latest_wait: int | None
    needed_hires: int | None
    certainty_eur: float | None

    @property
    def reachable(self) -> bool:
        """Whether the target can hold with the stated probability from the month asked for."""
        return within_reach(self.asked, self.reached)

    @property
    def meets_target(self) -> bool:
        """Whether the plan meets the target itself, from a month on."""
        return self.answer.meets and self.goal is None

    @property
    def on_asked(self) -> Score:
        """The plan judged by what was asked."""
        return score(self.asked, self.answer.staff)

    @property
    def waiting_eur(self) -> float | None:
        """What waiting costs; ``None`` when the target is in reach today and not afterwards.

        Never below 0: what waiting seems to save is whole people rounded up elsewhere.
        """
        if self.answer.meets and not self.waited.meets:
            return None
        return max(self.waited.objective_eur - self.answer.objective_eur, 0.0)


def within_reach(question: HiringQuestion, reached: Reach) -> bool:
    """Whether the utmost effort meets the question's target."""
    return bool(reached.probability[question.first] >= question.probability - _EPSILON)


def hire_plan(question: HiringQuestion, *, told: Callable[[str], None] = lambda _: None) -> HirePlan:
    """The plan of least cost that meets the target with the stated probability.

    Parameters
    ----------
    question : HiringQuestion
        On the paths that the plan is made from.
    told : callable, optional
        Is told what begins, for progress.
    """
    told("finding what can be reached")
    reached, asked = reach(question), question
    earliest = reached.earliest(question.probability)
    goal = goal_within_reach(asked) if earliest is None else None
    if goal is not None and goal.by_hiring:
        question = goal.question(asked)
    elif not within_reach(question, reached) and earliest is not None:
        question = replace(question, first=earliest)
    if goal is None:
        question = question.with_margin_within(float(reached.probability[question.first]))
    model = HiringModel(question)
    told("solving the plan")
    answer = best(model, question, question.lead)
    free = answer_of(question, model.solve(held=question.lead)) if goal is not None and goal.by_hiring else None
    told(f"pricing a wait of {WAIT} months")
    waited = best(model, question, question.lead + WAIT)
    told("pricing more certainty, finding the latest month to decide")
    more = replace(question, probability=min(question.probability + MORE_CERTAIN, 1.0))
    dearer = best(model, more, question.lead) if goal is None else None
    return HirePlan(
        question=question,
        asked=asked,
        answer=answer,
        goal=goal,
        goal_eur=None if free is None else max(answer.objective_eur - free.objective_eur, 0.0),
        present=score(asked, asked.staff(replacing(asked))).probability,
        reached=reached,
        waited=waited,
        latest_wait=None if goal is not None else latest_start(question),
        needed_hires=None if within_reach(asked, reached) else needed_capacity(asked),
        certainty_eur=(
            max(dearer.objective_eur - answer.objective_eur, 0.0) if dearer is not None and dearer.meets else None
        ),
    )


def best(model: HiringModel, question: HiringQuestion, held: int) -> Answer:
    """The cheapest answer found when the first ``held`` months hire only who is under way.

    Without the target when that is out of reach, or met by the plan of least cost anyway.
    """
    effort = reach(question, held)
    question = question.with_margin_within(float(effort.probability[question.first]))
    free = answer_of(question, model.solve(held=held))
    if free.meets or not within_reach(question, effort):
        return free
    hard = answer_of(question, model.solve(held=held, tail=True))
    found = [
        candidate
        for ranked in (hard.score.share, effort.shares)
        if (candidate := _chosen_paths(model, question, held, ranked)) is not None
    ]
    if not found:  # The programme is stricter than the target while a backlog is being worked away.
        return _utmost(question, effort, free.solution)
    return min(found, key=lambda answer: answer.objective_eur)


def _chosen_paths(
    model: HiringModel, question: HiringQuestion, held: int, ranked: NDArray[np.float64]
) -> Answer | None:
    """The cheapest plan found that meets the target, beginning with the paths that have the best ``ranked``."""
    order = np.argsort(-ranked, kind="stable").tolist()
    for spare in range(min(question.workforce.paths - question.needed_paths, _EXCHANGES) + 1):
        named = order[: question.needed_paths + spare]
        answer = answer_of(question, model.solve(held=held, named=named))
        if answer.meets:
            break
    else:
        return None
    answer, slack = _loosened(model, question, held, named, answer)
    return _exchanged(model, question, held, named, answer, slack)


def _loosened(
    model: HiringModel, question: HiringQuestion, held: int, named: list[int], answer: Answer
) -> tuple[Answer, float]:
    """A cheaper plan from a looser target in the programme, and how much looser it is.

    The programme counts a late case in every month that it stays late, the target once. While a backlog is being
    worked away that asks too much, so its target is widened as long as the target itself holds on the plan.
    """
    met, missed = 1.0, _LOOSEST
    for _ in range(_BISECTIONS):
        if answer.solution.missed <= _EPSILON and answer.score.met.sum() == question.needed_paths:
            break
        slack = float(np.sqrt(met * missed))
        other = answer_of(question, model.solve(held=held, named=named, slack=slack))
        if other.meets and other.objective_eur <= answer.objective_eur:
            answer, met = other, slack
        else:
            missed = slack
    return answer, met


def _exchanged(
    model: HiringModel, question: HiringQuestion, held: int, named: list[int], answer: Answer, slack: float
) -> Answer:
    """Exchange the path whose target is dearest for the one nearest to it outside, while that is cheaper."""
    inside = set(named)
    for _ in range(_EXCHANGES):
        strain, shares = answer.solution.strain, answer.score.share
        outside = [path for path in range(len(shares)) if path not in inside]
        dearest = max(inside, key=lambda path: (strain[path], -path))
        if strain[dearest] <= _EPSILON or not outside:
            break
        nearest = max(outside, key=lambda path: (shares[path], -path))
        changed = (inside - {dearest}) | {nearest}
        other = answer_of(question, model.solve(held=held, named=sorted(changed), slack=slack))
        if not other.meets or other.objective_eur >= answer.objective_eur - _EPSILON:
            break
        answer, inside = other, changed
    return answer


def answer_of(question: HiringQuestion, solution: Solution) -> Answer:
    """A solution in whole people, judged on the question's paths."""
    decisions = replace(solution.decisions, hires=whole_people(solution.decisions.hires))
    return _judged(question, decisions, solution)


def _utmost(question: HiringQuestion, effort: Reach, solution: Solution) -> Answer:
    return _judged(question, effort.decisions, solution)


def _judged(question: HiringQuestion, decisions: Decisions, solution: Solution) -> Answer:
    staff = question.staff(decisions)
    judged = score(question, staff)
    return Answer(
        decisions=decisions,
        staff=staff,
        score=judged,
        objective_eur=judged.objective(question.tail_level, question.tail_weight),
        meets=bool(judged.met.sum() >= question.needed_paths),
        solution=solution,
    )


def whole_people(hires: NDArray[np.float64]) -> NDArray[np.float64]:
    """Hires in whole people, by any month at least as many as before and less than one more."""
    until = np.maximum(np.ceil(np.cumsum(hires) - _EPSILON), 0.0)
    return np.asarray(np.diff(until, prepend=0.0))
