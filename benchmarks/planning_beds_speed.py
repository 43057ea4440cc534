"""How long beds take, and how that grows with paths and months.

What belongs here: timings and the balance error on the same runs. What does not: quality
(``benchmarks.planning_beds``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Final, TypeVar

import numpy as np

from indforecast.config import load_settings
from indforecast.config.settings import Settings
from indforecast.planning.beds import BedPaths, bed_paths, cost_table, places_table
from indforecast.planning.case import PlanningCase
from indforecast.planning.residents import ReceptionPaths, reception
from indforecast.planning.stays import Stays

_Result = TypeVar("_Result")
_SIZES: Final = ((1000, 60), (2000, 60), (4000, 60), (1000, 120), (1000, 240))
_LEVELS: Final = (0.1, 0.5, 0.9)
_REPEATS: Final = 5


def report() -> Iterator[str]:
    """Lines of Markdown."""
    settings = load_settings()
    yield "## Speed: seconds, median of 5\n"
    yield "| paths | months | reception alone | queue, reception, places, costs | balance error |"
    yield "| --- | --- | --- | --- | --- |"
    for paths, months in _SIZES:
        case = _case(settings, paths, months)
        alone, _ = _timed(lambda: _alone(case))  # noqa: B023 - called before the loop goes on
        whole, found = _timed(lambda: _whole(case))  # noqa: B023
        yield f"| {paths:,} | {months} | {alone:.3f} | {whole:.3f} | {found.reception.imbalance:g} |"


def _case(settings: Settings, paths: int, months: int) -> PlanningCase:
    rng = np.random.default_rng(1)
    levels = {"asylum_first": 2300, "asylum_repeat": 140, "asylum_nareis": 1200}
    return PlanningCase(
        inflow={name: rng.poisson(level, (paths, months)).astype(np.float64) for name, level in levels.items()},
        periods=np.datetime64("2026-01") + np.arange(months),
        hierarchy=settings.hierarchy,
        settings=settings.planning,
        levels=_LEVELS,
    )


def _alone(case: PlanningCase) -> ReceptionPaths:
    months = case.periods.size
    stays = Stays(np.full(months, 12.0), np.full(months, 8.0), 3.0, np.full(months, 0.5))
    first, family = case.inflow["asylum_first"], case.inflow["asylum_nareis"]
    decided = np.full(first.shape, 2000.0)
    return reception(first, family, stays, residents=70_000, status_share=0.27, decided=decided)


def _whole(case: PlanningCase) -> BedPaths:
    paths = bed_paths(case)
    places_table(paths, case.settings, case.levels)
    cost_table(paths, case.settings, case.levels)
    return paths


def _timed(work: Callable[[], _Result]) -> tuple[float, _Result]:
    took = []
    for _ in range(_REPEATS):
        begin = perf_counter()
        result = work()
        took.append(perf_counter() - begin)
    return float(np.median(took)), result


if __name__ == "__main__":
    for line in report():
        print(line)
