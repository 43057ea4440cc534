"""How patient the client is: times, attempts, sizes.

What belongs here: the numbers. What does not: keeping to them (``http``, ``http_exchange``).
"""

from __future__ import annotations

from dataclasses import dataclass

from indforecast import __version__


@dataclass(frozen=True)
class HttpPolicy:
    """How long, how often and how much.

    Parameters
    ----------
    connect_seconds : float
        Time to connect, each attempt.
    read_seconds : float
        Longest silence while an answer comes in, and time for its whole head.
    answer_seconds : float
        Time for one whole answer, however steadily it drips.
    total_seconds : float
        Time for one ``get`` with all its attempts and waits.
    attempts : int
        How often an address is asked at most.
    backoff_seconds : float
        The first wait is at most this long, each next one at most twice the one before.
    longest_wait_seconds : float
        No wait is longer; a publisher that asks for a longer one is not asked again in this ``get``.
    body_bytes : int
        Largest answer, on the wire and decompressed.
    redirects : int
        Most steps to another address of the same host.
    user_agent : str
        How the client introduces itself.
    proxies : bool
        Whether the proxies that the environment names are used.
    """

    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    answer_seconds: float = 120.0
    total_seconds: float = 600.0
    attempts: int = 5
    backoff_seconds: float = 1.0
    longest_wait_seconds: float = 60.0
    body_bytes: int = 50_000_000
    redirects: int = 3
    user_agent: str = f"indforecast/{__version__}"
    proxies: bool = True
