"""Scores of quantile forecasts, on arrays.

What belongs here: pure functions of (quantiles, levels, outcome), each with its formula and source. What does not:
which targets are scored (``evaluation.truth``) and how scores are averaged (``evaluation.leaderboard``).

One rule for what is missing: where the outcome or any quantile that the score reads is NaN, the score is NaN.
It is never zero and never dropped, so that a mean over targets says over which (``np.nanmean`` plus a count).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def pinball_loss(
    quantiles: NDArray[np.float64], levels: Sequence[float], observed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Pinball (quantile) loss ``(1{y <= q} − τ)(q − y)``: zero when exact, never negative.

    Parameters
    ----------
    quantiles : ndarray
        Shape ``[..., L]``.
    levels : sequence of float
        Quantile levels τ, shape ``[L]``.
    observed : ndarray
        Outcomes y in the quantiles' unit, shape ``[...]``.

    Returns
    -------
    ndarray
        Shape ``[..., L]``, in the quantiles' unit.

    References
    ----------
    Koenker & Bassett 1978, doi 10.2307/1913643; Gneiting & Raftery 2007, doi 10.1198/016214506000001437.
    """
    tau = np.asarray(levels, dtype=np.float64)
    if quantiles.shape[-1:] != tau.shape:
        raise ValueError(f"quantiles end in {quantiles.shape[-1:]} levels, expected {tau.shape}")
    gap = observed[..., np.newaxis] - quantiles
    return np.maximum(tau * gap, (tau - 1.0) * gap)


def wis(
    quantiles: NDArray[np.float64], levels: Sequence[float], observed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weighted interval score as the house uses it: twice the mean pinball loss over the levels.

    With levels that mirror around 0.5 this is the score of Bracher et al. 2021 (doi 10.1371/journal.pcbi.1008618),
    and it tends to the CRPS as levels fill (0, 1) evenly.

    Parameters
    ----------
    quantiles, levels, observed
        As in :func:`pinball_loss`.

    Returns
    -------
    ndarray
        Shape ``[...]``; lower is better.
    """
    score: NDArray[np.float64] = 2.0 * pinball_loss(quantiles, levels, observed).mean(axis=-1)
    return score


def log_wis(
    quantiles: NDArray[np.float64], levels: Sequence[float], observed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """WIS of ``log(1 + count)``: weighs a small and a large stream alike.

    Parameters
    ----------
    quantiles, levels, observed
        As in :func:`pinball_loss`, both in persons.

    References
    ----------
    Bosse et al. 2023, doi 10.1371/journal.pcbi.1011393.
    """
    return wis(np.log1p(quantiles), levels, np.log1p(observed))


def interval_score(
    lower: NDArray[np.float64], upper: NDArray[np.float64], observed: NDArray[np.float64], alpha: float
) -> NDArray[np.float64]:
    """Score of a central ``1 − alpha`` prediction interval: width plus ``2 / alpha`` times the miss.

    Parameters
    ----------
    lower, upper, observed : ndarray
        One shape ``[...]``, one unit.
    alpha : float
        Probability outside the interval, in (0, 1).

    References
    ----------
    Gneiting & Raftery 2007, section 6.2, doi 10.1198/016214506000001437.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie in (0, 1), got {alpha}")
    below = np.maximum(lower - observed, 0.0)
    above = np.maximum(observed - upper, 0.0)
    return (upper - lower) + (2.0 / alpha) * (below + above)


def covered(
    lower: NDArray[np.float64], upper: NDArray[np.float64], observed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Whether the outcome lies in the closed interval: 1, 0, or NaN where something is missing.

    Parameters
    ----------
    lower, upper, observed : ndarray
        One shape ``[...]``, one unit.
    """
    inside = ((observed >= lower) & (observed <= upper)).astype(np.float64)
    return np.where(np.isnan(lower) | np.isnan(upper) | np.isnan(observed), np.nan, inside)


def crps_from_quantiles(
    quantiles: NDArray[np.float64], levels: Sequence[float], observed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Continuous ranked probability score, approximated as the integral of twice the pinball loss over levels.

    Trapezoids between the levels; beyond the outermost ones the loss falls linearly to zero at 0 and 1, which
    is its limit wherever the tail is finite.

    Parameters
    ----------
    quantiles, levels, observed
        As in :func:`pinball_loss`.

    References
    ----------
    Laio & Tamea 2007, equation 20, doi 10.5194/hess-11-1267-2007.
    """
    loss = pinball_loss(quantiles, levels, observed)
    end = np.zeros_like(loss[..., :1])
    tau = np.concatenate([[0.0], np.asarray(levels, dtype=np.float64), [1.0]])
    integral: NDArray[np.float64] = 2.0 * np.trapezoid(np.concatenate([end, loss, end], axis=-1), tau, axis=-1)
    # Zero times NaN hides nothing here: every outcome that is NaN makes its whole row of losses NaN.
    return np.where(np.isnan(loss).any(axis=-1), np.nan, integral)


def mase(
    point: NDArray[np.float64], observed: NDArray[np.float64], history: NDArray[np.float64], season: int = 12
) -> NDArray[np.float64]:
    """Absolute error in units of the seasonal naive's mean absolute error within the history.

    Parameters
    ----------
    point, observed : ndarray
        Shape ``[..., H]``, persons.
    history : ndarray
        Shape ``[..., T]``, persons, NaN allowed.
    season : int
        Months per season.

    Returns
    -------
    ndarray
        Shape ``[..., H]``; NaN where the history repeats itself exactly or is shorter than a season.

    References
    ----------
    Hyndman & Koehler 2006, doi 10.1016/j.ijforecast.2006.03.001.
    """
    steps = np.abs(history[..., season:] - history[..., :-season])
    known = (~np.isnan(steps)).sum(axis=-1)
    total = np.nansum(steps, axis=-1)
    scale = np.where((known > 0) & (total > 0), total / np.maximum(known, 1), np.nan)
    error: NDArray[np.float64] = np.abs(point - observed) / scale[..., np.newaxis]
    return error


def variogram_score(paths: NDArray[np.float64], observed: NDArray[np.float64], power: float = 0.5) -> float:
    """Variogram score of a path, averaged over its pairs of months: whether months move together as they should.

    ``mean over i < j of (|y[i] − y[j]|^p − mean over paths of |x[i] − x[j]|^p)²``. Proper, and blind to a shift of
    the whole path: it judges how months hang together, not the level.

    Parameters
    ----------
    paths : ndarray
        Shape ``[P, T]``, at least two months; usually on the log scale, so that streams compare.
    observed : ndarray
        Shape ``[T]``, in the paths' unit.
    power : float
        p; 0.5 tells dependence best (the source).

    Returns
    -------
    float
        Lower is better; NaN where anything is missing.

    References
    ----------
    Scheuerer & Hamill 2015, doi 10.1175/MWR-D-14-00269.1.
    """
    first, second = np.triu_indices(paths.shape[1], k=1)
    said = (np.abs(paths[:, first] - paths[:, second]) ** power).mean(axis=0)
    came = np.abs(observed[first] - observed[second]) ** power
    return float(((came - said) ** 2).mean())
