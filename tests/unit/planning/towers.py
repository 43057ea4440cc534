"""Small questions for the control tower, drawn or by hand."""

from __future__ import annotations

import numpy as np

from indforecast.planning.tower_problem import Costs, TargetGroup, TowerProblem, Unit

FREE = Costs(out_of_term=75_000, late_month=30_000, left_hour=0, away_case=0, split=0, away_hours=0, unfamiliar=0)


def question(groups, units, cohorts, costs=FREE) -> TowerProblem:
    """``cohorts``: (group, term, arrives, cases)."""
    table = np.array(cohorts, dtype=np.int64).reshape(-1, 4)
    return TowerProblem(tuple(groups), tuple(units), costs, table[:, 0], table[:, 1], table[:, 2], table[:, 3])


def drawn(seed, *, groups=4, units=3, months=4, most=30, floor=0.0, split=20_000) -> TowerProblem:
    """A question with everything in it."""
    rng = np.random.default_rng(seed)
    places, skills = ["north", "south"], ["plain", "special"]
    of_groups = [
        TargetGroup(f"g{i}", str(rng.choice(places)), skills[int(rng.random() < 0.3)], float(rng.uniform(1, 12)))
        for i in range(groups)
    ]
    of_units = [
        Unit(
            f"u{i}",
            places[i % 2],
            frozenset(skills if rng.random() < 0.4 else skills[:1]),
            frozenset(one.name for one in of_groups if rng.random() < 0.5),
            tuple(float(hours) for hours in rng.uniform(0, 90, months)),
            float(rng.choice([0.0, 0.3, 1.0])),
        )
        for i in range(units)
    ]
    cohorts = [
        (group, term, arrives, int(rng.integers(0, most)))
        for group in range(groups)
        for arrives, term in ((1, -1), (1, 1), (1, 2), (1, months + 2), (2, 3))
        if arrives <= months
    ]
    costs = Costs(75_000, 30_000, 2_500, 6_000, split, 0.7, 0.25, floor)
    return question(of_groups, of_units, cohorts, costs)
