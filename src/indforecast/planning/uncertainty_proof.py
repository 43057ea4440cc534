"""Shares of uncertainty add up to one.

What belongs here: that proof. What does not: the shares (``uncertainty``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.planning.proof import Proof

if TYPE_CHECKING:
    import pandas as pd

_KEYS: Final = ["measure", "series_id", "year"]
_TOLERANCE: Final = 1e-9


def shares_add_up(table: pd.DataFrame) -> Proof:
    """Shares of the sources of a measure and year add up to 1, or are all 0 where it does not vary.

    Parameters
    ----------
    table : DataFrame
        ``indforecast.planning.uncertainty.UNCERTAINTY_COLUMNS``.
    """
    sums = table.groupby(_KEYS)["share"].sum().to_numpy()
    error = np.minimum(np.abs(sums - 1), np.abs(sums))
    return Proof(
        "shares_add_up",
        float(error.max(initial=0.0)),
        "share",
        int(sums.size),
        "Shares of the sources of uncertainty add up to one",
        "Aandelen van de bronnen van onzekerheid tellen op tot één",
        _TOLERANCE,
    )
