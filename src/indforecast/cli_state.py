"""Commands that look and change nothing: ``status``, ``doctor``, ``release``.

What belongs here: their options and their words. What does not: diagnosis itself (``cli_doctor``), gathering what
``status`` says (``cli_status``), commands that change something (``cli_cycle``). They work without a checkout as
well.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indforecast.cli_status import state_of, summary_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indforecast.publication.release import Release

json_option = click.option("--json", "as_json", is_flag=True, help="Answer with JSON on standard output.")


@click.command(
    epilog="""\b
Examples:
  indforecast status
  indforecast status --json
"""
)
@json_option
@click.pass_obj
def status(home: Path, as_json: bool) -> None:
    """What is known, what was published, what waits, what was refused, and whether a run is due.

    What waits are files in the drop folder, 'drop' in the home, and downloads; the next run takes them in. A month
    of a source is overdue when it ought to have been published; nobody is asked for it here.
    """
    state = state_of(home, _tables())
    if as_json:
        click.echo(json.dumps(state, ensure_ascii=False, indent=2))
        return
    click.echo(f"home            {home}")
    click.echo(f"newest vintage  {state['newest_vintage'] or 'none: the store is empty'}")
    latest = state["latest_release"]
    click.echo(f"latest release  {_title(latest) if latest else 'none'}")
    if latest:
        due = " (is due)" if latest["next_release"] <= f"{datetime.now(UTC):%Y-%m-%d}" else ""
        click.echo(f"next release    {latest['next_release']}{due}")
    click.echo(f"drop folder     {state['drop_folder']}")
    click.echo(f"waiting files   {', '.join(state['waiting']) or 'none'}")
    click.echo(f"checks          {state['checks'] or 'none: nothing was judged yet'}")
    click.echo(f"quarantine      {'' if state['quarantine'] else 'empty'}".rstrip())
    for kept in state["quarantine"]:
        click.echo(f"  {kept['name']}: {' '.join(kept['reasons'])}")
        for hint in kept["what_to_do"]:
            click.echo(f"    {hint}")
        click.echo(f"    kept in {kept['folder']}")
    click.echo("\nsources")
    for entry in state["sources"]:
        click.echo(f"  {entry['source']:<10}  {entry['sentence']}")
    if state["series"]:
        click.echo("\nlast month per stream")
    for entry in state["series"]:
        click.echo(f"  {entry['series_id']:<20}  {entry['last_month']}  {entry['basis']}")
    if state["indicators"]:
        click.echo("\nlast month per indicator")
    for entry in state["indicators"]:
        click.echo(f"  {entry['series_id']:<32}  {entry['last_month']}  {entry['basis']}")
    if state["run_due"]:
        click.echo(f"\nA run is due: {state['run_due']}.\nNext: indforecast run")


@click.command(
    epilog="""\b
Examples:
  indforecast doctor
  indforecast doctor --json
"""
)
@json_option
@click.pass_obj
def doctor(home: Path, as_json: bool) -> int:
    """Look for what would make the next run fail; the exit code is 1 when something does."""
    from indforecast.cli_doctor import examine

    findings = examine(home, _tables())
    failed = [finding for finding in findings if finding.status == "fail"]
    if as_json:
        content = {"ok": not failed, "checks": [finding.to_dict() for finding in findings]}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return 1 if failed else 0
    colours = {"ok": "green", "warn": "yellow", "fail": "red"}
    for finding in findings:
        mark = click.style(f"{finding.status:<4}", fg=colours[finding.status])
        click.echo(f"{mark}  {finding.name:<14}  {finding.message}")
    return 1 if failed else 0


@click.group()
def release() -> None:
    """Look at releases and prove that they are as published."""


@release.command(
    "list",
    epilog="""\b
Example:
  indforecast release list --json
""",
)
@json_option
@click.pass_obj
def list_(home: Path, as_json: bool) -> None:
    """All releases, oldest first."""
    from indforecast.publication.release import list_releases

    found = list_releases(home)
    if as_json:
        click.echo(json.dumps([summary_of(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        origin, vintage = one.manifest["forecast_origin"], one.manifest["vintage"]
        note = _settings_note(one.own_settings)
        edition = f"edition {one.manifest['edition']}{f', {note}' if note else ''}"
        click.echo(f"{one.release_id}  data until {origin}  as known on {vintage}  {edition}  {one.path}")
    if not found:
        click.echo(f"There is no release in {home} yet. Make one with 'indforecast run'.")


@release.command(
    epilog="""\b
