"""Addresses that may be asked, and where an answer may send the client.

What belongs here: those two rules. What does not: asking (``http``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from indforecast.domain.errors import InputError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_NOT_PLAIN = re.compile(r"[\x00-\x20\x7f-\uffff]")


def checked(url: str) -> SplitResult:
    """The parts of an address, its fragment cut off.

    Raises
    ------
    InputError
        If it is not ``http`` or ``https``, names no host, names a user, or holds spaces or anything beyond ASCII.
    """
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or parts.username is not None or _NOT_PLAIN.search(url):
        raise InputError(
            f"'{on_one_line(url)}' is no address that can be asked.",
            hint="An address begins with https:// and holds neither spaces nor a user.",
        )
    return parts._replace(fragment="", path=parts.path or "/")


def redirected(place: SplitResult, location: str) -> SplitResult | None:
    """Where an answer sends the client, if it may be followed there: same host and port, or from http to https.

    Another host is another publisher, and would see what was asked; another port may be a service of the inside.

    Parameters
    ----------
    place : SplitResult
        The address that was asked.
    location : str
        ``Location`` of its answer.
    """
    try:
        to = checked(urljoin(urlunsplit(place), location))
    except (InputError, ValueError):
        return None
    if to.hostname != place.hostname:
        return None
    same = (to.scheme, to.port) == (place.scheme, place.port)
    safer = (place.scheme, place.port or 80, to.scheme, to.port or 443) == ("http", 80, "https", 443)
    return to if same or safer else None


def on_one_line(text: str, most: int = 160) -> str:
    """Text from outside as it may stand in a message."""
    plain = "".join(letter if letter.isprintable() else "_" for letter in text[: most + 1])
    return plain if len(plain) <= most else f"{plain[:most]}…"
