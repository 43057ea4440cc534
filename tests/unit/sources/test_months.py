from __future__ import annotations

from datetime import date

import pytest

from indforecast.sources.months import longer_period, month_end_of, read_day, read_month, read_month_of_year


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01", "2024-1", "2024/01", "202401", "2024MM01", "2024M01", "2024M1", "01-2024", "1-2024", "01/2024",
        "jan-24", "jan 24", "jan. 2024", "Jan-2024", "januari 2024", "JANUARI 2024", "January 2024",
        "2024 januari",
        "2024 januari*",
        "januari  2024**", "jan '24", "2024-01-01", "2024-01-31", "01-01-2024", "31-01-2024",
        "1 januari 2024", "2024-01-01 00:00:00", date(2024, 1, 1), date(2024, 1, 31), 202401, 45292, 45292.0,
    ],
)  # fmt: skip
def test_a_month_is_read_in_every_spelling(cell: object) -> None:
    assert read_month(cell) == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("mrt-24", 3),
        ("maart 2024", 3),
        ("Mar 2024", 3),
        ("mei 2024", 5),
        ("okt-24", 10),
        ("oct-24", 10),
        ("dec. 24", 12),
    ],
)
def test_months_have_dutch_and_english_names(text: str, month: int) -> None:
    assert read_month(text) == date(2024, month, 1)


def test_two_digits_of_a_year_lie_between_1970_and_2069() -> None:
    assert read_month("jan-69") == date(2069, 1, 1)
    assert read_month("jan-70") == date(1970, 1, 1)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-13", "2024-00", "13-2024", "2024-01-15", "15-01-2024", "foo 2024", "jan", "2024", "",
        None, 1, 2024, 3.5,
        float("nan"), float("inf"), "2024-Q1",
        "2024MM13", "january 24th", "1.234", date(2024, 1, 15), "99-2024",
    ],
)  # fmt: skip
def test_what_is_no_month_is_none(cell: object) -> None:
    assert read_month(cell) is None


def test_two_cells_may_name_a_month() -> None:
    assert read_month_of_year("2024", "3") == read_month_of_year(2024, 3.0) == date(2024, 3, 1)
    assert read_month_of_year("2024", "mrt.") == date(2024, 3, 1)
    assert read_month_of_year("2024", "13") is None
    assert read_month_of_year("24", "3") is None


def test_longer_periods_are_named() -> None:
    assert {longer_period(text) for text in ("2024-Q1", "2024KW01", "2024 1e kwartaal", "Q1 2024")} == {"quarter"}
    assert {longer_period(text) for text in ("2024", 2024.0, "2024JJ00", "totaal 2024")} == {"year"}
    assert longer_period("2024-01") is None


def test_a_day_has_its_day_before_its_month() -> None:
    assert read_day("20-02-2026") == read_day("2026-02-20") == read_day("20 februari 2026") == date(2026, 2, 20)
    assert read_day("30-02-2026") is None
    assert read_day("2026-02") is None


def test_the_end_of_a_month_knows_leap_years() -> None:
    assert month_end_of(date(2024, 2, 1)) == date(2024, 2, 29)
    assert month_end_of(date(2025, 12, 1)) == date(2025, 12, 31)
