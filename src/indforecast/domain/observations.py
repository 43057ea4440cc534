"""Observations: one row is one month's count of one series as it could be known from one day on.

What belongs here: the columns, the bases, and the two shapes in which history is handed around: a frame
(``History``, with origin and basis of every figure) and a panel of arrays (``Panel``, what models receive).
What does not: where observations are kept (``vintages``) or come from (``sources``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.errors import InputError, NotFound

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from numpy.typing import NDArray


class Basis(StrEnum):
    """How a figure came about; shown wherever the figure is shown."""

    PUBLISHED = "published"
    DERIVED = "derived"
    ESTIMATED = "estimated"
    SIMULATED = "simulated"


#: Columns of a delivery, in order. ``period`` month start, ``observed`` whole persons, ``available_from`` a day.
DELIVERY_COLUMNS: tuple[str, ...] = (
    "series_id", "period", "observed", "basis", "definition", "source", "available_from",
)  # fmt: skip

#: What identifies a stored row: the same value may be said twice, but not two values at once.
OBSERVATION_KEY: tuple[str, ...] = ("series_id", "period", "available_from")


@dataclass(frozen=True)
class History:
    """What could be known on a day: the answer of ``as_of``.

    Parameters
    ----------
    vintage : date
        The newest ``available_from`` among the rows: the data cut-off.
    observations : DataFrame
        Columns of ``DELIVERY_COLUMNS`` plus ``delivery_id``; one row per (series_id, period), sorted by both;
        ``period`` and ``available_from`` are ``datetime64[ns]``.
    """

    vintage: date
    observations: pd.DataFrame

    def of_streams(self, streams: Collection[str]) -> History:
        """The rows of these streams and of the nationalities below them; the vintage is theirs.

        Parameters
        ----------
        streams : collection of str
            Streams and totals.

        Raises
        ------
        NotFound
            If nothing was known of them.
        """
        rows = self.observations
        kept = rows[rows["series_id"].str.split(".", n=1).str[0].isin(list(streams))]
        if len(kept) == len(rows):
            return self
        if kept.empty:
            raise NotFound(f"Nothing was known of any stream on {self.vintage}.", hint="Deliver one's figures.")
        vintage = pd.Timestamp(kept["available_from"].max()).date()
        return History(vintage=vintage, observations=kept.reset_index(drop=True))

    def panel(self, series_ids: Sequence[str] | None = None) -> Panel:
        """History as arrays, aligned by calendar; absent months are NaN.

        Parameters
        ----------
        series_ids : sequence of str, optional
            Which series, in which order; all, sorted, when omitted.

        Raises
        ------
        InputError
            If a series has no observation.
        """
        frame = self.observations
        wanted = sorted(frame["series_id"].unique()) if series_ids is None else list(series_ids)
        missing = sorted(set(wanted) - set(frame["series_id"].unique()))
        if missing:
            raise InputError(f"No observations are known on {self.vintage} for: {', '.join(missing)}.")
        frame = frame[frame["series_id"].isin(wanted)]
        wide = frame.pivot(index="series_id", columns="period", values="observed")  # noqa: PD010 - keys are unique
        calendar = pd.date_range(wide.columns.min(), wide.columns.max(), freq="MS")
        wide = wide.reindex(index=wanted, columns=calendar)
        return Panel(
            vintage=self.vintage,
            series_ids=tuple(wanted),
            periods=calendar.to_numpy().astype("datetime64[M]"),
            observed=wide.to_numpy(dtype=np.float64),
        )


@dataclass(frozen=True)
class Panel:
    """Monthly counts as arrays: what a forecaster sees.

    Parameters
    ----------
    vintage : date
        The day whose knowledge this is.
    series_ids : tuple of str
        Shape ``[S]``.
    periods : ndarray of datetime64[M]
        Consecutive months, shape ``[T]``; the last one is the forecast origin.
    observed : ndarray of float
        Persons, shape ``[S, T]``; NaN where nothing is known (before a series begins, gaps, late series).
    """

    vintage: date
    series_ids: tuple[str, ...]
    periods: NDArray[np.datetime64]
    observed: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.observed.shape != (len(self.series_ids), len(self.periods)):
            raise ValueError(f"observed has shape {self.observed.shape}, expected [series, period]")
        if len(self.periods) > 1 and np.any(np.diff(self.periods.astype(np.int64)) != 1):
            raise ValueError("periods must be consecutive months")

    @property
    def forecast_origin(self) -> np.datetime64:
        """The last calendar month of the information set."""
        last: np.datetime64 = self.periods[-1]
        return last

    def select(self, series_ids: Sequence[str]) -> Panel:
        """The same calendar with these series only."""
        rows = [self.series_ids.index(series_id) for series_id in series_ids]
        return Panel(self.vintage, tuple(series_ids), self.periods, self.observed[rows])
