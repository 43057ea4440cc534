"""A hiring plan in words.

What belongs here: sentences and lines about a plan. What does not: its figures (``cli_hiring_text``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indforecast.cli_hiring_text import in_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.hiring_advice import Advice

_MILLION = 1e6
#: From so much more than the probability asked for on, the command says why.
_MORE_THAN_ASKED = 0.05


def in_words(
    release_id: str, case: PlanningCase, advice: Advice, simulated: Collection[str] = (), *, with_rule: bool = True
) -> Iterator[str]:
    """What a person wants to know about an advice, line by line.

    Parameters
    ----------
    release_id, case, advice, simulated
        As for :func:`indforecast.cli_hiring_text.in_json`.
    with_rule : bool
        Whether the rule is said in full, beside the verdict about it.
    """
    said = in_json(release_id, case, advice, simulated)
    target, plan = said["target"], said["plan"]
    yield (
        f"Release {release_id}: {said['group']}, {len(plan['months'])} months, planned on "
        f"{said['paths_planned_on']:,} paths and, so that the plan does not run down towards its last month, "
        f"{said['months_planned_on']} months"
    )
    if said["history_simulated"]:
        streams = ", ".join(said["history_simulated"])
        yield f"History simulated, not validated: {streams}. A demonstration, no advice."
    yield (
        f"Target: of the cases whose term ends from {target['asked_from']} to {target['until']}, "
        f"{target['share_in_term']:.0%} decided by then, with a probability of {target['probability']:.0%}."
    )
    present = target["probability_with_present_staff"]
    yield f"With present staff, leavers replaced, the target holds on {present:.0%} of paths."
    yield from _reach_words(said)
    yield ""
    lead = case.settings.hiring.recruitment_months.value
    yield f"Hire: people whose first day is in the month; decide {lead:.0f} months before."
    people = f"{'in training':>12} {'experienced':>12} {'output':>8}"
    yield f"{'month':<8} {'hire':>6} {'let go':>7} {'borrow':>7} {people}"
    for row in plan["months"]:
        own = f"{row['trainees_fte']:>12,.1f} {row['trained_fte']:>12,.1f} {row['effective_fte']:>8,.1f}"
        yield f"{row['month']:<8} {row['hires_fte']:>6,.0f} {row['dismissals_fte']:>7,.1f} " + (
            f"{row['flexible_fte']:>7,.1f} {own}"
        )
    if len(plan["months"]) < said["months_asked"]:
        yield (
            f"The later of the {said['months_asked']} months asked for are not shown: the forecast ends too soon "
            "after them, and hires there would say more about that end than about the work."
        )
    yield ""
    yield from _plan_words(said)
    yield from _verdict_words(said)
    yield from _waiting_words(said)
    yield from _margin_words(said)
    if with_rule and said["rule"] is not None:
        yield from _rule_words(said["rule"], plan["cost_eur"])
    if said["compared"]:
        yield from _compared_words(said)
    yield ""
    yield from _assumed(case, said)


def _reach_words(said: dict[str, Any]) -> Iterator[str]:
    target, goal = said["target"], said["goal_within_reach"]
    if target["within_reach_from_asked"]:
        return
    yield (
        f"Out of reach: with {target['hires_per_month_possible']:.0f} hires a month and all that can be borrowed, "
        f"the probability is {target['highest_probability_from_asked']:.0%} at most."
    )
    needed = {target["asked_from"]: target["hires_per_month_that_would_reach_it"]}
    needed |= goal["hires_per_month_that_would_reach_the_target"] if goal else {}
    words = [f"{hires:,} from {month}" for month, hires in needed.items() if hires is not None]
    if words:
        yield f"Hires a month that would reach it: {', '.join(words)}."
    if goal is None:
        yield f"Within reach from {target['within_reach_from']} on: the plan below is for that month."
        return
    yield from _goal_words(goal, target["probability"])


def _goal_words(goal: dict[str, Any], probability: float) -> Iterator[str]:
    share, latest = f"{goal['share_in_term']:.0%} in term from {goal['from']}", goal["latest_month_to_decide"]
    yield "It is out of reach from every month of this plan."
    if goal["by_hiring"]:
        yield (
            f"Within reach with a probability of {probability:.0%}: {share}. The plan below is for that; it costs "
            f"EUR {_m(goal['cost_eur'])} m more than the cheapest without a target."
        )
        yield f"Latest month to decide for that: {latest}, and then with every hire and loan there is."
        return
    yield (
        f"Within reach with a probability of {probability:.0%}: {share}, which takes no hires, and no number of "
        "hires that can be made raises it."
    )
    yield (
        "What hires do is keep the backlog down: with the same probability at most "
        f"{goal['late_cases_at_most']:,.0f} cases past their term at the end of "
        f"{goal['late_cases_at_the_end_of']}, "
        f"against {goal['late_cases_with_present_staff']:,.0f} with present staff."
    )
    yield f"Latest month to decide for that: {latest}, and then with every hire and loan there is."
    yield "The plan below is the cheapest, late work counted, without a target."


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
        f"Over the {said['months_planned_on']} months planned on: staff EUR {_m(plan['staff_eur'])} m, late work "
        f"EUR {_m(plan['late_eur'])} m, work left at the end EUR {_m(plan['work_left_eur'])} m (means)."
    )
    if said["latest_month_to_decide"] is not None and plan["meets_target"]:
        latest = said["latest_month_to_decide"]
        yield f"Latest month to decide: {latest}, and then with every hire and loan there is."


def _verdict_words(said: dict[str, Any]) -> Iterator[str]:
    verdict, target = said["verdict"], said["target"]
    if verdict is None or not said["plan"]["meets_target"]:
        return
    plan, rule = verdict["plan"], verdict["rule"]
    yield (
        f"On {said['judged_on_paths']:,} other paths the plan holds on {plan['probability']:.0%} and costs EUR "
        f"{_m(plan['cost_eur'])} m; the rule (--rule) holds on {rule['probability']:.0%} and costs EUR "
        f"{_m(rule['cost_eur'])} m."
    )
    if verdict["recommended"] == "rule":
        yield (
            "Recommended: the rule. Begin with the plan's first months, then hire by what has come in; that is "
            "cheaper and meets the target."
        )
    if plan["probability"] > target["probability"] + _MORE_THAN_ASKED:
        yield (
            f"The plan holds more often than the {target['probability']:.0%} asked for, because one plan for all "
            "paths has to cover the bad ones: their late cases cost more than the hires that prevent them."
        )


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
            "If one more person a month could begin in the months that are full, all costs together would be EUR "
            f"{_m(marginal['one_more_hire_a_month_eur'])} m lower; with one more experienced person from today, "
            f"EUR {_m(marginal['one_more_experienced_person_eur'])} m lower. Their own pay is taken off already."
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
