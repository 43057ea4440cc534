"""A number with its unit and its origin: the only form in which planning takes figures.

What belongs here: the type and the walk that lists every assumption. What does not: the parameters themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from collections.abc import Iterator


class Frozen(BaseModel):
    """Base of all settings: immutable, and an unknown field is an error rather than ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(Frozen):
    """One figure that planning rests on.

    Parameters
    ----------
    value : float
        In ``unit``.
    unit : str
        For example ``hours/case``, ``EUR/case``, ``months``.
    source : str, optional
        Who published it; one of ``source`` and ``assumption`` must be given.
    assumption : str, optional
        Why this value, where nobody published one.
    """

    value: float = Field(strict=True, allow_inf_nan=False)
    unit: str = Field(min_length=1)
    source: str | None = Field(default=None, min_length=1)
    assumption: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _has_one_origin(self) -> Self:
        if (self.source is None) == (self.assumption is None):
            raise ValueError("give exactly one of 'source' and 'assumption'")
        return self

    def __float__(self) -> float:
        return self.value


def parameters_in(settings: BaseModel, prefix: str = "") -> Iterator[tuple[str, Parameter]]:
    """Every parameter below ``settings`` with its dotted path, in declaration order."""

    def walk(value: object, path: str) -> Iterator[tuple[str, Parameter]]:
        if isinstance(value, Parameter):
            yield path, value
        elif isinstance(value, BaseModel):
            for name in type(value).model_fields:
                yield from walk(getattr(value, name), f"{path}.{name}" if path else name)
        elif isinstance(value, dict):
            for name, item in value.items():
                yield from walk(item, f"{path}.{name}" if path else str(name))
        elif isinstance(value, tuple | list):
            for index, item in enumerate(value):
                yield from walk(item, f"{path}[{index}]")

    yield from walk(settings, prefix)
