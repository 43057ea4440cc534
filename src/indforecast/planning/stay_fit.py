"""Stays and grants that explain counted residents, weighted by how well they do.

Counts are few and say three figures badly, so there is no single answer: every combination of a grid gets the
weight of a normal likelihood of its errors, and paths draw from the grid by weight. What the counts leave open is
then in the width of what follows. It serves replays, which may use nothing newer than their day: figures that were
published later are hindsight there.

What belongs here: the grid, its weights and drawing from it. What does not: the stocks (``residents``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.domain.seeds import generator_for
from indforecast.planning.residents import reception
from indforecast.planning.stays import Stays

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: What is tried: months to decision, months to housing, share granted; each value as likely as another beforehand.
GRID: Final = (np.arange(3.0, 18.1, 0.5), np.arange(2.0, 10.1, 0.5), np.arange(0.30, 0.851, 0.05))

#: Errors to be expected of the stocks themselves: of residents, relative, and of the share with a permit.
_EXPECTED_ERROR: Final = 0.05


@dataclass(frozen=True)
class FittedStays:
    """The grid with what the counts say about it; arrays of shape ``[point]``.

    Parameters
    ----------
    to_decision, to_housing : ndarray of float
        Mean months.
    grant_share : ndarray of float
        Share of decided applicants who may stay.
    status_share : ndarray of float
        Share of the residents who hold a permit at the end of the last month.
    weights : ndarray of float
        They add up to 1.
    error : float
        Weighted root mean square of relative errors of residents and of errors of shares.
    """

    to_decision: NDArray[np.float64]
    to_housing: NDArray[np.float64]
    grant_share: NDArray[np.float64]
    status_share: NDArray[np.float64]
    weights: NDArray[np.float64]
    error: float

    def draw(self, paths: int, *seed_parts: object) -> NDArray[np.intp]:
        """Points of the grid for each path, drawn systematically by weight and in random order.

        Parameters
        ----------
        paths : int
            How many.
        *seed_parts : object
            Parts of the seed.
        """
        points = np.searchsorted(np.cumsum(self.weights), (np.arange(paths) + 0.5) / paths)
        mixed: NDArray[np.intp] = generator_for("stays", *seed_parts).permutation(
            np.minimum(points, self.weights.size - 1)
        )
        return mixed

    def mean(self, figure: NDArray[np.float64]) -> float:
        """Weighted mean of one of its arrays."""
        return float(figure @ self.weights)


def fit_stays(
    applicants: NDArray[np.float64],
    family: NDArray[np.float64],
    months: NDArray[np.datetime64],
    *,
    residents: Mapping[str, float],
    shares: Mapping[str, float],
    to_departure: float,
    opened: str,
) -> FittedStays:
    """Weigh constant stays by how near the stocks come to the counts.

    Parameters
    ----------
    applicants, family : ndarray of float
        People who needed a place, shape ``[period]``.
    months : ndarray of datetime64[M]
        Consecutive, shape ``[period]``; the first is the month after ``opened``.
    residents, shares : mapping of month to float
        Counted residents, and the share of them with a permit, at a month's end. Those within ``months`` are
        compared with; that of ``opened`` begins.
    to_departure : float
        Mean months from refusal to leaving, not fitted.
    opened : str
        Month ``YYYY-MM`` of the count that the stocks begin from.

    Raises
    ------
    ValueError
        If no count lies within the months.
    """
    labels = [str(month) for month in months]
    wanted = [(labels.index(month), value) for month, value in residents.items() if month in labels]
    wanted_shares = [(labels.index(month), value) for month, value in shares.items() if month in labels]
    if not wanted and not wanted_shares:
        raise ValueError(f"nothing was counted between {labels[0]} and {labels[-1]}")
    tried = np.array(list(product(*GRID)))
    shape = (len(tried), len(labels))
    stays = Stays(
        to_decision=np.broadcast_to(tried[:, :1], shape),
        to_housing=np.broadcast_to(tried[:, 1:2], shape),
        to_departure=to_departure,
        grant_share=np.broadcast_to(tried[:, 2:], shape),
    )
    paths = reception(
        np.broadcast_to(applicants, shape),
        np.broadcast_to(family, shape),
        stays,
        residents=residents[opened],
        status_share=shares[opened],
    )
    total = paths.residents
    errors = [np.log(total[:, at] / value) for at, value in wanted]
    errors += [paths.status_holders[:, at] / total[:, at] - value for at, value in wanted_shares]
    squares = np.square(np.stack(errors)) / _EXPECTED_ERROR**2
    weights = np.exp(-0.5 * (squares.sum(axis=0) - squares.sum(axis=0).min()))
    weights /= weights.sum()
    return FittedStays(
        to_decision=tried[:, 0],
        to_housing=tried[:, 1],
        grant_share=tried[:, 2],
        status_share=paths.status_holders[:, -1] / total[:, -1],
        weights=weights,
        error=float(_EXPECTED_ERROR * np.sqrt(squares.mean(axis=0) @ weights)),
    )
