"""Bands are quantiles over paths, taken last; a year is formed on each path."""

import numpy as np
import pytest

from indforecast.planning.measures import MEASURES
from indforecast.planning.tables import (
    MONTHLY_COLUMNS,
    YEARLY_COLUMNS,
    PathValues,
    gap_table,
    monthly_table,
    year_spans,
    yearly_table,
)

LEVELS = (0.1, 0.5, 0.9)
MONTHS = np.arange("2025-11", "2027-03", dtype="datetime64[M]")


def values(measure="decisions", seed=0):
    return PathValues(measure, "s", np.random.default_rng(seed).poisson(50, (200, MONTHS.size)).astype(float))


def test_monthly_bands_are_quantiles_of_the_forecast_months_only():
    item = values()
    table = monthly_table([item], MONTHS, 14, LEVELS)
    assert tuple(table.columns) == MONTHLY_COLUMNS
    assert len(table) == 14
    assert str(table["period"].iloc[0])[:7] == "2026-01"
    expected = np.quantile(item.values[:, -14:], LEVELS, axis=0)
    np.testing.assert_allclose(table[["minimum", "medio", "maximum"]].to_numpy().T, expected, atol=0.05)


def test_each_year_holds_its_months_and_says_how_many():
    assert {year: span.stop - span.start for year, span in year_spans(MONTHS).items()} == {
        2025: 2,
        2026: 12,
        2027: 2,
    }
    table = yearly_table([values()], MONTHS, LEVELS)
    assert tuple(table.columns) == YEARLY_COLUMNS
    assert table["months"].tolist() == [2, 12, 2]


@pytest.mark.parametrize(
    ("measure", "of_year"),
    [
        ("decisions", lambda x: x.sum(axis=1)),
        ("staffing_fte", lambda x: x.mean(axis=1)),
        ("open_cases", lambda x: x[:, -1]),
    ],
)
def test_a_year_is_formed_on_each_path_before_the_quantile(measure, of_year):
    item = values(measure)
    row = yearly_table([item], MONTHS, LEVELS).set_index("year").loc[2026]
    expected = np.quantile(of_year(item.values[:, 2:14]), LEVELS)
    np.testing.assert_allclose(row[["minimum", "medio", "maximum"]].astype(float), expected, atol=0.05)


def test_a_yearly_share_is_cases_over_cases_and_not_a_mean_of_shares():
    numerators, denominators = np.zeros((1, MONTHS.size)), np.ones((1, MONTHS.size))
    numerators[0, 2], denominators[0, 2] = 90.0, 100.0
    item = PathValues("share_in_term", "s", numerators, denominators)
    row = yearly_table([item], MONTHS, LEVELS).set_index("year").loc[2026]
    assert row["medio"] == pytest.approx(90 / 111, abs=5e-5)


def test_quantile_of_sums_is_not_the_sum_of_quantiles():
    item = values()
    year = yearly_table([item], MONTHS, LEVELS).set_index("year").loc[2026]
    monthly = monthly_table([item], MONTHS, 14, LEVELS)
    assert year["maximum"] < monthly["maximum"].iloc[:12].sum()


def test_money_has_two_decimals_and_gap_table_its_years():
    table = gap_table({2026: np.array([1.0, 2.0, 4.015])}, LEVELS)
    assert tuple(table.columns) == YEARLY_COLUMNS
    assert table.iloc[0].tolist() == ["budget_gap_eur", "all", 2026, 1.2, 2.0, 3.61, "EUR", 12]
    assert gap_table({}, LEVELS).empty


def test_measures_of_a_year_only_are_left_out_of_the_monthly_table():
    assert not MEASURES["budget_gap_eur"].monthly
    table = monthly_table([values(), PathValues("budget_gap_eur", "all", values().values)], MONTHS, 14, LEVELS)
    assert set(table["measure"]) == {"decisions"}
