"""From a planning case to a hiring plan, a fitted rule and their judgement on other paths.

The first paths of a case make the plan, the others judge it; which paths come first says nothing, they are joint
draws in no order.

What belongs here: putting the pieces together. What does not: the pieces (``hiring``, ``hiring_fit``,
``hiring_compare``), what is said about them (``cli_hiring``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.domain.errors import InputError
from indforecast.planning.hiring import HirePlan, hire_plan
from indforecast.planning.hiring_asked import PLANNED_MONTHS, question_of, structural_falls
from indforecast.planning.hiring_compare import Compared, compare, simple_rules
from indforecast.planning.hiring_fit import GapRule, fit_rule, gap_rule
from indforecast.planning.hiring_question import score
from indforecast.planning.hiring_rules import follow
from indforecast.planning.workforce_streams import workforce_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.hiring_question import Decisions, HiringQuestion, Score

#: Fewer paths than this say too little about a probability.
_FEWEST = 20
#: A rule is worth its trouble when it saves this share of the plan's cost.
_CLEARLY = 0.01
_YEAR = 12
_EPSILON = 1e-9


@dataclass(frozen=True)
class FittedRule:
    """A rule with what it decides and reaches on the paths it was fitted to."""

    rule: GapRule
    decisions: Decisions
    score: Score


@dataclass(frozen=True)
class Advice:
    """What is advised to a group.

    Parameters
    ----------
    plan : HirePlan
        The plan for all paths.
    months : int
        Months that are shown; those after them are planned on and not shown.
    falls : ndarray of float
        Probability that the level two years on (by the settings) is below that of the month, shape ``[month]``.
    fresh : HiringQuestion or None
        The question on the paths that the plan was not made from; ``None`` when there are none.
    rule : FittedRule or None
        The fitted rule, when asked for.
    compared : tuple of Compared
        Every way to decide on the fresh paths, when asked for.
    verdict : Verdict or None
        The plan and the rule on the fresh paths; ``None`` without them.
    wanted_months : int
        Months that were asked for: more than ``months`` when the paths end too soon to tell the later ones.
    """

    plan: HirePlan
    months: int
    falls: NDArray[np.float64]
    fresh: HiringQuestion | None
    rule: FittedRule | None = None
    compared: tuple[Compared, ...] = ()
    verdict: Verdict | None = None
    wanted_months: int = 0


@dataclass(frozen=True)
class Verdict:
    """The plan and the rule fitted beside it, judged on paths that neither was made from.

    Parameters
    ----------
    plan, rule : Score
        On each fresh path.
    probability : float
        Asked for, without the margin.
    tail_level, tail_weight : float
        As in the question.
    """

    plan: Score
    rule: Score
    probability: float
    tail_level: float
    tail_weight: float

    @property
    def recommends_rule(self) -> bool:
        """Whether the rule meets the target as often as asked and is clearly cheaper, its tail weighed."""
        saved = self._objective(self.plan) - self._objective(self.rule)
        cheaper = saved >= _CLEARLY * float(self.plan.cost_eur.mean())
        return bool(self.rule.probability >= self.probability - _EPSILON and cheaper)

    def _objective(self, judged: Score) -> float:
        return judged.objective(self.tail_level, self.tail_weight)


def split(case: PlanningCase, fit_paths: int | None = None) -> tuple[PlanningCase, PlanningCase | None]:
    """The case on the paths a plan is made from, and on those that judge it.

    Half and half when there are not twice as many paths as wanted for fitting.

    Parameters
    ----------
    case : PlanningCase
        All paths.
    fit_paths : int, optional
        Paths to fit on; those of the settings by default.

    Raises
    ------
    InputError
        If there are too few paths.
    """
    if case.paths < _FEWEST:
        raise InputError(
            f"A hiring plan needs at least {_FEWEST} paths, this release has {case.paths}.",
            hint="Make a release with more paths.",
        )
    wanted = round(case.settings.hiring.fit_paths.value) if fit_paths is None else fit_paths
    fit = wanted if case.paths >= 2 * wanted else case.paths // 2
    return case.select(slice(0, fit)), case.select(slice(fit, case.paths))


def advise(
    case: PlanningCase,
    group: str,
    *,
    months: int = PLANNED_MONTHS,
    start: str | None = None,
    share: float | None = None,
    probability: float | None = None,
    with_rule: bool | None = None,
    with_comparison: bool = False,
    judged_paths: int | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> Advice:
    """A hiring plan for a group, with a rule and a comparison when asked for.

    Parameters
    ----------
    case : PlanningCase
        All paths.
    group : str
        One of ``planning.hiring.groups``.
    months : int
        Months to plan.
    start : str, optional
        Month ``YYYY-MM`` from which on the target applies.
    share, probability : float, optional
        The target; the settings' by default.
    with_rule : bool, optional
        Whether a rule is fitted and judged beside the plan on fresh paths; by default where the plan meets the
        target.
    with_comparison : bool
        Whether the simple rules and perfect foresight are judged as well (this fits a rule too).
    judged_paths : int, optional
        At most so many fresh paths.
    told : callable, optional
        Is told what begins, for progress.

    Raises
    ------
    InputError
        If the group or the month does not exist, or there are too few paths.
    """
    fit, other = split(case)
    question = question_of(fit, group, months=months, start=start, share=share, probability=probability)
    plan = hire_plan(question, told=told)
    question, hiring = plan.question, case.settings.hiring
    levels = workforce_of(fit, group).levels()
    ahead = round(hiring.structural_months.value)
    fresh = None
    if other is not None:
        judged = other if judged_paths is None else other.select(slice(0, judged_paths))
        fresh = question.on(workforce_of(judged, group).until(question.months))
    rule = None
    if with_comparison or (plan.meets_target if with_rule is None else with_rule):
        told("fitting a rule")
        threshold = hiring.structural_probability.value
        begun = gap_rule(question, plan.answer.decisions, levels, ahead=ahead, threshold=threshold)
        fitted, reached = fit_rule(question, begun, targeted=plan.answer.meets)
        rule = FittedRule(fitted, follow(question, fitted), reached)
    verdict = None
    if rule is not None and fresh is not None:
        told("judging the plan and the rule on other paths")
        verdict = Verdict(
            score(fresh, fresh.staff(plan.answer.decisions)),
            score(fresh, fresh.staff(follow(fresh, rule.rule))),
            question.probability,
            question.tail_level,
            question.tail_weight,
        )
    compared: tuple[Compared, ...] = ()
    if with_comparison and fresh is not None and rule is not None:
        simple = simple_rules(question, case.levels[1:], case.settings.staffing.backlog_months.value)
        compared = tuple(compare(fresh, plan.answer.decisions, rule.rule, simple, told=told))
    return Advice(
        plan=plan,
        months=shown_months(months, question.months, round(hiring.look_ahead_months.value)),
        falls=structural_falls(levels, ahead),
        fresh=fresh,
        rule=rule,
        compared=compared,
        verdict=verdict,
        wanted_months=months,
    )


def shown_months(wanted: int, planned: int, look_ahead: int) -> int:
    """Months of a plan that do not depend on where it ends.

    All but the look-ahead of those planned on, no more than wanted; a year where the paths end sooner than that.
    """
    return min(wanted, max(planned - look_ahead, _YEAR), planned)
