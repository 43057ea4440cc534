"""The queue: speed and growth, against a discrete-event simulation, Little's law, and published stocks and waits.

What belongs here: speed and correctness as Markdown. What does not: the queue (``indforecast.planning``), the
simulation (``queue_simulation``), comparisons with published figures (``planning_queue_figures``).

Run with ``python -m benchmarks.planning_queue``. Inflow after the newest observation is a seeded random walk
around the last year: speed does not depend on it, and no figure compared with a published one does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from time import process_time
from typing import Any, Final

import numpy as np

from benchmarks.planning_queue_figures import hangs_on, make_case, published, readings, replayed
from benchmarks.queue_simulation import SimulatedTrack, simulate
from indforecast.config import load_settings
from indforecast.config.settings import Settings
from indforecast.domain.observations import Panel
from indforecast.domain.seeds import seed_for
from indforecast.planning.case import PlanningCase
from indforecast.planning.priority import TrackWork, serve
from indforecast.planning.queue import first_in_first_out
from indforecast.planning.streams import StreamPaths, run_stream, stream_line
from indforecast.planning.waiting import waiting_times
from indforecast.planning.waiting_table import waiting_in, waiting_table
from indforecast.reference.dataset import reference_frame
from indforecast.vintages.triangle import Triangle

_COUNTS: Final = ("decisions", "decided_in_term", "open_cases", "open_past_term", "newly_late")
_WORKS: Final = (0.4, 0.5, 1.0, 1.26)
_SIMULATIONS: Final = 60


def report() -> Iterator[str]:
    """Lines of Markdown."""
    settings = load_settings()
    triangle = Triangle(reference_frame().assign(delivery_id="", publisher=""))
    newest = triangle.as_of(triangle.vintages[-1]).panel(list(settings.hierarchy.base_ids))
    yield from _speed(settings, newest)
    yield from _simulated()
    yield from _little()
    yield from published(settings, newest)
    yield from replayed(settings, newest)
    yield from readings(settings, newest)
    yield from hangs_on(settings, newest)


def _queues(case: PlanningCase) -> list[StreamPaths]:
    """Every stream's queue, run on for waiting times."""
    run_on = round(case.settings.terms.run_on_months.value)
    streams = []
    for name in case.work:
        line, opened = stream_line(case, name)
        streams.append(run_stream(name, line.run_on(run_on), case.settings.streams[name], opened))
    return streams


def _best(work: Callable[[], Any], times: int = 5) -> float:
    taken = []
    for _ in range(times):
        begin = process_time()
        work()
        taken.append(process_time() - begin)
    return min(taken)


def _speed(settings: Settings, history: Panel) -> Iterator[str]:
    yield "## Speed: all streams and tracks, 36 months run on after the horizon, CPU time of one core\n"
    yield "| paths | months | queues, ms | queues and waiting times, ms | and their table, ms |"
    yield "| --- | --- | --- | --- | --- |"
    for paths, months in ((250, 60), (500, 60), (1000, 60), (2000, 60), (4000, 60), (1000, 24), (1000, 120)):
        case = make_case(settings, history, paths, months)
        figures = (
            _best(lambda case=case: _queues(case)),
            _best(lambda case=case: waiting_in(case)),
            _best(lambda case=case: waiting_table(waiting_in(case), case)),
        )
        yield f"| {paths} | {months} | " + " | ".join(f"{1000 * figure:.0f}" for figure in figures) + " |"
    yield ""


def _simulated() -> Iterator[str]:
    worst: dict[str, float] = {}
    cases = 0
    for seed in range(_SIMULATIONS):
        drawn, capacity = draw(seed, tracks=1 + seed % 4)
        discipline = "priority" if seed % 2 else "fifo"
        cases += sum(int(one.opening.sum() + one.inflow.sum()) for one in drawn)
        for name, value in differences(drawn, capacity, discipline).items():
            worst[name] = max(worst.get(name, 0.0), value)
    yield f"## Against a discrete-event simulation (simpy), {_SIMULATIONS} draws, {cases:,} cases\n"
    yield "One to four tracks, both disciplines, capacity and term that change by month, unequal work per case.\n"
    yield "| figure | largest difference |"
    yield "| --- | --- |"
    for name, value in worst.items():
        yield f"| {name} | {value:.2g} |"
    yield ""


