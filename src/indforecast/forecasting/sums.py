"""Scores of sums of months, on which staff and money live, and of the path they are summed over.

What belongs here: twelve-month sums and calendar years of the replay, scored; how well a year's months hang
together. What does not: the replay and its quantiles (``forecasting.replayed_bands``), how often the band held
(``forecasting.hit_rates``).

Coverage and WIS are of the replay's own quantiles. The variogram score and the naives' sums need paths: those are
drawn here for the next twelve months, every model under the dependence of its origin, so that sums differ by the
monthly distributions alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.domain.quantiles import SCORE_LEVELS
from indforecast.domain.seeds import generator_for
from indforecast.evaluation.scores import covered, log_wis, variogram_score, wis
from indforecast.forecasting.hit_rates import CALENDAR_YEAR, TWELVE_MONTHS, target_lines
from indforecast.forecasting.paths import draw_paths, with_totals
from indforecast.forecasting.weights import naive_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.domain.series import Hierarchy
    from indforecast.forecasting.hit_rates import TargetLine
    from indforecast.forecasting.replay import Replay
    from indforecast.forecasting.replayed_bands import ReplayedBands

SUM_COLUMNS: Final[tuple[str, ...]] = (
    "series_id", "kind", "horizon_band", "targets", "independent_windows", "published_targets",
    "coverage_80", "coverage_95", "log_wis", "count_wis", "wis_ratio", "variogram_score", "variogram_ratio",
    "simulated",
)  # fmt: skip

_YEAR: Final = 12
#: Draws per origin: enough for the moments that the variogram score reads.
_PATHS: Final = 200


def sum_scores(replay: Replay, replayed: ReplayedBands, hierarchy: Hierarchy) -> pd.DataFrame:
    """Coverage, WIS and variogram score of sums, per stream, kind of sum and how far ahead.

    Parameters
    ----------
    replay : Replay
        The walk over the base streams.
    replayed : ReplayedBands
        Its quantiles, at ``SCORE_LEVELS`` among others, and outcomes.
    hierarchy : Hierarchy
        Publication order.

    Returns
    -------
    DataFrame
        ``SUM_COLUMNS``. ``wis_ratio`` (log-WIS over the better naive's), ``variogram_score`` of the twelve months
        on ``log(1 + count)`` and ``variogram_ratio`` (over that of the same months joined at random) stand with
        the next twelve months alone. Scores of a mainly simulated stream are kept and marked.
    """
    origins = replay.origins.months
    ratio, variogram, alone = _drawn(replay, replayed, hierarchy)
    rows = []
    for number, series_id in enumerate(replayed.truth.series_ids):
        for line in target_lines(replayed, number, origins, replay.bands):
            if line.kind not in (TWELVE_MONTHS, CALENDAR_YEAR):
                continue
            row = {"series_id": series_id, **_scores(line, number, replayed.levels)}
            if line.label == f"1-{_YEAR}":
                row |= {
                    "wis_ratio": ratio[number],
                    "variogram_score": variogram[number],
                    "variogram_ratio": variogram[number] / alone[number],
                }
            row["simulated"] = bool(replayed.truth.simulated[number])
            rows.append(row)
    return pd.DataFrame(rows, columns=list(SUM_COLUMNS)).astype({"simulated": bool})


def _scores(line: TargetLine, row: int, levels: Sequence[float]) -> dict[str, object]:
    kept = [list(levels).index(level) for level in SCORE_LEVELS]
    quantiles = line.item.quantiles[:, row, line.columns][..., kept]
    observed = line.item.observed[:, row, line.columns]
    known = ~np.isnan(quantiles[..., 0] + observed)
    targets = int(known.sum())
    quantiles, observed = quantiles[known], observed[known]
    official = line.item.official[:, row, line.columns][known]
    at = {level: quantiles[:, place] for place, level in enumerate(SCORE_LEVELS)}
    return {
        "kind": line.kind,
        "horizon_band": line.label,
        "targets": targets,
        "independent_windows": line.windows,
        "published_targets": _mean(official.astype(np.float64)),
        "coverage_80": _mean(covered(at[0.1], at[0.9], observed)),
        "coverage_95": _mean(covered(at[0.025], at[0.975], observed)),
        "log_wis": _mean(log_wis(quantiles, SCORE_LEVELS, observed)),
        "count_wis": _mean(wis(quantiles, SCORE_LEVELS, observed)),
    }


def _drawn(
    replay: Replay, replayed: ReplayedBands, hierarchy: Hierarchy
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Per stream: log-WIS over the better naive's; variogram score; the same of months joined at random."""
    count, series = len(replay.steps), len(hierarchy.series_ids)
    wis_of = np.full((3, count, series), np.nan)
    variogram, alone = np.full((count, series), np.nan), np.full((count, series), np.nan)
    if replay.published_logs.shape[2] >= _YEAR:
        for origin in range(count):
            observed = replayed.months.observed[origin, :, :_YEAR]
            if np.isnan(observed.sum(axis=-1)).all():
                continue
            logs = (replay.published_logs[origin], *replay.model_logs[list(naive_rows(replay.models)), origin])
            drawn = [_year_paths(replay, hierarchy, origin, each[:, :_YEAR]) for each in logs]
            for place, paths in enumerate(drawn):
                said = np.moveaxis(np.quantile(paths.sum(axis=-1), SCORE_LEVELS, axis=1), 0, -1)
                wis_of[place, origin] = log_wis(said, SCORE_LEVELS, observed.sum(axis=-1))
            at_random = _joined_at_random(drawn[0], replay, origin)
            for row in range(series):
                goal = np.log1p(observed[row])
                variogram[origin, row] = variogram_score(np.log1p(drawn[0][row]), goal)
                alone[origin, row] = variogram_score(np.log1p(at_random[row]), goal)
    shared = ~np.isnan(wis_of.sum(axis=0))
    sums = np.where(shared, wis_of, 0.0).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = sums[0] / sums[1:].min(axis=0)
    return ratio, *(np.array([_mean(each[:, row]) for row in range(series)]) for each in (variogram, alone))


def _year_paths(
    replay: Replay, hierarchy: Hierarchy, origin: int, logs: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Paths of the next twelve months, all streams, ``[S, P, 12]``."""
    panel = replay.origins.panels[origin]
    base = draw_paths(
        logs,
        replay.levels,
        replay.steps[origin].dependence,
        vintage=panel.vintage,
        series_ids=panel.series_ids,
        count=_PATHS,
    )
    return with_totals(base, panel.series_ids, hierarchy)


def _joined_at_random(paths: NDArray[np.float64], replay: Replay, origin: int) -> NDArray[np.float64]:
    """The same values of every month, with months that know nothing of each other; totals stay exact."""
    generator = generator_for(replay.origins.panels[origin].vintage, "sums", "joined_at_random", "all")
    order = generator.permuted(np.tile(np.arange(paths.shape[1])[:, np.newaxis], paths.shape[2]), axis=0)
    return np.take_along_axis(paths, np.broadcast_to(order, paths.shape), axis=1)


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else np.nan
