"""A set of quantiles read as a continuous distribution, and back.

The one reading in the house: on ``log(1 + count)``, linear in the standard normal score of the level between the
given levels, and straight on beyond the outermost two (normal tails). The same reading turns an outcome into a
probability (PIT), a probability into a count, and quantiles into paths, so that the three agree.

What belongs here: this reading, on arrays. What does not: scores of it (``evaluation.scores``), draws
(``forecasting.paths``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Beyond this normal score an outcome is only called "far out": tails are extrapolated, not known.
LARGEST_SCORE = 4.0


def normal_score(levels: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard normal quantile of each level."""
    from scipy.special import ndtri

    score: NDArray[np.float64] = ndtri(np.asarray(levels, dtype=np.float64))
    return score


def interpolation(levels: Sequence[float], wanted: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Matrix that takes quantiles on the log scale at ``levels`` to those at ``wanted``.

    Parameters
    ----------
    levels : sequence of float
        Shape ``[L]``, at least two.
    wanted : sequence of float
        Shape ``[K]``, in (0, 1).

    Returns
    -------
    ndarray
        Shape ``[L, K]``; each column holds two weights that sum to one (outside 0..1 in the tails).
    """
    have, want = normal_score(levels), normal_score(wanted)
    right = np.clip(np.searchsorted(have, want), 1, len(have) - 1)
    share = (want - have[right - 1]) / (have[right] - have[right - 1])
    matrix = np.zeros((len(have), len(want)))
    matrix[right - 1, np.arange(len(want))] = 1.0 - share
    matrix[right, np.arange(len(want))] = share
    return matrix


def quantiles_at(
    quantiles: NDArray[np.float64], levels: Sequence[float], wanted: Sequence[float] | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Quantiles in persons at other levels.

    Parameters
    ----------
    quantiles : ndarray
        Persons, shape ``[..., L]``, rising.
    levels, wanted
        As in :func:`interpolation`.

    Returns
    -------
    ndarray
        Persons, shape ``[..., K]``, never negative.
    """
    logs = np.log1p(quantiles) @ interpolation(levels, wanted)
    return np.maximum(np.expm1(logs), 0.0)


def outcome_score(
    quantiles: NDArray[np.float64], levels: Sequence[float], observed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Normal score of the outcome within its forecast: standard normal when the forecast is calibrated.

    Parameters
    ----------
    quantiles : ndarray
        Persons, shape ``[..., L]``, rising.
    levels : sequence of float
        Shape ``[L]``.
    observed : ndarray
        Persons, shape ``[...]``.

    Returns
    -------
    ndarray
        Shape ``[...]``, within ±``LARGEST_SCORE``; NaN where quantile or outcome is missing. Where neighbouring
        quantiles are equal and hit exactly, the middle of their scores.

    References
    ----------
    Dawid 1984, doi 10.2307/2981683; Gneiting et al. 2007, doi 10.1111/j.1467-9868.2007.00587.x.
    """
    have = normal_score(levels)
    logs, target = np.log1p(quantiles), np.log1p(observed)[..., np.newaxis]
    low = _read(logs, target, have, np.clip((logs < target).sum(axis=-1), 1, len(have) - 1))
    high = _read(logs, target, have, np.clip((logs <= target).sum(axis=-1), 1, len(have) - 1))
    score = np.clip((low + high) / 2.0, -LARGEST_SCORE, LARGEST_SCORE)
    return np.where(np.isnan(logs).any(axis=-1) | np.isnan(observed), np.nan, score)


def _read(
    logs: NDArray[np.float64], target: NDArray[np.float64], have: NDArray[np.float64], right: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Score of ``target`` on the segment that ends in level number ``right``."""
    upper = np.take_along_axis(logs, right[..., np.newaxis], axis=-1)
    lower = np.take_along_axis(logs, right[..., np.newaxis] - 1, axis=-1)
    width = upper - lower
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(width > 0, (target - lower) / width, np.sign(target - lower) * np.inf)
        share = np.where((width <= 0) & (target == lower), 0.5, share)[..., 0]
        score: NDArray[np.float64] = have[right - 1] + share * (have[right] - have[right - 1])
    return score


def pit(
    quantiles: NDArray[np.float64], levels: Sequence[float], observed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Probability integral transform of the outcome: uniform on (0, 1) when the forecast is calibrated.

    Parameters
    ----------
    quantiles, levels, observed
        As in :func:`outcome_score`.
    """
    from scipy.special import ndtr

    probability: NDArray[np.float64] = ndtr(outcome_score(quantiles, levels, observed))
    return probability
