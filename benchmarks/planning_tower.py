"""The control tower: optimum beside plain distribution, what whole cases lose, prices tried, time against size.

What belongs here: drawn questions of any size, the same question as one mixed-integer programme, and the tables.
What does not: the plan itself (``indforecast.planning.control_tower``).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import highspy
import numpy as np

from indforecast.config import load_settings
from indforecast.domain.seeds import generator_for
from indforecast.planning.control_tower import TowerPlan, distribute, outcome_table
from indforecast.planning.tower_explain import explain
from indforecast.planning.tower_input import example_problem
from indforecast.planning.tower_lp import TowerProgramme
from indforecast.planning.tower_problem import Costs, TargetGroup, TowerProblem, Unit

SIZES = ((12, 8, 6), (25, 15, 12), (50, 30, 6), (50, 30, 12), (100, 60, 12))
#: Work over hours: below 1 the units can keep up, above they cannot.
LOADS = (0.8, 1.6)
_MEASURES = (
    "in_term",
    "share_in_term",
    "late_case_months",
    "decided",
    "decided_away",
    "units_per_group",
    "cost_eur",
)


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of one call: everything here runs in one thread, whatever else the machine does."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def drawn(groups: int, units: int, months: int, load: float) -> TowerProblem:
    """A question of a size, with the packaged costs; ``load`` is hours of work over hours of staff."""
    rng = generator_for("tower", groups, units, months, str(load))
    places = [f"place {i}" for i in range(max(2, units // 3))]
    skills = [f"skill {i}" for i in range(6)]
    of_groups = tuple(
        TargetGroup(
            f"group {i}",
            str(rng.choice(places)),
            skills[min(5, int(rng.exponential(1)))],
            float(np.round(rng.uniform(6, 40), 1)),
        )
        for i in range(groups)
    )
    of_units = tuple(
        Unit(
            f"unit {i}",
            str(rng.choice(places)),
            frozenset([skills[0], *(str(one) for one in rng.choice(skills, 2))]),
            frozenset(one.name for one in of_groups if rng.random() < 4 / units),
            (float(rng.integers(20, 70)) * 113.6,) * months,
            float(rng.choice([0.2, 0.4, 1.0])),
        )
        for i in range(units)
    )
    weights = [(g, t, 1, float(rng.gamma(2, 1))) for g in range(groups) for t in range(-6, months + 1)]
    weights += [(g, a + 6, a, float(rng.gamma(2, 0.5))) for g in range(groups) for a in range(2, months + 1)]
    work = sum(weight * of_groups[g].hours for g, _, _, weight in weights)
    scale = load * sum(sum(unit.hours) for unit in of_units) / work
    table = np.array([(g, t, a, round(weight * scale)) for g, t, a, weight in weights], dtype=np.int64)
    figures = load_settings().planning.tower.costs
    if figures is None:
        raise RuntimeError("no costs")
    return TowerProblem(of_groups, of_units, Costs.of(figures), *(table[:, i] for i in range(4)))


def in_one_programme(
    problem: TowerProblem, floors: np.ndarray, gap: float, limit: float
) -> tuple[float, float, float]:
    """Cents of the best plan in whole cases that a mixed-integer programme finds, its bound, and seconds."""
    solver: Any = highspy.Highs()
    for option, value in (("output_flag", False), ("mip_rel_gap", gap), ("time_limit", limit), ("threads", 1)):
        solver.setOptionValue(option, value)
    able = [tuple(pair) for pair in np.argwhere(problem.able).tolist()]
    months, cohorts = range(problem.months), range(problem.cohort_cases.size)
    costs = problem.costs
    x = {
        (g, u, t): solver.addIntegral(lb=0, obj=costs.away_case * float(problem.away[g, u]))
        for g, u in able
        for t in months
    }
    used = {pair: solver.addBinary(obj=costs.split) for pair in able}
    y = {
        (c, t): solver.addVariable(lb=0, obj=float(problem.decided_cost[c, t]))
        for c in cohorts
        for t in months
        if problem.open_to[c, t]
    }
    left = {c: solver.addVariable(lb=0, obj=float(problem.left_cost[c])) for c in cohorts}
    for c in cohorts:
        solver.addConstr(sum((y[c, t] for t in months if (c, t) in y), left[c]) == int(problem.cohort_cases[c]))
    for g in range(len(problem.groups)):
        mine = [c for c in cohorts if problem.cohort_group[c] == g]
        units = [u for h, u in able if h == g]
        for t in months:
            solver.addConstr(sum((y[c, t] for c in mine if (c, t) in y), 0) == sum((x[g, u, t] for u in units), 0))
        solver.addConstr(sum((x[g, u, t] for u in units for t in months), 0) >= int(floors[g]))
        for u in units:
            solver.addConstr(sum((x[g, u, t] for t in months), 0) <= float(problem.most_cases[g, u]) * used[g, u])
    for u in range(len(problem.units)):
        for t in months:
            for room, counted in ((problem.capacity, True), (problem.away_room, False)):
                load = [
                    float(problem.hours[g, u]) * x[g, u, t]
                    for g, v in able
                    if v == u and (counted or problem.away[g, u])
                ]
                if load:
                    solver.addConstr(sum(load[1:], load[0]) <= float(room[u, t]))
    taken = seconds(solver.run)
    info = solver.getInfo()
    return info.objective_function_value, info.mip_dual_bound, taken


def _outcomes(plan: TowerPlan) -> None:
    values = outcome_table(plan).set_index(["plan", "measure"])["value"]
    print("| measure | this plan | in proportion, nearest term first | in proportion, oldest first |")
    print("| --- | ---: | ---: | ---: |")
    for measure in _MEASURES:
        cells = [
            values[name, measure] for name in ("optimum", "proportional_term_first", "proportional_oldest_first")
        ]
        shown = [f"{cell:,.4g}" if cell < 10 else f"{cell:,.0f}" for cell in cells]
        print(f"| `{measure}` | {' | '.join(shown)} |")
    print()


def _prices(plan: TowerPlan) -> None:
    """Largest difference between an hour's dual and what an hour more saves, over all units and months."""
    worst, worth = 0.0, plan.least_cost.prices.staff_hour(plan.problem)
    for unit, one in enumerate(plan.problem.units):
        for month in range(plan.problem.months):
            hours = list(one.hours)
            hours[month] += 1.0
            units = list(plan.problem.units)
            units[unit] = replace(one, hours=tuple(hours))
            changed = replace(plan.problem, units=tuple(units))
            again = TowerProgramme(changed, plan.floors, plan.problem.most_cases).least_cost()
            saved = plan.least_cost.objective - again.objective
            worst = max(worst, abs(saved - worth[unit, month]))
    print(f"An hour more, solved again everywhere, differs from its dual by at most EUR {worst / 100:.4f}\n")


