"""The command line: ``indforecast``.

What belongs here: the group of commands, the form in which errors reach a reader, exit codes. What does not: the
commands (``cli_cycle``: what changes something; ``cli_fetch``: what asks the network; ``cli_state``,
``cli_vintages``, ``cli_definitions``: what looks; ``cli_quarantine``: decisions on what was refused; ``cli_dev``:
the UI). Only click is imported at the top, because ``--help`` must come at once.
"""

from __future__ import annotations

import contextlib
import json
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from indforecast import __version__
from indforecast.cli_beds import beds
from indforecast.cli_cycle import ingest, run
from indforecast.cli_definitions import definitions
from indforecast.cli_dev import dev
from indforecast.cli_fetch import fetch
from indforecast.cli_plan import plan
from indforecast.cli_quarantine import quarantine
from indforecast.cli_record import record
from indforecast.cli_state import doctor, release, status
from indforecast.cli_vintages import vintages
from indforecast.cli_what_if import what_if

if TYPE_CHECKING:
    from collections.abc import Sequence

_INTERRUPTED: Final = 130

_EPILOG: Final = """\b
Examples:
  indforecast run                            from monthly counts to a release
  indforecast ingest samples/2026-01.csv     take a new month in
  indforecast run                            the second release, with what changed
  indforecast fetch                          ask CBS and Eurostat for what is newer
  indforecast release verify                 prove that releases are as published
  indforecast plan hire --group asylum       whom to hire and when, and by when to decide
  indforecast beds gap                       places needed, expiring and to find
  indforecast what-if --inflow asylum_first=+20%

\b
Exit codes: 0 done, 1 something is wrong, 2 bad input or usage, 3 a check rejected
it, 4 the store is locked, 5 the store cannot be read or written, 6 not found,
7 wrong settings, 8 published bytes were changed, 9 a publisher is out of reach.
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=_EPILOG)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="INDFORECAST_HOME",
    default=Path(".indforecast"),
    show_default=True,
    show_envvar=True,
    help="Folder of the store, releases, checks and logs.",
)
@click.version_option(__version__, "-V", "--version", prog_name="indforecast")
@click.pass_context
def root(context: click.Context, home: Path) -> None:
    """Inflow forecasts for the Immigration and Naturalisation Service: from counts to staff, money and beds."""
    context.obj = home.expanduser().absolute()


for _command in (
    run, ingest, fetch, status, doctor, plan, beds, what_if, release, record, vintages, definitions, quarantine,
    dev,
):  # fmt: skip
    root.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Instead of the process's own. Without them the process ends here and nothing is returned.

    Returns
    -------
    int
        Exit code.
    """
    if arguments is None:
        _leave(_run(sys.argv[1:]))
    return _run(list(arguments or ()))


def _run(arguments: list[str]) -> int:
    try:
        code = root.main(args=arguments, prog_name="indforecast", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted. Nothing half-done was left behind; run the same command again.", err=True)
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe (head, less) has seen enough.
        return 0
    except Exception as error:
        return _explain(error, arguments)
    return code if isinstance(code, int) else 0


def _leave(code: int) -> None:
    """End the process without taking the interpreter apart.

    A thread of Arrow that lets go of a table in an object store while the interpreter goes down aborts the
    process, after everything was done: the destructor of its file system asks for the GIL and is unwound.
    """
    import atexit
    import os

    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


@dataclass(frozen=True)
class _Told:
    """An error as a reader sees it."""

    kind: str
    message: str
    hint: str | None
    exit_code: int


def _explain(error: Exception, arguments: Sequence[str]) -> int:
    from indforecast.domain.errors import IndforecastError

    if isinstance(error, IndforecastError):
        told = _Told(type(error).__name__, error.message, error.hint, error.exit_code)
    else:
        told = _unexpected(error, arguments)
    click.echo(click.style(f"Error: {told.message}", fg="red"), err=True)
    if told.hint:
        click.echo(textwrap.indent(told.hint, "  "), err=True)
    if "--json" in arguments:
        content: dict[str, Any] = {"error": {"kind": told.kind, "message": told.message, "hint": told.hint}}
        click.echo(json.dumps({**content, "exit_code": told.exit_code}, ensure_ascii=False, indent=2))
    return told.exit_code


def _unexpected(error: Exception, arguments: Sequence[str]) -> _Told:
    """One sentence for a mistake of ours; the trace goes into a file."""
    import os
    import tempfile
    import traceback
    from datetime import UTC, datetime

    home = Path(os.environ.get("INDFORECAST_HOME") or ".indforecast")
    if "--home" in arguments[:-1]:
        home = Path(arguments[list(arguments).index("--home") + 1])
    text = f"indforecast {' '.join(arguments)}\n\n{''.join(traceback.format_exception(error))}"
    name = f"error-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.log"
    for folder in (home.expanduser().absolute() / "logs", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        except OSError:
            continue
        where = f"The trace is in {folder / name}."
        break
    else:
        where = "The trace could not be written to a file."
    sentence = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no message'}"
    return _Told(type(error).__name__, f"Something unexpected went wrong ({sentence[:300]}).", where, 1)


if __name__ == "__main__":
    sys.exit(main())
