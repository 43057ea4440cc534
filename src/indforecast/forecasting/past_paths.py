"""Joint paths as they would have been drawn on a past day, from data no newer.

What belongs here: the walk behind a release up to a past day, with the models that answer in one pass, and its
joint paths. What does not: what they mean for people, money and beds (``planning``), the official record
(``forecasting.official_replay``, whose models and step these are).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.domain.errors import InputError
from indforecast.evaluation.backtest import run_backtest
from indforecast.evaluation.origins import origin_vintages, prepare_origins
from indforecast.forecasting.official_replay import RECORD_MODELS
from indforecast.forecasting.paths import draw_paths
from indforecast.forecasting.replay import replay_ensemble

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from indforecast.config.settings import Settings
    from indforecast.domain.observations import History, Panel

_EVERY_MONTHS: Final = 6


@dataclass(frozen=True)
class PastPaths:
    """What was known on a past day and what it led to expect.

    Parameters
    ----------
    history : Panel
        Observed months, as known then; the last is the forecast origin.
    periods : ndarray of datetime64[M]
        Months of the paths, shape ``[period]``.
    inflow : mapping of series_id to ndarray
        Whole persons, shape ``[path, period]``; the same path of every series is one joint draw.
    """

    history: Panel
    periods: NDArray[np.datetime64]
    inflow: Mapping[str, NDArray[np.float64]]


def past_days(settings: Settings, vintages: Sequence[date], day: date) -> list[date]:
    """Days whose knowledge the walk to ``day`` needs, rising.

    Parameters
    ----------
    settings : Settings
        Its backtest says from when the walk looks.
    vintages : sequence of date
        Days on which something became known.
    day : date
        The last one.
    """
    backtest = settings.forecast.backtest.model_copy(update={"every_months": _EVERY_MONTHS})
    return [known for known in origin_vintages(backtest, day) if known >= min(vintages)]


def paths_known_on(
    histories: Sequence[History], series_ids: Sequence[str], settings: Settings, *, months: int, paths: int
) -> PastPaths:
    """Joint paths from the knowledge of the last history's day.

    Parameters
    ----------
    histories : sequence of History
        ``as_of`` of each of :func:`past_days`.
    series_ids : sequence of str
        Base streams, in the order of the draw.
    settings : Settings
        Events and ensemble.
    months : int
        Horizon.
    paths : int
        How many.

    Raises
    ------
    InputError
        If a stream was unknown on that day, or no model could forecast it.
    """
    origins = prepare_origins(histories, list(series_ids))
    backtest, _ = run_backtest(origins.panels, RECORD_MODELS, settings.known_events, horizon=months, workers=1)
    replay = replay_ensemble(backtest, origins, origins.series_ids, settings.forecast.ensemble)
    panel = origins.newest
    logs = replay.published_logs[-1]
    failed = [name for row, name in enumerate(panel.series_ids) if np.isnan(logs[row]).any()]
    if failed:
        raise InputError(
            f"No model could forecast {', '.join(failed)} from what was known on {panel.vintage}.",
            hint="Choose a later day.",
        )
    drawn = draw_paths(
        logs,
        replay.levels,
        replay.steps[-1].dependence,
        vintage=panel.vintage,
        series_ids=panel.series_ids,
        count=paths,
    )
    return PastPaths(
        history=panel,
        periods=panel.forecast_origin.astype("datetime64[M]") + np.arange(1, months + 1),
        inflow=dict(zip(panel.series_ids, drawn, strict=True)),
    )
