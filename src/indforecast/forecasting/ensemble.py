"""Many models' quantiles into one distribution, and the gate on the result.

What belongs here: the combination rule, and when a naive forecast is published in the ensemble's place. What
does not: how weights are found (``forecasting.weights``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.forecasting.weights import enough_origins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.config.settings import EnsembleSettings
    from indforecast.evaluation.horizons import HorizonBand


def combine(logs: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted mean of quantiles at equal levels (Vincentization) on ``log(1 + count)``.

    Averaging quantiles rather than probabilities keeps the shape of forecasts that differ in place and does
    not widen them by their disagreement; models here are too wide rather than too narrow together.

    Parameters
    ----------
    logs : ndarray
        Quantiles on the log scale, shape ``[M, S, H, L]``, NaN for a failed model.
    weights : ndarray
        Shape ``[S, H, M]``; zero for a failed model.

    Returns
    -------
    ndarray
        Shape ``[S, H, L]``, rising along levels; NaN where all weights are zero.

    References
    ----------
    Ratcliff 1979, doi 10.1037/0033-2909.86.3.446; Lichtendahl, Grushka-Cockayne & Winkler 2013, doi
    10.1287/mnsc.1120.1667.
    """
    if np.any((weights.transpose(2, 0, 1) > 0) & np.isnan(logs).any(axis=-1)):
        raise ValueError("a model without a forecast has a weight")
    mean = np.einsum("shm,mshl->shl", weights, np.nan_to_num(logs))
    mean = np.where(weights.sum(axis=-1, keepdims=True) > 0, mean, np.nan)
    # Rounding in the last bit may break the order that averaging keeps.
    ordered: NDArray[np.float64] = np.maximum.accumulate(mean, axis=-1)
    return ordered


def ensemble_loses(
    scores: NDArray[np.float64],
    naive_scores: NDArray[np.float64],
    bands: Sequence[HorizonBand],
    settings: EnsembleSettings,
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Where the ensemble's own replayed record is worse than the better naive's.

    Parameters
    ----------
    scores : ndarray
        Log-WIS of past ensembles, each made with the weights of its own origin; shape ``[O', S, H]``.
    naive_scores : ndarray
        Log-WIS of the two naives on the same targets, shape ``[2, O', S, H]``.
    bands : sequence of HorizonBand
        Shape ``[B]``.
    settings : EnsembleSettings
        Least number of scored origins.

    Returns
    -------
    tuple of ndarray
        Whether it loses, shape ``[S, B]`` (False with too few origins), and the ratio, NaN when nothing is scored.
    """
    loses = np.zeros((scores.shape[1], len(bands)), dtype=bool)
    ratio = np.full(loses.shape, np.nan)
    for number, band in enumerate(bands):
        own, naive = scores[..., band.columns], naive_scores[..., band.columns]
        common = ~np.isnan(own) & ~np.isnan(naive).any(axis=0)
        better = np.where(common, naive, 0.0).sum(axis=(1, 3)).min(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio[:, number] = np.where(common, own, 0.0).sum(axis=(0, 2)) / better
        loses[:, number] = enough_origins(common, settings) & (ratio[:, number] > 1.0)
    return loses, ratio
