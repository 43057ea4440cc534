"""Seasonal ARIMA with known events on log counts (statsmodels ``SARIMAX``).

What belongs here: the order, what of it is believed and what is estimated, the priors of events. What does not:
the events themselves (configuration), the window of estimation (``estimation``).
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from indforecast.domain.events import event_regressors, known_events
from indforecast.models.estimation import (
    EVENT_PRIOR,
    LEVEL_PERSISTENCE,
    MINIMUM_MONTHS,
    estimation_window,
    recent_variance,
)
from indforecast.models.log_scale import (
    CannotForecast,
    counting_variance,
    forecast_each,
    normal_quantiles,
    require_months,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.domain.events import Event
    from indforecast.domain.observations import Panel
    from indforecast.models.log_scale import LogSeries
    from indforecast.models.protocol import ModelForecast

#: Months in a season cycle.
SEASON = 12

#: ARIMA(1,0,1)(0,1,1): change over a year, with a persistent and a passing part.
ORDER, SEASONAL_ORDER = (1, 0, 1), (0, 1, 1, SEASON)

#: Seasonal moving average: a season that changes slowly. Like the persistence it is believed, not estimated: left
#: free, both follow chance, and 60 months ahead it shows (docs/methods/models.md).
SEASONAL_MEMORY = -0.9

#: Standard deviation, on the log scale, of the year before the first month around the first year's mean: any.
START_PRIOR = 10.0

#: Where the optimiser stops.
ITERATIONS, TOLERANCE = 30, 1e10


class Sarimax:
    """SARIMA(1,0,1)(0,1,1) and events on ``log(1 + count)``, by Kalman filter; gaps need no filling.

    Box, Jenkins, Reinsel & Ljung (2015), *Time Series Analysis*, chapter 9; Durbin & Koopman (2012), doi
    10.1093/acprof:oso/9780199641178.001.0001, section 3.4 for the state space form. Events have the same prior as
    in the structural model; those that no month has seen are left out.
    """

    @property
    def name(self) -> str:
        """Stable key."""
        return "sarimax"

    def forecast(self, panel: Panel, events: Sequence[Event], *, horizon: int) -> ModelForecast:
        """Quantiles for every series; see :class:`indforecast.models.protocol.Forecaster`."""
        known = known_events(events, panel.vintage)
        return forecast_each(
            self.name, panel, lambda series, steps: _filtered(series, known, steps), horizon=horizon
        )

    def forecast_origins(
        self, panels: Sequence[Panel], events: Sequence[Event], *, horizon: int
    ) -> list[ModelForecast]:
        """Answers one by one; origins that share their window of estimation share its parameters."""
        return [self.forecast(panel, events, horizon=horizon) for panel in panels]


def _filtered(series: LogSeries, events: Sequence[Event], steps: int) -> NDArray[np.float64]:
    require_months(series, MINIMUM_MONTHS)
    months = len(series.log_counts)
    calendar = series.periods[0] + np.arange(months + steps)
    _, regressors = event_regressors(events, series.series_id, calendar)
    window = estimation_window(series)
    known = regressors[: len(window), _columns_seen(window, regressors[: len(window)])]
    parameters = _estimate(window.tobytes(), np.ascontiguousarray(known).tobytes())

    seen = _columns_seen(series.log_counts, regressors[:months])
    fitted = _model(series.log_counts, regressors[:months, seen]).filter(np.asarray(parameters), cov_type="none")
    ahead = fitted.get_forecast(steps, exog=regressors[months:, seen] if seen.any() else None)
    # The first year's innovations measure the diffuse start, not the series.
    innovations = fitted.filter_results.standardized_forecasts_error[0][SEASON:]
    return normal_quantiles(
        np.asarray(ahead.predicted_mean), np.asarray(ahead.var_pred_mean) * recent_variance(innovations)
    )


def _columns_seen(values: NDArray[np.float64], regressors: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which regressors are active in an observed month; ``values`` ``[T]``, ``regressors`` ``[T, K]``."""
    return np.asarray(np.any(regressors[~np.isnan(values)] != 0, axis=0))


def _model(values: NDArray[np.float64], regressors: NDArray[np.float64]) -> Any:
    from statsmodels.tsa.statespace.initialization import Initialization
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    events = regressors.shape[1]
    model = SARIMAX(
        values,
        exog=regressors if events else None,
        order=ORDER,
        seasonal_order=SEASONAL_ORDER,
        mle_regression=not events,
    )
    first_event = model.k_states - events
    start = Initialization(model.k_states)
    # The year before the first month, which the seasonal difference asks for.
    middle = np.full(SEASON, float(np.nanmean(values[:SEASON])))
    start.set((0, SEASON), "known", constant=middle, stationary_cov=np.eye(SEASON) * START_PRIOR**2)
    start.set((SEASON, first_event), "stationary")
    if events:
        start.set(
            (first_event, model.k_states),
            "known",
            constant=np.zeros(events),
            stationary_cov=np.eye(events) * EVENT_PRIOR**2,
        )
    model.ssm.initialization = start
    # A year of differences says nothing of the parameters.
    model.ssm.loglikelihood_burn = SEASON
    return model


@lru_cache(maxsize=4096)
def _estimate(window: bytes, regressors: bytes) -> tuple[float, ...]:
    """Maximum likelihood for the passing part and the variance, at the believed persistence and seasonal memory.

    Keyed by content, so that a window met again in this process is not fitted again. An optimiser that stops
    short of convergence keeps its best point: its forecast competes in the backtest like any other.
    """
    values = np.frombuffer(window)
    columns = np.frombuffer(regressors).reshape(len(values), -1)
    observed = values[~np.isnan(values)]
    if np.ptp(observed) == 0:
        # Nothing to estimate: every variance fits a constant perfectly, and the likelihood has no maximum.
        return (LEVEL_PERSISTENCE, 0.0, SEASONAL_MEMORY, float(counting_variance(observed[:1])[0]))
    model = _model(values, columns)
    believed = {"ar.L1": LEVEL_PERSISTENCE, "ma.S.L12": SEASONAL_MEMORY}
    with warnings.catch_warnings(), model.fix_params(believed):
        warnings.simplefilter("ignore")
        fitted = model.fit(disp=0, cov_type="none", maxiter=ITERATIONS, factr=TOLERANCE)
    if not np.all(np.isfinite(fitted.params)):
        raise CannotForecast("the likelihood of the seasonal ARIMA model has no finite maximum")
    return tuple(float(value) for value in fitted.params)
