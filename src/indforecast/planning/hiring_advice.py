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
from indforecast.planning.hiring_compare import Compared, compare, simple_rules
from indforecast.planning.hiring_fit import GapRule, fit_rule, gap_rule
from indforecast.planning.hiring_question import question_of, structural_falls
from indforecast.planning.hiring_rules import follow
from indforecast.planning.workforce_streams import workforce_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.hiring_question import Decisions, HiringQuestion, Score

#: Fewer paths than this say too little about a probability.
_FEWEST = 20


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
    """

    plan: HirePlan
    months: int
    falls: NDArray[np.float64]
    fresh: HiringQuestion | None
    rule: FittedRule | None = None
    compared: tuple[Compared, ...] = ()


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
    months: int = 36,
    start: str | None = None,
    share: float | None = None,
    probability: float | None = None,
    with_rule: bool = False,
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
    with_rule, with_comparison : bool
        Whether a rule is fitted, and whether everything is judged on fresh paths (this fits a rule as well).
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
    if with_rule or with_comparison:
        told("the rule")
        threshold = hiring.structural_probability.value
        begun = gap_rule(question, plan.answer.decisions, levels, ahead=ahead, threshold=threshold)
        fitted, reached = fit_rule(question, begun, targeted=plan.answer.meets)
        rule = FittedRule(fitted, follow(question, fitted), reached)
    compared: tuple[Compared, ...] = ()
    if with_comparison and fresh is not None and rule is not None:
        simple = simple_rules(question, case.levels[1:], case.settings.staffing.backlog_months.value)
        compared = tuple(compare(fresh, plan.answer.decisions, rule.rule, simple, told=told))
    return Advice(plan, min(months, question.months), structural_falls(levels, ahead), fresh, rule, compared)
