from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from multiprocessing.connection import wait

import numpy as np
import pytest

from indforecast.domain.errors import IndforecastError
from indforecast.domain.observations import Panel
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.evaluation import workers
from indforecast.models.protocol import FitFailure, ModelForecast

PANEL = Panel(
    date(2020, 4, 30), ("a", "b"), np.arange("2020-01", "2020-04", dtype="datetime64[M]"), np.ones((2, 3))
)
RISING = np.tile(np.arange(1.0, len(HUB_LEVELS) + 1), (2, 4, 1))


class _Model:
    """A model that says what it is told to."""

    name = "told"

    def __init__(self, quantiles: np.ndarray, failures: tuple[FitFailure, ...] = ()) -> None:
        self._answer = ModelForecast("told", quantiles, failures)

    def forecast(self, panel, events, *, horizon):
        return self._answer


def run(monkeypatch: pytest.MonkeyPatch, model: object) -> list:
    monkeypatch.setattr("indforecast.models.registry.make_forecasters", lambda names: (model,))
    return workers.forecast_origins("told", [PANEL], (), 4)


def test_a_model_within_its_protocol_is_kept_as_it_is(monkeypatch) -> None:
    quantiles = RISING.copy()
    quantiles[1] = np.nan
    failure = FitFailure(PANEL.vintage, "told", "b", "too short")
    (stored,) = run(monkeypatch, _Model(quantiles, (failure,)))
    np.testing.assert_array_equal(stored.quantiles, quantiles)
    assert stored.failures == (("b", "too short"),)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda q: q[:, :3],
        lambda q: q[..., ::-1],
        lambda q: q - 2.0,
        lambda q: np.where(q > 20, np.inf, q),
        lambda q: np.where(np.arange(2)[:, None, None] == 1, np.nan, q),
    ],
    ids=["too few horizons", "crossing", "negative", "infinite", "failure not recorded"],
)
def test_a_breach_of_the_protocol_stops_the_run(monkeypatch, spoil) -> None:
    with pytest.raises(ValueError, match="told"):
        run(monkeypatch, _Model(spoil(RISING)))


def test_a_model_that_knows_all_origins_is_asked_once(monkeypatch) -> None:
    class AllOrigins(_Model):
        asked = 0

        def forecast_origins(self, panels, events, *, horizon):
            type(self).asked += 1
            return [self._answer for _ in panels]

    monkeypatch.setattr("indforecast.models.registry.make_forecasters", lambda names: (AllOrigins(RISING),))
    assert len(workers.forecast_origins("told", [PANEL] * 3, (), 4)) == 3
    assert AllOrigins.asked == 1


def test_jobs_cover_the_missing_origins_once_in_consecutive_pieces() -> None:
    jobs = workers._cut({"m": range(4, 33), "n": [32], "done": []}, 2)
    assert [number for model, piece in jobs if model == "m" for number in piece] == list(range(4, 33))
    assert [piece for model, piece in jobs if model == "n"] == [[32]]
    assert all(piece for _, piece in jobs)
    assert len(jobs) == 2 * workers._PIECES + 1


def test_a_dead_worker_is_one_clear_sentence(monkeypatch) -> None:
    class Pool:
        def __init__(self, *args, **named) -> None: ...
        def __enter__(self):
            return self

        def __exit__(self, *args) -> None: ...
        def submit(self, *args):
            from concurrent.futures import Future

            future: Future = Future()
            future.set_exception(BrokenProcessPool("killed"))
            return future

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", Pool)
    with pytest.raises(IndforecastError, match="memory") as raised:
        workers.compute([PANEL] * 4, (), {"m": range(4)}, horizon=4, workers=2, on_done=lambda *_: None)
    assert "forecast.workers = 1" in str(raised.value)


def test_a_worker_loads_no_array_library_before_it_has_set_one_thread() -> None:
    code = (
        "import subprocess, sys; import indforecast.evaluation.threads as threads; "
        "threads.compute_with_one_thread(); assert 'numpy' not in sys.modules, 'numpy came along'; "
        "subprocess.run(['printenv', 'OPENBLAS_NUM_THREADS'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "1"


class _Endless:
    """A panel that a worker never finishes reading."""

    def __reduce__(self):
        return time.sleep, (120,)


def test_an_interrupt_ends_workers_instead_of_waiting_for_them() -> None:
    children: list = []

    def interrupted(model: str, done: int) -> None:
        children.extend(multiprocessing.active_children())
        raise KeyboardInterrupt

    months = np.arange("2018-01", "2020-04", dtype="datetime64[M]")
    quick = Panel(date(2020, 4, 30), ("a",), months, np.full((1, len(months)), 100.0))
    panels: list = [quick, _Endless(), _Endless(), _Endless()]
    with pytest.raises(KeyboardInterrupt):
        workers.compute(panels, (), {"random_walk": range(4)}, horizon=4, workers=2, on_done=interrupted)
    assert children
    # The sentinel, not the exit code: the pool's own thread may have collected the code and not yet kept it.
    assert all(wait([child.sentinel], timeout=60) for child in children), "a worker outlived the interrupt"
