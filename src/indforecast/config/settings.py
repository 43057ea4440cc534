"""The tree of settings of one run.

What belongs here: streams, bands, forecast, backtest, events and release calendar as frozen models.
What does not: planning's figures (``config.planning``), sources on the network (``config.sources``), validation's
limits (``config.validation``), reading files (``config.loader``).
"""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from indforecast.config.definitions import BreakSettings, DefinitionSettings, IndicatorSettings, Key, registry_of
from indforecast.config.parameter import Frozen, Parameter, parameters_in
from indforecast.config.planning import PlanningSettings
from indforecast.config.sources import SourcesSettings
from indforecast.config.validation import ValidationSettings
from indforecast.domain.definitions import Registry
from indforecast.domain.events import Event, EventShape
from indforecast.domain.files import canonical_json, sha256_hex
from indforecast.domain.periods import parse_month
from indforecast.domain.series import Hierarchy, Indicator, Stream

__all__ = ["Parameter", "Settings"]

_KEY = r"^[a-z][a-z0-9_]*$"


class StreamSettings(Frozen):
    """One stream; see :class:`indforecast.domain.series.Stream`."""

    series_id: str = Field(pattern=_KEY)
    label_en: str
    label_nl: str
    parts: tuple[str, ...] = ()
    workload: bool = True
    reception: bool = False


class EventSettings(Frozen):
    """One known event; see :class:`indforecast.domain.events.Event`."""

    event_id: str = Field(pattern=_KEY)
    label_en: str
    label_nl: str
    series_ids: tuple[str, ...] = Field(min_length=1)
    start: date
    end: date
    known_from: date
    shape: EventShape
    source: str

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"event ends ({self.end}) before it starts ({self.start})")
        return self

    def to_domain(self) -> Event:
        """The event as models receive it."""
        return Event(**{name: getattr(self, name) for name in type(self).model_fields})


class BandSettings(Frozen):
    """Quantile levels behind the ministry's three names."""

    minimum: float = Field(gt=0, lt=1)
    medio: float = Field(gt=0, lt=1)
    maximum: float = Field(gt=0, lt=1)
    monthly_months: int = Field(ge=1, le=60)
    yearly_years: int = Field(ge=1, le=5)

    @model_validator(mode="after")
    def _rise(self) -> Self:
        if not self.minimum < self.medio < self.maximum:
            raise ValueError("band levels must rise: minimum < medio < maximum")
        return self

    @property
    def levels(self) -> tuple[float, float, float]:
        """The three levels, rising."""
        return (self.minimum, self.medio, self.maximum)

    @property
    def probability(self) -> float:
        """Stated probability that the outcome lies between minimum and maximum."""
        return self.maximum - self.minimum


class BacktestSettings(Frozen):
    """Which past vintages are replayed."""

    first_vintage: str
    every_months: int = Field(ge=1, le=12)
    minimum_history_months: int = Field(ge=13)

    @field_validator("first_vintage")
    @classmethod
    def _is_month(cls, text: str) -> str:
        parse_month(text)
        return text


class EnsembleSettings(Frozen):
    """How past scores become weights.

    ``horizon_bands`` are the last months of consecutive bands; ``shrinkage_windows`` is the number of independent
    windows at which data and equal weights count alike; ``minimum_scored`` is the number of scored forecast
    origins before which nothing is gated. A model in ``weighed_up_to`` has no weight in a band that ends
    later than that many months ahead; ``benchmarks_weigh`` says whether the naive forecasts have weight beside
    others, or only where no other has any.
    """

    horizon_bands: tuple[int, ...] = Field(min_length=1)
    shrinkage_windows: float = Field(gt=0)
    minimum_scored: int = Field(ge=1)
    weighed_up_to: dict[str, int] = Field(default_factory=dict)
    benchmarks_weigh: bool = False


class NowcastSettings(Frozen):
    """Which newest months reach the models as a distribution.

    A publisher's figures do in every stream, as far as they still move; our own estimates of months do in
    ``estimated_streams`` alone, where the replay was better for it (docs/methods/nowcast.md).
    """

    enabled: bool = True
    estimated_streams: tuple[str, ...] = ()


