"""Commands that change something: ``run``, ``ingest``.

What belongs here: their options and what is said at the end. What does not: progress meanwhile (``cli_console``),
the stages (``assets``), how a run is executed (``pipelines``), the house (``cli_house``), commands that only
look (``cli_state``).
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from indforecast.cli_console import Console
from indforecast.cli_house import json_option, open_house, require_pipelines, settings_option

if TYPE_CHECKING:
    from indforecast.publication.release import Release
    from pipelines.in_process import Report
    from pipelines.resources import House

_SAMPLE: Final = Path("samples") / "2026-01.csv"


@click.command(
    epilog="""\b
Examples:
  indforecast run                          the newest vintage
  indforecast run --vintage 2024-12        what could be known at the end of December 2024
  indforecast run --config mine.toml       with settings of your own
  indforecast run --json > release.json    for a program
"""
)
@click.option(
    "--vintage", metavar="YYYY-MM", help="Month whose last day the cycle looks from; the newest by default."
)
@settings_option
@json_option
@click.pass_obj
def run(home: Path, vintage: str | None, settings_file: Path | None, as_json: bool) -> int:
    """Run the monthly cycle: from what waits in the drop folder to a release.

    The drop folder is 'drop' in the home: put deliveries there, or name them with 'indforecast ingest'. An empty
    store begins with the packaged reference data. When nothing is new, the release that exists is verified and
    nothing is computed.
    """
    began = time.perf_counter()
    require_pipelines()
    from pipelines.in_process import execute
    from pipelines.vintage_choice import choose_vintage, unchanged_release

    house = open_house(home, settings_file)
    house.settings()
    choice = choose_vintage(house, vintage)
    existing = unchanged_release(house, choice)
    if existing is not None:
        return _say_unchanged(existing, as_json)
    console = Console(total=16)
    click.echo(f"Vintage {choice.partition_key}, home {home}", err=True)
    report = report_to(console)
    try:
        execute("monthly_cycle", house, choice.partition_key, report, command="run")
    finally:
        console.close()
    published = _published(house, choice.partition_key)
    seconds = time.perf_counter() - began
    if as_json:
        click.echo(
            json.dumps(_release_json(published, "published", report, seconds), ensure_ascii=False, indent=2)
        )
    else:
        _say_release(published, f"Release {published.release_id}, made in {seconds:.0f} s")
        _say_next(house)
    return 0


@click.command(
    epilog="""\b
Examples:
  indforecast ingest samples/2026-01.csv
  indforecast ingest export.xlsx --preview    what is understood of it; nothing is written
  indforecast ingest table.csv --publisher cbs    when the file does not say whose it is
  indforecast ingest first.csv second.ods --json
