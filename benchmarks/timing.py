"""Time two ways of doing one thing, in turn, and compare.

What belongs here: the stopwatch and the row it yields. What does not: what is timed.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Comparison:
    """Median seconds of ours and of the peer."""

    what: str
    peer: str
    ours_seconds: float
    peer_seconds: float

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.peer_seconds / self.ours_seconds

    def __str__(self) -> str:
        return (
            f"{self.what:<44} {self.ours_seconds:>9.3f} s  {self.peer_seconds:>9.3f} s  "
            f"{self.ratio:>7.1f} x   against {self.peer}"
        )


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def compare(
    what: str, ours: Callable[[], object], peer: str, theirs: Callable[[], object], *, repeats: int = 3
) -> Comparison:
    """Median of ``repeats`` runs each, alternating, after one warm-up of both."""
    ours()
    theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(repeats)]
    return Comparison(
        what, peer, statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)
    )
