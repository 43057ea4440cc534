"""``python -m benchmarks.planning [HOME]``: what a plan, a what-if and each question cost, and how that grows.

What belongs here: speed of planning as a whole, on a release's paths or made-up ones. What does not: quality and
growth of single parts (``planning_queue``, ``planning_hiring``, ``planning_funding``, ``planning_beds``,
``planning_late``, ``planning_tower``).
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indforecast.config import load_settings
from indforecast.planning.case import PlanningCase
from indforecast.planning.composed import plan_paths
from indforecast.planning.levers import Lever
from indforecast.planning.plan import plan_tables
from indforecast.planning.proof import prove
from indforecast.planning.what_if import what_if

if TYPE_CHECKING:
    from collections.abc import Callable

_LEVEL = {
    "asylum_first": 2000, "asylum_repeat": 140, "asylum_nareis": 1300, "nareis_applications": 950,
    "knowledge_migrants": 1750, "students": 1700, "naturalisation": 4300,
}  # fmt: skip
_WHAT_IFS = {
    "hours of first applications": Lever("hours", "asylum_first", "set", 34.0),
    "hires, 25 a month": Lever("hires", "asylum", "set", 25.0),
    "inflow of first applications": Lever("inflow", "asylum_first", "percent", 20.0),
    "housing of status holders": Lever("housing", "all", "set", 3.2),
}


def made_up(paths: int, months: int) -> PlanningCase:
    """A case of counts around each stream's level that wander, seeded."""
    settings = load_settings()
    random = np.random.default_rng(1)
    walk = {
        name: random.poisson(level * np.exp(np.cumsum(random.normal(0, 0.05, (paths, months)), axis=1))).astype(
            float
        )
        for name, level in _LEVEL.items()
    }
    periods = np.datetime64("2026-01", "M") + np.arange(months)
    return PlanningCase(walk, periods, settings.hierarchy, settings.planning, settings.bands.levels)


def seconds(work: Callable[[], object], repeats: int = 5) -> tuple[float, float]:
    """Median wall clock and processor seconds after one warm-up."""
    work()
    walls, busy = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        busy.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(busy)


def report(case: PlanningCase) -> list[str]:
    """Markdown lines."""
    before = plan_paths(case)
    rows = {
        "queue, staff, money, beds, courts, desks on every path": lambda: plan_paths(case),
        "the same with tables (bands per month and year)": lambda: plan_tables(plan_paths(case)),
        "proofs (a second plan with more inflow among them)": lambda: prove(before),
        **{
            f"what-if: {name}": (lambda lever=lever: what_if(case, [lever], before=before))
            for name, lever in _WHAT_IFS.items()
        },
    }
    lines = [f"{case.paths:,} paths × {case.periods.size} months, all streams", ""]
    lines += ["| what | seconds | processor seconds |", "| --- | ---: | ---: |"]
    for name, work in rows.items():
        wall, busy = seconds(work)
        lines.append(f"| {name} | {wall:.2f} | {busy:.2f} |")
    return lines


def growth() -> list[str]:
    """How a plan on every path grows with paths and months; Markdown lines."""
    lines = ["", "| paths | months | seconds | processor seconds |", "| ---: | ---: | ---: | ---: |"]
    for paths, months in ((250, 60), (1000, 24), (1000, 60), (1000, 120), (4000, 60)):
        case = made_up(paths, months)
        wall, busy = seconds(lambda case=case: plan_paths(case), repeats=3)
        lines.append(f"| {paths:,} | {months} | {wall:.2f} | {busy:.2f} |")
    return lines


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(prog="benchmarks.planning", description=__doc__)
    parser.add_argument("home", nargs="?", type=Path, help="a home with a release; made-up paths without")
    home = parser.parse_args().home
    if home is None:
        case = made_up(1000, 60)
    else:
        from indforecast.cli_planning import load_case

        case = load_case(home)[1]
    for line in (*report(case), *growth()):
        print(line, flush=True)


if __name__ == "__main__":
    main()
