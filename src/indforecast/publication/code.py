"""Which code made a release: a version and a hash over the library's own files.

What belongs here: naming the code by its content. What does not: git. A commit says nothing about uncommitted
changes and does not exist in an installed wheel; the hash covers exactly what ran, in a checkout and in a wheel
alike (``docs/methods/release.md``).
"""

from __future__ import annotations

import hashlib
import re
import sys
from importlib import metadata, resources
from typing import TYPE_CHECKING, Final

import indforecast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

_MARK: Final = "+sha256."
_SKIPPED: Final = ("__pycache__", ".pyc", ".pyo")


def code_version() -> str:
    """Package version and SHA-256 over every file of the package: ``0.1.0+sha256.<64 hexadecimal digits>``.

    Modules and packaged resources (settings, reference figures, templates) count alike, because each of them can
    change a release. Compiled caches do not.
    """
    digest = hashlib.sha256()
    for name, content in sorted(_files(resources.files("indforecast"))):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return f"{indforecast.__version__}{_MARK}{digest.hexdigest()}"


def split_code_version(text: str) -> tuple[str, str | None]:
    """Version and source hash of a :func:`code_version`; the hash is None when the text holds none."""
    version, mark, source = text.partition(_MARK)
    return version, source if mark else None


def library_versions() -> dict[str, str]:
    """Versions of Python and of every library the package requires: with the code hash, all that a rebuild needs.

    Empty but for Python when the package's metadata are not installed.
    """
    versions = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    try:
        required = metadata.requires("indforecast") or []
    except metadata.PackageNotFoundError:
        return versions
    for line in required:
        match = re.match(r"[A-Za-z0-9_.-]+", line)
        if match is None or "extra ==" in line:
            continue
        try:
            versions[match[0].lower()] = metadata.version(match[0])
        except metadata.PackageNotFoundError:
            continue
    return dict(sorted(versions.items()))


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.name.endswith(_SKIPPED) or entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_bytes()
