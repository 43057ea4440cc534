"""The store as a forecast sees it: streams, totals and their nationalities; indicators are left out.

What belongs here: which rows, days and deliveries a forecast may rest on. What does not: rows themselves
(``store``), what an indicator is (``config``).

The data cut-off of a forecast is the newest day on which something became known *of its streams*. An indicator
that comes in later would otherwise move the cut-off, with it every seed, and make a new release of the same data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from indforecast.domain.observations import History
    from indforecast.vintages.store import Store


class StreamHistory:
    """What is known of the streams.

    Parameters
    ----------
    store : Store
        Where everything is kept.
    streams : sequence of str
        Streams and totals (``Hierarchy.series_ids``); their nationalities belong to them.
    """

    def __init__(self, store: Store, streams: Sequence[str]) -> None:
        self._store = store
        self._streams = tuple(streams)

    def as_of(self, day: date | None = None) -> History:
        """What could be known of the streams at the end of ``day``; by default, of the newest vintage.

        Raises
        ------
        NotFound
            If nothing was known yet.
        """
        return self._store.as_of(day).of_streams(self._streams)

    def as_ofs(self, days: Sequence[date]) -> list[History]:
        """:meth:`as_of` for many days, in the order given."""
        return [known.of_streams(self._streams) for known in self._store.as_ofs(days)]

    def vintages(self) -> list[date]:
        """Every day on which something became known of the streams, rising."""
        days = self._store.distinct("available_from", self._holds)
        return [stamp.date() for stamp in sorted(pd.DatetimeIndex(days))]

    def newest_vintage(self) -> date | None:
        """The newest of them; None where nothing is known."""
        return max(self.vintages(), default=None)

    def newest_in(self, rows: pd.DataFrame) -> date | None:
        """The newest day on which some rows (``series_id``, ``available_from``) made a stream known, if any."""
        days = rows.loc[[self._holds(str(name)) for name in rows["series_id"]], "available_from"]
        return None if days.empty else pd.Timestamp(days.max()).date()

    def deliveries(self) -> pd.DataFrame:
        """The register of deliveries without those that brought other series alone; see ``Store.deliveries``."""
        register = self._store.deliveries()
        told = self._store.distinct("delivery_id", self._holds)
        # What added no row said again what was known, of whatever series: it stays.
        kept = register["delivery_id"].isin(told) | (register["rows_added"] == 0)
        return register[kept].reset_index(drop=True)

    def _holds(self, series_id: str) -> bool:
        return series_id.partition(".")[0] in self._streams
