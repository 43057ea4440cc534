"""Commands on refused deliveries: ``quarantine list|show|accept|reject``.

What belongs here: their options and words. What does not: gathering refused deliveries (``cli_refused``),
recording decisions (``vintages.decisions``), taking a delivery in (``pipelines``).
"""

from __future__ import annotations

import functools
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from indforecast.cli_refused import SHORT, critical, entries, find, index_page, store_of, waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from indforecast.vintages.decisions import Outcome

json_option = click.option("--json", "as_json", is_flag=True, help="Answer with JSON on standard output.")


class _Decided(NamedTuple):
    """What somebody says who decides."""

    name: str
    reason: str
    day: datetime | None

    def record(self, home: Path, entry: dict[str, Any], outcome: Outcome, aside: tuple[str, ...] = ()) -> None:
        from indforecast.vintages.decisions import Decision, Decisions

        on: date = (self.day or datetime.now(UTC)).date()
        decision = Decision(entry["delivery_id"], outcome, self.name.strip(), self.reason.strip(), on, aside)
        Decisions(home).record(decision)


def _deciding(command: Callable[[Path, dict[str, Any], _Decided], None]) -> Callable[..., int]:
    """A command that decides on one refused delivery: its options, finding it, and saying what became of it."""

    @click.argument("delivery")
    @click.option("--name", required=True, help="Who decides.")
    @click.option("--reason", required=True, help="Why; one line, no counts of persons: releases quote it.")
    @click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Day of the decision; today by default.")
    @json_option
    @click.pass_obj
    @functools.wraps(command)
    def decide(home: Path, /, delivery: str, as_json: bool, **said: Any) -> int:
        entry = find(home, delivery)
        command(home, entry, _Decided(**said))
        after = find(home, entry["delivery_id"])
        if as_json:
            click.echo(json.dumps(after, ensure_ascii=False, indent=2))
            return 0
        done = {"in store": "is in the store", "rejected": "is left out for good"}
        by = f"; decided by {after['decisions'][-1]['name']}" if after["decisions"] else ""
        click.echo(f"{after['name']} {done.get(after['state'], after['state'])}{by}.")
        return 0

    return decide


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
        reasons = critical(entry["reasons"])
        more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
        first = str(reasons[0].get("sentence", "")) if reasons else "no reason was kept"
        click.echo(f"{entry['delivery_id'][:SHORT]}  {entry['state']:<9}  {entry['name']}  {first}{more}")
    if not found:
        click.echo("Nothing waits." if not everything else "Nothing was ever refused.")
    page = index_page(home)
    if page is not None:
        click.echo(f"All checks: {page}")


def _may_be_decided(entry: dict[str, Any]) -> str:
    """Whether a person may accept a refused delivery, and what to do if not."""
    from pipelines.acceptance import in_the_way

    failed = [str(reason.get("name", "")) for reason in critical(entry["reasons"])]
    never = in_the_way(failed)
    if never:
        why = f"cannot be accepted: {', '.join(never)} may not be set aside."
        return f"{why} Mend the file at its source and ingest it."
    return (
        f"may be accepted: indforecast quarantine accept {entry['delivery_id'][:SHORT]} --name NAME --reason WHY"
    )


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
    click.echo(f"  page    {entry['page'] or 'none: it could not be read'}")
    click.echo("\nreasons")
    for reason in entry["reasons"]:
        click.echo(
            f"  {reason.get('severity', ''):<8}  {reason.get('name', '')}: {reason.get('sentence', reason)}"
        )
    if entry["state"] not in ("in store", "rejected"):
        click.echo(f"\n{_may_be_decided(entry)}")
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
@_deciding
def accept(home: Path, entry: dict[str, Any], decided: _Decided) -> None:
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

    if entry["state"] == "in store":
        return
    failed = [str(one.get("name", "")) for one in critical(entry["reasons"])]
    require_acceptable(str(entry["name"]), failed)
    settings = os.environ.get("INDFORECAST_CONFIG")
    house = open_house(home, Path(settings) if settings else None)
    path = _content(entry)
    choice = choose_vintage(house, files=(path,))
    with house.store().lock():
        decided.record(home, entry, "accept", tuple(failed))
        progress = Console(total=4)
        report = report_to(progress)
        try:
            execute(
                "ingest_delivery", house, choice.partition_key, report, files=(path,), command="quarantine accept"
            )
        finally:
            progress.close()


@quarantine.command(
    epilog="""\b
Example:
  indforecast quarantine reject 1a2b3c --name "J. Jansen" --reason "replaced by the file of 3 March"
"""
)
@_deciding
def reject(home: Path, entry: dict[str, Any], decided: _Decided) -> None:
    """Leave a refused delivery out and stop listing it as waiting; the file and its reasons stay."""
    from indforecast.domain.errors import InputError

    if entry["state"] == "in store":
        raise InputError(
            f"{entry['name']} is in the store, which forgets nothing.", hint="A later figure corrects it."
        )
    with store_of(home).lock():
        decided.record(home, entry, "reject")
        _refresh_pages(home)


def _content(entry: dict[str, Any]) -> Path:
    folder = Path(entry["folder"])
    return next(path for path in sorted(folder.iterdir()) if path.name not in ("reason.json",) and path.is_file())


def _refresh_pages(home: Path) -> None:
    """Let the pages quote the decision; outside a checkout nothing can, and the next run does."""
    try:
        from pipelines.acceptance import refresh_pages
    except ModuleNotFoundError:
        return
    refresh_pages(home, os.environ.get("INDFORECAST_STORE") or None)
