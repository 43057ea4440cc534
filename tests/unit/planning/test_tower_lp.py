"""The programme against every plan there is, another solver, and its duals against what more of a thing does."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from indforecast.planning.tower_lp import CohortAssignment, TowerProgramme
from indforecast.planning.tower_outcome import Outcome
from indforecast.planning.tower_problem import Costs, TargetGroup, Unit
from indforecast.planning.tower_whole import fewer_units, whole_cases
from tests.unit.planning.towers import drawn, question


def programme(problem):
    return TowerProgramme(problem, np.zeros(len(problem.groups), dtype=np.int64))


def tiny(seed, *, whole):
    """Two groups, two units, two months; with ``whole`` a case takes one hour anywhere, so vertices are whole."""
    rng = np.random.default_rng(seed)
    hours = (1.0, 1.0) if whole else tuple(rng.uniform(1, 3, 2))
    groups = [TargetGroup(f"g{i}", "north", ("plain", "special")[i], hours[i]) for i in range(2)]
    units = [
        Unit("u0", "north", frozenset({"plain"}), frozenset(), tuple(rng.integers(0, 4, 2).astype(float)), 1.0),
        Unit("u1", "south", frozenset({"plain", "special"}), frozenset(), tuple(rng.integers(0, 4, 2) * 1.0), 1.0),
    ]
    costs = Costs(75_000, 30_000, 2_500, 0 if whole else 4_000, 0 if whole else 9_000, 0, 0 if whole else 0.3)
    cohorts = [(g, t, 1, int(rng.integers(0, 3))) for g in range(2) for t in (0, 1, 2)]
    return question(groups, units, cohorts, costs)


def every_plan(problem):
    """The least cost over all plans in whole cases, by trying them."""
    able = np.argwhere(problem.able)
    total = [int(problem.cohort_cases[problem.cohort_group == g].sum()) for g in range(len(problem.groups))]
    ranges = [range(total[g] + 1) for g, _ in able for _ in range(problem.months)]
    best, assignment = None, CohortAssignment(problem)
    for counts in product(*ranges):
        cases = np.zeros((len(problem.groups), len(problem.units), problem.months), dtype=np.int64)
        cases[able[:, 0], able[:, 1]] = np.reshape(counts, (-1, problem.months))
        if np.any(np.einsum("gut,gu->ut", cases, problem.hours) > problem.capacity + 1e-9):
            continue
        if np.any(np.cumsum(cases.sum(axis=1), axis=1) > problem.arrived):
            continue
        plan = Outcome(problem, cases, assignment.assign(cases.sum(axis=1)))
        best = plan.cost if best is None else min(best, plan.cost)
    return best


@pytest.mark.parametrize("seed", range(6))
def test_where_vertices_are_whole_the_optimum_is_that_of_every_plan(seed):
    problem = tiny(seed, whole=True)
    best = every_plan(problem)
    assert programme(problem).least_cost().objective == pytest.approx(best, abs=1e-6)
    found = whole_cases(
        problem, programme(problem).least_cost(), np.zeros(2, dtype=np.int64), CohortAssignment(problem)
    )
    assert found.cost == best


@pytest.mark.parametrize("seed", range(4))
def test_elsewhere_the_bound_is_below_and_the_plan_above_the_best_of_every_plan(seed):
    problem = tiny(seed, whole=False)
    solver, none = programme(problem), np.zeros(2, dtype=np.int64)
    solution = solver.least_cost()
    found = fewer_units(problem, solver, solution, none)
    best = every_plan(problem)
    assert solution.objective <= best + 1e-6
    assert found.cost >= best
    assert not found.broken()


def by_another_solver(problem, floors):
    """The same programme written down term by term, for scipy's interface."""
    names = {}
    for g, u in np.argwhere(problem.able):
        for t in range(problem.months):
            names["x", g, u, t] = len(names)
    for c, t in np.argwhere(problem.open_to):
        names["y", c, t] = len(names)
    for c in range(problem.cohort_cases.size):
        names["l", c] = len(names)
    cost = np.zeros(len(names))
    equal, equals, above, aboves = [], [], [], []
    for name, at in names.items():
        if name[0] == "x":
            _, g, u, _ = name
            cost[at] = (
                problem.costs.away_case * problem.away[g, u] + problem.costs.split / problem.most_cases[g, u]
            )
        elif name[0] == "y":
            late, term = max(0, name[2] + 1 - max(problem.cohort_term[name[1]], 0)), problem.cohort_term[name[1]]
            cost[at] = problem.costs.late_month * late + problem.costs.out_of_term * (late > 0 and term >= 1)
        else:
            cost[at] = problem.left_cost[name[1]]

    def row(chosen):
        line = np.zeros(len(names))
        for name, at in names.items():
            line[at] = chosen(name)
        return line

    for c, cases in enumerate(problem.cohort_cases):
        equal.append(row(lambda n, c=c: float(n[0] in "yl" and n[1] == c)))
        equals.append(cases)
    for g in range(len(problem.groups)):
        for t in range(problem.months):
            group = problem.cohort_group
            equal.append(
                row(
                    lambda n, g=g, t=t, group=group: (
                        1.0
                        if n[0] == "y" and group[n[1]] == g and n[2] == t
                        else -1.0
                        if n[0] == "x" and n[1] == g and n[3] == t
                        else 0.0
                    )
                )
            )
            equals.append(0)
        above.append(row(lambda n, g=g: -float(n[0] == "x" and n[1] == g)))
        aboves.append(-floors[g])
    for u in range(len(problem.units)):
        for t in range(problem.months):
            for room, counted in (
                (problem.capacity, np.ones_like(problem.away)),
                (problem.away_room, problem.away),
            ):
                above.append(
                    row(
                        lambda n, u=u, t=t, counted=counted: (
                            problem.hours[n[1], u] * counted[n[1], u]
                            if n[0] == "x" and n[2] == u and n[3] == t
                            else 0.0
                        )
                    )
                )
                aboves.append(room[u, t])
    return linprog(cost, A_ub=above, b_ub=aboves, A_eq=equal, b_eq=equals).fun


