import errno
import os
from datetime import date

import pandas as pd
import pytest

from indforecast.domain.errors import InputError, NotFound, StoreLocked, StoreUnavailable
from indforecast.vintages import atomic
from indforecast.vintages.store import Store

FIRST = ("students", "2025-12", 100, "2026-01-20")
REVISED = ("students", "2025-12", 110, "2026-02-20")
NEXT = ("students", "2026-01", 90, "2026-02-20")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def versions(home):
    return {path.parent.parent.name: path.name for path in sorted(home.rglob("_delta_log/*.json"))}


def test_making_a_store_touches_nothing(tmp_path):
    store = Store(tmp_path / "home")
    assert store.newest_vintage() is None
    assert store.vintages() == []
    assert store.deliveries().empty
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "question", [lambda s: s.as_of(), lambda s: s.as_ofs([date(2026, 1, 1)]), lambda s: s.revisions()]
)
def test_an_empty_store_says_what_to_run(store, question):
    with pytest.raises(NotFound, match=r"holds no observations yet\..*indforecast run"):
        question(store)


def test_a_delivery_goes_in(store, delivery):
    staged = delivery(FIRST, NEXT, publisher="IND")
    result = store.append(staged)
    assert (result.rows_added, result.rows_known, result.vintage) == (2, 0, date(2026, 2, 20))
    assert result.delivery_id == staged.delivery_id
    assert store.as_of().observations["observed"].tolist() == [100, 90]
    assert store.as_of().observations["delivery_id"].tolist() == [staged.delivery_id] * 2
    assert store.revisions()["publisher"].tolist() == ["IND", "IND"]
    assert store.newest_vintage() == date(2026, 2, 20)
    assert store.vintages() == [date(2026, 1, 20), date(2026, 2, 20)]


def test_the_same_file_twice_changes_nothing(tmp_path, store, delivery):
    store.append(delivery(FIRST, NEXT))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "tables").rglob("*")}
    result = Store(tmp_path).append(delivery(FIRST, NEXT))
    assert (result.rows_added, result.rows_known) == (0, 2)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "tables").rglob("*")} == before


def test_another_file_adds_only_what_is_new(store, delivery):
    store.append(delivery(FIRST, name="january.csv"))
    result = store.append(delivery(FIRST, REVISED, NEXT, name="february.csv", source="yearbook"))
    assert (result.rows_added, result.rows_known) == (2, 1)
    assert store.revisions()["source"].tolist() == ["press release", "yearbook", "yearbook"]
    register = store.deliveries()
    assert register["name"].tolist() == ["january.csv", "february.csv"]
    assert register["rows"].tolist() == [1, 3]
    assert register["rows_added"].tolist() == [1, 2]
    assert register["first_vintage"].tolist() == [pd.Timestamp("2026-01-20")] * 2
    assert register["last_vintage"].tolist() == [pd.Timestamp("2026-01-20"), pd.Timestamp("2026-02-20")]


def test_a_file_that_says_nothing_new_is_registered_once(tmp_path, store, delivery):
    store.append(delivery(FIRST, name="a.csv"))
    assert store.append(delivery(FIRST, name="b.csv")).rows_added == 0
    before = versions(tmp_path)
    assert store.append(delivery(FIRST, name="b.csv")).rows_known == 1
    assert versions(tmp_path) == before
    assert store.deliveries()[["name", "rows_added"]].to_numpy().tolist() == [["a.csv", 1], ["b.csv", 0]]


def test_a_changed_figure_under_a_known_key_is_refused_whole(tmp_path, store, delivery):
    first = delivery(FIRST)
    store.append(first)
    before = versions(tmp_path)
    with pytest.raises(InputError) as caught:
        store.append(delivery(NEXT, (*FIRST[:2], 101, FIRST[3]), name="other.csv"))
    sentence = str(caught.value)
    assert "'other.csv', line 3, says another count for students in 2025-12 as known from 2026-01-20" in sentence
    assert f"than stands in the store (delivery {first.delivery_id[:12]})" in sentence
    assert "101" not in sentence
    assert versions(tmp_path) == before
    assert len(store.as_of().observations) == 1


def test_the_same_bytes_read_with_another_day_are_one_delivery(store, delivery):
    store.append(delivery(FIRST, content="same"))
    store.append(delivery((*FIRST[:3], "2026-03-20"), content="same"))
    (row,) = store.deliveries().to_dict("records")
    assert (row["rows"], row["rows_added"]) == (2, 2)
    assert (row["first_vintage"], row["last_vintage"]) == (pd.Timestamp("2026-01-20"), pd.Timestamp("2026-03-20"))


def test_a_delivery_without_rows(store, delivery):
    with pytest.raises(InputError, match="no observations"):
        store.append(delivery())


def test_as_ofs_are_as_of_in_the_order_asked(store, delivery):
    store.append(delivery(FIRST, REVISED, NEXT))
    days = [date(2026, 3, 1), date(2026, 1, 31)]
    both = store.as_ofs(days)
    assert [history.vintage for history in both] == [date(2026, 2, 20), date(2026, 1, 20)]
    for day, history in zip(days, both, strict=True):
        pd.testing.assert_frame_equal(history.observations, store.as_of(day).observations)


