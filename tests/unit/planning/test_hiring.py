"""Hiring plans: the target holds as often as stated at no more than it must cost; out of reach is said."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from indforecast.domain.errors import InputError
from indforecast.planning.hiring import best, hire_plan, whole_people
from indforecast.planning.hiring_advice import Verdict, advise, shown_months, split
from indforecast.planning.hiring_asked import question_of, structural_falls
from indforecast.planning.hiring_goal import rounded_up
from indforecast.planning.hiring_model import HiringModel
from indforecast.planning.hiring_question import (
    Decisions,
    Score,
    cvar,
    score,
)
from indforecast.planning.hiring_reach import latest_start, needed_capacity, reach
from tests.unit.planning.funding_cases import planning_case
from tests.unit.planning.hiring_cases import question, random_question, without_people


@pytest.mark.parametrize("seed", range(6))
def test_the_target_holds_on_the_paths_it_was_made_from(seed: int) -> None:
    asked = random_question(paths=30, seed=seed, probability=0.7, late_eur=5.0)
    plan = hire_plan(asked)
    if not plan.reachable and plan.question.first == plan.asked.first:
        assert plan.reached.earliest(asked.probability) is None
        return
    assert plan.answer.meets
    assert plan.answer.score.probability >= asked.probability
    assert np.all(plan.answer.decisions.hires == np.round(plan.answer.decisions.hires))
    assert plan.answer.decisions.hires.max() <= asked.most_hires
    assert plan.waited.objective_eur >= plan.answer.objective_eur - 40_000.0  # whole people on either side


def test_a_target_costs_and_more_of_it_costs_more() -> None:
    asked = random_question(paths=30, seed=1, late_eur=1.0, left_eur=1.0, most_hires=10.0)
    model = HiringModel(asked)
    costs = []
    for probability in (0.3, 0.6, 0.9, 1.0):
        answer = best(model, replace(asked, probability=probability), asked.lead)
        assert answer.score.probability >= probability
        costs.append(answer.objective_eur)
    assert costs == sorted(costs)
    assert costs[0] < costs[-1]


def test_the_paths_that_may_miss_are_well_chosen() -> None:
    """Against trying every choice of paths: within a hundredth of the best of them."""
    asked = random_question(paths=6, seed=8, probability=0.66, late_eur=1.0, left_eur=1.0, most_hires=10.0)
    model = HiringModel(asked)
    tried = []
    for named in itertools.combinations(range(6), asked.needed_paths):
        solution = model.solve(held=1, named=named)
        judged = score(asked, asked.staff(solution.decisions))
        if judged.met.sum() >= asked.needed_paths:
            tried.append(solution.objective_eur)
    found = best(HiringModel(asked), asked, 1)
    assert found.meets
    assert found.solution.objective_eur <= min(tried) * 1.01


def test_out_of_reach_is_told_with_what_would_reach_it() -> None:
    asked = random_question(
        paths=20, months=24, first=6, most_hires=1.0, opening=(9000.0,), late_eur=2.0, probability=0.5
    )
    plan = hire_plan(asked)
    assert not plan.reachable
    assert plan.latest_wait is None or plan.question.first > plan.asked.first
    needed = needed_capacity(asked)
    assert needed == plan.needed_hires
    assert needed is not None
    enough = reach(replace(asked, most_hires=float(needed)))
    short = reach(replace(asked, most_hires=float(needed - 1)))
    assert enough.probability[asked.first] >= asked.probability
    assert short.probability[asked.first] < asked.probability


def test_the_plan_is_for_the_first_month_within_reach() -> None:
    asked = random_question(
        paths=20, months=30, first=3, most_hires=6.0, opening=(9000.0,), probability=0.5, seed=3
    )
    plan = hire_plan(asked)
    earliest = plan.reached.earliest(asked.probability)
    assert earliest is not None
    assert earliest > asked.first
    assert plan.question.first == earliest
    assert plan.asked is asked
    assert plan.answer.meets
    assert plan.reached.probability[earliest - 1] < asked.probability


def test_the_latest_month_is_the_last_that_still_reaches_it() -> None:
    asked = random_question(paths=20, months=24, first=14, most_hires=6.0, probability=0.6, seed=3)
    wait = latest_start(asked)
    assert wait is not None
    assert reach(asked, asked.lead + wait).probability[asked.first] >= asked.probability
    if asked.lead + wait < asked.months:
        assert reach(asked, asked.lead + wait + 1).probability[asked.first] < asked.probability


def test_waiting_that_puts_the_target_out_of_reach_has_no_price() -> None:
    asked = random_question(paths=20, months=24, first=6, most_hires=8.0, probability=0.6, seed=3)
    plan = hire_plan(asked)
    if plan.answer.meets and not plan.waited.meets:
        assert plan.waiting_eur is None
    else:
        assert plan.waiting_eur == pytest.approx(max(plan.waited.objective_eur - plan.answer.objective_eur, 0.0))


def test_the_same_question_has_the_same_plan() -> None:
    first, second = (hire_plan(random_question(seed=4)) for _ in range(2))
    np.testing.assert_array_equal(first.answer.decisions.hires, second.answer.decisions.hires)
    np.testing.assert_array_equal(first.answer.decisions.flexible, second.answer.decisions.flexible)
    assert first.waiting_eur == second.waiting_eur


def test_people_are_whole_and_never_late() -> None:
    given = np.array([0.4, 0.4, 0.4, 3.0, 0.0])
    assert whole_people(given).tolist() == [1.0, 0.0, 1.0, 3.0, 0.0]
    assert whole_people(np.array([-1e-9, 2.0])).tolist() == [0.0, 2.0]


def test_the_tail_is_the_mean_of_the_worst() -> None:
    values = np.arange(1.0, 11.0)
    assert cvar(values, 0.8) == pytest.approx(9.5)
    assert cvar(values, 0.85) == pytest.approx((10 + 0.5 * 9) / 1.5)
    assert cvar(values, 0.0) == pytest.approx(5.5)


def test_a_fall_is_counted_where_paths_go_on() -> None:
    levels = np.array([[10.0, 9.0, 8.0], [10.0, 12.0, 11.0]])
    falls = structural_falls(levels, 2)
    assert falls[0] == 0.5
    assert np.isnan(falls[1:]).all()


def test_leaving_work_undone_is_no_saving() -> None:
    asked = question(np.full((1, 12), 1500.0), staff=without_people(attrition_trained=0.0))
    none = np.zeros(12)
    idle, busy = (
        score(asked, asked.staff(Decisions(hires, none, none))).cost_eur[0]
        for hires in (none, np.r_[np.full(3, 3.0), np.zeros(9)])
    )
    left_free = replace(asked, left_eur=0.0, late_eur=0.0)
    assert score(left_free, left_free.staff(Decisions(none, none, none))).left_eur[0] == 0
    assert idle > busy


def test_what_an_answer_costs_by_hand() -> None:
    staff = without_people(
        ramp=(1.0,), attrition_trained=0.0, attrition_trainees=0.0, trainer_fte=0.0, replacing=0.0
    )
    # 10 FTE do 1,000 hours a month; 1,500 are due in month 0 and 1,100 come in each month, due the month after
    asked = question([[1100.0, 1100.0, 1100.0]], staff=staff, term=1, opening=(1500.0,), first=0)
    none = np.zeros(3)
    judged = score(asked, asked.staff(Decisions(none, none, none)))
    # due 1,500 then 2,600 then 3,700; decided 1,000, 2,000, 3,000: late 500, 600, 700
    assert judged.late_eur[0] == pytest.approx(20 * (500 + 600 + 700 + 12 * 700))
    assert judged.left_eur[0] == pytest.approx(100 * (1500 + 3300 - 3000))
    assert judged.staff_eur[0] == pytest.approx(3 * 10 * 8_000)
    # newly late: 500 of 1,500, 600 of 1,100, 700 of 1,100
    assert judged.share[0] == pytest.approx(1 - 1800 / 3700)


def test_some_paths_make_the_plan_and_the_others_judge_it() -> None:
    case = planning_case(60)
    fit, other = split(case, 20)
    assert other is not None
    assert (fit.paths, other.paths) == (20, 40)
    whole = case.inflow["nareis_applications"]
    np.testing.assert_array_equal(fit.inflow["nareis_applications"], whole[:20])
    np.testing.assert_array_equal(other.inflow["nareis_applications"], whole[20:])
    assert split(case)[0].paths == 30  # not twice the 200 that are wanted
    with pytest.raises(InputError, match="at least 20 paths"):
        split(case.select(slice(0, 5)))


def test_months_outside_the_plan_are_refused() -> None:
    case = planning_case()
    with pytest.raises(InputError, match="The plan has no 2035-01"):
        question_of(case, "nareis", start="2035-01")
    with pytest.raises(InputError, match="'soon' is not a month"):
        question_of(case, "nareis", start="soon")


def test_advice_on_a_release() -> None:
    told: list[str] = []
    found = advise(
        planning_case(40), "naturalisation", months=24, with_comparison=True, judged_paths=5, told=told.append
    )
    names = [one.name for one in found.compared]
    assert names[:2] == ["plan", "rule"]
    assert {"follow last year", "follow medio", "follow maximum", "perfect foresight"} <= set(names)
    assert found.fresh is not None
    assert found.fresh.workforce.paths == 5
    assert (found.plan.question.months, found.months) == (60, 24)
    assert found.verdict is not None
    assert found.verdict.plan.share.shape == (5,)
    assert found.rule is not None
    assert found.rule.score.objective(0.9, 0.2) <= found.plan.answer.objective_eur + 1.0
    assert told


def test_months_that_depend_on_the_end_are_not_shown() -> None:
    assert shown_months(24, 60, 36) == 24
    assert shown_months(36, 60, 36) == 24
    assert shown_months(24, 30, 36) == 12
    assert shown_months(24, 8, 36) == 8


def test_a_year_more_of_paths_changes_the_months_shown_by_little() -> None:
    case = planning_case(40)
    for group in ("regular",):
        short, longer = (question_of(case, group, months=months) for months in (12, 24))
        assert (short.months, longer.months) == (48, 60)
        longer = replace(longer, target_months=short.target_until)
        hires = [hire_plan(one).answer.decisions.hires[:12].sum() for one in (short, longer)]
        assert hires[1] == pytest.approx(hires[0], abs=max(0.05 * hires[0], 2.0))


def test_people_at_the_end_are_worth_what_they_would_cost_as_far_as_there_is_work() -> None:
    asked = random_question(paths=10, seed=2)
    worth = replace(asked, anew_eur=60_000.0)
    solution = HiringModel(worth).solve(held=1)
    judged = score(worth, worth.staff(solution.decisions))
    assert judged.objective(worth.tail_level, worth.tail_weight) == pytest.approx(solution.objective_eur, rel=1e-4)
    people = worth.staff(solution.decisions).trained_fte[0, -1]
    assert np.all(judged.kept_eur <= people * 60_000.0 + 1e-6)
    assert judged.kept_eur.max() > 0
    without = HiringModel(asked).solve(held=1)
    assert solution.decisions.hires.sum() >= without.decisions.hires.sum() - 1e-6
    idle = question(np.zeros((2, 18)), first=6, anew_eur=60_000.0)
    assert HiringModel(idle).solve(held=1).decisions.hires.sum() == pytest.approx(0.0)


def test_a_target_out_of_reach_from_every_month_has_a_goal_within_reach() -> None:
    work = np.full((12, 30), 1100.0) * np.linspace(0.8, 1.2, 12)[:, None]
    asked = question(work, first=6, opening=(12_000.0,), most_hires=0.5, target_months=26, probability=0.75)
    plan = hire_plan(asked)
    assert plan.reached.earliest(asked.probability) is None
    goal = plan.goal
    assert goal is not None
    assert goal.first == 14
    assert goal.late_cases <= goal.present_late_cases * 1.1
    later = replace(asked, first=goal.first)
    needed = dict(goal.needed)[goal.first]
    assert needed is not None
    assert reach(replace(later, most_hires=float(needed))).probability[goal.first] >= asked.probability
    share = reach(replace(later, share=goal.share)).probability[goal.first]
    more = reach(replace(later, share=goal.share + 0.011)).probability[goal.first]
    assert share >= asked.probability > more
    assert not plan.meets_target
    if goal.by_hiring:
        assert plan.question.share == goal.share
        assert plan.answer.meets
    assert plan.present == 0.0


def test_a_goal_of_hires_is_planned_for() -> None:
    """A backlog that hires clear before a surge makes everything late again: a part of the year can be in term."""
    work = np.full((6, 30), 1000.0) * np.linspace(0.95, 1.05, 6)[:, None]
    work[:, 22:] *= 6
    asked = question(work, first=8, opening=(4_000.0,), most_hires=0.8, target_months=26, probability=1.0)
    plan = hire_plan(asked)
    assert plan.goal is not None
    assert plan.goal.by_hiring
    assert plan.answer.meets
    assert plan.question.first == plan.goal.first
    assert plan.goal.latest_wait is not None
    assert plan.goal_eur is not None
    assert plan.goal_eur >= 0.0


def test_counts_are_rounded_up_to_two_digits() -> None:
    assert [rounded_up(value) for value in (0.0, 3.2, 99.0, 101.0, 67_481.0)] == [0.0, 4.0, 99.0, 110.0, 68_000.0]


def test_the_rule_is_recommended_when_it_meets_the_target_for_clearly_less() -> None:
    asked = random_question(paths=10, seed=2)
    plan = score(asked, asked.staff(best(HiringModel(asked), asked, asked.lead).decisions))
    cheaper, hardly = (replace(plan, staff_eur=plan.staff_eur - part * plan.cost_eur) for part in (0.05, 0.001))
    misses = replace(cheaper, share=np.zeros_like(plan.share))

    def recommends(rule: Score) -> bool:
        return Verdict(plan, rule, 0.5 * plan.probability, 0.9, 0.2).recommends_rule

    assert [recommends(rule) for rule in (cheaper, hardly, plan)] == [True, False, False]
    assert plan.probability > 0
    assert not recommends(misses)
