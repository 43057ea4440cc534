"""Erlang C against the sum it stands for, against a simulated line, and the agents that follow from it."""

from math import exp, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indforecast.planning.erlang import agents_needed, share_answered, square_root_agents, waiting_probability


@pytest.mark.parametrize(("agents", "load"), [(1, 0.3), (3, 2.0), (10, 8.5), (40, 33.0), (60, 59.5)])
def test_waiting_probability_is_the_textbook_sum(agents, load):
    last = load**agents / factorial(agents) * agents / (agents - load)
    wanted = last / (sum(load**k / factorial(k) for k in range(agents)) + last)
    assert waiting_probability(np.array([agents]), np.array([load]))[0] == pytest.approx(wanted, rel=1e-12)


def test_one_agent_is_the_single_line():
    # M/M/1: the wait is longer than s with probability a exp(-(1 - a) s)
    for load in (0.1, 0.5, 0.95):
        found = share_answered(np.array([1]), np.array([load]), within=0.5, call_time=1.0)[0]
        assert found == pytest.approx(1 - load * exp(-(1 - load) * 0.5))


def test_a_simulated_line_waits_as_long():
    # 20 calls an hour of 6 minutes, 3 agents, answered within 2 minutes
    rng = np.random.default_rng(7)
    calls = 200_000
    arrive = np.cumsum(rng.exponential(1 / 20, calls))
    lasts = rng.exponential(0.1, calls)
    free, waited = np.zeros(3), np.empty(calls)
    for call in range(calls):
        agent = int(np.argmin(free))
        start = max(arrive[call], free[agent])
        waited[call] = start - arrive[call]
        free[agent] = start + lasts[call]
    found = share_answered(np.array([3]), np.array([2.0]), within=2 / 60, call_time=0.1)[0]
    assert np.mean(waited <= 2 / 60) == pytest.approx(found, abs=0.01)


def test_overloaded_lines_answer_nobody_in_time():
    assert share_answered(np.array([5, 5]), np.array([5.0, 9.0]), 60, 480).tolist() == [0.0, 0.0]
    assert waiting_probability(np.array([0, 2]), np.array([1.0, 3.0])).tolist() == [1.0, 1.0]


@settings(max_examples=25, deadline=None)
@given(
    loads=st.lists(st.floats(0, 150), min_size=1, max_size=6),
    share=st.sampled_from([0.5, 0.8, 0.95, 0.999]),
    within=st.sampled_from([0.0, 20.0, 60.0]),
)
def test_the_agents_are_the_fewest_that_keep_the_promise(loads, share, within):
    load = np.array([loads])
    agents = agents_needed(load, share, within, 480.0)
    assert agents.shape == load.shape
    whole = agents.astype(np.int64)
    enough = share_answered(whole.ravel(), load.ravel(), within, 480.0)
    fewer = share_answered(np.maximum(whole.ravel() - 1, 0), load.ravel(), within, 480.0)
    busy = load.ravel() > 0
    assert np.all(enough[busy] >= share - 1e-9)
    assert np.all(fewer[busy] < share + 1e-9)
    assert np.all(agents[load == 0] == 0)
    order = np.argsort(load.ravel())
    assert np.all(np.diff(agents.ravel()[order]) >= 0)


def test_the_square_root_rule_keeps_near():
    load = np.array([10.0, 50.0, 100.0, 200.0])
    exact = agents_needed(load, 0.8, 60.0, 480.0)
    assert np.all(np.abs(square_root_agents(load, 0.5) - exact) <= 2)
