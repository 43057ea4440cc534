"""How hours per case drift and jump.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_complexity.toml``) and what is computed with them (``indforecast.planning``).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from indforecast.config.kinds import Kind, Share
from indforecast.config.parameter import Frozen, Parameter

_DRIFT = Kind("per year", -0.5, 0.5)
_SPREAD = Kind("per year", 0, 0.5)
_VOLATILITY = Kind("per square root of a year", 0, 1)
_RATE = Kind("jumps/year", 0, 12)
_SIZE = Kind("log hours", -1, 1)
_SIZE_SPREAD = Kind("log hours", 0, 1)

Drift = Annotated[Parameter, _DRIFT, AfterValidator(_DRIFT.check)]
DriftSpread = Annotated[Parameter, _SPREAD, AfterValidator(_SPREAD.check)]
Volatility = Annotated[Parameter, _VOLATILITY, AfterValidator(_VOLATILITY.check)]
JumpRate = Annotated[Parameter, _RATE, AfterValidator(_RATE.check)]
JumpSize = Annotated[Parameter, _SIZE, AfterValidator(_SIZE.check)]
JumpSpread = Annotated[Parameter, _SIZE_SPREAD, AfterValidator(_SIZE_SPREAD.check)]


class ComplexityPlanning(Frozen):
    """How hours per case move from today's; changes of their logarithm, so that 0.03 is about 3 %.

    Parameters
    ----------
    drift, drift_uncertainty : Parameter
        Expected change a year, and the standard deviation of what that change may turn out to be. Half of its
        variance is common to all streams.
    volatility_common, volatility_own : Parameter
        Standard deviation of a year's wandering around the drift: of all streams together, and of each for itself.
    jumps_common, jumps_own : Parameter
        Jumps a year that hit all streams, and each for itself (a ruling, a new instruction).
    jump_size, jump_spread : Parameter
        Mean and standard deviation of a jump.
    level_uncertainty : Parameter
        Standard deviation of the logarithm of what today's hours per case may really be, where they are assumed;
        it is no movement, and 0 for a stream whose own hours are given.
    exposure : mapping of series_id to Parameter
        Share of all this that a stream feels; 1 for streams that are not named.
    """

    drift: Drift
    drift_uncertainty: DriftSpread
    volatility_common: Volatility
    volatility_own: Volatility
    jumps_common: JumpRate
    jumps_own: JumpRate
    jump_size: JumpSize
    jump_spread: JumpSpread
    level_uncertainty: JumpSpread
    exposure: dict[str, Share] = Field(default_factory=dict)
