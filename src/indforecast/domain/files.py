"""Hashes of bytes and canonical text: how the house names content.

What belongs here: content addressing as pure functions of bytes. What does not: opening files.
"""

from __future__ import annotations

import hashlib
import json


def sha256_hex(content: bytes) -> str:
    """SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no loose white space, so that equal values are equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
