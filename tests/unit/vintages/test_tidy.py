"""Many small pieces become few: the same rows, in one commit that an append-only table allows."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from filelock import FileLock

from indforecast.domain.errors import NotFound, StoreUnavailable
from indforecast.vintages import tables
from indforecast.vintages.store import Store
from indforecast.vintages.tables import Table


def piece(number, rows=2):
    return pa.table({"text": [f"s{row}" for row in range(rows)], "number": [number] * rows})


def filled(tmp_path, pieces):
    table = Table(str(tmp_path), "observations")
    for number in range(pieces):
        table.append(piece(number))
    return table


def count(table):
    return len(table._open.file_uris())


def test_few_pieces_are_left_alone(tmp_path):
    table = filled(tmp_path, 16)
    assert not table.tidy("text")
    assert count(table) == 16


def test_the_same_rows_in_one_piece(tmp_path):
    table = filled(tmp_path, 17)
    before = sorted(map(tuple, table.read().to_pandas().to_numpy().tolist()))
    assert table.tidy("text")
    for looked_at in (table, Table(str(tmp_path), "observations")):
        looked_at.refresh()
        assert count(looked_at) == 1
        assert sorted(map(tuple, looked_at.read().to_pandas().to_numpy().tolist())) == before
    assert table.read().column("text").to_pylist() == ["s0"] * 17 + ["s1"] * 17
    assert table.append(piece(99)) > 17
    assert table.read().num_rows == 36


def test_a_large_piece_is_not_rewritten_for_a_few_small_ones(tmp_path):
    table = Table(str(tmp_path), "observations")
    table.append(piece(0, 1000))
    for number in range(1, 30):
        table.append(piece(number))
    assert not table.tidy("text")
    for number in range(30, 130):
        table.append(piece(number))
    assert table.tidy("text")
    assert count(table) == 1


def test_an_append_decided_before_the_rewriting_still_goes_through(tmp_path):
    table = filled(tmp_path, 17)
    other = Table(str(tmp_path), "observations")
    other.refresh()
    assert table.tidy("text")
    other.append(piece(17))
    table.refresh()
    assert table.read().num_rows == 36


def test_an_append_after_the_last_look_is_not_lost(tmp_path):
    table = filled(tmp_path, 17)
    late = Table(str(tmp_path), "observations")
    late.refresh()
    late.append(piece(17))
    # The handle of ``table`` still looks at the version before that append.
    assert table.tidy("text")
    table.refresh()
    assert table.read().num_rows == 36


def test_a_handle_that_looked_before_the_rewriting_does_not_do_it_again(tmp_path):
    """Delta Lake would let it through, and every row would stand twice."""
    table = filled(tmp_path, 17)
    other = Table(str(tmp_path), "observations")
    other.refresh()
    assert table.tidy("text")
    assert not other.tidy("text")
    assert other.read().num_rows == 34


def test_while_another_rewrites_nobody_else_does(tmp_path):
    table = filled(tmp_path, 17)
    with FileLock(tmp_path / "observations.tidy.lock"):
        assert not table.tidy("text")
    assert table.tidy("text")


def test_a_table_that_other_machines_may_write_is_left_alone(tmp_path):
    table = filled(tmp_path, 17)
    table._folder = None
    assert not table.tidy("text")


def test_what_was_rewritten_is_on_the_disk(tmp_path, monkeypatch):
    table = filled(tmp_path, 17)
    settled = []
    monkeypatch.setattr(tables, "settle", settled.extend)
    table.tidy("text")
    assert {path.name for path in settled} >= {uri.rsplit("/", 1)[1] for uri in table._open.file_uris()}


def test_a_condition_opens_only_pieces_that_can_meet_it(tmp_path):
    table = filled(tmp_path, 3)
    gone = next(uri for uri in table._open.file_uris() if piece_number(uri) == 0)
    tables.Path(gone.removeprefix("file://")).unlink()
    found = table.scan(["text", "number"], pc.field("number") == 2)
    assert found.column("number").to_pylist() == [2, 2]
    assert pa.types.is_dictionary(found.schema.field("text").type)
    with pytest.raises(StoreUnavailable):
        table.scan(["number"])


def piece_number(uri):
    import pyarrow.parquet as pq

    return pq.read_table(uri.removeprefix("file://")).column("number")[0].as_py()


def months(count, day):
    return [("students", f"20{15 + n // 12:02d}-{n % 12 + 1:02d}", n, day) for n in range(count)]


def test_the_store_tidies_itself_and_answers_as_before(tmp_path, delivery):
    store = Store(tmp_path)
    for number in range(40):
        day = f"2026-02-{number + 1:02d}" if number < 28 else f"2026-03-{number - 27:02d}"
        store.append(delivery(("students", "2025-12", number, day), ("asylum_first", "2025-12", number + 1, day)))
    fresh = Store(tmp_path)
    assert fresh.as_of().observations["observed"].tolist() == [40, 39]
    assert len(fresh.revisions()) == 80
    assert fresh.deliveries()["rows_added"].tolist() == [2] * 40
    assert len(fresh.vintages()) == 40
    assert count(fresh._observations) <= 17
    assert count(fresh._register) <= 17


def test_a_store_that_cannot_be_tidied_has_the_delivery_all_the_same(tmp_path, delivery, monkeypatch):
    def full(_self, _column):
        raise StoreUnavailable("The disk is full.")

    monkeypatch.setattr(Table, "tidy", full)
    store = Store(tmp_path)
    assert store.append(delivery(("students", "2025-12", 5, "2026-01-20"))).rows_added == 1
    assert len(store.deliveries()) == 1


def test_one_stream_is_the_same_as_that_stream_of_all(tmp_path, delivery):
    store = Store(tmp_path)
    store.append(delivery(*months(5, "2026-01-20"), ("asylum_first", "2025-12", 3, "2026-02-20")))
    store.append(delivery(("students", "2015-02", 77, "2026-02-21"), name="b.csv"))
    everything = store.as_of().observations
    one = store.as_of(series_ids=["students"])
    assert one.observations["observed"].tolist() == [0, 77, 2, 3, 4]
    whole = everything[everything["series_id"] == "students"].reset_index(drop=True)
    assert one.observations.to_dict("list") == whole.to_dict("list")
    assert one.observations.dtypes.to_dict() == whole.dtypes.to_dict()
    assert store.as_of(series_ids=["asylum_first"]).vintage.isoformat() == "2026-02-20"
    assert store.revisions(series_ids=["students"])["revision"].tolist() == [0, 0, 1, 0, 0, 0]
    with pytest.raises(NotFound, match="nothing of family"):
        store.as_of(series_ids=["family"])
    with pytest.raises(NotFound, match="holds no observations yet"):
        Store(tmp_path / "empty").as_of(series_ids=["family"])
