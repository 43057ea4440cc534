"""Shares of uncertainty in what goes through the queue: open cases, penalties and beds.

Heavier cases mean fewer decisions at the same capacity, so hours per case act on stock, on what late cases cost,
and, through people who wait for a decision, on beds.

What belongs here: those measures as functions of their inputs. What does not: staff and money (``uncertainty``),
the estimators (``variance``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.case_queues import case_queues
from indforecast.planning.late_plan import run_late
from indforecast.planning.reception import beds, run_reception
from indforecast.planning.reception_queue import DecidedCases, decided_cases, reception_arrivals
from indforecast.planning.tables import year_spans
from indforecast.planning.timeline import opening_month
from indforecast.planning.variance import shares

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.variance import Shares

#: Inputs of open cases and penalties, and of beds.
QUEUE_SOURCES = ("inflow", "hours_per_case", "appeals")
BED_SOURCES = ("inflow", "hours_per_case", "stays")
_CENTS = 100


@dataclass(frozen=True)
class _Run:
    """What one pairing of inflow and hours leads to; the first two of shape ``[row, year]``."""

    open_cases: NDArray[np.float64]
    penalties: NDArray[np.float64]
    decided: DecidedCases

    def of_rows(self, rows: NDArray[np.intp]) -> _Run:
        return _Run(self.open_cases[rows], self.penalties[rows], self.decided.of_rows(rows))


@dataclass(frozen=True)
class QueueRuns:
    """Queues of a case for pairings of inflow and hours, each computed once.

    Parameters
    ----------
    case : PlanningCase
        Paths, history and figures.
    factors : mapping of series_id to ndarray
        Factors on hours per case, shape ``[path, period]``.
    draws : int
        How many of the paths are used.
    """

    case: PlanningCase
    factors: Mapping[str, NDArray[np.float64]]
    draws: int
    _known: dict[tuple[bytes, bytes], _Run] = field(default_factory=dict)

    def run(self, inflow: NDArray[np.intp], hours: NDArray[np.intp]) -> _Run:
        """The queues with these draws of inflow and of hours."""
        as_drawn = np.arange(self.draws)
        if np.array_equal(inflow, hours) and not np.array_equal(inflow, as_drawn):
            return self.run(as_drawn, as_drawn).of_rows(inflow)  # the same pairs in another order
        key = inflow.tobytes(), hours.tobytes()
        if key not in self._known:
            self._known[key] = self._computed(inflow, hours)
        return self._known[key]

    def _computed(self, inflow: NDArray[np.intp], hours: NDArray[np.intp]) -> _Run:
        case = self.case.select(inflow)
        slower = {name: 1.0 / self.factors[name][hours] for name in case.work}
        streams, _ = case_queues(case, slower)
        window, spans = case.periods, year_spans(case.periods).values()
        open_cases = np.sum([s.queue.open_cases[:, -window.size :] for s in streams], axis=0)
        late = run_late(streams, window, case.settings, chance=False).late.values()
        cents = np.sum([paths.penalties_cents for paths in late], axis=0) if late else np.zeros_like(open_cases)
        return _Run(
            np.stack([open_cases[:, columns.stop - 1] for columns in spans], axis=1),
            np.stack([cents[:, columns].sum(axis=1) / _CENTS for columns in spans], axis=1),
            decided_cases(streams, reception_arrivals(case), case.settings),
        )


def shares_of_queue(runs: QueueRuns, court_factor: NDArray[np.float64] | None) -> Shares:
    """Open cases at the end of each year, then penalties of each year.

    Parameters
    ----------
    runs : QueueRuns
        The queues.
    court_factor : ndarray of float, optional
        Factors on the share of notices that go to court, shape ``[path]``; 1 without.
    """
    courts = np.ones(runs.case.paths) if court_factor is None else court_factor

    def evaluate(choice: tuple[NDArray[np.intp], ...]) -> NDArray[np.float64]:
        inflow, hours, behaviour = choice
        run = runs.run(inflow, hours)
        return np.concatenate([run.open_cases, run.penalties * courts[behaviour][:, None]], axis=1)

    return shares(evaluate, QUEUE_SOURCES, runs.draws)


def shares_of_beds(runs: QueueRuns, stays: NDArray[np.float64] | None) -> Shares:
    """Beds at the end of each year.

    Parameters
    ----------
    runs : QueueRuns
        The queues: who decides when, empties beds.
    stays : ndarray of float, optional
        Factors on how long people stay, in forecast months, shape ``[path]``; 1 without.
    """
    case, reception = runs.case, runs.case.settings.reception
    factor = np.ones(case.paths) if stays is None else stays
    opened = opening_month(reception.residents, case.origin)
    spans = year_spans(case.periods).values()

    def evaluate(choice: tuple[NDArray[np.intp], ...]) -> NDArray[np.float64]:
        inflow, hours, staying = choice
        arrivals = reception_arrivals(case.select(inflow))
        months = min(line.months.size for line in arrivals.values())
        longer = np.ones((inflow.size, months))
        longer[:, months - case.periods.size :] = factor[staying][:, None]
        decided = runs.run(inflow, hours).decided
        paths = run_reception(
            arrivals,
            reception,
            opened,
            decisions=decided.decisions,
            open_cases=decided.open_cases,
            stay_factors=longer,
        )
        needed = beds(paths.residents[:, -case.periods.size :], reception.occupancy_norm.value)
        return np.stack([needed[:, columns.stop - 1] for columns in spans], axis=1)

    return shares(evaluate, BED_SOURCES, runs.draws)
