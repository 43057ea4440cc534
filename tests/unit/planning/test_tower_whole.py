"""Whole cases: nothing lost or invented, no limit passed, near the bound, never dearer than plain distribution."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indforecast.planning.control_tower import allocation_table, distribute, outcome_table, price_table
from indforecast.planning.tower_explain import explain, missing_skills
from indforecast.planning.tower_outcome import Outcome
from indforecast.planning.tower_problem import Costs, TargetGroup, Unit
from indforecast.planning.tower_proportional import largest_remainder, proportional
from tests.unit.planning.towers import drawn, question


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    groups=st.integers(1, 5),
    units=st.integers(1, 4),
    months=st.integers(1, 4),
    floor=st.sampled_from([0.0, 0.5, 1.0]),
    split=st.sampled_from([0, 40_000]),
)
def test_balances_limits_and_order_hold_for_any_question(seed, groups, units, months, floor, split):
    problem = drawn(seed, groups=groups, units=units, months=months, floor=floor, split=split)
    plan = distribute(problem)
    for outcome in (plan.best, plan.oldest_first, plan.term_first):
        assert outcome.broken() == []
        assert outcome.decided + int(outcome.left.sum()) == int(problem.cohort_cases.sum())
        assert outcome.cost == sum(outcome.cost_parts.values())
        assert 0 <= outcome.in_term <= outcome.due
    assert plan.best.cost <= plan.oldest_first.cost
    if not np.any(plan.term_first.cases.sum(axis=(1, 2)) < plan.floors):
        assert plan.best.cost <= plan.term_first.cost
    if plan.below_floor == 0:
        assert plan.best.in_term <= plan.most_in_term.objective + 1e-6
        assert plan.best.cost >= plan.least_cost.objective - 1e-3


def test_cost_by_hand():
    # One unit, ten hours a month; three cases of five hours: past its term, due in month 1, due in 2.
    problem = question(
        [TargetGroup("a", "south", "plain", 4.0)],
        [Unit("u", "north", frozenset({"plain"}), frozenset({"a"}), (10.0, 0.0), 1.0)],
        [(0, 0, 1, 1), (0, 1, 1, 1), (0, 2, 1, 1)],
        Costs(1_000, 300, 10, 70, 500, away_hours=1.0, unfamiliar=0.5),
    )
    assert problem.hours.tolist() == [[5.0]]
    outcome = Outcome(problem, np.array([[[2, 0]]]), np.array([[1, 0], [1, 0], [0, 0]]))
    # Late is the first case, one month; the third is open at the end of month 2, when its term ends.
    assert outcome.late_case_months == 1
    assert (outcome.due, outcome.in_term, outcome.share_in_term) == (2, 1, 0.5)
    assert outcome.cost_parts == {"out_of_term": 1_000, "late_months": 300, "left": 40, "away": 140, "split": 500}
    assert not outcome.broken()
    # Capacity for two: the programme decides the same, or the two due ones, whichever is cheaper.
    best = distribute(problem).best
    assert best.cost == min(outcome.cost, 600 + 40 + 140 + 500)


def test_broken_names_what_is_broken():
    problem = drawn(5)
    none = np.zeros((4, 3, 4), dtype=np.int64)
    cohorts = np.zeros((problem.cohort_cases.size, 4), dtype=np.int64)
    cases = none.copy()
    cases[0, 0, 0] = 10_000
    told = Outcome(problem, cases, cohorts).broken()
    assert "cases by unit and by cohort differ" in told
    assert "hours of a unit exceeded" in told
    late = cohorts.copy()
    late[:, 0] = problem.cohort_cases + 1
    told = Outcome(problem, none, late).broken()
    assert "cases left below 0" in told
    assert "cases decided before they came" in told


def test_proportional_gives_each_unit_its_share_and_works_in_order():
    problem = question(
        [TargetGroup("a", "n", "plain", 1.0), TargetGroup("b", "n", "rare", 1.0)],
        [
            Unit("big", "n", frozenset({"plain"}), frozenset({"a"}), (3.0, 3.0), 1.0),
            Unit("small", "n", frozenset({"plain", "rare"}), frozenset({"a", "b"}), (1.0, 1.0), 1.0),
        ],
        [(0, 0, 1, 8), (0, 2, 1, 4), (1, 1, 1, 1)],
        Costs(1_000, 300, 10, 0, 0, 0, 0),
    )
    # Of the eight old cases six go to the big unit, of the four others three; the rare one to the small unit.
    oldest = proportional(problem, "oldest_first")
    assert oldest.cases.tolist() == [[[3, 3], [1, 1]], [[0, 0], [0, 0]]]
    assert oldest.cohorts.tolist() == [[4, 4], [0, 0], [0, 0]]
    nearest = proportional(problem, "term_first")
    # The cohort due in month 2 comes first at the big unit; the small one has the rare case, due in month 1.
    assert nearest.cohorts.tolist() == [[0, 3], [3, 1], [1, 0]]
    assert nearest.in_term == 5


@given(total=st.integers(0, 10_000), weights=st.lists(st.floats(0, 1e6), min_size=1, max_size=12))
def test_largest_remainder_adds_up_and_is_within_one_of_the_exact_share(total, weights):
    given_out = largest_remainder(total, np.array(weights))
    whole = sum(weights)
    if whole <= 0:
        assert given_out.sum() == 0
        return
    assert given_out.sum() == total
    assert np.all(np.abs(given_out - total * np.array(weights) / whole) <= 1 + 1e-6)


def test_a_group_stays_in_one_unit_where_splitting_is_dear():
    groups = [TargetGroup(f"g{i}", "n", "plain", 1.0) for i in range(2)]
    units = [
        Unit(f"u{i}", "n", frozenset({"plain"}), frozenset({"g0", "g1"}), (50.0, 50.0), 1.0) for i in range(2)
    ]
    cohorts = [(g, 2, 1, 100) for g in range(2)]
    cheap = distribute(question(groups, units, cohorts, Costs(75_000, 30_000, 2_500, 0, 0, 0, 0)))
    dear = distribute(question(groups, units, cohorts, Costs(75_000, 30_000, 2_500, 0, 1_000, 0, 0)))
    assert cheap.best.in_term == dear.best.in_term == 200
    assert dear.best.units_per_group.tolist() == [1, 1]


def test_the_floor_keeps_a_group_with_long_cases():
    groups = [TargetGroup("short", "n", "plain", 2.0), TargetGroup("long", "n", "plain", 60.0)]
    unit = Unit("u", "n", frozenset({"plain"}), frozenset({"short", "long"}), (300.0, 300.0), 1.0)
    cohorts = [(0, 2, 1, 300), (1, 0, 1, 8)]
    without = distribute(question(groups, [unit], cohorts, Costs(75_000, 30_000, 0, 0, 0, 0, 0)))
    assert without.best.cases[1].sum() == 0
    with_floor = distribute(question(groups, [unit], cohorts, Costs(75_000, 30_000, 0, 0, 0, 0, 0, floor=0.5)))
    plain = with_floor.oldest_first.cases[1].sum()
    assert plain > 0
    assert with_floor.below_floor == 0
    assert with_floor.best.cases[1].sum() >= plain // 2
    assert with_floor.least_cost.prices.floor[1] > 0


def test_tables_say_the_same_as_the_plan():
    plan = distribute(drawn(11))
    allocation, prices = allocation_table(plan), price_table(plan)
    assert allocation["cases"].sum() == plan.best.decided
    assert allocation["hours"].sum() == pytest.approx(plan.best.hours.sum(), abs=0.5)
    assert len(prices) == 3 * 4
    assert (prices["hours_used"] <= prices["hours"] + 0.01).all()
    values = outcome_table(plan).set_index(["plan", "measure"])["value"]
    for name in ("optimum", "proportional_oldest_first", "proportional_term_first"):
        assert values[name, "decided"] + values[name, "left"] == values[name, "cases"]
        parts = [
            value for (plan_id, measure), value in values.items() if plan_id == name and measure[:5] == "cost_"
        ]
        assert sum(parts) - values[name, "cost_eur"] == pytest.approx(values[name, "cost_eur"], abs=0.001)
    assert values["bound", "cost_eur"] <= values["optimum", "cost_eur"] + 0.01


def test_a_skill_that_nobody_has_leaves_the_cases_and_says_what_learning_it_saves():
    group = TargetGroup("a", "n", "rare", 2.0)
    unit = Unit("u", "n", frozenset({"plain"}), frozenset(), (10.0,), 1.0)
    plan = distribute(question([group], [unit], [(0, 1, 1, 5)], Costs(75_000, 30_000, 2_500, 0, 0, 0, 0)))
    assert plan.best.decided == 0
    assert plan.best.left.tolist() == [5]
    assert plan.best.share_in_term == 0
    found = missing_skills(plan)
    assert [(one.group, one.unit) for one in found] == [(0, 0)]
    assert found[0].in_all == pytest.approx(5 * (75_000 + 5_000))


def test_no_hours_and_no_cases_are_a_plan_too():
    group = TargetGroup("a", "n", "plain", 2.0)
    units = [Unit("u", "n", frozenset({"plain"}), frozenset(), (0.0, 0.0), 0.0)]
    for cases in (0, 3):
        plan = distribute(question([group], units, [(0, 1, 1, cases)], Costs(75_000, 30_000, 2_500, 0, 900, 0, 0)))
        assert (plan.best.decided, int(plan.best.left.sum())) == (0, cases)
        assert plan.loss == 0
        assert explain(plan)


def test_more_hours_never_cost_more_and_more_cases_never_less():
    for seed in range(8):
        problem = drawn(seed, split=0)
        base = distribute(problem).least_cost.objective
        units = tuple(replace(one, hours=tuple(hours + 7 for hours in one.hours)) for one in problem.units)
        # The floors follow the plain distribution, which itself decides more; without them more hours only widen.
        assert distribute(replace(problem, units=units)).least_cost.objective <= base + 1e-3
        more = replace(problem, cohort_cases=problem.cohort_cases + 1)
        assert distribute(more).least_cost.objective >= base - 1e-3
