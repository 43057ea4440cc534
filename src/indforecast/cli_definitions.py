"""Commands that show what series count: ``definitions list|show``.

What belongs here: their options and what is printed. What does not: the registry (``domain.definitions``), its
entries (``config``).
"""

from __future__ import annotations

import dataclasses
import json
import textwrap
from typing import TYPE_CHECKING, Any, Final

import click

from indforecast.cli_house import json_option, settings_option

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from indforecast.domain.definitions import Break, Definition, Registry

_WIDTH: Final = 100
_KEYS: Final = 32


@click.group()
def definitions() -> None:
    """What each series counts, from when to when, and where the way of counting changed."""


@definitions.command(
    "list",
    epilog="""\b
Examples:
  indforecast definitions list
  indforecast definitions list --json
""",
)
@settings_option
@json_option
def list_(settings_file: Path | None, as_json: bool) -> None:
    """Every definition with the series that count it, and every break.

    A definition without a series is known to be told apart: nothing may be delivered as it.
    """
    registry = _registry(settings_file)
    if as_json:
        _json(
            {
                "definitions": [_plain(item) for item in registry.definitions],
                "breaks": [_plain(item) for item in registry.breaks],
            }
        )
        return
    for item in registry.definitions:
        series = ", ".join(item.series) or "no series"
        click.echo(f"{item.key:<{_KEYS}}  {series:<32}  {item.moment:<8}  {item.span()}")
    click.echo("\nbreaks")
    for change in registry.breaks:
        comparable = "comparable" if change.comparable else "not comparable"
        click.echo(f"{change.key:<{_KEYS}}  {change.span():<18}  {comparable}")
    click.echo("\nMore of one: indforecast definitions show KEY")


@definitions.command(
    epilog="""\b
Examples:
  indforecast definitions show nareis_arrival
  indforecast definitions show nareis_application --beside nareis_arrival
"""
)
@click.argument("key")
@click.option("--beside", metavar="KEY", help="Say why its figures do not belong among those of this definition.")
@settings_option
@json_option
def show(key: str, beside: str | None, settings_file: Path | None, as_json: bool) -> None:
    """One definition with its breaks and sources. KEY is a definition or a series."""
    registry = _registry(settings_file)
    found = _found(registry, key)
    other = [_one(registry, beside)] if beside else []
    why = [registry.explain(item.key, each.key) for item in found for each in other]
    if as_json:
        content = [
            {**_plain(item), "breaks": [_plain(change) for change in registry.breaks_of(item.key)]}
            for item in found
        ]
        _json({"definitions": content, **({"explanation": [text for text in why if text]} if beside else {})})
        return
    for item in found:
        _print(registry, item)
    for text in why:
        click.echo()
        click.echo(textwrap.fill(text or "They are one definition.", _WIDTH))


def _registry(settings_file: Path | None) -> Registry:
    from indforecast.config import load_settings

    return load_settings(settings_file).registry


def _one(registry: Registry, key: str) -> Definition:
    from indforecast.domain.errors import NotFound

    found = registry.find(key)
    if found is None:
        near = registry.nearest(key)
        raise NotFound(
            f"'{key}' is no registered definition.",
            hint=f"Did you mean {near}?" if near else "See 'indforecast definitions list'.",
        )
    return found


def _found(registry: Registry, key: str) -> tuple[Definition, ...]:
    return registry.of_series(key) or (_one(registry, key),)


def _print(registry: Registry, item: Definition) -> None:
    click.echo(f"{item.key}: {item.label_en} / {item.label_nl}")
    facts = {
        "counts": item.counts_en,
        "when": item.moment.value,
        "unit": item.unit,
        "series": ", ".join(item.series) or "none: it is known to be told apart",
        "holds": item.span(),
        "published by": ", ".join(item.published_by),
        "rounding": item.rounding,
        "sources": "; ".join(item.sources),
        "assumption": item.assumption,
        "notes": item.notes,
    }
    for name, text in facts.items():
        _line(name, text)
    for change in registry.breaks_of(item.key):
        _line("break", _told(change, item.key))


def _told(change: Break, key: str) -> str:
    where = "begins there" if key in change.after else "ends there"
    goes_on = "both sides comparable" if change.comparable else "not comparable"
    size = f"; size: {change.size}" if change.size else ""
    return (
        f"{change.span()} ({change.key}): {change.changed_en}; {goes_on if key in change.within else where}{size}"
    )


def _line(name: str, text: str) -> None:
    if text:
        indent = " " * 16
        click.echo(textwrap.fill(text, _WIDTH, initial_indent=f"  {name:<14}", subsequent_indent=indent))


def _plain(item: Definition | Break) -> dict[str, Any]:
    return {name: _value(value) for name, value in dataclasses.asdict(item).items()}


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return _day(value) if hasattr(value, "isoformat") else value


def _day(value: date) -> str:
    return value.isoformat()


def _json(content: dict[str, Any]) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))
