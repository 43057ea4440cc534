"""Annual sums of the reference data, written down: a change in them is a change of the data and needs a reason."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from indforecast.reference.dataset import reference_frame

GOLDEN = Path(__file__).parent / "reference_years.csv"


def newest_years() -> pd.DataFrame:
    frame = reference_frame()
    frame = frame[~frame["series_id"].str.contains(".", regex=False) & (frame["series_id"] != "asylum")]
    ordered = frame.sort_values("available_from", kind="stable")
    newest = ordered.groupby(["series_id", "period"], as_index=False).last()
    newest["year"] = newest["period"].dt.year.astype("int64")
    newest["firm"] = newest["basis"].isin(["published", "derived"]).astype("int64")
    grouped = newest.groupby(["series_id", "year"], as_index=False)
    return grouped.agg(months=("observed", "size"), persons=("observed", "sum"), published_months=("firm", "sum"))


def test_annual_sums_are_the_ones_written_down():
    expected = pd.read_csv(io.BytesIO(GOLDEN.read_bytes()))
    pd.testing.assert_frame_equal(newest_years(), expected)


@pytest.mark.parametrize(
    ("series_id", "year", "persons"),
    [
        ("asylum_first", 2015, 2440 + 6320 + 14750 + 19600),
        ("asylum_first", 2024, 32175),
        ("asylum_first", 2025, 24140),
        ("asylum_nareis", 2016, 11814),
        ("asylum_nareis", 2023, 1910 + 2630 + 2600 + 2990),
        ("asylum_repeat", 2022, 1529),
        ("asylum_repeat", 2024, 1590),
        ("students", 2020, 12310),
        ("naturalisation", 2025, 51760),
    ],
)
def test_published_years_hold(series_id, year, persons):
    table = newest_years().set_index(["series_id", "year"])
    assert table.loc[(series_id, year), "persons"] == persons
