"""A past question about places answered with what was known then: forecast, queue and beds in one chain.

What belongs here: joining past paths and planning's replay, and what is read off them on a day. What does not:
either of the two (``forecasting.past_paths``, ``planning.bed_replay``), the questions (``config``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.forecasting.past_paths import PastPaths, paths_known_on
from indforecast.planning.bed_replay import Foreseen, foresee

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from indforecast.config.planning_places import PlacesCase
    from indforecast.config.settings import Settings
    from indforecast.domain.observations import History

#: Joint draws of an answer.
PATHS: Final = 1000

_MID_MONTH: Final = 15
#: The streams' common origin may lie this many months before the newest month of any of them.
_SPARE_MONTHS: Final = 6


@dataclass(frozen=True)
class Foresight:
    """What could have been foreseen.

    Parameters
    ----------
    past : PastPaths
        Inflow as it was expected.
    foreseen : Foreseen
        Open cases and residents that follow.
    norm : float
        Residents per place, as of then.
    """

    past: PastPaths
    foreseen: Foreseen
    norm: float

    def residents_on(self, day: date) -> NDArray[np.float64]:
        """Residents on each path at the month's end nearest to a day, shape ``[path]``.

        Raises
        ------
        ValueError
            If no such month was foreseen.
        """
        column = self.foreseen.at(month_counted(day))
        if not 0 <= column < self.foreseen.months.size:
            raise ValueError(f"{day} lies outside {self.foreseen.months[0]} to {self.foreseen.months[-1]}")
        return self.foreseen.reception.residents[:, column]

    def places_on(self, day: date) -> NDArray[np.float64]:
        """Whole places needed on each path, at the occupancy norm, shape ``[path]``."""
        return np.ceil(self.residents_on(day) / self.norm)


def month_counted(day: date) -> np.datetime64:
    """The month whose end is nearest to a day: the first half of a month counts for the month before."""
    month = np.datetime64(day.strftime("%Y-%m"), "M")
    return month - 1 if day.day <= _MID_MONTH else month


def answer_case(
    histories: Sequence[History], case: PlacesCase, settings: Settings, *, paths: int = PATHS
) -> Foresight:
    """The chain's answer to a past question.

    Parameters
    ----------
    histories : sequence of History
        ``as_of`` of each of :func:`indforecast.forecasting.past_paths.past_days` of the case's ``known_until``.
    case : PlacesCase
        The question and the figures of then.
    settings : Settings
        Events, ensemble and which streams need a place.
    paths : int
        Joint draws.

    Raises
    ------
    InputError
        If a stream was unknown on that day, or no model could forecast it.
    """
    reception = settings.planning.reception
    known = max(history.observations["period"].max() for history in histories)
    last = np.datetime64(case.on.strftime("%Y-%m"), "M")
    months = int((last - np.datetime64(known, "M")).astype(np.int64)) + _SPARE_MONTHS
    past = paths_known_on(histories, list(reception.needs_reception), settings, months=months, paths=paths)
    foreseen = foresee(past.inflow, past.periods, past.history, case.then, reception)
    return Foresight(past, foreseen, case.then.occupancy_norm.value)
