"""How hours per case moved, estimated from a user's own decisions and hours.

The logarithm of a stream's hours per case is a level plus noise of the month; the level drifts, wanders and jumps.
Its monthly differences have a tridiagonal covariance, so that the likelihood needs no filter. Jumps of the level
and single wrong months are found one after the other as the largest auxiliary residual (Harvey and Koopman 1992,
doi 10.1080/07350015.1992.10509913), against a robust covariance from median absolute deviations (after Ma and
Genton 2000, doi 10.1111/1467-9892.00203); drift and variances then come from the restricted likelihood.

What belongs here: one stream. What does not: reading a user's table (``hours_history``), joining streams and
assumptions (``complexity_estimate``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cho_solve_banded, cholesky_banded
from scipy.optimize import minimize
from scipy.stats import norm

from indforecast.domain.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.hours_history import HoursHistory

#: Months with hours that an estimate needs.
FEWEST_MONTHS = 24
_MONTHS_A_YEAR = 12
#: Median absolute deviation to standard deviation, for a normal distribution.
_MAD = 1.4826
#: Chance that a series without jumps is given one.
_FALSE_ALARM = 0.05
_LEAST_VARIANCE = 1e-10


@dataclass(frozen=True)
class Jump:
    """A jump of the level: the first month of the new level, its logarithmic size, and its standard error."""

    month: np.datetime64
    size: float
    standard_error: float


@dataclass(frozen=True)
class ComplexityFit:
    """How one stream's hours per case moved.

    Parameters
    ----------
    series_id : str
        The stream.
    months : int
        Months with hours.
    years : float
        From the first to the last of them.
    hours_per_case : float
        Level at the end: the median of the last six months without the noise of wrong ones.
    drift, drift_error : float
        Change of the logarithm a year, jumps apart, and its standard error.
    volatility, volatility_error : float
        Standard deviation of a year's wandering, and its standard error.
    noise : float
        Standard deviation of a month's noise.
    jumps : tuple of Jump
        In order of time.
    wrong_months : tuple of datetime64[M]
        Single months that stand apart and were left out.
    steps : ndarray of float
        Monthly differences without drift, jumps and wrong months, at the month they lead to; not a number where
        there is none. Shape ``[month]`` of the history.
    """

    series_id: str
    months: int
    years: float
    hours_per_case: float
    drift: float
    drift_error: float
    volatility: float
    volatility_error: float
    noise: float
    jumps: tuple[Jump, ...]
    wrong_months: tuple[np.datetime64, ...]
    steps: NDArray[np.float64]


def fit_complexity(history: HoursHistory) -> ComplexityFit:
    """Estimate level, drift, wandering, noise and jumps of one stream.

    Parameters
    ----------
    history : HoursHistory
        At least 24 months with hours.

    Raises
    ------
    InputError
        If there are fewer months, or hours per case never change.
    """
    known = np.flatnonzero(np.isfinite(history.hours_per_case))
    if known.size < FEWEST_MONTHS:
        raise InputError(
            f"{history.series_id} has {known.size} months with decisions and hours; an estimate needs "
            f"{FEWEST_MONTHS}.",
            hint="Give more months, or leave the stream out: the assumption is then used for it.",
        )
    level = np.log(history.hours_per_case[known])
    gaps = np.diff(known).astype(np.float64)
    steps = np.diff(level)
    if float(np.ptp(steps)) < 1e-9:
        raise InputError(
            f"{history.series_id} has hours per case that never change: {history.hours_per_case[known[0]]:g}.",
            hint="These are norm hours; give hours as written.",
        )
    kinds = _interventions(steps, gaps)
    design = _design(gaps, kinds)
    wander, noise, error = _variances(steps, gaps, design)
    effects, covariance = _generalised(steps, design, _band(gaps, wander, noise))
    jumps = [
        Jump(history.months[known[at + 1]], float(effects[1 + place]), math.sqrt(covariance[1 + place, 1 + place]))
        for place, (kind, at) in enumerate(kinds)
        if kind == "jump"
    ]
    wrong = [known[0 if kind == "end" and at == 0 else at + 1] for kind, at in kinds if kind != "jump"]
    years = float((known[-1] - known[0]) / _MONTHS_A_YEAR)
    # Wandering is estimated itself; without its own error a drift would look too sure.
    drift_variance = covariance[0, 0] * _MONTHS_A_YEAR**2 + error**2 * _MONTHS_A_YEAR / years
    cleaned = np.full(history.months.size, np.nan)
    cleaned[known[1:]] = steps - design @ effects
    kept = np.setdiff1d(known, wrong)[-6:]
    return ComplexityFit(
        series_id=history.series_id,
        months=int(known.size),
        years=years,
        hours_per_case=float(np.median(history.hours_per_case[kept])),
        drift=float(effects[0] * _MONTHS_A_YEAR),
        drift_error=math.sqrt(drift_variance),
        volatility=math.sqrt(wander * _MONTHS_A_YEAR),
        volatility_error=error * math.sqrt(_MONTHS_A_YEAR),
        noise=math.sqrt(noise),
        jumps=tuple(sorted(jumps, key=lambda jump: jump.month)),
        wrong_months=tuple(history.months[index] for index in sorted(wrong)),
        steps=cleaned,
    )


def _interventions(steps: NDArray[np.float64], gaps: NDArray[np.float64]) -> list[tuple[str, int]]:
    """Jumps and wrong months, the most striking first: kind and index of the step that leads to the month."""
    kinds: list[tuple[str, int]] = []
    critical = float(norm.ppf(1 - _FALSE_ALARM / (4 * steps.size)))
    for _ in range(max(1, steps.size // 8)):
        design = _design(gaps, kinds)
        band = _band(gaps, *_robust_variances(steps, gaps, design))
        effects, _ = _generalised(steps, design, band)
        residual = steps - design @ effects
        factor = (cholesky_banded(band, lower=False), False)
        precision = cho_solve_banded(factor, np.eye(steps.size))
        weighted = precision @ residual
        jump = weighted / np.sqrt(np.diag(precision))
        pairs = np.diag(precision)[:-1] + np.diag(precision)[1:] - 2 * np.diag(precision, 1)
        wrong = (weighted[:-1] - weighted[1:]) / np.sqrt(pairs)
        best_jump, best_wrong = int(np.argmax(np.abs(jump))), int(np.argmax(np.abs(wrong)))
        if max(abs(jump[best_jump]), abs(wrong[best_wrong])) < critical:
            break
        if abs(jump[best_jump]) >= abs(wrong[best_wrong]):
            # One month at an end is no level: it may as well be a wrong month.
            kinds.append(("end" if best_jump in (0, steps.size - 1) else "jump", best_jump))
        else:
            kinds.append(("wrong", best_wrong))
    return kinds


def _design(gaps: NDArray[np.float64], kinds: list[tuple[str, int]]) -> NDArray[np.float64]:
    """Columns of the drift and of every intervention, shape ``[step, column]``."""
    design = np.zeros((gaps.size, 1 + len(kinds)))
    design[:, 0] = gaps
    for place, (kind, at) in enumerate(kinds, start=1):
        design[at, place] = 1.0
        if kind == "wrong":
            design[at + 1, place] = -1.0
    return design


def _band(gaps: NDArray[np.float64], wander: float, noise: float) -> NDArray[np.float64]:
    """Covariance of the steps in upper banded form: wandering over a gap, noise at both its ends."""
    band = np.zeros((2, gaps.size))
    band[0, 1:] = -noise
    band[1] = gaps * wander + 2 * noise
    return band


def _generalised(
    steps: NDArray[np.float64], design: NDArray[np.float64], band: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Generalised least squares: effects and their covariance."""
    factor = (cholesky_banded(band, lower=False), False)
    solved = cho_solve_banded(factor, design)
    covariance = np.linalg.inv(design.T @ solved)
    effects = covariance @ (solved.T @ steps)
    return np.asarray(effects, dtype=np.float64), np.asarray(covariance, dtype=np.float64)


