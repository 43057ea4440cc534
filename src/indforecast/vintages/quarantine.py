"""Quarantine: what was refused is kept whole, with the reason beside it.

What belongs here: keeping and listing. What does not: the judgement (``expectations``), accepting after all.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indforecast.domain.files import plain_file_name, sha256_hex
from indforecast.vintages.atomic import write_atomically
from indforecast.vintages.failures import explained

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_NOTE = "reason.json"


def quarantine(home: Path, content: bytes, name: str, reasons: Sequence[Mapping[str, Any]]) -> Path:
    """Keep a refused file whole, with its reasons, under ``home/quarantine/<delivery_id>``.

    The folder appears complete or not at all. The same file again adds only reasons that are new.

    Parameters
    ----------
    home : Path
        Folder of the store.
    content : bytes
        The file.
    name : str
        What the sender called it; never used as a path.
    reasons : sequence of mapping
        Why it was refused, as JSON values.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    StoreUnavailable
        If the disk is full or forbidden.
    """
    delivery_id = sha256_hex(content)
    root = home / "quarantine"
    folder = root / delivery_id
    with explained(str(root)):
        root.mkdir(parents=True, exist_ok=True)
        if not folder.exists():
            plain = plain_file_name(name)
            with _complete_folder(folder) as draft:
                write_atomically(draft / (f"refused {plain}" if plain == _NOTE else plain), content)
                write_atomically(draft / _NOTE, _note(delivery_id, plain, list(reasons)))
        before = json.loads((folder / _NOTE).read_bytes())
        fresh = [dict(reason) for reason in json.loads(json.dumps(list(reasons), default=str))]
        fresh = [reason for reason in fresh if reason not in before["reasons"]]
        if fresh:
            write_atomically(folder / _NOTE, _note(delivery_id, before["name"], [*before["reasons"], *fresh]))
    return folder


def list_quarantine(home: Path) -> list[dict[str, Any]]:
    """Every refused file.

    Parameters
    ----------
    home : Path
        Folder of the store.

    Returns
    -------
    list of dict
        ``delivery_id``, ``name``, ``reasons`` in the order found, and ``path`` of the folder; ordered by name,
        then id; empty when nothing was ever refused.

    Raises
    ------
    StoreUnavailable
        If the folder is forbidden or damaged.
    """
    root = home / "quarantine"
    found = []
    with explained(str(root)):
        for folder in sorted(root.iterdir()) if root.exists() else ():
            if not folder.name.startswith("."):
                note = json.loads((folder / _NOTE).read_bytes())
                found.append({key: note[key] for key in ("delivery_id", "name", "reasons")} | {"path": folder})
    return sorted(found, key=lambda item: (item["name"], item["delivery_id"]))


def _note(delivery_id: str, name: str, reasons: list[Any]) -> bytes:
    content = {"delivery_id": delivery_id, "name": name, "reasons": reasons}
    return json.dumps(content, indent=1, ensure_ascii=False, default=str).encode() + b"\n"


@contextlib.contextmanager
def _complete_folder(folder: Path) -> Iterator[Path]:
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".", suffix=".part"))
    try:
        draft.chmod(0o755)
        yield draft
        try:
            draft.rename(folder)
        except OSError:
            # Another process refused the same bytes meanwhile: theirs stands.
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
