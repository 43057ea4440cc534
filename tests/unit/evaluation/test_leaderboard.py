from __future__ import annotations

import numpy as np
import pytest

from indforecast.domain.quantiles import SCORE_LEVELS
from indforecast.evaluation.horizons import horizon_bands
from indforecast.evaluation.leaderboard import LEADERBOARD_COLUMNS, as_leaderboard, leaderboard_rows, score
from indforecast.evaluation.scores import log_wis

ORIGINS = np.datetime64("2018-03", "M") + np.arange(0, 24, 3)
SPREAD = np.exp(0.3 * np.array([-1.96, -1.28, -0.67, 0.0, 0.67, 1.28, 1.96]))


@pytest.fixture
def board():
    observed = np.full((8, 6), 100.0)
    observed[6:, 3:] = np.nan
    official = np.zeros((8, 6), dtype=bool)
    official[:4] = True
    quantiles = {
        "random_walk": np.full((8, 6, 1), 140.0) * SPREAD,
        "seasonal_naive": np.full((8, 6, 1), 120.0) * SPREAD,
        "good": np.full((8, 6, 1), 100.0) * SPREAD,
    }
    quantiles["good"][0] = np.nan
    rows = leaderboard_rows(
        "s",
        {model: score(values, observed) for model, values in quantiles.items()},
        naives=("random_walk", "seasonal_naive"),
        official=official,
        origins=ORIGINS,
        bands=horizon_bands((3, 6), 6),
        simulated=False,
    )
    return as_leaderboard(rows).set_index(["model", "horizon_band"]), quantiles, observed


def test_one_line_per_model_and_band_and_one_for_all(board) -> None:
    table, _, _ = board
    assert list(table.reset_index()[list(LEADERBOARD_COLUMNS)].columns) == list(LEADERBOARD_COLUMNS)
    assert set(table.index.get_level_values("horizon_band")) == {"1-3", "4-6", "all"}
    assert len(table) == 9


def test_ratios_are_taken_over_shared_targets_against_the_better_naive(board) -> None:
    table, quantiles, observed = board
    line = table.loc[("good", "1-3")]
    good = log_wis(quantiles["good"], SCORE_LEVELS, observed)[1:, :3].mean()
    naive = log_wis(quantiles["seasonal_naive"], SCORE_LEVELS, observed)[1:, :3].mean()
    walk = log_wis(quantiles["random_walk"], SCORE_LEVELS, observed)[1:, :3].mean()
    assert line["log_wis"] == pytest.approx(good)
    assert line["wis_ratio"] == pytest.approx(good / naive)
    assert line["wis_ratio_random_walk"] == pytest.approx(good / walk)
    assert line["wis_ratio"] < 1
    assert table.loc[("random_walk", "all"), "wis_ratio"] > 1
    assert table.loc[("seasonal_naive", "all"), "wis_ratio"] == pytest.approx(1.0)


def test_the_ratio_over_official_figures_stands_apart(board) -> None:
    table, quantiles, observed = board
    good = log_wis(quantiles["good"], SCORE_LEVELS, observed)[1:4, :3].mean()
    naive = log_wis(quantiles["seasonal_naive"], SCORE_LEVELS, observed)[1:4, :3].mean()
    assert table.loc[("good", "1-3"), "wis_ratio_published"] == pytest.approx(good / naive)


def test_targets_windows_and_official_shares_are_counted(board) -> None:
    table, _, _ = board
    assert table.loc[("good", "1-3"), "targets"] == 21
    assert table.loc[("good", "4-6"), "targets"] == 15
    assert table.loc[("seasonal_naive", "4-6"), "targets"] == 18
    assert table.loc[("seasonal_naive", "1-3"), "independent_windows"] == 8
    assert table.loc[("seasonal_naive", "1-3"), "published_targets"] == pytest.approx(0.5)
    assert table.loc[("good", "1-3"), "published_targets"] == pytest.approx(9 / 21)


def test_coverage_is_of_the_central_intervals(board) -> None:
    table, _, _ = board
    assert table.loc[("good", "all"), "coverage_80"] == 1.0
    assert table.loc[("random_walk", "all"), "coverage_80"] == 1.0
    observed = np.array([[100.0, 100.0 * np.exp(0.3 * 1.5)]])
    both = score(np.full((1, 2, 1), 100.0) * SPREAD, observed)
    np.testing.assert_array_equal(both.coverage_80, [[1.0, 0.0]])
    np.testing.assert_array_equal(both.coverage_95, [[1.0, 1.0]])
