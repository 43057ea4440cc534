"""Models of a single stream, built on what is known of where its people come from.

Each answers for its stream alone; of any other it says ``NOT_ITS_STREAM``, which is no failure. What belongs here:
which stream follows which others, and how long after. What does not: the distribution (``gaussian``), the
arithmetic of lags (``lagged_sources``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.domain.events import known_events
from indforecast.models.estimation import MINIMUM_MONTHS
from indforecast.models.gaussian import Conditioned, Regressors, condition
from indforecast.models.lagged_sources import event_columns, gamma_lags, lagged, source_ahead
from indforecast.models.log_scale import CannotForecast, forecast_each, normal_quantiles, require_months
from indforecast.models.protocol import NOT_ITS_STREAM, FitFailure, ModelForecast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.domain.events import Event
    from indforecast.domain.observations import Panel
    from indforecast.models.log_scale import LogSeries, SeriesKernel

#: Months from a nareis application to the arrival, on average: the likeliest is taken (assumption: between half a
#: year and well over a year, with half of the mean as spread).
NAREIS_DELAYS = (6.0, 9.0, 12.0, 15.0)
NAREIS_LONGEST = 24

#: Months from an asylum application to a family member's request, on average: the time to a decision, and the
#: three months within which the family of who is granted asylum must ask (assumption; half of the mean as spread).
REQUEST_DELAYS = (6.0, 9.0, 12.0, 18.0)
REQUEST_LONGEST = 36

#: Months after admission in which naturalisation is asked for: five years of residence, and half a year either way
#: (assumption).
NATURALISATION_LAGS = (54, 66)

#: Belief about the elasticity of a stream to its sources: between none and in proportion.
ELASTICITY = (0.5, 0.5)

#: Number of the calendar month, January first, with which an academic year begins.
ACADEMIC_YEAR = 9


@dataclass(frozen=True)
class FollowingStream:
    """A stream that follows others by months or years.

    ``log(1 + count) = elasticity · log(1 + sum of sources, lagged) + level + season + events + noise``: the level
    is the logarithm of a rate, such as the share of applications that ends in an arrival, which slowly reverts to
    its mean. Sources are carried beyond what is known by the same model without sources, and their uncertainty
    widens the answer where they are needed.

    Parameters
    ----------
    name : str
        Stable key.
    series_id : str
        The stream.
    sources : tuple of str
        Streams of the panel, which are added up.
    lags : tuple of tuple of float
        Candidates: weights of the sources 0, 1, 2, ... months before; the likeliest is taken.
    """

    name: str
    series_id: str
    sources: tuple[str, ...]
    lags: tuple[tuple[float, ...], ...]

    def forecast(self, panel: Panel, events: Sequence[Event], *, horizon: int) -> ModelForecast:
        """Quantiles for its stream; see :class:`indforecast.models.protocol.Forecaster`."""
        known = known_events(events, panel.vintage)

        def kernel(series: LogSeries, steps: int) -> NDArray[np.float64]:
            return self._following(panel, series, known, steps)

        return _of_one_stream(self.name, self.series_id, panel, kernel, horizon)

    def _following(
        self, panel: Panel, series: LogSeries, events: Sequence[Event], steps: int
    ) -> NDArray[np.float64]:
        require_months(series, MINIMUM_MONTHS)
        months = len(series.log_counts)
        beside = event_columns(series, events, steps)
        calendar = series.periods[0] + np.arange(months + steps)
        sources = [source_ahead(panel, source, calendar[-1], events) for source in self.sources]
        best: tuple[Conditioned, NDArray[np.float64]] | None = None
        for weights in self.lags:
            level, deviation = lagged(sources, np.asarray(weights), calendar)
            # Centred, so that the mean keeps its meaning: the stream's own.
            column = level - level[:months].mean()
            regressors = Regressors(
                np.column_stack([beside.columns, column]),
                np.append(beside.mean, ELASTICITY[0]),
                np.append(beside.deviation, ELASTICITY[1]),
            )
            answer = condition(series.log_counts, steps, regressors)
            if best is None or answer.log_likelihood > best[0].log_likelihood:
                best = (answer, deviation)
        if best is None:
            raise CannotForecast("no lag is configured")
        answer, deviation = best
        moved = answer.coefficients[-1] * deviation[months:]
        return normal_quantiles(answer.mean, answer.variance + moved**2)


class NareisFromApplications(FollowingStream):
    """Nareis arrivals from nareis applications: who arrives has applied months before."""

    def __init__(self) -> None:
        lags = tuple(gamma_lags(delay, delay / 2.0, NAREIS_LONGEST) for delay in NAREIS_DELAYS)
        super().__init__("nareis_from_applications", "asylum_nareis", ("nareis_applications",), lags)


class NareisApplicationsFromGrants(FollowingStream):
    """Nareis applications from asylum granted before: who is granted asylum asks for the family to come.

    No source publishes grants by month. First applications stand in for them: the share that is granted, and the
    family members asked for with each grant, are the level of the model, a rate that slowly reverts.
    """

    def __init__(self) -> None:
        lags = tuple(gamma_lags(delay, delay / 2.0, REQUEST_LONGEST) for delay in REQUEST_DELAYS)
        super().__init__("nareis_applications_from_grants", "nareis_applications", ("asylum_first",), lags)


class NaturalisationFromCohorts(FollowingStream):
    """Naturalisation from those admitted about five years before, the years of residence it takes."""

    def __init__(self) -> None:
        first, last = NATURALISATION_LAGS
        even = (0.0,) * first + (1.0 / (last - first + 1),) * (last - first + 1)
        super().__init__(
            "naturalisation_from_cohorts",
            "naturalisation",
            ("asylum_first", "knowledge_migrants", "students"),
            (even,),
        )


@dataclass(frozen=True)
class AcademicYear:
    """Students: an intake has one level, which moves when the academic year begins.

    The structural model's level moves every month, so that a good September says as much about the July before as
    about the July after. Here the months of one academic year share their level.

    Parameters
    ----------
    name, series_id : str
        Stable key, and the stream.
    sources : tuple of str
        None.
    """

    name: str = "students_academic_year"
    series_id: str = "students"
    sources: tuple[str, ...] = ()

    def forecast(self, panel: Panel, events: Sequence[Event], *, horizon: int) -> ModelForecast:
        """Quantiles for its stream; see :class:`indforecast.models.protocol.Forecaster`."""
        known = known_events(events, panel.vintage)

        def kernel(series: LogSeries, steps: int) -> NDArray[np.float64]:
            require_months(series, MINIMUM_MONTHS)
            calendar = series.periods[0].astype(np.int64) + np.arange(len(series.log_counts) + steps)
            year = np.floor_divide(calendar - (ACADEMIC_YEAR - 1), 12)
            beside = event_columns(series, known, steps)
            answer = condition(series.log_counts, steps, beside, level_time=12.0 * (year - year[0]))
            return normal_quantiles(answer.mean, answer.variance)

        return _of_one_stream(self.name, self.series_id, panel, kernel, horizon)


def _of_one_stream(name: str, stream: str, panel: Panel, kernel: SeriesKernel, horizon: int) -> ModelForecast:
    """The kernel's answer for the stream; any other series is NaN and ``NOT_ITS_STREAM``."""
    own = [series_id for series_id in panel.series_ids if series_id == stream]
    answer = forecast_each(name, panel.select(own), kernel, horizon=horizon)
    quantiles = np.full((len(panel.series_ids), *answer.quantiles.shape[1:]), np.nan)
    if own:
        quantiles[panel.series_ids.index(stream)] = answer.quantiles[0]
    others = [
        FitFailure(panel.vintage, name, series_id, NOT_ITS_STREAM)
        for series_id in panel.series_ids
        if series_id != stream
    ]
    return ModelForecast(name, quantiles, (*answer.failures, *others))
