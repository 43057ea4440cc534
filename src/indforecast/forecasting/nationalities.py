"""Nationalities: forecast as streams are, then made to share out every national draw exactly.

What belongs here: putting parts, models, weights, draws and their record together. What does not: what was known
of nationalities (``forecasting.nationality_parts``), how a draw is shared out (``forecasting.reconciliation``),
bands and what of them may be shown (``publication.nationality_tables``).

The national distribution is what is scored and published, so it is given, draw by draw; why that and not minimum
trace or bottom-up is measured in docs/methods/coherence.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.domain.quantiles import SCORE_LEVELS
from indforecast.evaluation.backtest import fast_backtest
from indforecast.evaluation.leaderboard import leaderboard_rows, score
from indforecast.evaluation.truth import truth_at
from indforecast.forecasting.hit_rates import HIT_RATE_COLUMNS, MONTH, hit_rates
from indforecast.forecasting.nationality_parts import part_events
from indforecast.forecasting.paths import draw_paths
from indforecast.forecasting.reconciliation import share_out
from indforecast.forecasting.replay import replay_ensemble
from indforecast.forecasting.replayed_bands import beside_outcomes, reduce_paths
from indforecast.forecasting.weights import NAIVE_MODELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr
    from numpy.typing import NDArray

    from indforecast.config.settings import Settings
    from indforecast.forecasting.nationality_parts import Parts
    from indforecast.forecasting.replay import Replay
    from indforecast.forecasting.replayed_bands import ReplayedBands

#: Fast enough for every nationality at every origin; the naives are the benchmark, as for streams.
PART_MODELS: Final = (*NAIVE_MODELS, "filter_bank")

#: How much of a part's own spread, on the log scale, is spread of its share: the rest it has in common with its
#: stream, whose draws bring it. Chosen on one stream and confirmed on the other (docs/methods/coherence.md).
SHARE_OF_SPREAD: Final = 0.7

#: Months after which shares wander no further: their spread then no longer grows with the root of the horizon.
WANDERING_MONTHS: Final = 12

#: Draws at a past origin: hit rates differ by half a percentage point from those of 200 draws.
_REPLAY_PATHS: Final = 100

#: How often the bands of each part held, and how they score against the better naive.
NATIONALITY_SCORE_COLUMNS: tuple[str, ...] = (*HIT_RATE_COLUMNS, "wis_ratio")


@dataclass(frozen=True)
class Nationalities:
    """Coherent draws of all parts of all streams that have any, and their record.

    Parameters
    ----------
    paths : DataArray
        ``inflow_persons``, dims ``series_id`` (parts of a stream together, the remainder last), ``path``,
        ``period``; whole persons; over the parts of a stream each draw sums to the stream's draw of that path.
    scores : DataFrame
        ``NATIONALITY_SCORE_COLUMNS``: as :func:`indforecast.forecasting.hit_rates.hit_rates`, and for months the
        log-WIS over that of the better naive (``wis_ratio``), after sharing out.
    """

    paths: xr.DataArray
    scores: pd.DataFrame


def forecast_nationalities(
    parts: Parts, national: Replay, paths: xr.DataArray, settings: Settings
) -> Nationalities:
    """Forecast the parts at every origin, share the national draws out over them, and write the record down.

    Parameters
    ----------
    parts : Parts
        What was known of the parts at the origins of the national replay.
    national : Replay
        The walk of the streams, from which their past draws are made.
    paths : DataArray
        The published draws, dims ``series_id, path, period``; they are not changed.
    settings : Settings
        Events, weights and gates, bands.

    Raises
    ------
    ValueError
        If parts and replay do not belong together.
    """
    if not np.array_equal(parts.origins.months, national.origins.months):
        raise ValueError("the parts were not taken at the origins of the national replay")
    replay = _replay(parts, paths.sizes["period"], settings)
    by_stream = {stream: paths.sel(series_id=stream).to_numpy() for stream in dict.fromkeys(parts.streams)}
    draws = _shared_draws(parts, replay, -1, by_stream)
    said = np.flatnonzero(~np.logical_or.reduce(np.isnan(draws), axis=(1, 2)))
    names = [parts.series_ids[row] for row in said]
    return Nationalities(
        paths=_as_data_array(draws[said], names, paths),
        scores=_scores(parts, replay, _replayed(parts, replay, national, settings), settings),
    )


def share_quantiles(logs: NDArray[np.float64], levels: Sequence[float]) -> NDArray[np.float64]:
    """Quantiles of what stands for a part's share: its own, drawn in around their median.

    Parameters
    ----------
    logs : ndarray
        A part's own quantiles on the log scale, shape ``[..., H, L]``.
    levels : sequence of float
        Shape ``[L]``, the median among them.
    """
    median = logs[..., [list(levels).index(0.5)]]
    ahead = np.arange(1.0, logs.shape[-2] + 1.0)[:, np.newaxis]
    kept = SHARE_OF_SPREAD * np.sqrt(np.minimum(1.0, WANDERING_MONTHS / ahead))
    return median + kept * (logs - median)


def _replay(parts: Parts, horizon: int, settings: Settings) -> Replay:
    backtest = fast_backtest(
        parts.origins.panels, PART_MODELS, part_events(settings.known_events, parts), horizon=horizon
    )
    # One model beside the naives is no ensemble: for shares, unlike streams, the mean of all three is better.
    ensemble = settings.forecast.ensemble.model_copy(update={"benchmarks_weigh": True})
    return replay_ensemble(backtest, parts.origins, parts.series_ids, ensemble)


def _shared_draws(
    parts: Parts, replay: Replay, origin: int, by_stream: Mapping[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Draws of all parts at one origin, ``[N, P, H]``; NaN where a stream or one of its parts has no forecast."""
    panel = replay.origins.panels[origin]
    count = next(iter(by_stream.values())).shape[0]
    own = draw_paths(
        share_quantiles(replay.published_logs[origin], replay.levels),
        replay.levels,
        replay.steps[origin].dependence,
        vintage=panel.vintage,
        series_ids=panel.series_ids,
        count=count,
    )
    shared = np.empty_like(own)
    for stream, total in by_stream.items():
        rows = parts.rows(stream)
        shared[rows] = share_out(total, own[rows])
    return shared


