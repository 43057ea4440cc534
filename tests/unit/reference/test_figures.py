"""Published figures, read from the embedded tables."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from datetime import date
from importlib import resources

import pandas as pd
import pytest

from indforecast.reference import figures
from indforecast.reference.facts import source_text

PRESS = list(csv.DictReader(io.StringIO(source_text("ind_asylum_monthly_press.csv"))))


def month(text: str) -> pd.Timestamp:
    return pd.Timestamp(f"{text}-01")


def of(series_id: str, period: str) -> list[figures.MonthFigure]:
    found = [f for f in figures.month_figures() if (f.series_id, f.period) == (series_id, month(period))]
    return sorted(found, key=lambda figure: figure.available_from)


def test_source_tables_are_the_ones_the_readme_lists():
    folder = resources.files("indforecast.reference") / "sources"
    readme = (folder / "README.md").read_text("utf-8")
    listed = dict(re.findall(r"\| `([\w.]+)` \| .* \| `([0-9a-f]{64})` \|", readme))
    found = {item.name for item in folder.iterdir() if item.name.endswith(".csv")}
    assert set(listed) == found
    for name, sha256 in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256, name


@pytest.mark.parametrize(
    ("series_id", "column", "left_out"),
    [
        ("asylum", "total_influx", 0),
        ("asylum_first", "first_applications", 2),
        ("asylum_repeat", "repeat_applications", 0),
        ("asylum_nareis", "nareis_arrivals", 0),
    ],
)
def test_every_press_figure_is_read(series_id, column, left_out):
    printed = sum(bool(row[column]) for row in PRESS)
    read = [f for f in figures.month_figures() if f.series_id == series_id and f.source.startswith("IND monthly")]
    assert len(read) == printed - left_out


def test_first_figure_and_restatement_are_two_vintages():
    first, restated = of("asylum_first", "2022-11")
    assert (first.observed, first.available_from) == (3981, date(2022, 12, 20))
    assert (restated.observed, restated.available_from) == (4072, date(2023, 1, 20))
    assert first.precedence < restated.precedence


def test_ind_in_figures_is_known_when_it_says_so_not_when_the_month_ends():
    (figure,) = of("asylum_first", "2023-08")
    assert (figure.observed, figure.available_from) == (3300, date(2024, 9, 20))


def test_a_dated_fact_keeps_its_day():
    (figure,) = of("asylum_first", "2021-02")
    assert (figure.observed, figure.available_from) == (780, date(2021, 12, 15))


def test_no_day_gives_one_month_two_figures_of_equal_rank():
    keys = [(f.series_id, f.period, f.precedence) for f in figures.month_figures()]
    assert len(set(keys)) == len(keys)


def test_quarters():
    totals = {(t.series_id, t.label): t for t in figures.quarter_totals()}
    assert len([key for key in totals if key[0] == "asylum_first"]) == 46
    assert len([key for key in totals if key[0] == "asylum_nareis"]) == 26
    total = totals["asylum_nareis", "CBS quarter 2022-Q4"]
    assert total.observed == 1545
    assert total.periods == (month("2022-10"), month("2022-11"), month("2022-12"))
    assert total.available_from == date(2023, 1, 30)


def test_years_are_used_only_where_quarters_are_missing():
    years = {(t.series_id, t.periods[0].year): t.observed for t in figures.annual_totals()}
    assert {year for name, year in years if name == "asylum_first"} == {2024, 2025}
    assert {year for name, year in years if name == "asylum_nareis"} == {2015, 2016, 2017, 2024, 2025}
    assert years["asylum_first", 2025] == 24140


@pytest.mark.parametrize(
    ("year", "persons"),
    [
        (2015, 58880 - 43110 - 13845),
        (2018, 30380 - 20353 - 6460),
        (2021, 36620 - 24686 - 10120),
        (2022, 1529),
        (2024, 1590),
    ],
)
def test_repeat_year(year, persons):
    years = {t.periods[0].year: t.observed for t in figures.annual_totals() if t.series_id == "asylum_repeat"}
    assert years[year] == persons


def test_no_repeat_year_is_made_of_two_definitions():
    # The published totals of 2020 count nareis by application; 2023's is first plus nareis without repeat.
    years = {t.periods[0].year for t in figures.annual_totals() if t.series_id == "asylum_repeat"}
    assert not years & {2013, 2014, 2020, 2023, 2025}


def test_nationalities():
    table = figures.nationality_figures()
    assert table["series_id"].nunique() == 14
    assert len(table) == 14 * 132
    assert not table.duplicated(["series_id", "period"]).any()
    assert (table["observed"] % 5 == 0).all()
    syr = table[(table["series_id"] == "asylum_first.SYR") & (table["period"] == month("2015-10"))]
    assert syr["observed"].tolist() == [5250]
