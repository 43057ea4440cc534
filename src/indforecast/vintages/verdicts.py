"""Verdicts of checks, kept under the hash of what was judged.

What belongs here: keeping and finding. What does not: reaching a verdict (``expectations``), refusing to go on
without one (the stages, ``publication``).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from indforecast.vintages.atomic import write_atomically
from indforecast.vintages.failures import explained

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TABLE = re.compile(r"^[a-z][a-z0-9_]*$")
_SHA256 = re.compile(r"^[0-9a-f]{64}$")


class Verdicts:
    """``home/verdicts/<table>/<sha256>.json``, one file per judged table.

    They outlive runs: a later run that starts in the middle is held to the verdict on its own inputs.

    Parameters
    ----------
    home : Path
        Folder of the store.
    """

    def __init__(self, home: Path) -> None:
        self._root = home / "verdicts"

    def keep(self, verdict: Mapping[str, Any]) -> None:
        """Keep a verdict in place of an earlier one on the same bytes.

        Parameters
        ----------
        verdict : mapping
            JSON values with at least ``table``, ``subject_sha256`` and ``success``.

        Raises
        ------
        StoreUnavailable
            If the disk is full or forbidden.
        """
        path = self._path(str(verdict["table"]), str(verdict["subject_sha256"]))
        text = json.dumps(dict(verdict), indent=1, sort_keys=True, ensure_ascii=False)
        with explained(str(path)):
            write_atomically(path, text.encode() + b"\n")

    def find(self, table: str, subject_sha256: str) -> dict[str, Any] | None:
        """The verdict on exactly these bytes, or None when nobody judged them."""
        path = self._path(table, subject_sha256)
        with explained(str(path)):
            if not path.exists():
                return None
            found: dict[str, Any] = json.loads(path.read_bytes())
            return found

    def all_of(self, table: str) -> list[dict[str, Any]]:
        """Every verdict on a kind of table, ordered by the hash of what was judged.

        Raises
        ------
        StoreUnavailable
            If one is damaged or the folder is forbidden.
        """
        folder = self._root / table
        with explained(str(folder)):
            return [json.loads(path.read_bytes()) for path in sorted(folder.glob("[0-9a-f]*.json"))]

    def _path(self, table: str, subject_sha256: str) -> Path:
        if not _TABLE.match(table) or not _SHA256.match(subject_sha256):
            raise ValueError(f"no table and hash: {table!r}, {subject_sha256!r}")
        return self._root / table / f"{subject_sha256}.json"
