"""The revision triangle: every figure with the day from which it was known, and what a day could know of it.

What belongs here: ``as_of`` and ``revisions`` as pure functions of the rows. What does not: where rows are kept
(``store``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.errors import NotFound
from indforecast.domain.observations import DELIVERY_COLUMNS, History

if TYPE_CHECKING:
    from datetime import date

_HISTORY_COLUMNS = [*DELIVERY_COLUMNS, "delivery_id"]


class Triangle:
    """All stored rows, ordered by series, period and day known.

    Parameters
    ----------
    rows : DataFrame
        ``DELIVERY_COLUMNS``, ``delivery_id`` and ``publisher``, in any order; a key that stands twice counts once.
    """

    def __init__(self, rows: pd.DataFrame) -> None:
        # Numbers sort ten times as fast as text.
        series, _ = pd.factorize(rows["series_id"], sort=True)
        delivery, _ = pd.factorize(rows["delivery_id"], sort=True)
        period = rows["period"].to_numpy()
        known = rows["available_from"].to_numpy()
        order = np.lexsort((delivery, known, period, series))
        month_begins = np.ones(len(rows), dtype=bool)
        month_begins[1:] = (np.diff(series[order]) != 0) | (period[order][1:] != period[order][:-1])
        row_begins = month_begins.copy()
        row_begins[1:] |= known[order][1:] != known[order][:-1]
        self._rows = rows.take(order[row_begins]).reset_index(drop=True)
        self._known = self._rows["available_from"].to_numpy()
        # The day on which each row was overtaken by the next figure for its month; never, for the last one.
        same_month = ~month_begins[row_begins][1:]
        self._overtaken = np.full(len(self._rows), np.datetime64("2262-01-01", "ns"))
        self._overtaken[:-1][same_month] = self._known[1:][same_month]

    @property
    def rows(self) -> pd.DataFrame:
        """Every row; not to be changed."""
        return self._rows

    @property
    def vintages(self) -> list[date]:
        """Every day on which something became known, rising."""
        return [stamp.date() for stamp in pd.DatetimeIndex(np.unique(self._known))]

    def as_of(self, day: date | None = None) -> History:
        """What could be known at the end of ``day``: the latest figure of every month known by then.

        Parameters
        ----------
        day : date, optional
            The newest vintage when omitted.

        Raises
        ------
        NotFound
            If nothing was known yet.
        """
        limit = self._limit(day)
        chosen = np.flatnonzero((self._known <= limit) & (self._overtaken > limit))
        observations = self._rows[_HISTORY_COLUMNS].take(chosen).reset_index(drop=True)
        return History(
            vintage=pd.Timestamp(observations["available_from"].max()).date(), observations=observations
        )

    def revisions(self, day: date | None = None) -> pd.DataFrame:
        """Every figure known by the end of ``day``, overtaken ones too.

        Returns
        -------
        DataFrame
            ``DELIVERY_COLUMNS``, ``delivery_id``, ``publisher`` and ``revision`` (0 for the first figure of a
            month, then 1, 2, ...), ordered by series, period and day known.

        Raises
        ------
        NotFound
            If nothing was known yet.
        """
        limit = self._limit(day)
        known = self._rows[self._known <= limit].reset_index(drop=True)
        return known.assign(revision=known.groupby(["series_id", "period"]).cumcount().astype(np.int64))

    def _limit(self, day: date | None) -> np.datetime64:
        if not len(self._rows):
            raise NotFound("The store holds no observations yet.", hint="Run `indforecast run` first.")
        if day is None:
            newest: np.datetime64 = self._known.max()
            return newest
        limit = np.datetime64(pd.Timestamp(day), "ns")
        first = self._known.min()
        if limit < first:
            raise NotFound(
                f"Nothing was known yet on {pd.Timestamp(limit).date()}.",
                hint=f"The first vintage in the store is {pd.Timestamp(first).date()}.",
            )
        return limit
