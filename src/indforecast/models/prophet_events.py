"""Prophet with known events as holidays, on log counts.

What belongs here: Prophet's set-up, its silence, and what is done with the residuals it leaves. What does
not: the events themselves (configuration).
"""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from indforecast.domain.events import event_regressors, known_events
from indforecast.domain.periods import to_timestamps
from indforecast.domain.seeds import seed_for
from indforecast.models.estimation import (
    EVENT_PRIOR,
    LEVEL_PERSISTENCE,
    MINIMUM_MONTHS,
    SEASON_PRIOR,
    recent_variance,
)
from indforecast.models.log_scale import CannotForecast, forecast_each, normal_quantiles, require_months

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from indforecast.domain.events import Event
    from indforecast.domain.observations import Panel
    from indforecast.models.log_scale import LogSeries
    from indforecast.models.protocol import ModelForecast

#: Fourier pairs of the yearly season. Monthly data can tell six apart at most, and of the sixth only one half.
FOURIER_ORDER = 5

#: Loggers of Prophet and of its Stan runner: they report every fit, and a missing plotting library as an error.
_LOGGERS = ("cmdstanpy", "prophet", "prophet.models", "prophet.plot")


class ProphetEvents:
    """Prophet (Taylor & Letham 2018, doi 10.1080/00031305.2017.1380080): flat trend, season, events.

    Two departures from Prophet's defaults, without which it loses to the random walk (docs/methods/models.md):
    the trend is flat, because a straight line in logs runs away over 60 months; and Prophet's residuals are
    not taken for independent noise. They are as persistent as the level of the structural model, so the
    newest one is carried forward and its innovations make the variance. With a flat trend nothing is left to
    sample: the quantiles are closed-form, and NumPy's global random state is never touched.
    """

    @property
    def name(self) -> str:
        """Stable key."""
        return "prophet"

    def forecast(self, panel: Panel, events: Sequence[Event], *, horizon: int) -> ModelForecast:
        """Quantiles for every series; see :class:`indforecast.models.protocol.Forecaster`."""
        known = known_events(events, panel.vintage)
        return forecast_each(
            self.name, panel, lambda series, steps: _carried(series, known, steps), horizon=horizon
        )


def _carried(series: LogSeries, events: Sequence[Event], steps: int) -> NDArray[np.float64]:
    require_months(series, MINIMUM_MONTHS)
    months = len(series.log_counts)
    fitted = _fitted_mean(series, events, steps)
    residuals = series.log_counts - fitted[:months]
    ahead = np.arange(1, steps + 1)
    mean = fitted[months:] + LEVEL_PERSISTENCE**ahead * residuals[-1]
    variance = recent_variance(reverting_innovations(residuals)) * reverting_variance(ahead)
    return normal_quantiles(mean, variance)


def reverting_variance(months: NDArray[np.int64]) -> NDArray[np.float64]:
    """Variance ``months`` ahead of an AR(1) with persistence ``LEVEL_PERSISTENCE`` and innovation variance 1."""
    return np.asarray((1.0 - LEVEL_PERSISTENCE ** (2 * months)) / (1.0 - LEVEL_PERSISTENCE**2))


def reverting_innovations(residuals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Innovations of residuals seen as that AR(1), scaled to one month where months are missing between.

    Parameters
    ----------
    residuals : ndarray of float
        Shape ``[T]``, NaN where a month is missing.

    Returns
    -------
    ndarray
        One fewer than there are observed months.
    """
    seen = np.flatnonzero(~np.isnan(residuals))
    between = np.diff(seen)
    innovations = residuals[seen[1:]] - LEVEL_PERSISTENCE**between * residuals[seen[:-1]]
    return np.asarray(innovations / np.sqrt(reverting_variance(between)))


def _fitted_mean(series: LogSeries, events: Sequence[Event], steps: int) -> NDArray[np.float64]:
    """Prophet's mean in every month of the series and ``steps`` after it, log scale, shape ``[T + steps]``."""
    months = len(series.log_counts)
    calendar = to_timestamps(series.periods[0] + np.arange(months + steps))
    observed = ~np.isnan(series.log_counts)
    # Prophet divides by the largest value; its priors are meant on the log scale here.
    scale = float(np.max(series.log_counts[observed])) or 1.0
    history = pd.DataFrame({"ds": calendar[:months][observed], "y": series.log_counts[observed]})
    with _quiet(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from prophet import Prophet

        _sweep_at_exit()
        model: Any = Prophet(
            growth="flat",
            yearly_seasonality=FOURIER_ORDER,
            weekly_seasonality=False,
            daily_seasonality=False,
            seasonality_prior_scale=SEASON_PRIOR / scale,
            holidays=_holidays(series, events, steps, prior_scale=EVENT_PRIOR / scale),
            uncertainty_samples=0,
        )
        try:
            model.fit(history, seed=seed_for("prophet", series.series_id) % 2**32)
        except RuntimeError as error:
            raise CannotForecast(f"Stan's optimiser failed: {_first_line(error)}") from error
        finally:
            model.stan_backend.cleanup()
        return np.asarray(model.predict(pd.DataFrame({"ds": calendar}))["yhat"], dtype=np.float64)


def _holidays(
    series: LogSeries, events: Sequence[Event], steps: int, *, prior_scale: float
) -> pd.DataFrame | None:
    """Events as Prophet wants holidays: one row a month in which an event works.

    Events that no observed month has seen are left out: their effect cannot be estimated.
    """
    months = len(series.log_counts)
    calendar = series.periods[0] + np.arange(months + steps)
    names, regressors = event_regressors(events, series.series_id, calendar)
    observed = np.append(~np.isnan(series.log_counts), np.zeros(steps, dtype=np.bool_))
    rows = [
        pd.DataFrame({"ds": to_timestamps(calendar[active]), "holiday": name, "prior_scale": prior_scale})
        for name, active in zip(names, regressors.T != 0, strict=True)
        if np.any(active & observed)
    ]
    return pd.concat(rows, ignore_index=True) if rows else None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


@cache
def _sweep_at_exit() -> None:
    """In a worker process, drop the folder of the Stan runner at the end.

    It is emptied after each fit, and the runner removes it by ``atexit``, which a worker of a process pool
    never reaches.
    """
    import multiprocessing
    from multiprocessing import util
    from shutil import rmtree

    import cmdstanpy

    if multiprocessing.parent_process() is not None:
        util.Finalize(None, rmtree, args=(cmdstanpy._TMPDIR,), kwargs={"ignore_errors": True}, exitpriority=0)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Prophet's loggers; nothing of another library's logging is changed."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled
