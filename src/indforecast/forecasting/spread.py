"""How wide the published distribution is: its spread follows its own hits and misses.

What belongs here: the running factor of the spread, stream by stream and band by band. What does not: the
median, which is the ensemble's (``forecasting.ensemble``), and the panel engine's factor
(``forecasting.adaptive_spread``).

At every origin the outcomes that became known since the one before are looked up in the 80 % interval that had
been given for them. The logarithm of the factor rises by ``RATE`` times the share that fell outside, less the
fifth that should: online conformal inference (Gibbs & Candès 2021, arXiv 2106.00170) on the scale of the spread.
There are few origins, so a stream's own factor is averaged with one of all streams of its kind, and a band far
ahead that no outcome has reached yet follows the band before it. It may narrow freely and widen by little, because
the models' variances answer a crisis by themselves: without that bound one crisis widens everything for years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.evaluation.horizons import HorizonBand

#: How far three months move the factor's logarithm, times the surprise in the share of misses.
RATE: Final = 0.2
_RATE_MONTHS: Final = 3
#: Bounds of the factor's logarithm.
NARROWEST: Final = -0.7
WIDEST: Final = 0.1
#: Weight of what all streams of a kind say, against the stream's own.
SHARED: Final = 0.5
#: The interval whose misses are counted.
LOWER_LEVEL: Final = 0.1
UPPER_LEVEL: Final = 0.9


@dataclass(frozen=True)
class Spread:
    """Logarithms of the factors at one origin.

    Parameters
    ----------
    own : ndarray
        Of each stream, shape ``[S, B]``.
    shared : ndarray
        Of observed and of simulated streams, shape ``[2, B]``: the two never learn from each other.
    own_reached, shared_reached : ndarray of bool
        Whether an outcome has reached the band, of the same shapes.
    """

    own: NDArray[np.float64]
    shared: NDArray[np.float64]
    own_reached: NDArray[np.bool_]
    shared_reached: NDArray[np.bool_]

    @classmethod
    def unknown(cls, streams: int, bands: int) -> Spread:
        """Before any outcome: as wide as the models say."""
        return cls(
            np.zeros((streams, bands)),
            np.zeros((2, bands)),
            np.zeros((streams, bands), dtype=bool),
            np.zeros((2, bands), dtype=bool),
        )


def follow(
    spread: Spread,
    misses: NDArray[np.float64],
    simulated: NDArray[np.bool_],
    bands: Sequence[HorizonBand],
    *,
    months: int,
) -> Spread:
    """The factors after the outcomes that became known since the origin before.

    Parameters
    ----------
    spread : Spread
        At the origin before.
    misses : ndarray
        1 where the outcome fell outside the interval that had been given for it, 0 inside, NaN where it is not
        new or not known; shape ``[O', S, H]``.
    simulated : ndarray of bool
        Shape ``[S]``.
    bands : sequence of HorizonBand
        Shape ``[B]``.
    months : int
        Since the origin before: what a longer step brings counts for more.
    """
    known = ~np.isnan(misses)
    outside = np.where(known, misses, 0.0)
    streams = np.stack([known[..., band.columns].sum(axis=(0, 2)) for band in bands], axis=1)
    missed = np.stack([outside[..., band.columns].sum(axis=(0, 2)) for band in bands], axis=1)
    kinds = np.stack([~simulated, simulated]).astype(np.float64)
    rate = RATE * months / _RATE_MONTHS
    own, own_reached = _moved(spread.own, spread.own_reached, missed, streams, rate)
    shared, shared_reached = _moved(spread.shared, spread.shared_reached, kinds @ missed, kinds @ streams, rate)
    return Spread(own, shared, own_reached, shared_reached)


def _moved(
    logs: NDArray[np.float64],
    reached: NDArray[np.bool_],
    missed: NDArray[np.float64],
    known: NDArray[np.float64],
    rate: float,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    wanted = LOWER_LEVEL + 1.0 - UPPER_LEVEL
    now = known > 0
    surprise = np.where(now, missed / np.maximum(known, 1.0) - wanted, 0.0)
    answer, reached = np.clip(logs + rate * surprise, NARROWEST, WIDEST), reached | now
    for band in range(1, logs.shape[1]):
        answer[:, band] = np.where(reached[:, band], answer[:, band], answer[:, band - 1])
    return answer, reached


def factors(spread: Spread, simulated: NDArray[np.bool_], bands: Sequence[HorizonBand]) -> NDArray[np.float64]:
    """Factors of each month ahead: linear between the bands' middles, so that fans have no steps.

    Parameters
    ----------
    spread : Spread
        At one origin.
    simulated : ndarray of bool
        Shape ``[S]``.
    bands : sequence of HorizonBand
        Shape ``[B]``.

    Returns
    -------
    ndarray
        Shape ``[S, H]``.
    """
    logs = (1.0 - SHARED) * spread.own + SHARED * spread.shared[simulated.astype(np.int64)]
    middles = [(band.first + band.last) / 2.0 for band in bands]
    months = np.arange(1, bands[-1].last + 1)
    answer: NDArray[np.float64] = np.exp(np.stack([np.interp(months, middles, row) for row in logs]))
    return answer


def spread_about_median(
    logs: NDArray[np.float64], levels: Sequence[float], factor: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Quantiles moved towards or away from their median, which stays.

    Parameters
    ----------
    logs : ndarray
        Quantiles on the log scale, shape ``[..., L]``, rising.
    levels : sequence of float
        Shape ``[L]``, with one half among them.
    factor : ndarray
        Shape ``[...]``.

    Returns
    -------
    ndarray
        Shape ``[..., L]``, rising, never below nought.
    """
    middle = list(levels).index(0.5)
    median = logs[..., middle : middle + 1]
    moved: NDArray[np.float64] = np.maximum(median + (logs - median) * factor[..., np.newaxis], 0.0)
    return moved


def missed(
    logs: NDArray[np.float64], levels: Sequence[float], targets: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Whether outcomes fell outside the interval: 1 outside, 0 inside, NaN where either is unknown.

    Parameters
    ----------
    logs : ndarray
        Quantiles on the log scale, shape ``[..., L]``.
    levels : sequence of float
        Shape ``[L]``, with ``LOWER_LEVEL`` and ``UPPER_LEVEL`` among them.
    targets : ndarray
        Outcomes on the log scale, shape ``[...]``.
    """
    low = logs[..., list(levels).index(LOWER_LEVEL)]
    high = logs[..., list(levels).index(UPPER_LEVEL)]
    outside = ((targets < low) | (targets > high)).astype(np.float64)
    return np.where(np.isnan(low + high + targets), np.nan, outside)