def draw(seed: int, tracks: int, months: int = 18) -> tuple[list[TrackWork], np.ndarray[Any, Any]]:
    """Small tracks on one path with capacity, terms and work per case drawn at random."""
    rng = np.random.default_rng(seed_for("benchmarks.planning_queue", str(seed)))
    drawn = []
    for _ in range(tracks):
        age = int(rng.integers(1, 6))
        inflow = rng.poisson(rng.uniform(0.5, 8), (1, months)).astype(float)
        opening, term = rng.integers(0, 9, age).astype(float), rng.integers(1, 7, age + months)
        drawn.append(TrackWork(inflow, opening, term, float(rng.choice(_WORKS)), int(rng.integers(0, 3))))
    load = sum(one.inflow.mean() * one.work for one in drawn)
    return drawn, rng.uniform(0, 2.2 * load, (1, months))


def differences(drawn: list[TrackWork], capacity: np.ndarray[Any, Any], discipline: str) -> dict[str, float]:
    """Largest absolute difference of every count, age and waiting probability from the simulation, on path 0."""
    months = capacity.shape[1]
    tracks = [
        SimulatedTrack(
            one.inflow[0].astype(int).tolist(),
            one.opening.astype(int).tolist(),
            np.asarray(one.term).tolist(),
            Fraction(str(one.work)),
            one.ready_after,
        )
        for one in drawn
    ]
    worlds = simulate(tracks, capacity[0].tolist(), by_priority=discipline == "priority")
    worst = dict.fromkeys((*_COUNTS, "ages", "waiting probability"), 0.0)
    served = serve(drawn, capacity, "priority" if discipline == "priority" else "fifo")
    for one, cohorts, world in zip(drawn, served, worlds, strict=True):
        age, queue = one.opening.size, cohorts.queue()
        counted = world.counts(months, {at - age: int(term) for at, term in enumerate(np.asarray(one.term))})
        for name in _COUNTS:
            worst[name] = max(worst[name], float(np.abs(getattr(queue, name)[0] - counted[name]).max()))
        ages = queue.mean_age[0] * queue.open_cases[0]
        worst["ages"] = max(worst["ages"], float(np.abs(ages - counted["summed_ages"]).max()))
        wait = waiting_times(cohorts, np.datetime64("2026-01") + np.arange(months), 0)
        for index in np.flatnonzero(wait.cases > 0):
            shares = np.array(
                [world.decided_share(int(index) - age, month) for month in range(months)], dtype=float
            )
            gap = float(np.abs(wait.decided[index] - shares).max())
            worst["waiting probability"] = max(worst["waiting probability"], gap)
    return worst


def _little() -> Iterator[str]:
    rng = np.random.default_rng(seed_for("benchmarks.planning_queue", "little"))
    months, rate = 6000, 100.0
    inflow = rng.poisson(rate, (1, months)).astype(float)
    opening = np.zeros(1)
    yield "## Little's law, one long run at 97 % load\n"
    yield "| mean stock at month ends | inflow a month × mean months waited | difference |"
    yield "| --- | --- | --- |"
    queue = first_in_first_out(inflow, opening, np.full(months, rate / 0.97), 6)
    track = serve([TrackWork(inflow, opening, 6)], np.full(months, rate / 0.97))[0]
    wait = waiting_times(track, np.datetime64("2026-01") + np.arange(months), 0)
    lags = (1.0 - wait.decided[1:]) * np.triu(np.ones((months, months)))
    mean_wait = float(np.sum(lags.sum(axis=1) * wait.cases[1:]) / wait.cases.sum())
    stock, product = float(queue.open_cases.mean()), float(inflow.mean()) * mean_wait
    yield f"| {stock:.4f} | {product:.4f} | {abs(stock - product):.2g} |"
    yield ""


if __name__ == "__main__":
    for text in report():
        print(text)
