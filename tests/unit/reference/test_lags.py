"""Publication days: everything about a month is known at the end of the next one, first figures at least."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from indforecast.reference import lags

JANUARY = pd.Timestamp("2024-01-01")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (lags.press(JANUARY), date(2024, 2, 20)),
        (lags.restatement(JANUARY), date(2024, 3, 20)),
        (lags.nationality_table(JANUARY), date(2024, 2, 25)),
        (lags.quarter(pd.Timestamp("2024-03-01")), date(2024, 4, 30)),
        (lags.annual(2024), date(2025, 1, 30)),
        (lags.simulated(JANUARY), date(2024, 2, 15)),
    ],
)
def test_lag(day, expected):
    assert day == expected


def test_every_first_figure_of_a_month_is_known_at_the_end_of_the_next():
    for period in pd.date_range("2013-01-01", "2025-12-01", freq="MS"):
        end = (period + pd.DateOffset(months=1) + pd.offsets.MonthEnd(0)).date()
        known = [lags.press(period), lags.nationality_table(period), lags.simulated(period)]
        if period.month % 3 == 0:
            known.append(lags.quarter(period))
        if period.month == 12:
            known.append(lags.annual(period.year))
        assert max(known) <= end
