"""Weights of the models from their own past, and the gate that keeps a worse one out.

What belongs here: from scores known at an origin to weights per stream and horizon band. What does not: scores
(``evaluation.scores``), combining forecasts (``forecasting.ensemble``).

A model's record is its mean log-WIS relative to the better of random walk and seasonal naive, over the
targets that all three were scored on. Relative records are comparable between models that failed at different
origins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.domain.errors import ConfigError
from indforecast.evaluation.horizons import independent_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.config.settings import EnsembleSettings
    from indforecast.evaluation.horizons import HorizonBand

#: The benchmarks, in the order in which a tie is decided.
NAIVE_MODELS: tuple[str, str] = ("random_walk", "seasonal_naive")

#: Weights fall with this power of the relative score. Chosen in replay, see docs/methods/forecasting.md.
SCORE_POWER = 4.0


@dataclass(frozen=True)
class Weights:
    """Weights at one origin, from what was known there.

    Parameters
    ----------
    weights : ndarray
        Shape ``[S, B, M]``, sums to one over models; zero for a gated or failed model. All zero where no
        model has a forecast.
    relative : ndarray
        Past mean log-WIS over that of the better naive, shape ``[S, B, M]``; NaN where nothing is scored.
    gated : ndarray of bool
        Worse than the better naive, shape ``[S, B, M]``.
    available : ndarray of bool
        Has a forecast at this origin, shape ``[S, M]``.
    targets, windows : ndarray of int
        Scored targets of the better naive and non-overlapping windows among them, shape ``[S, B]``.
    judged : ndarray of bool
        Enough scored origins for the gate, shape ``[S, B]``.
    naive : ndarray of int
        Position of the better naive among the models, shape ``[S, B]``.
    beyond : ndarray of bool
        Not weighed so far ahead (``weighed_up_to``), shape ``[B, M]``.
    """

    weights: NDArray[np.float64]
    relative: NDArray[np.float64]
    gated: NDArray[np.bool_]
    available: NDArray[np.bool_]
    targets: NDArray[np.int64]
    windows: NDArray[np.int64]
    judged: NDArray[np.bool_]
    naive: NDArray[np.int64]
    beyond: NDArray[np.bool_]


def enough_origins(scored: NDArray[np.bool_], settings: EnsembleSettings) -> NDArray[np.bool_]:
    """Whether a record may be judged: enough forecast origins have a score.

    Origins are counted, not targets: the months of one forecast hit or miss together. Judging sooner was
    measured and cost accuracy in every panel (docs/methods/forecasting.md).

    Parameters
    ----------
    scored : ndarray of bool
        Shape ``[O', S, H']``.
    settings : EnsembleSettings
        ``minimum_scored``.

    Returns
    -------
    ndarray of bool
        Shape ``[S]``.
    """
    enough: NDArray[np.bool_] = scored.any(axis=2).sum(axis=0) >= settings.minimum_scored
    return enough


def naive_rows(models: Sequence[str]) -> tuple[int, int]:
    """Positions of the two benchmarks among the models.

    Raises
    ------
    ConfigError
        If one is not configured: without it there is no gate.
    """
    missing = [name for name in NAIVE_MODELS if name not in models]
    if missing:
        raise ConfigError(
            f"forecast.models lacks {', '.join(missing)}: no model is published that loses to the better of "
            f"{' and '.join(NAIVE_MODELS)}.",
            hint="Add it to forecast.models.",
        )
    return models.index(NAIVE_MODELS[0]), models.index(NAIVE_MODELS[1])


def weigh(
    scores: NDArray[np.float64],
    origins: NDArray[np.datetime64],
    models: Sequence[str],
    bands: Sequence[HorizonBand],
    available: NDArray[np.bool_],
    settings: EnsembleSettings,
) -> Weights:
    """Weights at an origin from the scores known there.

    Parameters
    ----------
    scores : ndarray
        Log-WIS of past forecasts, shape ``[M, O', S, H]``; NaN where not known or not scored.
    origins : ndarray of datetime64[M]
        Past origins, shape ``[O']``.
    models : sequence of str
        Shape ``[M]``, with both naives.
    bands : sequence of HorizonBand
        Shape ``[B]``.
    available : ndarray of bool
        Which models have a forecast to weigh now, shape ``[S, M]``.
    settings : EnsembleSettings
        Shrinkage, the least number of scored origins, who weighs where.
    """
    walk, season = naive_rows(models)
    series, count = scores.shape[2], len(models)
    shape = (series, len(bands))
    relative = np.full((*shape, count), np.nan)
    targets, windows = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    judged = np.zeros(shape, dtype=bool)
    naive = np.full(shape, walk, dtype=np.int64)
    for number, band in enumerate(bands):
        part = scores[..., band.columns]
        common = ~np.isnan(part) & ~np.isnan(part[walk]) & ~np.isnan(part[season])
        sums = {
            row: np.where(common, part[row], 0.0).sum(axis=(1, 3)) for row in (walk, season)
        }  # [M, S]: the naive's sum over the targets it shares with each model
        own = np.where(common, part, 0.0).sum(axis=(1, 3))
        with np.errstate(divide="ignore", invalid="ignore"):
            relative[:, number, :] = (own / np.minimum(sums[walk], sums[season])).T
        naive[:, number] = np.where(sums[season][walk] < sums[walk][walk], season, walk)
        targets[:, number] = common[walk].sum(axis=(0, 2))
        judged[:, number] = enough_origins(common[walk], settings)
        windows[:, number] = [
            independent_windows(common[walk][:, row, :], origins, band.first) for row in range(series)
        ]
    gated = judged[..., np.newaxis] & (relative > 1.0)
    gated[..., [walk, season]] = False
    limits = settings.weighed_up_to
    beyond = np.array([[band.last > limits.get(model, band.last) for model in models] for band in bands])
    record = shrunken_record(relative, windows, settings.shrinkage_windows)
    return Weights(
        weights=_weights(record, ~gated & ~beyond, available, () if settings.benchmarks_weigh else (walk, season)),
        relative=relative,
        gated=gated,
        available=available,
        targets=targets,
        windows=windows,
        judged=judged,
        naive=naive,
        beyond=beyond,
    )


def _weights(
    record: NDArray[np.float64],
    eligible: NDArray[np.bool_],
    available: NDArray[np.bool_],
    last_resort: tuple[int, ...],
) -> NDArray[np.float64]:
    """Inverse-score weights over the models that may take part.

    Those of last resort weigh where no other may: the benchmarks, which among better models only widen the tails
    (docs/methods/forecasting.md).
    """
    able = np.broadcast_to(available[:, np.newaxis, :], eligible.shape)
    allowed = able & eligible
    others = allowed.copy()
    others[..., list(last_resort)] = False
    for fewer in (allowed, others):
        able = np.where(fewer.any(axis=-1, keepdims=True), fewer, able)
    return _normalised(np.where(able, np.exp(-SCORE_POWER * record), 0.0))


def shrunken_record(
    relative: NDArray[np.float64], windows: NDArray[np.int64], shrinkage_windows: float
) -> NDArray[np.float64]:
    """Logarithm of the relative score, shrunk: band to stream, stream to nought, where models are equal.

    A band far ahead has one or two independent windows; what is known of a model in nearer bands of the same
    stream says more about it than they do.

    Parameters
    ----------
    relative : ndarray
        Past log-WIS over the better naive's, shape ``[S, B, M]``; NaN where nothing is scored.
    windows : ndarray of int
        Non-overlapping windows behind it, shape ``[S, B]``.
    shrinkage_windows : float
        Windows at which a record and what it is shrunk to count alike.

    Returns
    -------
    ndarray
        Shape ``[S, B, M]``; nought without any record.
    """
    logs = np.log(np.maximum(np.nan_to_num(relative, nan=1.0), 1e-6))
    count = windows[..., np.newaxis] * ~np.isnan(relative)
    k = shrinkage_windows
    stream = (count * logs).sum(axis=1) / (count.sum(axis=1) + k)
    record: NDArray[np.float64] = (count * logs + k * stream[:, np.newaxis]) / (count + k)
    return record


def _normalised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    total = values.sum(axis=-1, keepdims=True)
    return np.where(total > 0, values / np.where(total > 0, total, 1.0), 0.0)


def by_horizon(weights: Weights, bands: Sequence[HorizonBand]) -> NDArray[np.float64]:
    """Weights of each month ahead: linear between the bands' middles, so that fans have no steps.

    A model's weight stays zero in a band where it is gated.

    Parameters
    ----------
    weights : Weights
        At one origin.
    bands : sequence of HorizonBand
        Shape ``[B]``.

    Returns
    -------
    ndarray
        Shape ``[S, H, M]``; sums to one over models wherever one has a forecast.
    """
    months = np.arange(1, bands[-1].last + 1)
    middles = np.array([(band.first + band.last) / 2.0 for band in bands])
    band_of = np.searchsorted([band.last for band in bands], months)
    right = np.clip(np.searchsorted(middles, months), 1, max(len(bands) - 1, 1))
    if len(bands) == 1:
        smooth = np.repeat(weights.weights, len(months), axis=1)
    else:
        share = (months - middles[right - 1]) / (middles[right] - middles[right - 1])
        share = np.clip(share, 0.0, 1.0)[np.newaxis, :, np.newaxis]
        smooth = (1.0 - share) * weights.weights[:, right - 1] + share * weights.weights[:, right]
    own = weights.weights[:, band_of]
    kept = np.where(own > 0, smooth, 0.0)
    return np.where(kept.sum(axis=-1, keepdims=True) > 0, _normalised(kept), own)
