from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy.stats import norm, spearmanr

from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.domain.series import Hierarchy, Stream
from indforecast.forecasting.dependence import Dependence
from indforecast.forecasting.paths import as_data_array, draw_paths, with_totals

HIERARCHY = Hierarchy((Stream("t", "t", "t", parts=("a", "b")), Stream("a", "a", "a"), Stream("b", "b", "b")))
LOGS = np.stack(
    [
        np.outer(np.ones(24), 7.0 + 0.3 * norm.ppf(HUB_LEVELS)),
        np.outer(np.ones(24), 8.0 + 0.2 * norm.ppf(HUB_LEVELS)),
    ]
)


def draw(correlation: float = 0.6, persistence: float = 0.8, **more):
    dependence = Dependence(np.array([[1.0, correlation], [correlation, 1.0]]), persistence)
    named = {"vintage": date(2026, 1, 30), "series_ids": ("a", "b"), "count": 1000} | more
    return draw_paths(named.pop("logs", LOGS), HUB_LEVELS, dependence, **named)


def test_path_quantiles_reproduce_the_quantiles() -> None:
    paths = draw()
    assert paths.shape == (2, 1000, 24)
    again = np.quantile(paths, HUB_LEVELS, axis=1).transpose(1, 2, 0)
    inner = slice(1, -1)
    np.testing.assert_allclose(again[..., inner], np.expm1(LOGS)[..., inner], rtol=0.004, atol=1.0)
    np.testing.assert_allclose(again, np.expm1(LOGS), rtol=0.02)


def test_dependence_does_not_change_the_margins() -> None:
    one, two = draw(correlation=0.9, persistence=0.1), draw(correlation=-0.5, persistence=1.0)
    np.testing.assert_array_equal(np.sort(one, axis=1), np.sort(two, axis=1))


@pytest.mark.parametrize("correlation", [-0.5, 0.0, 0.8])
def test_streams_move_together_as_asked(correlation: float) -> None:
    paths = draw(correlation=correlation)
    found = np.mean([spearmanr(paths[0, :, h], paths[1, :, h]).statistic for h in range(24)])
    assert found == pytest.approx(6 / np.pi * np.arcsin(correlation / 2), abs=0.05)


@pytest.mark.parametrize("persistence", [0.3, 0.9])
def test_months_hang_together_as_asked(persistence: float) -> None:
    paths = np.log1p(draw(persistence=persistence, correlation=0.0, count=4000))
    found = np.corrcoef(paths[0, :, 5], paths[0, :, 23])[0, 1]
    assert found == pytest.approx(persistence * np.sqrt(6 / 24), abs=0.05)


def test_paths_are_whole_persons_and_never_negative() -> None:
    small = np.outer(np.ones(24), np.maximum(0.5 + norm.ppf(HUB_LEVELS), 0.0))
    paths = draw(logs=np.stack([small, small]))
    assert (paths >= 0).all()
    np.testing.assert_array_equal(paths, np.rint(paths))


def test_a_total_is_the_sum_of_its_parts_in_every_draw() -> None:
    everything = with_totals(draw(), ("a", "b"), HIERARCHY)
    np.testing.assert_array_equal(everything[0], everything[1] + everything[2])


def test_the_same_seed_gives_the_same_paths_and_another_vintage_others() -> None:
    np.testing.assert_array_equal(draw(), draw())
    assert (draw() != draw(vintage=date(2026, 2, 27))).any()


def test_the_order_of_streams_changes_nothing() -> None:
    turned = draw(logs=LOGS[::-1], series_ids=("b", "a"))
    np.testing.assert_array_equal(turned[::-1], draw())


def test_a_stream_without_forecast_has_no_paths() -> None:
    logs = LOGS.copy()
    logs[1] = np.nan
    paths = draw(logs=logs)
    assert np.isnan(paths[1]).all()
    assert not np.isnan(paths[0]).any()


def test_the_array_that_flows_on_says_what_it_holds() -> None:
    array = as_data_array(with_totals(draw(), ("a", "b"), HIERARCHY), HIERARCHY, np.datetime64("2025-12", "M"))
    assert array.name == "inflow_persons"
    assert array.dims == ("series_id", "path", "period")
    assert array["series_id"].to_numpy().tolist() == ["t", "a", "b"]
    assert array["period"].to_numpy()[0] == np.datetime64("2026-01-01")
    assert str(array["period"].dtype) == "datetime64[ns]"
    assert array.sel(series_id="t").to_numpy().sum() == array.sel(series_id=["a", "b"]).to_numpy().sum()
