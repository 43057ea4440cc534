"""Monthly vintages: one partition is what was known at the end of a month.

What belongs here: the partitions and the day a partition looks from. What does not: reading the store.
"""

from datetime import date
from typing import Final

import dagster as dg

from indforecast.domain.errors import InputError, NotFound

FIRST_VINTAGE: Final = "2016-01"

#: ``end_offset`` lets the month that is still running be a partition: its last delivery may be in already.
VINTAGES: Final = dg.MonthlyPartitionsDefinition(start_date=FIRST_VINTAGE, fmt="%Y-%m", end_offset=1)


def last_day(partition_key: str) -> date:
    """Last day of a partition's month."""
    from indforecast.domain.periods import month_end, parse_month

    return month_end(parse_month(partition_key))


def as_of_day(partition_key: str, newest: date | None) -> date:
    """The day a partition looks from: its last day, but never later than the newest vintage in the store.

    Raises
    ------
    NotFound
        If the store holds nothing.
    InputError
        If the partition lies before the first one.
    """
    if partition_key < FIRST_VINTAGE:
        raise InputError(
            f"Vintage {partition_key} lies before {FIRST_VINTAGE}, the first one kept.",
            hint=f"Choose a month from {FIRST_VINTAGE} on.",
        )
    if newest is None:
        raise NotFound(
            "The store holds no observations.", hint="Run 'indforecast run' to load the reference data."
        )
    return min(last_day(partition_key), newest)
