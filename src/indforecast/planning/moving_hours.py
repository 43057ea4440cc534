"""Draws beside inflow's: how hours per case move, what they are today, how often people go to court.

What belongs here: those draws for a planning case, from its settings or from hours that the user has. What does
not: how they come about (``complexity``, ``complexity_estimate``), what they do to the plan (``uncertainty``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indforecast.domain.seeds import seed_for
from indforecast.planning.complexity import complexity_factors, level_factors
from indforecast.planning.complexity_estimate import estimate
from indforecast.planning.late_plan import case_seed, court_factors

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.complexity_fit import ComplexityFit
    from indforecast.planning.hours_history import HoursHistory


@dataclass(frozen=True)
class MovingHours:
    """Draws that do not depend on inflow.

    Parameters
    ----------
    factors : dict of series_id to ndarray
        Hours per case as a multiple of those at the origin, shape ``[path, period]``.
    today : dict of series_id to ndarray
        Hours per case at the origin as a multiple of those in the settings, shape ``[path]``; only for streams
        whose hours are assumed.
    courts : ndarray of float
        Share of notices that go to court as a multiple of the settings', shape ``[path]``.
    fits : dict of series_id to ComplexityFit
        Streams whose hours were estimated.
    """

    factors: dict[str, NDArray[np.float64]]
    today: dict[str, NDArray[np.float64]]
    courts: NDArray[np.float64]
    fits: Mapping[str, ComplexityFit]

    def assumed(self, case: PlanningCase) -> list[str]:
        """Streams whose hours are assumed."""
        return [name for name in case.work if name not in self.fits]


def moving_hours(case: PlanningCase, histories: Mapping[str, HoursHistory] | None = None) -> MovingHours:
    """Draws for a case; the same case has the same ones.

    Parameters
    ----------
    case : PlanningCase
        Paths and figures.
    histories : mapping of series_id to HoursHistory, optional
        Hours and decisions that the user has; a stream without is drawn from the settings.
    """
    known = case.history.vintage if case.history is not None else case.origin
    figures, fits = estimate(histories or {}, case.settings.complexity, case.work)
    seed = seed_for(str(known), "complexity", "joint")
    assumed = [name for name in case.work if name not in fits]
    return MovingHours(
        factors=complexity_factors(case.paths, case.periods.size, figures, seed),
        today=level_factors(case.paths, case.settings.complexity, assumed, seed),
        courts=court_factors(case.paths, case.settings.late, case_seed(case)),
        fits=fits,
    )
