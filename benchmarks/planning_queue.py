"""The queue: speed and growth, against a discrete-event simulation, Little's law, and published stocks and waits.

What belongs here: the figures as Markdown, from the embedded reference data and the packaged settings. What does
not: the queue (``indforecast.planning``), the simulation (``queue_simulation``), their tests.

Run with ``python -m benchmarks.planning_queue``. Inflow after the newest observation is a seeded random walk
around the last year: speed does not depend on it, and no figure compared with a published one does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from time import perf_counter
from typing import Any, Final

import numpy as np

from benchmarks.queue_simulation import SimulatedTrack, simulate
from indforecast.config import load_settings
from indforecast.config.planning import StreamPlanning
from indforecast.config.settings import Settings
from indforecast.domain.observations import Panel
from indforecast.domain.seeds import seed_for
from indforecast.planning.case import PlanningCase
from indforecast.planning.priority import TrackWork, serve
from indforecast.planning.queue import first_in_first_out
from indforecast.planning.streams import StreamPaths, run_stream, stream_line
from indforecast.planning.timeline import Timeline
from indforecast.planning.waiting import waiting_times
from indforecast.planning.waiting_table import waiting_in, waiting_table
from indforecast.reference.dataset import reference_frame
from indforecast.vintages.triangle import Triangle

_STREAM: Final = "asylum_first"
_COUNTS: Final = ("decisions", "decided_in_term", "open_cases", "open_past_term", "newly_late")
_WORKS: Final = (0.4, 0.5, 1.0, 1.26)
_WEEKS_A_MONTH: Final = 365.25 / 12 / 7
_SIMULATIONS: Final = 60


def report() -> Iterator[str]:
    """Lines of Markdown."""
    settings = load_settings()
    triangle = Triangle(reference_frame().assign(delivery_id="", publisher=""))
    newest = triangle.as_of(triangle.vintages[-1]).panel(list(settings.hierarchy.base_ids))
    yield from _speed(settings, newest)
    yield from _simulated()
    yield from _little()
    yield from _published(settings, newest)
    yield from _replay(settings, newest)
    yield from _readings(settings, newest)


def make_case(settings: Settings, history: Panel, paths: int, months: int) -> PlanningCase:
    """A case with seeded paths around the last observed year."""
    rng = np.random.default_rng(seed_for("benchmarks.planning_queue"))
    periods = history.periods[-1] + np.arange(1, months + 1)
    inflow = {}
    for name in settings.hierarchy.base_ids:
        level = np.nanmean(history.observed[history.series_ids.index(name), -12:])
        walk = np.cumsum(rng.normal(0, 0.05, (paths, months)), axis=1)
        inflow[name] = np.rint(level * np.exp(walk))
    levels = settings.bands.levels
    return PlanningCase(inflow, periods, settings.hierarchy, settings.planning, levels, history)


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
        begin = perf_counter()
        work()
        taken.append(perf_counter() - begin)
    return min(taken)


def _speed(settings: Settings, history: Panel) -> Iterator[str]:
    yield "## Speed: all streams and tracks, 36 months run on after the horizon\n"
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


@dataclass(frozen=True)
class _Standing:
    """A stream's open cases by how long they have been open, on one path."""

    stream: StreamPaths

    def older(self, months: int, at: str) -> float:
        """Cases open at the end of month ``at`` for more than ``months`` months."""
        column = self._column(at)
        found = 0.0
        for cohorts in self.stream.cohorts.values():
            index = cohorts.age + column - months
            done = 0.0 if column < 0 else float(cohorts.decided[0, column])
            found += max(0.0, float(cohorts.applied[0, index]) - done) if index >= 0 else 0.0
        return found

    def open_cases(self, at: str, track: str | None = None) -> float:
        queue = self.stream.queue if track is None else self.stream.tracks[track]
        return float(queue.open_cases[0, self._column(at)])

    def oldest(self, track: str, at: str) -> str:
        """Month of application of the oldest open case."""
        cohorts = self.stream.cohorts[track]
        first = self.stream.line.months[0] - cohorts.age
        return str(first + cohorts.serving[0, self._column(at)])

    def _column(self, at: str) -> int:
        return int((np.datetime64(at, "M") - self.stream.line.months[0]).astype(np.int64))


def _published(settings: Settings, history: Panel) -> Iterator[str]:
    case = make_case(settings, history, 1, 12)
    line, opened = stream_line(case, _STREAM)
    first = _Standing(run_stream(_STREAM, line, settings.planning.streams[_STREAM], opened))
    line, opened = stream_line(case, "asylum_repeat")
    repeat = run_stream("asylum_repeat", line, settings.planning.streams["asylum_repeat"], opened)
    end = int(np.flatnonzero(line.months == np.datetime64("2025-12", "M"))[0])
    both = first.open_cases("2025-12") + float(repeat.queue.open_cases[0, end])
    start = str(np.datetime64(opened, "M"))
    yield "## Started from the stock of May 2025, observed inflow, against what was published\n"
    yield "| figure | published | model |"
    yield "| --- | --- | --- |"
    yield (
        "| open more than 6 months | 35,730 in March 2025 (rd.nl, May 2025) "
        f"| {first.older(6, start):,.0f} at the end of May 2025 |"
    )
    yield (
        "| open more than 15 months | more than 25,000 on 26 January 2026 (IND, ANP) "
        f"| {first.older(15, '2025-12'):,.0f} at the end of 2025 |"
    )
    yield (
        "| applications now decided, general procedure | those of September 2023, January to May 2026 (IND, ANP) "
        f"| {first.oldest('general', '2025-12')} at the end of 2025 |"
    )
    yield f"| asylum cases open on 1 January 2026 | more than 51,000; nearly 50,000 on 26 January | {both:,.0f} |"
    quick = sum(first.open_cases("2025-06", name) for name in first.stream.tracks if name != "general")
    yield f"| first applications open outside track 4 | 940 in May 2025 | {quick:,.0f} in June 2025 |"
    yield ""


