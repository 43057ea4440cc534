"""A mean, a season, a reverting level, regressors and noise as one joint normal distribution of log counts.

The structural model without a filter: the same beliefs, conditioned exactly, with two variances from a grid. It is
small enough to be fitted many times over, which models of a single stream do. What belongs here: covariances, the
grid, conditioning. What does not: what the regressors are (``stream_models``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.models.estimation import LEVEL_PERSISTENCE, SEASON_PRIOR, recent_variance
from indforecast.models.log_scale import CannotForecast
from indforecast.models.structural import MEAN_PRIOR, SEASON

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Variances, on the log scale, of a month's noise and of a month's step of the level: the likeliest pair is taken.
#: No noise below .001 (3 %), because a short history can always be explained without any.
VARIANCES = (0.001, 0.003, 0.01, 0.03, 0.1)


@dataclass(frozen=True)
class Regressors:
    """What moves a series besides its own level and season.

    Parameters
    ----------
    columns : ndarray
        Shape ``[T + steps, K]``, history and future.
    mean, deviation : ndarray
        What is believed of each coefficient before the data speak, shape ``[K]``.
    """

    columns: NDArray[np.float64]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]


@dataclass(frozen=True)
class Conditioned:
    """The months ahead, given the past.

    Parameters
    ----------
    log_likelihood : float
        Of the observed months, at the likeliest pair of variances.
    mean, variance : ndarray
        Log scale, shape ``[steps]``; the variance is scaled to recent innovations.
    coefficients : ndarray
        Expected coefficients of the regressors, shape ``[K]``.
    noise, innovation : float
        The likeliest pair.
    """

    log_likelihood: float
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    noise: float
    innovation: float


def condition(
    log_counts: NDArray[np.float64],
    steps: int,
    regressors: Regressors,
    *,
    level_time: NDArray[np.float64] | None = None,
) -> Conditioned:
    """Condition the months ahead on the observed ones.

    Rasmussen & Williams (2006), *Gaussian Processes for Machine Learning*, doi 10.7551/mitpress/3206.001.0001,
    section 2.2. ``y = mean + level + season + regressors + noise``; the level is an AR(1) around nought with
    persistence ``LEVEL_PERSISTENCE`` a month, all beliefs as in the structural model.

    Parameters
    ----------
    log_counts : ndarray
        Shape ``[T]``, NaN where unknown.
    steps : int
        Months ahead.
    regressors : Regressors
        Of ``T + steps`` months.
    level_time : ndarray, optional
        When the level moves, in months, shape ``[T + steps]``: months of equal time share their level. Every month
        when omitted.

    Raises
    ------
    CannotForecast
        If no pair of variances gives a finite likelihood.

    Notes
    -----
    A month ahead is computed by the same operations whatever ``steps`` is.
    """
    count = len(log_counts) + steps
    time = np.arange(count)
    moves = time.astype(np.float64) if level_time is None else level_time
    seen = np.flatnonzero(~np.isnan(log_counts))
    known = _weighted(regressors.columns, regressors.mean)
    offset = log_counts - known[: len(log_counts)]
    first_year = offset[:SEASON]
    centre = float(np.nanmean(first_year))
    error = offset[seen] - centre

    fixed = _beliefs(time, time[seen], regressors, seen)
    level = LEVEL_PERSISTENCE ** np.abs(moves[:, None] - moves[None, seen]) / (1.0 - LEVEL_PERSISTENCE**2)
    best: tuple[float, float, float, NDArray[np.float64]] | None = None
    for innovation in VARIANCES:
        for noise in VARIANCES:
            past = fixed[seen] + innovation * level[seen] + noise * np.eye(len(seen))
            root = np.linalg.cholesky(past)
            innovations = np.linalg.solve(root, error)
            likelihood = -0.5 * float(innovations @ innovations) - float(np.log(np.diag(root)).sum())
            if np.isfinite(likelihood) and (best is None or likelihood > best[0]):
                best = (likelihood, innovation, noise, innovations)
    if best is None:
        raise CannotForecast("the likelihood is not finite")
    likelihood, innovation, noise, innovations = best
    inverse = np.linalg.inv(fixed[seen] + innovation * level[seen] + noise * np.eye(len(seen)))
    pull = inverse @ error
    mean, variance = np.empty(steps), np.empty(steps)
    own = MEAN_PRIOR**2 + SEASON_PRIOR**2 * _season(np.zeros(1, dtype=np.int64))[0]
    own += innovation / (1.0 - LEVEL_PERSISTENCE**2) + noise
    spread = ((regressors.columns * regressors.deviation) ** 2).sum(axis=1)
    for ahead in range(steps):
        month = len(log_counts) + ahead
        shared = np.ascontiguousarray(fixed[month] + innovation * level[month])
        mean[ahead] = centre + known[month] + float(shared @ pull)
        variance[ahead] = own + spread[month] - float(shared @ (inverse @ shared))
    # The first year's innovations measure the priors more than the series.
    scale = recent_variance(innovations[SEASON:])
    coefficients = regressors.mean + regressors.deviation**2 * (regressors.columns[seen].T @ pull)
    return Conditioned(likelihood, mean, variance * scale, coefficients, noise, innovation)


def _beliefs(
    time: NDArray[np.int64], seen_time: NDArray[np.int64], regressors: Regressors, seen: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Covariance that mean, season and regressors bring, of all months with the observed ones."""
    shared = MEAN_PRIOR**2 + SEASON_PRIOR**2 * _season(time[:, None] - seen_time[None, :])
    for column, deviation in zip(regressors.columns.T, regressors.deviation.tolist(), strict=True):
        shared = shared + deviation**2 * np.multiply.outer(column, column[seen])
    return shared


def _season(apart: NDArray[np.int64]) -> NDArray[np.float64]:
    """Covariance of months so far apart under eleven season coefficients with variance 1."""
    wave = np.cos(2.0 * np.pi * np.arange(SEASON)[:, None] * np.arange(1, SEASON // 2 + 1) / SEASON)
    covariance: NDArray[np.float64] = wave.sum(axis=1)[apart % SEASON]
    return covariance


def _weighted(columns: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns added up with weights, month by month, shape ``[T]``."""
    total = np.zeros(len(columns))
    for column, weight in zip(columns.T, weights.tolist(), strict=True):
        total = total + weight * column
    return total
