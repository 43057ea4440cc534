"""The models of simulated streams, scored on real series that stand in for them: United States visas.

Run ``OMP_NUM_THREADS=1 python -m benchmarks.stand_ins --visas FILE``; the result stands in docs/methods/models.md.
*FILE*: a column ``month`` and one per visa class. What belongs here: which visa stands in for which stream, and
peers. What does not: rolling origins and scores (``rolling``).

No Dutch source publishes students, knowledge migrants or naturalisation by month. F1 (students) and J1 (exchange)
are asked of the model of the academic year. Family members come with, or follow, those they join (F2 those of F1,
H4 those of H1B): they stand in for a stream that follows another, as naturalisation and nareis do. No visa follows
another by five years, so the *lags* of naturalisation are not tested here, its method is.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.leading_indicators import Without
from benchmarks.rolling import rolling_quantiles, score_table
from indforecast.models.lagged_sources import gamma_lags
from indforecast.models.protocol import Forecaster
from indforecast.models.registry import make_forecasters
from indforecast.models.stream_models import AcademicYear, FollowingStream

#: Which visas are asked of the academic year, and which follow which.
STUDENTS = ("F1", "J1")
FOLLOWING = {"F2": "F1", "H4": "H1B", "L1": "H1B"}
DELAYS = (0.75, 1.5, 3.0, 6.0)
LONGEST = 12
PEERS = ("random_walk", "seasonal_naive", "ets", "structural", "filter_bank")


def read_visas(path: Path) -> pd.DataFrame:
    """A column per class on consecutive months."""
    rows = pd.read_csv(path)
    rows.index = pd.PeriodIndex(rows.pop("month"), freq="M")
    return rows.reindex(pd.period_range(rows.index.min(), rows.index.max(), freq="M")).astype(np.float64)


def stand_in_models(series_id: str, sources: Sequence[str]) -> tuple[Forecaster, ...]:
    """The stream model on a stand-in, its twin that knows nothing of it, and the peers."""
    lags = tuple(gamma_lags(delay, delay / 1.5, LONGEST) for delay in DELAYS)
    own: Forecaster = (
        FollowingStream("stream model", series_id, tuple(sources), lags)
        if sources
        else replace(AcademicYear(), name="stream model", series_id=series_id)
    )
    return (own, Without(), *make_forecasters(PEERS))


def report(visas: pd.DataFrame) -> Iterator[str]:
    """Lines to print: per stand-in, log-WIS over the random walk's and coverage of 80 %, by months ahead."""
    cases = [(name, ()) for name in STUDENTS] + [(name, (other,)) for name, other in FOLLOWING.items()]
    names = ("stream model", "its twin", *PEERS)
    for series_id, sources in cases:
        table = visas[[series_id, *sources]]
        said, truth, origins = rolling_quantiles(table, series_id, stand_in_models(series_id, sources), {})
        follows = f", which follows {sources[0]}" if sources else ", by academic year"
        yield f"{series_id}{follows}: {len(origins)} origins; log-WIS over the random walk's (coverage of 80 %)"
        scores = score_table(said, truth, names, "random_walk").set_index("model")
        for name in names:
            cells = " ".join(
                f"{row['band']} {row['ratio']:.3f} ({row['coverage']:.2f})"
                for _, row in scores.loc[name].iterrows()
            )
            yield f"  {name:<16} {cells}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the file and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.stand_ins", description=__doc__)
    parser.add_argument("--visas", type=Path, required=True, help="visas issued by month and class")
    chosen = parser.parse_args(arguments)
    warnings.simplefilter("ignore", RuntimeWarning)
    for line in report(read_visas(chosen.visas)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