def _robust_variances(
    steps: NDArray[np.float64], gaps: NDArray[np.float64], design: NDArray[np.float64]
) -> tuple[float, float]:
    """Variances of wandering and noise from medians, hardly moved by a few jumps."""
    free = np.flatnonzero((gaps == 1) & (np.abs(design[:, 1:]).sum(axis=1) == 0))
    if free.size < FEWEST_MONTHS // 2:
        free = np.arange(steps.size)
    centred = steps - np.median(steps[free])
    total = _scale(centred[free]) ** 2
    pairs = free[:-1][np.diff(free) == 1]
    here, there = centred[pairs], centred[pairs + 1]
    joint = (_scale(here + there) ** 2 - _scale(here - there) ** 2) / 4
    noise = float(np.clip(-joint, 0.02 * total, 0.49 * total))
    return max(float(total - 2 * noise), 0.02 * total, _LEAST_VARIANCE), max(noise, _LEAST_VARIANCE)


def _scale(values: NDArray[np.float64]) -> float:
    return float(_MAD * np.median(np.abs(values - np.median(values))))


def _variances(
    steps: NDArray[np.float64], gaps: NDArray[np.float64], design: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Restricted likelihood: variances a month of wandering and noise, and the error of wandering's deviation."""
    scale = float(np.var(steps)) or 1.0

    def loss(point: NDArray[np.float64]) -> float:
        wander, noise = scale * np.exp(np.clip(point, -25, 10))
        band = _band(gaps, float(wander), float(noise))
        factor = cholesky_banded(band, lower=False)
        solved = cho_solve_banded((factor, False), np.column_stack([design, steps]))
        information = design.T @ solved[:, :-1]
        effects = np.linalg.solve(information, design.T @ solved[:, -1])
        quadratic = float(steps @ solved[:, -1] - (design.T @ solved[:, -1]) @ effects)
        half_log = float(np.sum(np.log(factor[1])))
        return half_log + 0.5 * float(np.linalg.slogdet(information)[1]) + 0.5 * quadratic

    start = np.log(np.array(_robust_variances(steps, gaps, design)) / scale)
    trials = [start, np.array([start[0] + 2, start[1] - 2]), np.array([start[0] - 3, start[1] + 0.5])]
    found = min(
        (minimize(loss, trial, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-9}) for trial in trials),
        key=lambda result: float(result.fun),
    )
    wander, noise = (float(value) for value in scale * np.exp(np.clip(found.x, -25, 10)))
    deviation = math.sqrt(wander)
    return wander, noise, _error_of_deviation(loss, found.x, deviation)


def _error_of_deviation(loss: object, point: NDArray[np.float64], deviation: float) -> float:
    """Standard error from the curvature; half of it when the curvature says nothing (a variance near 0)."""
    assert callable(loss)
    step = 0.05
    around = np.array(
        [[float(loss(point + step * np.array([i, j]))) for j in (-1, 0, 1)] for i in (-1, 0, 1)], dtype=np.float64
    )
    first = (around[2, 1] - 2 * around[1, 1] + around[0, 1]) / step**2
    second = (around[1, 2] - 2 * around[1, 1] + around[1, 0]) / step**2
    mixed = (around[2, 2] - around[2, 0] - around[0, 2] + around[0, 0]) / (4 * step**2)
    determinant = first * second - mixed**2
    if first <= 1e-6 or second <= 1e-6 or determinant <= 1e-9:
        return deviation
    return float(0.5 * deviation * math.sqrt(second / determinant))
