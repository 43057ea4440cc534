"""Many fits over a few processes.

What belongs here: cutting the work, starting and guarding worker processes, checking what models hand back.
What does not: what is computed and what is cached (``evaluation.backtest``).

Processes are spawned, never forked: a forked copy of a process that has threads (a Dagster run, a web server,
a BLAS) may hang. Each worker computes with one BLAS thread, so that sums do not depend on the machine.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from indforecast.domain.errors import IndforecastError
from indforecast.domain.events import known_events
from indforecast.domain.quantiles import crosses
from indforecast.evaluation.cache import StoredForecast
from indforecast.evaluation.threads import compute_with_one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.domain.events import Event
    from indforecast.domain.observations import Panel
    from indforecast.models.protocol import ModelForecast

#: Pieces per worker and model: more balance the load, fewer let an all-origins model keep its state.
_PIECES = 3

Job = tuple[str, list[int]]


def compute(
    panels: Sequence[Panel],
    events: Sequence[Event],
    missing: Mapping[str, Sequence[int]],
    *,
    horizon: int,
    workers: int,
    on_done: Callable[[str, int], None],
) -> dict[tuple[str, int], StoredForecast]:
    """Run models at the origins that are missing.

    Parameters
    ----------
    panels : sequence of Panel
        All origins.
    events : sequence of Event
        The whole register.
    missing : mapping of str to sequence of int
        Origins to compute, by model.
    horizon : int
        Months ahead.
    workers : int
        Processes; 0 is one per core.
    on_done : callable
        Called with (model, origins computed so far).

    Returns
    -------
    dict
        One forecast per (model, origin).

    Raises
    ------
    IndforecastError
        If a worker process dies.
    """
    total = sum(len(numbers) for numbers in missing.values())
    count = min(workers or os.cpu_count() or 1, total)
    jobs = _cut(missing, max(count, 1))
    counted = dict.fromkeys(missing, 0)
    made: dict[tuple[str, int], StoredForecast] = {}

    def keep(job: Job, forecasts: list[StoredForecast]) -> None:
        model, numbers = job
        made.update({(model, number): item for number, item in zip(numbers, forecasts, strict=True)})
        counted[model] += len(numbers)
        on_done(model, counted[model])

    if count <= 1:
        for job in jobs:
            keep(job, forecast_origins(job[0], [panels[number] for number in job[1]], events, horizon))
        return made
    _in_processes(panels, events, jobs, horizon, count, keep)
    return made


def _in_processes(
    panels: Sequence[Panel],
    events: Sequence[Event],
    jobs: list[Job],
    horizon: int,
    count: int,
    keep: Callable[[Job, list[StoredForecast]], None],
) -> None:
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import active_children, get_context

    others = set(active_children())
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=compute_with_one_thread) as pool:
        waiting = {
            pool.submit(forecast_origins, job[0], [panels[number] for number in job[1]], events, horizon): job
            for job in jobs
        }
        try:
            for future in as_completed(waiting):
                keep(waiting[future], future.result())
        except BrokenProcessPool:
            raise IndforecastError(
                "A worker process of the backtest ended before its work was done; most often memory ran out.",
                hint="Set forecast.workers = 1 in the settings and run again; nothing was lost.",
            ) from None
        except BaseException:
            # An interrupt or a failed fit: nobody waits for what is half done.
            pool.shutdown(wait=False, cancel_futures=True)
            for process in set(active_children()) - others:
                process.terminate()
            raise


def _cut(missing: Mapping[str, Sequence[int]], workers: int) -> list[Job]:
    """Consecutive origins of one model, long histories first so that the last job is a short one."""
    jobs: list[Job] = []
    for model, numbers in missing.items():
        pieces = min(len(numbers), workers * _PIECES)
        if pieces:
            jobs += [(model, [int(n) for n in piece]) for piece in np.array_split(np.asarray(numbers), pieces)]
    return jobs


def forecast_origins(
    model: str, panels: Sequence[Panel], events: Sequence[Event], horizon: int
) -> list[StoredForecast]:
    """One model at some origins; what a worker runs.

    Parameters
    ----------
    model : str
        Name in the registry.
    panels : sequence of Panel
        Consecutive origins, oldest first.
    events : sequence of Event
        The whole register.
    horizon : int
        Months ahead.
    """
    from indforecast.models.protocol import AllOriginsForecaster
    from indforecast.models.registry import make_forecasters

    (forecaster,) = make_forecasters([model])
    if isinstance(forecaster, AllOriginsForecaster):
        answers = forecaster.forecast_origins(panels, events, horizon=horizon)
    else:
        answers = [
            forecaster.forecast(panel, known_events(events, panel.vintage), horizon=horizon) for panel in panels
        ]
    return [_checked(answer, panel, horizon) for answer, panel in zip(answers, panels, strict=True)]


def _checked(answer: ModelForecast, panel: Panel, horizon: int) -> StoredForecast:
    """Hold a model to its protocol: a breach is a programming error and stops the run."""
    quantiles = answer.quantiles
    if quantiles.shape != (len(panel.series_ids), horizon, len(answer.levels)):
        raise ValueError(f"{answer.model} handed back shape {quantiles.shape}")
    absent: NDArray[np.bool_] = np.logical_or.reduce(np.isnan(quantiles), axis=(1, 2))
    failures = {failure.series_id: failure.reason for failure in answer.failures}
    if {series_id for series_id, gone in zip(panel.series_ids, absent, strict=True) if gone} != set(failures):
        raise ValueError(f"{answer.model}: failures and NaN series differ at {panel.vintage}")
    whole = quantiles[~absent]
    if not np.isfinite(whole).all() or (whole < 0).any() or crosses(whole):
        raise ValueError(f"{answer.model}: quantiles at {panel.vintage} are negative, infinite or cross")
    ordered = tuple((series_id, failures[series_id]) for series_id in panel.series_ids if series_id in failures)
    return StoredForecast(np.where(absent[:, np.newaxis, np.newaxis], np.nan, quantiles), ordered)
