"""The house that commands work in: options they share, its folder, its log.

What belongs here: what ``run``, ``ingest`` and ``dev`` need before they begin. What does not: what they do
(``cli_cycle``, ``cli_dev``).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from types import ModuleType

    from pipelines.resources import House

json_option = click.option("--json", "as_json", is_flag=True, help="Answer with JSON on standard output.")
settings_option = click.option(
    "--config",
    "settings_file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="INDFORECAST_CONFIG",
    show_envvar=True,
    help="TOML with settings on top of the packaged ones.",
)


def require_pipelines() -> ModuleType:
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


def open_house(home: Path, settings_file: Path | None) -> House:
    """The house of a command, with its log open.

    Parameters
    ----------
    home : Path
        The home folder.
    settings_file : Path, optional
        TOML on top of the packaged settings.

    Raises
    ------
    StoreUnavailable
        If the home cannot be written.
    """
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
