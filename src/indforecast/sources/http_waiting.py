"""How long to wait before a publisher is asked again.

What belongs here: back-off, ``Retry-After``, dates of HTTP. What does not: whether to ask again (``http``).
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


def pause(url: str, attempt: int, first: float, longest: float) -> float:
    """Seconds before the next attempt: exponential back-off with full jitter.

    Full jitter draws evenly from nothing up to the doubling limit, so that clients which failed together do not
    come back together. The draw is a hash of address and attempt: no global randomness, and a run can be repeated.

    Parameters
    ----------
    url : str
        The address.
    attempt : int
        Attempts so far, from 1.
    first, longest : float
        Limit in seconds after the first attempt, and of every wait.
    """
    digest = hashlib.sha256(f"{url}\n{attempt}".encode()).digest()
    share = int.from_bytes(digest[:8]) / 2**64
    return share * min(longest, first * 2.0 ** (attempt - 1))


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that an answer's ``Retry-After`` asks for; None when it asks for none.

    A date is counted from the answer's own ``Date``, so that no clock of ours is needed and none can be wrong.
    """
    text = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    until, now = http_date(text), http_date(headers.get("date", ""))
    return None if until is None or now is None else max(0.0, (until - now).total_seconds())


def http_date(text: str) -> datetime | None:
    """A date as HTTP writes it, in UTC; None when it is none."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
