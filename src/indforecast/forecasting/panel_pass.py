"""From arrays to calibrated quantiles: the filter bank and the calibration of its spread, as one pure function.

What belongs here: the order of the engine's stages on arrays, and cutting a panel into parts that do not need
each other. What does not: data frames (``panel_frame``, ``panel_engine``), where parts are worked on
(``panel_cluster``).

Series of one group share the calibration of their spread and nothing else is shared, so a part that holds whole
groups gives the same bits as the whole panel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.forecasting.adaptive_spread import at_horizons, spread_factors
from indforecast.forecasting.panel_events import MaskedMonths
from indforecast.models.filter_bank.bank import BankForecast, run_bank

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: exp of more is no count.
_HIGHEST_LOG: Final = 40.0


@dataclass(frozen=True)
class PanelPart:
    """Some series of a panel, and what is asked of them.

    Parameters
    ----------
    rows : ndarray of int
        Numbers of the series in the whole panel, shape ``[series]``.
    counts : ndarray
        NaN where nothing is observed, on the calendar of the whole panel, shape ``[series, month]``.
    groups : ndarray of int
        Group of each series, shape ``[series]``.
    wanted : ndarray of bool
        Where to forecast from, shape ``[series, month]``.
    masked : MaskedMonths
        What events hide or damp.
    first_month : int
        Months from January 1970 to the first column.
    levels : tuple of float
        Quantile levels, rising.
    horizon, season_length : int
        Months.
    """

    rows: NDArray[np.int64]
    counts: NDArray[np.float64]
    groups: NDArray[np.int64]
    wanted: NDArray[np.bool_]
    masked: MaskedMonths
    first_month: int
    levels: tuple[float, ...]
    horizon: int
    season_length: int

    def at(self, places: NDArray[np.int64]) -> PanelPart:
        """The part of these places; it must hold all series of every group of which it holds one."""
        return replace(
            self,
            rows=self.rows[places],
            counts=self.counts[places],
            groups=np.unique(self.groups[places], return_inverse=True)[1].astype(np.int64),
            wanted=self.wanted[places],
            masked=self.masked.at(places),
        )


@dataclass(frozen=True)
class PassedPart:
    """Calibrated quantiles.

    Parameters
    ----------
    months, rows : ndarray of int
        Column of the origin and number of the series, shape ``[pair]``.
    values : ndarray
        Counts, shape ``[pair, horizon, level]``.
    """

    months: NDArray[np.int64]
    rows: NDArray[np.int64]
    values: NDArray[np.float64]


def run_pass(part: PanelPart, threads: int = 1) -> PassedPart:
    """Forecast and calibrate one part of a panel.

    Parameters
    ----------
    part : PanelPart
        Whole groups.
    threads : int
        How many to work with; the result is the same to the bit.
    """
    said = _bank_with_events(part, threads)
    factors = spread_factors(
        np.log1p(part.counts), said.mean, said.variance, said.horizons, part.groups, part.masked.trust_in_time
    )
    months, series = said.pairs.T
    widths = at_horizons(factors, said.horizons, part.horizon)[months, part.groups[series]]
    centre = said.centre[..., np.newaxis]
    logs = centre + widths[..., np.newaxis] * (said.quantiles - centre)
    # A series whose every month so far is hidden by events has not begun.
    begun = np.isfinite(said.centre[:, 0])
    values = np.expm1(np.clip(logs[begun], 0.0, _HIGHEST_LOG))
    return PassedPart(months[begun], part.rows[series[begun]], values)


def by_groups(part: PanelPart, most: int) -> list[PanelPart]:
    """Cut a panel into parts of whole groups.

    Parameters
    ----------
    part : PanelPart
        The whole panel.
    most : int
        At most so many parts: where there are more groups, neighbours stay together, about as many series in each.
    """
    sizes = np.bincount(part.groups)
    share = max(len(part.groups) / most, 1.0)
    # A group belongs to the part in which its first series falls when all series stand in a row.
    parts = ((np.cumsum(sizes) - sizes) // share).astype(np.int64)[part.groups]
    return [part.at(np.flatnonzero(parts == number)) for number in np.unique(parts)]


def _bank_with_events(part: PanelPart, threads: int) -> BankForecast:
    """One pass for every state of knowledge: an event changes what is learned from months before it was known."""
    figures = np.log1p(part.counts)
    whole: BankForecast | None = None
    for begins, ends, trust in part.masked.states():
        asked = part.wanted[:, :ends].copy()
        asked[:, :begins] = False
        said = run_bank(
            figures[:, :ends],
            asked,
            trust=trust[:, :ends],
            horizon=part.horizon,
            levels=part.levels,
            season_length=part.season_length,
            first_month=part.first_month,
            threads=threads,
        )
        whole = said if whole is None else whole.followed_by(said, begins)
    if whole is None:
        raise ValueError("there is no month to forecast from")
    return whole
