"""Months in text, frames and arrays are one thing."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indforecast.domain.errors import InputError
from indforecast.domain.periods import (
    month_end,
    month_label,
    month_start,
    months_from,
    parse_month,
    to_timestamps,
)


@given(st.dates(min_value=date(1999, 1, 1), max_value=date(2100, 12, 31)))
def test_text_and_timestamp_round_trip(day: date) -> None:
    start = month_start(day)
    assert parse_month(month_label(start)) == start
    assert month_label(day) == f"{day:%Y-%m}"
    assert start.date() <= day <= month_end(day)
    assert (month_end(day) + pd.Timedelta(days=1)).day == 1


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "26-01", "2026-01-01", "januari 2026", "", "2026M01"])
def test_only_one_spelling_is_read(text: str) -> None:
    with pytest.raises(InputError, match="is not a month"):
        parse_month(text)


def test_consecutive_months_cross_the_year() -> None:
    months = months_from(pd.Timestamp("2025-11-01"), 3)
    assert months.tolist() == np.array(["2025-11", "2025-12", "2026-01"], dtype="datetime64[M]").tolist()
    assert list(to_timestamps(months)) == [
        pd.Timestamp("2025-11-01"),
        pd.Timestamp("2025-12-01"),
        pd.Timestamp("2026-01-01"),
    ]
