"""One month's step of every member and series, and what they expect of the months ahead.

What belongs here: the state, its update, its means and variances ahead. What does not: weights, mixtures,
calendars.

Arrays are ``[member, series]``, so that the longest run of memory is over series, and sums over members do not
depend on how many series there are. A member keeps one state, and a running variance for each decay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.models.filter_bank.gains import LONGEST, gains
from indforecast.models.filter_bank.gaps import GapGains
from indforecast.models.filter_bank.members import DECAYS
from indforecast.models.log_scale import counting_variance

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from indforecast.models.filter_bank.members import Member

#: A surprise moves the state by at most so many standard deviations ...
STATE_CLIP: Final = 2.75
#: ... and the variance as if it were at most so many: one collapse does not poison a decade.
VARIANCE_CLIP: Final = 2.0
#: Before anything is seen: a standard deviation of 0.3 on the log scale, worth six months.
_PRIOR_VARIANCE: Final = 0.09
_PRIOR_MONTHS: Final = 6.0
#: The slow mean forgets over five years.
_SLOW_GAIN: Final = 1 / 60
#: Longer gaps than this many months widen a forecast no further.
_LONGEST_GAP: Final = 36
#: After a gap gains are the Kalman filter's for seasons up to this length; longer ones take too much memory.
_LONGEST_EXACT_SEASON: Final = 12


@dataclass(frozen=True)
class Coefficients:
    """What members expect of the months ahead, as factors of their state.

    Parameters
    ----------
    gain : ndarray
        Shape ``[months seen, 1 + season_length, member]``.
    gain_by_month : ndarray
        The same with months last, shape ``[1 + season_length, member, months seen]``.
    limit : ndarray
        The last gains, shape ``[1 + season_length, member]``.
    reversion, momentum : ndarray
        Shape ``[member, 1]``.
    level_ahead, momentum_ahead : ndarray
        Factor of the level's distance to its slow mean, and of momentum, after 1, 2, ... months; ``[month,
        member]``.
    momentum_left : ndarray
        Share of momentum that is left after 1, 2, ... months, ``[month, member]``. A table, because the last bit
        of a power may depend on how many are raised together.
    variance_ahead : ndarray
        Variance 1, 2, ... months ahead over that of one month ahead, ``[month, member]``.
    members : tuple of Member
        Whose they are.
    """

    gain: NDArray[np.float64]
    gain_by_month: NDArray[np.float64]
    limit: NDArray[np.float64]
    reversion: NDArray[np.float64]
    momentum: NDArray[np.float64]
    level_ahead: NDArray[np.float64]
    momentum_ahead: NDArray[np.float64]
    momentum_left: NDArray[np.float64]
    variance_ahead: NDArray[np.float64]
    members: tuple[Member, ...]

    @classmethod
    def of(cls, members: Sequence[Member], season_length: int, horizon: int) -> Coefficients:
        """Coefficients of members for a season and as far ahead as ``horizon`` months."""
        stacked = np.stack([gains(m.level_noise, m.season_prior, season_length) for m in members], axis=-1)
        reversion, momentum, damping = (
            np.array([getattr(member, name) for member in members])
            for name in ("reversion", "momentum", "momentum_damping")
        )
        count, kept = horizon + _LONGEST_GAP, 1.0 - reversion
        level = np.asarray(np.cumprod(np.broadcast_to(kept, (count, len(members))), axis=0), dtype=np.float64)
        carried = np.zeros((count, len(members)))
        response = np.zeros((count, len(members)))
        move, shift = damping.copy(), stacked[-1, 0] * momentum * damping
        carried[0] = move
        left = np.zeros((count, len(members)))
        left[0] = move
        reply = stacked[-1, 0] * kept + shift
        response[0] = reply
        for month in range(1, count):
            move, shift = move * damping, shift * damping
            carried[month] = carried[month - 1] * kept + move
            left[month] = move
            reply = reply * kept + shift
            response[month] = reply
        seasonal = stacked[-1, 1 + np.arange(1, count + 1) % season_length]
        variance = np.ones((count, len(members)))
        variance[1:] += np.cumsum((response + seasonal) ** 2, axis=0)[:-1]
        return cls(
            gain=stacked,
            gain_by_month=np.ascontiguousarray(np.moveaxis(stacked, 0, -1)),
            limit=stacked[-1],
            reversion=reversion[:, np.newaxis],
            momentum=momentum[:, np.newaxis],
            level_ahead=level,
            momentum_ahead=carried,
            momentum_left=left,
            variance_ahead=variance,
            members=tuple(members),
        )


@dataclass(frozen=True)
class Standing:
    """Where members stand on some series after some month: all that their forecasts need.

    Parameters
    ----------
    coefficients : Coefficients
        Of the members.
    slow, level, momentum : ndarray
        Shape ``[member, series]``.
    season : ndarray
        Shape ``[season_length, member, series]``.
    next_season : int
        Where in ``season`` the next month's deviation is.
    gap : ndarray of int
        Months without a figure since the last one, shape ``[series]``.
    """

    coefficients: Coefficients
    slow: NDArray[np.float64]
    level: NDArray[np.float64]
    momentum: NDArray[np.float64]
    season: NDArray[np.float64]
    next_season: int
    gap: NDArray[np.int64]

    @classmethod
    def together(cls, parts: Sequence[Standing]) -> Standing:
        """Series picked from one bank by :meth:`State.standing`, perhaps after different months, side by side."""
        slow, level, momentum, season, gap = (
            np.concatenate([getattr(part, name) for part in parts], axis=-1)
            for name in ("slow", "level", "momentum", "season", "gap")
        )
        return cls(parts[0].coefficients, slow, level, momentum, season, 0, gap)

    def mean_ahead(self, horizon: int) -> NDArray[np.float64]:
        """Means of log(1 + count) ``horizon`` months on, shape ``[member, series]``."""
        mean: NDArray[np.float64] = (
            self.level_ahead(horizon) + self.season[(self.next_season + horizon - 1) % len(self.season)]
        )
        return mean

    def level_ahead(self, horizon: int) -> NDArray[np.float64]:
        """Levels ``horizon`` months on, counted from a series' last figure where the newest are missing."""
        pull = self.at(self.coefficients.level_ahead, horizon)
        carried = self.at(self.coefficients.momentum_ahead, horizon)
        level: NDArray[np.float64] = self.slow + pull * (self.level - self.slow) + carried * self.momentum
        return level

    def spread_ahead(self, horizon: int) -> NDArray[np.float64]:
        """Variance ``horizon`` months on over the running variance, ``[member, 1 or series]``."""
        return self.at(self.coefficients.variance_ahead, horizon)

    def at(self, table: NDArray[np.float64], horizon: int) -> NDArray[np.float64]:
        """A table ``[month, member]`` so many months after each series' last figure."""
        if not self.gap.any():
            shared: NDArray[np.float64] = table[horizon - 1][:, np.newaxis]
            return shared
        return np.ascontiguousarray(table[horizon - 1 + self.gap].T)


