"""A hiring plan in words and as JSON.

What belongs here: what is said about a plan. What does not: the command (``cli_hiring``), the plan (``planning``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indforecast.config.parameter import parameters_in
from indforecast.planning.hiring import MORE_CERTAIN, WAIT
from indforecast.planning.hiring_question import cvar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.hiring_advice import Advice, FittedRule

_MILLION = 1e6


def in_json(release_id: str, case: PlanningCase, advice: Advice) -> dict[str, Any]:
    """Everything about an advice, for a program.

    Parameters
    ----------
    release_id : str
        The release whose paths were planned on.
    case : PlanningCase
        All its paths.
    advice : Advice
        The advice.
    """
    plan, question = advice.plan, advice.plan.question
    answer, month = plan.answer, _months(advice)
    rows = _rows(advice)
    known = advice.falls[~np.isnan(advice.falls)]
    return {
        "release_id": release_id,
        "group": question.workforce.group,
        "paths_planned_on": question.workforce.paths,
        "months_planned_on": question.months,
        "target": {
            "share_in_term": question.share,
            "probability": question.probability,
            "margin": _r(question.margin, 4),
            "asked_from": month[plan.asked],
            "within_reach_from_asked": plan.reachable,
            "highest_probability_from_asked": _r(plan.reached.probability[plan.asked], 4),
            "within_reach_from": _month_at(month, plan.reached.earliest(question.probability)),
            "planned_from": month[question.first] if answer.meets else None,
            "hires_per_month_possible": question.most_hires,
            "hires_per_month_that_would_reach_it": plan.needed_hires,
        },
        "plan": {
            "meets_target": answer.meets,
            "probability": _r(answer.score.probability, 4),
            "mean_share_in_term": _r(answer.score.share.mean(), 4),
            "staff_eur": _r(answer.score.staff_eur.mean()),
            "late_eur": _r(answer.score.late_eur.mean()),
            "work_left_eur": _r(answer.score.left_eur.mean()),
            "cost_eur": _r(answer.score.cost_eur.mean()),
            "cvar_eur": _r(cvar(answer.score.cost_eur, question.tail_level)),
            "months": rows,
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
        "judged_on_paths": advice.fresh.workforce.paths if advice.compared and advice.fresh else None,
        "assumptions": {
            path: {"value": figure.value, "unit": figure.unit, "assumption": figure.assumption}
            for path, figure in parameters_in(case.settings.hiring, "planning.hiring")
            if figure.assumption
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


def in_words(release_id: str, case: PlanningCase, advice: Advice) -> Iterator[str]:
    """Everything a reader needs about an advice, line by line; arguments as for :func:`in_json`."""
    said = in_json(release_id, case, advice)
    target, plan = said["target"], said["plan"]
    yield (
        f"Release {release_id}: {said['group']}, planned on {said['paths_planned_on']:,} paths and "
        f"{said['months_planned_on']} months"
    )
    yield (
        f"Target: of the cases whose term ends from {target['asked_from']} on, {target['share_in_term']:.0%} "
        f"decided by then, with a probability of {target['probability']:.0%}."
    )
    yield from _reach_words(target)
    yield ""
    people = f"{'in training':>12} {'experienced':>12} {'output':>8}"
    yield f"{'month':<8} {'hire':>6} {'let go':>7} {'borrow':>7} {people}"
    for row in plan["months"]:
        own = f"{row['trainees_fte']:>12,.1f} {row['trained_fte']:>12,.1f} {row['effective_fte']:>8,.1f}"
        yield f"{row['month']:<8} {row['hires_fte']:>6,.0f} {row['dismissals_fte']:>7,.1f} " + (
            f"{row['flexible_fte']:>7,.1f} {own}"
        )
    yield ""
    yield from _plan_words(said)
    yield from _waiting_words(said)
    yield from _margin_words(said)
    if said["rule"] is not None:
        yield from _rule_words(said["rule"], plan["cost_eur"])
    if said["compared"]:
        yield from _compared_words(said)
    yield ""
    yield from _assumed(case, said)


def _reach_words(target: dict[str, Any]) -> Iterator[str]:
    if target["within_reach_from_asked"]:
        return
    yield (
        f"Out of reach: with {target['hires_per_month_possible']:.0f} hires a month and all that can be borrowed, "
        f"the probability is {target['highest_probability_from_asked']:.0%} at most."
    )
    needed = target["hires_per_month_that_would_reach_it"]
    if needed is not None:
        yield f"It would take {needed:,} hires a month from the first month that is still open."
    if target["within_reach_from"] is not None:
        yield f"Within reach from {target['within_reach_from']} on: the plan below is for that month."
    else:
        yield (
            "It is out of reach from every month of this plan: the plan below is the cheapest, late work counted, "
            "without a target."
        )


def _plan_words(said: dict[str, Any]) -> Iterator[str]:
    plan, margin = said["plan"], said["target"]["margin"]
    hires = sum(row["hires_fte"] for row in plan["months"])
    more = (
        f" ({margin:.0%} more is asked here, so that it holds on others)"
        if margin and plan["meets_target"]
        else ""
    )
    held = f"the target holds on {plan['probability']:.0%} of the paths{more}"
    yield f"Hire {hires:,.0f} FTE in {len(plan['months'])} months; {held}."
    yield (
        f"Over {said['months_planned_on']} months: staff EUR {_m(plan['staff_eur'])} m, late work EUR "
        f"{_m(plan['late_eur'])} m, work left at the end EUR {_m(plan['work_left_eur'])} m (means)."
    )
    if said["latest_month_to_decide"] is not None and plan["meets_target"]:
        latest = said["latest_month_to_decide"]
        yield f"Latest month to decide: {latest}, and then with every hire and loan there is."


def _waiting_words(said: dict[str, Any]) -> Iterator[str]:
    waiting = said["waiting"]
    if waiting["cost_eur"] is None:
        yield (
            f"Waiting {waiting['months']} months puts the target out of reach; the cheapest plan then meets it on "
            f"{waiting['probability']:.0%} of the paths."
        )
    else:
        cost = _m(waiting["cost_eur"])
        yield f"Waiting {waiting['months']} months costs EUR {cost} m (mean and bad tail, weighed)."
    certain = said["more_certain"]
    if certain["cost_eur"] is not None:
        yield f"{100 * certain['points']:.0f} points more probability cost EUR {_m(certain['cost_eur'])} m."


def _margin_words(said: dict[str, Any]) -> Iterator[str]:
    marginal, fall = said["marginal"], said["structural_fall"]
    if marginal["one_more_hire_a_month_eur"] is not None:
        yield (
            f"One more hire a month would save EUR {_m(marginal['one_more_hire_a_month_eur'])} m, one more "
            f"experienced person today EUR {_m(marginal['one_more_experienced_person_eur'])} m, pay counted."
        )
    let_go = any(row["dismissals_fte"] for row in said["plan"]["months"])
    if not let_go and fall["highest_probability"] is not None:
        yield (
            f"Nobody is let go: applications are lower in {fall['months_ahead']} months with a probability of "
            f"{fall['highest_probability']:.0%} at most, {fall['threshold']:.0%} is asked."
        )


def _rule_words(rule: dict[str, Any], plan_eur: float) -> Iterator[str]:
    f = rule["figures"]
    yield ""
    yield "Rule, decided month by month from what is known by then:"
    yield f"  wanted = {f['buffer']:g} x FTE of the last twelve months' work, grown as the forecast's middle"
    yield f"           + FTE that clear (open - {f['room']:g} x not yet due) in {f['clear_months']:g} months"
    yield f"  hire   = {f['plan']:g} x plan + {f['steer']:g} x (wanted - experienced once trained), to capacity"
    yield f"  borrow = {f['plan']:g} x plan + {f['borrow']:g} x what is missing this month, within the pool"
    yield (
        f"It holds on {rule['probability']:.0%} of the paths it was fitted to; mean cost EUR "
        f"{_m(rule['cost_eur'])} m, of the plan EUR {_m(plan_eur)} m."
    )
    yield f"{'month':<8} {'hire: 1 in 10 below':>20} {'middle':>7} {'1 in 10 above':>14}"
    for row in rule["hires_fte"][:: max(len(rule["hires_fte"]) // 12, 1)]:
        low, middle, high = row["quantile_0_1"], row["quantile_0_5"], row["quantile_0_9"]
        yield f"{row['month']:<8} {low:>20,.1f} {middle:>7,.1f} {high:>14,.1f}"


def _compared_words(said: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield f"On {said['judged_on_paths']:,} other paths, means in EUR m:"
    money = ("cost", "staff", "late", "left")
    heads = " ".join(f"{name:>8}" for name in money)
    yield f"{'':<29} {heads} {'in term':>8} {'target':>7} {'worst tenth':>12}"
    for row in said["compared"]:
        amounts = " ".join(f"{_m(row[f'{name}_eur']):>8}" for name in money)
        yield (
            f"{row['name']:<29} {amounts} {row['share_in_term']:>8.1%} {row['probability']:>7.0%} "
            f"{_m(row['cvar_eur']):>12}"
        )


def _assumed(case: PlanningCase, said: dict[str, Any]) -> Iterator[str]:
    hiring = case.settings.hiring
    yield (
        f"Assumed: hours per case and {len(said['assumptions'])} figures of planning.hiring, among them "
        f"{hiring.attrition_trained.value:.0%} of experienced people leaving a year,"
    )
    yield (
        f"EUR {hiring.late_case_cost.value:,.0f} per late case and month, "
        f"{hiring.recruitment_months.value:.0f} months from decision to first day; the earliest deadline first."
    )
    yield f"Known: a training of 9 to 12 months (ind.nl), here {hiring.training_months.value:.0f}."


def _m(eur: float) -> str:
    return f"{eur / _MILLION:,.1f}"
