"""An operator says whose a file is: the choice reaches the run, and stays with the raw copy."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from indforecast.vintages.store import Store

pytestmark = pytest.mark.integration


def test_the_named_publisher_reads_the_file_now_and_later(first_month: Any, tmp_path: Path) -> None:
    shutil.copytree(first_month.home, tmp_path / "home")
    house = type(first_month)(tmp_path / "home", first_month.settings_file)
    file = tmp_path / "nareis.csv"
    file.write_bytes(b"Periode;Nareizigers\n2026-01;1555\n")
    unknown = house("ingest", str(file), "--publisher", "nope")
    assert unknown.code == 2
    assert "Known are cbs, eurostat, ind." in unknown.err
    answer = house("ingest", str(file), "--publisher", "cbs")
    assert answer.code == 0, answer.err
    rows = Store(house.home).deliveries()
    (found,) = rows[rows["name"] == "nareis.csv"].to_dict("records")
    assert found["publisher"] == "CBS"
    (note,) = [
        content
        for path in (house.home / "raw").glob("*/*.json")
        if (content := json.loads(path.read_bytes()))["name"] == "nareis.csv"
    ]
    assert note["publisher"] == "cbs"
    before = house.content()
    other = house("ingest", str(file), "--publisher", "ind")
    assert other.code == 2
    assert "was taken in before, and not as a file of 'ind'" in other.err
    assert house("ingest", str(file)).code == 0
    assert house.content() == before
