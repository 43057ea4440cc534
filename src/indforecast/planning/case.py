"""What planning is asked about: joint paths of inflow with everything needed to say what they mean.

What belongs here: the bundle that every planning question takes, and taking some of its paths. What does not:
where paths come from (``forecasting``, or a release's file) and what is computed with them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from indforecast.config.planning import PlanningSettings
    from indforecast.domain.observations import Panel
    from indforecast.domain.series import Hierarchy


@dataclass(frozen=True)
class PlanningCase:
    """One question to planning.

    Parameters
    ----------
    inflow : mapping of series_id to ndarray
        Whole persons or cases, shape ``[path, period]``; the same path of every series is one joint draw.
    periods : ndarray of datetime64[M]
        Consecutive forecast months, shape ``[period]``.
    hierarchy : Hierarchy
        Which streams are work and which need reception.
    settings : PlanningSettings
        Every figure used.
    levels : tuple of float
        Quantile levels of minimum, medio and maximum.
    history : Panel or None
        What was observed by the forecast origin.
    """

    inflow: Mapping[str, NDArray[np.float64]]
    periods: NDArray[np.datetime64]
    hierarchy: Hierarchy
    settings: PlanningSettings
    levels: tuple[float, float, float]
    history: Panel | None = None

    @property
    def paths(self) -> int:
        """How many joint draws there are."""
        return int(next(iter(self.inflow.values())).shape[0])

    @property
    def origin(self) -> np.datetime64:
        """The month before the paths begin."""
        first: np.datetime64 = self.periods[0] - 1
        return first

    @property
    def work(self) -> tuple[str, ...]:
        """Streams that are work for the service."""
        return tuple(s.series_id for s in self.hierarchy.streams if s.workload and not s.parts)

    @property
    def housed(self) -> tuple[str, ...]:
        """Streams whose people need reception."""
        return tuple(s.series_id for s in self.hierarchy.streams if s.reception and not s.parts)

    def select(self, paths: slice | NDArray[np.intp]) -> PlanningCase:
        """The same question on some of the paths, for example to judge a plan on paths it was not made from."""
        return replace(self, inflow={name: values[paths] for name, values in self.inflow.items()})

    def until(self, months: int) -> PlanningCase:
        """The same question on the first ``months`` periods."""
        cut = {name: values[:, :months] for name, values in self.inflow.items()}
        return replace(self, inflow=cut, periods=self.periods[:months])
