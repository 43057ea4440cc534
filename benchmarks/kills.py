"""``kill -9`` at random points of ingest, and of two ingests at once: stores that lost or doubled a row.

What belongs here: the processes that are killed, the look at the store after each. What does not: the store.

A process ingests one delivery after another (raw copy, append, tidying when it is due) and says when each is done.
It is killed after a random part of a second. Then every delivery that was reported must be there, whole and once;
one that was not may be there whole, or not at all. The next process begins one step back, as a restarted run does.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from indforecast.domain.files import sha256_hex
from indforecast.vintages.raw import RawCopies
from indforecast.vintages.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROWS: Final = 400
#: Kills after which a fresh store is begun, so that young and old ones are hit alike.
_KILLS_PER_STORE: Final = 20
_LONGEST: Final = 0.8

_INGEST: Final = f"""
import pathlib, sys
import pandas as pd
from indforecast.domain.files import sha256_hex
from indforecast.sources.protocol import StagedDelivery
from indforecast.vintages.store import Store

store = Store(pathlib.Path(sys.argv[1]))
store.deliveries()
print("ready", flush=True)
for number in range(int(sys.argv[2]), 100_000):
    content = f"delivery {{number}}".encode() * 20
    with store.lock(wait_seconds=60):
        store.keep_raw(content, f"{{number}}.csv")
        store.append(StagedDelivery(sha256_hex(content), f"{{number}}.csv", "IND", pd.DataFrame({{
            "series_id": [f"s{{row:03d}}" for row in range({_ROWS})],
            "period": pd.Timestamp("2025-12-01"),
            "observed": range(number, number + {_ROWS}),
            "basis": "published",
            "definition": "applications",
            "source": "press",
            "available_from": pd.Timestamp("2020-01-01") + pd.Timedelta(days=number),
        }})))
    print(number, flush=True)
"""


@dataclass
class Tally:
    """What a series of kills did.

    Parameters
    ----------
    kills : int
        Processes killed.
    wrong : int
        Looks at a store, one per round of kills, that found something lost, doubled or in part.
    deliveries : int
        Deliveries that came in over all stores.
    unreported : int
        Of which were in although their process was killed before it could say so.
    tidied : int
        Commits that only moved rows into fewer pieces.
    """

    kills: int = 0
    wrong: int = 0
    deliveries: int = 0
    unreported: int = 0
    tidied: int = 0


def report(kills: int = 200) -> Iterator[str]:
    """Half of the kills hit one ingest, half hit two at once."""
    for at_once in (1, 2):
        began = time.perf_counter()
        tally = kill(kills // 2, at_once)
        yield (
            f"{tally.kills} kills, {at_once} at a time: {tally.wrong} stores lost or doubled a row; "
            f"{tally.deliveries:,} deliveries of {_ROWS} rows came in, {tally.unreported} of them unreported, "
            f"{tally.tidied} rewritings; {time.perf_counter() - began:.0f} s"
        )


def kill(kills: int, at_once: int, *, seed: int = 20260130) -> Tally:
    """Kill so many processes, ``at_once`` per round, and look at the store after each round."""
    chance = random.Random(seed + at_once)
    tally = Tally()
    while tally.kills < kills:
        with tempfile.TemporaryDirectory() as folder:
            home, there, here = Path(folder), set[int](), 0
            while here < _KILLS_PER_STORE and tally.kills < kills:
                due = there | _round(home, max(0, len(there) - 1), at_once, chance)
                there, whole = look(home)
                here += at_once
                tally.kills += at_once
                tally.wrong += not whole or not due <= there
                tally.unreported += len(there - due)
            tally.deliveries += len(there)
            tally.tidied += _rewritings(home)
    return tally


def _round(home: Path, begin: int, at_once: int, chance: random.Random) -> set[int]:
    command = [sys.executable, "-c", _INGEST, str(home), str(begin)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        for _ in range(at_once)
    ]
    for process in running:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise AssertionError("an ingest did not begin")
    reported: set[int] = set()
    for process in running:
        time.sleep(chance.uniform(0.0, _LONGEST / at_once))
        if process.poll() is not None:
            raise AssertionError("an ingest ended by itself")
        process.kill()
    for process in running:
        out, _ = process.communicate()
        reported |= {int(line) for line in out.split() if line.isdigit()}
    return reported


def look(home: Path) -> tuple[set[int], bool]:
    """Which deliveries are there, and whether each is whole, once, and nothing else is."""
    store = Store(home)
    register = store.deliveries()
    there = {int(name.removesuffix(".csv")) for name in register["name"]}
    if not there:
        return there, store.vintages() == []
    from deltalake import DeltaTable

    # Past the store's own guard against rows that stand twice.
    stored = DeltaTable(str(home / "tables" / "observations")).to_pyarrow_table().num_rows
    rows = store.revisions()
    number = (rows["available_from"].dt.normalize() - rows["available_from"].min()).dt.days
    whole = (
        there == set(range(len(there)))
        and len(register) == len(there)
        and stored == len(rows) == _ROWS * len(there)
        and not rows.duplicated(["series_id", "available_from"]).any()
        and bool(rows.groupby("available_from").size().eq(_ROWS).all())
        and bool((rows["observed"] - number == rows["series_id"].str[1:].astype(int)).all())
        and set(rows["delivery_id"]) == set(register["delivery_id"])
    )
    for one in there:
        content = f"delivery {one}".encode() * 20
        whole = whole and RawCopies(home).read(sha256_hex(content)) == (f"{one}.csv", content)
    return there, whole


def _rewritings(home: Path) -> int:
    from deltalake import DeltaTable

    return sum(
        1
        for name in ("observations", "deliveries")
        if (home / "tables" / name).exists()
        for commit in DeltaTable(str(home / "tables" / name)).history()
        if commit.get("operation") == "OPTIMIZE"
    )