def _replay(settings: Settings, history: Panel) -> Iterator[str]:
    """From the published stock of December 2023 with the decisions and readings of the time."""
    figures = _of_2023(settings.planning.streams[_STREAM], reading="as_applied")
    line = _observed_after("2023-12", history)
    stream = run_stream(_STREAM, line, figures, "2023-12")
    standing, year = _Standing(stream), slice(0, 12)
    general = stream.tracks["general"]
    in_term = general.decided_in_term[0, year].sum() / max(1.0, general.decisions[0, year].sum())
    everyone = stream.queue.decided_in_term[0, year].sum() / stream.queue.decisions[0, year].sum()
    yield "## Replay from the stock of December 2023 (45,000 in general, 5,000 in tracks 1 and 2)\n"
    yield "| figure | published | model |"
    yield "| --- | --- | --- |"
    still = standing.open_cases("2024-12", "general")
    yield f"| open in the general procedure, December 2024 | 50,910 (track 4) | {still:,.0f} |"
    yield f"| open more than 15 months, April 2024 | 6,300 | {standing.older(15, '2024-04'):,.0f} |"
    yield f"| the same, January 2025 | about 15,000 | {standing.older(15, '2024-12'):,.0f} |"
    yield f"| decided within 15 months, general procedure, 2024 | 57 % | {in_term:.0%} |"
    yield f"| the same, all tracks | not published | {everyone:.0%} |"
    of_general, of_all = (_mean_wait(stream, tracks, year) for tracks in (["general"], list(stream.cohorts)))
    yield f"| mean weeks waited by those decided in 2024 | 53 (tracks not said) | {of_all:.0f} |"
    yield f"| the same, general procedure | not published | {of_general:.0f} |"
    yield ""


def _of_2023(figures: StreamPlanning, reading: str) -> StreamPlanning:
    def counted(value: float) -> dict[str, Any]:
        return {"2023-12": {"value": value, "unit": "cases", "source": "nieuws.nl 2024-02-02"}}

    given = figures.model_dump()
    given["reading"], given["open_cases"] = reading, counted(50_000)
    for name, stock in (("dublin", 4_300), ("safe_country", 450), ("inadmissible", 220), ("border", 30)):
        given["tracks"][name]["open_cases"] = counted(stock)
    return StreamPlanning.model_validate(given)


def _observed_after(opened: str, history: Panel) -> Timeline:
    known = history.observed[history.series_ids.index(_STREAM)]
    after = history.periods > np.datetime64(opened, "M")
    return Timeline(history.periods[after], known[after][None], 0, known[~after])


def _mean_wait(stream: StreamPaths, tracks: list[str], year: slice) -> float:
    """Mean weeks from application to decision of those decided in the year, on one path."""
    waited = cases = 0.0
    for name in tracks:
        cohorts = stream.cohorts[name]
        applied, decided = cohorts.applied[0], np.concatenate([[0.0], cohorts.decided[0, year]])
        before = np.concatenate([[0.0], applied[:-1]])
        for month, (since, until) in enumerate(pairwise(decided)):
            these = np.clip(np.minimum(applied, until) - np.maximum(before, since), 0.0, None)
            waited += float(these @ (cohorts.age + month - np.arange(applied.size)))
            cases += float(these.sum())
    return waited / cases * _WEEKS_A_MONTH


def _readings(settings: Settings, history: Panel) -> Iterator[str]:
    case = make_case(settings, history, 1000, 36)
    line, opened = stream_line(case, _STREAM)
    figures = settings.planning.streams[_STREAM]
    yield "## First applications under three readings of the law, medio\n"
    yield "| reading | late at the end of 2025 | newly late, June to December 2025 | decided in term in 2026 |"
    yield "| --- | --- | --- | --- |"
    for reading in figures.extensions:
        stream = run_stream(_STREAM, line, figures.model_copy(update={"reading": reading}), opened)
        queue = stream.queue
        end = int(np.flatnonzero(line.months == np.datetime64("2025-12", "M"))[0])
        year = slice(end + 1, end + 13)
        in_term = queue.decided_in_term[:, year].sum(axis=1) / queue.decisions[:, year].sum(axis=1)
        newly = queue.newly_late[:, : end + 1].sum(axis=1)
        yield (
            f"| {reading} | {np.median(queue.open_past_term[:, end]):,.0f} | {np.median(newly):,.0f} "
            f"| {np.median(in_term):.1%} |"
        )
    yield ""


if __name__ == "__main__":
    for text in report():
        print(text)
