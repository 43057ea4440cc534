from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.domain.errors import StoreLocked
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.vintages.failures import WriteConflict
from indforecast.vintages.forecasts import FORECAST_COLUMNS, ForecastTable


def forecasts(*, model="ets", horizons=3, input_hash="h1", start=0.0):
    return pd.DataFrame(
        {
            "vintage": date(2026, 1, 31),
            "forecast_origin": date(2025, 12, 1),
            "model": model,
            "series_id": "students",
            "horizon": np.arange(1, horizons + 1),
            "quantiles": [start + horizon + np.arange(len(HUB_LEVELS)) for horizon in range(horizons)],
            "input_hash": input_hash,
            "failure": None,
        }
    )


@pytest.fixture
def table(tmp_path):
    return ForecastTable(str(tmp_path))


def test_empty_at_first(table):
    assert table.read(code="c1").empty
    assert list(table.read(code="c1").columns) == list(FORECAST_COLUMNS)


def test_rows_come_back_in_order(table):
    assert table.write(forecasts(model="prophet"), code="c1") == 3
    assert table.write(forecasts(model="ets").iloc[::-1], code="c1") == 3
    rows = table.read(code="c1")
    assert list(rows.columns) == list(FORECAST_COLUMNS)
    assert list(zip(rows["model"], rows["horizon"], strict=True)) == [
        ("ets", 1), ("ets", 2), ("ets", 3), ("prophet", 1), ("prophet", 2), ("prophet", 3),
    ]  # fmt: skip
    np.testing.assert_array_equal(np.stack(list(rows["quantiles"]))[:, 0], [0, 1, 2, 0, 1, 2])
    assert rows["quantiles"].iloc[0].dtype == np.float64
    assert rows["horizon"].dtype == np.int32
    assert rows["vintage"].tolist() == [pd.Timestamp("2026-01-31")] * 6
    assert rows["forecast_origin"].tolist() == [pd.Timestamp("2025-12-01")] * 6
    assert rows["failure"].isna().all()


def test_only_what_is_new_is_added(tmp_path, table):
    table.write(forecasts(horizons=2), code="c1")
    versions = len(list(tmp_path.rglob("*.json")))
    assert table.write(forecasts(horizons=2, start=100), code="c1") == 0
    assert len(list(tmp_path.rglob("*.json"))) == versions
    assert table.write(forecasts(horizons=3, start=100), code="c1") == 1
    assert [values[0] for values in table.read(code="c1")["quantiles"]] == [0, 1, 102]


def test_a_row_that_stands_twice_is_kept_once(table):
    twice = pd.concat([forecasts(), forecasts()], ignore_index=True)
    assert table.write(twice, code="c1") == 3


def test_every_code_has_its_own(table):
    table.write(forecasts(), code="c1")
    assert table.write(forecasts(start=7), code="c2") == 3
    assert table.read(code="c2")["quantiles"].iloc[0][0] == 7
    assert len(table.read(code="c1")) == 3
    both = pd.concat([forecasts().assign(code="c1"), forecasts(input_hash="h2").assign(code="c3")])
    assert table.write(both) == 3
    assert set(table.read(code="c3")["input_hash"]) == {"h2"}


@pytest.mark.parametrize("code", ["a/b", "x=y z", "é%20"])
def test_any_text_is_a_code(table, code):
    table.write(forecasts(), code=code)
    assert len(table.read(code=code)) == 3
    assert table.write(forecasts(), code=code) == 0


def test_failures_are_kept(table):
    failed = forecasts(horizons=3)
    failed["failure"] = ["no convergence", None, "flat"]
    failed["quantiles"] = [None, failed["quantiles"][1], [float("nan")] * len(HUB_LEVELS)]
    table.write(failed, code="c1")
    rows = table.read(code="c1")
    assert rows["failure"].tolist() == ["no convergence", None, "flat"]
    assert rows["quantiles"].iloc[0] is None
    assert rows["quantiles"].iloc[1][0] == 1
    assert np.isnan(rows["quantiles"].iloc[2]).all()


def test_all_failed(table):
    failed = forecasts(horizons=1).assign(failure="flat")
    failed["quantiles"] = [None]
    assert table.write(failed, code="c1") == 1


def test_nothing_to_write(tmp_path, table):
    assert table.write(forecasts().iloc[:0], code="c1") == 0
    assert table.write(pd.DataFrame(columns=list(FORECAST_COLUMNS)), code="c1") == 0
    assert not list(tmp_path.iterdir())


def test_mistakes_of_ours(table):
    with pytest.raises(ValueError, match="failure"):
        table.write(forecasts().drop(columns="failure"), code="c1")
    with pytest.raises(ValueError, match="which code"):
        table.write(forecasts())
    with pytest.raises(ValueError, match="empty text"):
        table.write(forecasts(), code="")
    short = forecasts()
    short["quantiles"] = [np.ones(3)] * 3
    with pytest.raises(ValueError, match="23 levels"):
        table.write(short, code="c1")


def test_a_writer_elsewhere_is_waited_out_but_not_for_ever(tmp_path, table, monkeypatch):
    other = ForecastTable(str(tmp_path))
    once = table._table.append
    calls = []

    def late(rows):
        if not calls:
            calls.append(1)
            other.write(forecasts(horizons=2), code="c1")
        return once(rows)

    monkeypatch.setattr(table._table, "append", late)
    assert table.write(forecasts(horizons=3), code="c1") == 1
    assert len(other.read(code="c1")) == 3

    def always(_):
        raise WriteConflict

    monkeypatch.setattr(table._table, "append", always)
    with pytest.raises(StoreLocked):
        table.write(forecasts(input_hash="h9"), code="c1")
