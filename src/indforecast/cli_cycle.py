"""Commands that change something: ``run``, ``ingest``, ``dev``.

What belongs here: their options and what is said at the end. What does not: progress meanwhile (``cli_console``),
the stages (``assets``), how a run is executed (``pipelines``), commands that only look (``cli_state``).
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

if TYPE_CHECKING:
    from types import ModuleType

    from indforecast.publication.release import Release
    from pipelines.in_process import Report
    from pipelines.resources import House

_SAMPLE: Final = Path("samples") / "2026-01.csv"

json_option = click.option("--json", "as_json", is_flag=True, help="Answer with JSON on standard output.")
settings_option = click.option(
    "--config",
    "settings_file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="INDFORECAST_CONFIG",
    show_envvar=True,
    help="TOML with settings on top of the packaged ones.",
)


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

    An empty store begins with the packaged reference data. When nothing is new, the release that exists is
    verified and nothing is computed.
    """
    began = time.perf_counter()
    _pipelines()
    from pipelines.in_process import execute
    from pipelines.vintage_choice import choose_vintage, unchanged_release

    house = _house(home, settings_file)
    house.settings()
    choice = choose_vintage(house, vintage)
    existing = unchanged_release(house, choice)
    if existing is not None:
        return _say_unchanged(existing, as_json)
    console = Console(total=11)
    click.echo(f"Vintage {choice.partition_key}, home {home}", err=True)
    report = _report(console)
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
  indforecast ingest first.csv second.csv --json
"""
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@settings_option
@json_option
@click.pass_obj
def ingest(home: Path, files: tuple[Path, ...], settings_file: Path | None, as_json: bool) -> int:
    """Take deliveries in: raw copy, check, store.

    A file that fails a critical check changes nothing but the quarantine. The same file twice changes nothing at
    all. An empty store is given the packaged reference data first.
    """
    _pipelines()
    from indforecast.sources.drop_folder import read_incoming
    from pipelines.in_process import execute
    from pipelines.vintage_choice import choose_vintage

    house = _house(home, settings_file)
    for path in files:
        read_incoming(path)
    choice = choose_vintage(house, files=files)
    before = house.store().newest_vintage()
    console = Console(total=4)
    report = _report(console)
    try:
        execute("ingest_delivery", house, choice.partition_key, report, files=files, command="ingest")
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
    click.echo(f"{added:,} rows added. The newest vintage is {newest}{moved}.")
    click.echo(f"\nNext: {_command('run')}")
    return 0


@click.command(
    epilog="""\b
Examples:
  indforecast dev
  indforecast dev --port 3001
"""
)
@click.option(
    "--port", type=click.IntRange(1024, 65535), default=3000, show_default=True, help="Port on loopback."
)
@settings_option
@click.pass_obj
def dev(home: Path, port: int, settings_file: Path | None) -> None:
    """Open the Dagster UI with its daemon on this machine; end it with Ctrl-C.

    Runs made with 'indforecast run' stand in it. Schedule and sensor are off until they are switched on there.
    """
    _pipelines()
    from pipelines.instance import prepare_instance
    from pipelines.resources import ROOT

    house = _house(home, settings_file)
    house.settings()
    house.drop.mkdir(parents=True, exist_ok=True)
    folder = prepare_instance(home)
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(folder),
        "INDFORECAST_HOME": str(home),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    if settings_file is not None:
        environment["INDFORECAST_CONFIG"] = str(settings_file.absolute())
    click.echo(f"Dagster UI: http://127.0.0.1:{port}  (home {home}; Ctrl-C ends it)")
    sys.stdout.flush()
    # Whatever Dagster leaves in its current folder stays in the house.
    os.chdir(folder)
    workspace = str(ROOT / "workspace.yaml")
    command = [sys.executable, "-m", "dagster", "dev", "-h", "127.0.0.1", "-p", str(port), "-w", workspace]
    os.execve(sys.executable, command, environment)  # noqa: S606 - our own interpreter, no shell


def _report(console: Console) -> Report:
    from pipelines.in_process import Report

    return Report(on_begin=console.begin, on_progress=console.progress, on_end=console.end)


def _pipelines() -> ModuleType:
    """The wiring of the checkout, or one sentence where there is none.

    Raises
    ------
    NotFound
        Outside a checkout.
    """
    from indforecast.domain.errors import NotFound

    try:
        import pipelines
    except ModuleNotFoundError:
        raise NotFound(
            "This command needs the pipeline, which is part of a checkout and not of the installed package.",
            hint="Clone the repository and type 'make run' there.",
        ) from None
    return pipelines


def _house(home: Path, settings_file: Path | None) -> House:
    from pipelines.resources import House

    _log_to_file(home)
    return House(
        home=str(home),
        tables=os.environ.get("INDFORECAST_STORE") or None,
        settings_file=str(settings_file.absolute()) if settings_file else None,
    )


def _log_to_file(home: Path) -> None:
    """Libraries' remarks and warnings go into a file of the house; the console belongs to progress."""
    import logging

    from indforecast.vintages.failures import explained

    folder = home / "logs"
    with explained(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        logging.basicConfig(
            filename=folder / "indforecast.log",
            encoding="utf-8",
            level=logging.WARNING,
            format="%(asctime)s %(levelname)s %(name)s %(message)s",
        )
    logging.captureWarnings(True)


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
    """The sample month while it is not in the store, else where to look."""
    from indforecast.domain.files import sha256_hex
    from pipelines.resources import ROOT

    sample = ROOT / _SAMPLE
    known = set(house.store().deliveries()["delivery_id"])
    if sample.is_file() and sha256_hex(sample.read_bytes()) not in known:
        click.echo(
            f"\nNext, a second month:\n  {_command('ingest', os.path.relpath(sample))}\n  {_command('run')}"
        )
    else:
        click.echo(f"\nNext: {_command('release', 'list')}")


def _command(*words: str) -> str:
    """A command as the reader can type it here."""
    program = "indforecast" if shutil.which("indforecast") else os.path.relpath(sys.argv[0])
    return " ".join([program, *words])
