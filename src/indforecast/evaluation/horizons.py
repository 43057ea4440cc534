"""Horizon bands, and how many independent windows stand behind a figure.

What belongs here: labels, bounds and counts of non-overlapping windows. What does not: the bands themselves, which
are configuration (``forecast.ensemble.horizon_bands``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Label of the average over all horizons.
ALL_HORIZONS = "all"


@dataclass(frozen=True)
class HorizonBand:
    """Consecutive horizons that share weights and a line in the tables.

    Parameters
    ----------
    first, last : int
        Months ahead, both included.
    """

    first: int
    last: int

    @property
    def label(self) -> str:
        """For example ``4-6``."""
        return f"{self.first}-{self.last}"

    @property
    def columns(self) -> slice:
        """Where the band lies on a horizon axis that starts with one month ahead."""
        return slice(self.first - 1, self.last)


def horizon_bands(last_months: Sequence[int], horizon: int) -> tuple[HorizonBand, ...]:
    """Bands from their last months, cut at (or stretched to) the horizon.

    Parameters
    ----------
    last_months : sequence of int
        Rising; configuration's ``horizon_bands``.
    horizon : int
        Months ahead that are forecast; the last band ends there.
    """
    ends = [last for last in sorted(set(last_months)) if last < horizon] + [horizon]
    return tuple(HorizonBand(first + 1, last) for first, last in pairwise([0, *ends]))


def independent_windows(scored: NDArray[np.bool_], origins: NDArray[np.datetime64], first_horizon: int = 1) -> int:
    """How many scored forecasts of the longest scored horizon fit side by side without overlapping.

    Scores of overlapping windows repeat each other, so the number of targets flatters. The count is the span
    from the first scored origin to the last scored target month, divided by the longest horizon that was
    scored (whole windows, at least one), and never more than the number of origins.

    Parameters
    ----------
    scored : ndarray of bool
        Shape ``[O, H]``: which forecasts have a score.
    origins : ndarray of datetime64[M]
        Shape ``[O]``.
    first_horizon : int
        Months ahead of the first column.
    """
    rows, columns = np.nonzero(scored)
    if len(rows) == 0:
        return 0
    months = origins.astype("datetime64[M]").astype(np.int64)
    longest = int(columns.max()) + first_horizon
    span = int((months[rows] + columns + first_horizon).max() - months[rows].min())
    return max(1, min(span // longest, len(np.unique(rows))))
