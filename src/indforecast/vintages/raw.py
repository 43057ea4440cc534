"""Raw copies: every file that came in, byte for byte, under the hash of its bytes.

What belongs here: keeping and returning the bytes. What does not: understanding them (``sources``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from indforecast.domain.errors import InputError, IntegrityError, NotFound
from indforecast.domain.files import plain_file_name, sha256_hex
from indforecast.vintages.atomic import write_atomically
from indforecast.vintages.failures import explained

if TYPE_CHECKING:
    from collections.abc import Callable
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

    def keep(
        self,
        content: bytes,
        name: str,
        publisher: str | None = None,
        is_taken_in: Callable[[str], bool] = lambda _: False,
    ) -> str:
        """Keep ``content``; again is a no-op.

        The note beside it is written last: a copy without its note, from a process that was killed, is completed
        the next time the file comes.

        Parameters
        ----------
        content : bytes
            The file.
        name : str
            What the sender called it; never used as a path.
        publisher : str, optional
            Key of the mapping that an operator chose to read it with; noted beside the copy, so that reading it
            again gives the same rows. Without one an earlier choice stays.
        is_taken_in : callable
            Whether rows of a delivery are stored: another choice comes too late then.

        Returns
        -------
        str
            ``delivery_id``, the SHA-256 of the content.

        Raises
        ------
        InputError
            If its rows are stored as another mapping reads them.
        """
        delivery_id = sha256_hex(content)
        with explained(str(self._root)):
            note = self._note(delivery_id)
            known = note.exists() and self._content(delivery_id) == content
            if known and publisher in (None, self._noted(delivery_id).get("publisher")):
                return delivery_id
            plain = str(self._noted(delivery_id)["name"]) if known else plain_file_name(name)
            if publisher is not None and known and is_taken_in(delivery_id):
                raise InputError(
                    f"'{plain}' was taken in before, and not as a file of '{publisher}'.",
                    hint="The same bytes are read in one way. Correct figures with a new delivery.",
                )
            if not known:
                write_atomically(note.with_suffix("") / plain, content)
            about = {"bytes": len(content), "delivery_id": delivery_id, "name": plain}
            chosen = {} if publisher is None else {"publisher": publisher}
            text = json.dumps({**about, **chosen}, indent=1, ensure_ascii=False)
            write_atomically(note, text.encode() + b"\n")
        return delivery_id

    def publisher(self, delivery_id: str) -> str | None:
        """The mapping that an operator chose for a delivery; None where nobody chose, or nothing is kept."""
        with explained(str(self._root)):
            if not self._note(delivery_id).exists():
                return None
            chosen = self._noted(delivery_id).get("publisher")
        return None if chosen is None else str(chosen)

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
            name = str(self._noted(delivery_id)["name"])
        if content is None or sha256_hex(content) != delivery_id:
            raise IntegrityError(
                f"The raw copy '{name}' of delivery {delivery_id[:12]} is not what was received.",
                hint="Ingest the original file again to restore it.",
            )
        return name, content

    def _note(self, delivery_id: str) -> Path:
        return self._root / delivery_id[:2] / f"{delivery_id}.json"

    def _noted(self, delivery_id: str) -> dict[str, Any]:
        noted: dict[str, Any] = json.loads(self._note(delivery_id).read_bytes())
        return noted

    def _content(self, delivery_id: str) -> bytes | None:
        name = str(self._noted(delivery_id)["name"])
        path = self._note(delivery_id).with_suffix("") / plain_file_name(name)
        return path.read_bytes() if path.exists() else None
