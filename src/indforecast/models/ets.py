"""Exponential smoothing on log counts: level, and season if the data want one (statsmodels ``ETSModel``).

What belongs here: choice and fit of the smoothing model, its moments ahead. What does not: events (the
structural model has them), the window of estimation (``estimation``).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
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

#: Where the optimiser stops; the log-likelihood is then within .02 of its maximum on every stream.
ITERATIONS, TOLERANCE = 50, 1e10

#: Weights of the centred moving average over a year that takes the level out of a month.
_YEAR = np.concatenate([[0.5], np.ones(SEASON - 1), [0.5]]) / SEASON


@dataclass(frozen=True)
class _Smoothing:
    """A smoothing model's parameters; ``season`` is the season before the first month, or None without season."""

    gains: tuple[float, ...]
    season: tuple[float, ...] | None = None


class Ets:
    """ETS(A,N,N) or ETS(A,N,A) on ``log(1 + count)``, whichever has the smaller AICc.

    Hyndman, Koehler, Ord & Snyder (2008), *Forecasting with Exponential Smoothing*, doi
    10.1007/978-3-540-71918-2: chapter 5 for the fit, table 6.1 for the variance ahead. Trends, damped or not,
    are left out: they won on no group of real series (docs/methods/models.md).
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
    smoothing = _estimate(interpolated(estimation_window(series)).tobytes())
    model = _model(interpolated(series.log_counts), smoothing.season)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # A constant series has a likelihood without bound, which statsmodels computes and nobody uses here.
        warnings.simplefilter("ignore")
        fitted = model.smooth(np.asarray(smoothing.gains))
    # A filled month is no evidence of how well the model does.
    errors = np.where(np.isnan(series.log_counts), np.nan, np.asarray(fitted.resid))
    named = dict(zip(model.param_names, smoothing.gains, strict=True))
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


def starting_season(values: NDArray[np.float64]) -> tuple[float, ...]:
    """Mean deviation of each month of the year from the centred moving average over a year.

    Parameters
    ----------
    values : ndarray of float
        Gapless log counts, shape ``[T]``, ``T`` at least 24.

    Returns
    -------
    tuple of float
        Twelve values that sum to nought; the first belongs to the first month of ``values``.
    """
    half = SEASON // 2
    deviation = np.full(len(values), np.nan)
    deviation[half:-half] = values[half:-half] - np.convolve(values, _YEAR, mode="valid")
    season = np.array([np.nanmean(deviation[month::SEASON]) for month in range(SEASON)])
    return tuple((season - season.mean()).tolist())


def _model(values: NDArray[np.float64], season: tuple[float, ...] | None) -> Any:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    if season is None:
        return ETSModel(values)
    return ETSModel(
        values,
        seasonal="add",
        seasonal_periods=SEASON,
        initialization_method="known",
        initial_level=float(np.mean(values[:SEASON] - np.asarray(season))),
        initial_seasonal=np.asarray(season),
    )


@lru_cache(maxsize=4096)
def _estimate(window: bytes) -> _Smoothing:
    """Maximum likelihood on a gapless window, keyed by content: a window met again is not fitted again.

    The starting season is measured, not optimised: as good, and several times as fast. Its eleven free values and
    the starting level count as parameters in AICc all the same. An optimiser that stops short of convergence
    keeps its best point: its forecast competes in the backtest like any other.
    """
    values = np.frombuffer(window)
    if np.ptp(values) == 0:
        # Nothing to estimate: any gain fits a constant perfectly, and the likelihood has no maximum.
        return _Smoothing((0.5, float(values[0])))
    best: tuple[float, _Smoothing] | None = None
    for season, parameters in ((None, 3), (starting_season(values), 3 + SEASON)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = _model(values, season).fit(disp=False, maxiter=ITERATIONS, factr=TOLERANCE)
        criterion = corrected_aic(float(fitted.llf), parameters, len(values))
        if np.isfinite(criterion) and (best is None or criterion < best[0]):
            best = (criterion, _Smoothing(tuple(float(value) for value in fitted.params), season))
    if best is None:
        raise CannotForecast("the likelihood of exponential smoothing is not finite")
    return best[1]


def corrected_aic(log_likelihood: float, parameters: int, months: int) -> float:
    """Akaike's criterion for a small sample (Hurvich & Tsai 1989, doi 10.1093/biomet/76.2.297).

    Parameters
    ----------
    log_likelihood : float
        At its maximum.
    parameters : int
        Estimated values, the error variance among them.
    months : int
        Months in the sample, more than ``parameters + 1``.
    """
    return -2 * log_likelihood + 2 * parameters * months / (months - parameters - 1)
