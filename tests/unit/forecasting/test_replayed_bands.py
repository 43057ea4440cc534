from __future__ import annotations

import numpy as np
import pytest

from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.forecasting.replay import replay_ensemble
from indforecast.forecasting.replayed_bands import replay_bands

LEVELS = (0.1, 0.5, 0.9)


@pytest.fixture
def case(replayed_case):
    backtest, origins, settings = replayed_case
    replay = replay_ensemble(backtest, origins, ("a", "b"), settings.forecast.ensemble)
    return replay, replay_bands(replay, settings.hierarchy, LEVELS), origins


def test_months_of_base_streams_have_the_published_quantiles(case) -> None:
    replay, bands, _ = case
    kept = [HUB_LEVELS.index(level) for level in LEVELS]
    published = np.expm1(replay.published_logs[..., kept])
    np.testing.assert_allclose(bands.months.quantiles[:, 1:], published, rtol=0.02, atol=1.0)


def test_sums_come_from_paths_and_are_narrower_than_sums_of_quantiles(case) -> None:
    _, bands, _ = case
    sums = bands.months.quantiles[:, :, :24].reshape(*bands.months.quantiles.shape[:2], 2, 12, 3).sum(axis=3)
    width = bands.sums.quantiles[..., 2] - bands.sums.quantiles[..., 0]
    assert (width < sums[..., 2] - sums[..., 0]).all()
    np.testing.assert_allclose(bands.sums.quantiles[..., 1], sums[..., 1], rtol=0.15)


def test_outcomes_are_sums_of_what_is_known_today(case) -> None:
    _, bands, origins = case
    newest = origins.newest.observed
    start = int((origins.months[0] - origins.newest.periods[0]).astype(int)) + 1
    np.testing.assert_array_equal(bands.sums.observed[0, 1:, 0], newest[:, start : start + 12].sum(axis=1))
    assert bands.sums.observed[0, 0, 0] == newest[:, start : start + 12].sum()
    assert np.isnan(bands.sums.observed[-1]).all()
    assert np.isnan(bands.sums.observed[-2, :, 0]).all()


def test_a_calendar_year_is_observed_months_plus_paths(case) -> None:
    """Series begin in 2014-01; the origins run from 2017-12 in steps of three months."""
    _, bands, origins = case
    december, march = 0, 1
    assert str(origins.months[december]) == "2017-12"
    assert np.isnan(bands.years.quantiles[december, :, 0]).all()  # 2017 is over: nothing to forecast
    # Seen from December, next calendar year is the next twelve months.
    np.testing.assert_array_equal(bands.years.quantiles[december, :, 1], bands.sums.quantiles[december, :, 0])
    seen = origins.panels[march].observed[:, -3:].sum(axis=1)
    assert (bands.years.quantiles[march, 1:, 0, 0] > seen).all()
    width = bands.years.quantiles[..., 2] - bands.years.quantiles[..., 0]
    assert (width[march + 2, :, 0] < width[march, :, 0]).all()  # September knows more of the year than March
    newest = origins.newest
    in_2018 = newest.periods.astype("datetime64[Y]") == np.datetime64("2018")
    np.testing.assert_array_equal(bands.years.observed[march, 1:, 0], newest.observed[:, in_2018].sum(axis=1))
    np.testing.assert_array_equal(bands.years.observed[december, 1:, 1], newest.observed[:, in_2018].sum(axis=1))
    # 24 months ahead of March 2018 do not cover 2020.
    assert np.isnan(bands.years.quantiles[march, :, 2]).all()
