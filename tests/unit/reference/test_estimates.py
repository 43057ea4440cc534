"""The asylum streams on every day: totals hold, nothing looks ahead, hidden months come back nearly right."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indforecast.domain.observations import Basis
from indforecast.reference import disaggregation, figures, lags, open_months
from indforecast.reference.dataset import reference_frame
from indforecast.reference.estimates import information_days, known_on
from indforecast.reference.known import published_on, rest_of_total, totals_on

STREAMS = ["asylum_first", "asylum_repeat", "asylum_nareis"]
MONTH_ENDS = [day.date() for day in pd.date_range("2016-01-31", "2026-01-31", freq="ME")]
LAST = date(2026, 1, 30)


@cache
def frame() -> pd.DataFrame:
    return reference_frame().sort_values("available_from", kind="stable")


def as_of(day: date) -> pd.DataFrame:
    known = frame()[frame()["available_from"] <= pd.Timestamp(day)]
    return known.groupby(["series_id", "period"]).last()


def assert_totals_hold(day: date) -> None:
    """Quarters, years and published totals known on a day are sums of the months known on that day."""
    table = as_of(day)
    published = published_on(day)
    for total in totals_on(day):
        rows = table.loc[[(total.series_id, period) for period in total.periods]]
        if rows["basis"].isin([Basis.PUBLISHED, Basis.DERIVED]).all():
            continue  # published months stand, whatever the total says
        assert rows["observed"].sum() == total.observed, (day, total.label)
    for place in rest_of_total(published, sum(lags.nationality_table(p) <= day for p in open_months.CALENDAR)):
        period = open_months.CALENDAR[place]
        if ("asylum_nareis", period) in table.index:
            parts = sum(table.loc[(name, period), "observed"] for name in STREAMS)
            assert parts == table.loc[("asylum", period), "observed"], (day, period)


@pytest.mark.parametrize("day", [*MONTH_ENDS[::6], LAST])
def test_totals_known_on_a_month_end_are_sums_of_months_known_then(day):
    assert_totals_hold(day)


@settings(max_examples=20, deadline=None)
@given(day=st.dates(date(2016, 1, 31), date(2026, 1, 31)))
def test_totals_known_on_any_day_are_sums_of_months_known_then(day):
    assert_totals_hold(day)


@pytest.mark.parametrize("day", MONTH_ENDS)
def test_at_a_month_end_every_stream_is_known_to_the_month_before_without_a_gap(day):
    table = as_of(day).reset_index()
    last = pd.Timestamp(day) + pd.offsets.MonthBegin(-2)
    base = table[~table["series_id"].str.contains(".", regex=False) & (table["series_id"] != "asylum")]
    for series_id, series in base.groupby("series_id"):
        assert series["period"].max() == last, series_id
        assert len(series) == len(pd.date_range(series["period"].min(), last, freq="MS")), series_id
    assert base["series_id"].nunique() == 7


def test_no_row_names_a_total_before_it_was_published():
    published = {
        (total.series_id, total.label): total.available_from
        for total in (*figures.quarter_totals(), *figures.annual_totals())
    }
    rows = frame()[frame()["source"].str.startswith("estimated: Denton within ")]
    labels = rows["source"].str.removeprefix("estimated: Denton within ").str.split(",").str[0]
    for series_id, label, day in zip(rows["series_id"], labels, rows["available_from"], strict=True):
        assert published[series_id, label] <= day.date()
    assert len(rows) > 900


@pytest.mark.parametrize(
    "day", [date(2016, 2, 25), date(2018, 3, 20), date(2021, 12, 15), date(2022, 10, 30), date(2025, 1, 30)]
)
def test_a_day_does_not_see_later_figures(day, monkeypatch):
    """Double every figure that comes out later: the day's answer stays the same."""

    def distorted(entry):
        changed = {"observed": 2 * entry.observed + 1} if entry.available_from > day else {}
        return type(entry)(**{**vars(entry), **changed})

    honest = known_on(day)
    months, quarters, years = figures.month_figures(), figures.quarter_totals(), figures.annual_totals()
    table = figures.nationality_figures().copy()
    later = table["period"].map(lambda period: lags.nationality_table(period) > day)
    table.loc[later, "observed"] = 2 * table.loc[later, "observed"] + 100
    monkeypatch.setattr(figures, "month_figures", lambda: tuple(map(distorted, months)))
    monkeypatch.setattr(figures, "quarter_totals", lambda: tuple(map(distorted, quarters)))
    monkeypatch.setattr(figures, "annual_totals", lambda: tuple(map(distorted, years)))
    monkeypatch.setattr(figures, "nationality_figures", lambda: table)
    open_months.seven_nationalities.cache_clear()
    try:
        assert known_on(day) == honest
    finally:
        open_months.seven_nationalities.cache_clear()


@pytest.mark.parametrize("day", [date(2018, 7, 30), LAST])
def test_rounding_noise_of_the_solver_moves_no_person(day, monkeypatch):
    """Solve the same systems with every unknown and constraint in reverse order: another path through the BLAS."""

    def reversed_order(indicator, known, segment, rows, totals):
        return disaggregation.denton(indicator[::-1], known[::-1], segment[::-1], rows[::-1, ::-1], totals[::-1])[
            ::-1
        ]

    forward = known_on(day)
    monkeypatch.setattr(open_months, "denton", reversed_order)
    assert known_on(day) == forward


def test_a_published_month_is_never_replaced_by_an_estimate():
    firm = {Basis.PUBLISHED, Basis.DERIVED}
    for _, vintages in frame()[frame()["series_id"].isin(STREAMS)].groupby(["series_id", "period"]):
        seen = [basis in firm for basis in vintages["basis"]]
        assert seen == sorted(seen)


def test_vintages_are_stored_only_when_something_changed():
    rows = frame()[frame()["series_id"].isin([*STREAMS, "asylum"])]
    for _, vintages in rows.groupby(["series_id", "period"]):
        said = list(zip(vintages["observed"], vintages["basis"], vintages["source"], strict=True))
        assert all(one != two for one, two in pairwise(said))


def test_information_days_are_the_days_of_the_asylum_rows():
    days = {day.date() for day in frame()[frame()["series_id"].isin([*STREAMS, "asylum"])]["available_from"]}
    assert days <= set(information_days())
    assert max(days) == LAST


@pytest.mark.parametrize(("series_id", "at_most"), [("asylum_first", 0.055), ("asylum_nareis", 0.025)])
def test_a_hidden_published_month_comes_back_nearly_right(series_id, at_most, monkeypatch):
    """Leave one published month out and estimate it: mean absolute relative error."""
    everything = figures.month_figures()
    published = {
        row.period: row.observed
        for row in known_on(LAST)
        if row.series_id == series_id and row.basis is Basis.PUBLISHED and row.period >= pd.Timestamp("2015-01-01")
    }
    errors = []
    for period, observed in published.items():
        left = tuple(f for f in everything if (f.series_id, f.period) != (series_id, period))
        monkeypatch.setattr(figures, "month_figures", lambda left=left: left)
        estimate = next(r for r in known_on(LAST) if (r.series_id, r.period) == (series_id, period))
        assert estimate.basis is Basis.ESTIMATED
        errors.append(abs(estimate.observed / observed - 1))
    assert len(errors) >= 38
    assert np.mean(errors) < at_most
