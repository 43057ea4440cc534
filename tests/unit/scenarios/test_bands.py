from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from indforecast.config.settings import BandSettings
from indforecast.domain.errors import InputError
from indforecast.domain.observations import Panel
from indforecast.domain.series import Hierarchy, Stream
from indforecast.scenarios.bands import MONTHLY_COLUMNS, YEARLY_COLUMNS, covered_years, monthly_bands, yearly_bands

HIERARCHY = Hierarchy((Stream("t", "t", "t", parts=("a", "b")), Stream("a", "a", "a"), Stream("b", "b", "b")))
BANDS = BandSettings(minimum=0.1, medio=0.5, maximum=0.9, monthly_months=6, yearly_years=2)


def history(last: str, observed: np.ndarray | None = None) -> Panel:
    months = np.arange("2024-01", np.datetime64(last, "M") + 1, dtype="datetime64[M]")
    values = np.stack([np.full(len(months), 10.0), np.full(len(months), 1.0)]) if observed is None else observed
    return Panel(date(2026, 1, 30), ("a", "b"), months, values)


def paths(first: str, months: int = 36, count: int = 101) -> xr.DataArray:
    """Draw number n is n persons in stream a and 2 n in stream b, every month."""
    a = np.tile(np.arange(count, dtype=float)[:, None], (1, months))
    values = np.stack([3 * a, a, 2 * a])
    periods = pd.date_range(first, periods=months, freq="MS")
    return xr.DataArray(
        values, dims=("series_id", "path", "period"), coords={"series_id": ["t", "a", "b"], "period": periods}
    )


def test_monthly_bands_are_the_declared_quantiles_of_the_first_months() -> None:
    table = monthly_bands(paths("2026-01"), BANDS)
    assert list(table.columns) == list(MONTHLY_COLUMNS)
    assert len(table) == 3 * 6
    one = table[(table["series_id"] == "b") & (table["period"] == "2026-03-01")].iloc[0]
    assert (one["minimum"], one["medio"], one["maximum"]) == (20.0, 100.0, 180.0)
    assert table["series_id"].drop_duplicates().tolist() == ["t", "a", "b"]


def test_a_whole_future_year_is_summed_path_by_path() -> None:
    table = yearly_bands(paths("2026-01"), history("2025-12"), HIERARCHY, BANDS)
    assert list(table.columns) == list(YEARLY_COLUMNS)
    assert table["year"].unique().tolist() == [2026, 2027]
    one = table[(table["series_id"] == "t") & (table["year"] == 2026)].iloc[0]
    assert (one["minimum"], one["medio"], one["maximum"]) == (360.0, 1800.0, 3240.0)
    assert one["observed_months"] == 0
    assert one["observed_persons"] == 0.0


def test_a_year_under_way_is_observed_months_plus_paths() -> None:
    table = yearly_bands(paths("2026-04"), history("2026-03"), HIERARCHY, BANDS).set_index(["series_id", "year"])
    assert table.loc[("a", 2026)].tolist() == [30 + 90, 30 + 450, 30 + 810, 3, 30]
    assert table.loc[("t", 2026), "minimum"] == 33 + 270
    assert table.loc[("a", 2027), "observed_months"] == 0


def test_quantiles_of_sums_are_not_sums_of_quantiles() -> None:
    """Two streams that never go up together: their total hardly moves."""
    up = np.tile(np.arange(101.0)[:, None], (1, 24))
    values = np.stack([np.full_like(up, 100.0), up, 100.0 - up])
    opposed = paths("2026-01", 24).copy(data=values)
    table = yearly_bands(opposed, history("2025-12"), HIERARCHY, BANDS).set_index(["series_id", "year"])
    total = table.loc[("t", 2026)]
    assert total["minimum"] == total["maximum"] == 1200.0
    assert table.loc[("a", 2026), "maximum"] - table.loc[("a", 2026), "minimum"] == 960.0


def test_months_of_history_that_paths_cover_are_not_counted_twice() -> None:
    table = yearly_bands(paths("2026-01"), history("2026-02"), HIERARCHY, BANDS)
    assert (table["observed_months"] == 0).all()


def test_a_missing_month_of_a_covered_year_is_named() -> None:
    gap = np.ones((2, 27))
    gap[1, 25] = np.nan
    with pytest.raises(InputError, match="b has no figure for 2026-02"):
        yearly_bands(paths("2026-04"), history("2026-03", gap), HIERARCHY, BANDS)
    old = np.ones((2, 27))
    old[1, 3] = np.nan
    assert len(yearly_bands(paths("2026-04"), history("2026-03", old), HIERARCHY, BANDS)) == 6


def test_only_years_that_are_covered_whole_are_named() -> None:
    months = np.arange("2024-05", "2026-04", dtype="datetime64[M]")
    future = np.arange("2026-04", "2028-10", dtype="datetime64[M]")
    assert covered_years(months, future) == [2026, 2027]
    assert covered_years(months[:-1], future) == [2027]
