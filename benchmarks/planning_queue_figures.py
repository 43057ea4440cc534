"""The queue beside published stocks and waits, under readings of the law, and what its answers hang on.

What belongs here: those figures as Markdown. What does not: speed and the independent simulation
(``planning_queue``, which prints these too).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np

from indforecast.config.planning import StreamPlanning
from indforecast.config.settings import Settings
from indforecast.domain.observations import Panel
from indforecast.domain.seeds import seed_for
from indforecast.planning.case import PlanningCase
from indforecast.planning.measures import ALL
from indforecast.planning.streams import StreamPaths, run_stream, stream_line
from indforecast.planning.timeline import Timeline
from indforecast.planning.waiting_table import waiting_in

_STREAM: Final = "asylum_first"
_WEEKS_A_MONTH: Final = 365.25 / 12 / 7


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


def published(settings: Settings, history: Panel) -> Iterator[str]:
    """From the stock of May 2025, observed inflow, against what was published."""
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


def replayed(settings: Settings, history: Panel) -> Iterator[str]:
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


def readings(settings: Settings, history: Panel) -> Iterator[str]:
    """First applications under three readings of the law."""
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


def hangs_on(settings: Settings, history: Panel) -> Iterator[str]:
    """What the answers hang on: one assumption changed at a time."""
    given = settings.planning.streams[_STREAM].model_dump()

    def changed(path: str, value: float, unit: str) -> StreamPlanning:
        other: dict[str, Any] = json.loads(json.dumps(given))
        *keys, last = path.split("/")
        place = other
        for key in keys:
            place = place[key]
        place[last] = {"value": value, "unit": unit, "assumption": "tried"}
        return StreamPlanning.model_validate(other)

    ratio = "of the stream's hours"
    variants = {
        "as packaged": settings.planning.streams[_STREAM],
        "Dublin share 15 %": changed("tracks/dublin/share/2015-01", 0.15, "share"),
        "accelerated share from June 2026 stays 4 %": changed("tracks/safe_country/share/2026-06", 0.04, "share"),
        "accelerated share from June 2026 25 %": changed("tracks/safe_country/share/2026-06", 0.25, "share"),
        "general case 10 % lighter": changed("tracks/general/hours_ratio", 1.134, ratio),
        "Dublin case as heavy as the mean": changed("tracks/dublin/hours_ratio", 1.0, ratio),
        "10 % more decisions a month": changed("decided_per_month/2025-05", 1661.0, "cases/month"),
        "one track": settings.planning.streams[_STREAM].model_copy(update={"track_order": ()}),
    }
    yield "## What the answers hang on (inflow near that of 2025, medio, waits of the general procedure)\n"
    yield "| assumption | decided in term in 2026 | open, end of 2026 | months waited, applied March 2026 |"
    yield "| --- | --- | --- | --- |"
    base = make_case(settings, history, 1000, 60)
    for name, figures in variants.items():
        streams = {**settings.planning.streams, _STREAM: figures}
        case = replace(base, settings=settings.planning.model_copy(update={"streams": streams}))
        line, opened = stream_line(case, _STREAM)
        queue = run_stream(_STREAM, line, figures, opened).queue
        begin = int(np.flatnonzero(line.months == np.datetime64("2026-01", "M"))[0])
        year = slice(begin, begin + 12)
        in_term = queue.decided_in_term[:, year].sum(axis=1) / queue.decisions[:, year].sum(axis=1)
        waits = waiting_in(case, only=[_STREAM])[_STREAM]
        wait = waits.get("general", waits[ALL])
        waited = wait.quantile(0.5)[int(np.flatnonzero(wait.applied == np.datetime64("2026-03", "M"))[0])]
        said = "after the model ends" if np.isnan(waited) else f"{waited:.0f}"
        yield (
            f"| {name} | {np.median(in_term):.0%} | {np.median(queue.open_cases[:, begin + 11]):,.0f} | {said} |"
        )
    yield ""
