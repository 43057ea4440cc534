from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from indforecast.domain.errors import NotFound, StoreUnavailable
from indforecast.domain.files import sha256_hex
from indforecast.vintages.stages import Stages

DAY = date(2026, 1, 30)


@pytest.fixture
def stages(tmp_path):
    return Stages(tmp_path, DAY)


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "series_id": ["students", "asylum_first"],
            "period": pd.to_datetime(["2025-12-01", "2025-12-01"]),
            "observed": [1, 2],
            "value": [0.1, np.nan],
            "quantiles": [np.arange(3.0), np.ones(3)],
            "failure": [None, "no convergence"],
        }
    )


def test_a_frame_comes_back_as_it_was(stages, table):
    stages.write("base_forecasts", table)
    pd.testing.assert_frame_equal(stages.read("base_forecasts"), table)


def test_equal_frames_are_equal_bytes(tmp_path, table):
    digest = Stages(tmp_path / "a", DAY).write("t", table)
    noted = table.set_axis([7, 5]).copy()
    noted.attrs["made"] = "elsewhere"
    assert Stages(tmp_path / "b", DAY).write("t", noted) == digest
    path = tmp_path / "b" / "work" / "2026-01-30" / "t.parquet"
    assert sha256_hex(path.read_bytes()) == digest
    changed = table.assign(observed=[1, 3])
    assert Stages(tmp_path / "b", DAY).write("t", changed) != digest


def test_a_named_index_would_be_lost_and_is_refused(stages, table):
    with pytest.raises(ValueError, match="reset the index"):
        stages.write("t", table.set_index("series_id"))


def test_a_missing_stage_names_the_command(stages):
    assert not stages.has("history")
    with pytest.raises(NotFound, match=r"'history' of 2026-01-30.*indforecast run"):
        stages.read("history")
    with pytest.raises(NotFound, match="indforecast run"):
        stages.read_json("history")


def test_json_is_sorted_and_comes_back(stages):
    digest = stages.write_json("verdict", {"b": [1, 2], "a": "één", "day": DAY})
    assert stages.read_json("verdict") == {"a": "één", "b": [1, 2], "day": "2026-01-30"}
    assert stages.write_json("verdict", {"day": DAY, "a": "één", "b": [1, 2]}) == digest
    assert stages.has("verdict")


def test_vintages_are_kept_apart(tmp_path, table):
    Stages(tmp_path, DAY).write("t", table)
    assert not Stages(tmp_path, date(2026, 2, 20)).has("t")
    assert Stages(tmp_path, pd.Timestamp("2026-01-30 12:00")).has("t")
    assert not Stages(tmp_path, "verdicts").has("t")


@pytest.mark.parametrize("name", ["", "../x", "a/b", "Upper", "a.b", "-x"])
def test_names_are_no_paths(tmp_path, stages, name):
    with pytest.raises(ValueError, match="plain lower-case name"):
        stages.write_json(name, 1)
    with pytest.raises(ValueError, match="plain lower-case name"):
        Stages(tmp_path, name)


def test_a_damaged_stage_is_one_sentence(stages, table):
    stages.write("t", table)
    (stages.path / "t.parquet").write_bytes(b"PAR1 damaged")
    with pytest.raises(StoreUnavailable, match="damaged"):
        stages.read("t")
    stages.write_json("j", 1)
    (stages.path / "j.json").write_bytes(b"{")
    with pytest.raises(StoreUnavailable, match="damaged"):
        stages.read_json("j")


def test_paths_come_back_exactly(stages):
    values = np.random.default_rng(1).poisson(500, (2, 3, 4)).astype(float)
    paths = xr.DataArray(
        values,
        dims=("series_id", "path", "period"),
        coords={
            "series_id": ["students", "asylum_first"],
            "path": np.arange(3),
            "period": np.array(["2026-01", "2026-02", "2026-03", "2026-04"], dtype="datetime64[ns]"),
        },
        name="inflow_persons",
    )
    digest = stages.write_paths("joint_paths", paths)
    xr.testing.assert_identical(stages.read_paths("joint_paths"), paths)
    assert stages.write_paths("joint_paths", paths.transpose("path", "period", "series_id")) == digest
