"""The panel engine on a real scheduler with two workers, one of them killed at work: the same bits as without."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import indforecast
from indforecast.domain.errors import ClusterUnavailable, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration
distributed = pytest.importorskip("distributed")

_PATIENCE = 120


def _panel(groups: int, each: int, months: int) -> pd.DataFrame:
    draws = np.random.default_rng(20_240_131)
    parts = []
    for group in range(groups):
        for number in range(each):
            length = months - 5 * number
            steps = draws.normal(0.0, 0.1 + 0.02 * number, length)
            parts.append(
                pd.DataFrame(
                    {
                        "series_id": f"s{group}-{number}",
                        "period": pd.period_range(end="2023-12", periods=length, freq="M").astype(str),
                        "observed": np.round(np.exp(4 + group / 3 + np.cumsum(steps))),
                        "group": f"g{group}",
                    }
                )
            )
    return pd.concat(parts, ignore_index=True).sample(frac=0.98, random_state=1)


def _until(condition: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    pytest.fail(f"waited in vain for {what}")


class _Processes:
    """Dask's own command line, on loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{len(self.running)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            )
        self.running.append(process)
        return process

    def scheduler(self) -> str:
        file = self.folder / "scheduler.json"
        self.start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)
        )
        _until(file.exists, "the scheduler")
        import json

        def address() -> str | None:
            try:
                return str(json.loads(file.read_text())["address"])
            except ValueError:
                return None

        return str(_until(address, "the scheduler's address"))

    def worker(self, address: str, name: str) -> subprocess.Popen[bytes]:
        return self.start(
            *("worker", address, "--host", "127.0.0.1", "--no-nanny", "--no-dashboard", "--nthreads", "1"),
            *("--memory-limit", "0", "--name", name, "--local-directory", str(self.folder / name)),
        )

    def end(self) -> None:
        for process in reversed(self.running):
            process.kill()
        for process in self.running:
            process.wait()


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[_Processes]:
    made = _Processes(tmp_path)
    yield made
    made.end()


def test_a_killed_worker_changes_no_bit(processes: _Processes) -> None:
    panel = _panel(groups=6, each=2, months=76)
    events = pd.DataFrame({"start": ["2022-03"], "end": ["2022-06"], "known_from": ["2022-05"]})
    asked = {"horizon": 4, "quantile_levels": (0.1, 0.5, 0.9), "events": events}
    here = indforecast.backtest(panel, **asked)
    address = processes.scheduler()
    victim = processes.worker(address, "victim")
    processes.worker(address, "survivor")
    answers: list[pd.DataFrame | Exception] = []

    def call() -> None:
        try:
            answers.append(indforecast.backtest(panel, cluster=address, **asked))
        except Exception as error:  # shown by the assertion below
            answers.append(error)

    with distributed.Client(address, timeout=_PATIENCE, set_as_default=False) as watcher:
        watcher.wait_for_workers(2, timeout=_PATIENCE)
        workers = watcher.scheduler_info(n_workers=-1)["workers"]
        place = next(where for where, worker in workers.items() if worker["name"] == "victim")
        at_work = threading.Thread(target=call)
        at_work.start()
        _until(lambda: watcher.processing().get(place), "work on the worker that dies")
        # A worker that stands still finishes nothing, so what the scheduler counts as begun there is lost with it.
        victim.send_signal(signal.SIGSTOP)
        lost = watcher.processing()[place]
        victim.kill()
        at_work.join(_PATIENCE)
        _until(lambda: set(watcher.nthreads()) == set(workers) - {place}, "the scheduler to miss the dead worker")
    assert lost
    assert len(answers) == 1
    if isinstance(answers[0], Exception):
        raise answers[0]
    pd.testing.assert_frame_equal(answers[0], here, check_exact=True)
    assert answers[0]["value"].to_numpy().tobytes() == here["value"].to_numpy().tobytes()


def test_what_is_wrong_with_a_cluster_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from indforecast.forecasting import panel_cluster

    monkeypatch.setattr(panel_cluster, "_SECONDS_TO_CONNECT", 1)
    panel = _panel(groups=1, each=1, months=50)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        address = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(ClusterUnavailable, match=r"cannot be reached\. Check that it runs"):
            indforecast.forecast(panel, cluster=address)
    for wrong in ("", "udp-and-such://127.0.0.1:1", "tcp://127.0.0.1:port"):
        with pytest.raises(InputError, match="scheduler"):
            indforecast.forecast(panel, cluster=wrong)


def test_a_scheduler_without_workers_is_no_endless_wait(
    processes: _Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indforecast.forecasting import panel_cluster

    monkeypatch.setattr(panel_cluster, "_SECONDS_FOR_WORKERS", 1)
    with pytest.raises(ClusterUnavailable, match=r"has no workers\. Start one with: dask worker tcp://127"):
        indforecast.forecast(_panel(1, 1, 50), cluster=processes.scheduler())


def test_without_the_extra_the_way_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterUnavailable, match=r"pip install 'indforecast\[cluster\]'"):
        indforecast.forecast(_panel(1, 1, 50), cluster="tcp://127.0.0.1:8786")
