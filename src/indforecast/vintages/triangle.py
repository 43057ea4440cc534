"""The revision triangle: every figure with the day from which it was known, and what a day could know of it.

What belongs here: ``as_of`` and ``revisions`` as pure functions of the rows. What does not: where rows are kept
(``store``).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.errors import NotFound
from indforecast.domain.observations import DELIVERY_COLUMNS, History
from indforecast.vintages.typed_rows import as_text

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

_HISTORY_COLUMNS = [*DELIVERY_COLUMNS, "delivery_id"]
_NEVER = np.datetime64("2262-01-01", "ns")


class Triangle:
    """All stored rows, ordered by series, period and day known.

    Parameters
    ----------
    rows : DataFrame
        ``DELIVERY_COLUMNS``, ``delivery_id`` and ``publisher``, in any order, text as objects or as categories; a
        key that stands twice counts once.
    """

    def __init__(self, rows: pd.DataFrame) -> None:
        self._given = rows
        series = _ranks(rows["series_id"])
        period = rows["period"].to_numpy()
        known = rows["available_from"].to_numpy()
        order = _ordered(series, period, known, _ranks(rows["delivery_id"]))
        series, period, known = series[order], period[order], known[order]
        month_begins = np.ones(len(rows), dtype=bool)
        month_begins[1:] = (series[1:] != series[:-1]) | (period[1:] != period[:-1])
        row_begins = month_begins.copy()
        row_begins[1:] |= known[1:] != known[:-1]
        # Where in ``rows`` each row of the triangle stands: columns are taken only when somebody asks for them.
        self._place = order[row_begins]
        self._known = known[row_begins]
        self._month_begins = month_begins[row_begins]
        # The day on which each row was overtaken by the next figure for its month; never, for the last one.
        same_month = ~self._month_begins[1:]
        self._overtaken = np.full(len(self._known), _NEVER)
        self._overtaken[:-1][same_month] = self._known[1:][same_month]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Every row; not to be changed."""
        return as_text(self._given.take(self._place).reset_index(drop=True))

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
        observations = as_text(self._given[_HISTORY_COLUMNS].take(self._place[chosen]).reset_index(drop=True))
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
        chosen = np.flatnonzero(self._known <= self._limit(day))
        known = as_text(self._given.take(self._place[chosen]).reset_index(drop=True))
        # Within a month rows rise by day: what a day did not know yet is a month's tail, so no number is skipped.
        first = np.maximum.accumulate(np.where(self._month_begins, np.arange(len(self._month_begins)), 0))
        return known.assign(revision=(chosen - first[chosen]).astype(np.int64))

    def _limit(self, day: date | None) -> np.datetime64:
        if not len(self._known):
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


def _ranks(values: pd.Series[str]) -> NDArray[np.int64]:
    """Each value's place among the distinct values: numbers sort ten times as fast as text."""
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return pd.factorize(values, sort=True)[0].astype(np.int64)
    categories = values.cat.categories.to_numpy(dtype=object)
    rank = np.empty(len(categories), dtype=np.int64)
    rank[np.argsort(categories)] = np.arange(len(categories))
    return rank[values.cat.codes.to_numpy()]


def _ordered(
    series: NDArray[np.int64],
    period: NDArray[np.datetime64],
    known: NDArray[np.datetime64],
    delivery: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The order by series, period, day and delivery; one sort of one number where they fit into it together."""
    if not len(series):
        return np.empty(0, dtype=np.int64)
    packed, bits = np.zeros(len(series), dtype=np.int64), 0
    for column in (series, _counted(period, "M"), _counted(known, "D"), delivery):
        width = int(column.max()).bit_length()
        bits += width
        packed = (packed << width) | column
    if bits > 62:
        return np.lexsort((delivery, known, period, series))
    return np.argsort(packed, kind="stable")


def _counted(days: NDArray[np.datetime64], unit: str) -> NDArray[np.int64]:
    whole = days.astype(f"datetime64[{unit}]").astype(np.int64)
    counted: NDArray[np.int64] = whole - whole.min()
    return counted