@pytest.mark.parametrize("seed", range(5))
def test_the_objective_is_that_of_the_programme_written_down_term_by_term(seed):
    problem = drawn(seed, groups=3, units=2, months=3)
    first = programme(problem).least_cost()
    floors = np.floor(0.5 * first.cases.sum(axis=(1, 2))).astype(np.int64)
    found = TowerProgramme(problem, floors).least_cost().objective
    assert found == pytest.approx(by_another_solver(problem, floors), rel=1e-9, abs=1e-4)


def with_hours(problem, unit, month, more):
    units = list(problem.units)
    hours = list(units[unit].hours)
    hours[month] += more
    units[unit] = replace(units[unit], hours=tuple(hours))
    return replace(problem, units=tuple(units))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("what", ["least_cost", "most_in_term"])
def test_the_worth_of_an_hour_is_what_an_hour_more_and_less_changes(seed, what):
    problem = drawn(seed, split=0)
    sign = 1 if what == "least_cost" else -1
    base = getattr(programme(problem), what)()
    step = 1e-3
    smooth = 0
    for unit, month in product(range(len(problem.units)), range(problem.months)):
        worth = base.prices.staff_hour(problem)[unit, month]
        more = getattr(programme(with_hours(problem, unit, month, step)), what)().objective
        less = getattr(programme(with_hours(problem, unit, month, -step)), what)().objective
        gain, loss = sign * (base.objective - more) / step, sign * (less - base.objective) / step
        # The optimum is convex in the hours, so a dual lies between the two slopes, and is both where they agree.
        slack = 1e-4 * max(1.0, abs(worth))
        assert gain - slack <= worth <= loss + slack
        if abs(gain - loss) <= slack:
            smooth += 1
            assert worth == pytest.approx(gain, abs=slack)
    assert smooth >= problem.months


@pytest.mark.parametrize("seed", range(4))
def test_the_price_of_a_case_is_what_one_case_more_changes_at_most(seed):
    problem = drawn(seed)
    base = programme(problem).least_cost()
    for cohort in range(problem.cohort_cases.size):
        cases = problem.cohort_cases.copy()
        cases[cohort] += 1
        none = np.zeros(len(problem.groups), dtype=np.int64)
        changed = TowerProgramme(replace(problem, cohort_cases=cases), none, problem.most_cases)
        more = changed.least_cost().objective
        assert more - base.objective >= base.prices.case[cohort] - 1e-3


def test_hours_without_end_are_worth_nothing_and_every_case_is_in_term():
    problem = drawn(1)
    units = tuple(
        replace(unit, hours=(1e6,) * problem.months, skills=frozenset({"plain", "special"}), away_share=1.0)
        for unit in problem.units
    )
    found = programme(replace(problem, units=units))
    assert np.allclose(found.least_cost().prices.hour, 0)
    due = (problem.cohort_term >= 1) & (problem.cohort_term <= problem.months)
    assert found.most_in_term().objective == pytest.approx(problem.cohort_cases[due].sum())


def test_floors_that_no_plan_can_reach_are_refused():
    problem = drawn(2)
    with pytest.raises(ValueError, match="floors"):
        TowerProgramme(problem, np.full(len(problem.groups), 10**6)).least_cost()


def test_the_same_question_gives_the_same_bytes():
    problem = drawn(3, groups=6, units=5, months=6)
    one, two = programme(problem).least_cost(), programme(problem).least_cost()
    assert one.cases.tobytes() == two.cases.tobytes()
    assert one.prices.hour.tobytes() == two.prices.hour.tobytes()
