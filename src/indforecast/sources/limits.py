"""How much a table or workbook from outside may hold, and how long reading it may take.

What belongs here: the limits and the stopwatch. What does not: the canonical file's own limits
(``delimited_text``), keeping to them (each reader).
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from indforecast.domain.errors import InputError
from indforecast.sources.delimited_text import Limits


@dataclass(frozen=True)
class TableLimits(Limits):
    """Limits on tables as people export them; each is checked while reading, not after.

    Parameters
    ----------
    cells : int
        Places of a file, filled or empty before a filled one, all sheets together.
    sheets : int
        Sheets of a workbook.
    entries : int
        Members of a workbook's archive.
    inflated_bytes : int
        What the archive's members are once inflated, all together.
    expansion : int
        Inflated bytes per byte of archive, where more than a megabyte comes out.
    xml_depth : int
        Elements open at once.
    seconds : float
        Reading time; a last resort, because the other limits bound the work already.
    """

    rows: int = 200_000
    columns: int = 1_024
    cell_characters: int = 5_000
    cells: int = 1_000_000
    sheets: int = 64
    entries: int = 2_000
    inflated_bytes: int = 150_000_000
    expansion: int = 200
    xml_depth: int = 64
    seconds: float = 30.0


class Stopwatch:
    """Ends the reading of a file that takes too long.

    Parameters
    ----------
    name : str
        The file, for the message.
    seconds : float
        From now on.
    """

    def __init__(self, name: str, seconds: float) -> None:
        self._name = name
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        """Go on, or stop.

        Raises
        ------
        InputError
            If the time is over.
        """
        if time.monotonic() > self._end:
            raise InputError(
                f"Reading '{self._name}' took more than {self._seconds:g} seconds and was stopped.",
                hint="Split it into several deliveries.",
            )
