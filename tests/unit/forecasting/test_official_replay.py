"""Our bands beside official forecasts: nothing newer than they were, and a reason where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.config import load_settings
from indforecast.domain.observations import History
from indforecast.evaluation.official_record import REPLAYED
from indforecast.forecasting.official_replay import official_days, official_record_table, own_bands
from indforecast.reference.official_vintages import official_record

SETTINGS = load_settings()
PARTS = ("asylum_first", "asylum_repeat", "asylum_nareis")
CASES = [row for row in official_record() if row.known_until <= date(2022, 8, 31)]


def invented(
    day: date, *, changed_after: date | None = None, without: str = "", ends: Mapping[str, str] | None = None
):
    """Months up to the one before the day; those that were published after ``changed_after`` are different."""
    rows = []
    for number, name in enumerate(PARTS):
        if name == without:
            continue
        rng = np.random.default_rng(number)
        end = min(pd.Timestamp(day), pd.Timestamp((ends or {}).get(name, day)))
        last = end - pd.offsets.MonthBegin(2)
        for month in pd.date_range("2014-01", last, freq="MS"):
            persons = int(800 * (number + 1) * np.exp(rng.normal(0, 0.1)))
            known = month + pd.offsets.MonthEnd(0) + pd.Timedelta(days=20)
            if changed_after is not None and known.date() > changed_after:
                persons *= 5
            rows.append((name, month, persons, "published", "d", "s", known, "x"))
    columns = ["series_id", "period", "observed", "basis", "definition", "source", "available_from", "delivery_id"]
    frame = pd.DataFrame(rows, columns=columns)
    return History(frame["available_from"].max().date(), frame)


def histories(**changes: object) -> dict[date, History]:
    days = official_days(SETTINGS, [date(2014, 3, 1), date(2022, 8, 31)])
    return {day: invented(day, **changes) for day in days}


@pytest.fixture(scope="module")
def plain():
    return own_bands(CASES, histories(), SETTINGS)


def test_every_case_with_history_has_a_rising_band(plain):
    assert [band.status for band in plain] == [REPLAYED] * len(CASES)
    for row, band in zip(CASES, plain, strict=True):
        assert list(band.values) == sorted(band.values)
        last_known = pd.Timestamp(row.known_until) - pd.offsets.MonthBegin(2)
        assert band.forecast_origin == np.datetime64(f"{last_known:%Y-%m}", "M")


def test_changing_what_became_known_later_changes_no_earlier_band(plain):
    day = date(2021, 8, 31)
    changed = own_bands(CASES, histories(changed_after=day), SETTINGS)
    for row, before, after in zip(CASES, plain, changed, strict=True):
        assert (before == after) == (row.known_until <= day)


def test_a_calendar_year_is_its_observed_months_plus_paths(plain):
    place = next(n for n, row in enumerate(CASES) if (row.target_year, row.words) == (2022, "2022-09"))
    known = invented(CASES[place].known_until).observations
    seen = known.loc[known["period"].dt.year == 2022]
    band = plain[place]
    assert (band.observed_months, band.observed_persons) == (seen["period"].nunique(), seen["observed"].sum())
    # A level series: five twelfths of a year are still to come, give or take.
    assert band.at(0.5) / band.observed_persons == pytest.approx(12 / band.observed_months, rel=0.1)
    assert all(value >= band.observed_persons for value in band.values)


def test_a_year_that_has_not_begun_counts_its_own_twelve_months_only(plain):
    place = next(n for n, row in enumerate(CASES) if (row.target_year, row.words) == (2023, "2022-09"))
    assert plain[place].observed_months == 0
    assert plain[place].at(0.5) == pytest.approx(12 * 800 * 6, rel=0.15)


def test_a_part_that_was_unknown_is_named():
    found = own_bands(CASES[:1], histories(without="asylum_nareis"), SETTINGS)
    assert found[0].status == "no band: no month was known of asylum_nareis"
    assert np.isnan(found[0].values).all()


def test_a_part_that_ended_long_before_the_others_gives_no_band():
    late = own_bands(CASES, histories(ends={"asylum_nareis": "2021-01-31"}), SETTINGS)
    by_day = {row.known_until: band.status for row, band in zip(CASES, late, strict=True)}
    assert by_day[date(2016, 8, 31)] == REPLAYED
    assert by_day[date(2021, 8, 31)] == "no band: the parts of the total had no newest month in common on that day"
    assert by_day[date(2022, 8, 31)] == by_day[date(2021, 8, 31)]


def test_a_day_before_anything_was_known_and_settings_without_the_total():
    assert own_bands(CASES[:1], {}, SETTINGS)[0].status == "no band: nothing was known on that day"
    streams = tuple(stream for stream in SETTINGS.streams if stream.series_id != "asylum")
    other = SETTINGS.model_copy(update={"streams": streams})
    assert "no stream asylum" in own_bands(CASES[:1], histories(), other)[0].status


def test_a_release_shows_nothing_that_was_published_after_it():
    known = invented(date(2021, 12, 31))
    days = official_days(SETTINGS, [date(2014, 3, 1), known.vintage])
    record = official_record_table({day: invented(day) for day in days}, known, SETTINGS)
    assert max(days) <= known.vintage
    assert record["vintage"].max() <= pd.Timestamp(known.vintage)
    assert set(record["target_year"]) == {2016, 2017, 2022}
    assert record.loc[record["target_year"] == 2022, "outcome"].isna().all()
    own_2016 = known.observations[known.observations["period"].dt.year == 2016]["observed"].sum()
    assert set(record.loc[record["target_year"] == 2016, "own_counted"]) == {float(own_2016)}


def test_no_day_is_asked_for_before_something_was_known():
    days = official_days(SETTINGS, [date(2019, 5, 1), date(2026, 1, 30)])
    assert min(days) >= date(2019, 5, 1)
    assert days == sorted(set(days))
    assert official_days(SETTINGS, [date(2014, 1, 1), date(2014, 6, 30)]) == []
