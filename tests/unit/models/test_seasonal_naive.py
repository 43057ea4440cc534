from __future__ import annotations

from datetime import date
from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest

from indforecast.domain.observations import Panel
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.models.log_scale import CannotForecast
from indforecast.models.seasonal_naive import SeasonalNaive, seasonal_variance

START = np.datetime64("2017-01", "M")
MEDIAN = HUB_LEVELS.index(0.5)


def panel_of(counts: np.ndarray) -> Panel:
    return Panel(date(2020, 1, 31), ("s",), START + np.arange(len(counts)), counts[None, :])


def counts() -> np.ndarray:
    return np.round(np.random.default_rng(3).uniform(500, 2000, 36))


def test_quantiles_are_the_closed_form():
    values = counts()
    logs = np.log1p(values)
    variance = np.mean([(logs[t] - logs[t - 12]) ** 2 for t in range(12, 36)])
    quantiles = SeasonalNaive().forecast(panel_of(values), (), horizon=60).quantiles[0]
    for horizon in (1, 12, 13, 24, 25, 60):
        years = (horizon - 1) // 12 + 1
        same_month = logs[24 + (horizon - 1) % 12]
        normal = NormalDist(same_month, sqrt(years * variance))
        for column, level in enumerate(HUB_LEVELS):
            assert quantiles[horizon - 1, column] == pytest.approx(np.expm1(normal.inv_cdf(level)), rel=1e-9)


def test_a_missing_month_is_taken_a_year_before_with_one_more_change():
    values = counts()
    values[24 + 4] = np.nan
    quantiles = SeasonalNaive().forecast(panel_of(values), (), horizon=24).quantiles[0]
    variance = seasonal_variance(np.log1p(values))
    for horizon, changes in ((4, 1), (5, 2), (6, 1), (16, 2), (17, 3)):
        median, upper = quantiles[horizon - 1, MEDIAN], quantiles[horizon - 1, HUB_LEVELS.index(0.9)]
        width = np.log1p(upper) - np.log1p(median)
        assert width == pytest.approx(NormalDist().inv_cdf(0.9) * sqrt(changes * variance), rel=1e-9)
    assert quantiles[4, MEDIAN] == pytest.approx(values[12 + 4])


def test_a_month_never_observed_is_a_failure_once_it_is_asked_for():
    values = counts()
    values[[4, 16, 28]] = np.nan
    assert SeasonalNaive().forecast(panel_of(values), (), horizon=4).failures == ()
    (failure,) = SeasonalNaive().forecast(panel_of(values), (), horizon=5).failures
    assert "never been observed" in failure.reason


def test_six_pairs_of_months_are_needed():
    assert seasonal_variance(np.arange(18.0)) == pytest.approx(144.0)
    with pytest.raises(CannotForecast, match=r"5 pairs .* 6 are needed"):
        seasonal_variance(np.arange(17.0))
