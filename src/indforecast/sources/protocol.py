"""What every source gives: a staged delivery, typed and with line numbers, not yet judged.

What belongs here: the types. What does not: any format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class StagedDelivery:
    """One file as understood.

    Parameters
    ----------
    delivery_id : str
        SHA-256 of the raw bytes.
    name : str
        Plain file name, safe to show and to create in a folder of ours.
    publisher : str
        Who published it.
    frame : DataFrame
        ``indforecast.domain.observations.DELIVERY_COLUMNS``, plus ``row``: the line in the source file that the
        row begins at, counted from 1 with the header.
    controls : DataFrame, optional
        Quarters that the same file prints, ``indforecast.sources.quarters.CONTROL_COLUMNS``: never stored, but the
        months must add up to them. None where it prints none.
    """

    delivery_id: str
    name: str
    publisher: str
    frame: pd.DataFrame
    controls: pd.DataFrame | None = None


class Source(Protocol):
    """One publisher's form of delivery.

    ``read`` is a pure function of its arguments: the same bytes give the same delivery, on any day.
    """

    @property
    def name(self) -> str:
        """Stable key of the source."""
        ...

    def read(self, content: bytes, name: str) -> StagedDelivery:
        """Understand a file.

        Parameters
        ----------
        content : bytes
            The file as it came.
        name : str
            What the sender called it; never used as a path.

        Raises
        ------
        InputError
            If it cannot be understood; the message names file, line and column. No other exception comes from
            whatever the bytes are.
        """
        ...
