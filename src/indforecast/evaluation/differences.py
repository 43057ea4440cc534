"""Whether one model forecasts better than another, or a record is too short to say.

What belongs here: the difference of two models' mean scores with an interval from a moving-block bootstrap over
calendar time. What does not: the scores (``evaluation.scores``), which models are compared.

Forecasts of neighbouring origins share most of their target months, so their scores repeat each other and an
interval that takes them for independent is far too narrow. Blocks of consecutive months keep that dependence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Fewer whole blocks than these say nothing about how blocks differ.
FEWEST_BLOCKS: Final = 4
_DRAWS: Final = 1_000


@dataclass(frozen=True)
class Difference:
    """One model against another on the targets that both have.

    Parameters
    ----------
    skill : float
        ``1 − mean score / mean score of the other``: 0 alike, 1 perfect, below 0 worse.
    skill_lower, skill_upper : float
        Bounds of its interval; NaN with fewer than ``FEWEST_BLOCKS`` blocks.
    difference : float
        Mean score less the other's: below 0 is better.
    lower, upper : float
        Bounds of its interval.
    targets : int
        Targets that both have.
    blocks : int
        Whole blocks that fit side by side into the origins' calendar.
    """

    skill: float
    skill_lower: float
    skill_upper: float
    difference: float
    lower: float
    upper: float
    targets: int
    blocks: int


def compare(
    own: NDArray[np.float64],
    other: NDArray[np.float64],
    origins: NDArray[np.datetime64],
    *,
    block_months: int,
    seed: int,
    probability: float = 0.9,
    draws: int = _DRAWS,
) -> Difference:
    """Difference of mean scores, and its interval from blocks of calendar months drawn with replacement.

    Parameters
    ----------
    own, other : ndarray
        Scores, lower is better, shape ``[O, H]``; NaN where nothing is scored.
    origins : ndarray of datetime64[M]
        Rising, shape ``[O]``; months without an origin take part as such.
    block_months : int
        Length of a block: at least the months ahead, since forecasts overlap that long.
    seed : int
        Of the draws.
    probability : float
        Of the interval.
    draws : int
        Resampled calendars.

    Notes
    -----
    A calendar of T months is made of T / ``block_months`` blocks, each begun anywhere, the last one cut; sums of
    both scores and of targets are resampled together, so all horizons of an origin stay together. Quantiles of
    the resampled figures are moved so that their mean is the estimate, since moving blocks count the ends of a
    calendar less often than its middle, and spread as Student's t of ``blocks − 1`` degrees is against the
    normal, since a few blocks look more alike than they are.

    References
    ----------
    Künsch 1989, doi 10.1214/aos/1176347265.
    """
    if block_months < 1:
        raise ValueError(f"block_months must be at least 1, got {block_months}")
    if not 0 < probability < 1:
        raise ValueError(f"probability must lie in (0, 1), got {probability}")
    if own.shape != other.shape or len(own) != len(origins):
        raise ValueError("scores and origins do not belong together")
    both = ~np.isnan(own + other)
    targets = int(both.sum())
    if targets == 0:
        return Difference(np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, 0, 0)
    sums = np.stack([np.where(both, part, 0.0).sum(axis=1) for part in (own, other)] + [both.sum(axis=1)])
    scored = np.flatnonzero(both.any(axis=1))
    months = origins.astype("datetime64[M]").astype(np.int64)
    months = months[scored] - months[scored[0]]
    calendar = np.zeros((3, int(months[-1]) + 1))
    calendar[:, months] = sums[:, scored]
    blocks = calendar.shape[1] // block_months
    skill, difference = _figures(calendar.sum(axis=1))
    bounds = np.full((2, 2), np.nan)
    if blocks >= FEWEST_BLOCKS:
        # A calendar may be drawn that holds no target, or in which the other's score is nought: no figure.
        drawn = np.stack(_figures(_resampled(calendar, block_months, draws, seed)))
        tails = np.array([(1 - probability) / 2, (1 + probability) / 2])
        spread = drawn - np.nanmean(drawn, axis=1, keepdims=True)
        bounds = np.nanquantile(spread, tails, axis=1).T * _widening(blocks, probability)
        bounds += np.array([[skill], [difference]])
    return Difference(
        skill=float(skill),
        skill_lower=float(bounds[0, 0]),
        skill_upper=float(bounds[0, 1]),
        difference=float(difference),
        lower=float(bounds[1, 0]),
        upper=float(bounds[1, 1]),
        targets=targets,
        blocks=blocks,
    )


def _widening(blocks: int, probability: float) -> float:
    """What an interval from a known spread is multiplied by when the spread is that of a few blocks."""
    from scipy.special import ndtri, stdtrit

    level = (1 + probability) / 2
    return float(stdtrit(blocks - 1, level) / ndtri(level) * np.sqrt(blocks / (blocks - 1)))


def _figures(sums: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Skill and difference of (own, other, targets), each ``[3, ...]``."""
    own, other, targets = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        skill = np.where(other > 0, 1 - own / other, np.nan)
        return skill, np.where(targets > 0, (own - other) / targets, np.nan)


def _resampled(calendar: NDArray[np.float64], length: int, draws: int, seed: int) -> NDArray[np.float64]:
    """Sums over calendars made of blocks, shape ``[3, draws]``."""
    months = calendar.shape[1]
    count = -(-months // length)
    lengths = np.full(count, length)
    lengths[-1] = months - length * (count - 1)
    starts = np.random.default_rng(seed).integers(0, months - length + 1, (draws, count))
    ends = np.concatenate([np.zeros((3, 1)), np.cumsum(calendar, axis=1)], axis=1)
    total: NDArray[np.float64] = (ends[:, starts + lengths] - ends[:, starts]).sum(axis=-1)
    return total
