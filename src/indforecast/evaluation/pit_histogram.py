"""Where outcomes fell within their forecasts: the histogram that is flat when forecasts are calibrated.

What belongs here: counting probabilities into bins, and how far that is from flat. What does not: how an outcome
becomes a probability (``evaluation.quantile_function.pit``).

A hump in the middle says too wide, heaps at both ends too narrow, a slope too low or too high.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS: Final = 10


def pit_histogram(probabilities: NDArray[np.float64], bins: int = BINS) -> NDArray[np.float64]:
    """Share of outcomes in bins of equal width.

    Parameters
    ----------
    probabilities : ndarray
        Probability integral transforms within [0, 1], any shape; NaN is left out.
    bins : int
        How many.

    Returns
    -------
    ndarray
        Shape ``[bins]``, summing to one; NaN where there is no outcome. A probability on the border of two bins
        counts half in each, so that the histogram of mirrored forecasts is the mirrored histogram.

    References
    ----------
    Dawid 1984, doi 10.2307/2981683; Gneiting et al. 2007, doi 10.1111/j.1467-9868.2007.00587.x.
    """
    if bins < 1:
        raise ValueError(f"bins must be at least 1, got {bins}")
    known = probabilities[~np.isnan(probabilities)]
    if np.any((known < 0) | (known > 1)):
        raise ValueError("probabilities must lie in [0, 1]")
    if known.size == 0:
        return np.full(bins, np.nan)
    scaled = known * bins
    below = np.clip(np.ceil(scaled).astype(np.int64) - 1, 0, bins - 1)
    above = np.clip(np.floor(scaled).astype(np.int64), 0, bins - 1)
    counts = np.bincount(below, minlength=bins) + np.bincount(above, minlength=bins)
    shares: NDArray[np.float64] = counts / (2.0 * known.size)
    return shares


def reliability(shares: NDArray[np.float64]) -> float:
    """How far a histogram is from flat: distances of its shares summed, 0 for flat, ``2 − 2/bins`` at most.

    Parameters
    ----------
    shares : ndarray
        Shape ``[bins]``.

    References
    ----------
    The reliability index of Delle Monache et al. 2006, doi 10.1029/2005JD006917.
    """
    return float(np.abs(shares - 1.0 / len(shares)).sum())
