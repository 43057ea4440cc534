"""Which models there are, by the name configuration gives them.

What belongs here: name to class. What does not: which of them a run uses (``config``) or believes
(``evaluation``).
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from indforecast.domain.errors import ConfigError
from indforecast.models.protocol import OneStreamForecaster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indforecast.models.protocol import Forecaster

#: Name of a model -> module and class. A module is imported when its model is asked for, since some pull in heavy
#: libraries.
_MODELS: dict[str, tuple[str, str]] = {
    "random_walk": ("indforecast.models.random_walk", "RandomWalk"),
    "seasonal_naive": ("indforecast.models.seasonal_naive", "SeasonalNaive"),
    "ets": ("indforecast.models.ets", "Ets"),
    "structural": ("indforecast.models.structural", "Structural"),
    "prophet": ("indforecast.models.prophet_events", "ProphetEvents"),
    "filter_bank": ("indforecast.models.filter_bank.forecaster", "FilterBank"),
    "theta": ("indforecast.models.theta", "Theta"),
    "sarimax": ("indforecast.models.sarimax", "Sarimax"),
    "nareis_from_applications": ("indforecast.models.stream_models", "NareisFromApplications"),
    "nareis_applications_from_grants": ("indforecast.models.stream_models", "NareisApplicationsFromGrants"),
    "naturalisation_from_cohorts": ("indforecast.models.stream_models", "NaturalisationFromCohorts"),
    "students_academic_year": ("indforecast.models.stream_models", "AcademicYear"),
}

#: Names of all models.
MODEL_NAMES: tuple[str, ...] = tuple(_MODELS)


@cache
def answers_for(name: str, series_id: str) -> bool:
    """Whether a model answers for a stream: all but those made for another one do.

    Parameters
    ----------
    name : str
        Of a model; one that is not in the registry answers for everything.
    series_id : str
        A stream.
    """
    if name not in _MODELS:
        return True
    (forecaster,) = make_forecasters([name])
    return not isinstance(forecaster, OneStreamForecaster) or forecaster.series_id == series_id


def make_forecasters(names: Sequence[str]) -> tuple[Forecaster, ...]:
    """Forecasters by name, in the order asked.

    Parameters
    ----------
    names : sequence of str
        Keys of :data:`MODEL_NAMES`, each once.

    Raises
    ------
    ConfigError
        If a name is unknown or stands twice.
    """
    unknown = [name for name in names if name not in _MODELS]
    if unknown:
        raise ConfigError(
            f"Unknown forecast model: {', '.join(unknown)}.",
            hint=f"Known models: {', '.join(MODEL_NAMES)}.",
        )
    double = sorted({name for name in names if list(names).count(name) > 1})
    if double:
        raise ConfigError(f"Forecast model named twice: {', '.join(double)}.")
    made = []
    for name in names:
        module, class_name = _MODELS[name]
        made.append(cast("Forecaster", getattr(import_module(module), class_name)()))
    return tuple(made)
