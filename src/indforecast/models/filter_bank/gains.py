"""Kalman gains of a member: what share of a month's surprise goes to the level and to each seasonal deviation.

What belongs here: the Riccati recursion of a random-walk level plus fixed seasonal deviations that sum to nought
(Harvey 1989, *Forecasting, Structural Time Series Models and the Kalman Filter*, doi 10.1017/CBO9781107049994).
What does not: data: without gaps gains depend on the number of months seen alone, so they are made once for all
series; with gaps see ``gaps``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

#: Gains barely move after that many months; longer series keep the last ones.
LONGEST = 360


@lru_cache(maxsize=256)
def gains(
    level_noise: float, season_prior: float, season_length: int, months: int = LONGEST
) -> NDArray[np.float64]:
    """Gains for the second, third, ... month that a series shows.

    The first month sets the level to itself, as a diffuse prior does. Variances are in units of a month's noise.

    Parameters
    ----------
    level_noise : float
        Variance of a month's change of level.
    season_prior : float
        Variance of a seasonal deviation before anything is seen.
    season_length : int
        Months of a season; 1 for none.
    months : int
        How many months of gains.

    Returns
    -------
    ndarray
        Shape ``[months, 1 + season_length]``: level first, then the seasonal deviation of the month at hand, of
        the next
        month, and so on.
    """
    answer = np.array([gain for gain, _ in _riccati(level_noise, season_prior, season_length, months)])
    answer.setflags(write=False)
    return answer


def covariance_after(
    level_noise: float, season_prior: float, season_length: int, seen: int
) -> NDArray[np.float64]:
    """Covariance of the state of a series that has shown ``seen`` months without a gap.

    Returns
    -------
    ndarray
        Of level, deviation of the last month seen, of the next month, and so on; square.
    """
    answer: NDArray[np.float64] = _covariances(level_noise, season_prior, season_length)[min(seen, LONGEST) - 1]
    return answer


@lru_cache(maxsize=64)
def _covariances(level_noise: float, season_prior: float, season_length: int) -> NDArray[np.float64]:
    first = _first_covariance(season_prior, season_length)
    later = (after for _, after in _riccati(level_noise, season_prior, season_length, LONGEST - 1))
    answer = np.array([first, *later])
    answer.setflags(write=False)
    return answer


def _first_covariance(season_prior: float, season_length: int) -> NDArray[np.float64]:
    size = 1 + season_length
    centred = np.eye(season_length) - 1.0 / season_length
    covariance = np.zeros((size, size))
    covariance[1:, 1:] = season_prior * centred
    # After the first month: level = figure - its season - its noise.
    covariance[0, 0] = 1.0 + season_prior * centred[0, 0]
    covariance[0, 1:] = covariance[1:, 0] = -season_prior * centred[0]
    return covariance


def _riccati(
    level_noise: float, season_prior: float, season_length: int, months: int
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Gain of the second, third, ... month, and covariance after it."""
    covariance = _first_covariance(season_prior, season_length)
    ahead = np.r_[0, np.roll(np.arange(1, 1 + season_length), -1)]
    for _ in range(months):
        covariance = covariance[np.ix_(ahead, ahead)]
        covariance[0, 0] += level_noise
        seen = covariance[:, 0] + covariance[:, 1]
        gain = seen / (seen[0] + seen[1] + 1.0)
        covariance = covariance - np.outer(gain, seen)
        covariance = (covariance + covariance.T) / 2
        yield gain, covariance
