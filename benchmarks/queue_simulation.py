"""An independent discrete-event simulation of tracks that share one staff (simpy), case by case.

Every case is a process that asks for the one server, is interrupted by cases that go before it, and takes up its
work where it left it. The clock is the work that staff can do: month ``t`` lasts as long as its capacity, so a
month with other capacity is only longer or shorter. It shares no code with ``indforecast.planning`` and is slow.

What belongs here: the simulation and counting its cases by month. What does not: comparing (``planning_queue``).
"""

from __future__ import annotations

import bisect
import math
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import simpy


@dataclass(frozen=True)
class SimulatedTrack:
    """One track's cases; ``inflow`` and ``opening`` (oldest first) are whole, ``term`` by month of application."""

    inflow: Sequence[int]
    opening: Sequence[int]
    term: Sequence[int]
    work: Fraction = Fraction(1)
    ready_after: int = 0


@dataclass
class SimulatedCases:
    """Single cases of a track: month of application (before 0: opening stock) and month of decision, if any."""

    applied: list[int] = field(default_factory=list)
    decided: list[int | None] = field(default_factory=list)

    def counts(self, months: int, term: dict[int, int]) -> dict[str, list[float]]:
        """What happened by month, counted case by case."""
        rows: dict[str, list[float]] = {
            name: [0.0] * months
            for name in (
                "decisions",
                "decided_in_term",
                "open_cases",
                "open_past_term",
                "newly_late",
                "summed_ages",
            )
        }
        for applied, decided in zip(self.applied, self.decided, strict=True):
            end = applied + term[applied]
            for month in range(max(applied, 0), months):
                if decided == month:
                    rows["decisions"][month] += 1
                    rows["decided_in_term"][month] += month <= end
                if decided is not None and decided <= month:
                    break
                rows["open_cases"][month] += 1
                rows["open_past_term"][month] += month >= end
                rows["newly_late"][month] += month == end
                rows["summed_ages"][month] += month - applied + 0.5
        return rows

    def decided_share(self, applied: int, month: int) -> float | None:
        """Share of a month's applicants decided by the end of ``month``; nothing when nobody applied."""
        mine = [at for when, at in zip(self.applied, self.decided, strict=True) if when == applied]
        return sum(at is not None and at <= month for at in mine) / len(mine) if mine else None


def simulate(
    tracks: Sequence[SimulatedTrack], capacity: Sequence[float], *, by_priority: bool
) -> list[SimulatedCases]:
    """Simulate one path.

    Parameters
    ----------
    tracks : sequence of SimulatedTrack
        In order of priority.
    capacity : sequence of float
        Work in each month.
    by_priority : bool
        Tracks in order, interrupting each other; otherwise by the month from which a case is ready.
    """
    months = len(capacity)
    unit = _common_unit([track.work for track in tracks])
    ends = [math.floor(math.fsum(capacity[: month + 1]) / float(unit) + 1e-9) for month in range(months)]
    world = simpy.Environment()
    desk = simpy.PreemptiveResource(world, capacity=1)
    cases = [SimulatedCases() for _ in tracks]
    seen: Counter[int] = Counter()
    for place, track in enumerate(tracks):
        age = len(track.opening)
        for applied in range(-age, months):
            count = track.opening[applied + age] if applied < 0 else track.inflow[applied]
            ready = applied + track.ready_after
            for _ in range(count):
                cases[place].applied.append(applied)
                cases[place].decided.append(None)
                number = seen[place]
                seen[place] += 1
                if ready >= months:
                    continue
                rank = (place, ready, number) if by_priority else (ready, place, number)
                begin = 0 if ready <= 0 else ends[ready - 1]
                world.process(_case(world, desk, begin, int(track.work / unit), rank, cases[place], number, ends))
    world.run(until=ends[-1] + 1)
    return cases


def _case(
    world: simpy.Environment,
    desk: simpy.PreemptiveResource,
    begin: int,
    work: int,
    rank: tuple[int, int, int],
    cases: SimulatedCases,
    number: int,
    ends: Sequence[int],
) -> Generator[Any, Any, None]:
    yield world.timeout(begin)
    left = work
    while left:
        with desk.request(priority=rank) as turn:
            since = None
            try:
                yield turn
                since = world.now
                yield world.timeout(left)
                left = 0
            except simpy.Interrupt:
                left -= int(world.now - since) if since is not None else 0
    month = bisect.bisect_left(ends, world.now)
    cases.decided[number] = month if month < len(ends) else None


def _common_unit(work: Sequence[Fraction]) -> Fraction:
    whole = math.lcm(*(one.denominator for one in work))
    return Fraction(math.gcd(*(int(one * whole) for one in work)), whole)
