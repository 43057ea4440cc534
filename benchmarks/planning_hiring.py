"""Hiring: speed and growth, plans and rules on paths they were not made from, and on paths nobody foresaw.

What belongs here: the figures as Markdown, on paths drawn from the embedded reference data. What does not: the
model (``indforecast.planning``), its tests.

Run with ``python -m benchmarks.planning_hiring``; it takes some minutes, most of them for perfect foresight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from time import perf_counter, process_time
from typing import Final

import numpy as np

from indforecast.config import load_settings
from indforecast.config.parameter import Parameter
from indforecast.forecasting.past_paths import past_days, paths_known_on
from indforecast.planning.case import PlanningCase
from indforecast.planning.hiring import HirePlan, hire_plan
from indforecast.planning.hiring_advice import advise
from indforecast.planning.hiring_asked import question_of
from indforecast.planning.hiring_compare import Compared, compare, simple_rules
from indforecast.planning.hiring_fit import GapRule, fit_rule, gap_rule
from indforecast.planning.hiring_question import HiringQuestion, score
from indforecast.planning.hiring_rules import follow
from indforecast.planning.workforce_streams import workforce_of
from indforecast.reference.dataset import reference_frame
from indforecast.vintages.triangle import Triangle

_PATHS: Final = 2_000
_FIT: Final = 200
_JUDGE: Final = slice(200, 1_000)
#: Group, and the month from which its target applies.
_GROUPS: Final = {
    "asylum": "2028-01",
    "nareis": "2028-01",
    "regular": "2027-02",
    "naturalisation": "2027-02",
}
_MILLION: Final = 1e6


def report() -> Iterator[str]:
    """Lines of Markdown."""
    case = _case()
    yield from _speed(case)
    for group, start in _GROUPS.items():
        yield from _judged(case, group, start)
    yield from _stated(case)
    yield from _shocks(case)
    yield from _letting_go(case)


def _case() -> PlanningCase:
    """The newest vintage of the reference data with joint paths of its own."""
    settings = load_settings()
    triangle = Triangle(reference_frame().assign(delivery_id="", publisher=""))
    histories = [triangle.as_of(day) for day in past_days(settings, triangle.vintages, triangle.vintages[-1])]
    past = paths_known_on(histories, list(settings.hierarchy.base_ids), settings, months=60, paths=_PATHS)
    return PlanningCase(
        past.inflow, past.periods, settings.hierarchy, settings.planning, settings.bands.levels, past.history
    )


def _speed(case: PlanningCase) -> Iterator[str]:
    yield "## Speed: a plan, its latest date, price of waiting and of certainty (seconds of one core, median of 3)"
    yield ""
    yield "| group | paths | 24 months | 36 months | 60 months |"
    yield "| --- | --- | --- | --- | --- |"
    alone = replace(case, settings=_without_look_ahead(case))
    for group, start in _GROUPS.items():
        for paths in (100, 200, 400):
            times = []
            for months in (24, 36, 60):
                few = alone.select(slice(0, paths))
                begin = start if months > 24 else "2027-06"
                asked = question_of(few, group, months=months, start=begin)
                times.append(median(_seconds(asked) for _ in range(3)))
            yield f"| {group} | {paths} | " + " | ".join(f"{seconds:.2f}" for seconds in times) + " |"
    yield ""


def _without_look_ahead(case: PlanningCase):  # type: ignore[no-untyped-def]
    none = Parameter(value=0, unit="months", assumption="To measure whole horizons")
    hiring = case.settings.hiring.model_copy(update={"look_ahead_months": none})
    return case.settings.model_copy(update={"hiring": hiring})


def _seconds(asked: HiringQuestion) -> float:
    begin = process_time()
    hire_plan(asked)
    return process_time() - begin


def _judged(case: PlanningCase, group: str, start: str) -> Iterator[str]:
    """Everything on 800 paths that nothing was made from."""
    begin = perf_counter()
    found = advise(
        case.select(slice(0, _JUDGE.stop)), group, months=36, start=start, with_rule=True, with_comparison=True
    )
    plan = found.plan
    question = plan.question
    months = question.workforce.months
    reached = "in reach" if plan.reachable else "out of reach"
    yield f"## {group}: {question.share:.0%} in term with {question.probability:.0%}, from {start}"
    yield ""
    yield (
        f"From {start} {reached} (at most {plan.reached.probability[plan.asked.first]:.0%}); planned from "
        f"{months[question.first] if plan.answer.meets else 'no month'}; on the {_FIT} paths it was made from "
        f"it holds on {plan.answer.score.probability:.1%}."
    )
    waiting = (
        "puts it out of reach" if plan.waiting_eur is None else f"costs EUR {plan.waiting_eur / _MILLION:.1f} m"
    )
    latest = "none" if plan.latest_wait is None else str(months[min(plan.latest_wait, len(months) - 1)])
    yield f"Latest month to decide: {latest}; waiting three months {waiting}; hires a month that would reach it: "
    yield f"{plan.needed_hires}. Rule: {found.rule.rule.figures if found.rule else None}."
    yield ""
    yield from _table(found.compared, question)
    yield f"({perf_counter() - begin:.0f} s.)"
    yield ""


def _table(compared: tuple[Compared, ...] | list[Compared], question: HiringQuestion) -> Iterator[str]:
    yield "| EUR m | cost | of which staff | late | left | share in term | target holds | CVaR 90 % |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for one in compared:
        row = one.row(question.tail_level)
        money = " | ".join(
            f"{float(row[f'{name}_eur']) / _MILLION:.1f}" for name in ("cost", "staff", "late", "left")
        )
        yield (
            f"| {row['name']} | {money} | {row['share_in_term']:.1%} | {row['probability']:.1%} | "
            f"{float(row['cvar_eur']) / _MILLION:.1f} |"
        )
    yield ""


def _fitted(case: PlanningCase, group: str, start: str, paths: slice) -> tuple[HirePlan, GapRule]:
    fit = case.select(paths)
    plan = hire_plan(question_of(fit, group, months=36, start=start))
    hiring = case.settings.hiring
    begun = gap_rule(
        plan.question,
        plan.answer.decisions,
        workforce_of(fit, group).levels(),
        ahead=round(hiring.structural_months.value),
        threshold=hiring.structural_probability.value,
    )
    return plan, fit_rule(plan.question, begun, targeted=plan.answer.meets)[0]


def _stated(case: PlanningCase) -> Iterator[str]:
    """How often the target holds elsewhere when it is stated to hold on four paths in five."""
    yield "## Stated and found: ten choices of 200 fit paths, each judged on 1,000 paths of another draw"
    yield ""
    yield "| group | on the fit paths: plan, rule | elsewhere: plan, mean (least to most) | rule |"
    yield "| --- | --- | --- | --- |"
    other = case.select(slice(1_000, 2_000))
    for group, start in (("nareis", "2028-07"), ("naturalisation", "2027-02"), ("regular", "2027-02")):
        inside, outside = [], []
        for first in range(0, 1_000, 100):
            fit = np.arange(first, first + _FIT) % 1_000
            plan, rule = _fitted(case, group, start, fit)  # type: ignore[arg-type]
            asked = plan.question
            fresh = asked.on(workforce_of(other, group).until(asked.months))
            ruled = [score(one, one.staff(follow(one, rule))).probability for one in (asked, fresh)]
            inside.append((plan.answer.score.probability, ruled[0]))
            outside.append((score(fresh, fresh.staff(plan.answer.decisions)).probability, ruled[1]))
        within, beyond = np.array(inside), np.array(outside)
        spans = [
            f"{beyond[:, i].mean():.1%} ({beyond[:, i].min():.1%} to {beyond[:, i].max():.1%})" for i in (0, 1)
        ]
        yield f"| {group} | {within[:, 0].mean():.1%}, {within[:, 1].mean():.1%} | {spans[0]} | {spans[1]} |"
    yield ""


def _shocks(case: PlanningCase) -> Iterator[str]:
    """Paths that the forecast did not foresee: work half as much again, or half, from the second year on."""
    for name, factor in (("half as much again", 1.5), ("half", 0.5)):
        yield f"## When work becomes {name} for good from month 13 on, on every judged path"
        yield ""
        for group, start in (("naturalisation", "2027-02"), ("nareis", "2028-07")):
            plan, rule = _fitted(case, group, start, slice(0, _FIT))
            asked = plan.question
            other = _shocked(case.select(slice(200, 400)), group, factor)
            shocked = asked.on(workforce_of(other, group).until(asked.months))
            simple = simple_rules(asked, case.levels[1:], case.settings.staffing.backlog_months.value)
            yield f"{group}:"
            yield ""
            yield from _table(compare(shocked, plan.answer.decisions, rule, simple), asked)


def _shocked(case: PlanningCase, group: str, factor: float) -> PlanningCase:
    """The same paths with all applications of the group from month 13 on multiplied."""
    inflow = dict(case.inflow)
    for name in case.settings.hiring.groups[group].streams:
        changed = inflow[name].copy()
        changed[:, 12:] = np.round(changed[:, 12:] * factor)
        inflow[name] = changed
    return replace(case, inflow=inflow)


def _letting_go(case: PlanningCase) -> Iterator[str]:
    """The rule of naturalisation when people may be let go sooner, later, or never."""
    yield "## Letting trained people go: the rule of naturalisation by the probability of a fall that is asked"
    yield ""
    yield "| asked | cost, EUR m | let go, FTE a path | target holds |"
    yield "| --- | --- | --- | --- |"
    plan, rule = _fitted(case, "naturalisation", "2027-02", slice(0, _FIT))
    fresh = plan.question.on(workforce_of(case.select(_JUDGE), "naturalisation").until(plan.question.months))
    for threshold in (0.5, 0.6, 0.7, 0.8, 1.0):
        decided = follow(fresh, replace(rule, fall_threshold=threshold))
        staff = fresh.staff(decided)
        judged = score(fresh, staff)
        gone = staff.dismissed_fte.sum(axis=1).mean()
        yield (
            f"| {'never' if threshold == 1 else f'{threshold:.0%}'} | {judged.cost_eur.mean() / _MILLION:.1f} | "
            f"{gone:.1f} | {judged.probability:.1%} |"
        )
    yield ""


if __name__ == "__main__":
    for line in report():
        print(line, flush=True)