class State:
    """The state of all members and series after some month.

    Parameters
    ----------
    coefficients : Coefficients
        Of the members.
    count : int
        Number of series.
    decays : sequence of float
        Shares of the running variances that are left a month later. The deviation of the first of them judges
        what is a surprise.
    robust : bool
        Whether surprises are clipped; without, the recursion is the Kalman filter.
    """

    def __init__(
        self, coefficients: Coefficients, count: int, *, decays: Sequence[float] = DECAYS, robust: bool = True
    ) -> None:
        season_length, members = coefficients.limit.shape[0] - 1, coefficients.limit.shape[1]
        self.coefficients = coefficients
        self.season_length = season_length
        self.robust = robust
        self.forgotten = 1.0 - np.array(decays)[:, np.newaxis]
        self.level = np.full((members, count), np.nan)
        self.slow = np.full((members, count), np.nan)
        self.momentum = np.zeros((members, count))
        self.season = np.zeros((season_length, members, count))
        self.variance = np.full((len(decays), members, count), _PRIOR_VARIANCE)
        exact = season_length <= _LONGEST_EXACT_SEASON
        self.gaps = GapGains(coefficients.members, season_length) if exact else None
        self.seen = np.zeros(count, dtype=np.int64)
        self.last = np.zeros(count, dtype=np.int64)
        self.gap = np.zeros(count, dtype=np.int64)

    def step(self, month: int, figures: NDArray[np.float64], trust: NDArray[np.float64] | None = None) -> None:
        """Take in one month.

        Parameters
        ----------
        month : int
            Number of the month on the common calendar; rises by one from call to call.
        figures : ndarray
            log(1 + count), NaN where nothing is observed, shape ``[series]``.
        trust : ndarray, optional
            What share of the surprise is learned, above 0 to 1, shape ``[series]``; all of it by default.
        """
        known = np.isfinite(figures)
        begins = known & (self.seen == 0)
        moves = known & ~begins
        here = month % self.season_length
        # A month without a figure leaves the state as it was: what comes after it is one month further ahead.
        standing = self.standing(month - 1)
        level, left = standing.level_ahead(1), standing.at(self.coefficients.momentum_left, 1)
        surprise = np.where(moves, figures - level - self.season[here], 0.0)
        state_surprise, moving, spread = surprise, surprise, surprise[np.newaxis]
        if self.robust:
            deviation = np.sqrt(np.fmax(self.variance, counting_variance(level)))
            spread = np.clip(surprise, -VARIANCE_CLIP * deviation, VARIANCE_CLIP * deviation)
            state_surprise = np.clip(surprise, -STATE_CLIP * deviation[0], STATE_CLIP * deviation[0])
            moving = spread[0]
        share = np.maximum(self.forgotten, 1.0 / (self.seen - 1 + _PRIOR_MONTHS))
        pull = np.maximum(_SLOW_GAIN, 1.0 / np.maximum(self.seen + 1, 2))
        if trust is not None:
            share, pull = share * trust, pull * trust
            state_surprise, moving = state_surprise * trust, moving * trust
        share = np.where(moves, share, 0.0)[:, np.newaxis]
        self.variance += share * (spread**2 - self.variance)
        gain = self._gains(month, known)
        moved = self.coefficients.limit[0][:, np.newaxis] * self.coefficients.momentum * moving
        self.momentum = np.where(moves, left * self.momentum + moved, self.momentum)
        settled = np.where(moves, level + gain(0) * state_surprise, self.level)
        self.level = np.where(begins, figures, settled)
        for ahead in range(self.season_length):
            self.season[(here + ahead) % self.season_length] += gain(1 + ahead) * state_surprise
        settled = np.where(moves, self.slow + pull * (figures - self.season[here] - self.slow), self.slow)
        self.slow = np.where(begins, figures, settled)
        self.gap = np.where(known, 0, np.minimum(self.gap + 1, _LONGEST_GAP))
        self.seen = self.seen + known
        self.last = np.where(known, month, self.last)

    def standing(self, month: int, rows: NDArray[np.int64] | None = None) -> Standing:
        """What forecasts from ``month`` need, of all series or a copy of some; the former until the next step."""
        after = (month + 1) % self.season_length
        if rows is None:
            return Standing(self.coefficients, self.slow, self.level, self.momentum, self.season, after, self.gap)
        # take, not indexing: what indexing hands back lies member beside member, and is slow to work on.
        slow, level, momentum = (np.take(a, rows, axis=1) for a in (self.slow, self.level, self.momentum))
        season = np.roll(np.take(self.season, rows, axis=2), -after, axis=0)
        return Standing(self.coefficients, slow, level, momentum, season, 0, self.gap[rows])

    def mean_ahead(self, month: int, horizon: int) -> NDArray[np.float64]:
        """Means of log(1 + count) ``horizon`` months after ``month``, shape ``[member, series]``."""
        return self.standing(month).mean_ahead(horizon)

    def variance_ahead(self, horizon: int) -> NDArray[np.float64]:
        """Variances ``horizon`` months ahead, ``[decay, member, series]``; wider after missing months."""
        variance: NDArray[np.float64] = self.variance * self.standing(0).spread_ahead(horizon)
        return variance

    def _gains(self, month: int, known: NDArray[np.bool_]) -> Callable[[int], NDArray[np.float64]]:
        """Gains of the level (0) and of the seasonal deviations (1 ...), each ``[member, 1 or series]``."""
        seen = np.clip(self.seen - 1, 0, LONGEST - 1)
        gaps = self.gaps
        own = None if gaps is None else gaps.step(month, known, self.seen, self.last)
        if gaps is None or own is None or not own.size:
            if (seen == seen[0]).all():
                return lambda place: self.coefficients.gain[seen[0], place][:, np.newaxis]
            return lambda place: np.take(self.coefficients.gain_by_month[place], seen, axis=1)
        exact, rows, kind = own, gaps.rows, gaps.kind

        def gain(place: int) -> NDArray[np.float64]:
            answer = np.take(self.coefficients.gain_by_month[place], seen, axis=1)
            answer[:, rows] = exact[place][kind]
            return answer

        return gain
