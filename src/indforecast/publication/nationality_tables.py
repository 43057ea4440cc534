"""Bands of nationalities as they may be published.

What belongs here: bands of months and calendar years per nationality, and disclosure control on them. What does
not: the draws (``forecasting.nationalities``), bands themselves (``scenarios.bands``).

Disclosure control, as CBS does with the counts of the same people: figures to the nearest five, and none below
five. A small figure is left out of the numbers and written ``<5`` in the text beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.domain.series import Hierarchy, Stream
from indforecast.scenarios.bands import covered_years, monthly_bands, yearly_bands

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

    from indforecast.config.settings import BandSettings
    from indforecast.domain.observations import Panel

#: Columns of the table; see the data dictionary.
NATIONALITY_COLUMNS: Final = (
    "series_id", "stream", "nationality", "kind", "period", "minimum", "medio", "maximum", "shown",
)  # fmt: skip

#: Figures are multiples of it, and none is smaller.
ROUNDED_TO: Final = 5

MONTH: Final = "month"
CALENDAR_YEAR: Final = "calendar_year"

_BANDS = ["minimum", "medio", "maximum"]


def nationality_table(paths: xr.DataArray | None, history: Panel | None, bands: BandSettings) -> pd.DataFrame:
    """Monthly and yearly bands of every nationality, under disclosure control.

    Parameters
    ----------
    paths : DataArray or None
        Coherent draws, dims ``series_id, path, period``; None where no stream has nationalities.
    history : Panel or None
        What was observed of them, the same series among others.
    bands : BandSettings
        Levels, and how many months and years are published.

    Returns
    -------
    DataFrame
        ``NATIONALITY_COLUMNS``; months first, then calendar years with January as ``period``. Years are left out
        for a nationality of which a month in them is neither observed nor forecast.
    """
    if paths is None or history is None or paths.sizes["series_id"] == 0:
        return pd.DataFrame(columns=list(NATIONALITY_COLUMNS))
    months = monthly_bands(paths, bands).assign(kind=MONTH)
    tables = [months]
    whole = [name for name in _names(paths) if _no_gap(history, name, paths)]
    if whole:
        flat = Hierarchy(tuple(Stream(name, name, name) for name in whole))
        years = yearly_bands(paths.sel(series_id=whole), history.select(whole), flat, bands)
        years["period"] = pd.to_datetime(years["year"].astype(str) + "-01-01")
        tables.append(years.assign(kind=CALENDAR_YEAR))
    table = pd.concat([each[["series_id", "kind", "period", *_BANDS]] for each in tables], ignore_index=True)
    named = table["series_id"].str.split(".", n=1)
    table["stream"], table["nationality"] = named.str[0], named.str[1]
    figures = disclosed(table[_BANDS].to_numpy(dtype=np.float64))
    table[_BANDS] = figures
    table["shown"] = [f"{_word(middle)} ({_word(low)} - {_word(high)})" for low, middle, high in figures]
    return table[list(NATIONALITY_COLUMNS)]


def disclosed(persons: NDArray[np.float64]) -> NDArray[np.float64]:
    """Persons as they may be shown: the nearest multiple of five, halves up, NaN below five.

    Parameters
    ----------
    persons : ndarray
        Not negative, any shape.
    """
    rounded = ROUNDED_TO * np.floor(persons / ROUNDED_TO + 0.5)
    return np.where((persons < ROUNDED_TO) | (rounded < ROUNDED_TO), np.nan, rounded)


def _word(figure: float) -> str:
    return f"<{ROUNDED_TO}" if np.isnan(figure) else f"{figure:.0f}"


def _names(paths: xr.DataArray) -> list[str]:
    return [str(name) for name in paths["series_id"].to_numpy()]


def _no_gap(history: Panel, name: str, paths: xr.DataArray) -> bool:
    """Whether every month of the years ahead that is not forecast is observed."""
    first = paths["period"].to_numpy()[0].astype("datetime64[M]")
    years = covered_years(history.periods, paths["period"].to_numpy().astype("datetime64[M]"))
    year = history.periods.astype("datetime64[Y]").astype(np.int64) + 1970
    needed = (history.periods < first) & np.isin(year, years)
    return not np.isnan(history.observed[history.series_ids.index(name), needed]).any()
