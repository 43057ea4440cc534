"""What is said about prices holds when it is tried."""

from dataclasses import replace

import numpy as np
import pytest

from indforecast.planning.control_tower import distribute
from indforecast.planning.tower_explain import explain, gains_of_cases, missing_skills, saving_by_hours
from indforecast.planning.tower_input import example_problem
from indforecast.planning.tower_lp import TowerProgramme
from indforecast.planning.tower_problem import Costs, TargetGroup, Unit
from tests.unit.planning.tower_figures import COSTS
from tests.unit.planning.towers import drawn, question

EXAMPLE = distribute(example_problem(COSTS))


@pytest.mark.parametrize("seed", range(6))
def test_no_gain_is_left_where_the_skill_is_there(seed):
    plan = distribute(drawn(seed))
    assert gains_of_cases(plan)[plan.problem.able].max() <= 1e-3


@pytest.mark.parametrize("seed", range(8))
def test_the_gain_of_a_first_case_bounds_what_a_little_of_the_skill_saves(seed):
    plan = distribute(drawn(seed, split=0))
    problem = plan.problem
    gains = gains_of_cases(plan)
    for found in missing_skills(plan):
        assert found.per_case == pytest.approx(gains[found.group, found.unit].max())
        assert not problem.able[found.group, found.unit]
        # The saving is at most the first gain times all the cases the unit could take of groups with the skill.
        skill = problem.groups[found.group].skill
        with_it = [g for g, one in enumerate(problem.groups) if one.skill == skill]
        most = sum(problem.cohort_cases[problem.cohort_group == g].sum() for g in with_it)
        assert -1e-3 <= found.in_all <= found.per_case * most + 1e-3


def test_a_missing_skill_is_named_and_its_saving_is_that_of_a_new_plan():
    groups = [TargetGroup("common", "n", "plain", 5.0), TargetGroup("rare", "n", "rare", 5.0)]
    units = [
        Unit("big", "n", frozenset({"plain"}), frozenset({"common", "rare"}), (100.0, 100.0), 1.0),
        Unit("small", "n", frozenset({"plain", "rare"}), frozenset({"common", "rare"}), (10.0, 10.0), 1.0),
    ]
    cohorts = [(0, 2, 1, 10), (1, 2, 1, 30)]
    plan = distribute(question(groups, units, cohorts, Costs(75_000, 30_000, 2_500, 0, 0, 0, 0)))
    found = missing_skills(plan)[0]
    assert (found.group, found.unit) == (1, 0)
    learned = replace(plan.problem, units=(replace(units[0], skills=frozenset({"plain", "rare"})), units[1]))
    assert found.in_all == pytest.approx(
        plan.least_cost.objective - TowerProgramme(learned, plan.floors).least_cost().objective
    )
    # 26 of the 30 rare cases were left: each out of term and five hours of work undone.
    assert found.in_all == pytest.approx(26 * (75_000 + 5 * 2_500))
    sentence = next(one for one in explain(plan) if one.topic == "skill")
    assert "rare loses most by a missing skill: if big learned 'rare'" in sentence.text_en
    assert "€22,750" in sentence.text_en
    assert "€ 22.750" in sentence.text_nl


def test_hours_that_are_worth_most_save_what_is_said():
    worth = EXAMPLE.least_cost.prices.staff_hour(EXAMPLE.problem)
    unit, month = np.unravel_index(np.argmax(np.round(worth, 6)), worth.shape)
    saved = saving_by_hours(EXAMPLE, int(unit), int(month), 100.0)
    # The optimum is convex in the hours: the first hour saves most.
    assert 0 < saved <= 100 * worth[unit, month] + 1e-3
    text = next(one for one in explain(EXAMPLE) if one.topic == "hour")
    assert EXAMPLE.problem.units[int(unit)].name in text.text_en
    assert f"€{saved / 100:,.0f}" in text.text_en
    assert f"€ {saved / 100:,.0f}".replace(",", ".") in text.text_nl


def test_every_finding_has_both_languages_and_is_the_same_again():
    first = explain(EXAMPLE)
    assert [one.topic for one in first] == ["plan", "hour", "least_hour", "skill", "case", "floor"]
    assert all(one.text_en and one.text_nl and one.text_en != one.text_nl for one in first)
    assert first == explain(distribute(example_problem(COSTS)))


def test_where_nothing_is_short_it_says_so():
    group = TargetGroup("a", "n", "plain", 1.0)
    unit = Unit("u", "n", frozenset({"plain"}), frozenset({"a"}), (100.0,), 1.0)
    plan = distribute(question([group], [unit], [(0, 1, 1, 5)], Costs(75_000, 30_000, 2_500, 0, 0, 0, 0)))
    told = {one.topic: one.text_en for one in explain(plan)}
    assert told["hour"].startswith("No unit is short of hours")
    assert told["skill"].startswith("No group loses")
    assert "floor" not in told


def test_the_example_is_kept_in_term_more_often_and_costs_less_than_in_proportion():
    assert EXAMPLE.best.share_in_term > EXAMPLE.term_first.share_in_term + 0.05
    assert EXAMPLE.best.late_case_months < EXAMPLE.oldest_first.late_case_months
    assert 0 <= EXAMPLE.loss < 0.01
    assert EXAMPLE.below_floor == 0
