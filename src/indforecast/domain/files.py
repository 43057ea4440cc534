"""Hashes of bytes and canonical text: how the house names content.

What belongs here: content addressing as pure functions of bytes. What does not: opening files.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata

_SEPARATORS = re.compile(r"[/\\]")
_NOT_PLAIN = re.compile(r"[^\w.,()+=@ -]")
_LONGEST_NAME = 120


def sha256_hex(content: bytes) -> str:
    """SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no loose white space, so that equal values are equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def plain_file_name(name: str) -> str:
    """A name that is safe to create in a folder of ours, whatever a sender called the file.

    Only the last component is kept, whichever slash separates; control and unusual characters become ``_``;
    leading dots and dashes go, so that the file is neither hidden nor an option; long names lose their middle.

    Parameters
    ----------
    name : str
        Any text, possibly hostile.
    """
    last = _SEPARATORS.split(unicodedata.normalize("NFC", name))[-1]
    plain = _NOT_PLAIN.sub("_", last).lstrip(".- ").rstrip(". ")
    while len(plain.encode()) > _LONGEST_NAME:
        middle = len(plain) // 2
        plain = plain[: middle - 1] + plain[middle + 1 :]
    return plain or "unnamed"
