"""Tracks, terms, ages and waiting times against a discrete-event simulation that shares no code with them."""

from fractions import Fraction

import numpy as np
import pytest

from benchmarks.queue_simulation import SimulatedTrack, simulate
from indforecast.planning.priority import TrackWork, serve
from indforecast.planning.waiting import waiting_times

COUNTS = ("decisions", "decided_in_term", "open_cases", "open_past_term", "newly_late")


def draw(seed, tracks, *, paths=2, months=14, late_ready=True):
    """Small tracks with varying capacity, terms by month of application and work per case."""
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(tracks):
        age = int(rng.integers(1, 6))
        drawn.append(
            TrackWork(
                inflow=rng.poisson(rng.uniform(0.5, 5), (paths, months)).astype(float),
                opening=rng.integers(0, 6, age).astype(float),
                term=rng.integers(1, 6, age + months),
                work=float(rng.choice([0.4, 0.5, 1.0, 1.26])) if tracks > 1 else 1.0,
                ready_after=int(rng.integers(0, 3)) if late_ready else 0,
            )
        )
    load = sum(track.inflow.mean() * track.work for track in drawn)
    return drawn, rng.uniform(0, 2.2 * load, (paths, months))


def simulated(tracks, capacity, path, discipline):
    return simulate(
        [
            SimulatedTrack(
                track.inflow[path].astype(int).tolist(),
                track.opening.astype(int).tolist(),
                np.asarray(track.term).tolist(),
                Fraction(str(track.work)),
                track.ready_after,
            )
            for track in tracks
        ],
        capacity[path].tolist(),
        by_priority=discipline == "priority",
    )


@pytest.mark.parametrize("discipline", ["priority", "fifo"])
@pytest.mark.parametrize("tracks", [1, 2, 4])
@pytest.mark.parametrize("seed", range(4))
def test_every_count_equals_the_simulation(seed, tracks, discipline):
    drawn, capacity = draw(seed, tracks)
    served = serve(drawn, capacity, discipline)
    for path in range(capacity.shape[0]):
        cases = simulated(drawn, capacity, path, discipline)
        for track, cohorts, single in zip(drawn, served, cases, strict=True):
            age, queue = track.opening.size, cohorts.queue()
            by_month = {at - age: int(term) for at, term in enumerate(track.term)}
            counted = single.counts(capacity.shape[1], by_month)
            for name in COUNTS:
                np.testing.assert_array_equal(getattr(queue, name)[path], counted[name], err_msg=name)
            ages = queue.mean_age[path] * queue.open_cases[path]
            np.testing.assert_allclose(ages, counted["summed_ages"], atol=1e-9)


@pytest.mark.parametrize("discipline", ["priority", "fifo"])
@pytest.mark.parametrize("seed", range(4))
def test_waiting_times_are_the_simulated_ones_over_all_paths(seed, discipline):
    drawn, capacity = draw(seed + 50, 3, paths=3)
    months = np.datetime64("2026-01") + np.arange(capacity.shape[1])
    served = serve(drawn, capacity, discipline)
    worlds = [simulated(drawn, capacity, path, discipline) for path in range(3)]
    for place, cohorts in enumerate(served):
        wait = waiting_times(cohorts, months, start=0)
        age = cohorts.age
        for index in range(wait.applied.size):
            shares = [
                [world[place].decided_share(index - age, month) for month in range(months.size)]
                for world in worlds
            ]
            if any(share is None for path in shares for share in path):
                continue  # nobody applied on some path
            np.testing.assert_allclose(wait.decided[index], np.mean(shares, axis=0), atol=1e-12)


def test_a_start_in_the_middle_asks_only_about_cases_still_open():
    drawn, capacity = draw(7, 2, paths=1, months=20)
    months = np.datetime64("2026-01") + np.arange(20)
    start = 8
    world = simulated(drawn, capacity, 0, "priority")
    for place, cohorts in enumerate(serve(drawn, capacity, "priority")):
        wait = waiting_times(cohorts, months, start)
        for index in range(wait.applied.size):
            mine = [
                at
                for when, at in zip(world[place].applied, world[place].decided, strict=True)
                if when == index - cohorts.age and (at is None or at >= start)
            ]
            assert wait.cases[index] == len(mine)
            if mine:
                by = [sum(at is not None and at <= month for at in mine) / len(mine) for month in range(start, 20)]
                np.testing.assert_allclose(wait.decided[index], by, atol=1e-12)
