from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from indforecast.domain.errors import IndforecastError
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.domain.seeds import seed_for
from indforecast.evaluation.backtest import FAILURE_COLUMNS
from indforecast.forecasting.forecast import ENSEMBLE, build_forecast


@pytest.fixture
def forecast(replayed_case):
    return build_forecast(*replayed_case)


def test_paths_hold_all_streams_and_exact_totals(forecast) -> None:
    paths = forecast.paths
    assert paths["series_id"].to_numpy().tolist() == ["t", "a", "b"]
    assert paths.shape == (3, 200, 24)
    np.testing.assert_array_equal(paths.sel(series_id="t"), paths.sel(series_id="a") + paths.sel(series_id="b"))
    assert paths["period"].to_numpy()[0] == pd.Timestamp(forecast.forecast_origin + 1)


def test_quantiles_are_those_of_the_paths(forecast) -> None:
    table = forecast.quantiles
    assert len(table) == 3 * 24 * len(HUB_LEVELS)
    one = table[(table["series_id"] == "t") & (table["horizon"] == 7)]
    values = np.rint(np.quantile(forecast.paths.sel(series_id="t").to_numpy()[:, 6], HUB_LEVELS))
    np.testing.assert_array_equal(one["value"], values)
    assert (one["period"] == forecast.paths["period"].to_numpy()[6]).all()
    wide = table.pivot_table(index=["series_id", "horizon"], columns="quantile_level", values="value")
    assert (np.diff(wide.to_numpy(), axis=1) >= 0).all()


def test_every_stream_has_its_lines_on_the_leaderboard(forecast) -> None:
    board = forecast.leaderboard
    models = board.groupby("series_id")["model"].unique().map(set).to_dict()
    everyone = {"random_walk", "seasonal_naive", ENSEMBLE}
    assert models == {"t": everyone, "a": everyone, "b": everyone}
    lines = board[board["horizon_band"] == "all"].set_index(["series_id", "model"])
    naive = lines.loc[[("t", "random_walk"), ("t", "seasonal_naive")], "wis_ratio"]
    assert naive.min() == pytest.approx(1.0)
    assert not board["simulated"].any()
    assert (board["published_targets"].dropna() == 1.0).all()


def test_the_total_is_held_against_naives_on_the_total_itself(replayed_case, forecast) -> None:
    from indforecast.domain.observations import Panel
    from indforecast.evaluation.scores import log_wis
    from indforecast.models.registry import make_forecasters

    backtest, origins, _ = replayed_case
    newest = origins.newest.observed.sum(axis=0)
    scores = []
    for panel in origins.panels:
        total = Panel(panel.vintage, ("t",), panel.periods, panel.observed.sum(axis=0, keepdims=True))
        (walk,) = make_forecasters(["random_walk"])
        quantiles = walk.forecast(total, (), horizon=24).quantiles[0]
        after = newest[len(panel.periods) : len(panel.periods) + 24]
        kept = [HUB_LEVELS.index(level) for level in (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)]
        scores += log_wis(
            quantiles[: len(after)][:, kept], (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975), after
        ).tolist()
    board = forecast.leaderboard.set_index(["series_id", "model", "horizon_band"])
    assert board.loc[("t", "random_walk", "all"), "log_wis"] == pytest.approx(np.mean(scores))
    assert backtest.models == ("random_walk", "seasonal_naive")


def test_hit_rates_cover_all_kinds_and_streams(forecast) -> None:
    rates = forecast.hit_rates
    assert set(rates["kind"]) == {"month", "12_months", "calendar_year"}
    assert set(rates["series_id"]) == {"t", "a", "b"}
    scored = rates[rates["validated"]]
    assert scored["hit_rate"].between(0, 1).all()
    np.testing.assert_allclose(scored[["hit_rate", "below", "above"]].sum(axis=1), 1.0)
    # Against a leaderboard figure found another way: the band is the 80 % interval.
    board = forecast.leaderboard.set_index(["series_id", "model", "horizon_band"])
    both = rates[(rates["kind"] == "month") & (rates["horizon_band"] == "all")].set_index("series_id")
    for series_id in ("t", "a", "b"):
        assert both.loc[series_id, "hit_rate"] == pytest.approx(
            board.loc[(series_id, ENSEMBLE, "all"), "coverage_80"]
        )


