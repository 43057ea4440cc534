"""Seasonal naive on log counts: this month is as the same month a year before.

The second benchmark. What does not belong here: any improvement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.models.log_scale import CannotForecast, forecast_each, normal_quantiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.domain.events import Event
    from indforecast.domain.observations import Panel
    from indforecast.models.log_scale import LogSeries
    from indforecast.models.protocol import ModelForecast

#: Months in a season cycle.
SEASON = 12

#: Year-to-year changes below which no variance is guessed.
MINIMUM_CHANGES = 6


class SeasonalNaive:
    """The last observed same month of the year; the variance grows by one seasonal change a year.

    Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, 3rd edition, section 5.5: ``(k + 1)``
    times the variance of a seasonal change, ``k`` the full years between. Where the last same month is
    missing the one before it is taken, with one more change.
    """

    @property
    def name(self) -> str:
        """Stable key."""
        return "seasonal_naive"

    def forecast(self, panel: Panel, events: Sequence[Event], *, horizon: int) -> ModelForecast:  # noqa: ARG002
        """Quantiles for every series; see :class:`indforecast.models.protocol.Forecaster`. Uses no events."""
        return forecast_each(self.name, panel, _season, horizon=horizon)


def _season(series: LogSeries, steps: int) -> NDArray[np.float64]:
    variance = seasonal_variance(series.log_counts)
    last = len(series.log_counts) - 1
    mean = np.empty(steps)
    changes = np.empty(steps)
    for month in range(SEASON):
        # The months of the past that lie whole years before step `month + 1`.
        same = np.arange(last + 1 + month - SEASON, -1, -SEASON)
        seen = same[~np.isnan(series.log_counts[same])]
        ahead = np.arange(month, steps, SEASON)
        if seen.size == 0:
            if ahead.size:
                raise CannotForecast("a month of the year has never been observed")
            continue
        mean[ahead] = series.log_counts[seen[0]]
        changes[ahead] = (last + 1 + ahead - seen[0]) // SEASON
    return normal_quantiles(mean, variance * changes)


def seasonal_variance(values: NDArray[np.float64]) -> float:
    """Mean squared change over a year, without mean correction.

    Parameters
    ----------
    values : ndarray of float
        Log counts, shape ``[T]``, NaN where unknown.

    Raises
    ------
    CannotForecast
        With fewer than ``MINIMUM_CHANGES`` pairs of same months.
    """
    changes = values[SEASON:] - values[:-SEASON]
    changes = changes[~np.isnan(changes)]
    if changes.size < MINIMUM_CHANGES:
        raise CannotForecast(
            f"{changes.size} pairs of months a year apart are observed, {MINIMUM_CHANGES} are needed"
        )
    return float(np.mean(changes**2))
