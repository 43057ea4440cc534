"""One definition per series: the last door before rows are stored for good.

What belongs here: comparing what a delivery counts with what each series counted until now, as text. What does
not: what a definition means and which series may have it, which a delivery is judged by before (``expectations``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indforecast.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

_COLUMNS = ["series_id", "definition"]
_HINT = "Deliver what the series counts, or another series; see 'indforecast definitions list'."


class SeriesDefinitions:
    """What each stored series counts; read once per version of the table."""

    def __init__(self) -> None:
        self._seen: tuple[int, dict[str, set[str]]] = (-1, {})

    def require_one(
        self, delivered: pd.DataFrame, name: str, version: int, read: Callable[[list[str]], pd.DataFrame]
    ) -> None:
        """Refuse rows that would give a series a second definition.

        Parameters
        ----------
        delivered : DataFrame
            With ``series_id`` and ``definition``.
        name : str
            The file, for the message.
        version : int
            Of the stored table.
        read : callable
            Answers with columns of the stored rows.

        Raises
        ------
        InputError
            Naming the series and both definitions.
        """
        if version != self._seen[0]:
            self._seen = (version, _by_series(read(_COLUMNS)))
        stored = self._seen[1]
        for series_id, found in _by_series(delivered).items():
            counted = stored.get(series_id, set())
            other = sorted(found - counted) if counted else sorted(found)[1:]
            if other:
                known = " and ".join(sorted(counted or found - set(other)))
                raise InputError(
                    f"'{name}' counts {other[0]} in {series_id}, which counts {known}: nothing was stored.",
                    hint=_HINT,
                )

    def stored(self, delivered: pd.DataFrame, version: int) -> None:
        """Rows were stored as this version, straight after the one that was seen."""
        known = self._seen[1]
        for series_id, found in _by_series(delivered).items():
            known.setdefault(series_id, set()).update(found)
        self._seen = (version, known)


def _by_series(rows: pd.DataFrame) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    pairs = rows[_COLUMNS].drop_duplicates()
    for series_id, definition in zip(pairs["series_id"], pairs["definition"], strict=True):
        found.setdefault(str(series_id), set()).add(str(definition))
    return found
