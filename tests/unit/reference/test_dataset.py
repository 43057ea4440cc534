"""The packaged data set is a delivery in canonical form."""

from __future__ import annotations

import pandas as pd

from indforecast.domain.observations import DELIVERY_COLUMNS, Basis
from indforecast.reference import figures
from indforecast.reference.dataset import read_delivery, reference_csv, reference_frame, write_delivery


def test_columns_and_types():
    frame = reference_frame()
    assert tuple(frame.columns) == DELIVERY_COLUMNS
    assert frame["observed"].dtype == "int64"
    assert frame["period"].dtype == frame["available_from"].dtype == "datetime64[ns]"
    assert frame["period"].dt.day.eq(1).all()
    assert not frame.isna().any().any()
    assert (frame[["basis", "definition", "source"]] != "").all().all()


def test_values_are_plausible_and_keys_unique():
    frame = reference_frame()
    assert (frame["observed"] >= 0).all()
    assert set(frame["basis"]) == {basis.value for basis in Basis}
    assert not frame.duplicated(["series_id", "period", "available_from"]).any()
    assert (frame["available_from"] > frame["period"] + pd.offsets.MonthEnd(0)).all()
    assert frame["available_from"].max() == pd.Timestamp("2026-01-30")


def test_every_series_has_one_definition():
    frame = reference_frame()
    assert frame.drop_duplicates(["series_id", "definition"])["series_id"].is_unique
    streams = frame["series_id"].str.split(".").str[0]
    assert (frame["definition"] == streams.map(figures.DEFINITIONS)).all()


def test_span_of_each_stream():
    spans = reference_frame().groupby("series_id")["period"].agg(["min", "max"])
    assert (spans["max"][spans.index != "asylum"] == pd.Timestamp("2025-12-01")).all()
    firsts = {str(name): f"{month:%Y-%m}" for name, month in spans["min"].items()}
    assert firsts["asylum_first"] == firsts["students"] == firsts["naturalisation"] == "2013-01"
    assert firsts["asylum_repeat"] == "2014-08"
    assert firsts["asylum_nareis"] == firsts["asylum_first.SYR"] == firsts["asylum_nareis.YEM"] == "2015-01"


def test_only_regular_streams_are_simulated():
    frame = reference_frame()
    simulated = set(frame.loc[frame["basis"] == Basis.SIMULATED, "series_id"])
    assert simulated == {"knowledge_migrants", "students", "naturalisation", "nareis_applications"}


def test_nationalities_never_exceed_their_published_total():
    frame = reference_frame()
    newest = frame.sort_values("available_from", kind="stable").groupby(["series_id", "period"])["observed"].last()
    for stream in ("asylum_first", "asylum_nareis"):
        parts = figures.nationality_figures()
        seven = parts[parts["stream"] == stream].groupby("period")["observed"].sum()
        # Seven figures rounded to 5 may overshoot by 17.
        assert (newest[stream][seven.index] + 17 >= seven).all()


def test_writing_and_reading_are_inverse_and_sorting_is_canonical():
    content = reference_csv()
    assert write_delivery(read_delivery(content)) == content
    shuffled = reference_frame().sample(frac=1, random_state=3)
    assert write_delivery(shuffled) == content
    assert len(content) < 3_000_000
