"""Small invented histories with vintages, for tests of the backtest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.domain.observations import Basis, History

HistoryMaker = Callable[..., History]


@pytest.fixture
def make_history() -> HistoryMaker:
    """``make_history({"a": [1, 2, None]}, first="2020-01")``: a row per known month, known at ``vintage``."""

    def make(
        values: dict[str, Sequence[float | None]],
        *,
        first: str = "2020-01",
        vintage: date = date(2030, 1, 31),
        basis: dict[str, str] | None = None,
    ) -> History:
        rows = []
        for series_id, counts in values.items():
            months = pd.date_range(first, periods=len(counts), freq="MS")
            for month, count in zip(months, counts, strict=True):
                if count is not None and not np.isnan(count):
                    kind = (basis or {}).get(series_id, Basis.PUBLISHED.value)
                    rows.append((series_id, month, int(count), kind, "d", "s", pd.Timestamp(vintage), "x"))
        columns = [
            "series_id", "period", "observed", "basis", "definition", "source", "available_from", "delivery_id",
        ]  # fmt: skip
        frame = pd.DataFrame(rows, columns=columns).sort_values(["series_id", "period"], ignore_index=True)
        return History(vintage=vintage, observations=frame)

    return make


@pytest.fixture
def make_histories(make_history: HistoryMaker) -> Callable[..., list[History]]:
    """The same months as known at ends of ``cuts`` months: a rolling origin without restatements."""

    def make(values: dict[str, Sequence[float]], cuts: Sequence[int], **more: object) -> list[History]:
        first = pd.Timestamp(str(more.pop("first", "2014-01")))
        answers = []
        for cut in cuts:
            day = (first + pd.DateOffset(months=cut)) + pd.offsets.MonthEnd(0)
            known = {series_id: list(counts[:cut]) for series_id, counts in values.items()}
            answers.append(make_history(known, first=f"{first:%Y-%m}", vintage=day.date(), **more))
        return answers

    return make


@pytest.fixture
def counts() -> dict[str, np.ndarray]:
    """Three streams of ten years with a level, a season and noise."""
    rng = np.random.default_rng(11)
    months = np.arange(120)
    made = {}
    for number, series_id in enumerate(("a", "b", "c")):
        level = 6.0 + 0.3 * number + np.cumsum(rng.normal(0.0, 0.06, 120))
        season = 0.2 * np.sin(2 * np.pi * (months + number) / 12)
        made[series_id] = np.rint(np.exp(level + season + rng.normal(0.0, 0.08, 120)))
    return made


MODELS = ("random_walk", "seasonal_naive")


@pytest.fixture
def settings():
    """Packaged settings with two base streams and their total, small enough for a test."""
    from indforecast.config import load_settings
    from indforecast.config.settings import StreamSettings

    packaged = load_settings()
    streams = (
        StreamSettings(series_id="t", label_en="t", label_nl="t", parts=("a", "b")),
        StreamSettings(series_id="a", label_en="a", label_nl="a"),
        StreamSettings(series_id="b", label_en="b", label_nl="b"),
    )
    ensemble = packaged.forecast.ensemble.model_copy(update={"horizon_bands": (3, 12, 24), "minimum_scored": 4})
    forecast = packaged.forecast.model_copy(
        update={"models": MODELS, "horizon_months": 24, "paths": 200, "ensemble": ensemble}
    )
    return packaged.model_copy(update={"streams": streams, "events": (), "forecast": forecast})


@pytest.fixture
def replayed_case(make_histories, counts, settings):
    """Origins every three months of two streams, and a backtest of the two naives."""
    from indforecast.evaluation.backtest import run_backtest
    from indforecast.evaluation.origins import prepare_origins

    histories = make_histories(counts, range(48, 121, 3))
    origins = prepare_origins(histories, ["a", "b"], minimum_history_months=24)
    backtest, _ = run_backtest(origins.panels, MODELS, (), horizon=24)
    return backtest, origins, settings
