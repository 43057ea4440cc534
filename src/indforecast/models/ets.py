"""Exponential smoothing on log counts: level, and season if the data want one (statsmodels ``ETSModel``).

What belongs here: choice and fit of the smoothing model, its moments ahead. What does not: events (the
structural model has them), the window of estimation (``estimation``).
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from indforecast.domain.events import known_events
from indforecast.models.estimation import MINIMUM_MONTHS, estimation_window, interpolated, recent_variance
from indforecast.models.log_scale import CannotForecast, forecast_each, normal_quantiles, require_months

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.domain.events import Event
    from indforecast.domain.observations import Panel
    from indforecast.models.log_scale import LogSeries
    from indforecast.models.protocol import ModelForecast

#: Months in a season cycle.
SEASON = 12

#: Where the optimiser stops: the log-likelihood then differs by less than .02 from its maximum on every stream, in a
#: sixth of the time.
ITERATIONS, TOLERANCE = 50, 1e10


class Ets:
    """ETS(A,N,N) or ETS(A,N,A) on ``log(1 + count)``, whichever has the smaller AICc.

    Hyndman, Koehler, Ord & Snyder (2008), *Forecasting with Exponential Smoothing*, doi
    10.1007/978-3-540-71918-2: chapter 5 for the fit, table 6.1 for the variance ahead. Trends, damped or not,
    are left out: they lost on every group of real series (docs/methods/models.md).
    """

    @property
    def name(self) -> str:
        """Stable key."""
        return "ets"

    def forecast(self, panel: Panel, events: Sequence[Event], *, horizon: int) -> ModelForecast:  # noqa: ARG002
        """Quantiles for every series; see :class:`indforecast.models.protocol.Forecaster`. Uses no events."""
        return forecast_each(self.name, panel, _smooth, horizon=horizon)

    def forecast_origins(
        self, panels: Sequence[Panel], events: Sequence[Event], *, horizon: int
    ) -> list[ModelForecast]:
        """Answers one by one; origins that share their window of estimation share its parameters."""
        return [self.forecast(panel, known_events(events, panel.vintage), horizon=horizon) for panel in panels]


def _smooth(series: LogSeries, steps: int) -> NDArray[np.float64]:
    require_months(series, MINIMUM_MONTHS)
    seasonal, parameters = _estimate(interpolated(estimation_window(series)).tobytes())
    model = _model(interpolated(series.values), seasonal=seasonal)
    fitted = model.smooth(np.asarray(parameters))
    # A filled month is no evidence of how well the model does.
    errors = np.where(np.isnan(series.values), np.nan, np.asarray(fitted.resid))
    named = dict(zip(model.param_names, parameters, strict=True))
    variance = variance_ahead(
        recent_variance(errors),
        level_gain=named["smoothing_level"],
        season_gain=named.get("smoothing_seasonal", 0.0),
        steps=steps,
    )
    return normal_quantiles(np.asarray(fitted.forecast(steps)), variance)


def variance_ahead(
    innovation_variance: float, *, level_gain: float, season_gain: float, steps: int
) -> NDArray[np.float64]:
    """Variance ``h`` months ahead of ETS(A,N,A), and of ETS(A,N,N) when ``season_gain`` is nought.

    Parameters
    ----------
    innovation_variance : float
        Variance of the one-step error.
    level_gain, season_gain : float
        Alpha and gamma.
    steps : int
        Horizons 1 to ``steps``.

    Returns
    -------
    ndarray
        Shape ``[steps]``.
    """
    ahead = np.arange(1, steps)
    weights = level_gain + season_gain * (ahead % SEASON == 0)
    return np.asarray(innovation_variance * np.concatenate([[1.0], 1.0 + np.cumsum(weights**2)]))


def _model(values: NDArray[np.float64], *, seasonal: bool) -> Any:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    if seasonal:
        return ETSModel(values, seasonal="add", seasonal_periods=SEASON)
    return ETSModel(values)


@lru_cache(maxsize=4096)
def _estimate(window: bytes) -> tuple[bool, tuple[float, ...]]:
    """Maximum likelihood on a gapless window: whether there is a season, and the parameters.

    Keyed by content, so that a window met again in this process is not fitted again. An optimiser that stops
    short of convergence keeps its best point: its forecast competes in the backtest like any other.
    """
    values = np.frombuffer(window)
    if np.ptp(values) == 0:
        # Nothing to estimate: any gain fits a constant perfectly, and the likelihood has no maximum.
        return False, (0.5, float(values[0]))
    best: tuple[float, bool, tuple[float, ...]] | None = None
    for seasonal in (False, True):
        if seasonal and len(values) < 2 * SEASON:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = _model(values, seasonal=seasonal).fit(disp=False, maxiter=ITERATIONS, factr=TOLERANCE)
        criterion = float(fitted.aicc)
        if np.isfinite(criterion) and (best is None or criterion < best[0]):
            best = (criterion, seasonal, tuple(float(value) for value in fitted.params))
    if best is None:
        raise CannotForecast("the likelihood of exponential smoothing is not finite")
    return best[1:]
