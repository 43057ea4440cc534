"""Decisions of people on refused deliveries: who, why and when, one file each, never changed.

What belongs here: recording and finding them. What does not: what may be decided (``expectations.override``), what
then happens to the delivery (the stages).
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from indforecast.domain.errors import InputError
from indforecast.vintages.atomic import write_atomically
from indforecast.vintages.failures import explained

if TYPE_CHECKING:
    from datetime import date

Outcome = Literal["accept", "reject"]
_OUTCOMES: Final = get_args(Outcome)
_SHA256: Final = re.compile(r"^[0-9a-f]{64}$")
_LONGEST: Final = {"name": 100, "reason": 1_000}


@dataclass(frozen=True)
class Decision:
    """What somebody decided.

    Parameters
    ----------
    delivery_id : str
        Of the refused delivery.
    outcome : {"accept", "reject"}
        Take it in although the named expectations failed, or leave it out for good.
    name, reason : str
        Who, and why; one line each, without counts of persons, because releases quote them.
    decided_on : date
        The day, as the caller says it.
    overridden : tuple of str
        Expectations that may fail; empty for a rejection.
    number : int
        Place among the decisions on this delivery, from 1.
    """

    delivery_id: str
    outcome: Outcome
    name: str
    reason: str
    decided_on: date
    overridden: tuple[str, ...] = ()
    number: int = 0

    def __post_init__(self) -> None:
        if not _SHA256.match(self.delivery_id):
            raise ValueError(f"no delivery id: {self.delivery_id!r}")
        if self.outcome not in _OUTCOMES:
            raise ValueError(f"no outcome: {self.outcome!r}")
        for what, longest in _LONGEST.items():
            text = getattr(self, what)
            if not text.strip() or not text.isprintable() or len(text) > longest:
                raise InputError(f"A decision needs a {what}: one line of at most {longest:,} characters.")

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types."""
        return {
            "number": self.number,
            "delivery_id": self.delivery_id,
            "outcome": self.outcome,
            "name": self.name,
            "reason": self.reason,
            "decided_on": self.decided_on.isoformat(),
            "overridden": list(self.overridden),
        }


class Decisions:
    """``home/decisions/<delivery_id>/0001.json``, one file per decision; the last one stands.

    Parameters
    ----------
    home : Path
        Folder of the store.
    """

    def __init__(self, home: Path) -> None:
        self._root = home / "decisions"

    def record(self, decision: Decision) -> Decision:
        """Add a decision to those on its delivery; saying the last one again adds nothing.

        Returns
        -------
        Decision
            As recorded, with its number.

        Raises
        ------
        StoreUnavailable
            If the disk is full or forbidden.
        """
        while True:
            before = self.of(decision.delivery_id)
            content = {**decision.to_dict(), "number": len(before)}
            if before and before[-1].to_dict() == content:
                return before[-1]
            number = len(before) + 1
            text = json.dumps({**content, "number": number}, indent=1, sort_keys=True, ensure_ascii=False)
            folder = self._root / decision.delivery_id
            path = folder / f"{number:04d}.json"
            draft = folder / f".{number:04d}.{os.getpid()}.part"
            with explained(str(folder)):
                write_atomically(draft, text.encode() + b"\n")
                try:
                    # Unlike a renaming, a link never takes the place of what another process recorded meanwhile.
                    os.link(draft, path)
                except FileExistsError:
                    continue
                finally:
                    draft.unlink()
            return self.of(decision.delivery_id)[-1]

    def of(self, delivery_id: str) -> tuple[Decision, ...]:
        """All decisions on a delivery, in the order taken."""
        folder = self._root / delivery_id
        with explained(str(folder)):
            paths = sorted(folder.glob("[0-9]*.json")) if folder.exists() else []
            return tuple(_from_dict(json.loads(path.read_bytes())) for path in paths)

    def standing(self, delivery_id: str) -> Decision | None:
        """The last decision on a delivery, or None when nobody decided."""
        return (self.of(delivery_id) or (None,))[-1]


def _from_dict(content: dict[str, Any]) -> Decision:
    from datetime import date

    return Decision(
        **{
            **content,
            "decided_on": date.fromisoformat(content["decided_on"]),
            "overridden": tuple(content["overridden"]),
        }
    )
