"""The command ``fetch``: ask publishers on the network, and take in what is newer.

What belongs here: which sources, one after the other, and what is said of each. What does not: asking
(``sources``), the runs (``pipelines``), the words while it works (``cli_console``).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from indforecast.cli_console import Console
from indforecast.cli_cycle import report_to
from indforecast.cli_house import json_option, open_house, require_pipelines, settings_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indforecast.config.sources import SourcesSettings
    from indforecast.domain.errors import IndforecastError
    from pipelines.resources import House

#: One stage for the question, three for what is taken in, and the check of its rows.
_STAGES: Final = 5


@dataclass
class Told:
    """What became of one source.

    Parameters
    ----------
    source : str
        Its name.
    outcome : str
        ``nothing_newer``, ``refused`` (nothing newer than an edition in quarantine), ``taken_in``, ``kept`` (not
        taken in, on request) or ``failed``.
    files : list of str
        Downloads that were taken in or kept.
    rows_added : int
        Rows that the store did not hold.
    freshness : dict
        What is stored of the source now; see :class:`indforecast.sources.freshness.Freshness`.
    sentence : str
        The same in words.
    error : dict, optional
        ``kind``, ``message``, ``hint``.
    """

    source: str
    outcome: str = "nothing_newer"
    files: list[str] = field(default_factory=list)
    rows_added: int = 0
    freshness: dict[str, Any] = field(default_factory=dict)
    sentence: str = ""
    error: dict[str, str | None] | None = None


@click.command(
    epilog="""\b
Examples:
  indforecast fetch                      every source that the settings enable
  indforecast fetch cbs                  only Statistics Netherlands
  indforecast fetch --keep-only          keep what is newer; the next run takes it in
  indforecast fetch eurostat --json      for a program
"""
)
@click.argument("names", nargs=-1)
@click.option("--keep-only", is_flag=True, help="Keep what is newer as it came, and take nothing in yet.")
@settings_option
@json_option
@click.pass_obj
def fetch(home: Path, names: tuple[str, ...], keep_only: bool, settings_file: Path | None, as_json: bool) -> int:
    """Ask publishers on the network for what is newer, and take it in.

    NAMES are 'cbs' (CBS StatLine) and 'eurostat'; all that the settings enable when none is given. A download is
    kept byte for byte, stands in 'downloads' of the home, and is then taken in as a file that was dropped:
    checked, and stored or put into quarantine. A source that fails holds up no other. Without a network nothing
    changes, and the exit code is 9. No other command asks the network.
    """
    require_pipelines()
    from indforecast.domain.errors import IndforecastError

    house = open_house(home, settings_file)
    chosen = choose_sources(house.settings().sources, names)
    console = Console(total=len(chosen) * (1 if keep_only else _STAGES))
    told: list[Told] = []
    failed: list[IndforecastError] = []
    for source in chosen:
        one = Told(source)
        told.append(one)
        try:
            _fetch_one(house, one, console, keep_only)
        except IndforecastError as error:
            failed.append(error)
            one.outcome = "failed"
            one.error = {"kind": type(error).__name__, "message": error.message, "hint": error.hint}
            console.close()
            if not as_json:
                _say_failed(source, error)
            continue
        finally:
            console.close()
        if not as_json:
            click.echo(f"{source}: {one.sentence}")
    code = failed[0].exit_code if failed else 0
    if as_json:
        status = "fetched" if not failed else "failed" if len(failed) == len(chosen) else "partly"
        content = {"status": status, "sources": [asdict(one) for one in told], "exit_code": code}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
    elif any(one.outcome == "taken_in" for one in told):
        click.echo("\nNext: indforecast run")
    return code


def choose_sources(settings: SourcesSettings, names: Sequence[str]) -> list[str]:
    """The sources to ask, each once, in the order given or else of the settings.

    Raises
    ------
    InputError
        If a name is none; if a named one, or every one, is switched off.
    """
    from indforecast.domain.errors import InputError

    known = settings.by_name()
    for name in names:
        if name not in known:
            raise InputError(f"There is no source '{name}'.", hint=f"The sources are {', '.join(known)}.")
        if not known[name].enabled:
            raise InputError(
                f"Source '{name}' is switched off in the settings.",
                hint=f"Set sources.{name}.enabled = true in a file that --config names.",
            )
    chosen = list(dict.fromkeys(names)) or [name for name, source in known.items() if source.enabled]
    if not chosen:
        raise InputError(
            "Every source on the network is switched off in the settings.",
            hint="Set sources.cbs.enabled = true in a file that --config names.",
        )
    return chosen


def _fetch_one(house: House, one: Told, console: Console, keep_only: bool) -> None:
    """Ask one publisher, then take in what waits of it: what came now, or before and was not dealt with."""
    from indforecast.domain.files import sha256_hex
    from pipelines.in_process import execute
    from pipelines.vintage_choice import choose_vintage, today

    report = report_to(console)
    execute(f"fetch_{one.source}", house, None, report, command="fetch", source=one.source)
    waiting = house.waiting_of(one.source)
    one.files = [str(path) for path in waiting]
    for path in () if keep_only else waiting:
        delivery_id = sha256_hex(path.read_bytes())
        choice = choose_vintage(house, files=(path,))
        execute("ingest_delivery", house, choice.partition_key, report, files=(path,), command="fetch")
        appended = house.stages(choice.partition_key).read_json("observations")["deliveries"]
        one.rows_added += sum(entry["rows_added"] for entry in appended if entry["delivery_id"] == delivery_id)
    if waiting:
        one.outcome = "kept" if keep_only else "taken_in"
    elif house.refused(one.source) is not None:
        one.outcome = "refused"
    found = house.freshness(one.source, today())
    one.freshness = found.to_dict()
    begin = {
        "nothing_newer": "nothing newer",
        "refused": f"nothing newer than {house.refused(one.source)}, which was refused (see 'indforecast status')",
        "kept": f"kept {', '.join(path.name for path in waiting)}, not taken in",
        "taken_in": f"{one.rows_added:,} {'row' if one.rows_added == 1 else 'rows'} added",
    }[one.outcome]
    one.sentence = f"{begin}; {found.sentence()}."


def _say_failed(source: str, error: IndforecastError) -> None:
    import textwrap

    click.echo(click.style(f"Error: {source}: {error.message}", fg="red"), err=True)
    if error.hint:
        click.echo(textwrap.indent(error.hint, "  "), err=True)
