"""The filter bank as one of the published streams' models.

What belongs here: panels of many vintages in one pass. What does not: the bank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.domain.events import EventShape, event_regressors, known_events
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.models.filter_bank.bank import run_bank
from indforecast.models.log_scale import CannotForecast, log_series, require_months
from indforecast.models.protocol import FitFailure, ModelForecast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.domain.events import Event
    from indforecast.domain.observations import Panel

#: Fewer observed months are no forecast.
_FEWEST_MONTHS: Final = 12
_HIGHEST_LOG: Final = 40.0


class FilterBank:
    """All members of the bank on every stream; months of known, passing events are not learned from."""

    @property
    def name(self) -> str:
        """Stable key."""
        return "filter_bank"

    def forecast(self, panel: Panel, events: Sequence[Event], *, horizon: int) -> ModelForecast:
        """Forecast one panel; see :class:`indforecast.models.protocol.Forecaster`."""
        return self.forecast_origins([panel], events, horizon=horizon)[0]

    def forecast_origins(
        self, panels: Sequence[Panel], events: Sequence[Event], *, horizon: int
    ) -> list[ModelForecast]:
        """Forecast many panels in one pass: each series of each vintage is a series of the bank."""
        if horizon < 1:
            raise ValueError(f"horizon must be at least 1, got {horizon}")
        first = min(panel.periods[0] for panel in panels)
        newest = max(panel.forecast_origin for panel in panels)
        months = int((newest - first).astype(np.int64)) + 1
        rows: list[NDArray[np.float64]] = []
        ends: list[int] = []
        for panel in panels:
            start = int((panel.periods[0] - first).astype(np.int64))
            figures = np.full((len(panel.series_ids), months), np.nan)
            figures[:, start : start + len(panel.periods)] = _learned_from(panel, events)
            rows.append(figures)
            ends += [start + len(panel.periods) - 1] * len(panel.series_ids)
        figures = np.concatenate(rows)
        # A series that ends early is forecast from where it ends, so many more months ahead.
        known = np.isfinite(figures)
        last_known = np.where(known.any(axis=1), months - 1 - known[:, ::-1].argmax(axis=1), ends)
        gap = np.array(ends) - last_known
        kept, stand_in = _each_history_once(figures, last_known, panels)
        asked = np.zeros((len(kept), months), dtype=bool)
        asked[stand_in, last_known] = True
        said = run_bank(
            figures[kept],
            asked,
            horizon=horizon + int(gap.max()),
            levels=HUB_LEVELS,
            first_month=int(first.astype(np.int64)),
            counting_noise=True,
        )
        number = np.empty((months, len(kept)), dtype=np.int64)
        number[said.pairs[:, 0], said.pairs[:, 1]] = np.arange(len(said.pairs))
        steps = gap[:, np.newaxis] + np.arange(horizon)
        logs = said.quantiles[number[last_known, stand_in][:, np.newaxis], steps]
        quantiles = np.expm1(np.clip(logs, 0.0, _HIGHEST_LOG))
        answers, begin = [], 0
        for panel in panels:
            end = begin + len(panel.series_ids)
            answers.append(self._answer(panel, quantiles[begin:end]))
            begin = end
        return answers

    def _answer(self, panel: Panel, quantiles: NDArray[np.float64]) -> ModelForecast:
        failures = []
        for row, series_id in enumerate(panel.series_ids):
            try:
                require_months(log_series(panel, row), _FEWEST_MONTHS)
                if not np.all(np.isfinite(quantiles[row])):
                    raise CannotForecast("every month is hidden by known events")
            except CannotForecast as refusal:
                quantiles[row] = np.nan
                failures.append(FitFailure(panel.vintage, self.name, series_id, str(refusal)))
        return ModelForecast(self.name, quantiles, tuple(failures))


def _each_history_once(
    figures: NDArray[np.float64], last_known: NDArray[np.int64], panels: Sequence[Panel]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows to run, and for each row the position among them of the one that stands in for it.

    What nobody revised is at a past vintage the beginning of what it is at a later one, and the bank's state at a
    month knows nothing of later months: one row answers for both, to the last bit.
    """
    names = [name for panel in panels for name in panel.series_ids]
    kept: list[int] = []
    of_name: dict[str, list[int]] = {}
    stand_in = np.empty(len(figures), dtype=np.int64)
    for row in range(len(figures) - 1, -1, -1):
        begun = slice(0, last_known[row] + 1)
        for position in of_name.setdefault(names[row], []):
            if np.array_equal(figures[row, begun], figures[kept[position], begun], equal_nan=True):
                stand_in[row] = position
                break
        else:
            stand_in[row] = len(kept)
            of_name[names[row]].append(len(kept))
            kept.append(row)
    return np.array(kept, dtype=np.int64), stand_in


def _learned_from(panel: Panel, events: Sequence[Event]) -> NDArray[np.float64]:
    """log(1 + count), NaN where a passing event is known to have worked."""
    passing = [event for event in known_events(events, panel.vintage) if event.shape is EventShape.PULSE]
    figures = np.log1p(np.where(panel.observed >= 0, panel.observed, np.nan))
    for row, series_id in enumerate(panel.series_ids):
        _, active = event_regressors(passing, series_id, panel.periods)
        figures[row, active.any(axis=1)] = np.nan
    return figures
