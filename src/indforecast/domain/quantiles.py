"""Quantile levels, and the checks every set of quantiles passes.

What belongs here: levels and pure checks. What does not: scores (``evaluation``), bands (``scenarios``).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The 23 levels of forecast hubs: a release carries them all.
HUB_LEVELS: tuple[float, ...] = (
    0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5,
    0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99,
)  # fmt: skip

#: The seven levels that models are scored at (engine protocol).
SCORE_LEVELS: tuple[float, ...] = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


def check_levels(levels: tuple[float, ...]) -> tuple[float, ...]:
    """Return ``levels`` if they are probabilities in (0, 1), strictly rising.

    Raises
    ------
    ValueError
        Otherwise.
    """
    if not levels or any(not 0 < level < 1 for level in levels):
        raise ValueError(f"quantile levels must lie in (0, 1), got {levels}")
    if any(low >= high for low, high in pairwise(levels)):
        raise ValueError(f"quantile levels must rise strictly, got {levels}")
    return levels


def crosses(values: NDArray[np.float64]) -> bool:
    """Whether quantiles cross anywhere; ``values`` of shape ``[..., levels]`` along rising levels."""
    return bool(np.any(np.diff(values, axis=-1) < 0))
