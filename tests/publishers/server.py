"""A publisher's web server on loopback, and its bad days.

``LoopbackServer`` answers with an *application* (a function from ``Request`` to ``Reply``) over real HTTP/1.1
sockets: content length, ETag and 304, gzip where the client takes it, keep-alive. A *day* takes the place of the
good answer to one request: ``server.bad(unavailable(), truncated())`` spoils the next two,
``server.always(reset())`` all.
What belongs here: HTTP. What does not: what a publisher says (``eurostat_service``, ``statline_service``).

    with LoopbackServer(lambda request: Reply(b"{}", "application/json")) as server:
        server.bad(too_many_requests(retry_after=7), on="/data/")
        ...HttpClient(...).get(f"{server.address}/data/1", accept="application/json")
        assert [request.path for request in server.requests] == ["/data/1", "/data/1"]
"""

from __future__ import annotations

import gzip
import hashlib
import socket
import ssl
import struct
import threading
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.utils import formatdate, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

_PIECE = b"0123456789abcdef" * 256


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    target: str


@dataclass(frozen=True)
class Reply:
    """A good answer. ``headers`` come on top of those that the server writes."""

    body: bytes
    content_type: str
    status: int = 200
    last_modified: float | None = None
    headers: dict[str, str] = field(default_factory=dict)
    etag: bool = True


#: Puts something on the wire in the place of a good answer.
Day = Callable[["Exchange"], None]


class Exchange:
    """One request and the socket to spoil the answer on."""

    def __init__(self, handler: BaseHTTPRequestHandler, reply: Reply, stopping: threading.Event) -> None:
        self.handler = handler
        self.reply = reply
        self.stopping = stopping

    def head(self, status: int, headers: dict[str, str]) -> None:
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()

    def whole(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.head(status, {"Content-Length": str(len(body)), **headers})
        self.write(body)

    def write(self, piece: bytes) -> None:
        self.handler.wfile.write(piece)
        self.handler.wfile.flush()

    def hang_up(self) -> None:
        self.handler.close_connection = True

    def drip(self, content: bytes, seconds: float) -> None:
        """Write byte by byte, so that no read time-out ever sees silence."""
        for at in range(len(content)):
            if self.stopping.wait(seconds):
                return
            self.write(content[at : at + 1])


class LoopbackServer:
    """Use as a context manager; ``address`` is where it listens."""

    def __init__(self, application: Callable[[Request], Reply], tls: ssl.SSLContext | None = None) -> None:
        self.application = application
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self._next: deque[tuple[str, Day]] = deque()
        self._all: list[tuple[str, Day]] = []
        self._stopping = threading.Event()
        self._server = _Quiet(("127.0.0.1", 0), _handler(self))
        self._scheme = "http" if tls is None else "https"
        if tls is not None:
            # The handshake is each connection's own affair: here it would hold up everybody.
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def bad(self, *days: Day, on: str = "") -> None:
        """The next requests whose target holds ``on`` meet these days, one each; then all is well."""
        with self._lock:
            self._next.extend((on, day) for day in days)

    def always(self, day: Day | None, on: str = "") -> None:
        """Every request whose target holds ``on`` meets this day; None makes all well again."""
        with self._lock:
            self._all = [] if day is None else [(on, day)]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def day_of(self, request: Request) -> Day | None:
        with self._lock:
            self.requests.append(request)
            for at, (on, day) in enumerate(self._next):
                if on in request.target:
                    del self._next[at]
                    return day
            return next((day for on, day in self._all if on in request.target), None)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        request = Request(
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in handler.headers.items()},
            handler.path,
        )
        day = self.day_of(request)
        exchange = Exchange(handler, self.application(request), self._stopping)
        (day or good(request))(exchange)


def good(request: Request) -> Day:
    """As a well-behaved server answers."""

    def day(exchange: Exchange) -> None:
        reply = exchange.reply
        headers = {"Content-Type": reply.content_type, **reply.headers}
        tag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
        if reply.status == 200 and reply.etag:
            headers["ETag"] = tag
        if reply.last_modified is not None:
            headers["Last-Modified"] = formatdate(reply.last_modified, usegmt=True)
        if reply.status == 200 and _unchanged(request, tag if reply.etag else None, reply.last_modified):
            exchange.head(304, {name: headers[name] for name in ("ETag", "Last-Modified") if name in headers})
            return
        body = reply.body
        if "gzip" in request.headers.get("accept-encoding", "") and len(body) > 200:
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        exchange.whole(reply.status, body, headers)

    return day


def status(code: int, body: bytes = b"", content_type: str = "text/plain", **headers: str) -> Day:
    """An error answer; ``Retry_After="7"`` becomes that header."""
    extra = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda exchange: exchange.whole(code, body, {"Content-Type": content_type, **extra})


def too_many_requests(retry_after: int | str | None = None) -> Day:
    """429, with seconds or an HTTP date, or without saying how long."""
    return status(429) if retry_after is None else status(429, Retry_After=str(retry_after))


def unavailable(retry_after: int | str | None = None) -> Day:
    """503."""
    return status(503) if retry_after is None else status(503, Retry_After=str(retry_after))


def truncated(share: float = 0.5) -> Day:
    """All of the length is announced, some of it comes, and the connection closes."""

    def day(exchange: Exchange) -> None:
        body = exchange.reply.body
        exchange.head(200, {"Content-Type": exchange.reply.content_type, "Content-Length": str(len(body))})
        exchange.write(body[: int(len(body) * share)])
        exchange.hang_up()

    return day