"""
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--preview", is_flag=True, help="Show what is understood of the files, and write nothing.")
@click.option("--publisher", metavar="KEY", help="Whose files these are: the mapping to read them with.")
@settings_option
@json_option
@click.pass_obj
def ingest(
    home: Path,
    files: tuple[Path, ...],
    preview: bool,
    publisher: str | None,
    settings_file: Path | None,
    as_json: bool,
) -> int:
    """Take deliveries in: raw copy, check, store.

    A file is a canonical CSV, or a publisher's export (CSV, XLSX, ODS) in words that a mapping knows; mappings of
    your own stand in the folder 'publishers' of the home. A file that fails a critical check changes nothing but
    the quarantine. The same file twice changes nothing at all. An empty store is given the packaged reference data
    first. Nothing is published by this: 'indforecast run' does that.
    """
    if preview:
        from indforecast.cli_preview import show_understanding

        return show_understanding(home, files, settings_file, as_json, publisher)
    require_pipelines()
    from indforecast.sources.drop_folder import read_incoming
    from indforecast.sources.mapping import choose, load_publishers
    from pipelines.in_process import execute
    from pipelines.vintage_choice import choose_vintage

    house = open_house(home, settings_file)
    if publisher is not None:
        choose(load_publishers(house.publishers), publisher)
    for path in files:
        read_incoming(path)
    choice = choose_vintage(house, files=files, publisher=publisher)
    before = house.store().newest_vintage()
    console = Console(total=4)
    report = report_to(console)
    try:
        key = choice.partition_key
        execute("ingest_delivery", house, key, report, files=files, command="ingest", publisher=publisher)
    finally:
        console.close()
    appended = house.stages(choice.partition_key).read_json("observations")
    newest = house.store().newest_vintage()
    if as_json:
        click.echo(json.dumps({"status": "ingested", **appended, "newest_vintage": str(newest)}, indent=2))
        return 0
    added = sum(entry["rows_added"] for entry in appended["deliveries"])
    if not added:
        click.echo("Nothing new: every row was known already, and nothing was changed.")
        return 0
    moved = f", before it was {before}" if before not in (None, newest) else ""
    click.echo(f"{added:,} {'row' if added == 1 else 'rows'} added. The newest vintage is {newest}{moved}.")
    click.echo(f"\nNext: {_command('run')}")
    return 0


def report_to(console: Console) -> Report:
    """What a run says while it works, printed on ``console``."""
    from pipelines.in_process import Report

    return Report(on_begin=console.begin, on_progress=console.progress, on_end=console.end)


def _published(house: House, partition_key: str) -> Release:
    from indforecast.publication.release import open_release

    return open_release(house.path, house.stages(partition_key).read_json("release")["release_id"])


def _say_unchanged(published: Release, as_json: bool) -> int:
    from indforecast.domain.errors import IntegrityError
    from indforecast.publication.release import verify

    problems = verify(published.path)
    if problems:
        raise IntegrityError(
            f"Release {published.release_id} is no longer what was published: {problems[0]}",
            hint=f"See 'indforecast release verify {published.release_id}'; put the folder back from a copy.",
        )
    if as_json:
        click.echo(json.dumps(_release_json(published, "unchanged", None, 0.0), ensure_ascii=False, indent=2))
    else:
        _say_release(published, f"Nothing is new: release {published.release_id} exists and is as published")
    return 0


def _release_json(published: Release, status: str, report: Report | None, seconds: float) -> dict[str, Any]:
    from indforecast.publication.headline import headline

    return {
        "status": status,
        "release_id": published.release_id,
        "vintage": published.manifest["vintage"],
        "forecast_origin": published.manifest["forecast_origin"],
        "folder": str(published.path),
        "report": str(published.report),
        "figures": [figure.to_dict() for figure in headline(published)],
        "seconds": round(seconds, 1),
        "stages": [
            {"stage": done.stage, "seconds": round(done.seconds, 2), "summary": done.summary}
            for done in (report.done if report else ())
        ],
    }


def _say_release(published: Release, title: str) -> None:
    from indforecast.publication.headline import headline

    click.echo(f"\n{title}")
    click.echo(f"  folder  {published.path}")
    click.echo(f"  report  {published.report}")
    click.echo()
    for figure in headline(published):
        click.echo(f"  {figure.text['en']}")


def _say_next(house: House) -> None:
    """The sample month while the store knows nothing younger, else where to look."""
    from pipelines.resources import ROOT

    sample = ROOT / _SAMPLE
    newest = house.store().newest_vintage()
    if sample.is_file() and newest is not None and f"{newest:%Y-%m}" <= sample.stem:
        click.echo(
            f"\nNext, a second month:\n  {_command('ingest', os.path.relpath(sample))}\n  {_command('run')}"
        )
    else:
        click.echo(f"\nNext: {_command('release', 'list')}")


def _command(*words: str) -> str:
    """A command as the reader can type it here."""
    program = "indforecast" if shutil.which("indforecast") else os.path.relpath(sys.argv[0])
    return " ".join([program, *words])
