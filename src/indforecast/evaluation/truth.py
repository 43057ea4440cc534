"""What happened, as known on a day, and which of it a forecast may be scored on.

What belongs here: outcomes aligned with forecasts as ``[origin, series, horizon]``, and which are left out.
What does not: scores (``evaluation.scores``).

Two truths are used and never mixed. For weights, gates and calibration at an origin: outcomes as known at that
origin's own vintage, target months at or before it. For published scores and hit rates: outcomes as known at the
newest vintage. An invented month (basis ``simulated``) in a series that is otherwise observed is no outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.domain.observations import Basis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.domain.series import Hierarchy
    from indforecast.evaluation.origins import Origins

_OFFICIAL = (Basis.PUBLISHED.value, Basis.DERIVED.value)


@dataclass(frozen=True)
class Truth:
    """Outcomes as known at one vintage.

    Parameters
    ----------
    series_ids : tuple of str
        Shape ``[S]``.
    first_month : datetime64[M]
        Month of the first column.
    observed : ndarray
        Persons, shape ``[S, T]``; NaN where nothing may be scored.
    official : ndarray of bool
        Published, or derived exactly from published figures; shape ``[S, T]``.
    simulated : ndarray of bool
        Series whose history is mainly simulated, shape ``[S]``: scored against themselves for weights only.
    """

    series_ids: tuple[str, ...]
    first_month: np.datetime64
    observed: NDArray[np.float64]
    official: NDArray[np.bool_]
    simulated: NDArray[np.bool_]

    def targets(self, origins: NDArray[np.datetime64], horizon: int) -> NDArray[np.float64]:
        """Outcomes of forecasts made at each origin.

        Parameters
        ----------
        origins : ndarray of datetime64[M]
            Shape ``[O]``.
        horizon : int
            Months ahead.

        Returns
        -------
        ndarray
            Persons, shape ``[O, S, H]``; NaN where the month is later than this vintage knows, or not scored.
        """
        return self._at(self.observed, origins, horizon, np.nan)

    def official_targets(self, origins: NDArray[np.datetime64], horizon: int) -> NDArray[np.bool_]:
        """Which of :meth:`targets` are official figures; shape ``[O, S, H]``."""
        return self._at(self.official.astype(np.float64), origins, horizon, 0.0) > 0

    def _at(
        self, values: NDArray[np.float64], origins: NDArray[np.datetime64], horizon: int, absent: float
    ) -> NDArray[np.float64]:
        months = origins[:, np.newaxis] + np.arange(1, horizon + 1)
        column = (months - self.first_month).astype(np.int64)
        inside = (column >= 0) & (column < values.shape[1])
        taken = values[:, np.clip(column, 0, values.shape[1] - 1)]
        return np.where(inside, taken, absent).transpose(1, 0, 2)


def truth_at(origins: Origins, origin: int = -1) -> Truth:
    """Outcomes as known at the vintage of one origin.

    Parameters
    ----------
    origins : Origins
        All origins.
    origin : int
        Which one; the newest by default.
    """
    panel, bases = origins.panels[origin], origins.bases[origin]
    simulated = origins.simulated(origin)
    invented = (bases == Basis.SIMULATED.value) & ~simulated[:, np.newaxis]
    return Truth(
        series_ids=panel.series_ids,
        first_month=panel.periods[0],
        observed=np.where(invented, np.nan, panel.observed),
        official=np.isin(bases, _OFFICIAL),
        simulated=simulated,
    )


def add_totals(truth: Truth, hierarchy: Hierarchy) -> Truth:
    """Truth of every stream of the hierarchy: a total is known where all its parts are, official where all are.

    Parameters
    ----------
    truth : Truth
        Holds every base stream.
    hierarchy : Hierarchy
        Publication order of the answer.
    """
    rows = [_part_rows(truth.series_ids, hierarchy, series_id) for series_id in hierarchy.series_ids]
    return Truth(
        series_ids=hierarchy.series_ids,
        first_month=truth.first_month,
        observed=np.stack([truth.observed[row].sum(axis=0) for row in rows]),
        official=np.stack([truth.official[row].all(axis=0) for row in rows]),
        simulated=np.array([truth.simulated[row].any() for row in rows]),
    )


def _part_rows(series_ids: Sequence[str], hierarchy: Hierarchy, series_id: str) -> list[int]:
    parts = hierarchy.stream(series_id).parts or (series_id,)
    return [series_ids.index(part) for part in parts]
