from __future__ import annotations

import numpy as np
import pytest

from indforecast.config.settings import BandSettings
from indforecast.evaluation.horizons import horizon_bands
from indforecast.evaluation.truth import Truth
from indforecast.forecasting.hit_rates import HIT_RATE_COLUMNS, NOT_VALIDATED, hit_rates
from indforecast.forecasting.replayed_bands import Replayed, ReplayedBands

ORIGINS = np.datetime64("2018-03", "M") + np.arange(0, 24, 3)
BANDS = BandSettings(minimum=0.1, medio=0.5, maximum=0.9, monthly_months=24, yearly_years=5)
LEVELS = (0.1, 0.5, 0.9)


def replayed(observed: np.ndarray) -> Replayed:
    """Band 90..110 everywhere; outcomes as given, [O, S, N]."""
    quantiles = np.broadcast_to(np.array([90.0, 100.0, 110.0]), (*observed.shape, 3)).copy()
    official = np.zeros(observed.shape, dtype=bool)
    official[:4] = True
    return Replayed(quantiles, observed, official)


@pytest.fixture
def table():
    months = np.full((8, 2, 12), 100.0)
    months[:2, :, :3] = 80.0  # 6 of 24 below
    months[7, :, :3] = 111.0  # 3 of 24 above
    months[:, :, 3:] = np.nan
    sums = np.full((8, 2, 1), 100.0)
    sums[4:] = np.nan
    years = np.full((8, 2, 2), 100.0)
    years[:, :, 1] = np.nan
    empty = np.zeros((2, 0))
    truth = Truth(("a", "b"), ORIGINS[0], empty, empty.astype(bool), np.array([False, True]))
    bands = ReplayedBands(LEVELS, truth, replayed(months), replayed(sums), replayed(years))
    rates = hit_rates(bands, ORIGINS, horizon_bands((3, 12), 12), BANDS)
    return rates.set_index(["series_id", "kind", "horizon_band"])


def test_shares_inside_below_and_above_add_up(table) -> None:
    line = table.loc[("a", "month", "1-3")]
    assert line["targets"] == 24
    assert line["below"] == pytest.approx(6 / 24)
    assert line["above"] == pytest.approx(3 / 24)
    assert line["hit_rate"] == pytest.approx(15 / 24)
    assert line["probability"] == 0.8
    assert bool(line["validated"])


def test_the_rate_among_official_figures_stands_apart(table) -> None:
    line = table.loc[("a", "month", "1-3")]
    assert line["published_targets"] == pytest.approx(0.5)
    assert line["hit_rate_published"] == pytest.approx(6 / 12)
    assert np.isnan(table.loc["b"]["hit_rate_published"]).all()


def test_windows_do_not_overlap_and_years_are_counted_once(table) -> None:
    assert table.loc[("a", "month", "1-3"), "independent_windows"] == 8
    assert table.loc[("a", "12_months", "1-12"), "independent_windows"] == 1
    assert table.loc[("a", "12_months", "1-12"), "targets"] == 4
    assert table.loc[("a", "calendar_year", "0"), "targets"] == 8
    assert table.loc[("a", "calendar_year", "0"), "independent_windows"] == 2


def test_an_unscored_line_says_so_instead_of_a_rate(table) -> None:
    line = table.loc[("a", "month", "4-12")]
    assert np.isnan(line["hit_rate"])
    assert not line["validated"]
    assert "nothing scored" in line["note"]


def test_no_rate_is_shown_on_simulated_history(table) -> None:
    simulated = table.loc["b"]
    assert simulated[["hit_rate", "below", "above"]].isna().all().all()
    assert not simulated["validated"].any()
    assert set(simulated["note"]) == {NOT_VALIDATED}


def test_columns_are_as_declared(table) -> None:
    assert list(table.reset_index().columns) == list(HIT_RATE_COLUMNS)
