"""One writer at a time on one machine; readers never wait.

What belongs here: the lock on the store's home and who holds it. What does not: writers on other machines that
share tables in an object store, whom the tables' own transactions keep apart.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from indforecast.domain.errors import StoreLocked
from indforecast.vintages.atomic import write_atomically
from indforecast.vintages.failures import explained

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class HomeLock:
    """The lock of one home folder.

    The operating system frees it when its holder ends, however that happens; the file beside it that names the
    holder may then stay behind, and is believed only while the lock is held.

    Parameters
    ----------
    home : Path
        Folder of the store; made when the lock is first taken.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._holder = home / "store.lock.holder"
        self._lock = FileLock(home / "store.lock")

    @contextmanager
    def held(self, wait_seconds: float = 0) -> Iterator[None]:
        """Hold the lock; entering again in the same thread of the same object is free.

        Parameters
        ----------
        wait_seconds : float
            How long to wait for another holder.

        Raises
        ------
        StoreLocked
            If another process or thread holds it; the message says which.
        StoreUnavailable
            If the folder cannot be written.
        """
        lock = self._lock
        with explained(str(self._home)):
            self._home.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(timeout=wait_seconds)
            except Timeout:
                raise StoreLocked(
                    f"The store in {self._home} is being written by {self._who()}.",
                    hint="Wait for it to end, then run the same command again.",
                ) from None
        try:
            outermost = lock.lock_counter == 1
            if outermost:
                with explained(str(self._home)):
                    me = {"host": socket.gethostname(), "pid": os.getpid()}
                    write_atomically(self._holder, json.dumps(me, sort_keys=True).encode())
            yield
        finally:
            if lock.lock_counter == 1:
                with contextlib.suppress(OSError):
                    self._holder.unlink(missing_ok=True)
            lock.release()

    def _who(self) -> str:
        try:
            holder = json.loads(self._holder.read_bytes())
            return f"process {int(holder['pid'])} on {str(holder['host'])!r}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"
