"""Structural time series with events on log counts (statsmodels ``UnobservedComponents``).

Level that slowly reverts, fixed trigonometric season, known events, irregular. What belongs here: the
model's states, priors and fit. What does not: the events themselves (configuration).
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
    SEASON_PRIOR,
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

#: Months in a season cycle, and the harmonics that describe it in full.
SEASON, HARMONICS = 12, 6

#: Standard deviation, on the log scale, of the long-run mean around the first year.
MEAN_PRIOR = 2.0

#: Where the optimiser stops; the log-likelihood is then within .01 of its maximum on every stream.
ITERATIONS, TOLERANCE = 50, 1e10


class Structural:
    """Reverting level + season + events + irregular, by Kalman filter; gaps need no filling.

    Harvey (1989), *Forecasting, Structural Time Series Models and the Kalman Filter*, doi
    10.1017/CBO9781107049994. Season and event coefficients are states with a normal prior, so that an event
    with one month of evidence is not believed at face value. Events no month has seen yet are left out:
    their effect cannot be estimated.
    """

    @property
    def name(self) -> str:
        """Stable key."""
        return "structural"

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
    parameters = _estimate(window.tobytes(), _seen(window, regressors[: len(window)]).tobytes())

    seen = _columns_seen(series.log_counts, regressors[:months])
    model = _model(series.log_counts, regressors[:months, seen])
    fitted = model.filter(np.asarray(parameters), cov_type="none")
    ahead = fitted.get_forecast(steps, exog=regressors[months:, seen] if seen.any() else None)
    # The first year's innovations measure the priors more than the series.
    innovations = fitted.filter_results.standardized_forecasts_error[0][SEASON:]
    return normal_quantiles(
        np.asarray(ahead.predicted_mean), np.asarray(ahead.var_pred_mean) * recent_variance(innovations)
    )


def _columns_seen(values: NDArray[np.float64], regressors: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which regressors are active in an observed month; ``values`` ``[T]``, ``regressors`` ``[T, K]``."""
    return np.asarray(np.any(regressors[~np.isnan(values)] != 0, axis=0))


def _seen(values: NDArray[np.float64], regressors: NDArray[np.float64]) -> NDArray[np.float64]:
    """The regressors that are active in an observed month, contiguous."""
    return np.ascontiguousarray(regressors[:, _columns_seen(values, regressors)])


def _model(values: NDArray[np.float64], regressors: NDArray[np.float64]) -> Any:
    from statsmodels.tsa.statespace.initialization import Initialization
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    model = UnobservedComponents(
        values,
        level=True,
        irregular=True,
        autoregressive=1,
        freq_seasonal=[{"period": SEASON, "harmonics": HARMONICS}],
        stochastic_freq_seasonal=[False],
        exog=regressors if regressors.shape[1] else None,
        mle_regression=False,
    )
    names = model.state_names
    level = names.index("ar.L1")
    first_event = level + 1
    start = Initialization(model.k_states)
    first_year = values[:SEASON]
    start.set(0, "known", constant=[float(np.nanmean(first_year))], stationary_cov=[[MEAN_PRIOR**2]])
    seasons = level - 1
    start.set((1, level), "known", constant=np.zeros(seasons), stationary_cov=np.eye(seasons) * SEASON_PRIOR**2)
    start.set(level, "stationary")
    if first_event < model.k_states:
        count = model.k_states - first_event
        start.set(
            (first_event, model.k_states),
            "known",
            constant=np.zeros(count),
            stationary_cov=np.eye(count) * EVENT_PRIOR**2,
        )
    model.ssm.initialization = start
    # Every prior is proper, so every month counts in the likelihood.
    model.ssm.loglikelihood_burn = 0
    return model


@lru_cache(maxsize=4096)
def _estimate(window: bytes, regressors: bytes) -> tuple[float, ...]:
    """Maximum likelihood for the two variances, at the fixed persistence of the level.

    Keyed by content, so that a window met again in this process is not fitted again. An optimiser that stops
    short of convergence keeps its best point: its forecast competes in the backtest like any other.
    """
    values = np.frombuffer(window)
    columns = np.frombuffer(regressors).reshape(len(values), -1)
    observed = values[~np.isnan(values)]
    if np.ptp(observed) == 0:
        # Nothing to estimate: every variance fits a constant perfectly, and the likelihood has no maximum.
        noise = float(counting_variance(observed[:1])[0])
        return (noise, noise, LEVEL_PERSISTENCE)
    model = _model(values, columns)
    with warnings.catch_warnings(), model.fix_params({"ar.L1": LEVEL_PERSISTENCE}):
        warnings.simplefilter("ignore")
        fitted = model.fit(disp=0, cov_type="none", maxiter=ITERATIONS, factr=TOLERANCE)
    if not np.all(np.isfinite(fitted.params)):
        raise CannotForecast("the likelihood of the structural model has no finite maximum")
    return tuple(float(value) for value in fitted.params)
