"""How long people stay in reception, how many are granted, and how many may be housed: figures month by month.

What belongs here: taking those figures from the settings, drawing how far they are off. What does not: the stocks
they move (``reception``), estimating them from counts (``stay_fit``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.config.planning import value_at
from indforecast.domain.seeds import generator_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.config.planning import ReceptionPlanning

_HALF_YEAR = 6


@dataclass(frozen=True)
class Stays:
    """How long people stay and how many are granted; arrays of shape ``[period]`` or ``[path, period]``.

    Parameters
    ----------
    to_decision, to_housing : ndarray of float
        Mean months, at least 1.
    to_departure : float
        Mean months, at least 1.
    grant_share : ndarray of float
        Share of decided applicants who may stay, in [0, 1].
    """

    to_decision: NDArray[np.float64]
    to_housing: NDArray[np.float64]
    to_departure: float
    grant_share: NDArray[np.float64]


@dataclass(frozen=True)
class HousingRoom:
    """How many status holders may be housed, by half year.

    Parameters
    ----------
    added : ndarray of float
        Persons by whom the room grows in each month; infinite where nothing limits. Shape ``[period]``.
    begins : ndarray of bool
        Where a half year begins, and the room that was left is gone. Shape ``[period]``.
    """

    added: NDArray[np.float64]
    begins: NDArray[np.bool_]


def stays_of(
    settings: ReceptionPlanning,
    months: Sequence[str],
    *,
    factors: NDArray[np.float64] | None = None,
    months_to_housing: NDArray[np.float64] | None = None,
) -> Stays:
    """The settings' figures along months.

    Parameters
    ----------
    settings : ReceptionPlanning
        Dated figures.
    months : sequence of str
        ``YYYY-MM``, shape ``[period]``.
    factors : ndarray of float, optional
        What multiplies the mean stays until decision and until housing, shape ``[path, period]``; no stay becomes
        shorter than a month.
    months_to_housing : ndarray of float, optional
        In place of the settings' figures, where it is not NaN; shape ``[period]``.
    """
    decision = np.array([value_at(settings.months_to_decision, month) for month in months])
    housing = np.array([value_at(settings.months_to_housing, month) for month in months])
    if months_to_housing is not None:
        housing = np.where(np.isnan(months_to_housing), housing, np.maximum(months_to_housing, 1.0))
    if factors is not None:
        decision = np.maximum(factors * decision, 1.0)
        housing = np.maximum(factors * housing, 1.0)
    return Stays(
        to_decision=decision,
        to_housing=housing,
        to_departure=settings.months_to_departure.value,
        grant_share=np.array([value_at(settings.grant_share, month) for month in months]),
    )


def housing_room(settings: ReceptionPlanning, months: Sequence[str]) -> HousingRoom:
    """Municipalities' task as the most who are housed in each half year (taakstelling).

    The task of a half year is there from its first month; a half year that has begun has what is left of it in
    proportion. Half years without a task do not limit.
    """
    halves = [f"{month[:4]}H{1 if int(month[5:]) <= _HALF_YEAR else 2}" for month in months]
    names = np.array(halves)
    begins = np.concatenate([[True], names[1:] != names[:-1]])
    added = np.full(len(months), np.inf)
    for half, task in settings.housing_task.items():
        where = [number for number, name in enumerate(halves) if name == half]
        if where:
            left = _HALF_YEAR - (int(months[where[0]][5:]) - 1) % _HALF_YEAR
            added[where] = 0.0
            added[where[0]] = task.value * left / _HALF_YEAR
    return HousingRoom(added, begins)


def stay_factors(paths: int, spread: float, *seed_parts: str) -> NDArray[np.float64]:
    """How far stays are off on each path: log-normal with median 1, stratified, shape ``[path]``.

    Parameters
    ----------
    paths : int
        How many.
    spread : float
        Standard deviation of its logarithm, not negative.
    *seed_parts : str
        Parts of the seed, see :func:`indforecast.domain.seeds.seed_for`.
    """
    from scipy.special import ndtri

    ranks = generator_for("stays", *seed_parts).permutation(paths)
    return np.exp(spread * np.asarray(ndtri((ranks + 0.5) / paths), dtype=np.float64))
