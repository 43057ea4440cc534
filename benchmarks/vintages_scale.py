"""Two hundred vintages of two thousand series: size, ingest, ``as_of``, and how each grows.

What belongs here: the made-up world and the figures. What does not: the store.

Every month one vintage becomes known. It adds a month to each series and restates the last 3 to 12 months of it,
by series. Two readings of what its file holds are measured:

*changes*   only those rows, about 17,000 of 2,000 series (the first vintage holds 150 months of all).
*full*      150 months of every series, 300,000 rows, each with the day from which it was known; all but about
            17,000 are known already and are not stored again.

Both leave the same rows in the store. A file that calls every row new on its own day is neither: there each row is
a new one by key.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.files import sha256_hex
from indforecast.sources.protocol import StagedDelivery
from indforecast.vintages.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

_CHECKPOINTS = (50, 100, 200)
_FIRST_MONTH = np.datetime64("2000-01", "M")


@dataclass(frozen=True)
class World:
    """What every vintage says.

    Parameters
    ----------
    series, months : int
        How many series, and how many months a full file holds.
    """

    series: int = 2_000
    months: int = 150

    def __post_init__(self) -> None:
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        codes = [a + b + c for a in letters for b in letters for c in letters][: self.series]
        object.__setattr__(self, "names", np.array([f"asylum_first.{code}" for code in codes], dtype=object))
        object.__setattr__(self, "depth", np.random.default_rng(7).integers(3, 13, self.series))

    def rows(self, vintage: int, *, full: bool) -> pd.DataFrame:
        """Rows of a vintage's file: months ``vintage .. vintage + months - 1``, numbered from the first."""
        newest = vintage + self.months - 1
        reach = np.full(self.series, self.months) if full or vintage == 0 else self.depth + 1  # type: ignore[attr-defined]
        series = np.repeat(np.arange(self.series), reach)
        month = np.concatenate([np.arange(newest - length + 1, newest + 1) for length in reach])
        known = self._last_said(series, month, vintage)
        return pd.DataFrame(
            {
                "series_id": self.names[series],  # type: ignore[attr-defined]
                "period": (_FIRST_MONTH + month).astype("datetime64[ns]"),
                "observed": 50 + (series * 31 + month * 17 + known * 3) % 200,
                "basis": "published",
                "definition": "first_application_signed",
                "source": "monthly export",
                "available_from": self.day(known),
            }
        )

    def _last_said(self, series: NDArray[np.int64], month: NDArray[np.int64], vintage: int) -> NDArray[np.int64]:
        """The newest vintage up to ``vintage`` that restated a month."""
        first = np.maximum(month - self.months + 1, 0)
        last = np.where(month < self.months, 0, first) + self.depth[series]  # type: ignore[attr-defined]
        # Months of the first file are restated while they are among its newest, too.
        last = np.where(month < self.months, month - self.months + 1 + self.depth[series], last)  # type: ignore[attr-defined]
        return np.clip(vintage, first, np.maximum(last, first))

    def day(self, vintage: NDArray[np.int64]) -> NDArray[np.datetime64]:
        """The day of a vintage: the 20th of the month after its newest one."""
        month = _FIRST_MONTH + vintage + self.months
        return (month.astype("datetime64[D]") + 19).astype("datetime64[ns]")

    def delivery(self, vintage: int, *, full: bool) -> StagedDelivery:
        """A vintage's file as its source hands it over."""
        frame = self.rows(vintage, full=full).assign(row=0)
        name = f"{vintage:03d}.csv"
        return StagedDelivery(sha256_hex(f"{name} {full}".encode()), name, "IND", frame)


def report(checkpoints: tuple[int, ...] = _CHECKPOINTS, *, full: bool = False) -> Iterator[str]:
    """One line per checkpoint.

    Parameters
    ----------
    checkpoints : tuple of int
        Numbers of vintages at which the store is measured.
    full : bool
        Every vintage is delivered in full; otherwise only its changes are, and one in full at each checkpoint.
    """
    world = World()
    yield (
        f"{'vintages':>8} {'rows stored':>12} {'MB in use':>10} {'MB in all':>10} {'one more':>15} "
        f"{'in full':>15} {'as_of all':>15} {'one stream':>15} {'vintages()':>15} {'all ingests':>15} "
        "  seconds, and of a processor"
    )
    with tempfile.TemporaryDirectory() as folder:
        home, spent, stored, done = Path(folder), [], 0, 0
        for checkpoint in checkpoints:
            while done < checkpoint:
                took, added = _ingest(home, world.delivery(done, full=full))
                spent.append(took)
                stored += added
                done += 1
            in_full, added = _ingest(home, world.delivery(done - 1, full=True))
            if added:
                raise AssertionError("a full file of known rows added some")
            yield _line(home, world, done, stored, spent, spent[-1] if full else in_full)


@dataclass(frozen=True)
class _Took:
    """Seconds on the clock, and of a processor: the second hardly depends on who else is at work."""

    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:>7.3f} {self.processor:>7.3f}"


def _timed(work: Callable[[], object]) -> _Took:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return _Took(time.perf_counter() - wall, time.process_time() - processor)


def _median(times: list[_Took]) -> _Took:
    return _Took(
        statistics.median(took.wall for took in times), statistics.median(took.processor for took in times)
    )


def _ingest(home: Path, staged: StagedDelivery) -> tuple[_Took, int]:
    """As a command does it: a store object of its own."""
    results: list[int] = []
    return _timed(lambda: results.append(Store(home).append(staged).rows_added)), results[0]


def _line(home: Path, world: World, done: int, stored: int, spent: list[_Took], in_full: _Took) -> str:
    stream = [str(world.names[777])]  # type: ignore[attr-defined]
    if len(Store(home).as_of().observations) != world.series * (world.months + done - 1):
        raise AssertionError("months are missing")
    everything = _median([_timed(lambda: Store(home).as_of()) for _ in range(3)])
    one = _median([_timed(lambda: Store(home).as_of(series_ids=stream)) for _ in range(7)])
    days = _median([_timed(lambda: Store(home).vintages()) for _ in range(3)])
    total = _Took(sum(took.wall for took in spent), sum(took.processor for took in spent))
    used, in_all = _megabytes(home)
    return (
        f"{done:>8} {stored:>12,} {used:>10.1f} {in_all:>10.1f} {_median(spent[-10:])} {in_full} "
        f"{everything} {one} {days} {total}"
    )


def _megabytes(home: Path) -> tuple[float, float]:
    """Of the pieces that the tables consist of now, and of everything in their folders."""
    from deltalake import DeltaTable

    used = 0
    for name in ("observations", "deliveries"):
        for uri in DeltaTable(str(home / "tables" / name)).file_uris():
            used += Path(uri.removeprefix("file://")).stat().st_size
    in_all = sum(path.stat().st_size for path in (home / "tables").rglob("*") if path.is_file())
    return used / 1e6, in_all / 1e6
