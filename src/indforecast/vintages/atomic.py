"""A file is written whole or not at all.

What belongs here: the one way in which this room writes plain files. What does not: Delta tables, which bring
their own transactions.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` so that ``path`` holds the old or the new bytes, never a part.

    The bytes are on disk before the name points at them. A process killed half-way leaves a hidden ``.part``
    file that nothing reads.

    Parameters
    ----------
    path : Path
        Where; missing folders are made.
    content : bytes
        What.

    Raises
    ------
    OSError
        If the disk is full or the folder may not be written; ``path`` is then unchanged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes the file private to its owner; colleagues who share the folder read it too.
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink(missing_ok=True)
        raise
    _settle_folder(path.parent)


def settle(paths: Iterable[Path]) -> None:
    """Return when these files, which someone else wrote, and their names are on the disk.

    Parameters
    ----------
    paths : iterable of Path
        Files that exist.
    """
    files = list(paths)
    for path in files:
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
    for folder in dict.fromkeys(path.parent for path in files):
        _settle_folder(folder)


def _settle_folder(folder: Path) -> None:
    # A name reaches the disk with its folder; some file systems do not offer to wait for that.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
