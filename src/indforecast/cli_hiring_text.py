"""A hiring plan as JSON, from which its words are made too.

What belongs here: the figures about a plan. What does not: sentences (``cli_hiring_words``), the command
(``cli_hiring``), the plan (``planning``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indforecast.config.parameter import parameters_in
from indforecast.planning.hiring import MORE_CERTAIN, WAIT
from indforecast.planning.hiring_question import cvar

if TYPE_CHECKING:
    from collections.abc import Collection

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.hiring import HirePlan
    from indforecast.planning.hiring_advice import Advice, FittedRule, Verdict
    from indforecast.planning.hiring_goal import Goal


def in_json(
    release_id: str, case: PlanningCase, advice: Advice, simulated: Collection[str] = ()
) -> dict[str, Any]:
    """Everything about an advice, for a program.

    Parameters
    ----------
    release_id : str
        The release whose paths were planned on.
    case : PlanningCase
        All its paths.
    advice : Advice
        The advice.
    simulated : collection of str
        Streams whose history is simulated.
    """
    plan, question = advice.plan, advice.plan.question
    answer, month = plan.answer, _months(advice)
    asked, group = plan.asked, question.workforce.group
    known = advice.falls[~np.isnan(advice.falls)]
    return {
        "release_id": release_id,
        "group": group,
        "history_simulated": [name for name in case.settings.hiring.groups[group].streams if name in simulated],
        "paths_planned_on": question.workforce.paths,
        "months_planned_on": question.months,
        "months_asked": advice.wanted_months,
        "target": {
            "share_in_term": asked.share,
            "probability": asked.probability,
            "margin": _r(question.margin, 4),
            "asked_from": month[asked.first],
            "until": month[asked.target_until - 1],
            "probability_with_present_staff": _r(plan.present, 4),
            "within_reach_from_asked": plan.reachable,
            "highest_probability_from_asked": _r(plan.reached.probability[asked.first], 4),
            "within_reach_from": _month_at(month, plan.reached.earliest(question.probability)),
            "planned_from": month[question.first] if plan.meets_target else None,
            "hires_per_month_possible": question.most_hires,
            "hires_per_month_that_would_reach_it": plan.needed_hires,
        },
        "goal_within_reach": None if plan.goal is None else _goal_json(plan, plan.goal, month),
        "plan": {
            "meets_target": plan.meets_target,
            "probability": _r(answer.score.probability if plan.meets_target else plan.on_asked.probability, 4),
            "mean_share_in_term": _r(answer.score.share.mean(), 4),
            "staff_eur": _r(answer.score.staff_eur.mean()),
            "late_eur": _r(answer.score.late_eur.mean()),
            "work_left_eur": _r(answer.score.left_eur.mean()),
            "cost_eur": _r(answer.score.cost_eur.mean()),
            "cvar_eur": _r(cvar(answer.score.cost_eur, question.tail_level)),
            "months": _rows(advice),
        },
        "latest_month_to_decide": _month_at(month, plan.latest_wait),
        "waiting": {
            "months": WAIT,
            "cost_eur": _r(plan.waiting_eur),
            "meets_target": plan.waited.meets,
            "probability": _r(plan.waited.score.probability, 4),
        },
        "more_certain": {"points": MORE_CERTAIN, "cost_eur": _r(plan.certainty_eur)},
        "marginal": {
            "one_more_hire_a_month_eur": _r(answer.solution.hire_value_eur),
            "one_more_experienced_person_eur": _r(answer.solution.person_value_eur),
        },
        "structural_fall": {
            "months_ahead": round(case.settings.hiring.structural_months.value),
            "threshold": case.settings.hiring.structural_probability.value,
            "highest_probability": _r(known.max(), 4) if known.size else None,
        },
        "rule": None if advice.rule is None else _rule_json(advice, advice.rule),
        "compared": [
            {
                key: value if isinstance(value, str) else _r(value, 2 if key.endswith("_eur") else 4)
                for key, value in one.row(question.tail_level).items()
            }
            for one in advice.compared
        ],
        "verdict": None if advice.verdict is None else _verdict_json(advice.verdict),
        "judged_on_paths": advice.fresh.workforce.paths if advice.verdict and advice.fresh else None,
        "assumptions": {
            path: {"value": figure.value, "unit": figure.unit, "assumption": figure.assumption}
            for path, figure in parameters_in(case.settings.hiring, "planning.hiring")
            if figure.assumption
        },
    }


def _goal_json(plan: HirePlan, goal: Goal, month: list[str]) -> dict[str, Any]:
    return {
        "share_in_term": goal.share,
        "from": month[goal.first],
        "by_hiring": goal.by_hiring,
        "late_cases_at_most": goal.late_cases,
        "late_cases_with_present_staff": _r(goal.present_late_cases, 0),
        "late_cases_at_the_end_of": month[goal.late_at],
        "latest_month_to_decide": _month_at(month, goal.latest_wait),
        "cost_eur": _r(plan.goal_eur),
        "hires_per_month_that_would_reach_the_target": {month[first]: hires for first, hires in goal.needed},
    }


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    ways = {"plan": verdict.plan, "rule": verdict.rule}
    return {
        "recommended": "rule" if verdict.recommends_rule else "plan",
        **{
            name: {"probability": _r(judged.probability, 4), "cost_eur": _r(judged.cost_eur.mean())}
            for name, judged in ways.items()
        },
    }


def _r(value: Any, digits: int = 2) -> float | None:
    return None if value is None else round(float(value), digits)


def _months(advice: Advice) -> list[str]:
    return [str(month) for month in advice.plan.question.workforce.months]


def _month_at(months: list[str], index: int | None) -> str | None:
    return None if index is None else months[min(index, len(months) - 1)]


def _rows(advice: Advice) -> list[dict[str, Any]]:
    answer, months = advice.plan.answer, _months(advice)
    staff = answer.staff
    return [
        {
            "month": months[t],
            "hires_fte": _r(answer.decisions.hires[t]),
            "dismissals_fte": _r(staff.dismissed_fte[0, t]),
            "flexible_fte": _r(staff.flexible_fte[0, t], 1),
            "trainees_fte": _r(staff.trainees_fte[0, t], 1),
            "trained_fte": _r(staff.trained_fte[0, t], 1),
            "effective_fte": _r(staff.effective_fte[0, t], 1),
            "hours": _r(staff.hours[0, t], 0),
            "cost_eur": _r(staff.cost_cents[0, t] / 100),
        }
        for t in range(advice.months)
    ]


def _rule_json(advice: Advice, fitted: FittedRule) -> dict[str, Any]:
    months = _months(advice)
    low, middle, high = np.quantile(fitted.decisions.hires, (0.1, 0.5, 0.9), axis=0)
    return {
        "figures": {name: _r(value, 4) for name, value in fitted.rule.figures.items()},
        "probability": _r(fitted.score.probability, 4),
        "cost_eur": _r(fitted.score.cost_eur.mean()),
        "hires_fte": [
            {
                "month": months[t],
                "quantile_0_1": _r(low[t]),
                "quantile_0_5": _r(middle[t]),
                "quantile_0_9": _r(high[t]),
            }
            for t in range(advice.months)
        ],
    }
