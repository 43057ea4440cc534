"""Draws that add up: parts and their total, whole persons, in every draw.

What belongs here: pure functions of arrays of draws. What does not: which series are parts of which, where draws
and covariances come from (``forecasting.nationalities``).

Three ways to make draws of a total and of its parts agree, of which one is used and two are kept to measure it by:
*top-down* keeps the total and shares it out as the parts stand to each other in the same draw (forecast
proportions: Athanasopoulos, Ahmed & Hyndman 2009, doi 10.1016/j.ijforecast.2008.07.004); *bottom-up* keeps the
parts; *minimum trace* moves both, each by how much it is known to err (Wickramasuriya, Athanasopoulos & Hyndman
2019, doi 10.1080/01621459.2018.1448825), draw by draw (Panagiotelis et al. 2023, doi 10.1016/j.ejor.2022.07.040).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def share_out(total: NDArray[np.float64], parts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Top-down: the total of each draw in the proportions of the parts of that draw, in whole persons.

    Parameters
    ----------
    total : ndarray
        Whole, not negative, shape ``[...]``.
    parts : ndarray
        Shape ``[N, ...]``; what is negative counts as nought.

    Returns
    -------
    ndarray
        Shape ``[N, ...]``: whole, not negative, and exactly ``total`` when summed over N. Seats left over by
        rounding down go to the largest remainders, the first part first among equals. Where all parts are nought,
        the last part has it all. NaN where total or a part is.

    Raises
    ------
    ValueError
        If a total is negative or no whole number, or shapes do not fit.
    """
    if parts.shape[1:] != total.shape:
        raise ValueError(f"parts have shape {parts.shape}, expected [N] + {total.shape}")
    known = ~(np.isnan(total) | np.isnan(parts).any(axis=0))
    goal = np.where(known, total, 0.0)
    if np.any(goal < 0) or np.any(goal != np.rint(goal)):
        raise ValueError("a total to be shared out must be whole and not negative")
    weight = np.maximum(np.where(known, parts, 0.0), 0.0)
    weight[-1] = np.where(weight.sum(axis=0) > 0, weight[-1], 1.0)
    fair = weight / weight.sum(axis=0) * goal
    whole = np.floor(fair)
    left = goal - whole.sum(axis=0)
    order = np.argsort(whole - fair, axis=0, kind="stable")
    place = np.arange(len(parts)).reshape(-1, *(1,) * total.ndim)
    seats = np.zeros_like(whole)
    np.put_along_axis(seats, order, (place < left).astype(np.float64), axis=0)
    return np.where(known, whole + seats, np.nan)


def add_up(parts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bottom-up: whole persons of the parts, and their sum.

    Parameters
    ----------
    parts : ndarray
        Shape ``[N, ...]``; what is negative counts as nought.

    Returns
    -------
    tuple of ndarray
        Total ``[...]`` and parts ``[N, ...]``.
    """
    whole = np.rint(np.maximum(parts, 0.0))
    return whole.sum(axis=0), whole


def minimum_trace(
    total: NDArray[np.float64], parts: NDArray[np.float64], covariance: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Minimum trace: each draw moved to the nearest that adds up, nearest as errors are known to be.

    With one constraint ``c'y = 0``, c = (1, −1, …, −1), the projection is ``y − Wc (c'Wc)⁻¹ c'y``. The projected
    total is rounded, and the parts are shared out from their projections, so that no draw is negative or broken.

    Parameters
    ----------
    total : ndarray
        Shape ``[...]``.
    parts : ndarray
        Shape ``[N, ...]``.
    covariance : ndarray
        W of total and parts' errors, total first, shape ``[N + 1, N + 1]``. A zero first row keeps the total as it
        is (immutable: Zhang et al. 2023, doi 10.1016/j.ejor.2022.11.035).

    Returns
    -------
    tuple of ndarray
        Total ``[...]`` and parts ``[N, ...]``, whole and not negative; NaN where a draw is.
    """
    constraint = np.concatenate([[1.0], -np.ones(len(parts))])
    spread = covariance @ constraint
    gain = spread / (constraint @ spread)
    gap = total - parts.sum(axis=0)
    moved_total = np.rint(np.maximum(total - gain[0] * gap, 0.0))
    return moved_total, share_out(moved_total, parts - np.multiply.outer(gain[1:], gap))


def shrunk_covariance(errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Covariance about zero of past errors, its correlations shrunk to nought by as much as chance explains.

    Parameters
    ----------
    errors : ndarray
        Shape ``[E, N]``, E at least two, without NaN.

    Returns
    -------
    ndarray
        Shape ``[N, N]``.

    References
    ----------
    Schäfer & Strimmer 2005, doi 10.2202/1544-6115.1175; as ``mint_shrink`` of Wickramasuriya et al. 2019.
    """
    count = len(errors)
    scale = np.sqrt((errors**2).mean(axis=0))
    standard = errors / np.where(scale > 0, scale, 1.0)
    products = standard[:, :, np.newaxis] * standard[:, np.newaxis, :]
    correlation = products.mean(axis=0)
    chance = ((products - correlation) ** 2).sum(axis=0) / (count * (count - 1))
    off = ~np.eye(errors.shape[1], dtype=bool)
    squares = float((correlation[off] ** 2).sum())
    shrinkage = min(1.0, float(chance[off].sum()) / squares) if squares > 0 else 1.0
    shrunk = np.where(off, (1.0 - shrinkage) * correlation, 1.0)
    answer: NDArray[np.float64] = shrunk * np.outer(scale, scale)
    return answer
