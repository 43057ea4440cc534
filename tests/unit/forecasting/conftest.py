"""Fixtures of these tests: invented histories, small settings, a backtest of the naives."""

from __future__ import annotations

import pytest

from tests.unit.invented_histories import counts, make_histories, make_history  # noqa: F401 - fixtures

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
def replayed_case(make_histories, counts, settings):  # noqa: F811 - the fixtures themselves
    """Origins every three months of two streams, and a backtest of the two naives."""
    from indforecast.evaluation.backtest import run_backtest
    from indforecast.evaluation.origins import prepare_origins

    histories = make_histories(counts, range(48, 121, 3))
    origins = prepare_origins(histories, ["a", "b"], minimum_history_months=24)
    backtest, _ = run_backtest(origins.panels, MODELS, (), horizon=24)
    return backtest, origins, settings
