from __future__ import annotations

from datetime import date

import pytest

from indforecast.publication.schedule import next_release_date


@pytest.mark.parametrize(
    ("vintage", "day", "following"),
    [
        (date(2026, 1, 30), 28, date(2026, 2, 28)),
        (date(2025, 12, 31), 1, date(2026, 1, 1)),
        (date(2024, 1, 31), 28, date(2024, 2, 28)),
    ],
)
def test_the_next_release_is_in_the_month_after_the_vintage(vintage: date, day: int, following: date) -> None:
    assert next_release_date(vintage, day) == following
