"""Streams that others follow: carried into the future, added up, and seen months later.

What belongs here: lag weights, the arithmetic of lagged sums, events beside them. What does not: which stream
follows which (``stream_models``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.domain.events import event_regressors
from indforecast.models.estimation import EVENT_PRIOR, MINIMUM_MONTHS, interpolated
from indforecast.models.gaussian import Regressors, condition
from indforecast.models.log_scale import CannotForecast, log_series, require_months

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.domain.events import Event
    from indforecast.domain.observations import Panel
    from indforecast.models.log_scale import LogSeries

#: What came before a source begins is taken to be as in its first year.
_FIRST_YEAR = 12


@dataclass(frozen=True)
class Source:
    """One source stream, from its first month to the end of what is asked.

    Parameters
    ----------
    first : datetime64[M]
        Its first month.
    persons : ndarray
        Observed, then expected; shape ``[T]``.
    deviation : ndarray
        Standard deviation in persons; nought where observed.
    """

    first: np.datetime64
    persons: NDArray[np.float64]
    deviation: NDArray[np.float64]

    def on(self, calendar: NDArray[np.datetime64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Persons and deviation on a calendar that ends no later than the source."""
        place = (calendar - self.first).astype(np.int64)
        inside = np.maximum(place, 0)
        before = float(self.persons[:_FIRST_YEAR].mean())
        persons = np.where(place < 0, before, self.persons[inside])
        return persons, np.where(place < 0, 0.0, self.deviation[inside])


def source_ahead(panel: Panel, series_id: str, last: np.datetime64, events: Sequence[Event]) -> Source:
    """A source as known, and beyond that as the model of ``gaussian`` expects it.

    Parameters
    ----------
    panel : Panel
        With the source among its series.
    series_id : str
        The source.
    last : datetime64[M]
        Last month that is asked for.
    events : sequence of Event
        Known events.

    Raises
    ------
    CannotForecast
        If the panel has no such series, or too little of it.
    """
    if series_id not in panel.series_ids:
        raise CannotForecast(f"{series_id}, which it follows, is not known")
    try:
        series = log_series(panel, panel.series_ids.index(series_id))
        require_months(series, MINIMUM_MONTHS)
    except CannotForecast as refusal:
        raise CannotForecast(f"{series_id}, which it follows: {refusal}") from refusal
    months = len(series.log_counts)
    persons = np.expm1(interpolated(series.log_counts))
    steps = max(0, int((last - series.periods[-1]).astype(np.int64)))
    if steps == 0:
        return Source(series.periods[0], persons, np.zeros(months))
    ahead = condition(series.log_counts, steps, event_columns(series, events, steps))
    expected = np.maximum(np.expm1(ahead.mean), 0.0)
    return Source(
        series.periods[0],
        np.concatenate([persons, expected]),
        np.concatenate([np.zeros(months), (1.0 + expected) * np.sqrt(ahead.variance)]),
    )


def lagged(
    sources: Sequence[Source], weights: NDArray[np.float64], calendar: NDArray[np.datetime64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Logarithm of the weighted sum of sources in the months before, and its standard deviation.

    Errors of a source's months, and of the sources, are taken to go together, which is on the safe side.

    Parameters
    ----------
    sources : sequence of Source
        Added up.
    weights : ndarray
        Of 0, 1, 2, ... months before, shape ``[W]``.
    calendar : ndarray of datetime64[M]
        Consecutive months, shape ``[T]``.

    Returns
    -------
    tuple of ndarray
        Shape ``[T]`` each.
    """
    longest = len(weights) - 1
    wide = calendar[0] - longest + np.arange(len(calendar) + longest)
    persons, deviation = np.zeros(len(wide)), np.zeros(len(wide))
    for source in sources:
        own, spread = source.on(wide)
        persons, deviation = persons + own, deviation + spread
    total, unsure = np.zeros(len(calendar)), np.zeros(len(calendar))
    for months, weight in enumerate(weights.tolist()):
        window = slice(longest - months, longest - months + len(calendar))
        total, unsure = total + weight * persons[window], unsure + weight * deviation[window]
    return np.log1p(total), unsure / (1.0 + total)


def gamma_lags(mean: float, deviation: float, longest: int) -> tuple[float, ...]:
    """Weights of 0 to ``longest`` months before: a gamma density at the middle of each month, summing to one.

    Parameters
    ----------
    mean, deviation : float
        Months.
    longest : int
        Longest lag, months.
    """
    month = np.arange(longest + 1) + 0.5
    shape = (mean / deviation) ** 2
    density = month ** (shape - 1.0) * np.exp(-month * shape / mean)
    return tuple((density / density.sum()).tolist())


def event_columns(series: LogSeries, events: Sequence[Event], steps: int) -> Regressors:
    """Events that an observed month has seen, with their prior; the effect of others cannot be estimated."""
    months = len(series.log_counts)
    _, columns = event_regressors(events, series.series_id, series.periods[0] + np.arange(months + steps))
    observed = ~np.isnan(series.log_counts)
    seen = np.any(columns[:months][observed] != 0, axis=0)
    count = int(seen.sum())
    return Regressors(columns[:, seen], np.zeros(count), np.full(count, EVENT_PRIOR))
