"""Tables of scores against the same figures found another way, and independent scores where there are any."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from indforecast.domain.quantiles import HUB_LEVELS, SCORE_LEVELS
from indforecast.evaluation.horizons import HorizonBand
from indforecast.evaluation.score_tables import MEANS, TABLES, all_scores, as_tables, rows_of_stream
from indforecast.evaluation.skill import useful_horizon

ORIGINS = np.datetime64("2012-01") + np.arange(0, 120, 2)
BANDS = (HorizonBand(1, 3), HorizonBand(4, 6))
MODELS = ("random_walk", "seasonal_naive", "own", "ensemble")


@pytest.fixture(scope="module")
def case() -> dict[str, dict[str, np.ndarray]]:
    """Four models at 60 origins and 6 months ahead; the last two months are not known yet."""
    draws = np.random.default_rng(3)
    observed = draws.gamma(8.0, 100.0, (60, 6))
    observed[-1:, 2:] = np.nan
    histories = [draws.gamma(8.0, 100.0, 48 + number) for number in range(60)]
    said = {
        model: np.sort(draws.gamma(8.0, 100.0 + 20 * number, (60, 6, len(HUB_LEVELS))), axis=-1)
        for number, model in enumerate(MODELS)
    }
    said["own"][:2] = np.nan
    return {model: all_scores(quantiles, HUB_LEVELS, observed, histories) for model, quantiles in said.items()}


@pytest.fixture(scope="module")
def tables(case) -> dict[str, pd.DataFrame]:
    return as_tables(
        rows_of_stream(
            "a",
            case,
            naives=("random_walk", "seasonal_naive"),
            published="ensemble",
            origins=ORIGINS,
            bands=BANDS,
            simulated=False,
            seed_of=lambda *parts: len("".join(parts)),
        )
    )


def test_scores_agree_with_scoringrules() -> None:
    scoringrules = pytest.importorskip("scoringrules")
    from scipy.stats import norm

    draws = np.random.default_rng(4)
    centre, spread = draws.normal(900, 50, (5, 4)), draws.uniform(20, 60, (5, 4))
    levels = tuple(sorted({*np.round(np.linspace(0.0005, 0.9995, 1000), 4).tolist(), *SCORE_LEVELS}))
    quantiles = norm.ppf(levels, centre[..., np.newaxis], spread[..., np.newaxis])
    observed = draws.normal(900, 80, (5, 4))
    history = draws.normal(900, 80, 60)
    found = all_scores(quantiles, levels, observed, [history] * 5)
    np.testing.assert_allclose(found["crps"], scoringrules.crps_normal(observed, centre, spread), rtol=2e-3)
    seven = quantiles[..., [levels.index(level) for level in SCORE_LEVELS]]
    for name, outcome, said in (("count_wis", observed, seven), ("log_wis", np.log1p(observed), np.log1p(seven))):
        theirs = scoringrules.crps_quantile(outcome, said, np.array(SCORE_LEVELS))
        np.testing.assert_allclose(found[name], theirs, rtol=1e-12)
    inside = np.abs(observed - centre) <= norm.ppf(0.9) * spread
    np.testing.assert_array_equal(found["coverage_80"], inside)
    unit = np.abs(history[12:] - history[:-12]).mean()
    np.testing.assert_allclose(found["mase"], np.abs(observed - centre) / unit)
    np.testing.assert_allclose(found["pit"], norm.cdf(observed, centre, spread), atol=2e-3)


def test_means_by_month_ahead_and_by_origin(case, tables) -> None:
    for table, key, axis, labels in (
        ("evaluation", "horizon", 0, range(1, 7)),
        ("evaluation_origins", "forecast_origin", 1, pd.to_datetime(ORIGINS.astype("datetime64[ns]"))),
    ):
        frame = tables[table].set_index(["model", key])
        for model in MODELS:
            expected = pd.DataFrame(
                {name: pd.DataFrame(case[model][name]).mean(axis=axis) for name in MEANS}
            ).set_axis(list(labels))
            expected = expected[expected["crps"].notna()]
            got = frame.loc[model]
            assert list(got.index) == list(expected.index)
            np.testing.assert_allclose(got[list(MEANS)], expected)
        assert frame.loc["own", "targets"].sum() == 58 * 6 - 4
        assert frame.loc["ensemble", "targets"].sum() == 60 * 6 - 4


def test_skill_by_horizon_is_against_the_better_naive(tables) -> None:
    frame = tables["evaluation"].pivot_table(index="horizon", columns="model", values=["log_wis", "skill"])
    naive = frame["log_wis"][["random_walk", "seasonal_naive"]].min(axis=1)
    np.testing.assert_allclose(frame["skill"]["ensemble"], 1 - frame["log_wis"]["ensemble"] / naive)
    assert (frame["skill"][["random_walk", "seasonal_naive"]].max(axis=1).abs() < 1e-12).all()


def test_histograms_sum_to_one_and_count_their_outcomes(case, tables) -> None:
    frame = tables["pit"]
    by = frame.groupby(["model", "horizon_band"])
    np.testing.assert_allclose(by["share"].sum(), 1.0)
    assert (by.size() == 10).all()
    line = frame[(frame["model"] == "own") & (frame["horizon_band"] == "4-6")].set_index("bin")
    values = case["own"]["pit"][:, 3:]
    for number in (1, 5, 10):
        inside = (values > (number - 1) / 10) & (values < number / 10)
        assert line.loc[number, "share"] == pytest.approx(inside.sum() / (~np.isnan(values)).sum())
    assert (line["targets"] == (~np.isnan(values)).sum()).all()


def test_each_model_meets_the_better_naive_and_what_is_published(case, tables) -> None:
    frame = tables["skill"].set_index(["model", "against", "horizon_band"]).sort_index()
    assert set(tables["skill"]["horizon_band"]) == {"1-3", "4-6", "all"}
    assert ("own", "ensemble", "all") in frame.index
    assert not (tables["skill"]["model"] == tables["skill"]["against"]).any()
    whole = frame.loc[("ensemble",)].xs("all", level="horizon_band")
    (naive,) = whole.index
    sums = {name: np.nansum(case[name]["log_wis"]) for name in ("random_walk", "seasonal_naive")}
    assert naive == min(sums, key=lambda name: sums[name])
    line = whole.loc[naive]
    assert line["skill"] == pytest.approx(1 - np.nansum(case["ensemble"]["log_wis"]) / sums[naive])
    assert line["skill_lower"] < line["skill"] < line["skill_upper"]
    assert (line["block_months"], line["blocks"], line["targets"]) == (12, 9, 356)
    naives = np.stack([case[name]["log_wis"] for name in sums])
    assert line["useful_horizon_months"] == useful_horizon(case["ensemble"]["log_wis"], naives)
    other = frame.drop(index="all", level="horizon_band")
    assert other["useful_horizon_months"].isna().all()


def test_without_anything_scored_tables_are_empty_and_keep_their_types(case) -> None:
    nothing = {model: {name: values * np.nan for name, values in scores.items()} for model, scores in case.items()}
    empty = as_tables(
        rows_of_stream(
            "a", nothing, naives=("random_walk", "seasonal_naive"), published="ensemble", origins=ORIGINS,
            bands=BANDS, simulated=True, seed_of=lambda *parts: 1,
        )
    )  # fmt: skip
    for name, frame in empty.items():
        assert frame.empty
        assert {key: str(kind) for key, kind in frame.dtypes.items()} == dict(TABLES[name])
