"""Hours per case as a moving quantity: a factor on today's hours, on every path and in every month.

The logarithm of the factor drifts (by an amount that is itself uncertain), wanders and jumps, partly for all
streams at once and partly for each alone. It is independent of inflow, so that the two can be told apart
(``variance``).

What belongs here: drawing factors. What does not: estimating them from decisions and hours
(``complexity_fit``), and what hours mean for staff and money.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.domain.seeds import generator_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.config.planning_complexity import ComplexityPlanning

_MONTHS_A_YEAR = 12
#: Draws are always made for so many months, so that a shorter horizon is the beginning of a longer one.
_DRAWN = 120


@dataclass(frozen=True)
class Movement:
    """How a logarithm moves.

    Parameters
    ----------
    drift, drift_uncertainty : float
        Mean and standard deviation of the change a year.
    volatility : float
        Standard deviation of a year's wandering.
    jumps : float
        Jumps a year.
    jump_size, jump_spread : float
        Mean and standard deviation of a jump.
    """

    drift: float = 0.0
    drift_uncertainty: float = 0.0
    volatility: float = 0.0
    jumps: float = 0.0
    jump_size: float = 0.0
    jump_spread: float = 0.0


@dataclass(frozen=True)
class ComplexityFigures:
    """The part common to all streams, and each stream's own.

    Parameters
    ----------
    common : Movement
        Common part.
    own : mapping of series_id to Movement
        Own parts; their order does not matter.
    exposure : mapping of series_id to float
        Share of the common part that a stream feels.
    """

    common: Movement
    own: dict[str, Movement]
    exposure: dict[str, float]


def figures_from(settings: ComplexityPlanning, series_ids: Sequence[str]) -> ComplexityFigures:
    """The assumed movement of each stream."""
    half = settings.drift_uncertainty.value * math.sqrt(0.5)
    size, spread = settings.jump_size.value, settings.jump_spread.value
    common = Movement(
        settings.drift.value, half, settings.volatility_common.value, settings.jumps_common.value, size, spread
    )
    exposure = {name: settings.exposure[name].value if name in settings.exposure else 1.0 for name in series_ids}
    own = {
        name: Movement(
            0.0,
            half * felt,
            settings.volatility_own.value * felt,
            settings.jumps_own.value,
            size * felt,
            spread * felt,
        )
        for name, felt in exposure.items()
    }
    return ComplexityFigures(common, own, exposure)


def complexity_factors(
    paths: int, months: int, figures: ComplexityFigures, seed: int
) -> dict[str, NDArray[np.float64]]:
    """Factors on today's hours per case.

    Parameters
    ----------
    paths, months : int
        Shape wanted. The first paths and months of a larger request are those of a smaller one.
    figures : ComplexityFigures
        How the logarithm of the factor moves; 1 at the origin, the month before the first.
    seed : int
        From :func:`indforecast.domain.seeds.seed_for`.

    Returns
    -------
    dict of series_id to ndarray
        Shape ``[path, month]``, above 0.
    """
    common = _walk(paths, months, figures.common, seed, "common")
    return {
        name: np.exp(figures.exposure[name] * common + _walk(paths, months, own, seed, name))
        for name, own in figures.own.items()
    }


def level_factors(
    paths: int, settings: ComplexityPlanning, series_ids: Sequence[str], seed: int
) -> dict[str, NDArray[np.float64]]:
    """What today's hours per case may really be against those assumed: a draw a path, median 1, shape ``[path]``.

    Parameters
    ----------
    paths : int
        How many.
    settings : ComplexityPlanning
        How far off an assumed figure may be.
    series_ids : sequence of str
        Streams whose hours are assumed.
    seed : int
        From :func:`indforecast.domain.seeds.seed_for`.
    """
    spread = settings.level_uncertainty.value
    return {
        name: np.exp(spread * generator_for(seed, name, "level").standard_normal(paths)) for name in series_ids
    }


def _walk(paths: int, months: int, movement: Movement, seed: int, name: str) -> NDArray[np.float64]:
    """A logarithm's path from 0 at the origin, shape ``[path, month]``.

    Each kind of draw has its own generator and is made path by path over a fixed horizon: asking for more paths or
    months changes none that were asked for before.
    """
    drawn = max(months, _DRAWN)

    def normal(kind: str, columns: int, wanted: int) -> NDArray[np.float64]:
        return generator_for(seed, name, kind).standard_normal((paths, columns))[:, :wanted]

    steps = np.zeros((paths, months))
    if movement.volatility:
        steps += movement.volatility / math.sqrt(_MONTHS_A_YEAR) * normal("wander", drawn, months)
    steps += movement.drift / _MONTHS_A_YEAR
    if movement.drift_uncertainty:
        steps += movement.drift_uncertainty / _MONTHS_A_YEAR * normal("drift", 1, 1)
    if movement.jumps:
        count = _jump_counts(paths, drawn, movement.jumps / _MONTHS_A_YEAR, seed, name)[:, :months]
        rows, columns = np.nonzero(count)
        n = count[rows, columns]
        size = generator_for(seed, name, "size").standard_normal((paths, drawn))[rows, columns]
        steps[rows, columns] += n * movement.jump_size + np.sqrt(n) * movement.jump_spread * size
    walked: NDArray[np.float64] = np.cumsum(steps, axis=1)
    return walked


def _jump_counts(paths: int, months: int, rate: float, seed: int, name: str) -> NDArray[np.float64]:
    """Poisson counts by inversion of one uniform number each, so that a higher rate never takes a jump away."""
    uniform = generator_for(seed, name, "jump").random((paths, months))
    counts = np.zeros((paths, months))
    below, term, k = math.exp(-rate), math.exp(-rate), 0
    while True:
        over = uniform > below
        if not over.any() or k >= 50:
            return counts
        counts += over
        k += 1
        term *= rate / k
        below += term
