"""From base forecasts to the published distribution and its record.

What belongs here: putting weights, ensemble, replay, paths and tables together. What does not: any of their maths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.errors import IndforecastError
from indforecast.domain.quantiles import HUB_LEVELS, SCORE_LEVELS
from indforecast.domain.seeds import seed_for
from indforecast.evaluation.leaderboard import as_leaderboard, leaderboard_rows, score
from indforecast.forecasting.evaluation_record import ENSEMBLE, evaluation_tables, said_by_models
from indforecast.forecasting.hit_rates import hit_rates
from indforecast.forecasting.paths import SEED_PARTS, as_data_array, draw_paths, with_totals
from indforecast.forecasting.replay import replay_ensemble, weights_table
from indforecast.forecasting.replayed_bands import replay_bands
from indforecast.forecasting.sums import sum_scores
from indforecast.forecasting.weights import NAIVE_MODELS

if TYPE_CHECKING:
    from datetime import date

    import xarray as xr

    from indforecast.config.settings import Settings
    from indforecast.domain.series import Hierarchy
    from indforecast.evaluation.backtest import Backtest
    from indforecast.evaluation.origins import Origins
    from indforecast.forecasting.evaluation_record import Said
    from indforecast.forecasting.replay import Replay
    from indforecast.forecasting.replayed_bands import ReplayedBands

__all__ = ["ENSEMBLE", "Forecast", "build_forecast", "path_quantiles"]


@dataclass(frozen=True)
class Forecast:
    """The published distribution and its record.

    Parameters
    ----------
    vintage : date
        Data cut-off.
    forecast_origin : datetime64[M]
        Last month observed in every stream.
    paths : DataArray
        ``inflow_persons``, dims ``series_id`` (all streams, publication order), ``path``, ``period``; whole
        persons.
    quantiles : DataFrame
        Columns ``series_id, horizon, period, quantile_level, value``: quantiles of the paths at ``HUB_LEVELS``.
    weights : DataFrame
        One row per base stream, horizon band and model: weight, past record, why; and what is published.
    leaderboard : DataFrame
        See :func:`indforecast.evaluation.leaderboard.leaderboard_rows`; ``ensemble`` is what was published.
    hit_rates : DataFrame
        See :func:`indforecast.forecasting.hit_rates.hit_rates`.
    sums : DataFrame
        See :func:`indforecast.forecasting.sums.sum_scores`.
    evaluation, evaluation_origins, pit, skill : DataFrame
        See :data:`indforecast.evaluation.score_tables.TABLES`.
    failures : DataFrame
        Columns ``vintage, model, series_id, reason``.
    seeds : dict
        Seed of each stream's draws at the newest origin.
    replay : Replay
        The walk over past origins behind it, which nationalities share out.
    """

    vintage: date
    forecast_origin: np.datetime64
    paths: xr.DataArray
    quantiles: pd.DataFrame
    weights: pd.DataFrame
    leaderboard: pd.DataFrame
    hit_rates: pd.DataFrame
    sums: pd.DataFrame
    evaluation: pd.DataFrame
    evaluation_origins: pd.DataFrame
    pit: pd.DataFrame
    skill: pd.DataFrame
    failures: pd.DataFrame
    seeds: dict[str, int]
    replay: Replay


def build_forecast(backtest: Backtest, origins: Origins, settings: Settings) -> Forecast:
    """Combine base forecasts, replay the combination, draw paths, and write the record down.

    Parameters
    ----------
    backtest : Backtest
        Base forecasts at every origin; holds every base stream of the hierarchy.
    origins : Origins
        What was known at each origin: what the backtest was run on.
    settings : Settings
        Streams, bands, ensemble, number of paths.

    Raises
    ------
    ConfigError
        If a naive model is not configured.
    IndforecastError
        If no model could forecast a stream at the newest origin.
    """
    hierarchy = settings.hierarchy
    replay = replay_ensemble(backtest, origins, hierarchy.base_ids, settings.forecast.ensemble)
    newest = replay.origins.newest
    _refuse_empty(replay, backtest)
    base = draw_paths(
        replay.published_logs[-1],
        replay.levels,
        replay.steps[-1].dependence,
        vintage=newest.vintage,
        series_ids=newest.series_ids,
        count=settings.forecast.paths,
    )
    paths = as_data_array(with_totals(base, newest.series_ids, hierarchy), hierarchy, newest.forecast_origin)
    levels = tuple(sorted({*HUB_LEVELS, *settings.bands.levels}))
    replayed = replay_bands(replay, hierarchy, levels)
    said = said_by_models(replay, replayed, hierarchy)
    return Forecast(
        vintage=newest.vintage,
        forecast_origin=newest.forecast_origin,
        paths=paths,
        quantiles=path_quantiles(paths),
        weights=pd.DataFrame(weights_table(replay)),
        leaderboard=_leaderboard(said, replay, replayed, hierarchy),
        hit_rates=hit_rates(replayed, replay.origins.months, replay.bands, settings.bands),
        sums=sum_scores(replay, replayed, hierarchy),
        **evaluation_tables(said, replay, replayed, hierarchy),
        failures=backtest.failures,
        seeds={
            f"joint/{series_id}": seed_for(newest.vintage, *SEED_PARTS, series_id)
            for series_id in newest.series_ids
        },
        replay=replay,
    )


def path_quantiles(paths: xr.DataArray) -> pd.DataFrame:
    """Quantiles of the paths at all hub levels, whole persons, in long form.

    Parameters
    ----------
    paths : DataArray
        ``inflow_persons``, dims ``series_id, path, period``.
    """
    values = np.rint(np.quantile(paths.to_numpy(), HUB_LEVELS, axis=1)).transpose(1, 2, 0)
    count, months = values.shape[:2]
    levels = len(HUB_LEVELS)
    return pd.DataFrame(
        {
            "series_id": np.repeat([str(item) for item in paths["series_id"].to_numpy()], months * levels),
            "horizon": np.tile(np.repeat(np.arange(1, months + 1, dtype=np.int32), levels), count),
            "period": np.tile(np.repeat(paths["period"].to_numpy(), levels), count),
            "quantile_level": np.tile(HUB_LEVELS, count * months),
            "value": values.ravel(),
        }
    )


def _refuse_empty(replay: Replay, backtest: Backtest) -> None:
    empty = np.isnan(replay.published_logs[-1]).any(axis=(1, 2))
    if empty.any():
        series_id = replay.origins.series_ids[int(np.flatnonzero(empty)[0])]
        failures = backtest.failures
        here = failures[
            (failures["series_id"] == series_id) & (failures["vintage"] == replay.origins.newest.vintage)
        ]
        why = "; ".join(f"{model}: {reason}" for model, reason in zip(here["model"], here["reason"], strict=True))
        raise IndforecastError(
            f"No model can forecast {series_id} ({why or 'no reason recorded'}).",
            hint="Deliver more history, or take the stream out of the configuration.",
        )


def _leaderboard(said: Said, replay: Replay, replayed: ReplayedBands, hierarchy: Hierarchy) -> pd.DataFrame:
    """Every model on every base stream, naives and ensemble also on the totals."""
    scored = [HUB_LEVELS.index(level) for level in SCORE_LEVELS]
    rows: list[dict[str, object]] = []
    for number, series_id in enumerate(hierarchy.series_ids):
        observed = replayed.months.observed[:, number]
        rows += leaderboard_rows(
            series_id,
            {model: score(quantiles[..., scored], observed) for model, quantiles in said[series_id].items()},
            naives=NAIVE_MODELS,
            official=replayed.months.official[:, number],
            origins=replay.origins.months,
            bands=replay.bands,
            simulated=bool(replayed.truth.simulated[number]),
        )
    return as_leaderboard(rows)
