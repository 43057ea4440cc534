"""The Theta method on log counts, in closed form.

What belongs here: the deseasonalised line and the smoothed level, and what they say together. What does not:
events (other models have them), the starting season (``ets``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.models.estimation import MINIMUM_MONTHS, interpolated, recent_variance
from indforecast.models.ets import SEASON, starting_season, variance_ahead
from indforecast.models.log_scale import forecast_each, normal_quantiles, require_months

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.domain.events import Event
    from indforecast.domain.observations import Panel
    from indforecast.models.log_scale import LogSeries
    from indforecast.models.protocol import ModelForecast

#: Gains among which the one with the smallest squared one-step errors is taken.
GAINS = np.arange(1, 100) / 100

#: Normal quantile of the test for a season: nine in ten, as Assimakopoulos & Nikolopoulos test.
SEASON_TEST = 1.645

#: Share of the drift that is left a month later: growth has all but stopped after two years.
SLOPE_DAMPING = 0.9


class Theta:
    """Smoothed level with half the slope of the straight line, and a season if there is one.

    Assimakopoulos & Nikolopoulos (2000), doi 10.1016/S0169-2070(00)00066-2: the mean of the straight line through
    the deseasonalised series (theta 0) and of exponential smoothing of its mirror (theta 2). Hyndman & Billah
    (2003), doi 10.1016/S0169-2070(01)00143-1, show that to be exponential smoothing with half the line's slope as
    drift, which is what is computed. One departure: the drift is damped, because a straight line in logs runs away
    over 60 months (docs/methods/models.md).
    """

    @property
    def name(self) -> str:
        """Stable key."""
        return "theta"

    def forecast(self, panel: Panel, events: Sequence[Event], *, horizon: int) -> ModelForecast:  # noqa: ARG002
        """Quantiles for every series; see :class:`indforecast.models.protocol.Forecaster`. Uses no events."""
        return forecast_each(self.name, panel, _theta, horizon=horizon)


def _theta(series: LogSeries, steps: int) -> NDArray[np.float64]:
    require_months(series, MINIMUM_MONTHS)
    values = interpolated(series.log_counts)
    months = len(values)
    season = np.asarray(starting_season(values)) if has_season(values) else np.zeros(SEASON)
    adjusted = values - season[np.arange(months) % SEASON]
    drift = float(np.polyfit(np.arange(months), adjusted, 1)[0]) / 2.0
    gain, level, errors = smoothed(adjusted, drift)
    # A filled month is no evidence of how well the model does.
    seen = np.where(np.isnan(series.log_counts[1:]), np.nan, errors)
    ahead = np.arange(1, steps + 1)
    mean = level + drift * np.cumsum(SLOPE_DAMPING ** (ahead - 1)) + season[(months + ahead - 1) % SEASON]
    variance = variance_ahead(recent_variance(seen), level_gain=gain, season_gain=0.0, steps=steps)
    return normal_quantiles(mean, variance)


def has_season(values: NDArray[np.float64]) -> bool:
    """Whether the autocorrelation a year apart stands out of what nearer ones bring.

    ``r(12) > 1.645 sqrt((1 + 2 (r(1)^2 + ... + r(11)^2)) / n)``, after Assimakopoulos & Nikolopoulos (2000), on
    the monthly changes, since a slow level alone would make every autocorrelation large.

    Parameters
    ----------
    values : ndarray of float
        Gapless log counts, shape ``[T]``.
    """
    change = np.diff(values)
    centred = change - change.mean()
    total = float(centred @ centred)
    if total <= 1e-12:
        return False
    correlation = [float(centred[lag:] @ centred[:-lag]) / total for lag in range(1, SEASON + 1)]
    limit = SEASON_TEST * np.sqrt((1.0 + 2.0 * sum(one**2 for one in correlation[:-1])) / len(change))
    return correlation[-1] > float(limit)


def smoothed(values: NDArray[np.float64], drift: float) -> tuple[float, float, NDArray[np.float64]]:
    """Exponential smoothing with a drift, at the gain with the least squared one-step errors.

    ``error = value - level - drift``, ``level + drift + gain * error`` is the next level; it begins at the first
    value.

    Parameters
    ----------
    values : ndarray of float
        Gapless, shape ``[T]``.
    drift : float
        Added every month.

    Returns
    -------
    tuple of (float, float, ndarray)
        Gain, the last level, and the errors of the second to the last month, shape ``[T - 1]``.
    """
    level = np.full(len(GAINS), values[0])
    errors = np.empty((len(values) - 1, len(GAINS)))
    for month, value in enumerate(values[1:].tolist()):
        errors[month] = value - level - drift
        level = level + drift + GAINS * errors[month]
    best = int(np.argmin((errors**2).sum(axis=0)))
    return float(GAINS[best]), float(level[best]), errors[:, best]
