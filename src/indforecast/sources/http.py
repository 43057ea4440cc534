"""Asking a publisher over the network, on bad days too: retries, deadlines, limits, one sentence when it fails.

What belongs here: which answer is good, which is asked for again, which ends it. What does not: one exchange on
the wire (``http_exchange``), how long to wait (``http_waiting``), which addresses (``http_address``), what a
publisher's answer means.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlunsplit

from indforecast.domain.errors import InputError, SourceUnavailable
from indforecast.sources.http_address import checked, on_one_line, redirected
from indforecast.sources.http_policy import HttpPolicy
from indforecast.sources.http_validators import conditions, validator_of
from indforecast.sources.http_waiting import asked_to_wait, http_date, pause

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType
    from urllib.parse import SplitResult

    from indforecast.sources.http_exchange import Exchange, Wire

__all__ = ["Answer", "HttpClient", "HttpPolicy", "HttpRefusal", "NotModified"]

_REDIRECTS: Final = (301, 302, 303, 307, 308)
_ASK_AGAIN: Final = (408, 429, 500, 502, 503, 504)
_WEB_PAGE: Final = (b"<!doctype html", b"<html", b"<head", b"<body")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_LATER: Final = "Check the network and try again later; everything goes on with what is stored."
_MEANING: Final = {
    400: "does not understand the question", 401: "asks for a password", 403: "does not allow the question",
    404: "does not know the address", 406: "does not offer the form that was asked for",
    407: "is behind a proxy that asks for a password", 408: "waited too long", 410: "no longer has the address",
    413: "finds what was asked for too large", 414: "finds the address too long", 429: "is asked too often",
    500: "has a fault", 501: "cannot do that", 502: "has a fault behind it", 503: "is not available now",
    504: "got no answer in time from behind",
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """A whole answer with status 200, of a type that was asked for.

    Parameters
    ----------
    url : str
        The address as it was asked, without its fragment.
    content : bytes
        The body, decompressed.
    content_type : str
        Media type in lower case, without parameters.
    validator : str, optional
        The server's ``ETag`` and ``Last-Modified``, opaque; to be handed in under ``url`` next time.
    last_modified : datetime, optional
        The server's ``Last-Modified``.
    """

    url: str
    content: bytes
    content_type: str
    validator: str | None = None
    last_modified: datetime | None = None


@dataclass(frozen=True)
class NotModified:
    """The server says that its answer is still the one whose validators were handed in."""

    url: str


class HttpRefusal(InputError):
    """The server understood who asks and said no, or answered with something else.

    Parameters
    ----------
    message, hint : str
        As every error of the house.
    status : int
        Of the answer.
    body : bytes
        The beginning of its body, where a publisher may have said more. Not to be shown unread.
    """

    def __init__(self, message: str, *, hint: str, status: int, body: bytes = b"") -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.body = body


class _AskAgain(Exception):
    """Why an attempt failed, as the end of a sentence that begins with the host."""

    def __init__(self, reason: str, wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_seconds = wait_seconds


@dataclass
class HttpClient:
    """Does the requests of all publishers; keeps connections, but no cookies and no passwords.

    Parameters
    ----------
    policy : HttpPolicy
        Time-outs, retries, limits.
    sleep : callable
        Waits some seconds between attempts.
    clock : callable
        Seconds that only ever rise.
    """

    policy: HttpPolicy = field(default_factory=HttpPolicy)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _wire: Wire | None = field(default=None, init=False, repr=False)

    def get(
        self, url: str, *, accept: str | Sequence[str], validators: Mapping[str, str] = _NOTHING
    ) -> Answer | NotModified:
        """Ask for one address until it answers, or until it is clear that it will not.

        Parameters
        ----------
        url : str
            ``http`` or ``https``, without a user.
        accept : str or sequence of str
            Media types that are understood, the preferred one first.
        validators : mapping of str to str
            ``Answer.validator`` of earlier answers by address; one of this address makes the request conditional.

        Returns
        -------
        Answer or NotModified
            ``NotModified`` only when a validator of this address was handed in.

        Raises
        ------
        SourceUnavailable
            If the host cannot be reached, is too slow, or fails at every attempt.
        InputError
            If the address is none, or the host answers with something else than what was asked for
            (:class:`HttpRefusal`).
        """
        asked = checked(url)
        types = (accept,) if isinstance(accept, str) else tuple(accept)
        address = urlunsplit(asked)
        # The last one keeps servers from refusing; the type that comes is judged here anyway.
        headers = {"Accept": ", ".join((*types, "*/*;q=0.1")), **conditions(validators.get(address))}
        end = self.clock() + self.policy.total_seconds
        for attempt in range(1, self.policy.attempts + 1):
            try:
                return self._attempt(asked, headers, types, end)
            except _AskAgain as failure:
                reason, wait = failure.reason, failure.wait_seconds
            if attempt == self.policy.attempts:
                break
            if wait is not None and wait > self.policy.longest_wait_seconds:
                reason += f" and asks to be left alone for {wait:,.0f} seconds"
                break
            if wait is None:
                wait = pause(address, attempt, self.policy.backoff_seconds, self.policy.longest_wait_seconds)
            if self.clock() + wait >= end:
                reason += f"; {self.policy.total_seconds:g} seconds are over"
                break
            self.sleep(wait)
        times = f" (asked {attempt} times)" if attempt > 1 else ""
        raise SourceUnavailable(f"{asked.netloc} {reason}{times}.", hint=_LATER)

    def close(self) -> None:
        """Let connections go; the client can be used again."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _attempt(
        self, asked: SplitResult, headers: Mapping[str, str], types: tuple[str, ...], end: float
    ) -> Answer | NotModified:
        place = asked
        for _ in range(self.policy.redirects + 1):
            got = self._exchange(place, headers, end)
            if got.status not in _REDIRECTS:
                return self._judged(asked, got, types, conditional=len(headers) > 1)
            location = got.headers.get("location", "")
            to = redirected(place, location)
            if to is None:
                raise HttpRefusal(
                    f"{place.netloc} sends the request to another address, {on_one_line(location)}, which is not"
                    " followed.",
                    hint="If the publisher has moved, enter its new address in the settings of this source.",
                    status=got.status,
                )
            place = to
        raise HttpRefusal(
            f"{asked.netloc} sends the request on and on ({self.policy.redirects} times).",
            hint="Check the address in the settings of this source.",
            status=got.status,
        )

    def _exchange(self, place: SplitResult, headers: Mapping[str, str], end: float) -> Exchange:
        # Here and not above: importing requests takes a while, and most commands never go to the network.
        from indforecast.sources.http_exchange import TooLarge, Unreachable, Wire

        if self._wire is None:
            self._wire = Wire(self.policy)
        left = end - self.clock()
        if left <= 0:
            raise _AskAgain("did not answer in time")
        try:
            return self._wire.exchange(urlunsplit(place), headers, min(left, self.policy.answer_seconds))
        except TooLarge:
            raise HttpRefusal(
                f"{place.netloc} answers with more than {self.policy.body_bytes:,} bytes.",
                hint="Ask for less, or raise the limit in the settings of this source.",
                status=200,
            ) from None
        except Unreachable as error:
            if error.again:
                raise _AskAgain(error.reason) from None
            raise SourceUnavailable(f"{place.netloc} {error.reason}.", hint=error.hint or _LATER) from None

    def _judged(
        self, asked: SplitResult, got: Exchange, types: tuple[str, ...], *, conditional: bool
    ) -> Answer | NotModified:
        host, url = asked.netloc, urlunsplit(asked)
        if got.status == 304 and conditional:
            return NotModified(url)
        if got.status in _ASK_AGAIN:
            raise _AskAgain(_status(got.status), asked_to_wait(got.headers))
        if got.status != 200:
            unavailable = got.status >= 500 or got.status == 407
            if unavailable:
                raise SourceUnavailable(f"{host} {_status(got.status)}.", hint=_LATER)
            raise HttpRefusal(
                f"{host} {_status(got.status)}: {on_one_line(url)}.",
                hint="Check the address, the table and the settings of this source; it may have moved.",
                status=got.status,
                body=got.content,
            )
        if not got.content:
            raise _AskAgain("answers with nothing")
        kind = got.headers.get("content-type", "").split(";")[0].strip().lower()
        web_page = got.content.lstrip()[:20].lower().startswith(_WEB_PAGE)
        if kind not in types or (web_page and "text/html" not in types):
            what = "a web page (HTML)" if web_page or kind == "text/html" else f"'{on_one_line(kind)}'"
            raise HttpRefusal(
                f"{host} answers with {what} where {types[0]} was asked for: {on_one_line(url)}.",
                hint="Open the address in a browser: a log-in or maintenance page may stand in between, or the"
                " publisher has changed its service.",
                status=200,
                body=got.content[:4_000],
            )
        return Answer(
            url,
            got.content,
            kind,
            validator_of(got.headers),
            http_date(got.headers.get("last-modified", "")),
        )


def _status(status: int) -> str:
    meaning = _MEANING.get(status)
    return f"answers {status}" if meaning is None else f"{meaning} (status {status})"
