"""Bands and points beside outcomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.evaluation.official_record import (
    OWN_LEVELS,
    RECORD_COLUMNS,
    OwnBand,
    held,
    record_table,
    tally,
)
from indforecast.publication.tables import csv_bytes, parquet_bytes, read_parquet
from indforecast.reference.official_vintages import OfficialForecast

LATE = date(2030, 1, 1)
OURS = OwnBand((50.0, 60.0, 80.0, 100.0, 120.0, 140.0, 150.0), forecast_origin=np.datetime64("2019-08", "M"))


def official(**changes: object) -> OfficialForecast:
    row = OfficialForecast(
        target_year=2020,
        words="2019-10",
        known_until=date(2019, 9, 30),
        day_from="the month before",
        minimum=90.0,
        point=100.0,
        maximum=110.0,
        outcome=130.0,
        outcome_words="130",
        definition="total",
        counts_otherwise=False,
        source_forecast="a",
        source_outcome="b",
    )
    return replace(row, **changes)


def test_scores_by_hand():
    row = record_table([official()], [OURS], vintage=LATE).iloc[0]
    # Width plus 2 / alpha times the miss; theirs is one band at every alpha, ours has its own interval of each.
    assert row["official_interval_score_80"] == 20 + 10 * 20
    assert row["official_interval_score_90"] == 20 + 20 * 20
    assert row["official_interval_score_50"] == 20 + 4 * 20
    assert row["own_interval_score_80"] == 80
    assert row["own_interval_score_90"] == 100
    assert row["own_interval_score_50"] == 40 + 4 * 10
    assert (row["official_absolute_error"], row["own_absolute_error"]) == (30, 30)
    assert (row["official_held"], row["own_held"]) == ("above", "inside")


def test_a_point_alone_has_an_absolute_error_and_nothing_else():
    point = official(minimum=np.nan, maximum=np.nan)
    row = record_table([point], [OURS], vintage=LATE).iloc[0]
    assert row["official_absolute_error"] == 30
    assert np.isnan(row["official_interval_score_80"])
    assert row["official_held"] == ""
    assert row["own_held"] == "inside"


def test_an_outcome_is_not_shown_before_it_could_be_known():
    before = record_table([official()], [OURS], vintage=date(2021, 1, 29)).iloc[0]
    assert np.isnan(before["outcome"])
    assert (before["outcome_as_written"], before["source_outcome"], before["own_held"]) == ("", "", "")
    assert np.isnan(before["own_interval_score_80"])
    assert record_table([official()], [OURS], vintage=date(2021, 1, 30)).iloc[0]["outcome"] == 130


def test_without_a_band_of_ours_the_reason_stands_there():
    record = record_table([official()], [OwnBand.none("no band: nothing was known")], vintage=LATE)
    assert record["own_status"].tolist() == ["no band: nothing was known"]
    assert record.filter(regex="^own_(m|lower|upper|interval|absolute)").isna().all(axis=None)
    assert record["official_held"].tolist() == ["above"]
    assert record["forecast_origin"].isna().all()


def test_ends_of_a_band_are_inside():
    assert [held(1, 2, outcome) for outcome in (0.5, 1, 2, 3, np.nan)] == [
        "below",
        "inside",
        "inside",
        "above",
        "",
    ]


def test_the_tally_counts_each_side_on_its_own_and_both_where_both_are():
    low = official(outcome=80.0)
    record = record_table(
        [official(), low, official(), official(minimum=np.nan)],
        [OURS, OURS, OwnBand.none("no"), OURS],
        vintage=LATE,
    )
    found = tally(record)
    assert (found.cases, found.official_inside, found.below) == (3, 0, 1)
    assert (found.shared, found.shared_official_inside, found.shared_own_inside) == (2, 0, 2)


@pytest.mark.parametrize("rows", [0, 1])
def test_the_table_has_its_columns_and_survives_being_published(rows: int):
    record = record_table(
        [official()] * rows, [OwnBand.none("no")] * rows, vintage=LATE, own_counted={2020: 131.0}
    )
    assert tuple(record.columns) == RECORD_COLUMNS
    assert csv_bytes(record).count(b"\n") == rows + 1
    pd.testing.assert_frame_equal(read_parquet(parquet_bytes(record)), record, check_dtype=False)


def test_as_many_bands_as_forecasts():
    with pytest.raises(ValueError, match="1 official forecasts and 0 bands"):
        record_table([official()], [], vintage=LATE)


def test_levels_hold_both_ends_of_every_interval():
    assert tuple(sorted(OWN_LEVELS)) == OWN_LEVELS
    assert {round(1 - level, 3) for level in OWN_LEVELS} == set(OWN_LEVELS)
