"""What stands in the official table is read without adding to it."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
import pytest

from indforecast.reference import official_vintages
from indforecast.reference.facts import official_forecasts
from indforecast.reference.official_vintages import ASSUMED_MONTHS, OfficialForecast, official_record


def row_of(year: int, words: str) -> OfficialForecast:
    return next(row for row in official_record() if (row.target_year, row.words) == (year, words))


def test_every_row_is_carried_over_with_its_sources():
    table = official_forecasts()
    assert len(official_record()) == len(table)
    assert sorted((row.target_year, row.words) for row in official_record()) == sorted(
        zip(table["target_year"], table["vintage"], strict=True)
    )
    assert all(row.source_forecast for row in official_record())
    assert all(bool(row.source_outcome) == bool(row.outcome_words) for row in official_record())


def test_the_day_is_before_the_month_that_the_words_name():
    for row in official_record():
        if row.words in ASSUMED_MONTHS:
            assert row.day_from.startswith("assumption")
            named = ASSUMED_MONTHS[row.words][0]
        else:
            named = row.words[:7]
        assert row.known_until == (pd.Timestamp(named) - pd.Timedelta(days=1)).date()
    assert row_of(2022, "2022-02").known_until == date(2022, 1, 31)


def test_no_assumption_is_left_over():
    assert set(ASSUMED_MONTHS) <= set(official_forecasts()["vintage"])


def test_bands_points_and_outcomes_written_with_a_tilde():
    band = row_of(2023, "2023-04")
    assert (band.minimum, band.point, band.maximum) == (49000, 70000, 77000)
    point = row_of(2022, "2021-09")
    assert point.point == 34370
    assert math.isnan(point.minimum)
    assert math.isnan(point.maximum)
    about = row_of(2025, "2025-09")
    assert (about.outcome, about.outcome_words) == (41700, "~41700")
    assert math.isnan(row_of(2026, "2025-09").outcome)
    assert about.outcome_known_from == date(2026, 1, 30)


def test_an_outcome_with_resettled_people_is_told_apart():
    assert [row.target_year for row in official_record() if row.counts_otherwise] == [2024]


def test_words_without_a_month_must_be_read_by_somebody(monkeypatch):
    table = official_forecasts().assign(vintage="last spring")
    monkeypatch.setattr(official_vintages, "official_forecasts", lambda: table)
    with pytest.raises(ValueError, match="'last spring' names no month"):
        official_record.__wrapped__()
