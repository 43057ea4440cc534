"""The table of tracks: a stream is the sum of its tracks on every path, and years are made of their months."""

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.planning.measures import ALL
from indforecast.planning.streams import run_stream
from indforecast.planning.timeline import Timeline
from indforecast.planning.track_table import TRACK_COLUMNS, track_table

STREAMS = load_settings().planning.streams
MONTHS = np.arange("2025-06", "2027-04", dtype="datetime64[M]")
YEARS = MONTHS[np.datetime64("2026-01") <= MONTHS]


@pytest.fixture(scope="module")
def streams():
    counts = np.repeat(np.random.default_rng(3).poisson(1800, (1, MONTHS.size)), 5, axis=0).astype(float)
    return [
        run_stream(name, Timeline(MONTHS, counts), STREAMS[name], max(STREAMS[name].open_cases))
        for name in ("asylum_first", "students")
    ]


@pytest.fixture(scope="module")
def table(streams):
    return track_table(streams, YEARS, (0.1, 0.5, 0.9))


def value(table, series_id, track, measure, year):
    [row] = table[
        (table["series_id"] == series_id)
        & (table["track"] == track)
        & (table["measure"] == measure)
        & (table["year"] == year)
    ].to_dict("records")
    return row


def test_every_track_measure_and_year_is_there_once(table):
    assert tuple(table.columns) == TRACK_COLUMNS
    assert not table.duplicated(["series_id", "track", "measure", "year"]).any()
    assert set(table.loc[table["series_id"] == "asylum_first", "track"]) == {
        ALL,
        *STREAMS["asylum_first"].track_order,
    }
    assert set(table.loc[table["series_id"] == "students", "track"]) == {ALL}
    assert value(table, "students", ALL, "decisions", 2027)["months"] == 3


@pytest.mark.parametrize("measure", ["decisions", "newly_late", "open_cases", "open_past_term"])
def test_tracks_add_up_to_the_stream_when_paths_are_equal(table, measure):
    parts = sum(
        value(table, "asylum_first", track, measure, 2026)["medio"]
        for track in STREAMS["asylum_first"].track_order
    )
    assert value(table, "asylum_first", ALL, measure, 2026)["medio"] == parts


def test_a_year_is_its_months(table, streams):
    queue, year = streams[0].queue, slice(7, 19)
    told = {name: value(table, "asylum_first", ALL, name, 2026)["medio"] for name in set(table["measure"])}
    assert told["decisions"] == queue.decisions[0, year].sum()
    assert told["open_cases"] == queue.open_cases[0, 18]
    assert told["mean_age"] == pytest.approx(queue.mean_age[0, 18], abs=0.05)
    in_term = queue.decided_in_term[0, year].sum() / queue.decisions[0, year].sum()
    assert told["share_in_term"] == pytest.approx(in_term, abs=5e-5)
