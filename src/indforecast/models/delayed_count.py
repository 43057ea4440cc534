"""The distribution of a count that is still being reported.

What belongs here: a count that stays as it is with some probability and otherwise moves by a Student-t factor; its
quantiles and moments. What does not: where its parameters come from (``models.reporting_delay``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: No figure is thought more than twenty thousand times too small or too large, whatever the past was.
_FARTHEST = 10.0


@dataclass(frozen=True)
class Nowcast:
    """Final figures of N months, given what is said of them now; all shape ``[N]``.

    ``final = (current + ½) · exp(x) − ½``, at least nought, where x is exactly nought with probability
    ``unchanged`` and ``location + scale · t(freedom)`` otherwise.

    Parameters
    ----------
    current : ndarray
        Persons as said now.
    unchanged : ndarray
        Probability that the figure is final as it is.
    location, scale : ndarray
        Of the change, if there is one, on the log scale.
    freedom : ndarray
        Degrees of freedom, above 2.
    cases : ndarray of int
        Past months of the same series that were followed from the same age.
    """

    current: NDArray[np.float64]
    unchanged: NDArray[np.float64]
    location: NDArray[np.float64]
    scale: NDArray[np.float64]
    freedom: NDArray[np.float64]
    cases: NDArray[np.int64]

    @property
    def degenerate(self) -> NDArray[np.bool_]:
        """Where the figure as said is all that is known."""
        certain: NDArray[np.bool_] = (self.unchanged >= 1.0) | ((self.scale == 0.0) & (self.location == 0.0))
        return certain

    @property
    def log_mean(self) -> NDArray[np.float64]:
        """Mean change on the log scale."""
        mean: NDArray[np.float64] = np.where(self.degenerate, 0.0, (1.0 - self.unchanged) * self.location)
        return mean

    @property
    def log_deviation(self) -> NDArray[np.float64]:
        """Standard deviation of the change on the log scale."""
        tail = self.freedom / (self.freedom - 2.0)
        moves = 1.0 - self.unchanged
        second = moves * (self.scale**2 * tail + self.location**2)
        deviation: NDArray[np.float64] = np.where(
            self.degenerate, 0.0, np.sqrt(np.maximum(second - (moves * self.location) ** 2, 0.0))
        )
        return deviation

    @property
    def completeness(self) -> NDArray[np.float64]:
        """The figure as said, as a share of the expected final one; above 1 where figures tend to fall."""
        share: NDArray[np.float64] = np.exp(-self.log_mean)
        return share

    def final(self, changes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Persons after a change on the log scale; shape ``[..., N]``."""
        factor = np.exp(np.clip(changes, -_FARTHEST, _FARTHEST))
        persons: NDArray[np.float64] = np.maximum((self.current + 0.5) * factor - 0.5, 0.0)
        return persons

    def quantiles(self, levels: Sequence[float]) -> NDArray[np.float64]:
        """Quantiles of the final figure.

        Parameters
        ----------
        levels : sequence of float
            Shape ``[L]``.

        Returns
        -------
        ndarray
            Persons, shape ``[N, L]``, rising along levels.
        """
        from scipy.special import stdtr, stdtrit

        level = np.asarray(levels, dtype=np.float64)[:, np.newaxis]
        moves = np.maximum(1.0 - self.unchanged, 1e-300)
        scale = np.where(self.scale > 0, self.scale, 1.0)
        below = moves * stdtr(self.freedom, -self.location / scale)
        below = np.where(self.scale > 0, below, moves * (self.location < 0))
        inner = np.where(level < below, level / moves, (level - self.unchanged) / moves)
        inner = np.clip(inner, 1e-12, 1.0 - 1e-12)
        change = self.location + self.scale * stdtrit(self.freedom, inner)
        stays = ((level >= below) & (level <= below + self.unchanged)) | self.degenerate
        return self.final(np.where(stays, 0.0, change)).T
