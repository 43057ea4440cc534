"""Connections that end when their time is over, whatever they are waiting for.

What belongs here: the stopwatch, and the connections of ``requests`` with it. What does not: what is asked and
what comes back (``http_exchange``). Imported by that module alone.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any, Final, Self

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from collections.abc import Callable

_HEAD_SECONDS: Final = 60.0


class Alarm:
    """Ends a connection at a time, whatever it is waiting for; leaving it then is a ``TimeoutError``.

    What was read of a connection that was ended may be cut off, or no longer deciphered, and must not be used.

    Parameters
    ----------
    seconds : float
        From entering on.
    act : callable
        Ends the connection.
    """

    def __init__(self, seconds: float, act: Callable[[], object]) -> None:
        self.rang = False
        self._act = act
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True

    def _ring(self) -> None:
        self.rang = True
        # The connection may just have ended by itself, in many ways; then there is nothing left to end.
        with contextlib.suppress(Exception):
            self._act()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self.rang:
            raise TimeoutError from None


class _PromptHead:
    """A connection whose answer's head must be whole within the read time-out.

    The standard library waits anew after every byte, and takes a head that breaks off for one that is whole.
    """

    sock: Any
    timeout: float | None

    def getresponse(self) -> Any:
        connection = self.sock
        with Alarm(self.timeout or _HEAD_SECONDS, lambda: connection.shutdown(socket.SHUT_RDWR)):
            return super().getresponse()  # type: ignore[misc]


class _Http(_PromptHead, HTTPConnection):
    pass


class _Https(_PromptHead, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class PromptAdapter(HTTPAdapter):
    """Requests' own adapter over these connections."""

    def init_poolmanager(self, *args: Any, **settings: Any) -> None:
        """As its parent, with these pools."""
        super().init_poolmanager(*args, **settings)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def proxy_manager_for(self, proxy: str, **settings: Any) -> Any:
        """As its parent, with these pools."""
        manager = super().proxy_manager_for(proxy, **settings)
        manager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
        return manager
