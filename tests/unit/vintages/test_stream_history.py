"""An indicator is known and moves nothing that a forecast rests on."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from indforecast.domain.errors import NotFound
from indforecast.sources.protocol import StagedDelivery
from indforecast.vintages.store import Store
from indforecast.vintages.stream_history import StreamHistory

STREAMS = ("asylum", "asylum_first")
HEAD = ["series_id", "period", "observed", "basis", "definition", "source", "available_from"]


def append(store: Store, name: str, *said: tuple[str, str, str]) -> None:
    """Series, month, day."""
    frame = pd.DataFrame(
        [
            (series, pd.Timestamp(f"{month}-01"), 100, "published", series.split(".")[0], "x", pd.Timestamp(day))
            for series, month, day in said
        ],
        columns=HEAD,
    )
    store.append(StagedDelivery(name[0] * 64, name, "a publisher", frame))


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    append(
        store, "a.csv", ("asylum_first", "2026-01", "2026-02-20"), ("asylum_first.SYR", "2026-01", "2026-02-25")
    )
    return store


def test_without_indicators_nothing_differs(store):
    streams = StreamHistory(store, STREAMS)
    assert streams.as_of().vintage == store.as_of().vintage == date(2026, 2, 25)
    pd.testing.assert_frame_equal(streams.as_of().observations, store.as_of().observations)
    assert streams.vintages() == store.vintages()
    pd.testing.assert_frame_equal(streams.deliveries(), store.deliveries())


def test_an_indicator_moves_neither_cut_off_nor_rows_nor_deliveries(store):
    streams = StreamHistory(store, STREAMS)
    before = (streams.as_of(), streams.vintages(), streams.deliveries())
    append(
        store, "b.csv", ("borders", "2025-06", "2025-08-01"), ("borders.SYR", "2026-01", "2026-03-05"),
        ("borders", "2026-02", "2026-03-05"),
    )  # fmt: skip
    assert store.newest_vintage() == date(2026, 3, 5)
    assert streams.newest_vintage() == before[0].vintage
    pd.testing.assert_frame_equal(streams.as_of().observations, before[0].observations)
    pd.testing.assert_frame_equal(streams.as_of(date(2026, 12, 31)).observations, before[0].observations)
    assert streams.as_of(date(2026, 12, 31)).vintage == before[0].vintage
    assert streams.vintages() == before[1]
    pd.testing.assert_frame_equal(streams.deliveries(), before[2])
    assert [known.vintage for known in streams.as_ofs([date(2026, 2, 20), date(2026, 12, 31)])] == [
        date(2026, 2, 20), date(2026, 2, 25),
    ]  # fmt: skip


def test_a_delivery_of_both_is_behind_the_forecast(store):
    append(store, "b.csv", ("borders", "2026-01", "2026-03-05"), ("asylum", "2026-01", "2026-03-01"))
    streams = StreamHistory(store, STREAMS)
    assert len(streams.deliveries()) == 2
    assert streams.newest_vintage() == date(2026, 3, 1)


def test_a_day_on_which_only_an_indicator_was_known_knows_nothing(store):
    append(store, "b.csv", ("borders", "2025-01", "2025-02-20"))
    with pytest.raises(NotFound, match="of any stream on 2025-02-20"):
        StreamHistory(store, STREAMS).as_of(date(2025, 3, 1))


def test_the_newest_day_of_a_file_is_that_of_its_streams(store):
    streams = StreamHistory(store, STREAMS)
    rows = pd.DataFrame(
        {
            "series_id": ["asylum_first.SYR", "borders", "asylum"],
            "available_from": pd.to_datetime(["2026-03-01", "2026-04-01", "2026-02-01"]),
        }
    )
    assert streams.newest_in(rows) == date(2026, 3, 1)
    assert streams.newest_in(rows[rows["series_id"] == "borders"]) is None


def test_an_empty_store_has_no_vintage(tmp_path):
    streams = StreamHistory(Store(tmp_path), STREAMS)
    assert streams.newest_vintage() is None
    assert streams.deliveries().empty


def test_a_name_that_merely_begins_alike_is_no_stream(store):
    append(store, "b.csv", ("asylum_firsts", "2026-01", "2026-03-01"), ("asylums.SYR", "2026-01", "2026-03-02"))
    assert StreamHistory(store, STREAMS).newest_vintage() == date(2026, 2, 25)
    assert set(StreamHistory(store, STREAMS).as_of().observations["series_id"]) == {
        "asylum_first",
        "asylum_first.SYR",
    }
