"""``ingest --preview``: what would be understood of files, before anything is stored.

What belongs here: showing it. What does not: understanding (``sources``), taking files in (``cli_cycle``). Nothing
is written: neither store nor log nor quarantine.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path


def show_understanding(
    home: Path,
    files: tuple[Path, ...],
    settings_file: Path | None,
    as_json: bool,
    publisher: str | None = None,
) -> int:
    """Read files and say how each was understood.

    Parameters
    ----------
    home : Path
        The mappings in its folder ``publishers`` are used; it need not exist.
    files : tuple of Path
        The files.
    settings_file : Path, optional
        Settings on top of the packaged ones; they name the publishers whose downloads are understood.
    as_json : bool
        For a program, with every line that was left out.
    publisher : str, optional
        Key of the mapping to read them with.

    Returns
    -------
    int
        Exit code.

    Raises
    ------
    InputError
        At the first file that cannot be understood; those before it were shown.
    """
    from indforecast.config import load_settings
    from indforecast.sources.drop_folder import read_incoming
    from indforecast.sources.file_drop import FileDrop
    from indforecast.sources.mapping import load_publishers
    from indforecast.sources.publishers import make_publishers, understand_file

    tables = home / "publishers" / "tables"
    source = FileDrop(publishers=load_publishers(home / "publishers"), chosen=publisher)
    told = []
    for path in files:
        incoming = read_incoming(path)
        understanding = understand_file(
            incoming.content, incoming.name, lambda: make_publishers(load_settings(settings_file), tables), source
        )
        told.append(understanding.to_dict())
        if not as_json:
            click.echo("\n".join(understanding.lines()))
    if as_json:
        click.echo(json.dumps({"status": "previewed", "files": told}, ensure_ascii=False, indent=2))
    else:
        click.echo("\nNothing was written. Values are checked when the file is taken in.")
    return 0
