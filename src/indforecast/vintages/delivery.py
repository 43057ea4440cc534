"""A delivery as the store meets it, and its entry in the register.

What belongs here: what is asked of a delivery, what appending it answers, its line in the register. What does not:
reading files (``sources``), the tables (``store``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pandas as pd

if TYPE_CHECKING:
    from datetime import date

#: Columns of the register.
REGISTER_COLUMNS = ["delivery_id", "name", "publisher", "rows", "rows_added", "first_vintage", "last_vintage"]


class Delivery(Protocol):
    """What the store needs of a staged delivery; :class:`indforecast.sources.protocol.StagedDelivery` is one."""

    @property
    def delivery_id(self) -> str:
        """SHA-256 of the raw bytes."""
        ...

    @property
    def name(self) -> str:
        """Plain file name."""
        ...

    @property
    def publisher(self) -> str:
        """Who published it."""
        ...

    @property
    def frame(self) -> pd.DataFrame:
        """``DELIVERY_COLUMNS``, and ``row`` where lines are known."""
        ...


@dataclass(frozen=True)
class AppendResult:
    """What a delivery changed.

    Parameters
    ----------
    delivery_id : str
        Of the delivery.
    rows_added, rows_known : int
        Distinct rows that were new, and that the store had already.
    vintage : date
        Newest ``available_from`` in the delivery.
    """

    delivery_id: str
    rows_added: int
    rows_known: int
    vintage: date


def entry(staged: Delivery, said: pd.DataFrame, rows_added: int) -> pd.DataFrame:
    """The register's line for a delivery that says ``said`` (its keys) and adds so many rows."""
    return pd.DataFrame(
        {
            "delivery_id": [staged.delivery_id],
            "name": [staged.name],
            "publisher": [staged.publisher],
            "rows": [len(said)],
            "rows_added": [rows_added],
            "first_vintage": [said["available_from"].min()],
            "last_vintage": [said["available_from"].max()],
        }
    )
