"""What every model shares: the scale it works on, and how its answer becomes quantiles and failures.

Models work on ``log(1 + count)``, where a small and a large stream are alike, and answer on the count scale.
What belongs here: that scale, the noise no model can beat, the loop over series that records failures.
What does not: any one model's recursion or fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.models.protocol import FitFailure, ModelForecast

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.domain.observations import Panel


class CannotForecast(Exception):
    """A series that a model cannot forecast, with the reason to record; never leaves this room."""


@dataclass(frozen=True)
class LogSeries:
    """One series from its first to its last observed month, on the log scale.

    Parameters
    ----------
    series_id : str
        The series.
    periods : ndarray of datetime64[M]
        Its months, shape ``[T]``.
    log_counts : ndarray of float
        ``log(1 + count)``, shape ``[T]``; first and last are observed, NaN may stand between.
    gap : int
        Months between its last observation and the panel's forecast origin: horizon ``h`` of the panel is step
        ``gap + h`` of the series.
    """

    series_id: str
    periods: NDArray[np.datetime64]
    log_counts: NDArray[np.float64]
    gap: int

    @property
    def observed_months(self) -> int:
        """Number of months with a figure."""
        return int(np.count_nonzero(~np.isnan(self.log_counts)))

    def up_to(self, last: np.datetime64) -> NDArray[np.float64]:
        """The log counts up to and including month ``last``."""
        return self.log_counts[: max(0, int((last - self.periods[0]).astype(np.int64)) + 1)]


class SeriesKernel(Protocol):
    """A model's answer for one series."""

    def __call__(self, series: LogSeries, steps: int) -> NDArray[np.float64]:
        """Quantiles on the log scale for ``steps`` months after the last observation, shape ``[steps, L]``.

        Raises
        ------
        CannotForecast
            If the data do not allow it.
        """
        ...


def log_series(panel: Panel, row: int) -> LogSeries:
    """Row ``row`` of a panel on the log scale.

    Raises
    ------
    CannotForecast
        If the series has no observation, or one that is negative or infinite.
    """
    observed = panel.observed[row]
    months = np.flatnonzero(~np.isnan(observed))
    if months.size == 0:
        raise CannotForecast("no month is observed")
    if not np.all(np.isfinite(observed[months])) or np.any(observed[months] < 0):
        raise CannotForecast("a month's count is negative or infinite")
    window = slice(int(months[0]), int(months[-1]) + 1)
    return LogSeries(
        series_id=panel.series_ids[row],
        periods=panel.periods[window],
        log_counts=np.log1p(observed[window]),
        gap=len(panel.periods) - 1 - int(months[-1]),
    )


def require_months(series: LogSeries, needed: int) -> None:
    """Refuse a series with fewer than ``needed`` observed months.

    Raises
    ------
    CannotForecast
        With both numbers.
    """
    if series.observed_months < needed:
        raise CannotForecast(f"{series.observed_months} months are observed, {needed} are needed")


def counting_variance(mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Variance of ``log(1 + N)`` that counting alone brings: the floor under every predictive variance.

    For a Poisson count with mean ``m`` it is about ``m / (1 + m)^2`` (delta method). Half a person is added to
    ``m``, so that a series of zeros keeps a width. Without a floor a constant history would give an interval
    of width nought.

    Parameters
    ----------
    mean : ndarray of float
        Predictive mean of ``log(1 + count)``, any shape.
    """
    count = np.expm1(np.maximum(mean, 0.0)) + 0.5
    return np.asarray(count / (1.0 + count) ** 2)


def normal_quantiles(
    mean: NDArray[np.float64], variance: NDArray[np.float64], levels: tuple[float, ...] = HUB_LEVELS
) -> NDArray[np.float64]:
    """Normal quantiles, variance not below :func:`counting_variance`.

    Parameters
    ----------
    mean, variance : ndarray of float
        Shape ``[H]``, log scale.
    levels : tuple of float
        Quantile levels, ``L`` of them.

    Returns
    -------
    ndarray
        Shape ``[H, L]``, log scale.
    """
    from scipy.special import ndtri

    deviation = np.sqrt(np.maximum(variance, counting_variance(mean)))
    return np.asarray(mean[:, None] + deviation[:, None] * ndtri(np.asarray(levels))[None, :])


def forecast_each(model: str, panel: Panel, kernel: SeriesKernel, *, horizon: int) -> ModelForecast:
    """Run a kernel on every series of a panel and bring its answers to the count scale.

    The predictive mass below a count of nought is put at nought. A kernel's :class:`CannotForecast` and an
    answer that is not finite become recorded failures; any other exception is a programming error and
    rises.

    Parameters
    ----------
    model : str
        Name of the forecaster.
    panel : Panel
        History as known.
    kernel : callable
        See :class:`SeriesKernel`.
    horizon : int
        Months after the panel's forecast origin, at least 1.

    Raises
    ------
    ValueError
        If ``horizon`` is below 1.
    """
    if horizon < 1:
        raise ValueError(f"horizon must be at least 1, got {horizon}")
    quantiles = np.full((len(panel.series_ids), horizon, len(HUB_LEVELS)), np.nan)
    failures = []
    for row, series_id in enumerate(panel.series_ids):
        try:
            series = log_series(panel, row)
            answer = kernel(series, series.gap + horizon)[series.gap :]
            with np.errstate(over="ignore"):
                counts = np.maximum(np.expm1(answer), 0.0)
            if not np.all(np.isfinite(counts)):
                raise CannotForecast("the model's answer is not finite")
        except CannotForecast as refusal:
            failures.append(FitFailure(panel.vintage, model, series_id, str(refusal)))
        else:
            quantiles[row] = counts
    return ModelForecast(model=model, quantiles=quantiles, failures=tuple(failures))
