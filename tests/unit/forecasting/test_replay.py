from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indforecast.domain.quantiles import SCORE_LEVELS, crosses
from indforecast.evaluation.scores import wis
from indforecast.evaluation.truth import truth_at
from indforecast.forecasting.ensemble import combine
from indforecast.forecasting.replay import replay_ensemble, weights_table
from indforecast.forecasting.spread import factors, missed, spread_about_median
from indforecast.forecasting.weights import by_horizon, naive_rows, weigh


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
    mixed = combine(np.log1p(backtest.quantiles[:, origin]), by_horizon(alone, replay.bands))
    factor = factors(replay.steps[origin].spreads[0], np.zeros(2, dtype=bool), replay.bands)
    expected = spread_about_median(mixed, replay.levels, factor)
    kept = ~replay.steps[origin].loses
    assert kept.any()
    for row, number in np.argwhere(kept):
        columns = replay.bands[number].columns
        np.testing.assert_array_equal(expected[row, columns], replay.published_logs[origin, row, columns])


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
        plain = replay.model_logs[naive, number, row]
        place = 1 + list(naive_rows(replay.models)).index(naive)
        factor = factors(replay.steps[number].spreads[place], np.zeros(2, dtype=bool), replay.bands)[row]
        said = replay.published_logs[number, row, columns]
        assert any(
            np.array_equal(said, candidate[columns])
            for candidate in (plain, spread_about_median(plain, replay.levels, factor))
        )
    number, row, band = lost[-1]
    rows = weights_table(replay, number)
    said = {
        line["published"]
        for line in rows
        if line["series_id"] == replay.origins.series_ids[row] and line["horizon_band"] == replay.bands[band].label
    }
    assert said == {replay.models[replay.steps[number].weights.naive[row, band]]}


def test_spreads_learn_once_from_each_outcome_known_at_their_own_vintage(replayed_case, replay) -> None:
    """With one model that is all there is, the factor is what a count of its misses by hand gives."""
    from indforecast.forecasting import spread as rule

    backtest, origins, _ = replayed_case
    months, walk = origins.months, np.log1p(backtest.quantiles[0])
    given, log = np.full_like(walk, np.nan), np.zeros(3)
    reached = np.zeros(3, dtype=bool)
    for origin in range(len(months)):
        targets = np.log1p(truth_at(origins, origin).targets(months[:origin], 24))
        outside = missed(given[:origin], backtest.levels, targets)
        due = months[:origin, None] + np.arange(1, 25)
        fresh = (due > months[origin - 1]) & (due <= months[origin]) if origin else due > due
        for number, band in enumerate(replay.bands):
            new = outside[:, :, band.columns].transpose(0, 2, 1)[fresh[:, band.columns]]
            if new.size:
                log[number] = np.clip(log[number] + rule.RATE * (new.mean() - 0.2), rule.NARROWEST, rule.WIDEST)
            reached[number] |= new.size > 0
            if number and not reached[number]:
                log[number] = log[number - 1]
        np.testing.assert_allclose(replay.steps[origin].spreads[1].shared[0], log, atol=1e-12)
        given[origin] = spread_about_median(
            walk[origin],
            backtest.levels,
            factors(replay.steps[origin].spreads[1], np.zeros(2, dtype=bool), replay.bands),
        )


def test_estimated_months_of_an_observed_stream_move_no_spread(replayed_case) -> None:
    """They are smoother than real ones, and hits on them would narrow the bands for nothing."""
    backtest, origins, settings = replayed_case
    bases = tuple(np.where(basis == "published", "estimated", basis) for basis in origins.bases)
    replay = replay_ensemble(backtest, replace(origins, bases=bases), ("a", "b"), settings.forecast.ensemble)
    for step in replay.steps:
        assert all((spread.own == 0).all() and (spread.shared == 0).all() for spread in step.spreads)


def test_an_estimated_month_teaches_when_its_figure_comes_out_and_once(replayed_case) -> None:
    backtest, origins, settings = replayed_case
    bases = [np.where(basis == "published", "estimated", basis) for basis in origins.bases]
    bases[-2:] = origins.bases[-2:]
    replay = replay_ensemble(
        backtest, replace(origins, bases=tuple(bases)), ("a", "b"), settings.forecast.ensemble
    )
    moved = [step.spreads[0].own for step in replay.steps]
    assert all((one == 0).all() for one in moved[:-2])
    # All months at once, then only the three that are new: the second step is not the first again.
    assert (moved[-2] != 0).all()
    whole = replay_ensemble(backtest, origins, ("a", "b"), settings.forecast.ensemble)
    assert np.abs(moved[-1] - moved[-2]).max() <= 0.2 * 0.8 + 1e-12
    assert (np.abs(moved[-2]) <= 0.2 * 0.8 + 1e-12).all()
    assert not np.array_equal(moved[-1], whole.steps[-1].spreads[0].own)


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
    middle = replay.levels.index(0.5)
    np.testing.assert_array_equal(replay.published_logs[-1, 0, :, middle], replay.model_logs[1, -1, 0, :, middle])
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