def truncated_chunks(share: float = 0.5) -> Day:
    """The same in chunks: the closing one never comes."""

    def day(exchange: Exchange) -> None:
        piece = exchange.reply.body[: int(len(exchange.reply.body) * share)]
        exchange.head(200, {"Content-Type": exchange.reply.content_type, "Transfer-Encoding": "chunked"})
        exchange.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        exchange.hang_up()

    return day


def truncated_gzip() -> Day:
    """A compressed body that was cut before it was counted: only its own trailer is missing."""

    def day(exchange: Exchange) -> None:
        body = gzip.compress(exchange.reply.body, mtime=0)[:-9]
        exchange.whole(200, body, {"Content-Type": exchange.reply.content_type, "Content-Encoding": "gzip"})

    return day


def without_length() -> Day:
    """A body that ends when the connection does, which may be anywhere."""

    def day(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": exchange.reply.content_type, "Connection": "close"})
        exchange.write(exchange.reply.body)
        exchange.hang_up()

    return day


def chunked(size: int = 50) -> Day:
    """A good answer in chunks."""

    def day(exchange: Exchange) -> None:
        body = exchange.reply.body
        exchange.head(200, {"Content-Type": exchange.reply.content_type, "Transfer-Encoding": "chunked"})
        for at in range(0, len(body), size):
            piece = body[at : at + size]
            exchange.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        exchange.write(b"0\r\n\r\n")

    return day


def changed(change: Callable[[bytes], bytes]) -> Day:
    """The good answer with its body changed: a column renamed, a figure negative."""

    def day(exchange: Exchange) -> None:
        reply = replace(exchange.reply, body=change(exchange.reply.body))
        exchange.whole(reply.status, reply.body, {"Content-Type": reply.content_type})

    return day


def html_page(declared: str = "text/html; charset=utf-8") -> Day:
    """A log-in or maintenance page with status 200; ``declared`` lets it claim to be something else."""
    page = b"<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body>Back soon.</body></html>"
    return lambda exchange: exchange.whole(200, page, {"Content-Type": declared})


def slow_drip(seconds: float = 0.02) -> Day:
    """A body that comes byte by byte."""

    def day(exchange: Exchange) -> None:
        body = exchange.reply.body.ljust(100_000)
        exchange.head(200, {"Content-Type": exchange.reply.content_type, "Content-Length": str(len(body))})
        exchange.drip(body, seconds)
        exchange.hang_up()

    return day


def slow_head(seconds: float = 0.02) -> Day:
    """A head that comes byte by byte."""

    def day(exchange: Exchange) -> None:
        exchange.drip(b"HTTP/1.1 200 OK\r\nX-Padding: " + b"x" * 60_000, seconds)
        exchange.hang_up()

    return day


def silence() -> Day:
    """Accepts the request and never answers."""

    def day(exchange: Exchange) -> None:
        exchange.stopping.wait(60)
        exchange.hang_up()

    return day


def reset() -> Day:
    """The connection is reset in the middle of the body."""

    def day(exchange: Exchange) -> None:
        body = exchange.reply.body
        exchange.head(200, {"Content-Type": exchange.reply.content_type, "Content-Length": str(len(body) + 10)})
        exchange.write(body[:10])
        _reset(exchange)

    return day


def hang_up() -> Day:
    """The connection is reset before anything is said."""
    return _reset


def half_a_head() -> Day:
    """The connection closes in the middle of the head."""

    def day(exchange: Exchange) -> None:
        exchange.write(f"HTTP/1.1 200 OK\r\nContent-Type: {exchange.reply.content_type}\r\nContent-Len".encode())
        exchange.hang_up()

    return day


def redirect(to: str, code: int = 302) -> Day:
    """Elsewhere."""
    return status(code, Location=to)


def endless() -> Day:
    """A body without end."""

    def day(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": exchange.reply.content_type, "Transfer-Encoding": "chunked"})
        try:
            while not exchange.stopping.is_set():
                exchange.write(b"%x\r\n%s\r\n" % (len(_PIECE), _PIECE))
        finally:
            exchange.hang_up()

    return day


def announced(length: int) -> Day:
    """A length beyond all measure."""

    def day(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": exchange.reply.content_type, "Content-Length": str(length)})
        exchange.hang_up()

    return day


def gzip_bomb(megabytes: int = 200) -> Day:
    """A small body that is very large once decompressed."""

    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    million = b"0" * 1_000_000
    body = b"".join(squeeze.compress(million) for _ in range(megabytes)) + squeeze.flush()

    def day(exchange: Exchange) -> None:
        exchange.whole(200, body, {"Content-Type": exchange.reply.content_type, "Content-Encoding": "gzip"})

    return day


def raw(content: bytes) -> Day:
    """Any bytes, and the connection closes."""

    def day(exchange: Exchange) -> None:
        exchange.write(content)
        exchange.hang_up()

    return day


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _reset(exchange: Exchange) -> None:
    connection = exchange.handler.connection
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.handler.wfile.flush()
    exchange.hang_up()
    connection.close()


def _unchanged(request: Request, tag: str | None, last_modified: float | None) -> bool:
    """RFC 9110: If-None-Match wins over If-Modified-Since."""
    wanted = request.headers.get("if-none-match")
    if wanted is not None and tag is not None:
        return tag in [one.strip().removeprefix("W/") for one in wanted.split(",")]
    since = request.headers.get("if-modified-since")
    if since is None or last_modified is None:
        return False
    return int(last_modified) <= parsedate_to_datetime(since).timestamp()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the exercise."""


def _handler(server: LoopbackServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body are written apart; without this each answer waits 40 ms for the other side's nod.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            server.answer(self)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
