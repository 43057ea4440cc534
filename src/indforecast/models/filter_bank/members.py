"""The grid: kinds of series that the bank can imagine, how fast their spread changes, how long a record counts.

Every member runs with every decay, and every such filter is weighed under every discount: 58 x 2 x 2 weights at
each horizon, and the data decide among them all. What belongs here: parameters and why they are what they are.
What does not: any recursion.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final


@dataclass(frozen=True)
class Member:
    """One filter: a level, a season, a slow mean that the level reverts to, and momentum, on log(1 + count).

    Parameters
    ----------
    level_noise : float
        Variance of a month's change of level over the variance of a month's noise: 0.05 hardly moves, 30 follows.
    season_prior : float
        Variance of a month's seasonal deviation over the variance of a month's noise before anything is seen: 0.3
        asks years for a season, 30 believes the first.
    reversion : float
        Share of the distance to the slow mean that the level loses in a month, so that 60 months do not explode.
    momentum : float
        Share of a level's last move that is carried on into the next month's.
    momentum_damping : float
        How much of the momentum is left a month later.
    """

    level_noise: float
    season_prior: float
    reversion: float = 0.0
    momentum: float = 0.0
    momentum_damping: float = 0.0


#: Shares of a running variance that are left a month later: one forgets within half a year, one within four.
DECAYS: Final = (0.85, 0.98)
#: Shares of a member's score that are left a month later.
DISCOUNTS: Final = (0.999, 0.99)

_REVERSION: Final = (0.0, 0.03)
_SEASON_PRIOR: Final = (3.0, 30.0)

#: 58 members. Chosen on public series, see docs/methods/engine.md.
MEMBERS: Final[tuple[Member, ...]] = (
    # Levels from nearly still to a random walk, with and without a pull back.
    *(Member(*values) for values in product((0.05, 0.3, 1.0, 4.0, 30.0), (0.3, *_SEASON_PRIOR), _REVERSION)),
    # A move that goes on for a month or two.
    *(Member(*values, 0.4, 0.5) for values in product((0.5, 5.0), (0.3, *_SEASON_PRIOR), _REVERSION)),
    # Growth that fades within a year, within four years, and hardly at all.
    *(Member(*values, 0.0, 0.1, 0.9) for values in product((0.3, 1.0, 4.0), _SEASON_PRIOR)),
    *(Member(*values, 0.0, 0.05, 0.98) for values in product((0.3, 1.0, 4.0), _SEASON_PRIOR)),
    *(Member(*values, 0.0, 0.02, 0.995) for values in product((0.3, 1.0), _SEASON_PRIOR)),
)
