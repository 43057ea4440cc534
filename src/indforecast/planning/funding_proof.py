"""Money that is granted is spent, given back, short or in reserve, to the cent.

What belongs here: that proof on regimes that were run. What does not: the regimes (``funding``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.proof import Proof

if TYPE_CHECKING:
    from indforecast.planning.funding import Comparison


def money_balance(found: Comparison) -> Proof:
    """Granted − spent − given back + short = reserve, over the horizon, on every path of every regime.

    Parameters
    ----------
    found : Comparison
        Regimes whose books are closed in their last month.
    """
    worst, looked_at = 0, 0
    for paths in found.paths.values():
        left = (paths.granted - paths.spent - paths.given_back + paths.short).sum(axis=1) - paths.reserve[:, -1]
        worst = max(worst, int(np.abs(left).max(initial=0)))
        looked_at += paths.granted.size
    return Proof(
        "money_balance",
        float(worst),
        "cents",
        looked_at,
        "Granted − spent − given back + short = reserve, on every path of every way of funding",
        "Toegekend − uitgegeven − teruggegeven + tekort = reserve, op elk pad van elke bekostiging",
    )
