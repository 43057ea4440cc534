from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from indforecast.config.settings import NowcastSettings
from indforecast.domain.observations import Basis
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.evaluation.backtest import run_backtest
from indforecast.evaluation.origins import prepare_origins
from indforecast.forecasting.nowcast_panels import NEWEST_MONTHS, fold_nodes, node_panels, run_nowcast_backtest
from indforecast.vintages.triangle import Triangle

MODELS = ("seasonal_naive", "ets", "random_walk")
ON = NowcastSettings(enabled=True, estimated_streams=())


def told(counts: np.ndarray, series_id: str, share: float, seed: int, basis: str = "published") -> pd.DataFrame:
    """Every month first as a share of its count, with noise, and in full a month later."""
    rng = np.random.default_rng(seed)
    months = pd.date_range("2014-01", periods=len(counts), freq="MS")
    first = np.rint(counts * share * np.exp(rng.normal(0.0, 0.03, len(counts))))
    parts = []
    for delay, figures in ((1, first), (2, counts)):
        known = months + pd.DateOffset(months=delay, days=14)
        kind = basis if delay == 1 else Basis.PUBLISHED.value
        parts.append(pd.DataFrame({"period": months, "observed": figures, "available_from": known, "basis": kind}))
    rows = pd.concat(parts).assign(series_id=series_id, definition="d", source="s", delivery_id="x", publisher="p")
    return rows.astype({"observed": "int64"})


@pytest.fixture
def late(counts):
    """Stream a first reports three quarters of its count; stream b is never revised."""
    rows = pd.concat([told(counts["a"], "a", 0.75, 1), told(counts["b"], "b", 1.0, 2)])
    exact = rows["series_id"].eq("b") & ~rows.duplicated(["series_id", "period"], keep="last")
    triangle = Triangle(rows[~exact | rows["basis"].isna()])
    days = [day for day in triangle.vintages if (day.month, day.day) in {(6, 15), (12, 15)} and day.year > 2018]
    panels = prepare_origins([triangle.as_of(day) for day in days], ["a", "b"]).panels
    return panels, triangle.revisions()


def test_incomplete_months_stand_once_low_and_once_high_around_what_they_will_be(late, counts) -> None:
    panels, revisions = late
    low, high = node_panels(panels[-1], revisions, ())
    plain, newest = panels[-1].observed, slice(-NEWEST_MONTHS, None)
    last = len(plain[0]) - 1
    # Stream b comes with its restatement, so the last month that both have is one that a has said once.
    assert low.observed[0, last] < high.observed[0, last]
    middle = np.sqrt(low.observed[0, last] * high.observed[0, last])
    assert middle == pytest.approx(counts["a"][last], rel=0.15)
    assert (low.observed[0, :-NEWEST_MONTHS] == plain[0, :-NEWEST_MONTHS]).all()
    assert (low.observed[1, newest] == plain[1, newest]).all()
    assert low.vintage == high.vintage == panels[-1].vintage


def test_where_nothing_moves_the_panel_itself_is_asked(make_histories, counts) -> None:
    panels = prepare_origins(make_histories(counts, [60, 72]), ["a", "b"]).panels
    rows = pd.concat([told(counts[name], name, 1.0, 3).drop_duplicates(["period"], keep="last") for name in "ab"])
    revisions = Triangle(rows).revisions()
    assert all(node_panels(panel, revisions, ("a", "b")) == (panel,) for panel in panels)
    plain, rows_plain = run_backtest(panels, MODELS, (), horizon=6)
    fed, rows_fed = run_nowcast_backtest(panels, revisions, ON, MODELS, (), horizon=6)
    assert plain.models == fed.models
    np.testing.assert_array_equal(plain.quantiles, fed.quantiles)
    assert set(rows_plain["input_hash"]) == set(rows_fed["input_hash"])


def test_switched_off_it_is_the_plain_backtest(late) -> None:
    panels, revisions = late
    plain, _ = run_backtest(panels, MODELS, (), horizon=6)
    off = NowcastSettings(enabled=False, estimated_streams=("a",))
    same, _ = run_nowcast_backtest(panels, revisions, off, MODELS, (), horizon=6)
    np.testing.assert_array_equal(plain.quantiles, same.quantiles)
    assert plain.panels == same.panels


