from __future__ import annotations

import io
from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.publication.tables import (
    check_tables,
    csv_bytes,
    parquet_bytes,
    paths_bytes,
    read_parquet,
    read_paths,
    records,
    table_sha256,
)
from tests.unit.publication.factory import release_inputs


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "series_id": ["asylum", None],
            "period": pd.to_datetime(["2026-01-01", "2026-02-01"]),
            "vintage": [date(2026, 1, 30), date(2026, 2, 28)],
            "horizon": np.array([1, 2], dtype=np.int32),
            "value": [0.1, np.nan],
            "medio": [1200.0, 1e6 / 3],
            "simulated": [True, False],
        }
    )


def test_csv_is_exactly_this(table: pd.DataFrame) -> None:
    assert csv_bytes(table).decode() == (
        "series_id,period,vintage,horizon,value,medio,simulated\n"
        "asylum,2026-01,2026-01-30,1,0.1,1200,true\n"
        ",2026-02,2026-02-28,2,,333333.333333333,false\n"
    )


def test_writing_leaves_the_table_as_it_was(table: pd.DataFrame) -> None:
    before = table.copy(deep=True)
    csv_bytes(table)
    parquet_bytes(table)
    pd.testing.assert_frame_equal(table, before)


def test_parquet_comes_back_whole(table: pd.DataFrame) -> None:
    back = read_parquet(parquet_bytes(table))
    assert list(back["period"]) == list(table["period"])
    assert list(back["vintage"]) == [pd.Timestamp("2026-01-30"), pd.Timestamp("2026-02-28")]
    assert back["series_id"].tolist() == ["asylum", None]
    assert back["medio"].tolist() == table["medio"].tolist()
    assert np.isnan(back["value"][1])
    assert back["simulated"].tolist() == [True, False]
    assert back["horizon"].dtype == np.int32


def test_bytes_depend_on_values_alone(table: pd.DataFrame) -> None:
    other = table.copy()
    other.index = pd.Index([7, 3])
    other["series_id"] = other["series_id"].astype("category")
    assert parquet_bytes(other) == parquet_bytes(table)
    assert csv_bytes(other) == csv_bytes(table)
    assert b"pandas" not in parquet_bytes(table)


def test_a_table_hash_sees_every_value(table: pd.DataFrame) -> None:
    digest = table_sha256(table)
    for column, value in (("medio", 1200.5), ("period", pd.Timestamp("2027-01-01")), ("simulated", False)):
        other = table.copy()
        other.loc[0, column] = value
        assert table_sha256(other) != digest


def test_an_empty_table_has_its_columns() -> None:
    empty = pd.DataFrame(columns=["series_id", "period", "medio"])
    assert csv_bytes(empty) == b"series_id,period,medio\n"
    assert list(read_parquet(parquet_bytes(empty)).columns) == ["series_id", "period", "medio"]


def test_paths_are_long_whole_and_in_order() -> None:
    paths = release_inputs().paths.isel(path=slice(0, 3), period=slice(0, 2))
    frame = read_parquet(paths_bytes(paths))
    assert list(frame.columns) == ["series_id", "path", "period", "inflow_persons"]
    assert frame["inflow_persons"].dtype == np.int32
    assert len(frame) == paths.size
    assert frame["inflow_persons"].tolist() == paths.to_numpy().ravel().tolist()
    first = frame.iloc[3]
    assert (first["series_id"], first["path"], first["period"]) == ("asylum", 1, pd.Timestamp("2026-02-01"))
    shuffled = paths.transpose("period", "series_id", "path")
    assert paths_bytes(shuffled) == paths_bytes(paths)


@pytest.mark.parametrize("bad", [0.5, -1.0, np.nan, np.inf, 2.0**31])
def test_paths_are_persons(bad: float) -> None:
    paths = release_inputs().paths.copy()
    paths[1, 2, 3] = bad
    with pytest.raises(ValueError, match="persons"):
        paths_bytes(paths)


def test_parquet_is_read_by_others_with_plain_types() -> None:
    import pyarrow.parquet as pq

    schema = pq.read_schema(io.BytesIO(paths_bytes(release_inputs().paths)))
    assert {name: str(schema.field(name).type) for name in schema.names} == {
        "series_id": "string",
        "path": "int32",
        "period": "date32[day]",
        "inflow_persons": "int32",
    }
    assert schema.metadata is None


def test_a_complete_set_of_tables_passes() -> None:
    inputs = release_inputs()
    check_tables({"history": inputs.history.observations, **inputs.tables})


def test_records_are_plain_rows(table: pd.DataFrame) -> None:
    assert [row["horizon"] for row in records(table)] == [1, 2]


def test_text_that_a_spreadsheet_would_run_is_neutralised_and_numbers_stay() -> None:
    cells = ["=1+1", "+31", "-2", "@SUM(A1)", "\tx", "a=b", "Côte d'Ivoire", None]
    frame = pd.DataFrame({"=text": cells, "value": [-1.5, *range(7)], "mixed": [-3, "-3", *[""] * 6]})
    lines = pd.read_csv(io.BytesIO(csv_bytes(frame)), dtype=str, keep_default_na=False)
    assert list(lines.columns) == ["'=text", "value", "mixed"]
    assert lines["'=text"].tolist() == [
        "'=1+1", "'+31", "'-2", "'@SUM(A1)", "'\tx", "a=b", "Côte d'Ivoire", "",
    ]  # fmt: skip
    assert lines["value"].tolist()[:2] == ["-1.5", "0"]
    assert lines["mixed"].tolist()[:2] == ["-3", "'-3"]
    assert b"'\rx" in csv_bytes(pd.DataFrame({"text": ["\rx"]}))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\uff20SUM(A1)", "'\uff20SUM(A1)"),
        ("\n=1+1", "'\n=1+1"),
        ("IND;=1+1;@x", "IND;'=1+1;'@x"),
        ("=1;=2", "'=1;'=2"),
        ("IND; zie 2024-01", "IND; zie 2024-01"),
        ("a=b;c", "a=b;c"),
        ("", ""),
    ],
)
def test_text_is_neutralised_at_every_place_where_a_cell_may_begin(text: str, written: str) -> None:
    frame = pd.DataFrame({"text": [text], "value": [1]})
    assert pd.read_csv(io.BytesIO(csv_bytes(frame)), dtype=str, keep_default_na=False)["text"].tolist() == [
        written
    ]


@pytest.mark.parametrize(("draws", "months"), [(80, 60), (3, 2), (1, 5), (4, 1), (1, 1)])
def test_paths_come_back_as_they_were(draws: int, months: int) -> None:
    paths = release_inputs().paths.isel(path=slice(0, draws), period=slice(0, months))
    inflow, periods = read_paths(paths_bytes(paths))
    assert list(inflow) == [str(name) for name in paths["series_id"].to_numpy()]
    for name, values in inflow.items():
        np.testing.assert_array_equal(values, paths.sel(series_id=name).to_numpy(), strict=True)
    np.testing.assert_array_equal(periods, paths["period"].to_numpy().astype("datetime64[M]"), strict=True)
