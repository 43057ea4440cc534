"""Observed months in front of paths: from the day a stock was counted to the end of the horizon.

A stock is counted on some date and paths begin after the forecast origin. The months between are known; each
path begins with them, so stocks arrive at the origin by what was observed and a calendar year is its observed
months plus paths.

What belongs here: that joining, and carrying a line on beyond its horizon. What does not: what is computed along
the line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from indforecast.domain.observations import Panel

_YEAR_OF_MONTHS = 12


@dataclass(frozen=True)
class Timeline:
    """Cases or people along consecutive months.

    Parameters
    ----------
    months : ndarray of datetime64[M]
        Shape ``[month]``; the last ones are the paths' own periods.
    counts : ndarray of float
        Shape ``[path, month]``; the observed months are equal on all paths.
    filled : int
        Observed months that were missing and stand at the mean of the twelve before them.
    earlier : ndarray of float, optional
        What was observed in the months right before the line, oldest first, without a gap; shape ``[month]``. An
        opening stock is made of these months' cases.
    """

    months: NDArray[np.datetime64]
    counts: NDArray[np.float64]
    filled: int = 0
    earlier: NDArray[np.float64] | None = None

    def run_on(self, months: int) -> Timeline:
        """The line with ``months`` more at its end, in which the last twelve months of each path come again.

        Parameters
        ----------
        months : int
            At least 0.
        """
        if months <= 0:
            return self
        last = self.counts[:, -_YEAR_OF_MONTHS:]
        again = np.tile(last, (1, -(-months // last.shape[1])))[:, :months]
        return replace(
            self,
            months=np.concatenate([self.months, self.months[-1] + np.arange(1, months + 1)]),
            counts=np.concatenate([self.counts, again], axis=1),
        )


def opening_month(dated: Iterable[str], origin: np.datetime64) -> str:
    """The newest counted month that is not after the forecast origin, else the oldest one.

    Parameters
    ----------
    dated : iterable of str
        Months ``YYYY-MM``.
    origin : datetime64[M]
        The month before the paths begin.
    """
    months = sorted(dated)
    past = [month for month in months if np.datetime64(month, "M") <= origin]
    return past[-1] if past else months[0]


def join(
    series_id: str,
    inflow: Mapping[str, NDArray[np.float64]],
    periods: NDArray[np.datetime64],
    history: Panel | None,
    *,
    after: np.datetime64,
) -> Timeline:
    """Paths of a stream with the observed months after a date in front.

    Parameters
    ----------
    series_id : str
        The stream.
    inflow : mapping of str to ndarray
        Paths of shape ``[path, period]``.
    periods : ndarray of datetime64[M]
        The paths' months, shape ``[period]``.
    history : Panel or None
        What was observed, ending at the forecast origin; without it, or without this stream in it, the line begins
        with the paths.
    after : datetime64[M]
        The line begins the month after, or with the paths when that is later.
    """
    paths = inflow[series_id]
    lead = max(0, int((periods[0] - after).astype(np.int64)) - 1)
    if history is None or series_id not in history.series_ids:
        return Timeline(periods, paths)
    known = history.observed[history.series_ids.index(series_id)]
    at = (history.periods >= periods[0] - lead) & (history.periods < periods[0])
    if not lead or int(at.sum()) != lead:
        return Timeline(periods, paths, earlier=_unbroken(known[history.periods < periods[0]]))
    wanted = np.flatnonzero(at)
    observed, filled = _fill(known, wanted)
    front = np.broadcast_to(observed, (paths.shape[0], lead))
    return Timeline(
        np.concatenate([periods[0] - np.arange(lead, 0, -1), periods]),
        np.concatenate([front, paths], axis=1),
        filled,
        _unbroken(known[: wanted[0]]),
    )


def _unbroken(known: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The newest months without a missing one; None when there is none, or nothing was counted in them."""
    missing = np.flatnonzero(np.isnan(known))
    newest = known[missing[-1] + 1 :] if missing.size else known
    return newest if newest.sum() > 0 else None


def _fill(known: NDArray[np.float64], wanted: NDArray[np.intp]) -> tuple[NDArray[np.float64], int]:
    """Values at ``wanted`` with missing ones at the mean of the last twelve known before (0 when none is)."""
    values, filled = known.copy(), 0
    for index in wanted:
        if np.isnan(values[index]):
            past = values[:index]
            past = past[~np.isnan(past)][-_YEAR_OF_MONTHS:]
            values[index] = np.round(past.mean()) if past.size else 0.0
            filled += 1
    return values[wanted], filled
