"""What a path knows of itself: the forecast that money and hires rest on.

Everything here is for the beginning of a month and uses months before it only; nothing looks across paths or
ahead.

What belongs here: the forecast of cases and the cases that have to be decided. What does not: what they cost
(``funding_steps``), the real forecast of the house (``forecasting``), which no path could make for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.funding_case import FundingFigures

_YEAR: Final = 12


def expected_cases(
    past: NDArray[np.float64], inflow: NDArray[np.float64], figures: FundingFigures
) -> NDArray[np.float64]:
    """Cases a month that a path expects at the beginning of each month: its last year, damped towards its level.

    ``level + damping × (mean of the last 12 months − level)``, the level being the mean of the last
    ``forecast_months``, or of as many as there are. What was seen last is damped, as Gardner and McKenzie (1985,
    doi 10.1287/mnsc.31.10.1237) do with trends; no trend is carried on.

    Parameters
    ----------
    past : ndarray of float
        Observed months before the first, oldest first, shape ``[stream, past]``, at least one.
    inflow : ndarray of float
        Shape ``[stream, path, month]``.
    figures : FundingFigures
        ``forecast_months`` and ``damping``.

    Returns
    -------
    ndarray of float
        Shape ``[stream, path, month]``; at month ``t`` from months before ``t``.
    """
    streams, paths, months = inflow.shape
    front = np.broadcast_to(past[:, None, :], (streams, paths, past.shape[1]))
    until = np.zeros((streams, paths, past.shape[1] + months))
    np.cumsum(np.concatenate([front, inflow[:, :, :-1]], axis=2), axis=2, out=until[:, :, 1:])
    # until[..., i] holds the sum of the first i months; month t begins after past + t of them
    now = past.shape[1] + np.arange(months)

    def mean_of_last(window: int) -> NDArray[np.float64]:
        first = np.maximum(now - window, 0)
        return np.asarray((until[:, :, now] - until[:, :, first]) / (now - first))

    level = mean_of_last(figures.forecast_months)
    return level + figures.damping * (mean_of_last(_YEAR) - level)


def wanted_cases(
    expected: NDArray[np.float64], late: NDArray[np.float64], month: int, figures: FundingFigures
) -> NDArray[np.float64]:
    """Cases a month to decide: what is expected to come in, and an even part of the late ones.

    Parameters
    ----------
    expected : ndarray of float
        Of :func:`expected_cases` at ``month``, shape ``[stream, path]``.
    late : ndarray of float
        Cases past their term at the end of the month before, same shape.
    month : int
        Index from the start.
    figures : FundingFigures
        By when the late ones are to be gone.
    """
    return expected + late / max(figures.backlog_gone_months - month, figures.backlog_months)
