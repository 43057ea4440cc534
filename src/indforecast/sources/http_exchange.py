"""One question and one whole answer on the wire.

What belongs here: whether a body came whole and in time, decompression within limits, what went wrong in words.
What does not: connections (``http_connection``), what an answer is worth and whether to ask again (``http``).
Imported by ``http`` alone, inside a function, because ``requests`` takes a while to import.
"""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final

import requests
import urllib3

from indforecast.sources.http_connection import Alarm, PromptAdapter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indforecast.sources.http_policy import HttpPolicy

_PIECE: Final = 65_536
_PLAIN: Final = ("", "identity")
_SHORT_BODY: Final = 65_536
_GZIP: Final = 31  # zlib's code for "gzip and nothing else"
_CERTIFICATE: Final = (
    "Its certificate cannot be verified: a proxy of the network may need its own certificate to be trusted"
    " (REQUESTS_CA_BUNDLE), or the computer's clock is wrong."
)


class TooLarge(Exception):
    """The body is larger than the limit."""


class Unreachable(Exception):
    """No whole answer came.

    Parameters
    ----------
    reason : str
        The end of a sentence that begins with the host.
    again : bool
        Whether asking again may help.
    hint : str, optional
        What to do, where it is something special.
    """

    def __init__(self, reason: str, *, again: bool = True, hint: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.hint = hint


@dataclass(frozen=True)
class Exchange:
    """What came back.

    Parameters
    ----------
    status : int
        Of the answer.
    headers : mapping of str to str
        Names in lower case.
    content : bytes
        Body, decompressed; of an answer that is not 200 only its beginning.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes


class Wire:
    """Connections to publishers.

    Parameters
    ----------
    policy : HttpPolicy
        Time-outs and limits.
    """

    def __init__(self, policy: HttpPolicy) -> None:
        self._policy = policy
        self._session = requests.Session()
        self._session.trust_env = policy.proxies
        # An authentication that does nothing, so that requests does not look for passwords in a .netrc.
        self._session.auth = _nobody
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, PromptAdapter(max_retries=0))

    def close(self) -> None:
        """Let connections go."""
        self._session.close()

    def exchange(self, url: str, headers: Mapping[str, str], seconds: float) -> Exchange:
        """Ask once.

        Parameters
        ----------
        url : str
            Checked address.
        headers : mapping of str to str
            Of the request, beside the client's own.
        seconds : float
            Time for the whole answer.

        Raises
        ------
        Unreachable
            If no whole answer came in time.
        TooLarge
            If the body passes the limit.
        """
        policy = self._policy
        everything = {"User-Agent": policy.user_agent, "Accept-Encoding": "gzip", **headers}
        began = time.monotonic()
        try:
            # The adapter and not the session: that one would read a redirection's whole body, and keep cookies.
            request = self._session.prepare_request(requests.Request("GET", url, headers=everything))
            found = self._session.merge_environment_settings(url, {}, True, None, None)
            response = self._session.get_adapter(url).send(
                request,
                stream=True,
                timeout=(min(seconds, policy.connect_seconds), min(seconds, policy.read_seconds)),
                # A certificate authority of the environment's, or the packaged ones: never none.
                verify=found["verify"] or True,
                proxies=found["proxies"],
            )
            with response:
                names = {name.lower(): value for name, value in response.headers.items()}
                raw = response.raw
                if response.status_code != 200:
                    return Exchange(response.status_code, names, _beginning(raw, names))
                left = seconds - (time.monotonic() - began)
                if left <= 0:
                    raise TimeoutError
                with Alarm(left, raw.shutdown):
                    body = _whole(raw, names, policy.body_bytes)
        except (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError) as error:
            raise _unreachable(error, seconds, policy) from None
        return Exchange(response.status_code, names, _decoded(body, names, policy.body_bytes))


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _whole(raw: Any, headers: Mapping[str, str], limit: int) -> bytes:
    """The body as it is on the wire, known to be whole: reading itself fails where a length or chunk is short."""
    announced = headers.get("content-length", "")
    chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    if announced.isdecimal() and int(announced) > limit:
        raise TooLarge
    body = bytearray()
    # read1 comes back after each packet, so that a slow drip is seen; read would wait for a full piece.
    while piece := raw.read1(_PIECE, decode_content=False):
        body += piece
        if len(body) > limit:
            raise TooLarge
    # An answer that ends when the connection does may have been cut off anywhere, and a figure with it.
    plain = headers.get("content-encoding", "").strip().lower() in _PLAIN
    if not chunked and not announced.isdecimal() and plain:
        raise Unreachable("does not say how long its answer is, so that nobody can tell whether it came whole")
    return bytes(body)


def _beginning(raw: Any, headers: Mapping[str, str]) -> bytes:
    """What an error answer says, as far as it can be had at once."""
    try:
        with Alarm(2.0, raw.shutdown):
            body = raw.read1(_SHORT_BODY, decode_content=False) or b""
        if headers.get("content-encoding", "").lower() == "gzip":
            body = zlib.decompressobj(_GZIP).decompress(body, _SHORT_BODY)
        return bytes(body)
    except (urllib3.exceptions.HTTPError, HTTPException, OSError, zlib.error):
        return b""


def _decoded(body: bytes, headers: Mapping[str, str], limit: int) -> bytes:
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in _PLAIN:
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise Unreachable("compresses its answer in a way that was not asked for", again=False)
    out = b""
    try:
        while body:
            inflater = zlib.decompressobj(_GZIP)
            out += inflater.decompress(body, limit + 1 - len(out))
            if len(out) > limit:
                raise TooLarge
            if not inflater.eof:
                raise Unreachable("closed the connection in the middle of its answer")
            body = inflater.unused_data
    except zlib.error:
        raise Unreachable("sends an answer that is damaged (its compression)") from None
    return out


def _unreachable(error: Exception, seconds: float, policy: HttpPolicy) -> Unreachable:
    """Why, in words: the exceptions of four libraries, found by kind and not by text."""
    kinds = _causes(error)
    # The order matters: urllib3 counts a refused connection among time-outs, and each may lie below a proxy.
    if "ProxyError" in kinds:
        return Unreachable("could not be reached through the proxy that the environment names")
    if kinds & {"gaierror", "NameResolutionError"}:
        return Unreachable("is not known to this network; there may be no connection to the internet")
    if "ConnectionRefusedError" in kinds:
        return Unreachable("refused the connection")
    if "NewConnectionError" in kinds:
        return Unreachable("could not be connected to; there may be no connection to the internet")
    if kinds & {"ConnectTimeout", "ConnectTimeoutError"}:
        return Unreachable(f"could not be connected to within {min(seconds, policy.connect_seconds):g} seconds")
    if kinds & {"SSLError", "SSLCertVerificationError"}:
        certificate = "SSLCertVerificationError" in kinds
        return Unreachable(
            "could not be connected to safely", again=not certificate, hint=_CERTIFICATE if certificate else None
        )
    if kinds & {"ReadTimeout", "ReadTimeoutError", "TimeoutError"}:
        return Unreachable("did not answer in time")
    if kinds & {"IncompleteRead", "ChunkedEncodingError", "InvalidChunkLength"}:
        return Unreachable("closed the connection in the middle of its answer")
    if kinds & {"RemoteDisconnected", "ConnectionResetError", "ProtocolError", "BrokenPipeError"}:
        return Unreachable("closed the connection without a whole answer")
    return Unreachable("could not be asked")


def _causes(error: BaseException) -> set[str]:
    """Names of the types of an exception, of its causes and of exceptions it carries."""
    found: set[str] = set()
    open_ones: list[object] = [error]
    seen: set[int] = set()
    while open_ones:
        one = open_ones.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        found |= {kind.__name__ for kind in type(one).__mro__}
        open_ones += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found - {"Exception", "BaseException", "object", "OSError"}
