"""Bands of nationalities: months, years, and nothing that is too small to show."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from indforecast.config import load_settings
from indforecast.domain.observations import Panel
from indforecast.publication.nationality_tables import NATIONALITY_COLUMNS, disclosed, nationality_table


@pytest.fixture
def bands():
    return load_settings().bands


def case(observed: np.ndarray) -> tuple[xr.DataArray, Panel]:
    """Two parts, forecast from July 2026 on for eighteen months; observed from January to June."""
    draws = np.stack([np.full((10, 18), 3.0), 40.0 + np.arange(10.0)[:, np.newaxis] * np.ones(18)])
    paths = xr.DataArray(
        draws,
        dims=("series_id", "path", "period"),
        coords={
            "series_id": ["a.SYR", "a.other"],
            "path": np.arange(10),
            "period": pd.date_range("2026-07", periods=18, freq="MS"),
        },
    )
    months = np.arange("2026-01", "2026-07", dtype="datetime64[M]")
    return paths, Panel(date(2026, 7, 31), ("a.SYR", "a.other"), months, observed)


@pytest.mark.parametrize(
    ("persons", "shown"), [(0, None), (4.9, None), (5, 5), (7, 5), (7.5, 10), (12, 10), (12.5, 15), (998, 1000)]
)
def test_figures_are_fives_and_none_is_small(persons: float, shown: float | None) -> None:
    found = disclosed(np.array([persons]))[0]
    assert np.isnan(found) if shown is None else found == shown


def test_months_and_years_with_what_was_observed(bands) -> None:
    table = nationality_table(*case(np.full((2, 6), 10.0)), bands)
    assert tuple(table.columns) == NATIONALITY_COLUMNS
    months, years = (table[table["kind"] == kind] for kind in ("month", "calendar_year"))
    assert len(months) == 2 * 18
    small = months[months["nationality"] == "SYR"]
    assert small[["minimum", "medio", "maximum"]].isna().all(axis=None)
    assert set(small["shown"]) == {"<5 (<5 - <5)"}
    year = years[(years["nationality"] == "SYR") & (years["period"] == "2026-01-01")].iloc[0]
    assert year["medio"] == 80.0  # 60 observed and 18 forecast
    assert year["shown"] == "80 (80 - 80)"
    assert set(table["stream"]) == {"a"}
    shown = table[["minimum", "medio", "maximum"]].to_numpy()
    assert np.nanmin(shown) >= 5
    assert (shown[~np.isnan(shown)] % 5 == 0).all()


def test_a_nationality_with_a_gap_in_the_year_has_months_and_no_years(bands) -> None:
    observed = np.full((2, 6), 10.0)
    observed[0, 5] = np.nan
    table = nationality_table(*case(observed), bands)
    years = table[table["kind"] == "calendar_year"]
    assert set(years["nationality"]) == {"other"}
    assert set(table[table["kind"] == "month"]["nationality"]) == {"SYR", "other"}


def test_without_nationalities_the_table_is_empty_and_has_its_columns(bands) -> None:
    paths, history = case(np.zeros((2, 6)))
    for table in (nationality_table(None, None, bands), nationality_table(paths[:0], history, bands)):
        assert tuple(table.columns) == NATIONALITY_COLUMNS
        assert table.empty
