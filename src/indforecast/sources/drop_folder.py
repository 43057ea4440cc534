"""Files as operators hand them in: named on the command line, or put into the drop folder.

What belongs here: finding and reading them, within limits. What does not: understanding them (``file_drop``),
moving them: nothing is ever taken out of the drop folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from indforecast.domain.errors import InputError
from indforecast.domain.files import sha256_hex
from indforecast.sources.delimited_text import Limits

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from pathlib import Path

#: Endings of files that a program is still writing.
_UNFINISHED: Final = (".part", ".tmp", ".crdownload", ".swp", "~")


@dataclass(frozen=True)
class Incoming:
    """One file on its way in: its plain name, its bytes, and the publisher that an operator named, if any."""

    name: str
    content: bytes
    publisher: str | None = None


def read_incoming(path: Path) -> Incoming:
    """A file that an operator names or drops.

    Raises
    ------
    InputError
        If it is no file, too large, or cannot be read.
    """
    most = Limits().bytes
    try:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            raise InputError(f"'{path}' {what}.", hint="Name the file of one delivery.")
        size = path.stat().st_size
        if size > most:
            raise InputError(
                f"'{path}' is {size:,} bytes, more than the {most:,} that are read.",
                hint="Split it into several deliveries.",
            )
        return Incoming(path.name, path.read_bytes())
    except OSError as error:
        raise InputError(
            f"'{path}' cannot be read: {error.strerror}.", hint="Check its name and rights."
        ) from None


def dropped_files(folder: Path) -> list[Path]:
    """Plain files in the drop folder, then those in its folders of publishers, by name.

    Hidden and half-written ones are left alone, and so is what lies deeper.
    """
    if not folder.is_dir():
        return []
    folders = [folder, *sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")]
    return [
        path
        for one in folders
        for path in sorted(one.iterdir())
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(_UNFINISHED)
    ]


def publisher_of(path: Path, folder: Path) -> str | None:
    """The publisher that a dropped file's folder names: ``cbs`` for ``drop/cbs/file.csv``; None directly below.

    Parameters
    ----------
    path : Path
        A file.
    folder : Path
        The drop folder.
    """
    return path.parent.name if path.parent.parent == folder else None


def waiting_files(folder: Path, dealt_with: Container[str]) -> list[Path]:
    """Files in the drop folder whose content was not dealt with yet, by name; equal files once.

    Parameters
    ----------
    folder : Path
        The drop folder; it need not exist.
    dealt_with : container of str
        Delivery ids that were appended or refused.
    """
    return without_known(dropped_files(folder), dealt_with)


def without_known(paths: Sequence[Path], dealt_with: Container[str]) -> list[Path]:
    """Those files whose content was not dealt with yet, in their order; equal files once.

    Parameters
    ----------
    paths : sequence of Path
        Files.
    dealt_with : container of str
        Delivery ids that were appended or refused.
    """
    found: dict[str, Path] = {}
    for path in paths:
        found.setdefault(sha256_hex(read_incoming(path).content), path)
    return [path for delivery_id, path in found.items() if delivery_id not in dealt_with]
