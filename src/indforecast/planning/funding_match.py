"""An amount that grants as much as another way of funding does, found by simulation.

What belongs here: that amount, and how near the two are on paths that set it and on paths that judge. What does
not: what money does in a month (``funding_steps``), the other first amounts (``funding``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.planning.funding_steps import run_regime

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.funding_case import FundingCase
    from indforecast.planning.funding_steps import Regime

_YEAR: Final = 12
_CENTS: Final = 100
_TRIES: Final = 12
#: Near enough, in cents over the whole horizon: EUR 1.
_NEAR: Final = 100.0


@dataclass(frozen=True)
class SameMoney:
    """How near two ways of funding are in what they grant over the horizon, EUR, means over paths.

    Parameters
    ----------
    setting_eur, setting_reference_eur : float
        On the paths that set the amount: alike, by simulation.
    judging_difference_eur : float
        On the paths that judge, the way's own less the reference's.
    standard_error_eur : float
        Of that difference: of the judging paths and of those that set the amount together.
    """

    setting_eur: float
    setting_reference_eur: float
    judging_difference_eur: float
    standard_error_eur: float


def matched_amount(setting: FundingCase, regime: Regime, target_cents: float, begins: int) -> int:
    """Cents of the first year with which a way of funding grants ``target_cents`` over the horizon, on average.

    By the secant method on simulated grants: a review within the horizon moves later years whatever came first.

    Parameters
    ----------
    setting : FundingCase
        The paths that set amounts.
    regime : Regime
        How the amount moves.
    target_cents : float
        Mean over paths of what is to be granted over the horizon.
    begins : int
        Amount to begin from, cents a year.
    """
    amount, slope = begins, len(setting.months) / _YEAR
    before: tuple[int, float] | None = None
    best = (np.inf, begins)
    for _ in range(_TRIES):
        granted = float(run_regime(setting, regime, amount).granted.sum(axis=1).mean())
        best = min(best, (abs(granted - target_cents), amount))
        if best[0] <= _NEAR:
            break
        if before is not None and before[0] != amount:
            found = (granted - before[1]) / (amount - before[0])
            slope = found if found > 0 else slope
        before = (amount, granted)
        amount = max(0, round(amount + (target_cents - granted) / slope))
    return best[1]


def same_money(
    setting: NDArray[np.int64],
    setting_reference: NDArray[np.int64],
    judging: NDArray[np.int64],
    judging_reference: NDArray[np.int64],
) -> SameMoney:
    """How near two ways of funding are, from what each granted.

    Parameters
    ----------
    setting, setting_reference, judging, judging_reference : ndarray of int64
        Cents, shape ``[path, month]``.
    """
    errors: list[float] = []
    for own, other in ((setting, setting_reference), (judging, judging_reference)):
        apart = (own.sum(axis=1) - other.sum(axis=1)) / _CENTS
        errors.append(float(apart.std(ddof=1)) / np.sqrt(apart.size) if apart.size > 1 else 0.0)
    sums = [float(each.sum(axis=1).mean()) / _CENTS for each in (setting, setting_reference)]
    apart = (judging.sum(axis=1) - judging_reference.sum(axis=1)).mean() / _CENTS
    return SameMoney(sums[0], sums[1], float(apart), float(np.hypot(errors[0], errors[1])))
