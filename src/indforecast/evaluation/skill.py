"""How much better than the better naive, month by month ahead, and how far ahead that lasts.

What belongs here: skill by horizon and the useful horizon, on arrays of scores. What does not: the scores
(``evaluation.scores``), intervals (``evaluation.differences``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Skill is read over so many neighbouring months ahead: one lucky or unlucky month decides nothing.
WINDOW: Final = 3


def skill_by_horizon(
    own: NDArray[np.float64], naives: NDArray[np.float64], window: int = 1
) -> NDArray[np.float64]:
    """``1 − mean score / mean score of the better naive`` at each horizon, on targets that all of them have.

    Parameters
    ----------
    own : ndarray
        Scores of one model, lower is better, shape ``[O, H]``; NaN where nothing is scored.
    naives : ndarray
        Scores of the naives, shape ``[N, O, H]``. The better one is chosen horizon by horizon, in hindsight.
    window : int
        Odd: so many neighbouring horizons are taken together, fewer at both ends.

    Returns
    -------
    ndarray
        Shape ``[H]``: 0 as good as the better naive, 1 perfect, below 0 worse; NaN where nothing is scored.

    References
    ----------
    Gneiting & Raftery 2007, section 2.3, doi 10.1198/016214506000001437.
    """
    if window < 1 or window % 2 == 0:
        raise ValueError(f"window must be odd and at least 1, got {window}")
    common = ~np.isnan(own) & ~np.isnan(naives).any(axis=0)
    mine = _spread(np.where(common, own, 0.0).sum(axis=0), window)
    best = _spread(np.where(common, naives, 0.0).sum(axis=1), window).min(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        skill = np.where(best > 0, 1.0 - mine / best, np.nan)
    return np.where(common.any(axis=0), skill, np.nan)


def useful_horizon(own: NDArray[np.float64], naives: NDArray[np.float64], window: int = WINDOW) -> int:
    """Months ahead up to which skill stays above zero without a break.

    Parameters
    ----------
    own, naives, window
        As in :func:`skill_by_horizon`.

    Returns
    -------
    int
        0 where skill is not above zero one month ahead, or nothing is scored; at most H.
    """
    useful = skill_by_horizon(own, naives, window) > 0
    return int(len(useful) if useful.all() else useful.argmin())


def _spread(sums: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Sums over a window around each place of the last axis, cut at both ends."""
    last = sums.shape[-1]
    return np.stack(
        [
            sums[..., max(place - window // 2, 0) : min(place + window // 2 + 1, last)].sum(axis=-1)
            for place in range(last)
        ],
        axis=-1,
    )
