"""What holds for every history: no future is seen, weights are weights, sums are exact, order does not matter."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from indforecast.config.settings import EnsembleSettings
from indforecast.domain.observations import History
from indforecast.domain.quantiles import HUB_LEVELS, SCORE_LEVELS, crosses
from indforecast.domain.series import Hierarchy, Stream
from indforecast.evaluation.backtest import run_backtest
from indforecast.evaluation.horizons import horizon_bands, independent_windows
from indforecast.evaluation.origins import prepare_origins
from indforecast.evaluation.quantile_function import outcome_score, quantiles_at
from indforecast.evaluation.scores import wis
from indforecast.forecasting.dependence import Dependence
from indforecast.forecasting.forecast import build_forecast
from indforecast.forecasting.paths import draw_paths, with_totals
from indforecast.forecasting.replay import replay_ensemble
from indforecast.forecasting.weights import by_horizon, weigh

MODELS = ("random_walk", "seasonal_naive")
ENSEMBLE = EnsembleSettings(horizon_bands=(3, 12), shrinkage_windows=12, minimum_scored=3)
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(max_examples=60, deadline=None)
HORIZON = 12
FIRST = pd.Timestamp("2015-01-01")
CUTS = range(30, 73, 6)


def triangle(seed: int) -> pd.DataFrame:
    """Deliveries of three streams over 72 months: a month's first figure, and a restatement two months later."""
    rng = np.random.default_rng(seed)
    rows = []
    for number, series_id in enumerate(("a", "b", "c")):
        level = 5.5 + 0.4 * number + rng.normal(0.0, 0.12, 72).cumsum()
        for month in range(72):
            period = FIRST + pd.DateOffset(months=month)
            count = int(np.exp(level[month] + 0.2 * np.sin(month * np.pi / 6)))
            for lag, value in ((1, int(count * 0.95)), (3, count)):
                day = FIRST + pd.DateOffset(months=month + lag) + pd.DateOffset(days=19)
                rows.append((series_id, period, value, "published", "d", "s", day, "x"))
    columns = [
        "series_id", "period", "observed", "basis", "definition", "source", "available_from", "delivery_id",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def as_of(rows: pd.DataFrame, day: date) -> History:
    known = rows[rows["available_from"] <= pd.Timestamp(day)].sort_values(
        ["series_id", "period", "available_from"]
    )
    known = known.drop_duplicates(["series_id", "period"], keep="last").reset_index(drop=True)
    return History(day, known)


def replayed(rows: pd.DataFrame, series_ids: tuple[str, ...] = ("a", "b", "c")):
    days = [(FIRST + pd.DateOffset(months=cut) + pd.offsets.MonthEnd(0)).date() for cut in CUTS]
    origins = prepare_origins([as_of(rows, day) for day in days], series_ids, minimum_history_months=18)
    backtest, _ = run_backtest(origins.panels, MODELS, (), horizon=HORIZON)
    return replay_ensemble(backtest, origins, series_ids, ENSEMBLE), days, (backtest, origins)


@FEW
@given(seed=st.integers(0, 10**6), later=st.integers(0, len(CUTS) - 2), pick=st.integers(0), drop=st.booleans())
def test_what_is_known_later_changes_nothing_before(seed: int, later: int, pick: int, drop: bool) -> None:
    rows = triangle(seed)
    before, days, _ = replayed(rows)
    future = np.flatnonzero(rows["available_from"] > pd.Timestamp(days[later]))
    spoilt = rows.copy()
    if drop:
        # Restatements only: dropping a newest month would move the origin itself.
        restated = future[rows["available_from"].to_numpy()[future] > rows["period"].to_numpy()[future]
                          + np.timedelta64(70, "D")]  # fmt: skip
        spoilt = spoilt.drop(index=restated[pick % len(restated)])
    else:
        spoilt.loc[future[pick % len(future)], "observed"] = 99_999
    after, _, _ = replayed(spoilt)
    for origin in range(later + 1):
        np.testing.assert_array_equal(after.published_logs[origin], before.published_logs[origin])
        one, two = after.steps[origin], before.steps[origin]
        np.testing.assert_array_equal(one.weights.weights, two.weights.weights)
        np.testing.assert_array_equal(one.weights.relative, two.weights.relative)
        np.testing.assert_array_equal(one.ratio, two.ratio)
        np.testing.assert_array_equal(one.dependence.series, two.dependence.series)
        assert one.dependence.persistence == two.dependence.persistence
        for here, there in zip(one.spreads, two.spreads, strict=True):
            np.testing.assert_array_equal(here.own, there.own)
            np.testing.assert_array_equal(here.shared, there.shared)


@FEW
@given(seed=st.integers(0, 10**6))
def test_a_replay_is_ordered_whole_and_indifferent_to_the_order_of_streams(seed: int) -> None:
    rows = triangle(seed)
    one, _, _ = replayed(rows)
    two, _, _ = replayed(rows.sample(frac=1.0, random_state=1), ("c", "a", "b"))
    turned = [one.origins.series_ids.index(series_id) for series_id in two.origins.series_ids]
    np.testing.assert_allclose(two.published_logs, one.published_logs[:, turned], rtol=1e-12)
    assert not crosses(one.published_logs)
    for step in one.steps:
        np.testing.assert_allclose(step.weights.weights.sum(axis=-1), 1.0)
        assert (step.weights.weights >= 0).all()
        assert np.linalg.eigvalsh(step.dependence.series).min() > 0


@FEW
@given(seed=st.integers(0, 10**6))
def test_a_forecast_adds_up_in_every_draw(seed: int) -> None:
    from indforecast.config import load_settings
    from indforecast.config.settings import StreamSettings

    packaged = load_settings()
    streams = tuple(
        StreamSettings(series_id=name, label_en=name, label_nl=name, parts=parts)
        for name, parts in (("total", ("a", "c")), ("a", ()), ("b", ()), ("c", ()))
    )
    forecast = packaged.forecast.model_copy(update={"paths": 60, "ensemble": ENSEMBLE})
    _, _, case = replayed(triangle(seed))
    made = build_forecast(*case, packaged.model_copy(update={"streams": streams, "forecast": forecast}))
    paths = made.paths
    np.testing.assert_array_equal(
        paths.sel(series_id="total"), paths.sel(series_id="a") + paths.sel(series_id="c")
    )
    assert float(paths.min()) >= 0
    np.testing.assert_array_equal(paths, np.rint(paths))


scores_table = hnp.arrays(
    np.float64, (3, 9, 2, 12), elements=st.one_of(st.floats(0.01, 5.0), st.just(float("nan")))
)


@MANY
@given(scores=scores_table, available=hnp.arrays(np.bool_, (2, 3)))
def test_weights_are_weights_for_any_scores(scores: np.ndarray, available: np.ndarray) -> None:
    origins = np.datetime64("2018-01", "M") + 3 * np.arange(9)
    bands = horizon_bands((3, 12), 12)
    found = weigh(scores, origins, ("random_walk", "m", "seasonal_naive"), bands, available, ENSEMBLE)
    smooth = by_horizon(found, bands)
    for weights in (found.weights, smooth):
        assert (weights >= 0).all()
        somebody = np.broadcast_to(available.any(axis=1)[:, None], weights.shape[:2])
        np.testing.assert_allclose(weights.sum(axis=-1), somebody.astype(float), atol=1e-12)
        assert (np.where(available[:, None, :], 0.0, weights) == 0).all()
    others = (available & ~found.gated.any(axis=1)).any(axis=1)
    gated = found.gated & others[:, None, None]
    assert (found.weights[gated] == 0).all()


quantile_sets = hnp.arrays(np.float64, (2, 6, len(HUB_LEVELS)), elements=st.floats(0.0, 1e6)).map(
    lambda values: np.sort(np.rint(values), axis=-1)
)


@MANY
@given(quantiles=quantile_sets, correlation=st.floats(-0.95, 0.95), persistence=st.floats(0.0, 1.0))
def test_paths_keep_margins_and_add_up_for_any_quantiles(
    quantiles: np.ndarray, correlation: float, persistence: float
) -> None:
    hierarchy = Hierarchy((Stream("t", "t", "t", parts=("a", "b")), Stream("a", "a", "a"), Stream("b", "b", "b")))
    dependence = Dependence(np.array([[1.0, correlation], [correlation, 1.0]]), persistence)
    base = draw_paths(
        np.log1p(quantiles), HUB_LEVELS, dependence, vintage=date(2026, 1, 30), series_ids=("a", "b"), count=80
    )
    everything = with_totals(base, ("a", "b"), hierarchy)
    np.testing.assert_array_equal(everything[0], base[0] + base[1])
    assert (base >= 0).all()
    strata = (np.arange(80) + 0.5) / 80
    wanted = np.rint(quantiles_at(quantiles, HUB_LEVELS, strata))
    np.testing.assert_allclose(np.sort(base, axis=1), wanted.transpose(0, 2, 1), rtol=1e-9, atol=1.0)


@MANY
@given(quantiles=quantile_sets, outcome=st.floats(0.0, 2e6))
def test_a_larger_outcome_never_scores_lower(quantiles: np.ndarray, outcome: float) -> None:
    low = outcome_score(quantiles, HUB_LEVELS, np.full((2, 6), outcome))
    high = outcome_score(quantiles, HUB_LEVELS, np.full((2, 6), outcome * 1.1 + 1.0))
    assert (high >= low - 1e-9).all()


@MANY
@given(quantiles=quantile_sets, outcome=st.floats(0.0, 1e6), factor=st.floats(0.1, 10.0))
def test_wis_is_in_the_unit_of_the_counts(quantiles: np.ndarray, outcome: float, factor: float) -> None:
    seven = quantiles[..., : len(SCORE_LEVELS)]
    one = wis(seven, SCORE_LEVELS, np.full((2, 6), outcome))
    two = wis(factor * seven, SCORE_LEVELS, np.full((2, 6), factor * outcome))
    np.testing.assert_allclose(two, factor * one, rtol=1e-9, atol=1e-6)
    assert (one >= 0).all()


@MANY
@given(scored=hnp.arrays(np.bool_, (10, 12)), first=st.integers(1, 48))
def test_independent_windows_are_never_more_than_origins(scored: np.ndarray, first: int) -> None:
    origins = np.datetime64("2018-01", "M") + 3 * np.arange(10)
    windows = independent_windows(scored, origins, first)
    assert windows <= scored.any(axis=1).sum()
    assert (windows > 0) == scored.any()
