"""Months: the only period the house counts in.

In frames a period is the month's first day as ``datetime64[ns]``; in kernels ``datetime64[M]``; in text
``YYYY-MM``.
What belongs here: conversions between the three, month arithmetic. What does not: parsing of publishers'
spellings such as ``2024MM01`` or ``januari 2024``, which stands in ``sources``.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


def parse_month(text: str) -> pd.Timestamp:
    """Read ``YYYY-MM`` strictly.

    Raises
    ------
    InputError
        If the text is anything else.
    """
    match = _MONTH.match(text)
    if match is None:
        raise InputError(f"'{text}' is not a month.", hint="Write months as YYYY-MM, for example 2026-01.")
    return pd.Timestamp(year=int(match[1]), month=int(match[2]), day=1)


def month_label(period: pd.Timestamp | np.datetime64 | date) -> str:
    """Month as ``YYYY-MM``."""
    return str(np.datetime64(pd.Timestamp(period), "M"))


def month_start(day: pd.Timestamp | date) -> pd.Timestamp:
    """First day of the month that ``day`` lies in."""
    stamp = pd.Timestamp(day)
    return pd.Timestamp(year=stamp.year, month=stamp.month, day=1)


def month_end(day: pd.Timestamp | date) -> date:
    """Last day of the month that ``day`` lies in."""
    return (month_start(day) + pd.offsets.MonthEnd(0)).date()


def months_from(first: pd.Timestamp | np.datetime64, count: int) -> NDArray[np.datetime64]:
    """``count`` consecutive months as ``datetime64[M]``, beginning with ``first``; shape ``[count]``."""
    return np.datetime64(pd.Timestamp(first), "M") + np.arange(count)


def to_timestamps(months: NDArray[np.datetime64]) -> pd.DatetimeIndex:
    """``datetime64[M]`` of shape ``[T]`` as the month starts that frames hold."""
    return pd.DatetimeIndex(months.astype("datetime64[ns]"))
