"""How forecast errors move together, over streams and over months ahead.

What belongs here: estimating the copula of past errors. What does not: drawing from it (``forecasting.paths``).

The normal score of month h ahead of stream s is ``√λ · W(s, h) / √h + √(1 − λ) · ε(s, h)``: a random walk W,
because a level once missed stays missed, and noise ε of the month alone, both with the same correlation R
over streams. Its correlation is the Kronecker product of R with ``λ √(h / h')``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Before there are errors: most of an error is one of level, and streams are independent.
PRIOR_PERSISTENCE = 0.8

#: Months ahead within which errors are compared; later ones overlap too much to count.
_MONTHS = 24


@dataclass(frozen=True)
class Dependence:
    """Copula of the errors.

    Parameters
    ----------
    series : ndarray
        Correlation over streams, shape ``[S, S]``, positive definite.
    persistence : float
        λ, in [0, 1].
    """

    series: NDArray[np.float64]
    persistence: float


def estimate_dependence(scores: NDArray[np.float64], windows: int, *, shrinkage_windows: float) -> Dependence:
    """Dependence from past errors, shrunk towards the prior.

    Parameters
    ----------
    scores : ndarray
        Normal scores of past outcomes within their forecasts
        (``evaluation.quantile_function.outcome_score``), shape ``[O', S, H]``; NaN where not known.
    windows : int
        Non-overlapping windows behind them.
    shrinkage_windows : float
        Windows at which data and prior count alike.
    """
    near = scores[..., :_MONTHS]
    trust = windows / (windows + shrinkage_windows)
    persistence = trust * _persistence(near) + (1.0 - trust) * PRIOR_PERSISTENCE
    series = trust * _correlation(near) + (1.0 - trust) * np.eye(scores.shape[1])
    return Dependence(_positive(series), float(persistence))


def _persistence(scores: NDArray[np.float64]) -> float:
    """Least squares of products of errors of one forecast on ``√(h / h')``."""
    flat = scores.reshape(-1, scores.shape[-1])
    known = ~np.isnan(flat)
    if known.sum() == 0:
        return PRIOR_PERSISTENCE
    values = np.where(known, flat, 0.0)
    square = (values**2).sum() / known.sum()
    months = np.arange(1.0, scores.shape[-1] + 1.0)
    shape = np.sqrt(np.minimum.outer(months, months) / np.maximum.outer(months, months))
    upper = np.triu(np.ones_like(shape), k=1)
    pairs = (known.astype(np.float64).T @ known.astype(np.float64)) * upper
    below = float((pairs * shape**2).sum() * square)
    if below <= 0:
        return PRIOR_PERSISTENCE
    return float(np.clip(((values.T @ values) * upper * shape).sum() / below, 0.0, 1.0))


def _correlation(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlation of the streams' errors of one origin and month ahead, zero where never seen together."""
    flat = scores.transpose(0, 2, 1).reshape(-1, scores.shape[1])
    known = ~np.isnan(flat)
    values = np.where(known, flat, 0.0)
    products = values.T @ values
    squares = (values**2).T @ known.astype(np.float64)
    below = np.sqrt(squares * squares.T)
    correlation = np.where(below > 0, products / np.where(below > 0, below, 1.0), 0.0)
    np.fill_diagonal(correlation, 1.0)
    return correlation


def _positive(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nearest matrix of the kind with a unit diagonal and no eigenvalue below one in a million.

    Pairwise estimates over different targets need not be a correlation matrix.
    """
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2.0)
    fixed = (vectors * np.maximum(values, 1e-6)) @ vectors.T
    scale = np.sqrt(np.diag(fixed))
    answer: NDArray[np.float64] = fixed / np.outer(scale, scale)
    np.fill_diagonal(answer, 1.0)
    return answer
