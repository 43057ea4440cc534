"""Whether irregular crossings of the outer border lead asylum applications.

Run ``OMP_NUM_THREADS=1 python -m benchmarks.leading_indicators --frontex FILE --panel FILE``; the result stands in
docs/methods/models.md. *FRONTEX*: a column ``month`` and one per route. *PANEL*: ``group, series_id, period,
observed``. What belongs here: the indicator, its publication lags, the peers. What does not: rolling origins and
scores (``rolling``).

The model with the indicator is the library's ``FollowingStream``, as for nareis and naturalisation: elasticity
believed to be .5 ± .5, the likeliest of several delays, the indicator carried on by its own model where it ends.
Its twin is the same model without sources. Crossings are as last revised: what was first published is not known,
which flatters the indicator.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.rolling import geometric_means, pooled, rolling_quantiles, score_table
from indforecast.domain.events import Event
from indforecast.domain.observations import Panel
from indforecast.domain.quantiles import HUB_LEVELS, SCORE_LEVELS
from indforecast.domain.seeds import seed_for
from indforecast.evaluation.differences import compare
from indforecast.evaluation.scores import wis
from indforecast.models.gaussian import condition
from indforecast.models.lagged_sources import event_columns, gamma_lags
from indforecast.models.log_scale import LogSeries, forecast_each, normal_quantiles
from indforecast.models.protocol import ModelForecast
from indforecast.models.registry import make_forecasters
from indforecast.models.stream_models import FollowingStream

#: Months from crossing to application, on average; nought is the same month.
DELAYS = (0.75, 1.5, 3.0, 6.0)
LONGEST = 12
#: How many months older than the origin the newest figure is, of the applications and of the crossings.
LAGS = {
    "both known to the same month": (0, 0),
    "crossings a month later (national figures come first)": (0, 1),
    "applications a month later (Eurostat comes last)": (1, 0),
}
INDICATOR = "crossings"
NAMES = ("without", "with crossings", "structural", "filter bank", "mean of two", "mean of three")


@dataclass(frozen=True)
class Without:
    """The twin: the same joint normal distribution with no stream to follow."""

    name: str = "without"

    def forecast(self, panel: Panel, events: Sequence[Event], *, horizon: int) -> ModelForecast:
        """Quantiles of every series."""

        def kernel(series: LogSeries, steps: int) -> NDArray[np.float64]:
            answer = condition(series.log_counts, steps, event_columns(series, events, steps))
            return normal_quantiles(answer.mean, answer.variance)

        return forecast_each(self.name, panel, kernel, horizon=horizon)


def read_crossings(path: Path, routes: Sequence[str] = ("",)) -> pd.Series:
    """Crossings by month, of all routes or of those whose name begins so."""
    table = pd.read_csv(path)
    months = pd.PeriodIndex(table.pop("month"), freq="M")
    kept = table.loc[:, [str(name).startswith(tuple(routes)) for name in table.columns]]
    return pd.Series(kept.sum(axis=1).to_numpy(dtype=np.float64), index=months)


def read_applications(path: Path, begins: Sequence[str]) -> pd.DataFrame:
    """A column per series whose name begins so, on consecutive months."""
    rows = pd.read_csv(path)
    rows = rows[rows["series_id"].str.startswith(tuple(begins))]
    wide = rows.pivot_table(index="period", columns="series_id", values="observed")
    wide.index = pd.PeriodIndex(wide.index, freq="M")
    return wide.reindex(pd.period_range(wide.index.min(), wide.index.max(), freq="M"))


def report(crossings: pd.Series, applications: pd.DataFrame) -> Iterator[str]:
    """Lines to print: per publication lag the ratio to the twin by months ahead, and series by series."""
    structural, bank = make_forecasters(["structural", "filter_bank"])
    lags = tuple(gamma_lags(delay, delay / 1.5, LONGEST) for delay in DELAYS)
    blind: dict[tuple[str, int], NDArray[np.float64]] = {}
    for label, (own_behind, indicator_behind) in LAGS.items():
        tables, single, whole = [], {}, []
        for series_id in applications.columns:
            own = applications[series_id].dropna()
            calendar = pd.period_range(own.index.min(), own.index.max(), freq="M")
            table = pd.DataFrame(
                {series_id: own.reindex(calendar), INDICATOR: crossings.reindex(calendar)}, index=calendar
            )
            following = FollowingStream("with", series_id, (INDICATOR,), lags)
            behind = {series_id: own_behind, INDICATOR: indicator_behind}
            said, truth, origins = rolling_quantiles(table, series_id, (following,), behind)
            if (series_id, own_behind) not in blind:
                models = (Without(), structural, bank)
                blind[series_id, own_behind] = rolling_quantiles(table, series_id, models, behind)[0]
            others = blind[series_id, own_behind]
            said = np.stack([others[0], said[0], others[1], others[2]])
            said = np.concatenate([said, [pooled(said, (2, 3)), pooled(said, (1, 2, 3))]])
            scored = score_table(said, truth, NAMES, "without")
            tables.append(scored)
            single[series_id] = scored[scored["band"] == "all"].set_index("model")["ratio"]
            whole.append((said, truth, origins))
        yield f"{label}: log-WIS over the twin's (coverage of 80 %), {len(single)} series"
        mean = geometric_means(tables)
        for name in NAMES:
            line = mean.loc[name]
            cells = " ".join(f"{band} {row['ratio']:.3f} ({row['coverage']:.2f})" for band, row in line.iterrows())
            yield f"  {name:<16} {cells}"
        yield f"  mean of three over mean of two: {_gain(whole)}"
        for series_id, ratio in single.items():
            change = ratio["mean of three"] / ratio["mean of two"]
            yield f"    {series_id:<24} with/without {ratio['with crossings']:.3f}  three/two {change:.3f}"


def _gain(whole: Sequence[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.datetime64]]]) -> str:
    """Skill of the mean of three over the mean of two, all series side by side on one calendar."""
    kept = [HUB_LEVELS.index(level) for level in SCORE_LEVELS]
    origins = np.unique(np.concatenate([months for _, _, months in whole]))
    scores = np.full((2, len(origins), len(whole) * whole[0][1].shape[1]), np.nan)
    width = whole[0][1].shape[1]
    for number, (said, truth, months) in enumerate(whole):
        at = np.searchsorted(origins, months)
        for place, model in enumerate((5, 4)):
            scores[place, at, number * width : (number + 1) * width] = wis(
                said[model][..., kept], SCORE_LEVELS, truth
            )
    found = compare(scores[0], scores[1], origins, block_months=18, seed=seed_for(INDICATOR))
    return (
        f"skill {found.skill:+.3f} ({found.skill_lower:+.3f} to {found.skill_upper:+.3f}), {found.blocks} blocks"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the files and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.leading_indicators", description=__doc__)
    parser.add_argument("--frontex", type=Path, required=True, help="crossings by month and route")
    parser.add_argument("--panel", type=Path, required=True, help="group, series_id, period, observed")
    parser.add_argument("--series", nargs="+", default=["eu_", "nl_first_application"], help="how names begin")
    parser.add_argument("--routes", nargs="+", default=[""], help="how routes begin; all by default")
    chosen = parser.parse_args(arguments)
    warnings.simplefilter("ignore", RuntimeWarning)
    for line in report(
        read_crossings(chosen.frontex, chosen.routes), read_applications(chosen.panel, chosen.series)
    ):
        print(line, flush=True)


if __name__ == "__main__":
    main()
