"""Which cases of a stream belong to which track: whole cases that add up, on every path and month.

What belongs here: dividing inflow and opening stock. What does not: tracks' figures (``config.planning_terms``),
the queue (``priority``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Months begin at different places of the sequence of tracks, so that small months do not always favour one track.
_STRIDE, _PLACES = 61, 200


def divide(
    cases: NDArray[np.float64], shares: NDArray[np.float64], *, first_month: int = 0
) -> NDArray[np.float64]:
    """Whole cases by track, so that one case more in a month is one case more in exactly one track.

    Cases of a month take tracks in a fixed sequence in which every beginning is as close to the shares as whole
    cases allow (the divisor method of Webster and Sainte-Laguë, which is house monotone; Balinski and Young 1982,
    Fair Representation).

    Parameters
    ----------
    cases : ndarray of float
        Whole cases, shape ``[path, month]``, not negative.
    shares : ndarray of float
        Shares of tracks by month, shape ``[month, track]``, every row adding up to 1.
    first_month : int
        Number of the first month (months since 1970), so that a month is divided alike whenever a line begins.

    Returns
    -------
    ndarray of float
        Shape ``[track, path, month]``.
    """
    tracks = shares.shape[1]
    if tracks == 1:
        return cases[None]
    result = np.empty((tracks, *cases.shape))
    most = int(cases.max(initial=0.0)) + _PLACES
    starts = (first_month + np.arange(cases.shape[1])) * _STRIDE % _PLACES
    kinds, which = np.unique(shares, axis=0, return_inverse=True)
    for kind, row in enumerate(kinds):
        months = np.flatnonzero(which.ravel() == kind)
        held = _sequence(row, most)
        begin = starts[months]
        end = begin + cases[:, months].astype(np.intp)
        for track in range(tracks):
            result[track][:, months] = held[track][end] - held[track][begin]
    return result


def _sequence(shares: NDArray[np.float64], cases: int) -> NDArray[np.float64]:
    """How many of the first ``n`` cases each track has, shape ``[track, cases + 1]``."""
    tickets, owners = [], []
    for track, part in enumerate(shares):
        if part > 0:
            count = int(np.ceil(part * cases)) + 1
            tickets.append((np.arange(count) + 0.5) / part)
            owners.append(np.full(count, track))
    order = np.argsort(np.concatenate(tickets), kind="stable")[:cases]
    owner = np.concatenate(owners)[order]
    one_each = owner[None, :] == np.arange(len(shares))[:, None]
    return np.concatenate([np.zeros((len(shares), 1)), np.cumsum(one_each, axis=1)], axis=1)
