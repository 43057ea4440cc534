"""Scores of twelve-month sums and calendar years, and of the path they are summed over."""

from __future__ import annotations

import numpy as np
import pytest

from indforecast.domain.quantiles import SCORE_LEVELS
from indforecast.evaluation.scores import log_wis
from indforecast.forecasting.hit_rates import hit_rates
from indforecast.forecasting.replay import replay_ensemble
from indforecast.forecasting.replayed_bands import replay_bands
from indforecast.forecasting.sums import SUM_COLUMNS, sum_scores


@pytest.fixture
def case(replayed_case):
    backtest, origins, settings = replayed_case
    replay = replay_ensemble(backtest, origins, ("a", "b"), settings.forecast.ensemble)
    replayed = replay_bands(replay, settings.hierarchy, SCORE_LEVELS)
    return replay, replayed, settings


def test_lines_are_those_of_the_hit_rates_and_agree_with_them(case):
    replay, replayed, settings = case
    table = sum_scores(replay, replayed, settings.hierarchy)
    assert tuple(table.columns) == SUM_COLUMNS
    rates = hit_rates(replayed, replay.origins.months, replay.bands, settings.bands)
    rates = rates[rates["kind"] != "month"].reset_index(drop=True)
    for name in ("series_id", "kind", "horizon_band", "targets", "independent_windows"):
        assert table[name].tolist() == rates[name].tolist()
    np.testing.assert_allclose(table["coverage_80"], rates["hit_rate"])
    assert (table["coverage_95"] >= table["coverage_80"]).all()


def test_scores_are_means_over_the_outcomes_of_the_replay(case):
    replay, replayed, settings = case
    table = sum_scores(replay, replayed, settings.hierarchy).set_index(["series_id", "kind", "horizon_band"])
    said = log_wis(replayed.sums.quantiles[:, 0, 0], SCORE_LEVELS, replayed.sums.observed[:, 0, 0])
    assert table.loc[("t", "12_months", "1-12"), "log_wis"] == pytest.approx(np.nanmean(said))


def test_ratios_stand_with_the_next_twelve_months_alone(case):
    replay, replayed, settings = case
    table = sum_scores(replay, replayed, settings.hierarchy)
    next_year = table["horizon_band"] == "1-12"
    ratios = table[["wis_ratio", "variogram_score", "variogram_ratio"]]
    assert ratios[next_year].notna().all(axis=None)
    assert ratios[~next_year].isna().all(axis=None)
    assert (table.loc[next_year, "variogram_ratio"] > 0).all()


def test_months_that_hang_together_score_better_than_months_joined_at_random(case):
    """The invented streams have a level that wanders: their months do hang together."""
    replay, replayed, settings = case
    table = sum_scores(replay, replayed, settings.hierarchy)
    assert table["variogram_ratio"].dropna().mean() < 1.0


def test_the_same_replay_gives_the_same_scores(case):
    replay, replayed, settings = case
    once, again = (sum_scores(replay, replayed, settings.hierarchy) for _ in range(2))
    assert once.equals(again)
