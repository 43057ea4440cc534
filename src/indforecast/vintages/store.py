"""The store: deliveries go in once, ``as_of`` answers what could be known on a day.

What belongs here: observations and the register of deliveries. What does not: cached forecasts (``forecasts``,
reached through here), formats of files (``sources``), whether a value is plausible (``expectations``).

Two tables hold a delivery: ``deliveries`` says that it came, ``observations`` holds the rows it added. The
register is written first, as an intention of so many rows, and counts only once exactly that many rows are there.
So the commit of the observations is the one moment at which a delivery appears, rows and entry together; for a
delivery that adds no row it is the commit of its entry. A process killed in between leaves an intention that
nothing reads, and the same command run again completes it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from indforecast.domain.errors import NotFound, StoreLocked, StoreUnavailable
from indforecast.domain.observations import DELIVERY_COLUMNS, OBSERVATION_KEY
from indforecast.vintages.delivered_rows import conflicts_with, distinct_rows, same_keys, unknown_rows
from indforecast.vintages.delivery import REGISTER_COLUMNS, AppendResult, Delivery, entry
from indforecast.vintages.failures import WriteConflict
from indforecast.vintages.forecasts import ForecastTable
from indforecast.vintages.locking import HomeLock
from indforecast.vintages.raw import RawCopies
from indforecast.vintages.series_definitions import SeriesDefinitions
from indforecast.vintages.tables import Table
from indforecast.vintages.triangle import Triangle
from indforecast.vintages.typed_rows import as_text, from_arrow, no_rows, to_arrow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from datetime import date
    from pathlib import Path

    from pyarrow.compute import Expression

    from indforecast.domain.observations import History

_KEY = list(OBSERVATION_KEY)
_ROW_COLUMNS = [*DELIVERY_COLUMNS, "delivery_id", "publisher"]
_COMPARED_COLUMNS = [*_KEY, "observed", "basis", "definition", "delivery_id"]
_ATTEMPTS = 5

__all__ = ["AppendResult", "Delivery", "Store"]


class Store:
    """The vintage store of one home folder; making one touches nothing.

    Parameters
    ----------
    home : Path
        Folder for raw copies, quarantine, work tables and the lock.
    tables : str, optional
        Object-store URL (``s3://bucket/prefix``, credentials from the environment as ``deltalake`` reads it), or a
        folder, for the Delta tables; ``home/tables`` when omitted.
    """

    def __init__(self, home: Path, tables: str | None = None) -> None:
        self.home = home
        self.tables = tables or str(home / "tables")
        self._lock = HomeLock(home)
        self._raw = RawCopies(home)
        self._observations = Table(self.tables, "observations")
        self._register = Table(self.tables, "deliveries")
        self._forecasts = ForecastTable(self.tables)
        self._counted = SeriesDefinitions()
        self._cached: tuple[int, Triangle] | None = None

    def lock(self, wait_seconds: float = 0) -> AbstractContextManager[None]:
        """Keep other writers out; every writing method does, and may stand inside.

        Raises
        ------
        StoreLocked
            If another process holds it; the message says which.
        """
        return self._lock.held(wait_seconds)

    def keep_raw(self, content: bytes, name: str, publisher: str | None = None) -> str:
        """Keep a file and give its ``delivery_id``; see :meth:`indforecast.vintages.raw.RawCopies.keep`."""
        with self.lock():
            return self._raw.keep(content, name, publisher, lambda one: one in set(self._entries()["delivery_id"]))

    def read_raw(self, delivery_id: str) -> tuple[str, bytes]:
        """Name and content of a kept file; see :meth:`indforecast.vintages.raw.RawCopies.read`."""
        return self._raw.read(delivery_id)

    def append(self, staged: Delivery) -> AppendResult:
        """Add what a delivery says that the store does not hold yet, all of it or nothing.

        A row is known when its key (series, period, available_from) is stored with the same figure, basis and
        definition; the first source to say it stays named. The same delivery again writes nothing at all.

        Parameters
        ----------
        staged : Delivery
            A checked delivery.

        Raises
        ------
        InputError
            If the delivery has no rows, contradicts itself or the store (a figure that changed is a new row with
            a later ``available_from``), or would give a series a second definition.
        StoreLocked
            If another writer is at work.
        StoreUnavailable
            If the disk is full, forbidden or damaged; nothing was changed.
        """
        delivered = distinct_rows(staged.frame, staged.name)
        with self.lock():
            for _ in range(_ATTEMPTS):
                try:
                    added = self._append_once(staged, delivered)
                except WriteConflict:
                    continue
                self._tidy()
                return AppendResult(
                    delivery_id=staged.delivery_id,
                    rows_added=added,
                    rows_known=len(delivered) - added,
                    vintage=delivered["available_from"].max().date(),
                )
        raise StoreLocked(
            f"Another machine keeps writing to the tables in {self.tables}.",
            hint="Run the same command again when it has ended.",
        )

    def _append_once(self, staged: Delivery, delivered: pd.DataFrame) -> int:
        version = self._observations.refresh()
        stored = self._same_keys(delivered)
        conflict = conflicts_with(delivered, stored, staged.name)
        if conflict is not None:
            raise conflict
        self._counted.require_one(delivered, staged.name, version, self._scan)
        new = unknown_rows(delivered, stored)
        entered = self._entries()
        intended = entered.loc[entered["delivery_id"] == staged.delivery_id, "rows_added"]
        # The same bytes read with another default day of availability are one delivery that says more. No row
        # can be here before its delivery is in the register.
        here = self._rows_of(staged.delivery_id) if len(intended) else stored[:0]
        added = len(here) + len(new)
        if not (intended == added).any():
            said = pd.concat([here[_KEY], delivered[_KEY]]).drop_duplicates()
            self._register.append(to_arrow(entry(staged, said, added)))
        if len(new):
            rows = new.assign(delivery_id=staged.delivery_id, publisher=staged.publisher)
            self._counted.stored(new, self._observations.append(to_arrow(rows[_ROW_COLUMNS])))
        return len(new)

    def _same_keys(self, delivered: pd.DataFrame) -> pd.DataFrame:
        import pyarrow as pa
        import pyarrow.compute as pc

        days = np.unique(delivered["available_from"].to_numpy().astype("datetime64[D]"))
        known = pc.field("available_from")
        first, last = (pa.scalar(day.item(), pa.date32()) for day in (days[0], days[-1]))
        where = (known >= first) & (known <= last) & known.isin(pa.array(days, pa.date32()))
        return same_keys(self._scan(_COMPARED_COLUMNS, where), delivered)

    def _rows_of(self, delivery_id: str) -> pd.DataFrame:
        import pyarrow.compute as pc

        return as_text(
            self._scan(_COMPARED_COLUMNS, pc.field("delivery_id") == delivery_id, plain=["delivery_id"])
        )

    def _tidy(self) -> None:
        # The delivery is in. That many small pieces could not be made into few now is no reason to say otherwise:
        # the next append tries again.
        with suppress(StoreUnavailable):
            self._observations.tidy("series_id")
        with suppress(StoreUnavailable):
            self._register.tidy("delivery_id")

    def as_of(self, day: date | None = None, series_ids: Sequence[str] | None = None) -> History:
        """What could be known at the end of ``day``; see :meth:`indforecast.vintages.triangle.Triangle.as_of`.

        Parameters
        ----------
        day : date, optional
            The newest vintage when omitted: of the whole store, or of the named series.
        series_ids : sequence of str, optional
            Only these series, which alone are read; all when omitted.

        Raises
        ------
        NotFound
            If nothing was known yet, or the store is empty.
        """
        return self._triangle(series_ids).as_of(day)

    def as_ofs(self, days: Sequence[date]) -> list[History]:
        """:meth:`as_of` for many days from one reading of the table, in the order given."""
        triangle = self._triangle()
        return [triangle.as_of(day) for day in days]

    def revisions(self, day: date | None = None, series_ids: Sequence[str] | None = None) -> pd.DataFrame:
        """Every figure known by ``day``; see :meth:`indforecast.vintages.triangle.Triangle.revisions`."""
        return self._triangle(series_ids).revisions(day)

    def vintages(self) -> list[date]:
        """Every day on which something became known, rising; empty for an empty store."""
        if self._observations.refresh() < 0:
            return []
        days = self._scan(["available_from"])["available_from"].unique()
        return [stamp.date() for stamp in sorted(pd.DatetimeIndex(days))]

    def newest_vintage(self) -> date | None:
        """The newest day on which something became known."""
        return max(self.vintages(), default=None)

    def newest_from(self, source: str) -> tuple[date, date] | None:
        """Newest day known and newest month among the rows that name ``source``; None when none does."""
        import pyarrow.compute as pc

        self._observations.refresh()
        rows = self._scan(["available_from", "period"], pc.field("source") == source)
        if rows.empty:
            return None
        return rows["available_from"].max().date(), rows["period"].max().date()

    def distinct(self, column: str, holds: Callable[[str], bool]) -> list[Any]:
        """Different values of a column among the rows of the series that ``holds`` holds for, in no order."""
        self._observations.refresh()
        rows = self._scan(["series_id", column])
        series = rows["series_id"].astype("category").cat
        wanted = np.flatnonzero([holds(str(name)) for name in series.categories])
        return list(rows.loc[np.isin(series.codes, wanted), column].unique())

    def deliveries(self) -> pd.DataFrame:
        """The register of deliveries.

        Returns
        -------
        DataFrame
            ``delivery_id``, ``name``, ``publisher``, ``rows`` (distinct rows it said), ``rows_added`` (of which
            were new), ``first_vintage``, ``last_vintage``; ordered by last vintage, first vintage, name, id.
        """
        entries = self._entries()
        self._observations.refresh()
        counts = self._scan(["delivery_id"])["delivery_id"].astype(object).value_counts()
        present = entries["delivery_id"].map(counts).fillna(0).astype(np.int64)
        return (
            entries[entries["rows_added"] == present]
            .drop_duplicates("delivery_id")
            .sort_values(["last_vintage", "first_vintage", "name", "delivery_id"], ignore_index=True)
        )

    def write_forecasts(self, frame: pd.DataFrame, *, code: str | None = None) -> int:
        """Keep forecasts that are not kept yet; see :meth:`indforecast.vintages.forecasts.ForecastTable.write`."""
        with self.lock():
            return self._forecasts.write(frame, code=code)

    def read_forecasts(self, *, code: str) -> pd.DataFrame:
        """Forecasts that ``code`` made; see :meth:`indforecast.vintages.forecasts.ForecastTable.read`."""
        return self._forecasts.read(code=code)

    def _triangle(self, series_ids: Sequence[str] | None = None) -> Triangle:
        version = self._observations.refresh()
        if series_ids is not None and version >= 0:
            import pyarrow.compute as pc

            wanted = pc.field("series_id").isin(list(series_ids))
            triangle = Triangle(self._scan(_ROW_COLUMNS, wanted, plain=["series_id"]))
            if not triangle.vintages:
                raise NotFound(f"The store holds nothing of {', '.join(series_ids) or 'no series'}.")
            return triangle
        if self._cached is None or self._cached[0] != version:
            self._cached = (version, Triangle(self._scan(_ROW_COLUMNS)))
        return self._cached[1]

    def _scan(
        self, columns: list[str], where: Expression | None = None, plain: Sequence[str] = ()
    ) -> pd.DataFrame:
        """Rows as of the last refresh; text as categories, but for ``plain`` columns."""
        if not self._observations.exists:
            return no_rows(columns)
        return from_arrow(self._observations.scan(columns, where, plain))

    def _entries(self) -> pd.DataFrame:
        if self._register.refresh() < 0:
            return no_rows(REGISTER_COLUMNS)
        return from_arrow(self._register.read(REGISTER_COLUMNS))