def test_naive_models_and_streams_that_do_not_move_are_left_as_they_are(late) -> None:
    panels, revisions = late
    plain, _ = run_backtest(panels, MODELS, (), horizon=6)
    fed, _ = run_nowcast_backtest(panels, revisions, ON, MODELS, (), horizon=6)
    assert fed.models == MODELS
    np.testing.assert_array_equal(plain.quantiles[[0, 2]], fed.quantiles[[0, 2]])
    np.testing.assert_array_equal(plain.quantiles[1, :, 1], fed.quantiles[1, :, 1])
    assert (plain.quantiles[1, :, 0] != fed.quantiles[1, :, 0]).any()


def test_an_incomplete_last_month_no_longer_pulls_the_forecast_down(late, counts) -> None:
    panels, revisions = late
    plain, _ = run_backtest(panels, MODELS, (), horizon=3)
    fed, _ = run_nowcast_backtest(panels, revisions, ON, MODELS, (), horizon=3)
    row, half = MODELS.index("ets"), HUB_LEVELS.index(0.5)
    columns = [len(panel.periods) for panel in panels if len(panel.periods) < len(counts["a"])]
    after = counts["a"][columns]
    errors = [
        np.abs(np.log(test.quantiles[row, : len(columns), 0, 0, half]) - np.log(after)).mean()
        for test in (plain, fed)
    ]
    assert errors[1] < errors[0]


def test_what_is_stored_is_not_fitted_again(late) -> None:
    panels, revisions = late
    seen: list[tuple[int, int]] = []
    first, rows = run_nowcast_backtest(panels, revisions, ON, MODELS, (), horizon=6)
    again, none = run_nowcast_backtest(
        panels,
        revisions,
        ON,
        MODELS,
        (),
        horizon=6,
        cached=rows,
        on_progress=lambda *counted: seen.append(counted),
    )
    assert len(none) == 0
    assert seen[-1][0] == seen[-1][1] == rows["input_hash"].nunique()
    np.testing.assert_array_equal(first.quantiles, again.quantiles)


def test_our_own_estimates_are_fed_only_for_streams_that_are_named(counts) -> None:
    rows = pd.concat([told(counts[name], name, 0.75, seed, "estimated") for seed, name in enumerate("ab")])
    triangle = Triangle(rows)
    panel = prepare_origins([triangle.as_of(triangle.vintages[-2])], ["a", "b"]).panels[0]
    assert node_panels(panel, triangle.revisions(), ()) == (panel,)
    low, high = node_panels(panel, triangle.revisions(), ("b",))
    assert (low.observed[0] == high.observed[0]).all()
    assert low.observed[1, -1] < high.observed[1, -1]


def test_folding_two_normal_answers_adds_what_lies_between_them_to_the_variance() -> None:
    score = norm.ppf(HUB_LEVELS)
    low, high = (np.expm1(mean + 0.2 * score) for mean in (6.9, 7.1))
    expected = np.expm1(7.0 + np.hypot(0.2, 0.1) * score)
    np.testing.assert_allclose(fold_nodes(low, high, HUB_LEVELS), expected, rtol=1e-9)


def test_folding_is_close_to_the_mixture_and_keeps_order_equality_and_failure() -> None:
    score = norm.ppf(HUB_LEVELS)
    low, high = (np.expm1(mean + 0.15 * score) for mean in (4.9, 5.1))
    draws = np.random.default_rng(2).normal(size=200_000)
    mixed = np.concatenate([4.9 + 0.15 * draws, 5.1 + 0.15 * draws])
    np.testing.assert_allclose(
        np.log1p(fold_nodes(low, high, HUB_LEVELS)), np.quantile(mixed, HUB_LEVELS), atol=0.03
    )
    several = np.stack([low, np.full(23, np.nan), low])
    others = np.stack([low, low, np.zeros(23)])
    folded = fold_nodes(several, others, HUB_LEVELS)
    np.testing.assert_array_equal(folded[0], low)
    assert np.isnan(folded[1]).all()
    assert (np.diff(folded[2]) >= 0).all()
    assert (folded[2] >= 0).all()
