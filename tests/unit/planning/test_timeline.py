"""Observed months stand in front of paths, equal on all paths."""

from datetime import date

import numpy as np
import pytest

from indforecast.domain.observations import Panel
from indforecast.planning.timeline import Timeline, join, opening_month

PERIODS = np.arange("2026-02", "2026-05", dtype="datetime64[M]")
INFLOW = {"s": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])}


def panel(observed, first="2025-11"):
    months = np.datetime64(first, "M") + np.arange(len(observed))
    return Panel(date(2026, 2, 20), ("s",), months, np.array([observed], dtype=float))


@pytest.mark.parametrize(
    ("origin", "month"),
    [("2026-01", "2025-05"), ("2025-05", "2025-05"), ("2025-04", "2021-12"), ("2020-01", "2021-12")],
)
def test_newest_stock_counted_by_the_origin(origin, month):
    assert opening_month(["2025-05", "2021-12"], np.datetime64(origin, "M")) == month


def test_months_between_the_count_and_the_origin_come_first():
    line = join("s", INFLOW, PERIODS, panel([7, 8, 9]), after=np.datetime64("2025-11"))
    assert list(line.months.astype(str)) == ["2025-12", "2026-01", "2026-02", "2026-03", "2026-04"]
    np.testing.assert_array_equal(line.counts, [[8, 9, 1, 2, 3], [8, 9, 4, 5, 6]])
    assert line.filled == 0


@pytest.mark.parametrize(
    ("history", "after"),
    [
        (None, "2025-11"),
        (panel([7, 8, 9]), "2026-01"),  # counted at the origin
        (panel([7, 8, 9]), "2026-03"),  # counted after it
        (panel([7, 8, 9]), "2025-06"),  # history too short
        (Panel(date(2026, 2, 20), ("other",), panel([7, 8]).periods, np.zeros((1, 2))), "2025-11"),
    ],
)
def test_without_observed_months_the_line_is_the_paths(history, after):
    line = join("s", INFLOW, PERIODS, history, after=np.datetime64(after))
    np.testing.assert_array_equal(line.months, PERIODS)
    np.testing.assert_array_equal(line.counts, INFLOW["s"])


def test_months_known_beyond_the_origin_are_not_used():
    line = join("s", INFLOW, PERIODS, panel([7, 8, 9, 100, 100]), after=np.datetime64("2025-12"))
    np.testing.assert_array_equal(line.counts[0], [9, 1, 2, 3])


def test_missing_month_stands_at_the_mean_of_the_twelve_before_and_is_counted():
    observed = [1000.0, *([10.0] * 11), 23.0, np.nan, np.nan]
    line = join("s", INFLOW, PERIODS, panel(observed, "2024-11"), after=np.datetime64("2025-11"))
    assert line.filled == 2
    np.testing.assert_array_equal(line.counts[0, :2], [11, 11])


def test_months_before_the_line_are_kept_from_the_newest_gap_on():
    line = join(
        "s", INFLOW, PERIODS, panel([5, np.nan, 6, np.nan, 7, 8, 9], "2025-07"), after=np.datetime64("2025-12")
    )
    assert str(line.months[0]) == "2026-01"
    np.testing.assert_array_equal(line.earlier, [7, 8])
    assert join("s", INFLOW, PERIODS, None, after=np.datetime64("2025-12")).earlier is None
    gap = join("s", INFLOW, PERIODS, panel([5, np.nan, 9]), after=np.datetime64("2025-12"))
    assert gap.earlier is None
    at_origin = join("s", INFLOW, PERIODS, panel([7, 8, 9]), after=np.datetime64("2026-01"))
    np.testing.assert_array_equal(at_origin.earlier, [7, 8, 9])


@pytest.mark.parametrize("months", [0, 1, 14, 30])
def test_running_on_repeats_the_last_twelve_months_of_each_path(months):
    counts = np.arange(40.0).reshape(2, 20)
    line = Timeline(np.datetime64("2026-01") + np.arange(20), counts)
    longer = line.run_on(months)
    assert longer.months.size == longer.counts.shape[1] == 20 + months
    assert longer.months[-1] - line.months[-1] == np.timedelta64(months, "M")
    for at in range(20, 20 + months):
        np.testing.assert_array_equal(longer.counts[:, at], longer.counts[:, at - 12])


def test_a_short_line_runs_on_with_what_it_has():
    line = Timeline(PERIODS, INFLOW["s"]).run_on(4)
    np.testing.assert_array_equal(line.counts[0], [1, 2, 3, 1, 2, 3, 1])
