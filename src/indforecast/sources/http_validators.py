"""What an answer says it can be recognised by, and the request that asks whether it still stands.

What belongs here: ``ETag`` and ``Last-Modified`` there and back. What does not: keeping them (who fetches).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from indforecast.domain.files import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN: Final = re.compile(r"[\x20-\x7e]{1,500}")
_REQUEST: Final = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


def validator_of(headers: Mapping[str, str]) -> str | None:
    """An answer's validators as one opaque text; None when it has none.

    Parameters
    ----------
    headers : mapping of str to str
        Of the answer, names in lower case.
    """
    found = {name: headers[name] for name in _REQUEST if _PLAIN.fullmatch(headers.get(name, ""))}
    return canonical_json(found) if found else None


def conditions(validator: str | None) -> dict[str, str]:
    """Request headers of a stored validator; one that was damaged makes the request unconditional."""
    try:
        stored = json.loads(validator or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(stored, dict):
        return {}
    return {
        header: stored[name]
        for name, header in _REQUEST.items()
        if isinstance(stored.get(name), str) and _PLAIN.fullmatch(stored[name])
    }
