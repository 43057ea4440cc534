"""The whole cycle as a newcomer meets it: seconds, memory, and whether two runs give the same bytes.

What belongs here: starting the real commands in fresh homes and reading what they leave. What does not: how the
cycle works.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
_COMMAND = Path(sys.executable).with_name("indforecast")


def run_measured(arguments: list[str], home: Path) -> dict[str, Any]:
    """Seconds and peak memory (own and child processes together, unique memory) of one command."""
    environment = {
        **os.environ,
        "INDFORECAST_HOME": str(home),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    begun = time.perf_counter()
    process = subprocess.Popen(
        [str(_COMMAND), *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    peak = [0]
    done = threading.Event()

    def watch() -> None:
        parent = psutil.Process(process.pid)
        while not done.is_set():
            total = 0
            try:
                for member in [parent, *parent.children(recursive=True)]:
                    try:
                        total += member.memory_full_info().pss
                    except psutil.Error:
                        continue
            except psutil.Error:
                return
            peak[0] = max(peak[0], total)
            done.wait(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, errors = process.communicate()
    done.set()
    watcher.join()
    if process.returncode != 0:
        raise RuntimeError(f"{arguments} failed: {errors.decode()[-2000:]}")
    return {
        "seconds": time.perf_counter() - begun,
        "peak_mib": peak[0] / 2**20,
        "output": output.decode(),
    }


def _hashes(home: Path) -> dict[str, str]:
    found = {}
    for manifest in sorted((home / "releases").glob("*/manifest.json")):
        content = manifest.read_bytes()
        found[f"{manifest.parent.name}/manifest.json"] = hashlib.sha256(content).hexdigest()
        for name, entry in json.loads(content)["files"].items():
            found[f"{manifest.parent.name}/{name}"] = entry["sha256"]
    return found


def report() -> list[str]:
    """Lines on the first month, the same again, the second month, and a second clean store."""
    lines = []
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        homes = [Path(first), Path(second)]
        for number, home in enumerate(homes, start=1):
            months = [("first month", ["run"])]
            if number == 1:
                months.append(("nothing new", ["run"]))
            months += [("ingest", ["ingest", "samples/2026-01.csv"]), ("second month", ["run"])]
            for what, arguments in months:
                measured = run_measured(arguments, home)
                spent, peak = measured["seconds"], measured["peak_mib"]
                lines.append(f"store {number}, {what:<14} {spent:>7.1f} s   peak {peak:>7.0f} MiB")
        ours, again = (_hashes(home) for home in homes)
        differing = sorted(key for key in ours.keys() | again.keys() if ours.get(key) != again.get(key))
        lines.append(
            f"two clean stores: {len(ours)} published files, {len(differing)} differ {differing[:5] or ''}"
        )
    for what, arguments in (("indforecast --help", ["--help"]), ("python -c pass", [])):
        begun = time.perf_counter()
        command = [str(_COMMAND), *arguments] if arguments else [sys.executable, "-c", "pass"]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        lines.append(f"{what:<22} {time.perf_counter() - begun:>7.2f} s")
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "from pipelines.definitions import defs; defs.get_repository_def()"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    lines.append(f"code location loaded   {time.perf_counter() - begun:>7.2f} s")
    return lines
