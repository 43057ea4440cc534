"""The whole record of the replay, score by score: what each model had said of each stream, beside what happened.

What belongs here: each model's past quantiles on every stream, totals included, and their tables. What does not:
scores and rows (``evaluation.score_tables``), the replay (``forecasting.replay``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.domain.observations import Panel
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.domain.seeds import seed_for
from indforecast.evaluation.score_tables import TABLES, all_scores, as_tables, rows_of_stream
from indforecast.forecasting.weights import NAIVE_MODELS
from indforecast.models.registry import answers_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import pandas as pd
    from numpy.typing import NDArray

    from indforecast.domain.series import Hierarchy
    from indforecast.forecasting.replay import Replay
    from indforecast.forecasting.replayed_bands import ReplayedBands

    #: Quantiles in persons at ``HUB_LEVELS``, shape ``[O, H, L]``, by stream and model.
    Said = Mapping[str, Mapping[str, NDArray[np.float64]]]

#: Name of the published distribution among the models.
ENSEMBLE = "ensemble"


def said_by_models(replay: Replay, replayed: ReplayedBands, hierarchy: Hierarchy) -> Said:
    """What every model said of every base stream, and naives and ensemble also of the totals.

    Parameters
    ----------
    replay : Replay
        The walk over the base streams.
    replayed : ReplayedBands
        Its paths at levels that hold ``HUB_LEVELS``.
    hierarchy : Hierarchy
        All streams.
    """
    at_hub = [replay.levels.index(level) for level in HUB_LEVELS]
    kept = [replayed.levels.index(level) for level in HUB_LEVELS]
    answer: dict[str, dict[str, NDArray[np.float64]]] = {}
    for number, series_id in enumerate(hierarchy.series_ids):
        if series_id in replay.origins.series_ids:
            row = replay.origins.series_ids.index(series_id)
            said = {
                model: np.expm1(replay.model_logs[position, :, row][..., at_hub])
                for position, model in enumerate(replay.models)
                if answers_for(model, series_id)
            }
        else:
            said = _naives_on_total(replay, hierarchy, series_id)
        answer[series_id] = {**said, ENSEMBLE: replayed.months.quantiles[:, number][..., kept]}
    return answer


def evaluation_tables(
    said: Said, replay: Replay, replayed: ReplayedBands, hierarchy: Hierarchy
) -> dict[str, pd.DataFrame]:
    """Tables ``evaluation``, ``evaluation_origins``, ``pit`` and ``skill`` of a release.

    Parameters
    ----------
    said : mapping
        From :func:`said_by_models`.
    replay, replayed, hierarchy
        What it was made from.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    panels = replay.origins.panels
    for number, series_id in enumerate(hierarchy.series_ids):
        parts = list(hierarchy.stream(series_id).parts or (series_id,))
        histories = [panel.select(parts).observed.sum(axis=0) for panel in panels]
        observed = replayed.months.observed[:, number]
        found = rows_of_stream(
            series_id,
            {
                model: all_scores(quantiles, HUB_LEVELS, observed, histories)
                for model, quantiles in said[series_id].items()
            },
            naives=NAIVE_MODELS,
            published=ENSEMBLE,
            origins=replay.origins.months,
            bands=replay.bands,
            simulated=bool(replayed.truth.simulated[number]),
            seed_of=lambda *parts, key=series_id: seed_for(panels[-1].vintage, "evaluation", key, *parts),
        )
        for name, lines in found.items():
            rows[name] += lines
    return as_tables(rows)


def _naives_on_total(replay: Replay, hierarchy: Hierarchy, series_id: str) -> dict[str, NDArray[np.float64]]:
    """What the naives would have said of a total itself: the benchmark a sum of streams must beat.

    Returns
    -------
    dict of ndarray
        Persons at ``HUB_LEVELS``, shape ``[O, H, L]``, by model.
    """
    from indforecast.models.registry import make_forecasters

    parts = list(hierarchy.stream(series_id).parts)
    horizon = replay.published_logs.shape[2]
    enough = replay.origins.enough_history()
    at_hub = [replay.levels.index(level) for level in HUB_LEVELS]
    answers: dict[str, list[NDArray[np.float64]]] = {model: [] for model in NAIVE_MODELS}
    for number, panel in enumerate(replay.origins.panels):
        total = panel.select(parts).observed.sum(axis=0, keepdims=True)
        alone = Panel(panel.vintage, (series_id,), panel.periods, total)
        rows = [panel.series_ids.index(part) for part in parts]
        for forecaster in make_forecasters(NAIVE_MODELS):
            quantiles = forecaster.forecast(alone, (), horizon=horizon).quantiles[0][..., at_hub]
            answers[forecaster.name].append(quantiles if enough[number, rows].all() else quantiles * np.nan)
    return {model: np.stack(quantiles) for model, quantiles in answers.items()}
