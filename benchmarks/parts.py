"""The parts that carry the load: the door to history, the backtest of a model, the queue.

What belongs here: one function per comparison. What does not: the cycle as a whole (``cycle``).
"""

from __future__ import annotations

import io
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.timing import Comparison, compare
from indforecast.config import load_settings
from indforecast.domain.events import event_regressors, known_events
from indforecast.evaluation.origins import origin_vintages
from indforecast.planning.queue import first_in_first_out
from indforecast.reference.dataset import reference_csv
from indforecast.sources.file_drop import FileDrop
from indforecast.vintages.store import Store

if TYPE_CHECKING:
    from datetime import date

    from indforecast.domain.observations import Panel


def _filled_store(folder: Path) -> Store:
    store = Store(folder)
    store.append(FileDrop().read(reference_csv(), "reference.csv"))
    return store


def history_door() -> Comparison:
    """Every origin of the backtest through ``as_ofs``, against reading the file and grouping it in pandas."""
    settings = load_settings()
    with tempfile.TemporaryDirectory() as folder:
        days = origin_vintages(
            settings.forecast.backtest, _filled_store(Path(folder)).newest_vintage() or _never()
        )

        def peer() -> None:
            for day in days:
                frame = pd.read_csv(io.BytesIO(reference_csv()), parse_dates=["period", "available_from"])
                known = frame[frame["available_from"] <= pd.Timestamp(day)]
                known.sort_values("available_from").groupby(["series_id", "period"]).tail(1)

        return compare(
            f"as_of at {len(days)} vintages, fresh store object",
            lambda: Store(Path(folder)).as_ofs(days),
            "pandas on the CSV, vintage by vintage",
            peer,
        )


def structural_backtest() -> Comparison:
    """The structural model at a year of monthly origins, against estimating it again at every origin."""
    from indforecast.models.structural import Structural

    settings = load_settings()
    events = settings.known_events
    with tempfile.TemporaryDirectory() as folder:
        store = _filled_store(Path(folder))
        days = [day.date() for day in pd.date_range("2024-02-29", "2025-01-31", freq="ME")]
        panels = [history.panel(("asylum_first", "asylum_nareis")) for history in store.as_ofs(days)]

    def ours() -> None:
        from indforecast.models import structural

        structural._estimate.cache_clear()
        Structural().forecast_origins(panels, events, horizon=60)

    return compare(
        f"structural model, {len(panels)} origins x 2 series",
        ours,
        "statsmodels, estimated at every origin",
        lambda: [_refit(panel, row, settings) for panel in panels for row in range(2)],
        repeats=1,
    )


def _refit(panel: Panel, row: int, settings: object) -> None:
    """What a user of statsmodels would write: fit and forecast at one origin."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    values = np.log1p(panel.observed[row])
    first = int(np.flatnonzero(np.isfinite(values))[0])
    events = known_events(settings.known_events, panel.vintage)  # type: ignore[attr-defined]
    _, regressors = event_regressors(events, panel.series_ids[row], panel.periods)
    regressors = regressors[first:]
    regressors = regressors[:, regressors.any(axis=0)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = UnobservedComponents(
            values[first:],
            level="llevel",
            freq_seasonal=[{"period": 12}],
            exog=regressors if regressors.size else None,
        )
        fitted = model.fit(disp=0)
        future = np.zeros((60, regressors.shape[1]))
        fitted.get_forecast(60, exog=future if regressors.size else None).summary_frame(alpha=0.2)


def queue() -> Comparison:
    """The queue on all paths at once, against a loop over paths and months."""
    generator = np.random.Generator(np.random.PCG64(1))
    inflow = generator.poisson(2_500, size=(1_000, 60)).astype(np.float64)
    opening = np.full(20, 2_000.0)
    capacity = np.full(60, 2_600.0)

    def loop() -> None:
        for path in inflow:
            cohorts = list(opening)
            for month, arrived in enumerate(path):
                cohorts.append(float(arrived))
                left = capacity[month]
                while left > 0 and cohorts:
                    decided = min(left, cohorts[0])
                    cohorts[0] -= decided
                    left -= decided
                    if cohorts[0] == 0:
                        cohorts.pop(0)

    return compare(
        "queue, 1,000 paths x 60 months",
        lambda: first_in_first_out(inflow, opening, capacity, 6),
        "a loop over paths and months",
        loop,
    )


def _never() -> date:
    raise RuntimeError("the reference data have no vintage")