class ForecastSettings(Frozen):
    """The forecast itself."""

    models: tuple[str, ...] = Field(min_length=1)
    horizon_months: int = Field(ge=12, le=120)
    paths: int = Field(ge=10, le=20_000)
    workers: int = Field(ge=0, description="0: one per core")
    backtest: BacktestSettings
    ensemble: EnsembleSettings
    nowcast: NowcastSettings = NowcastSettings()


class ReleaseSettings(Frozen):
    """The fixed calendar of releases."""

    day_of_month: int = Field(ge=1, le=28)
    publisher: str


class Settings(Frozen):
    """All settings of a run."""

    streams: tuple[StreamSettings, ...] = Field(min_length=1)
    indicators: tuple[IndicatorSettings, ...] = ()
    definitions: dict[Key, DefinitionSettings] = Field(default_factory=dict)
    breaks: dict[Key, BreakSettings] = Field(default_factory=dict)
    events: tuple[EventSettings, ...] = ()
    bands: BandSettings
    forecast: ForecastSettings
    release: ReleaseSettings
    planning: PlanningSettings
    sources: SourcesSettings
    validation: ValidationSettings

    @field_validator("indicators")
    @classmethod
    def _own_names(
        cls, indicators: tuple[IndicatorSettings, ...], info: ValidationInfo
    ) -> tuple[IndicatorSettings, ...]:
        taken = {stream.series_id for stream in info.data.get("streams", ())}
        for indicator in indicators:
            if indicator.series_id in taken:
                raise ValueError(f"'{indicator.series_id}' is the name of a stream or of another indicator")
            taken.add(indicator.series_id)
        return indicators

    @field_validator("breaks")
    @classmethod
    def _lie_between_definitions(
        cls, breaks: dict[str, BreakSettings], info: ValidationInfo
    ) -> dict[str, BreakSettings]:
        if "definitions" in info.data:
            registry_of(info.data["definitions"], breaks)
        return breaks

    @model_validator(mode="after")
    def _keys_exist(self) -> Self:
        known = self.hierarchy.base_ids
        for event in self.events:
            unknown = set(event.series_ids) - set(known)
            if unknown:
                raise ValueError(f"event {event.event_id} names unknown streams: {sorted(unknown)}")
        unknown = set(self.forecast.nowcast.estimated_streams) - set(known)
        if unknown:
            raise ValueError(f"forecast.nowcast.estimated_streams names unknown streams: {sorted(unknown)}")
        base = [stream for stream in self.streams if not stream.parts]
        self.planning.check_streams(
            workload=[stream.series_id for stream in base if stream.workload],
            reception=[stream.series_id for stream in base if stream.reception],
        )
        counted = {series_id for definition in self.definitions.values() for series_id in definition.series}
        for series_id in (*known, *(indicator.series_id for indicator in self.indicators)) if counted else ():
            if series_id not in counted:
                raise ValueError(
                    f"nothing says what '{series_id}' counts; add a table [definitions.<key>] "
                    f'with series = ["{series_id}"]'
                )
        return self

    @property
    def hierarchy(self) -> Hierarchy:
        """The streams as the domain knows them."""
        return Hierarchy(tuple(Stream(**stream.model_dump()) for stream in self.streams))

    @property
    def observed_indicators(self) -> tuple[Indicator, ...]:
        """Series that are kept beside the streams."""
        return tuple(Indicator(**indicator.model_dump()) for indicator in self.indicators)

    @property
    def registry(self) -> Registry:
        """What is counted, and where the way of counting changed."""
        return registry_of(self.definitions, self.breaks)

    @property
    def known_events(self) -> tuple[Event, ...]:
        """The event register; limit it with :func:`indforecast.domain.events.known_events` before use."""
        return tuple(event.to_domain() for event in self.events)

    def parameters(self) -> tuple[tuple[str, Parameter], ...]:
        """Every sourced or assumed figure with its dotted path."""
        return tuple(parameters_in(self))

    def sha256(self) -> str:
        """Hash of all values: equal settings are equal hashes, wherever they were written.

        ``forecast.workers`` and ``sources`` are left out, because they never change a result: the one changes the
        speed, the others where deliveries come from, which are named themselves.
        """
        content = self.model_dump(mode="json", exclude={"sources"})
        del content["forecast"]["workers"]
        return sha256_hex(canonical_json(content).encode())
