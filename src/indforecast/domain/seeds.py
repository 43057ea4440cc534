"""Seeds: every random draw comes from what it is drawn for, never from the clock or the process.

What belongs here: the one derivation of a generator from (vintage, model, series or ``joint``).
"""

from __future__ import annotations

import hashlib

import numpy as np


def seed_for(*parts: object) -> int:
    """A 64-bit seed from the parts' text; the same parts give the same seed on every machine.

    Parameters
    ----------
    *parts : object
        By convention ``(vintage, model, series_id or "joint")``.
    """
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def generator_for(*parts: object) -> np.random.Generator:
    """A NumPy generator seeded with :func:`seed_for`."""
    return np.random.Generator(np.random.PCG64(seed_for(*parts)))
