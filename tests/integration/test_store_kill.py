"""Killed at any point, or out of room: the store is as before or as after, never between."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from indforecast.domain.files import sha256_hex
from indforecast.vintages.raw import RawCopies
from indforecast.vintages.store import Store

pytestmark = pytest.mark.integration

ROWS = 400
DELIVERIES = 40

# Ingests numbered deliveries for ever, saying before and after each what it is at.
INGEST = f"""
import pathlib, resource, sys
import pandas as pd
from indforecast.domain.files import sha256_hex
from indforecast.sources.protocol import StagedDelivery
from indforecast.vintages.store import Store

store = Store(pathlib.Path(sys.argv[1]))
store.deliveries()
print("ready", flush=True)
if len(sys.argv) > 3:
    # Writing beyond this size in a file fails as a full disk does, wherever it happens.
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
for number in range(int(sys.argv[2]), {DELIVERIES}):
    content = f"delivery {{number}}".encode() * 20
    with store.lock():
        store.keep_raw(content, f"{{number}}.csv")
        store.append(StagedDelivery(sha256_hex(content), f"{{number}}.csv", "IND", pd.DataFrame({{
            "series_id": [f"s{{row:03d}}" for row in range({ROWS})],
            "period": pd.Timestamp("2025-12-01"),
            "observed": range({ROWS}),
            "basis": "published",
            "definition": "applications",
            "source": "press",
            "available_from": pd.Timestamp("2020-01-01") + pd.Timedelta(days=number),
        }})))
    print(number, flush=True)
"""


def started(home, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", INGEST, str(home), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def ended(process):
    """Exit code, numbers reported as done, and the last line of complaint."""
    out, err = process.communicate(timeout=600)
    return (
        process.returncode,
        [int(line) for line in out.split() if line != "ready"],
        (err.splitlines() or [""])[-1],
    )


def numbers_whole(home):
    """Which deliveries are there; fails when one is there in part or twice, or rows and register disagree."""
    store = Store(home)
    register = store.deliveries()
    found = sorted(int(name.removesuffix(".csv")) for name in register["name"])
    if not found:
        assert store.vintages() == []
        return found
    rows = store.revisions()
    assert not rows.duplicated(["series_id", "period", "available_from"]).any()
    assert rows.groupby("available_from").size().eq(ROWS).all()
    assert set(rows["delivery_id"]) == set(register["delivery_id"])
    assert len(store.vintages()) == len(found)
    assert register["rows_added"].eq(ROWS).all()
    assert len(store.as_of().observations) == ROWS
    return found


def test_kill_nine_at_random_points(tmp_path):
    chance = random.Random(20260130)
    done = 0
    for _ in range(8):
        process = started(tmp_path, done)
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.25))
        process.send_signal(signal.SIGKILL)
        _, said, _ = ended(process)
        found = numbers_whole(tmp_path)
        # Everything reported is there; at most the one that was being written may be there as well.
        assert found == list(range(len(found)))
        reported = said[-1] + 1 if said else done
        assert reported <= len(found) <= reported + 1
        for number in range(len(found)):
            content = f"delivery {number}".encode() * 20
            assert RawCopies(tmp_path).read(sha256_hex(content)) == (f"{number}.csv", content)
        # One step back: the last one is repeated, as a restarted run does.
        done = max(0, len(found) - 1)
    assert done > 0


@pytest.mark.parametrize(("room", "what"), [(100, "raw"), (1_500, "'deliveries'"), (4_000, "'observations'")])
def test_no_room_is_one_sentence_and_changes_nothing(tmp_path, room, what):
    """The raw copy does not fit, or the register's entry, or (with the entry written) the rows."""
    last = DELIVERIES - 1
    assert ended(started(tmp_path, last)) == (0, [last], "")
    code, said, complaint = ended(started(tmp_path, 0, room))
    assert (code, said) == (1, [])
    assert complaint.startswith("indforecast.domain.errors.StoreUnavailable: The disk is full: ")
    assert what in complaint
    assert numbers_whole(tmp_path) == [last]
    assert ended(started(tmp_path, last - 1)) == (0, [last - 1, last], "")
    assert numbers_whole(tmp_path) == [last - 1, last]


def test_a_small_disk_that_is_really_full(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk takes a privilege that this user lacks")
    try:
        code, said, complaint = ended(started(disk / "home", 0))
        assert code == 1
        assert complaint.startswith("indforecast.domain.errors.StoreUnavailable: The disk is full: ")
        assert len(said) > 2
        assert numbers_whole(disk / "home") == said
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_two_processes_at_once_lose_and_double_nothing(tmp_path):
    """Each gets its turn or is told who has it; what both bring stands once."""
    first = DELIVERIES - 10
    answers = [ended(process) for process in [started(tmp_path, first), started(tmp_path, first)]]
    assert 0 in [code for code, _, _ in answers]
    for code, _, complaint in answers:
        assert code == 0 or "StoreLocked: The store in" in complaint
    assert numbers_whole(tmp_path) == list(range(first, DELIVERIES))


TIDY = """
import sys
from indforecast.vintages.tables import Table

table = Table(sys.argv[1], "observations")
table.refresh()
print("ready", flush=True)
print(table.tidy("text"), flush=True)
"""


def test_kill_nine_while_pieces_are_gathered(tmp_path):
    """The same rows before and after, whenever it comes; the next one does what is left to do."""
    import pyarrow as pa

    from indforecast.vintages.tables import Table

    chance = random.Random(20260131)
    table = Table(str(tmp_path), "observations")
    for number in range(17):
        table.append(pa.table({"text": [f"s{row % 500:03d}" for row in range(6_000)], "number": [number] * 6_000}))
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", TIDY, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=os.environ
        )
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=600)
        after = Table(str(tmp_path), "observations")
        after.refresh()
        rows = after.read().to_pandas()
        assert rows["number"].value_counts().eq(6_000).all()
        assert rows.groupby(["text", "number"]).size().eq(12).all()
        assert len(rows) == 17 * 6_000
    table.tidy("text")
    table.refresh()
    assert not table.tidy("text")
    assert table.read().num_rows == 17 * 6_000
    assert table.append(pa.table({"text": ["s000"], "number": [99]})) > 17
