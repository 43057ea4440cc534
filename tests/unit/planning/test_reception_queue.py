"""Waiting residents and open cases as one stock: brought to one month, by hand and whatever comes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from indforecast.config import load_settings
from indforecast.planning.queue_paths import QueuePaths
from indforecast.planning.reception import run_reception
from indforecast.planning.reception_queue import decided_cases, waiting_excess
from indforecast.planning.streams import StreamPaths, run_stream
from indforecast.planning.timeline import Timeline

PLANNING = load_settings().planning
NAMES = ("asylum_first", "asylum_repeat", "asylum_nareis")
MONTHS = np.arange("2025-01", "2026-03", dtype="datetime64[M]")
QUEUED = np.datetime64("2025-06")


def lines(first, repeat, family):
    counts = (first, repeat, family)
    return {name: Timeline(MONTHS, np.atleast_2d(values)) for name, values in zip(NAMES, counts, strict=True)}


def queues(arrivals, start=QUEUED):
    found = []
    for name in NAMES[:2]:
        line = arrivals[name]
        at = line.months >= start
        cut = Timeline(line.months[at], line.counts[:, at])
        found.append(run_stream(name, cut, PLANNING.streams[name], "2025-05"))
    return found


def level(value):
    return np.full((2, MONTHS.size), float(value))


def test_open_cases_are_carried_back_to_the_month_of_the_residents():
    arrivals = lines(level(1600), level(100), level(900))
    decided = decided_cases(queues(arrivals), arrivals, PLANNING)
    # 45,400 counted in May 2025, five months of 1,600 came, 4 x 1,670 + 1,510 were decided
    np.testing.assert_allclose(decided.open_cases["asylum_first"], 45_400 - 5 * 1600 + 4 * 1670 + 1510)
    np.testing.assert_allclose(decided.open_cases["asylum_repeat"], 1200 - 5 * 100 + 5 * 137)
    line = decided.decisions["asylum_first"]
    assert line.months[0] == MONTHS[0]
    np.testing.assert_allclose(line.counts[:, :5], [[1670.0] * 4 + [1510.0]] * 2)
    np.testing.assert_array_equal(line.counts[:, 5:], queues(arrivals)[0].queue.decisions)


@pytest.mark.parametrize("first", ["2025-06", "2025-09"])
def test_a_queue_counted_before_the_residents_starts_from_its_own_open_cases(first):
    arrivals = lines(level(1600), level(100), level(900))
    streams = queues(arrivals)
    start = np.datetime64(first)
    late = {
        name: Timeline(MONTHS[start <= MONTHS], line.counts[:, start <= MONTHS]) for name, line in arrivals.items()
    }
    decided = decided_cases(streams, late, PLANNING)
    at = int((start - QUEUED).astype(int))
    before = streams[0].queue.open_cases[:, at - 1] if at else np.full(2, 45_400.0)
    np.testing.assert_allclose(decided.open_cases["asylum_first"], before)
    np.testing.assert_array_equal(decided.decisions["asylum_first"].counts, streams[0].queue.decisions[:, at:])
    assert decided.decisions["asylum_first"].months[0] == start


def test_paths_in_another_order():
    arrivals = lines(np.vstack([level(1000)[0], level(3000)[0]]), level(100), level(900))
    decided = decided_cases(queues(arrivals), arrivals, PLANNING)
    turned = decided.of_rows(np.array([1, 0, 1]))
    for name, line in turned.decisions.items():
        np.testing.assert_array_equal(line.counts, decided.decisions[name].counts[[1, 0, 1]])
        np.testing.assert_array_equal(turned.open_cases[name], decided.open_cases[name][[1, 0, 1]])


def test_the_start_is_split_by_open_cases_and_the_rest_has_left_the_procedure():
    arrivals = lines(level(1600), level(100), level(900))
    decided = decided_cases(queues(arrivals), arrivals, PLANNING)
    figures = PLANNING.reception
    paths = run_reception(arrivals, figures, "2024-12", decisions=decided.decisions, open_cases=decided.open_cases)
    share = {name: figures.needs_reception[name].value for name in NAMES}
    waiting = sum(cases[0] * share[name] for name, cases in decided.open_cases.items())
    rest = 73_000 * 0.73 - waiting
    # an eighth of them leaves in the first month
    assert paths.departed[0, 0] == pytest.approx(rest / figures.months_to_departure.value, abs=1.5)
    assert paths.applicants[0, 0] == pytest.approx(
        waiting + sum(share[name] * (arrivals[name].counts[0, 0] - decided.decisions[name].counts[0, 0])
                      for name in decided.decisions), abs=1.5
    )  # fmt: skip


def test_figures_of_today_agree_with_what_left_in_2024():
    # published: 14,060 residents without a permit left in 2024 (kst 2025D08674)
    arrivals = lines(level(1600), level(135), level(900))
    decided = decided_cases(queues(arrivals), arrivals, PLANNING)
    paths = run_reception(
        arrivals, PLANNING.reception, "2024-12", decisions=decided.decisions, open_cases=decided.open_cases
    )
    assert 12 * paths.departed[0, 0] == pytest.approx(14_060, rel=0.02)


counts = hnp.arrays(np.float64, (2, MONTHS.size), elements=st.integers(0, 6000).map(float))


@settings(deadline=None, max_examples=40)
@given(
    counts,
    counts,
    counts,
    counts,
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(0, 60_000),
    st.integers(0, 90_000),
)
def test_never_more_wait_than_have_an_open_case(first, repeat, family, capacity, share, other, stock, residents):
    arrivals = lines(first, repeat, family)
    figures = PLANNING.reception
    shares = {
        "asylum_first": figures.needs_reception["asylum_first"].model_copy(update={"value": share}),
        "asylum_repeat": figures.needs_reception["asylum_repeat"].model_copy(update={"value": other}),
    }
    counted = figures.residents["2024-12"].model_copy(update={"value": float(residents)})
    asked = figures.model_copy(
        update={"needs_reception": {**figures.needs_reception, **shares}, "residents": {"2024-12": counted}}
    )
    streams = []
    for name in NAMES[:2]:
        cases = arrivals[name].counts
        done = np.empty_like(cases)
        left = np.full(2, float(stock))
        for t in range(MONTHS.size):
            left = left + cases[:, t]
            done[:, t] = np.minimum(left, capacity[:, t])
            left = left - done[:, t]
        opened = stock + np.cumsum(cases - done, axis=1)
        nothing = np.zeros_like(cases)
        streams.append(
            StreamPaths(name, arrivals[name], QueuePaths(done, nothing, opened, nothing, nothing, nothing), 0.0)
        )
    decided = decided_cases(streams, arrivals, PLANNING)
    paths = run_reception(arrivals, asked, "2024-12", decisions=decided.decisions, open_cases=decided.open_cases)
    assert paths.imbalance == 0
    assert waiting_excess(paths, decided, arrivals, asked) < 3
    for group in (paths.applicants, paths.status_holders, paths.departing):
        assert np.all(group >= 0)
