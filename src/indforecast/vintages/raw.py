"""Raw copies: every file that came in, byte for byte, under the hash of its bytes.

What belongs here: keeping and returning the bytes. What does not: understanding them (``sources``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from indforecast.domain.errors import IntegrityError, NotFound
from indforecast.domain.files import plain_file_name, sha256_hex
from indforecast.vintages.atomic import write_atomically
from indforecast.vintages.failures import explained

if TYPE_CHECKING:
    from pathlib import Path


class RawCopies:
    """``raw/<2 digits>/<delivery_id>/<name>`` with ``raw/<2 digits>/<delivery_id>.json`` beside it.

    Content that comes again under another name is kept once, under the name it first came with.

    Parameters
    ----------
    home : Path
        Folder of the store.
    """

    def __init__(self, home: Path) -> None:
        self._root = home / "raw"

    def keep(self, content: bytes, name: str) -> str:
        """Keep ``content``; again is a no-op.

        The note beside it is written last: a copy without its note, from a process that was killed, is completed
        the next time the file comes.

        Parameters
        ----------
        content : bytes
            The file.
        name : str
            What the sender called it; never used as a path.

        Returns
        -------
        str
            ``delivery_id``, the SHA-256 of the content.
        """
        delivery_id = sha256_hex(content)
        with explained(str(self._root)):
            note = self._note(delivery_id)
            if note.exists() and self._content(delivery_id) == content:
                return delivery_id
            plain = plain_file_name(name)
            write_atomically(note.with_suffix("") / plain, content)
            text = json.dumps(
                {"bytes": len(content), "delivery_id": delivery_id, "name": plain}, indent=1, ensure_ascii=False
            )
            write_atomically(note, text.encode() + b"\n")
        return delivery_id

    def read(self, delivery_id: str) -> tuple[str, bytes]:
        """Name and content of a delivery.

        Raises
        ------
        NotFound
            If it was never kept.
        IntegrityError
            If its bytes are no longer those that came in.
        """
        with explained(str(self._root)):
            if not self._note(delivery_id).exists():
                raise NotFound(f"No raw copy of delivery {delivery_id[:12]} is kept.")
            content = self._content(delivery_id)
            name = str(json.loads(self._note(delivery_id).read_bytes())["name"])
        if content is None or sha256_hex(content) != delivery_id:
            raise IntegrityError(
                f"The raw copy '{name}' of delivery {delivery_id[:12]} is not what was received.",
                hint="Ingest the original file again to restore it.",
            )
        return name, content

    def _note(self, delivery_id: str) -> Path:
        return self._root / delivery_id[:2] / f"{delivery_id}.json"

    def _content(self, delivery_id: str) -> bytes | None:
        name = json.loads(self._note(delivery_id).read_bytes())["name"]
        path = self._note(delivery_id).with_suffix("") / plain_file_name(name)
        return path.read_bytes() if path.exists() else None
