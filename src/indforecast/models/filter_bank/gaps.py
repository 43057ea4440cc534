"""Kalman gains of series with missing months: what is known of the level and of each month of the year differs.

What belongs here: the Riccati recursion of ``gains``, series by series from the first gap on. What does not: data:
these gains depend on which months are missing, and on nothing else.

A gap makes the level less certain, and one month of the year for good: gains never return to those of a series
without. So such a series carries its own covariances, of every pair of level noise and season prior in the bank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.models.filter_bank.gains import covariance_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.models.filter_bank.members import Member


class GapGains:
    """Covariances of level and seasonal deviations of the series that have had a gap.

    Parameters
    ----------
    members : sequence of Member
        Of the bank.
    season_length : int
        Months of a season.
    """

    def __init__(self, members: Sequence[Member], season_length: int) -> None:
        kinds = sorted({(member.level_noise, member.season_prior) for member in members})
        self._kinds = kinds
        #: The kind of each member: members of one level noise and season prior have the same gains.
        self.kind = np.array([kinds.index((member.level_noise, member.season_prior)) for member in members])
        self._noise = np.array([noise for noise, _ in kinds])[:, np.newaxis]
        self._season_length = season_length
        size = 1 + season_length
        #: Series that have had a gap, and their covariances ``[kind, size, size, series]``: level, then the
        #: deviation of the first month of the season, of the second, and so on.
        self.rows = np.zeros(0, dtype=np.int64)
        self._covariance = np.zeros((len(kinds), size, size, 0))

    def step(
        self, month: int, known: NDArray[np.bool_], seen: NDArray[np.int64], last: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Gains of ``rows`` in this month: level, this month's deviation, the next one's ...

        Parameters
        ----------
        month : int
            Number of the month.
        known : ndarray of bool
            Whether a figure came, shape ``[series]``.
        seen, last : ndarray of int
            Figures before this month, and the month of the newest of them, shape ``[series]``.

        Returns
        -------
        ndarray
            Shape ``[1 + season_length, kind, len(rows)]``; of no meaning for a series without a figure.
        """
        if len(self.rows):
            self._covariance[:, 0, 0] += self._noise
        fresh = np.flatnonzero(known & (seen > 0) & (last < month - 1))
        fresh = fresh[~np.isin(fresh, self.rows)]
        if len(fresh):
            starts = self._starts(seen[fresh], last[fresh])
            starts[:, 0, 0] += self._noise * (month - last[fresh])
            self._covariance = np.concatenate([self._covariance, starts], axis=-1)
            self.rows = np.concatenate([self.rows, fresh])
        if not len(self.rows):
            return np.zeros((1 + self._season_length, len(self._kinds), 0))
        covariance = self._covariance
        here = 1 + month % self._season_length
        # Of a covariance the half from the diagonal on is kept up to date, the other half never read.
        both = covariance[:, 0] + np.concatenate([covariance[:, :here, here], covariance[:, here, here:]], axis=1)
        gain = both / (both[:, 0] + both[:, here] + 1.0)[:, np.newaxis]
        learned = np.where(known[self.rows], gain, 0.0)
        for place in range(covariance.shape[1]):
            covariance[:, place, place:] -= learned[:, place, np.newaxis] * both[:, place:]
        order = np.r_[0, 1 + (month + np.arange(self._season_length)) % self._season_length]
        return np.ascontiguousarray(gain[:, order].swapaxes(0, 1))

    def _starts(self, seen: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.float64]:
        """Covariances after the last month before the gap, ``[kind, size, size, series]``."""
        size = 1 + self._season_length
        answer = np.empty((len(self._kinds), size, size, len(seen)))
        for row, (months, month) in enumerate(zip(seen.tolist(), last.tolist(), strict=True)):
            # Place 1 of a covariance of ``gains`` is the month seen last.
            turn = np.r_[0, 1 + (np.arange(self._season_length) - month) % self._season_length]
            for number, (noise, prior) in enumerate(self._kinds):
                covariance = covariance_after(noise, prior, self._season_length, months)
                answer[number, :, :, row] = covariance[np.ix_(turn, turn)]
        return answer