def main() -> None:
    """Print everything as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gap", type=float, default=0.001, help="relative gap of the mixed-integer programme")
    parser.add_argument("--limit", type=float, default=60.0, help="its seconds")
    parser.add_argument("--largest", type=int, default=50, help="groups of the largest question")
    given = parser.parse_args()
    figures = load_settings().planning.tower.costs
    if figures is None:
        raise RuntimeError("no costs")
    example = example_problem(figures)
    plan = distribute(example)
    print("## The packaged example\n")
    _outcomes(plan)
    _prices(plan)
    for sentence in explain(plan):
        print(f"- {sentence.text_en}\n  {sentence.text_nl}")
    print("\n## What fractions and splits lose\n")
    print(
        "| question | bound of fractions | this plan | above | one integer programme | its bound | above it | s |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, problem in (
        ("example", example),
        *((f"12 x 8 x 6, load {load}", drawn(12, 8, 6, load)) for load in LOADS),
    ):
        mine = distribute(problem)
        found, bound, taken = in_one_programme(problem, mine.floors, given.gap, given.limit)
        print(
            f"| {name} | {mine.least_cost.objective / 1e8:.3f} | {mine.best.cost / 1e8:.3f} | {mine.loss:.2%} | "
            f"{found / 1e8:.3f} | {bound / 1e8:.3f} | {mine.best.cost / bound - 1:.2%} | {taken:.1f} |"
        )
    print("\nMillion EUR.\n\n## Time against size\n")
    print(
        "| groups x units x months | load | cases | programme s | plan s | above bound | in term, plain -> plan |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    for groups, units, months in SIZES:
        for load in LOADS:
            if groups > given.largest:
                continue
            problem = drawn(groups, units, months, load)
            none = np.zeros(groups, dtype=np.int64)
            fractions = seconds(lambda problem=problem, none=none: TowerProgramme(problem, none).least_cost())
            kept: list[TowerPlan] = []
            whole = seconds(lambda problem=problem, kept=kept: kept.append(distribute(problem)))
            mine = kept[0]
            shares = f"{mine.term_first.share_in_term:.1%} -> {mine.best.share_in_term:.1%}"
            print(
                f"| {groups} x {units} x {months} | {load} | {int(problem.cohort_cases.sum()):,} "
                f"| {fractions:.2f} | {whole:.2f} | {mine.loss:.2%} | {shares} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