def test_seeds_are_those_that_were_drawn_with(forecast) -> None:
    assert forecast.seeds == {
        f"joint/{series_id}": seed_for(forecast.vintage, "ensemble", "joint", series_id)
        for series_id in ("a", "b")
    }


def test_the_same_inputs_give_the_same_forecast(replayed_case, forecast) -> None:
    again = build_forecast(*replayed_case)
    np.testing.assert_array_equal(again.paths, forecast.paths)
    for name in ("quantiles", "weights", "leaderboard", "hit_rates", "failures"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(forecast, name))


def test_a_stream_that_no_model_can_forecast_is_named_with_the_reasons(replayed_case) -> None:
    backtest, origins, settings = replayed_case
    quantiles = backtest.quantiles.copy()
    quantiles[:, -1, 1] = np.nan
    vintage = origins.newest.vintage
    failures = pd.DataFrame(
        [(vintage, "random_walk", "b", "too short"), (vintage, "seasonal_naive", "b", "no season")],
        columns=list(FAILURE_COLUMNS),
    )
    with pytest.raises(IndforecastError, match=r"No model can forecast b .*random_walk: too short"):
        build_forecast(replace(backtest, quantiles=quantiles, failures=failures), origins, settings)


def test_a_first_release_without_any_past_still_forecasts_and_claims_nothing(replayed_case) -> None:
    backtest, origins, settings = replayed_case
    alone = replace(origins, panels=origins.panels[-1:], bases=origins.bases[-1:])
    one = replace(backtest, panels=backtest.panels[-1:], quantiles=backtest.quantiles[:, -1:])
    made = build_forecast(one, alone, settings)
    assert not np.isnan(made.paths.to_numpy()).any()
    assert not made.hit_rates["validated"].any()
    assert (made.leaderboard["targets"] == 0).all()
    assert made.leaderboard["wis_ratio"].isna().all()
    np.testing.assert_allclose(made.weights["weight"], 0.5)
    assert set(made.weights["status"]) == {"ungated: too few scored"}


def test_the_whole_record_stands_beside_the_leaderboard(replayed_case, forecast) -> None:
    """Means over months ahead and over origins are those of the leaderboard, found another way."""
    board = forecast.leaderboard[forecast.leaderboard["horizon_band"] == "all"].set_index(["series_id", "model"])
    for table, key in ((forecast.evaluation, "horizon"), (forecast.evaluation_origins, "forecast_origin")):
        for name in ("log_wis", "count_wis", "coverage_80", "coverage_95"):
            sums = (table[name] * table["targets"]).groupby([table["series_id"], table["model"]]).sum()
            means = sums / table.groupby(["series_id", "model"])["targets"].sum()
            np.testing.assert_allclose(means.loc[board.index], board[name])
        assert not table.duplicated(["series_id", "model", key]).any()
    skill = forecast.skill[(forecast.skill["horizon_band"] == "all") & (forecast.skill["model"] == ENSEMBLE)]
    skill = skill.set_index("series_id")
    assert set(skill.index) == {"t", "a", "b"}
    ensemble = board.xs(ENSEMBLE, level="model")
    np.testing.assert_allclose(1 - skill["skill"], ensemble.loc[skill.index, "wis_ratio"])
    assert skill["useful_horizon_months"].between(0, 24).all()
    assert set(forecast.pit["horizon_band"]) == {"1-3", "4-12", "13-24", "all"}


def test_mase_of_a_total_is_in_units_of_the_total_as_known_then(replayed_case, forecast) -> None:
    _, origins, _ = replayed_case
    panel, newest = origins.panels[3], origins.newest.observed.sum(axis=0)
    total = panel.observed.sum(axis=0)
    unit = np.abs(total[12:] - total[:-12]).mean()
    # A seasonal naive's median is the figure of a year before.
    ahead = newest[len(total) : len(total) + 24]
    said = total[-12:][np.arange(24) % 12]
    lines = forecast.evaluation_origins.set_index(["series_id", "model", "forecast_origin"])
    origin = pd.Timestamp(panel.forecast_origin.astype("datetime64[ns]"))
    assert lines.loc[("t", "seasonal_naive", origin), "mase"] == pytest.approx(
        np.abs(said - ahead).mean() / unit, rel=0.02
    )
