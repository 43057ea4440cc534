from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indforecast.domain.quantiles import SCORE_LEVELS, crosses
from indforecast.evaluation.scores import wis
from indforecast.evaluation.truth import truth_at
from indforecast.forecasting.ensemble import combine
from indforecast.forecasting.replay import replay_ensemble, weights_table
from indforecast.forecasting.weights import by_horizon, weigh


@pytest.fixture
def replay(replayed_case):
    backtest, origins, settings = replayed_case
    return replay_ensemble(backtest, origins, ("a", "b"), settings.forecast.ensemble)


def test_each_step_uses_errors_known_at_its_own_vintage(replayed_case, replay) -> None:
    """A slow loop that starts from scratch at one origin finds the same weights."""
    backtest, origins, settings = replayed_case
    origin = 14
    past = origins.months[:origin]
    truth = truth_at(origins, origin).targets(past, 24)
    last = origins.months[origin]
    for number, month in enumerate(past):
        ahead = int((last - month).astype(int))
        assert np.isnan(truth[number, :, ahead:]).all()
        assert not np.isnan(truth[number, :, : min(ahead, 24)]).any()
    kept = [backtest.levels.index(level) for level in SCORE_LEVELS]
    scores = np.stack(
        [
            wis(np.log1p(backtest.quantiles[model, :origin][..., kept]), SCORE_LEVELS, np.log1p(truth))
            for model in range(2)
        ]
    )
    alone = weigh(
        scores, past, backtest.models, replay.bands, np.ones((2, 2), dtype=bool), settings.forecast.ensemble
    )
    np.testing.assert_array_equal(alone.weights, replay.steps[origin].weights.weights)
    if not replay.steps[origin].loses.any():
        mixed = combine(np.log1p(backtest.quantiles[:, origin]), by_horizon(alone, replay.bands))
        np.testing.assert_array_equal(mixed, replay.published_logs[origin])


def test_the_first_origin_knows_nothing_and_weighs_equally(replay) -> None:
    np.testing.assert_allclose(replay.steps[0].weights.weights, 0.5)
    assert not replay.steps[0].loses.any()
    np.testing.assert_array_equal(replay.steps[0].dependence.series, np.eye(2))


def test_where_the_ensemble_loses_the_better_naive_is_published_and_said(replayed_case, replay) -> None:
    lost = [(number, *where) for number, step in enumerate(replay.steps) for where in np.argwhere(step.loses)]
    assert lost, "the case should hold a stream and band in which averaging two naives is worse than the better"
    for number, row, band in lost:
        naive = replay.steps[number].weights.naive[row, band]
        columns = replay.bands[band].columns
        np.testing.assert_array_equal(
            replay.published_logs[number, row, columns], replay.model_logs[naive, number, row, columns]
        )
    number, row, band = lost[-1]
    rows = weights_table(replay, number)
    said = {
        line["published"]
        for line in rows
        if line["series_id"] == replay.origins.series_ids[row] and line["horizon_band"] == replay.bands[band].label
    }
    assert said == {replay.models[replay.steps[number].weights.naive[row, band]]}


def test_published_quantiles_rise(replay) -> None:
    assert not crosses(replay.published_logs)
    assert not np.isnan(replay.published_logs).any()


def test_a_stream_is_not_replayed_on_less_than_the_minimum_history(replayed_case) -> None:
    backtest, origins, settings = replayed_case
    strict = replace(origins, minimum_history_months=60)
    replay = replay_ensemble(backtest, strict, ("a", "b"), settings.forecast.ensemble)
    short = ~strict.enough_history()
    assert short.any()
    assert np.isnan(replay.model_logs[:, short]).all()
    assert np.isnan(replay.published_logs[short]).all()
    assert not np.isnan(replay.published_logs[~short]).any()


def test_a_model_that_fails_today_has_no_weight_today(replayed_case) -> None:
    backtest, origins, settings = replayed_case
    quantiles = backtest.quantiles.copy()
    quantiles[0, -1, 0] = np.nan
    replay = replay_ensemble(
        replace(backtest, quantiles=quantiles), origins, ("a", "b"), settings.forecast.ensemble
    )
    assert (replay.steps[-1].weights.weights[0, :, 0] == 0).all()
    np.testing.assert_array_equal(replay.published_logs[-1, 0], replay.model_logs[1, -1, 0])
    failed = [line for line in weights_table(replay) if line["status"] == "failed"]
    assert {(line["series_id"], line["model"]) for line in failed} == {("a", "random_walk")}


def test_a_model_made_for_another_stream_weighs_nothing_and_has_no_line(replayed_case, replay) -> None:
    backtest, origins, settings = replayed_case
    silent = np.full_like(backtest.quantiles[:1], np.nan)
    more = replace(
        backtest,
        models=(*backtest.models, "students_academic_year"),
        quantiles=np.concatenate([backtest.quantiles, silent]),
    )
    found = replay_ensemble(more, origins, ("a", "b"), settings.forecast.ensemble)
    np.testing.assert_array_equal(found.published_logs, replay.published_logs)
    assert {line["model"] for line in weights_table(found)} == {"random_walk", "seasonal_naive"}


def test_the_table_of_weights_sums_to_one_in_each_stream_and_band(replay) -> None:
    import pandas as pd

    table = pd.DataFrame(weights_table(replay))
    sums = table.groupby(["series_id", "horizon_band"])["weight"].sum()
    np.testing.assert_allclose(sums, 1.0)
    assert len(table) == 2 * 3 * 2
    assert (table["independent_windows"] <= table["targets"]).all()


def test_foreign_origins_are_refused(replayed_case) -> None:
    backtest, origins, settings = replayed_case
    fewer = replace(origins, panels=origins.panels[1:], bases=origins.bases[1:])
    with pytest.raises(ValueError, match="origins"):
        replay_ensemble(backtest, fewer, ("a", "b"), settings.forecast.ensemble)
