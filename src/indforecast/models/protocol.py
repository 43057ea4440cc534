"""What a forecaster is.

A forecaster receives the whole panel as it was known on a day, with the events known on that day, so that it may
pool series. It answers with predictive quantiles on the count scale. A series it cannot forecast is NaN and
comes with a recorded failure; it never falls back on another model in silence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from indforecast.domain.quantiles import HUB_LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from indforecast.domain.events import Event
    from indforecast.domain.observations import Panel

#: Reason of a model that is made for one stream, where it is asked for another: nothing failed, and no table of
#: failures lists it.
NOT_ITS_STREAM = "not its stream"


@dataclass(frozen=True)
class FitFailure:
    """A fit that did not succeed: recorded, shown, never hidden."""

    vintage: date
    model: str
    series_id: str
    reason: str


@dataclass(frozen=True)
class ModelForecast:
    """Predictive quantiles of one model at one origin.

    Parameters
    ----------
    model : str
        Name of the forecaster.
    quantiles : ndarray of float
        Persons per month, shape ``[S, H, L]``: series in the panel's order, horizons from 1 after the panel's
        ``forecast_origin``, levels ``HUB_LEVELS``. Non-negative, rising along levels; NaN for a failed series.
    failures : tuple of FitFailure
        One for each NaN series, ``NOT_ITS_STREAM`` among them.
    levels : tuple of float
        Quantile levels.
    """

    model: str
    quantiles: NDArray[np.float64]
    failures: tuple[FitFailure, ...] = ()
    levels: tuple[float, ...] = field(default=HUB_LEVELS)


class Forecaster(Protocol):
    """One model."""

    @property
    def name(self) -> str:
        """Stable key, as configuration and tables name it."""
        ...

    def forecast(self, panel: Panel, events: Sequence[Event], *, horizon: int) -> ModelForecast:
        """Forecast every series of the panel.

        Parameters
        ----------
        panel : Panel
            History as known at ``panel.vintage``; NaN where nothing is known, also at the end of late series.
        events : sequence of Event
            Events known at ``panel.vintage``.
        horizon : int
            Months ahead of ``panel.forecast_origin``.
        """
        ...


@runtime_checkable
class OneStreamForecaster(Forecaster, Protocol):
    """A model that is made for one stream; every other series of a panel is NaN and ``NOT_ITS_STREAM``."""

    @property
    def series_id(self) -> str:
        """Its stream."""
        ...

    @property
    def sources(self) -> tuple[str, ...]:
        """Other streams that it needs in the panel."""
        ...


@runtime_checkable
class AllOriginsForecaster(Forecaster, Protocol):
    """A model that can answer many origins faster than one by one."""

    def forecast_origins(
        self, panels: Sequence[Panel], events: Sequence[Event], *, horizon: int
    ) -> list[ModelForecast]:
        """Forecast at every panel, in the order of their vintages.

        The answer at a panel must not depend on any later panel, nor on events not known at its vintage
        (``events`` is the whole register here: apply ``known_events`` per panel).
        """
        ...