Examples:
  indforecast release show
  indforecast release show 2026-01-30 --json
"""
)
@click.argument("release_id", default="latest")
@json_option
@click.pass_obj
def show(home: Path, release_id: str, as_json: bool) -> None:
    """One release: its figures, its report, what it was made from.

    RELEASE_ID may be its beginning, or 'latest'.
    """
    from indforecast.publication.headline import headline
    from indforecast.publication.release import open_release

    one = open_release(home, release_id)
    figures = headline(one)
    inputs = one.manifest["inputs"]
    if as_json:
        content = {
            **summary_of(one),
            "figures": [figure.to_dict() for figure in figures],
            "manifest": one.manifest,
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    previous = one.manifest["previous"]
    click.echo(f"Release {one.release_id}")
    for figure in figures:
        click.echo(f"  {figure.text['en']}")
    lines = {
        "data until": one.manifest["forecast_origin"],
        "as known on": one.manifest["vintage"],
        "edition": str(one.manifest["edition"]),
        "settings": _settings_line(one),
        "previous": previous["release_id"] if previous else "none",
        "next release": one.manifest["next_release"],
        "deliveries": ", ".join(entry["name"] for entry in inputs["deliveries"]),
        "code": inputs["code"]["version"],
        "files": f"{len(one.manifest['files'])} in {one.path}",
        "report": str(one.report),
    }
    click.echo()
    for name, value in lines.items():
        click.echo(f"  {name:<12}  {value}")


@release.command(
    epilog="""\b
Examples:
  indforecast release verify                       every release of this home
  indforecast release verify 2026-01-30
  indforecast release verify /media/copy/2026-01-30-1a2b3c4d
"""
)
@click.argument("releases", nargs=-1)
@json_option
@click.pass_obj
def verify(home: Path, releases: tuple[str, ...], as_json: bool) -> int:
    """Compare every byte with the manifest; the exit code is 8 when one differs.

    RELEASES are ids, beginnings of ids or folders; all of this home when none is named.
    """
    from indforecast.domain.errors import IntegrityError
    from indforecast.publication.release import verify as problems_of

    outcome = {path: problems_of(path) for path in _folders(home, releases)}
    if as_json:
        answer = [{"folder": str(path), "ok": not bad, "problems": bad} for path, bad in outcome.items()]
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        for path, bad in outcome.items():
            click.echo(f"{path.name}: {'as published' if not bad else 'CHANGED'}")
            for problem in bad:
                click.echo(f"  {problem}")
    return IntegrityError.exit_code if any(outcome.values()) else 0


def _folders(home: Path, named: tuple[str, ...]) -> list[Path]:
    from indforecast.domain.errors import NotFound
    from indforecast.publication.release import open_release

    if named:
        folders = []
        for name in named:
            direct = home / "releases" / name
            if os.sep in name or name in (".", ".."):
                if not Path(name).is_dir():
                    raise NotFound(f"There is no folder '{name}'.")
                folders.append(Path(name).resolve())
            else:
                # A folder whose manifest is damaged is still to be looked at.
                folders.append(direct if direct.is_dir() else open_release(home, name).path)
        return folders
    root = home / "releases"
    found = (
        sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
        if root.is_dir()
        else []
    )
    if not found:
        raise NotFound(f"There is no release in {home} yet.", hint="Make one with 'indforecast run'.")
    return found


def _tables() -> str | None:
    return os.environ.get("INDFORECAST_STORE") or None


def _settings_note(changed: Sequence[str]) -> str:
    """That a release was made with settings of somebody's own; empty for the packaged ones."""
    return f"own settings: {len(changed)} changed" if changed else ""


def _settings_line(one: Release) -> str:
    if "own_settings" not in one.manifest:
        return "not recorded, by an earlier version"
    return _settings_note(one.own_settings) or "as packaged"


def _title(latest: dict[str, Any]) -> str:
    note = _settings_note(latest["own_settings"])
    return f"{latest['release_id']}  (edition {latest['edition']}{f', {note}' if note else ''})"