def _replayed(parts: Parts, replay: Replay, national: Replay, settings: Settings) -> ReplayedBands:
    """What the shared draws had said at every origin, with what happened."""
    levels = tuple(sorted({*SCORE_LEVELS, *settings.bands.levels}))
    streams = tuple(dict.fromkeys(parts.streams))
    reduced = []
    for origin, panel in enumerate(parts.origins.panels):
        base = draw_paths(
            national.published_logs[origin],
            national.levels,
            national.steps[origin].dependence,
            vintage=panel.vintage,
            series_ids=national.origins.series_ids,
            count=_REPLAY_PATHS,
        )
        by_stream = {stream: base[national.origins.series_ids.index(stream)] for stream in streams}
        reduced.append(
            reduce_paths(_shared_draws(parts, replay, origin, by_stream), panel.observed, panel, levels)
        )
    horizon = replay.published_logs.shape[2]
    return beside_outcomes(reduced, truth_at(parts.origins), parts.origins.months, levels, horizon)


def _scores(parts: Parts, replay: Replay, replayed: ReplayedBands, settings: Settings) -> pd.DataFrame:
    table = hit_rates(replayed, parts.origins.months, replay.bands, settings.bands)
    kept = [replayed.levels.index(level) for level in SCORE_LEVELS]
    scored = [replay.levels.index(level) for level in SCORE_LEVELS]
    ratios: dict[tuple[str, str], float] = {}
    for row, name in enumerate(parts.series_ids):
        observed = replayed.months.observed[:, row]
        scores = {
            model: score(np.expm1(replay.model_logs[replay.models.index(model), :, row][..., scored]), observed)
            for model in NAIVE_MODELS
        }
        scores["shared"] = score(replayed.months.quantiles[:, row][..., kept], observed)
        lines = leaderboard_rows(
            name,
            scores,
            naives=NAIVE_MODELS,
            official=replayed.months.official[:, row],
            origins=parts.origins.months,
            bands=replay.bands,
            simulated=False,
        )
        for line in lines:
            if line["model"] == "shared":
                ratios[name, str(line["horizon_band"])] = float(str(line["wis_ratio"]))
    keys = zip(table["series_id"], table["kind"], table["horizon_band"], strict=True)
    table["wis_ratio"] = [
        ratios.get((name, band), np.nan) if kind == MONTH else np.nan for name, kind, band in keys
    ]
    return table[list(NATIONALITY_SCORE_COLUMNS)]


def _as_data_array(draws: NDArray[np.float64], names: Sequence[str], paths: xr.DataArray) -> xr.DataArray:
    import xarray as xr

    return xr.DataArray(
        draws,
        dims=("series_id", "path", "period"),
        coords={"series_id": list(names), "path": paths["path"].to_numpy(), "period": paths["period"].to_numpy()},
        name="inflow_persons",
        attrs=dict(paths.attrs),
    )
