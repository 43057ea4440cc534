"""Changes that a reader tries out: more inflow, other hours per case, hires, decisions, grants, housing.

A lever acts on forecast months only and on every path alike, so that the difference between two plans is the
lever's alone.

What belongs here: what a lever is and what it does to an array of months. What does not: which plan it enters
(``plan``, ``what_if``) and how it is written on a command line (``cli_what_if``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

#: What can be changed. ``inflow`` cases a month, ``hours`` per case, ``decisions`` a month and ``grants`` (share)
#: of a stream; ``hires`` FTE a month of a workforce group; ``housing`` months until a status holder has a home.
LeverKind = Literal["inflow", "hours", "decisions", "hires", "grants", "housing"]
KINDS: tuple[LeverKind, ...] = ("inflow", "hours", "decisions", "hires", "grants", "housing")


@dataclass(frozen=True)
class Lever:
    """One change.

    Parameters
    ----------
    kind : LeverKind
        What is changed.
    target : str
        A stream, a workforce group for hires, ``all`` for what is not divided.
    how : {"set", "add", "percent"}
        Put in the place of the figure, added to it, or per cent more (below 0: less).
    value : float
        In the figure's unit, or per cent.
    start, end : datetime64[M], optional
        First and last month; without them from the first forecast month on, and to the end.
    """

    kind: LeverKind
    target: str
    how: Literal["set", "add", "percent"]
    value: float
    start: np.datetime64 | None = None
    end: np.datetime64 | None = None

    def acts_in(self, months: NDArray[np.datetime64], first: np.datetime64) -> NDArray[np.bool_]:
        """Which months it acts in, never one before ``first``, the first forecast month."""
        acts = months >= max(first, self.start if self.start is not None else first)
        return np.asarray(acts & (months <= self.end) if self.end is not None else acts)

    def on(
        self, values: NDArray[np.float64], months: NDArray[np.datetime64], first: np.datetime64
    ) -> NDArray[np.float64]:
        """The figure with this change, never below 0.

        Parameters
        ----------
        values : ndarray of float
            Shape ``[month]`` or ``[path, month]``.
        months : ndarray of datetime64[M]
            Shape ``[month]``.
        first : datetime64[M]
            The first forecast month.
        """
        match self.how:
            case "set":
                changed = np.full_like(values, self.value)
            case "add":
                changed = values + self.value
            case "percent":
                changed = values * (1 + self.value / 100)
        return np.where(self.acts_in(months, first), np.maximum(changed, 0.0), values)


def pulled(
    levers: Iterable[Lever],
    kind: LeverKind,
    target: str,
    values: NDArray[np.float64],
    months: NDArray[np.datetime64],
    first: np.datetime64,
) -> NDArray[np.float64]:
    """A figure after all levers of this kind and target, in their order; the same array when there is none."""
    for lever in levers:
        if lever.kind == kind and lever.target == target:
            values = lever.on(values, months, first)
    return values
