"""From values on paths to bands: the only place in planning where quantiles are taken.

What belongs here: quantiles, months to years on paths, rounding for publication. What does not: how a value on a
path comes about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.periods import to_timestamps
from indforecast.planning.measures import ALL, MEASURES, YearRule
from indforecast.planning.queue import share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MONTHS = 12

MONTHLY_COLUMNS = ("measure", "series_id", "period", "minimum", "medio", "maximum", "unit")
YEARLY_COLUMNS = ("measure", "series_id", "year", "minimum", "medio", "maximum", "unit", "months")


@dataclass(frozen=True)
class PathValues:
    """One measure of one series on all paths.

    Parameters
    ----------
    measure, series_id : str
        Keys.
    values : ndarray
        Shape ``[path, month]``; for a ratio the numerators.
    denominators : ndarray, optional
        For a ratio, same shape.
    """

    measure: str
    series_id: str
    values: NDArray[np.float64]
    denominators: NDArray[np.float64] | None = None

    def by_month(self) -> NDArray[np.float64]:
        """The measure per month, shape ``[path, month]``."""
        return self.values if self.denominators is None else share(self.values, self.denominators)

    def of_year(self, columns: slice) -> NDArray[np.float64]:
        """The measure of a year from its months on each path, shape ``[path]``."""
        values = self.values[:, columns]
        match MEASURES[self.measure].year:
            case YearRule.SUM:
                return np.asarray(values.sum(axis=1))
            case YearRule.MEAN:
                return np.asarray(values.mean(axis=1))
            case YearRule.YEAR_END:
                last = values[:, -1]
                return last if self.denominators is None else share(last, self.denominators[:, columns][:, -1])
            case YearRule.RATIO:
                whole = values if self.denominators is None else self.denominators[:, columns]
                return share(values.sum(axis=1), whole.sum(axis=1))


def monthly_table(
    measured: Sequence[PathValues],
    months: NDArray[np.datetime64],
    periods: int,
    levels: tuple[float, float, float],
) -> pd.DataFrame:
    """Bands per month over the last ``periods`` months (the forecast ones).

    Parameters
    ----------
    measured : sequence of PathValues
        All over the same months.
    months : ndarray of datetime64[M]
        Shape ``[month]``.
    periods : int
        How many of them are forecast.
    levels : tuple of float
        Quantile levels of minimum, medio and maximum.

    Returns
    -------
    DataFrame
        ``MONTHLY_COLUMNS``.
    """
    shown = [item for item in measured if MEASURES[item.measure].monthly]
    stacked = np.stack([item.by_month()[:, -periods:].T for item in shown])
    bands = np.quantile(stacked, levels, axis=2)
    stamps = to_timestamps(months[-periods:])
    return pd.DataFrame(
        {
            "measure": np.repeat([item.measure for item in shown], periods),
            "series_id": np.repeat([item.series_id for item in shown], periods),
            "period": np.tile(stamps, len(shown)),
            **_rounded(bands, [item.measure for item in shown]),
            "unit": np.repeat([MEASURES[item.measure].unit for item in shown], periods),
        },
        columns=list(MONTHLY_COLUMNS),
    )


def yearly_table(
    measured: Sequence[PathValues], months: NDArray[np.datetime64], levels: tuple[float, float, float]
) -> pd.DataFrame:
    """Bands per calendar year; ``months`` says how many months of the year are in the figure.

    Parameters
    ----------
    measured : sequence of PathValues
        All over the same months.
    months : ndarray of datetime64[M]
        Shape ``[month]``.
    levels : tuple of float
        Quantile levels of minimum, medio and maximum.

    Returns
    -------
    DataFrame
        ``YEARLY_COLUMNS``.
    """
    spans = year_spans(months)
    stacked = np.stack([np.stack([item.of_year(columns) for columns in spans.values()]) for item in measured])
    bands = np.quantile(stacked, levels, axis=2)
    names = [item.measure for item in measured]
    return pd.DataFrame(
        {
            "measure": np.repeat(names, len(spans)),
            "series_id": np.repeat([item.series_id for item in measured], len(spans)),
            "year": np.tile(list(spans), len(measured)),
            **_rounded(bands, names),
            "unit": np.repeat([MEASURES[name].unit for name in names], len(spans)),
            "months": np.tile([columns.stop - columns.start for columns in spans.values()], len(measured)),
        },
        columns=list(YEARLY_COLUMNS),
    )


def gap_table(
    gaps: dict[int, NDArray[np.float64]], levels: tuple[float, float, float], *, backlog: bool = False
) -> pd.DataFrame:
    """Bands of the budget gap, its mean and the share of paths above 0, rows of ``YEARLY_COLUMNS``.

    A mean and a probability are single figures: minimum, medio and maximum are equal.

    Parameters
    ----------
    gaps : dict of year to ndarray
        EUR per path, shape ``[path]``.
    levels : tuple of float
        Quantile levels of minimum, medio and maximum.
    backlog : bool
        Whether the need holds the extra need of the backlog.
    """
    kind = "_with_backlog" if backlog else ""
    rows = []
    for name, figures in (
        (f"budget_gap{kind}_eur", {year: np.quantile(values, levels) for year, values in gaps.items()}),
        (f"budget_gap{kind}_mean_eur", {year: np.full(3, values.mean()) for year, values in gaps.items()}),
        (f"budget_shortfall{kind}_probability", {year: np.full(3, (v > 0).mean()) for year, v in gaps.items()}),
    ):
        known = MEASURES[name]
        rows += [
            (name, ALL, year, *np.round(band, known.decimals), known.unit, _MONTHS)
            for year, band in figures.items()
        ]
    return pd.DataFrame(rows, columns=list(YEARLY_COLUMNS))


def year_spans(months: NDArray[np.datetime64]) -> dict[int, slice]:
    """Columns of each calendar year among consecutive months."""
    years = months.astype("datetime64[Y]").astype(np.int64) + 1970
    return {
        int(year): slice(int(np.searchsorted(years, year)), int(np.searchsorted(years, year, side="right")))
        for year in np.unique(years)
    }


def _rounded(bands: NDArray[np.float64], measures: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """``bands`` of shape ``[level, item, column]`` as three flat columns, rounded half to even per measure."""
    decimals = [MEASURES[name].decimals for name in measures]
    rounded = np.stack([np.round(bands[:, item], places) for item, places in enumerate(decimals)], axis=1)
    return {name: rounded[level].ravel() for level, name in enumerate(("minimum", "medio", "maximum"))}
