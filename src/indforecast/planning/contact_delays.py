"""What follows cases with a delay, and what waits for one month of the year.

What belongs here: these sums over earlier months. What does not: how many follow a case (``desks``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.workload import MONTHS_A_YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def after_delays(cases: NDArray[np.float64], shares: Sequence[float]) -> NDArray[np.float64]:
    """What follows cases in the same month, one month later, and so on.

    Months before the first one are taken like the same months a year later, so that a steady year repeats.

    Parameters
    ----------
    cases : ndarray of float
        Shape ``[path, month]``.
    shares : sequence of float
        By months after.

    Returns
    -------
    ndarray of float
        Shape ``[path, month]``.
    """
    lead = len(shares) - 1
    whole = np.concatenate([_before(cases, lead), cases], axis=1)
    months = cases.shape[1]
    followed = np.zeros_like(cases)
    for lag, share in enumerate(shares):
        followed += share * whole[:, lead - lag : lead - lag + months]
    return followed


def gathered_in(cases: NDArray[np.float64], months: NDArray[np.datetime64], month: int) -> NDArray[np.float64]:
    """Cases of the twelve months up to and with one month of the year, in that month, else 0.

    Parameters
    ----------
    cases : ndarray of float
        Shape ``[path, month]``.
    months : ndarray of datetime64[M]
        Shape ``[month]``.
    month : int
        Calendar month, 1 to 12.
    """
    calendar = months.astype("datetime64[M]").astype(np.int64) % MONTHS_A_YEAR + 1
    return np.where(calendar == month, after_delays(cases, [1.0] * MONTHS_A_YEAR), 0.0)


def _before(cases: NDArray[np.float64], lead: int) -> NDArray[np.float64]:
    """``lead`` months before the first one, each like the same month of the first year."""
    year = cases[:, :MONTHS_A_YEAR]
    if year.shape[1] < MONTHS_A_YEAR:
        return np.repeat(year.mean(axis=1, keepdims=True), lead, axis=1)
    return year[:, np.arange(-lead, 0) % MONTHS_A_YEAR]