def test_what_another_store_object_wrote_is_seen(tmp_path, store, delivery):
    store.append(delivery(FIRST))
    assert store.newest_vintage() == date(2026, 1, 20)
    Store(tmp_path).append(delivery(NEXT))
    assert store.newest_vintage() == date(2026, 2, 20)


def test_a_delivery_appears_with_the_commit_of_its_rows(tmp_path, store, delivery, monkeypatch):
    """Killed after the register, before the rows: as before; run again: as after."""
    store.append(delivery(FIRST, name="a.csv"))
    killed = Store(tmp_path)

    def kill(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(killed._observations, "append", kill)
    with pytest.raises(KeyboardInterrupt):
        killed.append(delivery(NEXT, name="b.csv"))
    assert store.deliveries()["name"].tolist() == ["a.csv"]
    assert store.vintages() == [date(2026, 1, 20)]
    # Meanwhile another file brings part of the same rows, so that the intention no longer holds.
    store.append(delivery(NEXT, ("students", "2026-02", 5, "2026-02-20"), name="c.csv"))
    assert store.deliveries()["name"].tolist() == ["a.csv", "c.csv"]
    assert store.append(delivery(NEXT, name="b.csv")).rows_added == 0
    assert store.deliveries()["name"].tolist() == ["a.csv", "b.csv", "c.csv"]
    assert store.deliveries()["rows_added"].tolist() == [1, 0, 2]


def test_a_writer_on_another_machine_is_waited_out(tmp_path, store, delivery, monkeypatch):
    """Two homes share tables: no lock between them, so the commit itself must notice."""
    tables = str(tmp_path / "shared")
    here, there = Store(tmp_path / "here", tables), Store(tmp_path / "there", tables)
    here.append(delivery(FIRST, name="a.csv"))
    once = here._observations.append
    calls = []

    def late(rows):
        if not calls:
            calls.append(1)
            there.append(delivery(NEXT, REVISED, name="b.csv"))
        return once(rows)

    monkeypatch.setattr(here._observations, "append", late)
    result = here.append(delivery(NEXT, ("students", "2026-02", 5, "2026-03-20"), name="c.csv"))
    assert (result.rows_added, result.rows_known) == (1, 1)
    assert len(there.revisions()) == 4
    assert there.deliveries()[["name", "rows_added"]].to_numpy().tolist() == [
        ["a.csv", 1],
        ["b.csv", 2],
        ["c.csv", 1],
    ]


def test_an_entry_that_two_machines_wrote_counts_once(store, delivery):
    store.append(delivery(FIRST))
    store._register.append(store._register.read())
    assert store.deliveries()["rows"].tolist() == [1]


def test_a_writer_that_never_stops_is_reported(store, delivery, monkeypatch):
    from indforecast.vintages.failures import WriteConflict

    def always(_):
        raise WriteConflict

    monkeypatch.setattr(store._register, "append", always)
    with pytest.raises(StoreLocked, match="Another machine keeps writing"):
        store.append(delivery(FIRST))


@pytest.mark.parametrize(
    "write",
    [
        lambda store, staged: store.append(staged),
        lambda store, staged: store.keep_raw(b"x", "x.csv"),
        lambda store, staged: store.write_forecasts(pd.DataFrame(), code="c"),
    ],
)
def test_every_writer_takes_the_lock(tmp_path, store, delivery, write):
    with Store(tmp_path).lock(), pytest.raises(StoreLocked, match=str(os.getpid())):
        write(store, delivery(FIRST))
    with store.lock():
        store.append(delivery(FIRST))


def test_readers_do_not_wait(tmp_path, store, delivery):
    store.append(delivery(FIRST))
    with store.lock():
        assert Store(tmp_path).newest_vintage() == date(2026, 1, 20)


def test_tables_may_stand_at_a_url(tmp_path, delivery):
    store = Store(tmp_path / "home", (tmp_path / "bucket").as_uri())
    store.append(delivery(FIRST))
    store.keep_raw(b"x", "x.csv")
    assert (tmp_path / "bucket" / "observations" / "_delta_log").is_dir()
    assert not (tmp_path / "home" / "tables").exists()
    assert (tmp_path / "home" / "raw").is_dir()
    assert Store(tmp_path / "home", (tmp_path / "bucket").as_uri()).newest_vintage() == date(2026, 1, 20)


def test_raw_copies_come_back(store):
    assert store.read_raw(store.keep_raw(b"a;b", "x/y.csv")) == ("y.csv", b"a;b")


def test_a_full_disk_below_the_raw_copies(store, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(StoreUnavailable, match="disk is full"):
        store.keep_raw(b"x", "x.csv")


def test_a_full_disk_below_delta_lake(store, delivery, monkeypatch):
    import deltalake

    store.append(delivery(FIRST))

    def full(*_, **__):
        raise deltalake.exceptions.DeltaError(
            "Generic LocalFileSystem error: No space left on device (os error 28)"
        )

    monkeypatch.setattr(deltalake, "write_deltalake", full)
    with pytest.raises(StoreUnavailable, match=r"^The disk is full: table 'deliveries'"):
        store.append(delivery(NEXT))
    monkeypatch.undo()
    assert store.deliveries()["rows"].tolist() == [1]
    assert store.append(delivery(NEXT)).rows_added == 1
