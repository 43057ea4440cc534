import pyarrow as pa
import pytest

from indforecast.domain.errors import ConfigError, StoreUnavailable
from indforecast.vintages.failures import WriteConflict
from indforecast.vintages.tables import Table

ROWS = pa.table({"day": [1, 2], "text": ["a", "b"]})


@pytest.fixture
def table(tmp_path):
    return Table(str(tmp_path), "observations")


def test_absent_then_there(tmp_path, table):
    assert table.refresh() == -1
    assert not list(tmp_path.iterdir())
    assert table.append(ROWS) == 0
    assert table.append(ROWS) == 1
    assert Table(str(tmp_path), "observations").refresh() == 1
    assert table.read().num_rows == 4
    assert table.read(["text"]).column_names == ["text"]


def test_reading_before_it_exists_is_a_mistake_of_ours(table):
    with pytest.raises(ValueError, match="does not exist"):
        table.read()


def test_a_reader_keeps_its_version_until_it_refreshes(tmp_path, table):
    table.append(ROWS)
    reader = Table(str(tmp_path), "observations")
    reader.refresh()
    table.append(ROWS)
    assert reader.read().num_rows == 2
    assert reader.refresh() == 1
    assert reader.read().num_rows == 4


def test_a_writer_that_decided_on_an_old_version_is_refused(tmp_path, table):
    table.append(ROWS)
    other = Table(str(tmp_path), "observations")
    other.refresh()
    table.append(ROWS)
    with pytest.raises(WriteConflict):
        other.append(ROWS)
    assert other.refresh() == 1
    assert other.read().num_rows == 4
    assert other.append(ROWS) == 2


def test_two_that_create_at_once_conflict(tmp_path, table):
    other = Table(str(tmp_path), "observations")
    assert other.refresh() == table.refresh() == -1
    table.append(ROWS)
    with pytest.raises(WriteConflict):
        other.append(ROWS)
    assert other.refresh() == 0


def test_rows_cannot_be_deleted_or_changed(table):
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    table.append(ROWS)
    with pytest.raises(DeltaError, match="append-only"):
        DeltaTable(table.uri).delete("day = 1")
    with pytest.raises(DeltaError, match="append-only"):
        DeltaTable(table.uri).update({"text": "'z'"})


def test_the_log_is_kept_for_good(table):
    from deltalake import DeltaTable

    table.append(ROWS)
    assert DeltaTable(table.uri).metadata().configuration["delta.enableExpiredLogCleanup"] == "false"


def test_only_wanted_partitions_are_read(tmp_path):
    table = Table(str(tmp_path), "forecasts", partition_by=["text"])
    table.append(ROWS)
    assert table.read(["day"], [("text", "=", "b")]).column("day").to_pylist() == [2]


@pytest.mark.parametrize("folder", ["plain", "with space", "één#:x", "a+b&c=d"])
def test_folders_with_unusual_names(tmp_path, folder):
    table = Table(str(tmp_path / folder), "observations")
    table.append(ROWS)
    assert Table(str(tmp_path / folder), "observations").refresh() == 0
    assert (tmp_path / folder / "observations" / "_delta_log").is_dir()
    assert [entry.name for entry in tmp_path.iterdir()] == [folder]


def test_a_relative_folder_is_below_the_current_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Table("tables", "observations").append(ROWS)
    assert (tmp_path / "tables" / "observations").is_dir()


def test_a_percent_sign_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(StoreUnavailable, match="percent sign"):
        Table(str(tmp_path / "a%20b"), "observations")


def test_a_url_is_handed_through_untouched():
    assert Table("s3://bucket/pre%20fix/", "observations").uri == "s3://bucket/pre%20fix/observations"


def test_a_file_url_is_a_place_for_tables(tmp_path):
    table = Table(f"{(tmp_path / 'with space').as_uri()}/", "observations")
    table.append(ROWS)
    assert table.append(ROWS) == 1
    assert (tmp_path / "with space" / "observations" / "_delta_log").is_dir()


@pytest.mark.parametrize("root", ["ftp://host/x", "foo bar://x", "memory://x"])
def test_an_address_of_another_kind_is_refused(root):
    with pytest.raises(ConfigError, match="INDFORECAST_STORE"):
        Table(root, "observations")


def test_an_unreachable_object_store_is_one_sentence(monkeypatch):
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ALLOW_HTTP": "true", "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_MAX_RETRIES": "0",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    # The scheme of the address is refused before anything is sent: nothing waits for a network here.
    monkeypatch.setenv("AWS_ALLOW_HTTP", "false")
    with pytest.raises(StoreUnavailable, match=r"cannot be reached, at table 'observations' in s3://bucket/x"):
        Table("s3://bucket/x", "observations").refresh()


def damaged(folder, how):
    parquet = next(folder.glob("*.parquet"))
    log = folder / "_delta_log" / "00000000000000000000.json"
    if how == "a data file is gone":
        parquet.unlink()
    elif how == "a data file is cut":
        parquet.write_bytes(parquet.read_bytes()[:100])
    elif how == "a data file is empty":
        parquet.write_bytes(b"")
    elif how == "the log is not JSON":
        log.write_bytes(b"{{{")
    else:
        log.unlink()
        log.with_name("00000000000000000001.json").write_bytes(b"")


@pytest.mark.parametrize(
    "how",
    [
        "a data file is gone",
        "a data file is cut",
        "a data file is empty",
        "the log is not JSON",
        "the log has a gap",
    ],
)
def test_damage_is_one_sentence(tmp_path, table, how):
    table.append(ROWS)
    damaged(tmp_path / "observations", how)
    with pytest.raises(StoreUnavailable, match="damaged") as caught:
        fresh = Table(str(tmp_path), "observations")
        fresh.refresh()
        fresh.read()
    assert "\n" not in str(caught.value)


def test_what_is_reported_as_done_is_on_the_disk(tmp_path, table, monkeypatch):
    from indforecast.vintages import tables

    settled = []
    monkeypatch.setattr(tables, "settle", settled.extend)
    table.append(ROWS)
    table.append(ROWS)
    written = {path for path in (tmp_path / "observations").rglob("*") if path.suffix in (".json", ".parquet")}
    assert set(settled) == written
    assert len(settled) == 4


def test_a_folder_is_read_through_arrows_own_file_system(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Through Delta Lake's own, written in Python, the process may abort when it ends soon after reading.
    from deltalake import DeltaTable
    from pyarrow.fs import SubTreeFileSystem

    table = Table(str(tmp_path), "numbers")
    table.refresh()
    table.append(pa.table({"n": [1]}))
    used: list[object] = []
    real = DeltaTable.to_pyarrow_table

    def watched(self: DeltaTable, **options: object) -> object:
        used.append(options["filesystem"])
        return real(self, **options)

    monkeypatch.setattr(DeltaTable, "to_pyarrow_table", watched)
    table.refresh()
    assert table.read().to_pydict() == {"n": [1]}
    assert isinstance(used[0], SubTreeFileSystem)
