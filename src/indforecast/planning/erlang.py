"""Agents for calls that come at random: Erlang C, and the square-root rule beside it.

Calls come as a Poisson stream, last an exponential time, wait in one line and do not hang up. With offered load
``a = calls per hour x hours per call`` and ``n > a`` agents, the share that waits longer than ``s`` is
``C(n, a) exp(-(n - a) s / m)``, ``m`` the mean time of a call (Erlang 1917; Gans, Koole and Mandelbaum 2003,
doi 10.1287/msom.5.2.79.16071). ``n = a + b sqrt(a)`` keeps about the same service at any size (Halfin and Whitt
1981, doi 10.1287/opre.29.3.567).

What belongs here: these formulas on arrays. What does not: how many calls there are (``desks``).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Halvings of the interval in which the largest load per number of agents lies.
_HALVINGS = 45
#: Numbers of agents are looked up in tables of such steps, so that one table serves many loads.
_STEP = 64


def waiting_probability(agents: NDArray[np.int64], load: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of calls that find every agent busy (Erlang C); 1 where load is not below the agents.

    Parameters
    ----------
    agents : ndarray of int
        Whole agents, at least 0, shape ``[item]``.
    load : ndarray of float
        Offered load in erlang, same shape.
    """
    blocked = np.ones_like(load)
    at_size = blocked.copy()
    for size in range(1, int(agents.max(initial=0)) + 1):
        # The recursion of Erlang B is stable where the sum of factorials is not.
        blocked = load * blocked / (size + load * blocked)
        at_size = np.where(agents == size, blocked, at_size)
    stable = load < agents
    spare = np.where(stable, 1 - load / np.maximum(agents, 1) * (1 - at_size), 1.0)
    return np.where(stable, at_size / spare, 1.0)


def share_answered(
    agents: NDArray[np.int64], load: NDArray[np.float64], within: float, call_time: float
) -> NDArray[np.float64]:
    """Share of calls answered within a time; 0 where load is not below the agents.

    Parameters
    ----------
    agents : ndarray of int
        Shape ``[item]``.
    load : ndarray of float
        Erlang, same shape.
    within, call_time : float
        In one unit of time.
    """
    late = waiting_probability(agents, load) * np.exp(-np.maximum(agents - load, 0.0) * within / call_time)
    return np.where(load < agents, 1 - late, 0.0)


def agents_needed(load: NDArray[np.float64], share: float, within: float, call_time: float) -> NDArray[np.float64]:
    """Fewest agents with which at least ``share`` of the calls are answered within a time.

    The largest load that ``n`` agents can take is found once per ``n``; any number of paths and months is then a
    look-up. No load needs no agent.

    Parameters
    ----------
    load : ndarray of float
        Erlang, any shape, not negative.
    share : float
        At least 0 and below 1.
    within, call_time : float
        In one unit of time.

    Returns
    -------
    ndarray of float
        Whole agents, shape of ``load``.
    """
    highest = float(load.max(initial=0.0))
    # More than enough for any target below one, and refined upwards while it is not.
    size = _STEP * int(np.ceil((highest + 6 * np.sqrt(highest) + 12) / _STEP))
    while (largest := _largest_loads(size, share, within, call_time))[-1] < highest:
        size *= 2
    return np.asarray(np.where(load > 0, np.searchsorted(largest, load) + 1, 0), dtype=np.float64)


@lru_cache(maxsize=32)
def _largest_loads(size: int, share: float, within: float, call_time: float) -> NDArray[np.float64]:
    """The largest load that 1, 2, ... agents can take, shape ``[size]``; no entry depends on ``size``."""
    agents = np.arange(1, size + 1)
    low, high = np.zeros(size), agents.astype(np.float64)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        enough = share_answered(agents, middle, within, call_time) >= share
        low, high = np.where(enough, middle, low), np.where(enough, high, middle)
    low.flags.writeable = False
    return low


def square_root_agents(load: NDArray[np.float64], beta: float) -> NDArray[np.float64]:
    """Agents by the square-root rule, ``load + beta sqrt(load)`` rounded up."""
    return np.asarray(np.ceil(load + beta * np.sqrt(load)))
