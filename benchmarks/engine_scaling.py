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

#: Series x months that are measured: growth in series at 216 months, then growth in months at 1,000 series.
SIZES: Final = ((100, 216), (1_000, 216), (10_000, 216), (1_000, 108), (1_000, 432))
DEFAULT: Final = "indforecast=indforecast:forecast"
HORIZON: Final = 18


@dataclass(frozen=True)
class Cost:
    """What one call cost.

    Parameters
    ----------
    series, months : int
        Size of the panel.
    seconds : float
        Median of the warm calls; the first call, which imports, is not counted.
    mebibytes : float
        Largest resident memory of the whole process, the panel included.
    before : float
        Largest resident memory when the panel and the library stood ready.
    rows : int
        Rows that came back.
    """

    series: int
    months: int
    seconds: float
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


def measure(entry: str, series: int, months: int, options: dict[str, Any], *, repeats: int = 3) -> Cost:
    """Cost of one size in a process of its own, with one thread per library."""
    asked = json.dumps([entry, series, months, options, repeats])
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.engine_scaling", asked],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[1],
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    if done.returncode:
        raise RuntimeError(f"{series} x {months} failed:\n{done.stderr[-2_000:]}")
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def report(
    entry: str, sizes: Sequence[tuple[int, int]], options: dict[str, Any], progress: Callable[[str], None]
) -> list[Cost]:
    """Costs of all sizes, one after the other; ``options`` are further keyword arguments of the function."""
    found = []
    for series, months in sizes:
        progress(f"{series:,} series x {months} months ...")
        found.append(measure(entry, series, months, options, repeats=3 if series <= 1_000 else 1))
    return found


def scaling_table(costs: Sequence[Cost]) -> Iterator[str]:
    """One line a size, as Markdown."""
    head = ["series", "months", "seconds", "ms per series", "peak memory, MiB", "of which before the call"]
    return markdown(
        head,
        [
            [
                f"{cost.series:,}",
                f"{cost.months:,}",
                f"{cost.seconds:.2f}",
                f"{1_000 * cost.seconds / cost.series:.2f}",
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

    entry, series, months, options, repeats = json.loads(asked)
    _, forecast = find(entry)
    call: Any = forecast
    panel = synthetic_panel(series, months)
    call(synthetic_panel(2, months), horizon=HORIZON, **options)  # what is imported or compiled once
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    taken = []
    rows = 0
    for _ in range(repeats):
        begun = time.perf_counter()
        rows = len(call(panel, horizon=HORIZON, **options))
        taken.append(time.perf_counter() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cost = Cost(series, months, statistics.median(taken), peak, before, rows)
    print(json.dumps(vars(cost)))


if __name__ == "__main__":
    _here(sys.argv[1])
