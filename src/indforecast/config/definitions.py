"""Settings of what is counted: definitions, breaks, indicators.

What belongs here: their frozen models and the registry made of them. What does not: look-ups and explanations
(``domain.definitions``), the entries themselves (``netherlands/definitions.toml``, ``indicators.toml``).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from indforecast.config.parameter import Frozen
from indforecast.domain.definitions import Break, Definition, Moment, Registry

_KEY = r"^[a-z][a-z0-9_]*$"


def _written(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


Text = Annotated[str, AfterValidator(_written)]
Key = Annotated[str, Field(pattern=_KEY)]


class _Documented(Frozen):
    """Something that says where it is from, or that it is assumed."""

    sources: tuple[Text, ...] = ()
    assumption: str = ""

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if not self.sources and not self.assumption:
            raise ValueError("needs sources or an assumption")
        return self


class DefinitionSettings(_Documented):
    """One way of counting; see :class:`indforecast.domain.definitions.Definition`."""

    label_en: Text
    label_nl: Text
    counts_en: Text
    counts_nl: Text
    series: tuple[Key, ...] = ()
    unit: Text = "persons"
    moment: Moment
    published_by: tuple[Text, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    rounding: str = ""
    notes: str = ""

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError(f"definition ends ({self.valid_until}) before it starts ({self.valid_from})")
        return self


class BreakSettings(_Documented):
    """One break; see :class:`indforecast.domain.definitions.Break`."""

    month: date
    until: date | None = None
    changed_en: Text
    changed_nl: Text
    within: tuple[Key, ...] = ()
    before: tuple[Key, ...] = ()
    after: tuple[Key, ...] = ()
    comparable: bool
    size: str = ""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not (self.within or (self.before and self.after)):
            raise ValueError("name the definitions it lies within, or those before and after it")
        if self.until and self.until < self.month:
            raise ValueError(f"break ends ({self.until}) before it starts ({self.month})")
        return self


class IndicatorSettings(Frozen):
    """One indicator; see :class:`indforecast.domain.series.Indicator`."""

    series_id: Key
    label_en: Text
    label_nl: Text


def registry_of(definitions: dict[str, DefinitionSettings], breaks: dict[str, BreakSettings]) -> Registry:
    """The registry as the domain knows it.

    Raises
    ------
    ValueError
        If a break names a definition that is none.
    """
    return Registry(
        tuple(Definition(key=key, **_values(item)) for key, item in definitions.items()),
        tuple(Break(key=key, **_values(item)) for key, item in breaks.items()),
    )


def _values(item: Frozen) -> dict[str, Any]:
    return {name: getattr(item, name) for name in type(item).model_fields}
