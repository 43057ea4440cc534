"""Rolling-origin backtest: every model at every past vintage, through the panels of ``as_of``.

What belongs here: what is already known, what must be computed, and the array of all base forecasts. What
does not: worker processes (``evaluation.workers``), scores, weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.events import known_events
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.evaluation.cache import (
    FORECAST_COLUMNS,
    StoredForecast,
    from_rows,
    input_hash,
    models_code,
    to_rows,
)
from indforecast.evaluation.workers import compute, forecast_origins
from indforecast.models.protocol import NOT_ITS_STREAM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from indforecast.domain.events import Event
    from indforecast.domain.observations import Panel

FAILURE_COLUMNS: tuple[str, ...] = ("vintage", "model", "series_id", "reason")


@dataclass(frozen=True)
class Backtest:
    """Base forecasts of every model at every origin.

    Parameters
    ----------
    models : tuple of str
        Shape ``[M]``.
    panels : tuple of Panel
        What was known at each origin, oldest first, shape ``[O]``; all with the same series, shape ``[S]``.
    quantiles : ndarray
        Persons, shape ``[M, O, S, H, L]``; NaN where a fit failed.
    failures : DataFrame
        Columns ``vintage, model, series_id, reason``: one row per failed fit; a model made for another stream has
        not failed.
    levels : tuple of float
        Quantile levels, shape ``[L]``.
    """

    models: tuple[str, ...]
    panels: tuple[Panel, ...]
    quantiles: NDArray[np.float64]
    failures: pd.DataFrame
    levels: tuple[float, ...] = HUB_LEVELS

    def __post_init__(self) -> None:
        expected = (len(self.models), len(self.panels), len(self.panels[0].series_ids))
        if self.quantiles.shape[:3] != expected or self.quantiles.shape[4:] != (len(self.levels),):
            raise ValueError(f"quantiles have shape {self.quantiles.shape}, expected {expected} + [H, L]")

    @property
    def horizon(self) -> int:
        """Months ahead."""
        return int(self.quantiles.shape[3])

    @property
    def series_ids(self) -> tuple[str, ...]:
        """Shape ``[S]``."""
        return self.panels[0].series_ids

    @property
    def origins(self) -> NDArray[np.datetime64]:
        """Forecast origins, shape ``[O]``."""
        return np.array([panel.forecast_origin for panel in self.panels])


def run_backtest(
    panels: Sequence[Panel],
    model_names: Sequence[str],
    events: Sequence[Event],
    *,
    horizon: int,
    workers: int = 1,
    cached: pd.DataFrame | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Backtest, pd.DataFrame]:
    """Forecast at every panel with every model, taking from ``cached`` what is known already.

    The result does not depend on ``workers`` nor on what was cached.

    Parameters
    ----------
    panels : sequence of Panel
        One per origin, oldest first (:func:`indforecast.evaluation.origins.prepare_origins`).
    model_names : sequence of str
        Names in the registry of models.
    events : sequence of Event
        The whole register; each origin is given only what was known at its vintage.
    horizon : int
        Months ahead.
    workers : int
        Processes; 0 is one per core, 1 runs in this process.
    cached : DataFrame, optional
        Rows with ``FORECAST_COLUMNS`` from the store, for example ``Store.read_forecasts``.
    on_progress : callable, optional
        Called with (model, origins done, origins in all).

    Returns
    -------
    tuple of (Backtest, DataFrame)
        The backtest, and the rows that were not cached, for ``Store.write_forecasts``.

    Raises
    ------
    ConfigError
        If a model is not known.
    IndforecastError
        If a worker process dies.
    """
    report = on_progress or _silent
    code = models_code()
    known = [known_events(events, panel.vintage) for panel in panels]
    names = {
        (model, number): input_hash(panel, known[number], model, horizon=horizon, code=code)
        for model in model_names
        for number, panel in enumerate(panels)
    }
    stored: dict[str, StoredForecast] = {}
    if cached is not None and len(cached):
        stored = from_rows(cached, names.values(), panels[0].series_ids, horizon)
    missing = {
        model: [number for number in range(len(panels)) if names[model, number] not in stored]
        for model in model_names
    }
    for model in model_names:
        report(model, len(panels) - len(missing[model]), len(panels))

    def done(model: str, count: int) -> None:
        report(model, len(panels) - len(missing[model]) + count, len(panels))

    made = compute(panels, events, missing, horizon=horizon, workers=workers, on_done=done)
    new = [
        to_rows(made[model, number], panels[number], model, names[model, number])
        for model in model_names
        for number in missing[model]
    ]
    answer = {key: made[key] if key in made else stored[name] for key, name in names.items()}
    rows = pd.concat(new, ignore_index=True) if new else pd.DataFrame(columns=list(FORECAST_COLUMNS))
    return _assemble(tuple(model_names), tuple(panels), answer), rows


def fast_backtest(
    panels: Sequence[Panel], model_names: Sequence[str], events: Sequence[Event], *, horizon: int
) -> Backtest:
    """The same backtest in this process and with nothing kept, for models that cost less than keeping them does.

    Parameters
    ----------
    panels, model_names, events, horizon
        As in :func:`run_backtest`.
    """
    answer = {
        (model, number): forecast
        for model in model_names
        for number, forecast in enumerate(forecast_origins(model, panels, events, horizon))
    }
    return _assemble(tuple(model_names), tuple(panels), answer)


def _silent(model: str, done: int, total: int) -> None:
    pass


def _assemble(
    models: tuple[str, ...], panels: tuple[Panel, ...], answer: dict[tuple[str, int], StoredForecast]
) -> Backtest:
    failures = [
        (panel.vintage, model, series_id, reason)
        for model in models
        for number, panel in enumerate(panels)
        for series_id, reason in answer[model, number].failures
        if reason != NOT_ITS_STREAM
    ]
    return Backtest(
        models=models,
        panels=panels,
        quantiles=np.stack(
            [np.stack([answer[model, number].quantiles for number in range(len(panels))]) for model in models]
        ),
        failures=pd.DataFrame(failures, columns=list(FAILURE_COLUMNS)),
    )
