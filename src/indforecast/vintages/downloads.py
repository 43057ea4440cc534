"""Downloads: editions of sources on the network, as they wait to be taken in, and what was seen of each source.

What belongs here: keeping both, and one fetch of a source at a time. What does not: asking a publisher
(``sources``), the raw copies (``raw``), which are what counts.

``downloads/<source>/<edition>.zip`` with ``downloads/<source>/seen.json`` beside it. What was seen spares a
download and nothing else: without it, or when it is damaged, the publisher is asked for everything again.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock, Timeout

from indforecast.domain.errors import StoreLocked
from indforecast.domain.files import plain_file_name, sha256_hex
from indforecast.vintages.atomic import write_atomically
from indforecast.vintages.failures import explained

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SEEN: Final = "seen.json"
_LOCK: Final = "fetch.lock"
_ENDING: Final = ".zip"
_MOST_BYTES: Final = 1_000_000
_SHORT: Final = 8


class Downloads:
    """The downloads of one home folder; making one touches nothing.

    Parameters
    ----------
    home : Path
        Folder of the store.
    """

    def __init__(self, home: Path) -> None:
        self.root = home / "downloads"
        self._locks: dict[str, FileLock] = {}

    @contextmanager
    def held(self, source: str) -> Iterator[None]:
        """Keep other fetches of a source out; entering again in the same thread of the same object is free.

        Raises
        ------
        StoreLocked
            If another process or thread fetches it.
        StoreUnavailable
            If the folder cannot be written.
        """
        folder = self._folder(source)
        with explained(str(folder)):
            folder.mkdir(parents=True, exist_ok=True)
            lock = self._locks.setdefault(source, FileLock(folder / _LOCK))
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise StoreLocked(
                    f"Another process is fetching {source} into {folder}.",
                    hint="Wait for it to end; it takes in what it finds.",
                ) from None
        try:
            yield
        finally:
            lock.release()

    def keep(self, source: str, name: str, content: bytes) -> Path:
        """Write an edition whole; another one of the same name stays, and this one is named by its hash as well.

        Returns
        -------
        Path
            Where it stands.
        """
        folder = self._folder(source)
        plain = plain_file_name(name).removesuffix(_ENDING)
        with explained(str(folder)):
            path = folder / f"{plain}{_ENDING}"
            if path.exists() and path.read_bytes() != content:
                path = folder / f"{plain}-{sha256_hex(content)[:_SHORT]}{_ENDING}"
            if not path.exists():
                write_atomically(path, content)
        return path

    def kept(self, source: str) -> list[Path]:
        """Every edition of a source that still stands here, by name."""
        folder = self._folder(source)
        with explained(str(folder)):
            return sorted(folder.glob(f"*{_ENDING}")) if folder.is_dir() else []

    def seen(self, source: str) -> dict[str, Any]:
        """What was noted last; empty when nothing was, or when it cannot be read."""
        path = self._folder(source) / _SEEN
        try:
            if path.stat().st_size > _MOST_BYTES:
                return {}
            content = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}

    def note_seen(self, source: str, seen: Mapping[str, Any]) -> None:
        """Note what was seen, for the next fetch. To be called once the raw copy is kept, never before."""
        folder = self._folder(source)
        with explained(str(folder)):
            text = json.dumps(seen, indent=1, sort_keys=True, ensure_ascii=False)
            write_atomically(folder / _SEEN, text.encode() + b"\n")

    def _folder(self, source: str) -> Path:
        return self.root / plain_file_name(source)
