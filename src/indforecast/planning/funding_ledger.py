"""A service's money along the months of many paths, in whole cents: granted, spent, kept, given back, short.

Within a calendar year what is left of a month stays for the next ones. At the year's end a surplus fills the
reserve up to its cap and the rest goes back; a deficit is taken from the reserve, and what the reserve cannot bear
is a shortage that others have to make up. Hence on every path, to the cent, over any number of whole years

    granted + short = spent + given back + change of the reserve

What belongs here: that bookkeeping. What does not: how large the amount is (``funding_steps``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_YEAR: Final = 12


@dataclass
class Ledger:
    """Money on every path; all arrays are int64 cents of shape ``[path]``.

    Parameters
    ----------
    amount : ndarray of int64
        What is granted for the year.
    reserve_share : float
        Most of a year's amount that may be kept at its end.
    """

    amount: NDArray[np.int64]
    reserve_share: float
    following: NDArray[np.int64] = field(init=False)
    reserve: NDArray[np.int64] = field(init=False)
    balance: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no reserve and the same amount next year."""
        self.following = self.amount
        self.reserve, self.balance = np.zeros_like(self.amount), np.zeros_like(self.amount)

    def grant(self, month: int) -> NDArray[np.int64]:
        """Take in the share of a month (1..12); the twelve add up to the amount."""
        portion = self.amount * month // _YEAR - self.amount * (month - 1) // _YEAR
        self.balance = self.balance + portion
        return portion

    def spend(self, spent: NDArray[np.int64]) -> None:
        """Pay for a month."""
        self.balance = self.balance - spent

    def in_view(self, month: int) -> NDArray[np.float64]:
        """Cents of twelve months from the beginning of a month (1..12): this year's rest and the next one's."""
        return (self.amount * (_YEAR + 1 - month) + self.following * (month - 1)) / _YEAR

    def settle(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """End the year: what goes back and what is short. The next year's amount comes into force."""
        left = self.balance + self.reserve
        cap = np.floor(self.reserve_share * self.amount).astype(np.int64)
        self.reserve = np.clip(left, 0, cap)
        back, short = np.maximum(left - self.reserve, 0), np.maximum(-left, 0)
        self.balance = np.zeros_like(self.balance)
        self.amount = self.following
        return back, short
