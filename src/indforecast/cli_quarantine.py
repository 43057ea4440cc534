"""Commands on refused deliveries: ``quarantine list|show|accept|reject``.

What belongs here: their options and words. What does not: keeping files (``vintages.quarantine``), recording
decisions (``vintages.decisions``), taking a delivery in (``pipelines``).
"""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable

_SHORT: Final = 12
json_option = click.option("--json", "as_json", is_flag=True, help="Answer with JSON on standard output.")


def _decider(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a decision."""
    for option in (
        click.option(
            "--day",
            type=click.DateTime(["%Y-%m-%d"]),
            help="Day of the decision; today by default.",
        ),
        click.option("--reason", required=True, help="Why; one line, no counts of persons: releases quote it."),
        click.option("--name", required=True, help="Who decides."),
    ):
        command = option(command)
    return command


@click.group()
def quarantine() -> None:
    """Look at refused deliveries and decide on them."""


@quarantine.command(
    "list",
    epilog="""\b
Examples:
  indforecast quarantine list           what waits for a decision
  indforecast quarantine list --all     and what was decided
""",
)
@click.option("--all", "everything", is_flag=True, help="Also what was dealt with.")
@json_option
@click.pass_obj
def list_(home: Path, everything: bool, as_json: bool) -> None:
    """Refused deliveries, with the first reason of each."""
    found = entries(home) if everything else waiting(home)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for entry in found:
        critical = _critical(entry)
        more = f" (and {len(critical) - 1} more)" if len(critical) > 1 else ""
        first = str(critical[0].get("sentence", "")) if critical else "no reason was kept"
        click.echo(f"{entry['delivery_id'][:_SHORT]}  {entry['state']:<9}  {entry['name']}  {first}{more}")
    if not found:
        click.echo("Nothing waits." if not everything else "Nothing was ever refused.")


@quarantine.command(
    epilog="""\b
Examples:
  indforecast quarantine show 1a2b3c
  indforecast quarantine show counts.csv --json
"""
)
@click.argument("delivery")
@json_option
@click.pass_obj
def show(home: Path, delivery: str, as_json: bool) -> None:
    """One refused delivery: every reason, whether it may be accepted, what was decided.

    DELIVERY is its id, the beginning of its id, or its file name.
    """
    entry = find(home, delivery)
    if as_json:
        click.echo(json.dumps(entry, ensure_ascii=False, indent=2))
        return
    click.echo(f"{entry['name']}  ({entry['state']})")
    click.echo(f"  id      {entry['delivery_id']}")
    click.echo(f"  kept in {entry['folder']}")
    click.echo("\nreasons")
    for reason in entry["reasons"]:
        click.echo(
            f"  {reason.get('severity', ''):<8}  {reason.get('name', '')}: {reason.get('sentence', reason)}"
        )
    if entry["decisions"]:
        click.echo("\ndecisions")
    for decision in entry["decisions"]:
        aside = f" (set aside: {', '.join(decision['overridden'])})" if decision["overridden"] else ""
        by = f"{decision['decided_on']}  {decision['outcome']}  {decision['name']}: {decision['reason']}"
        click.echo(f"  {by}{aside}")


@quarantine.command(
    epilog="""\b
Example:
  indforecast quarantine accept 1a2b3c --name "J. Jansen" --reason "May was never published"
"""
)
@click.argument("delivery")
@_decider
@json_option
@click.pass_obj
def accept(home: Path, delivery: str, name: str, reason: str, day: datetime | None, as_json: bool) -> int:
    """Take a refused delivery in, although expectations failed that a person may set aside.

    It is judged again: only the expectations it failed before are set aside. The decision stands in its verdict
    and in the manifest of every release made from it.
    """
    from indforecast.cli_console import Console
    from indforecast.cli_cycle import report_to
    from indforecast.cli_house import open_house, require_pipelines

    require_pipelines()
    from pipelines.acceptance import require_acceptable
    from pipelines.in_process import execute
    from pipelines.vintage_choice import choose_vintage

    entry = find(home, delivery)
    if entry["state"] == "in store":
        return _say(entry, as_json)
    failed = [str(one.get("name", "")) for one in _critical(entry)]
    require_acceptable(str(entry["name"]), failed)
    settings = os.environ.get("INDFORECAST_CONFIG")
    house = open_house(home, Path(settings) if settings else None)
    path = _content(entry)
    choice = choose_vintage(house, files=(path,))
    with house.store().lock():
        _record(home, entry, "accept", name, reason, day, tuple(failed))
        progress = Console(total=4)
        report = report_to(progress)
        try:
            execute(
                "ingest_delivery", house, choice.partition_key, report, files=(path,), command="quarantine accept"
            )
        finally:
            progress.close()
    return _say(find(home, entry["delivery_id"]), as_json)


@quarantine.command(
    epilog="""\b
Example:
  indforecast quarantine reject 1a2b3c --name "J. Jansen" --reason "replaced by the file of 3 March"
"""
)
@click.argument("delivery")
@_decider
@json_option
@click.pass_obj
def reject(home: Path, delivery: str, name: str, reason: str, day: datetime | None, as_json: bool) -> int:
    """Leave a refused delivery out and stop listing it as waiting; the file and its reasons stay."""
    from indforecast.domain.errors import InputError
    from indforecast.vintages.store import Store

    entry = find(home, delivery)
    if entry["state"] == "in store":
        raise InputError(
            f"{entry['name']} is in the store, which forgets nothing.", hint="A later figure corrects it."
        )
    with Store(home, os.environ.get("INDFORECAST_STORE") or None).lock():
        _record(home, entry, "reject", name, reason, day, ())
    return _say(find(home, entry["delivery_id"]), as_json)


def waiting(home: Path) -> list[dict[str, Any]]:
    """Those of :func:`entries` on which somebody still has to act."""
    return [entry for entry in entries(home) if entry["state"] in ("waiting", "accepted")]


def entries(home: Path) -> list[dict[str, Any]]:
    """Every refused delivery with its decisions and its state.

    ``state`` is ``in store`` (accepted, or taken in since), ``rejected``, ``accepted`` (decided, but not taken in
    yet) or ``waiting``.
    """
    from indforecast.vintages.decisions import Decisions
    from indforecast.vintages.quarantine import list_quarantine
    from indforecast.vintages.store import Store

    kept = list_quarantine(home)
    if not kept:
        return []
    stored = set(Store(home, os.environ.get("INDFORECAST_STORE") or None).deliveries()["delivery_id"])
    found = []
    for one in kept:
        taken = Decisions(home).of(one["delivery_id"])
        last = taken[-1].outcome if taken else None
        state = {"reject": "rejected", "accept": "accepted", None: "waiting"}[last]
        found.append(
            {
                "delivery_id": one["delivery_id"],
                "name": one["name"],
                "state": "in store" if one["delivery_id"] in stored else state,
                "folder": str(one["path"]),
                "reasons": one["reasons"],
                "decisions": [decision.to_dict() for decision in taken],
            }
        )
    return found


def find(home: Path, named: str) -> dict[str, Any]:
    """The refused delivery of this id, beginning of an id, or file name.

    Raises
    ------
    NotFound
        If there is none, or more than one.
    """
    from indforecast.domain.errors import NotFound

    everything = entries(home)
    found = [one for one in everything if one["name"] == named] or [
        one for one in everything if named and one["delivery_id"].startswith(named.lower())
    ]
    if not found:
        raise NotFound(
            f"Nothing in quarantine is called '{named}'.", hint="See 'indforecast quarantine list --all'."
        )
    if len(found) > 1:
        ids = ", ".join(one["delivery_id"][:_SHORT] for one in found)
        raise NotFound(f"'{named}' may be any of {ids}.", hint="Give the beginning of one id.")
    return found[0]


def _critical(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [reason for reason in entry["reasons"] if reason.get("severity", "critical") == "critical"]


def _content(entry: dict[str, Any]) -> Path:
    folder = Path(entry["folder"])
    return next(path for path in sorted(folder.iterdir()) if path.name not in ("reason.json",) and path.is_file())


def _record(
    home: Path,
    entry: dict[str, Any],
    outcome: Any,
    name: str,
    reason: str,
    day: datetime | None,
    aside: tuple[str, ...],
) -> None:
    from indforecast.vintages.decisions import Decision, Decisions

    on: date = (day or datetime.now(UTC)).date()
    Decisions(home).record(Decision(entry["delivery_id"], outcome, name.strip(), reason.strip(), on, aside))


def _say(entry: dict[str, Any], as_json: bool) -> int:
    if as_json:
        click.echo(json.dumps(entry, ensure_ascii=False, indent=2))
        return 0
    done = {"in store": "is in the store", "rejected": "is left out for good"}
    by = f"; decided by {entry['decisions'][-1]['name']}" if entry["decisions"] else ""
    click.echo(f"{entry['name']} {done.get(entry['state'], entry['state'])}{by}.")
    return 0
