from __future__ import annotations

import numpy as np
import pytest

from indforecast.models.estimation import estimation_window, interpolated, recent_variance
from indforecast.models.log_scale import LogSeries


def series_until(newest: str, months: int = 80) -> LogSeries:
    last = np.datetime64(newest, "M")
    return LogSeries("s", last - np.arange(months)[::-1], np.arange(float(months)), gap=0)


@pytest.mark.parametrize(
    ("newest", "window_ends"),
    [
        ("2019-12", "2018-12"),  # its own December is not settled yet
        ("2020-01", "2018-12"),
        ("2020-02", "2018-12"),
        ("2020-03", "2019-12"),
        ("2020-06", "2019-12"),
        ("2020-11", "2019-12"),
        ("2020-12", "2019-12"),
    ],
)
def test_the_window_ends_with_a_settled_december(newest, window_ends):
    series = series_until(newest)
    window = estimation_window(series)
    assert series.periods[len(window) - 1] == np.datetime64(window_ends, "M")


def test_a_short_window_is_replaced_by_everything_known():
    series = series_until("2020-09", months=9 + 35)
    assert len(estimation_window(series)) == 44
    assert len(estimation_window(series_until("2020-09", months=9 + 36))) == 36


def test_a_window_ends_with_an_observed_month():
    series = series_until("2020-09")
    series.log_counts[-11:-9] = np.nan  # November and December 2019
    window = estimation_window(series)
    assert not np.isnan(window[-1])
    assert len(window) == 80 - 9 - 2


def test_months_after_the_window_do_not_move_it():
    """What makes four quarterly origins share one estimate, and an answer independent of the others."""
    one, two = series_until("2020-06"), series_until("2020-09", months=83)
    assert estimation_window(one).tobytes() == estimation_window(two).tobytes()


def test_gaps_are_filled_on_the_line_between_their_ends():
    values = np.array([1.0, np.nan, np.nan, 4.0, 2.0])
    assert interpolated(values).tolist() == [1.0, 2.0, 3.0, 4.0, 2.0]
    assert np.isnan(values[1])


def test_the_recent_variance_forgets():
    generator = np.random.default_rng(5)
    calm, wild = generator.normal(0, 0.1, 200), generator.normal(0, 0.5, 60)
    after_crisis = recent_variance(np.concatenate([wild, calm]))
    assert after_crisis == pytest.approx(0.01, rel=0.5)
    assert recent_variance(np.concatenate([calm, wild])) == pytest.approx(0.25, rel=0.5)


def test_one_collapse_counts_for_at_most_four_deviations():
    calm = np.tile([0.1, -0.1], 30)
    assert recent_variance(calm) == pytest.approx(0.01)
    collapsed = recent_variance(np.append(calm, 5.0))
    assert collapsed == pytest.approx(0.94 * 0.01 + 0.06 * 16 * 0.01)


def test_missing_months_do_not_count_as_calm():
    innovations = np.random.default_rng(6).normal(0, 0.2, 60)
    gappy = np.insert(innovations, [20, 20, 55], np.nan)
    assert recent_variance(gappy) == recent_variance(innovations)
    assert recent_variance(np.full(5, np.nan)) == 0.0
