"""Estimates of single streams and the assumptions joined into one movement for all streams.

What a short history says is weighed against what is assumed: drifts by their precision, jumps as if the assumption
had been seen for some years. Wandering that streams have in common is the covariance of their steps.

What belongs here: that joining. What does not: estimating one stream (``complexity_fit``), drawing
(``complexity``).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.complexity import ComplexityFigures, Movement, figures_from
from indforecast.planning.complexity_fit import FEWEST_MONTHS, fit_complexity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.config.planning_complexity import ComplexityPlanning
    from indforecast.planning.complexity_fit import ComplexityFit
    from indforecast.planning.hours_history import HoursHistory

#: Years for which the assumed rate of jumps counts as if it had been seen, and jumps of the assumed size.
_ASSUMED_YEARS = 4.0
_ASSUMED_JUMPS = 2.0
_MONTHS_A_YEAR = 12


def estimate(
    histories: Mapping[str, HoursHistory], settings: ComplexityPlanning, series_ids: Sequence[str]
) -> tuple[ComplexityFigures, dict[str, ComplexityFit]]:
    """Movement of hours per case: estimated where there is a history, assumed elsewhere.

    Parameters
    ----------
    histories : mapping of series_id to HoursHistory
        Each with at least 24 months.
    settings : ComplexityPlanning
        The assumptions.
    series_ids : sequence of str
        All streams.

    Raises
    ------
    InputError
        If a history is too short or never changes.
    """
    fits = {name: fit_complexity(history) for name, history in histories.items()}
    assumed = figures_from(settings, series_ids)
    shared = common_variance(histories, fits)
    common = assumed.common
    if shared is not None:
        common = replace(common, volatility=math.sqrt(shared * _MONTHS_A_YEAR))
    own = {
        name: _weighed(fits[name], assumed, common, name) if name in fits else movement
        for name, movement in assumed.own.items()
    }
    return ComplexityFigures(common, own, assumed.exposure), fits


def common_variance(histories: Mapping[str, HoursHistory], fits: Mapping[str, ComplexityFit]) -> float | None:
    """Variance a month that streams wander in common, the mean over pairs of streams; ``None`` without a pair.

    Noise of the month makes a step up and one down: covariances with the step before and after take it out again.
    """
    names = sorted(fits)
    found = []
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            covariance = _joint(histories[one], fits[one], histories[other], fits[other])
            if covariance is not None:
                found.append(covariance)
    if not found:
        return None
    least = min((fits[name].volatility ** 2 / _MONTHS_A_YEAR for name in names), default=0.0)
    return float(np.clip(np.mean(found), 0.0, least))


def _joint(one: HoursHistory, first: ComplexityFit, other: HoursHistory, second: ComplexityFit) -> float | None:
    months = np.arange(max(one.months[0], other.months[0]), min(one.months[-1], other.months[-1]) + 1)
    if months.size < FEWEST_MONTHS:
        return None
    left = first.steps[np.isin(one.months, months)]
    right = second.steps[np.isin(other.months, months)]
    return sum(_covariance(left, right, lag) for lag in (-1, 0, 1))


def _covariance(left: NDArray[np.float64], right: NDArray[np.float64], lag: int) -> float:
    ahead, behind = (left[lag:], right[: right.size - lag]) if lag >= 0 else (left[:lag], right[-lag:])
    both = np.isfinite(ahead) & np.isfinite(behind)
    return float(np.mean(ahead[both] * behind[both])) if both.any() else 0.0


def _weighed(fit: ComplexityFit, assumed: ComplexityFigures, common: Movement, name: str) -> Movement:
    """A stream's own part: what was estimated and assumed of the whole, less what is common."""
    felt, own = assumed.exposure[name], assumed.own[name]
    prior = own.drift + felt * common.drift
    prior_variance = own.drift_uncertainty**2 + (felt * common.drift_uncertainty) ** 2
    seen = fit.drift_error**2
    weight = prior_variance / (prior_variance + seen) if prior_variance + seen else 1.0
    drift = prior + weight * (fit.drift - prior)
    variance = (1 - weight) * prior_variance
    sizes = np.array([jump.size for jump in fit.jumps])
    rate = (len(sizes) + _ASSUMED_YEARS * own.jumps) / (fit.years + _ASSUMED_YEARS)
    size = (sizes.sum() + _ASSUMED_JUMPS * own.jump_size) / (len(sizes) + _ASSUMED_JUMPS)
    spread = (np.sum((sizes - size) ** 2) + _ASSUMED_JUMPS * own.jump_spread**2) / (len(sizes) + _ASSUMED_JUMPS)
    return Movement(
        drift=drift - felt * common.drift,
        drift_uncertainty=math.sqrt(max(variance - (felt * common.drift_uncertainty) ** 2, 0.0)),
        volatility=math.sqrt(max(fit.volatility**2 - (felt * common.volatility) ** 2, 0.0)),
        jumps=float(rate),
        jump_size=float(size),
        jump_spread=math.sqrt(float(spread)),
    )
