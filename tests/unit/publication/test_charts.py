from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from indforecast.publication.charts import decimal_year, fan_chart, waterfall_chart, year_chart
from indforecast.publication.drawing import Spec, svg
from indforecast.publication.language import Language

MONTHS = pd.date_range("2025-01-01", periods=12, freq="MS")
AHEAD = pd.date_range("2026-01-01", periods=6, freq="MS")


@pytest.fixture
def observed() -> pd.DataFrame:
    basis = ["published"] * 4 + ["derived"] * 2 + ["estimated"] * 3 + ["simulated"] * 3
    return pd.DataFrame({"period": MONTHS, "observed": np.arange(3000, 3012), "basis": basis})


@pytest.fixture
def fan() -> pd.DataFrame:
    frame = pd.DataFrame({"period": AHEAD, "medio": 3000.0})
    for width, spread in (("95", 900), ("80", 600), ("50", 300)):
        frame[f"low_{width}"], frame[f"high_{width}"] = 3000.0 - spread, 3000.0 + spread
    return frame


def data_of(spec: Spec, mark: str) -> list[list[dict[str, float]]]:
    """Rows behind every layer of a kind of mark."""
    layers = [layer for layer in spec["layer"] if layer["mark"]["type"] == mark]
    return [spec["datasets"][layer.get("data", spec.get("data"))["name"]] for layer in layers]


def test_months_stand_in_their_middle() -> None:
    assert decimal_year(pd.Series(MONTHS[[0, 11]])).round(4).tolist() == [2025.0417, 2025.9583]


def test_a_fan_has_three_bands_a_medio_and_a_line_per_style(observed: pd.DataFrame, fan: pd.DataFrame) -> None:
    spec = fan_chart(observed, fan, [])
    bands = data_of(spec, "area")
    assert [(rows[0]["low"], rows[0]["high"]) for rows in bands] == [(2100, 3900), (2400, 3600), (2700, 3300)]
    lines = data_of(spec, "line")
    assert [len(rows) for rows in lines] == [
        6,
        4,
        4,
        6,
    ]  # official; estimated and simulated from the last point on; medio
    assert lines[1][0] == lines[0][-1]
    assert lines[2][0] == lines[1][-1]
    dashes = [layer["mark"].get("strokeDash") for layer in spec["layer"] if layer["mark"]["type"] == "line"]
    assert dashes == [[1, 0], [6, 2], [2, 3], None]


def test_a_gap_in_history_is_a_gap_in_the_line(observed: pd.DataFrame, fan: pd.DataFrame) -> None:
    spec = fan_chart(observed.drop(index=[2]).head(4).reset_index(drop=True), fan, [])
    assert [len(rows) for rows in data_of(spec, "line")] == [2, 2, 6]


def test_a_band_that_is_not_there_is_not_drawn(observed: pd.DataFrame, fan: pd.DataFrame) -> None:
    assert len(data_of(fan_chart(observed, fan.drop(columns=["low_95", "high_95"]), []), "area")) == 2


def test_money_is_drawn_in_millions(fan: pd.DataFrame) -> None:
    nothing = pd.DataFrame({"period": [], "observed": [], "basis": []})
    spec = fan_chart(nothing, fan, [], "EUR")
    assert data_of(spec, "area")[0][0]["high"] == pytest.approx(0.0039)
    years = year_chart(
        nothing, pd.DataFrame({"year": [2026], "minimum": [1e8], "medio": [2e8], "maximum": [3e8]}), "EUR"
    )
    assert data_of(years, "bar")[0][0] == {"year": 2026, "low": 100, "high": 300, "medio": 200}


def test_events_are_numbered_where_they_start(observed: pd.DataFrame, fan: pd.DataFrame) -> None:
    spec = fan_chart(observed, fan, [(1, 2025.2), (2, 2025.6)])
    assert data_of(spec, "text")[0] == [{"x": 2025.2, "mark": "1"}, {"x": 2025.6, "mark": "2"}]


def test_simulated_years_are_hollow_and_dashed() -> None:
    bars = pd.DataFrame({"year": [2024, 2025], "observed": [10, 20], "simulated": [True, False]})
    bands = pd.DataFrame({"year": [2026], "minimum": [5], "medio": [6], "maximum": [7]})
    law = pd.DataFrame({"year": [2026], "value": [8]})
    spec = year_chart(bars, bands, lines=law)
    solid, hollow, band = data_of(spec, "bar")
    assert (solid, hollow) == ([{"year": 2025, "low": 20}], [{"year": 2024, "low": 10}])
    assert band == [{"year": 2026, "low": 5, "high": 7, "medio": 6}]
    assert "strokeDash" in spec["layer"][1]["mark"]
    assert data_of(spec, "point") == [[{"year": 2026, "low": 8}]]


def test_a_waterfall_steps_from_the_old_to_the_new_level() -> None:
    steps = [("Old", "1,000", 1000.0), ("Up", "+50", 50.0), ("Down", "-80", -80.0), ("New", "970", 970.0)]
    rows = data_of(waterfall_chart(steps), "bar")[0]
    assert [(row["low"], row["high"]) for row in rows[1:3]] == [(1000, 1050), (1050, 970)]
    assert [row["kind"] for row in rows] == ["total", "up", "down", "total"]
    assert rows[0]["high"] == 1000
    assert rows[3]["high"] == 970
    assert all(row["low"] >= rows[0]["low"] for row in rows)


def test_svg_is_the_same_twice_plain_and_self_contained(observed: pd.DataFrame, fan: pd.DataFrame) -> None:
    spec = fan_chart(observed, fan, [(1, 2025.2)])
    drawn = svg(spec, Language("nl"))
    assert drawn == svg(fan_chart(observed, fan, [(1, 2025.2)]), Language("nl"))
    assert not re.search(r"aria-|role=|href|<script|<style|url\(|font-family|\bid=", drawn)
    root = ET.fromstring(drawn)
    assert "viewBox" in root.attrib
    assert "width" not in root.attrib


def test_axes_speak_the_language(observed: pd.DataFrame, fan: pd.DataFrame) -> None:
    spec = fan_chart(observed, fan, [])
    assert ">3.000<" in svg(spec, Language("nl"))
    assert ">3,000<" in svg(spec, Language("en"))
    assert ">2025<" in svg(spec, Language("nl"))


def test_equal_drawings_do_not_depend_on_the_time_zone(
    observed: pd.DataFrame, fan: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = svg(fan_chart(observed, fan, []), Language("en"))
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    assert svg(fan_chart(observed, fan, []), Language("en")) == before
