"""Refused deliveries as the command line knows them: with their decisions, their state and their page.

What belongs here: gathering and finding them. What does not: options and words (``cli_quarantine``), keeping files
(``vintages.quarantine``), recording decisions (``vintages.decisions``).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

    from indforecast.vintages.store import Store

SHORT: Final = 12


def store_of(home: Path) -> Store:
    """The store of a home, with its tables where the environment says."""
    from indforecast.vintages.store import Store

    return Store(home, os.environ.get("INDFORECAST_STORE") or None)


def index_page(home: Path) -> Path | None:
    """The page that lists every delivery that was judged; None before there is one."""
    page = home / "checks" / "index.html"
    return page if page.is_file() else None


def waiting(home: Path) -> list[dict[str, Any]]:
    """Those of :func:`entries` on which somebody still has to act."""
    return [entry for entry in entries(home) if entry["state"] in ("waiting", "accepted")]


def entries(home: Path) -> list[dict[str, Any]]:
    """Every refused delivery with its decisions and its state.

    ``state`` is ``in store`` (accepted, or taken in since), ``rejected``, ``accepted`` (decided, but not taken in
    yet) or ``waiting``; ``page`` is its page of the check, None for a file that could not be read.
    """
    from indforecast.vintages.decisions import Decisions
    from indforecast.vintages.quarantine import list_quarantine

    kept = list_quarantine(home)
    if not kept:
        return []
    stored = set(store_of(home).deliveries()["delivery_id"])
    found = []
    for one in kept:
        taken = Decisions(home).of(one["delivery_id"])
        last = taken[-1].outcome if taken else None
        state = {"reject": "rejected", "accept": "accepted", None: "waiting"}[last]
        page = home / "checks" / one["delivery_id"][:SHORT] / "index.html"
        found.append(
            {
                "delivery_id": one["delivery_id"],
                "name": one["name"],
                "state": "in store" if one["delivery_id"] in stored else state,
                "folder": str(one["path"]),
                "page": str(page) if page.is_file() else None,
                "reasons": one["reasons"],
                "decisions": [decision.to_dict() for decision in taken],
            }
        )
    return found


def find(home: Path, named: str) -> dict[str, Any]:
    """The refused delivery of this id, beginning of an id, or file name.

    Raises
    ------
    NotFound
        If there is none, or more than one.
    """
    from indforecast.domain.errors import NotFound

    everything = entries(home)
    found = [one for one in everything if one["name"] == named] or [
        one for one in everything if named and one["delivery_id"].startswith(named.lower())
    ]
    if not found:
        raise NotFound(
            f"Nothing in quarantine is called '{named}'.", hint="See 'indforecast quarantine list --all'."
        )
    if len(found) > 1:
        ids = ", ".join(one["delivery_id"][:SHORT] for one in found)
        raise NotFound(f"'{named}' may be any of {ids}.", hint="Give the beginning of one id.")
    return found[0]


def critical(reasons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a file was refused for; warnings and remarks beside it refuse nothing."""
    return [reason for reason in reasons if reason.get("severity", "critical") == "critical"]
