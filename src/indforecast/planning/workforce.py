"""The work of people who can take each other's cases: what comes in, what is open, and by when it is due.

Streams of one group are added up in hours, because one pool of people decides them. Tracks that go first are
decided when they are ready; of all else the earliest legal deadline is. With cumulative output ``E`` and work
``R`` that is ready to be decided, work done is ``D_t = E_t + min(0, min over s <= t of (R_s - E_s))``, and what
is late at the end of month ``t`` is ``max(0, due_t - D_t)``, where ``due_t`` is the ready work of tracks that go
first and the other work whose term ends by then.

What belongs here: a group's work on every path, and what people's hours do to it. What does not: how it comes from
streams (``workforce_streams``), how hours come about (``staffing``), how much to hire (``hiring``), single cases
(``queue``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_YEAR = 12


@dataclass(frozen=True)
class Workforce:
    """Work of one group; hours where nothing else is said, so that streams of unlike cases add up.

    Parameters
    ----------
    group : str
        Its name in the settings.
    months : ndarray of datetime64[M]
        Shape ``[month]``.
    work : ndarray of float
        Hours that a month's applications ask, shape ``[path, month]``.
    opening : float
        Hours open at the start.
    ready : ndarray of float
        Hours that can have been decided by each month, what was open at the start included, rising, same shape.
    due : ndarray of float
        Hours that must have been decided by each month so that nothing is late, rising, same shape.
    due_at_start : float
        The same before the first month: overdue work, and what goes first.
    falling : ndarray of float
        Hours, of work that can be late, whose term ends in the month; not what was overdue before the first.
    falling_cases : ndarray of float
        Cases whose term ends in the month, those of tracks that go first included.
    past : ndarray of float
        Hours of the twelve months before the first, oldest first.
    start_fte : float
        Experienced FTE whose hours are what is decided a month at the start.
    hours_per_case : float
        Mean over the cases that can be late; late hours over this are late cases.
    """

    group: str
    months: NDArray[np.datetime64]
    work: NDArray[np.float64]
    opening: float
    ready: NDArray[np.float64]
    due: NDArray[np.float64]
    due_at_start: float
    falling: NDArray[np.float64]
    falling_cases: NDArray[np.float64]
    past: NDArray[np.float64]
    start_fte: float
    hours_per_case: float

    @property
    def paths(self) -> int:
        """How many joint draws there are."""
        return int(self.work.shape[0])

    def arrived(self) -> NDArray[np.float64]:
        """Cumulative work, what was open at the start included, shape ``[path, month]``."""
        return self.opening + np.cumsum(self.work, axis=1)

    def levels(self) -> NDArray[np.float64]:
        """Hours that came in over the twelve months up to each, shape ``[path, month]``."""
        past = np.broadcast_to(self.past, (self.paths, _YEAR))
        cumulative = np.cumsum(np.concatenate([past, self.work], axis=1), axis=1)
        return np.asarray(cumulative[:, _YEAR:] - cumulative[:, :-_YEAR])

    def select(self, paths: slice | NDArray[np.intp]) -> Workforce:
        """The same group on some of the paths."""
        return self._each(lambda values: values[paths])

    def until(self, months: int) -> Workforce:
        """The same group on the first ``months`` months."""
        return replace(self._each(lambda values: values[:, :months]), months=self.months[:months])

    def _each(self, change: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Workforce:
        """Every array of paths changed alike."""
        return replace(
            self,
            work=change(self.work),
            ready=change(self.ready),
            due=change(self.due),
            falling=change(self.falling),
            falling_cases=change(self.falling_cases),
        )


@dataclass(frozen=True)
class WorkDone:
    """What capacity does to a group's work; hours, shape ``[path, month]``.

    Parameters
    ----------
    decided : ndarray of float
        Decided in the month.
    open_work : ndarray of float
        Open at its end.
    late : ndarray of float
        Of that, past its term.
    newly_late : ndarray of float
        Work whose term ended in the month and was not decided by then.
    """

    decided: NDArray[np.float64]
    open_work: NDArray[np.float64]
    late: NDArray[np.float64]
    newly_late: NDArray[np.float64]


def work_done(workforce: Workforce, hours: NDArray[np.float64]) -> WorkDone:
    """Decide as much as there are hours, what goes first and then the earliest deadline.

    Parameters
    ----------
    workforce : Workforce
        The work.
    hours : ndarray of float
        Hours on cases in each month, shape ``[month]`` or ``[path, month]``; hours that find no work are lost.
    """
    room = np.broadcast_to(np.cumsum(np.atleast_2d(hours), axis=1), workforce.work.shape)
    done = room + np.minimum(0.0, np.minimum.accumulate(workforce.ready - room, axis=1))
    late = np.maximum(workforce.due - done, 0.0)
    return WorkDone(
        decided=np.diff(done, axis=1, prepend=0.0),
        open_work=workforce.arrived() - done,
        late=late,
        newly_late=np.minimum(late, workforce.falling),
    )


def shares_in_term(workforce: Workforce, done: WorkDone, until: int | None = None) -> NDArray[np.float64]:
    """Of the cases whose term ends in a month or later, the share decided by then; shape ``[path, month]``.

    1 where no term ends. What was overdue before the first month does not count: its term ended earlier. Terms
    that end in month ``until`` or later, counted from 0, do not count either; all do by default.
    """
    falling = _from_each(workforce.falling_cases[:, :until])
    late = _from_each(done.newly_late[:, :until]) / workforce.hours_per_case
    return np.asarray(1 - np.divide(late, falling, out=np.zeros_like(late), where=falling > 0))


def share_in_term(workforce: Workforce, done: WorkDone, first: int) -> NDArray[np.float64]:
    """The same from month ``first`` on, shape ``[path]``."""
    return shares_in_term(workforce, done)[:, first]


def _from_each(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums from each month to the last, shape ``[path, month]``."""
    return np.asarray(np.cumsum(values[:, ::-1], axis=1)[:, ::-1])
