"""The ministry's three names: ``minimum``, ``medio``, ``maximum`` as declared quantiles of the paths.

What belongs here: quantiles of months and of calendar years, taken last, from paths. What does not: hit rates
(``forecasting.hit_rates``), money and people (``planning``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.errors import InputError

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

    from indforecast.config.settings import BandSettings
    from indforecast.domain.observations import Panel
    from indforecast.domain.series import Hierarchy

MONTHLY_COLUMNS: tuple[str, ...] = ("series_id", "period", "minimum", "medio", "maximum")
YEARLY_COLUMNS: tuple[str, ...] = (
    "series_id", "year", "minimum", "medio", "maximum", "observed_months", "observed_persons",
)  # fmt: skip


def monthly_bands(paths: xr.DataArray, bands: BandSettings) -> pd.DataFrame:
    """Bands of each month.

    Parameters
    ----------
    paths : DataArray
        ``inflow_persons``, dims ``series_id, path, period``.
    bands : BandSettings
        Levels, and how many months are published.

    Returns
    -------
    DataFrame
        Columns ``series_id, period, minimum, medio, maximum`` in persons, in the order of the paths.
    """
    months = min(bands.monthly_months, paths.sizes["period"])
    values = _quantiles(paths.to_numpy()[:, :, :months], bands)
    series_ids = [str(series_id) for series_id in paths["series_id"].to_numpy()]
    periods = pd.DatetimeIndex(paths["period"].to_numpy()[:months])
    return pd.DataFrame(
        {
            "series_id": np.repeat(series_ids, months),
            "period": np.tile(periods, len(series_ids)),
            "minimum": values[0].ravel(),
            "medio": values[1].ravel(),
            "maximum": values[2].ravel(),
        }
    )


def yearly_bands(paths: xr.DataArray, history: Panel, hierarchy: Hierarchy, bands: BandSettings) -> pd.DataFrame:
    """Bands of calendar years: observed months plus path months, summed per path, quantiles last.

    Parameters
    ----------
    paths : DataArray
        ``inflow_persons``, dims ``series_id, path, period``.
    history : Panel
        Observed persons of every base stream; months from the first path month on are not read.
    hierarchy : Hierarchy
        How totals add up.
    bands : BandSettings
        Levels, and how many years are published.

    Returns
    -------
    DataFrame
        Columns ``series_id, year, minimum, medio, maximum, observed_months, observed_persons``. A year that
        observations and paths do not cover whole is left out; ``observed_months`` says how much of a year is
        history rather than forecast.

    Raises
    ------
    InputError
        If a month of a covered year is not observed.
    """
    periods = paths["period"].to_numpy().astype("datetime64[M]")
    base = {
        series_id: history.observed[history.series_ids.index(series_id)][np.newaxis, :]
        for series_id in hierarchy.base_ids
    }
    observed = hierarchy.aggregate(base)
    years = covered_years(history.periods, periods)[: bands.yearly_years]
    _refuse_gaps(history.select(hierarchy.base_ids), periods[0], years)
    rows = []
    for position, series_id in enumerate(str(item) for item in paths["series_id"].to_numpy()):
        draws = paths.to_numpy()[position]
        for year in years:
            known = (history.periods < periods[0]) & (_year(history.periods) == year)
            so_far = observed[series_id][0, known]
            total = so_far.sum() + draws[:, _year(periods) == year].sum(axis=1)
            low, middle, high = _quantiles(total, bands)
            rows.append((series_id, year, low, middle, high, int(known.sum()), float(so_far.sum())))
    return pd.DataFrame(rows, columns=list(YEARLY_COLUMNS))


def _refuse_gaps(history: Panel, first: np.datetime64, years: list[int]) -> None:
    """A year with a month that nobody observed and nobody forecasts has no sum."""
    needed = (history.periods < first) & np.isin(_year(history.periods), years)
    for series_id, observed in zip(history.series_ids, history.observed, strict=True):
        gaps = history.periods[needed & np.isnan(observed)]
        if len(gaps):
            raise InputError(
                f"{series_id} has no figure for {gaps[0]}, so that year cannot be summed.",
                hint="Deliver that month with `indforecast ingest`.",
            )


def covered_years(history: NDArray[np.datetime64], future: NDArray[np.datetime64]) -> list[int]:
    """Calendar years that history and future cover whole and that hold a future month.

    Parameters
    ----------
    history, future : ndarray of datetime64[M]
        Months of either; history's months from the first future month on do not count.
    """
    covered = np.union1d(history[history < future[0]], future)
    years, counts = np.unique(_year(covered), return_counts=True)
    touched = set(_year(future).tolist())
    return [int(year) for year, count in zip(years, counts, strict=True) if count == 12 and year in touched]


def _year(months: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return months.astype("datetime64[Y]").astype(np.int64) + 1970


def _quantiles(draws: NDArray[np.float64], bands: BandSettings) -> NDArray[np.float64]:
    """The three levels along the path axis, whole persons; shape ``[3, ...]``."""
    axis = 1 if draws.ndim == 3 else 0
    values: NDArray[np.float64] = np.rint(np.quantile(draws, bands.levels, axis=axis))
    return values
