"""Court procedures and hearings that decisions and delays bring, and who can attend them.

What belongs here: appeals against refusals, hearings per month, hours of the legal department, judges. What does
not: notices, appeals for not deciding and penalties (``late``), which cases are decided (``queue``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.domain.seeds import generator_for
from indforecast.planning.workload import MONTHS_A_YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_EPSILON = 1e-6
#: Months before the first stand at the mean of so many first ones.
_BEFORE = 12
#: Expected hearings from which an expansion gives the quantiles of a Poisson count.
_MANY = 30.0


@dataclass(frozen=True)
class CourtFigures:
    """Plain numbers; see :class:`indforecast.config.planning_late.LatePlanning` for each."""

    procedures_per_appeal: float
    other_procedures: float
    other_hearings: float
    hearing_share: float
    hearing_share_late: float
    hearing_after: tuple[float, ...]
    hearings_vary: float
    notice_hours: float
    appeal_hours: float
    procedure_hours: float
    hearing_hours: float
    hours_available: float
    hearings_per_judge: float


@dataclass(frozen=True)
class CourtPaths:
    """What the courts and the legal department get; every array is of shape ``[path, month]``.

    Parameters
    ----------
    procedures : ndarray of float
        Court procedures that begin, whole.
    expected_hearings : ndarray of float
        Hearings that the path's own cases lead to, before chance.
    hearings : ndarray of float
        Hearings as they may come in a single month, whole.
    legal_hours : ndarray of float
        Hours of the legal department: all writing and all hearings.
    unattended : ndarray of float
        Hearings that present capacity cannot attend, whole.
    judges : ndarray of float
        Judges, full time, that do these hearings (expected ones: a judge is not hired for a month's chance).
    """

    procedures: NDArray[np.float64]
    expected_hearings: NDArray[np.float64]
    hearings: NDArray[np.float64]
    legal_hours: NDArray[np.float64]
    unattended: NDArray[np.float64]
    judges: NDArray[np.float64]


def refusal_appeals(
    decisions: NDArray[np.float64], refusal_share: NDArray[np.float64], appeal_share: float
) -> NDArray[np.float64]:
    """Appeals against refusals in the month of the decision, whole by rounding the running sum down.

    Parameters
    ----------
    decisions : ndarray of float
        Shape ``[path, month]``.
    refusal_share : ndarray of float
        Share refused in each month, shape ``[month]``.
    appeal_share : float
        Share of refusals appealed against.
    """
    running = np.cumsum(decisions * refusal_share * appeal_share, axis=1)
    return np.diff(np.floor(running + _EPSILON), axis=1, prepend=0.0)


def court_load(
    appeals: NDArray[np.float64],
    late_appeals: NDArray[np.float64],
    notices: NDArray[np.float64],
    figures: CourtFigures,
    *,
    seed_parts: Sequence[object] = (),
    chance: bool = True,
) -> CourtPaths:
    """Procedures, hearings, hours and judges.

    Chance: given what a path expects, a month's hearings are Poisson with a mean that itself varies (gamma, mean
    one, standard deviation ``hearings_vary``): a negative binomial, for courts plan in batches. The draws depend
    on ``seed_parts`` alone. Writing comes first; what remains of the hours attends hearings.

    Parameters
    ----------
    appeals : ndarray of float
        Appeals against refusals, shape ``[path, month]``.
    late_appeals : ndarray of float
        Appeals for not deciding in time, same shape.
    notices : ndarray of float
        Notices of default, same shape.
    figures : CourtFigures
        Shares, hours and capacity.
    seed_parts : sequence
        What the draws are for.
    chance : bool
        Without it, hearings are the expected ones, rounded.
    """
    per_appeal = appeals * figures.procedures_per_appeal
    running = np.cumsum(per_appeal + late_appeals + figures.other_procedures, axis=1)
    procedures = np.diff(np.floor(running + _EPSILON), axis=1, prepend=0.0)
    expected = figures.other_hearings + _delayed(
        appeals * figures.hearing_share + late_appeals * figures.hearing_share_late, figures.hearing_after
    )
    hearings = _by_chance(expected, figures.hearings_vary, seed_parts) if chance else np.rint(expected)
    writing = (
        notices * figures.notice_hours
        + late_appeals * figures.appeal_hours
        + (procedures - late_appeals) * figures.procedure_hours
    )
    room = np.floor(np.clip(figures.hours_available - writing, 0.0, None) / figures.hearing_hours + _EPSILON)
    return CourtPaths(
        procedures=procedures,
        expected_hearings=expected,
        hearings=hearings,
        legal_hours=writing + hearings * figures.hearing_hours,
        unattended=np.clip(hearings - room, 0.0, None),
        judges=expected * (MONTHS_A_YEAR / figures.hearings_per_judge),
    )


def _delayed(values: NDArray[np.float64], after: Sequence[float]) -> NDArray[np.float64]:
    """Values of a month spread over it and the months after; months before the first are as the first twelve."""
    before = values[:, :_BEFORE].mean(axis=1, keepdims=True)
    delayed = np.zeros_like(values)
    for lag, share in enumerate(after):
        delayed[:, lag:] += share * values[:, : values.shape[1] - lag]
        delayed[:, :lag] += share * before
    return delayed


def _by_chance(expected: NDArray[np.float64], varies: float, seed_parts: Sequence[object]) -> NDArray[np.float64]:
    """Counts with these expectations; the draws do not depend on them, so that more expected is never fewer.

    Poisson quantiles of one normal number each: exact below :data:`_MANY`, above by the expansion of Cornish and
    Fisher.
    """
    from scipy.special import ndtr, pdtrik

    random = generator_for(*seed_parts, "hearings")
    chance = random.standard_normal(expected.shape)
    if varies:
        shape = varies**-2
        expected = expected * random.gamma(shape, 1 / shape, size=expected.shape)
    counts = np.floor(expected + np.sqrt(expected) * chance + (chance**2 - 1) / 6 + 0.5)
    few = expected < _MANY
    if few.any():
        counts[few] = np.where(expected[few] > 0, np.ceil(pdtrik(ndtr(chance[few]), expected[few])), 0.0)
    return np.clip(counts, 0.0, None)
