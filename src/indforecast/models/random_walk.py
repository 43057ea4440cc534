"""Random walk on log counts: the benchmark every other model is measured against.

The next month is this month, plus or minus. Nothing is tuned here on purpose; a clever benchmark measures
nothing. What does not belong here: any improvement.
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

#: Month-to-month changes below which no variance is guessed.
MINIMUM_CHANGES = 3


class RandomWalk:
    """Normal random walk on ``log(1 + count)``; intervals as for the naive method.

    Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, 3rd edition, section 5.5.
    """

    @property
    def name(self) -> str:
        """Stable key."""
        return "random_walk"

    def forecast(self, panel: Panel, events: Sequence[Event], *, horizon: int) -> ModelForecast:  # noqa: ARG002
        """Quantiles for every series; see :class:`indforecast.models.protocol.Forecaster`. Uses no events."""
        return forecast_each(self.name, panel, _walk, horizon=horizon)


def _walk(series: LogSeries, steps: int) -> NDArray[np.float64]:
    """``y_T + N(0, h * variance)`` for ``h = 1..steps``."""
    variance = innovation_variance(series.log_counts)
    mean = np.full(steps, series.log_counts[-1])
    return normal_quantiles(mean, variance * np.arange(1.0, steps + 1.0))


def innovation_variance(values: NDArray[np.float64]) -> float:
    """Mean squared change a month, without mean correction, as in the naive method.

    A change over ``g`` months (a gap) has ``g`` times the variance and is counted so.

    Parameters
    ----------
    values : ndarray of float
        Log counts, shape ``[T]``, NaN where unknown.

    Raises
    ------
    CannotForecast
        With fewer than ``MINIMUM_CHANGES`` changes.
    """
    months = np.flatnonzero(~np.isnan(values))
    if months.size - 1 < MINIMUM_CHANGES:
        raise CannotForecast(f"{months.size} months are observed, {MINIMUM_CHANGES + 1} are needed")
    return float(np.mean(np.diff(values[months]) ** 2 / np.diff(months)))
