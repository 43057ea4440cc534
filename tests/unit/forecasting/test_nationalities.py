"""Nationalities: in every draw they are the national draw, which nobody changes."""

from __future__ import annotations

import numpy as np
import pytest

from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.evaluation.backtest import fast_backtest, run_backtest
from indforecast.evaluation.origins import prepare_origins
from indforecast.forecasting.forecast import build_forecast
from indforecast.forecasting.nationalities import (
    NATIONALITY_SCORE_COLUMNS,
    SHARE_OF_SPREAD,
    forecast_nationalities,
    share_quantiles,
)
from indforecast.forecasting.nationality_parts import known_parts

STREAMS = ["a", "b"]


@pytest.fixture
def below(counts):
    """Streams ``a`` and ``b``, two nationalities below ``a``, rounded to five and one of them rare."""
    rng = np.random.default_rng(4)
    share = 0.4 + 0.2 * np.sin(np.arange(120) / 15.0) + rng.normal(0.0, 0.02, 120)
    return {
        "a": counts["a"],
        "b": counts["b"],
        "a.SYR": 5.0 * np.rint(counts["a"] * share / 5.0),
        "a.YEM": 5.0 * rng.integers(0, 2, 120),
    }


@pytest.fixture
def made(make_histories, below, settings):
    def make(values=below, cuts=range(72, 121, 12)):
        histories = make_histories(values, cuts)
        origins = prepare_origins(histories, STREAMS, minimum_history_months=24)
        backtest = fast_backtest(origins.panels, settings.forecast.models, (), horizon=24)
        forecast = build_forecast(backtest, origins, settings)
        parts = known_parts(histories, origins)
        assert parts is not None
        return forecast, parts, forecast_nationalities(parts, forecast.replay, forecast.paths, settings)

    return make


def test_every_draw_of_every_month_is_shared_out_to_the_person(made) -> None:
    forecast, parts, found = made()
    published = forecast.paths.copy(deep=True)
    draws = found.paths.to_numpy()
    assert [str(name) for name in found.paths["series_id"].to_numpy()] == list(parts.series_ids)
    assert np.array_equal(draws.sum(axis=0), forecast.paths.sel(series_id="a").to_numpy())
    assert (draws >= 0).all()
    assert np.array_equal(draws, np.rint(draws))
    assert forecast.paths.identical(published)


def test_the_same_inputs_are_the_same_draws_and_streams_order_changes_nothing(made, below) -> None:
    _, _, first = made()
    _, _, again = made(dict(reversed(below.items())))
    assert first.paths.identical(again.paths)
    assert first.scores.equals(again.scores)


def test_the_record_has_a_line_for_each_part_and_horizon_band(made) -> None:
    _, parts, found = made()
    assert tuple(found.scores.columns) == NATIONALITY_SCORE_COLUMNS
    assert set(found.scores["series_id"]) == set(parts.series_ids)
    months = found.scores[found.scores["kind"] == "month"]
    assert months["wis_ratio"].gt(0).all()
    assert months["hit_rate"].between(0, 1).all()
    assert found.scores[found.scores["kind"] != "month"]["wis_ratio"].isna().all()


def test_the_past_record_knows_nothing_later(made, below) -> None:
    """What is scored up to an origin stays as it is when later months change."""
    _, _, whole = made(cuts=range(60, 97, 6))
    changed = {name: np.concatenate([counts[:96], counts[96:] * 3]) for name, counts in below.items()}
    _, _, other = made(changed, cuts=range(60, 97, 6))
    assert whole.paths.identical(other.paths)
    assert whole.scores.equals(other.scores)


def test_a_share_spreads_less_than_its_part_and_wanders_no_further_after_a_year() -> None:
    spread = np.sqrt(np.arange(1.0, 49.0))[:, np.newaxis]
    normal = np.linspace(-2.0, 2.0, len(HUB_LEVELS))
    normal -= normal[HUB_LEVELS.index(0.5)]
    shared = share_quantiles(5.0 + spread * normal, HUB_LEVELS)
    width = shared[:, -1] - shared[:, 0]
    assert np.allclose(shared[:, HUB_LEVELS.index(0.5)], 5.0)
    assert np.allclose(width[:12], SHARE_OF_SPREAD * spread[:12, 0] * (normal[-1] - normal[0]))
    assert np.allclose(width[12:], width[11])


def test_a_stream_one_of_whose_parts_cannot_be_forecast_has_no_nationalities(made, below) -> None:
    # Never both known in a month: the remainder has no month at all.
    syr, yem = below["a.SYR"].copy(), below["a.YEM"].copy()
    syr[::2], yem[1::2] = np.nan, np.nan
    _, parts, found = made(below | {"a.SYR": syr, "a.YEM": yem}, cuts=range(108, 121, 6))
    assert "a.other" in parts.series_ids
    assert found.paths.sizes["series_id"] == 0


def test_parts_of_other_origins_are_refused(made, make_histories, below, settings) -> None:
    forecast, _, _ = made(cuts=[96, 108, 120])
    histories = make_histories(below, [108, 120])
    parts = known_parts(histories, prepare_origins(histories, STREAMS, minimum_history_months=24))
    with pytest.raises(ValueError, match="origins of the national replay"):
        forecast_nationalities(parts, forecast.replay, forecast.paths, settings)


def test_the_fast_backtest_is_the_backtest(make_histories, below) -> None:
    origins = prepare_origins(make_histories(below, [60, 72]), ["a.SYR", "a.YEM"], minimum_history_months=24)
    models = ("random_walk", "seasonal_naive", "filter_bank")
    slow, _ = run_backtest(origins.panels, models, (), horizon=6)
    fast = fast_backtest(origins.panels, models, (), horizon=6)
    assert np.array_equal(slow.quantiles, fast.quantiles, equal_nan=True)
    assert slow.failures.equals(fast.failures)
