"""The command ``dev``: Dagster's UI and daemon on the house of an operator.

What belongs here: what must be free before Dagster starts, and starting it. What does not: Dagster's instance and
definitions (``pipelines``).
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Final

import click

from indforecast.cli_house import open_house, require_pipelines, settings_option

_LOOPBACK: Final = "127.0.0.1"
_LAST_PORT: Final = 65535
#: Dagster would have everybody use another program, which this checkout does not need.
_QUIET: Final = "ignore:Function `dev_command` is superseded"


@click.command(
    epilog="""\b
Examples:
  indforecast dev
  indforecast dev --port 3001
"""
)
@click.option(
    "--port", type=click.IntRange(1024, _LAST_PORT), default=3000, show_default=True, help="Port on loopback."
)
@settings_option
@click.pass_obj
def dev(home: Path, port: int, settings_file: Path | None) -> None:
    """Open the Dagster UI with its daemon on this machine; end it with Ctrl-C.

    Runs made with 'indforecast run' stand in it. Schedules and sensor are off until they are switched on there, so
    that nothing is published and no publisher is asked by itself; the sensor takes in what is put into the drop
    folder, 'drop' in the home, and what was fetched. The command stays at work until it is ended, and therefore
    has no --json.
    """
    require_pipelines()
    from pipelines.instance import open_instance, prepare_instance
    from pipelines.resources import ROOT

    house = open_house(home, settings_file)
    house.settings()
    house.drop.mkdir(parents=True, exist_ok=True)
    folder = prepare_instance(home)
    require_free_port(port)
    claim_home(folder)
    with open_instance(home):
        pass  # Its pools are known before the daemon starts the first run.
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(folder),
        "INDFORECAST_HOME": str(home),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONWARNINGS": ",".join(filter(None, [os.environ.get("PYTHONWARNINGS"), _QUIET])),
    }
    if settings_file is not None:
        environment["INDFORECAST_CONFIG"] = str(settings_file.absolute())
    click.echo(f"Dagster UI   http://{_LOOPBACK}:{port}  (Ctrl-C ends it)")
    click.echo(f"home         {home}")
    click.echo(f"drop folder  {house.drop}")
    sys.stdout.flush()
    # Whatever Dagster leaves in its current folder stays in the house.
    os.chdir(folder)
    workspace = str(ROOT / "workspace.yaml")
    command = [sys.executable, "-m", "dagster", "dev", "-h", _LOOPBACK, "-p", str(port), "-w", workspace]
    os.execve(sys.executable, command, environment)  # noqa: S606 - our own interpreter, no shell


def require_free_port(port: int) -> None:
    """Dagster would only log that its port is taken, and stay.

    Raises
    ------
    InputError
        If something listens there.
    """
    from indforecast.domain.errors import InputError

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((_LOOPBACK, port))
        except OSError as error:
            other = port + 1 if port < _LAST_PORT else port - 1
            raise InputError(
                f"Port {port} on {_LOOPBACK} cannot be used: {(error.strerror or str(error)).lower()}.",
                hint=f"Choose another one with --port, for example --port {other}.",
            ) from None


def claim_home(folder: Path) -> int:
    """Take the place of the one ``dev`` that a home may have; two daemons would both start its schedules.

    Parameters
    ----------
    folder : Path
        The Dagster folder of the home.

    Returns
    -------
    int
        Descriptor that holds the claim; it is inherited by the program that takes this process over, and the
        claim ends with that.

    Raises
    ------
    StoreLocked
        If another one is at work there.
    StoreUnavailable
        If the folder cannot be written.
    """
    import fcntl

    from indforecast.domain.errors import StoreLocked
    from indforecast.vintages.failures import explained

    path = folder / "dev.lock"
    with explained(str(path)):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 20).decode("ascii", errors="replace").strip()
        os.close(descriptor)
        raise StoreLocked(
            f"Another 'indforecast dev' is at work on {folder.parent}"
            f"{f', process {holder}' if holder.isdigit() else ''}.",
            hint="Use that one, end it with Ctrl-C, or name another home with 'indforecast --home FOLDER dev'.",
        ) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
    os.set_inheritable(descriptor, True)
    return descriptor
