"""How the engine's cost grows: time and peak memory, each measured in a process of its own.

What belongs here: made-up panels of any size, the measurement in a subprocess, the table. What does not: accuracy.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from benchmarks.engine_report import markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

#: Members of the bank as it is built.
MEMBERS: Final = 58
#: Series x months x members that are measured: growth in series at 216 months and the bank's own members, then in
#: months and in members at 1,000 series.
SIZES: Final = (
    (100, 216, MEMBERS),
    (1_000, 216, MEMBERS),
    (10_000, 216, MEMBERS),
    (1_000, 108, MEMBERS),
    (1_000, 432, MEMBERS),
    (1_000, 216, MEMBERS // 2),
    (1_000, 216, 2 * MEMBERS),
    (1_000, 216, 4 * MEMBERS),
)
DEFAULT: Final = "indforecast=indforecast:forecast"
HORIZON: Final = 18


@dataclass(frozen=True)
class Cost:
    """What one call cost.

    Parameters
    ----------
    series, months, members : int
        Size of the panel, and of the bank; more members than it has are its own again.
    seconds, processor_seconds : float
        Medians of the warm calls; the first call, which imports, is not counted.
    mebibytes : float
        Largest resident memory of the whole process, the panel included.
    before : float
        Largest resident memory when the panel and the library stood ready.
    rows : int
        Rows that came back.
    """

    series: int
    months: int
    members: int
    seconds: float
    processor_seconds: float
    mebibytes: float
    before: float
    rows: int


def synthetic_panel(series: int, months: int, *, group_size: int = 100) -> pd.DataFrame:
    """Made-up monthly counts: a drifting level, a season and Poisson noise, seeded; one month in fifty missing.

    Returns
    -------
    DataFrame
        Columns group, series_id, period, observed; groups of ``group_size`` series.
    """
    generator = np.random.Generator(np.random.PCG64(series * 1_000 + months))
    level = generator.uniform(3.0, 8.0, (series, 1)) + np.cumsum(
        generator.normal(0, 0.08, (series, months)), axis=1
    )
    phase = 2 * np.pi * (np.arange(months) % 12) / 12
    season = generator.uniform(0, 0.3, (series, 1)) * np.cos(phase + generator.uniform(0, 6.28, (series, 1)))
    counts = generator.poisson(np.exp(np.clip(level + season, 0.0, 12.0)))
    keep = generator.uniform(size=(series, months)) > 0.02
    keep[:, [0, -1]] = True
    row, column = np.nonzero(keep)
    names = np.array([f"s{number:06d}" for number in range(series)], dtype=object)
    groups = np.array([f"g{number // group_size:04d}" for number in range(series)], dtype=object)
    calendar = (np.datetime64("2000-01", "M") + np.arange(months)).astype("datetime64[ns]")
    return pd.DataFrame(
        {"group": groups[row], "series_id": names[row], "period": calendar[column], "observed": counts[keep]}
    )


def measure(entry: str, size: tuple[int, int, int], options: dict[str, Any], *, repeats: int = 3) -> Cost:
    """Cost of one size in a process of its own, with one thread per library."""
    asked = json.dumps([entry, *size, options, repeats])
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.engine_scaling", asked],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[1],
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    if done.returncode:
        raise RuntimeError(f"{' x '.join(map(str, size))} failed:\n{done.stderr[-2_000:]}")
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def report(
    entry: str, sizes: Sequence[tuple[int, ...]], options: dict[str, Any], progress: Callable[[str], None]
) -> list[Cost]:
    """Costs of all sizes, one after the other; ``options`` are further keyword arguments of the function."""
    found = []
    for series, months, *rest in sizes:
        members = rest[0] if rest else MEMBERS
        progress(f"{series:,} series x {months} months x {members} members ...")
        found.append(measure(entry, (series, months, members), options, repeats=3 if series <= 1_000 else 1))
    return found


def scaling_table(costs: Sequence[Cost]) -> Iterator[str]:
    """One line a size, as Markdown."""
    head = [
        "series",
        "months",
        "members",
        "seconds",
        "processor seconds",
        "ms per series",
        "peak memory, MiB",
        "of which before the call",
    ]
    return markdown(
        head,
        [
            [
                f"{cost.series:,}",
                f"{cost.months:,}",
                f"{cost.members:,}",
                f"{cost.seconds:.2f}",
                f"{cost.processor_seconds:.2f}",
                f"{1_000 * cost.processor_seconds / cost.series:.2f}",
                f"{cost.mebibytes:,.0f}",
                f"{cost.before:,.0f}",
            ]
            for cost in costs
        ],
    )


def _here(asked: str) -> None:
    """Measure in this process and print the cost as one line of JSON."""
    import resource
    import statistics
    import time

    from benchmarks.engine_ours import find

    entry, series, months, members, options, repeats = json.loads(asked)
    _of_so_many_members(members)
    _, forecast = find(entry)
    call: Any = forecast
    panel = synthetic_panel(series, months)
    call(synthetic_panel(2, months), horizon=HORIZON, **options)  # what is imported or compiled once
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    taken, worked = [], []
    rows = 0
    for _ in range(repeats):
        begun, begun_work = time.perf_counter(), time.process_time()
        rows = len(call(panel, horizon=HORIZON, **options))
        taken.append(time.perf_counter() - begun)
        worked.append(time.process_time() - begun_work)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds, processor_seconds = statistics.median(taken), statistics.median(worked)
    print(json.dumps(vars(Cost(series, months, members, seconds, processor_seconds, peak, before, rows))))


def _of_so_many_members(count: int) -> None:
    """Make the bank of this process one of ``count`` members: the public functions have no say in that."""
    from itertools import cycle, islice

    from indforecast.models.filter_bank import bank
    from indforecast.models.filter_bank.members import MEMBERS as BUILT

    if count != len(BUILT):
        defaults: Any = bank.run_bank.__kwdefaults__
        defaults["members"] = tuple(islice(cycle(BUILT), count))


if __name__ == "__main__":
    _here(sys.argv[1])
