"""When a source figure could first be known: period end plus a documented lag.

What belongs here: one function per publication rhythm (argued in ``docs/methods/reference-data.md``).
What does not: reading figures (``figures``). None of the transcribed tables carries its publication day, so a lag
stands in for it; two figures whose source names its own day keep that day (``transcribed``).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from indforecast.domain.periods import month_end

if TYPE_CHECKING:
    from datetime import date

#: Days after the end of the month, quarter or year.
PRESS_DAYS, NATIONALITY_DAYS, QUARTER_DAYS, ANNUAL_DAYS, SIMULATED_DAYS = 20, 25, 30, 30, 15


def press(period: pd.Timestamp) -> date:
    """IND monthly figures: a month's first figure, also what "IND in figures <month>" says."""
    return month_end(period) + timedelta(days=PRESS_DAYS)


def restatement(period: pd.Timestamp) -> date:
    """A month as the next month's press release restates it."""
    return press(period + pd.DateOffset(months=1))


def nationality_table(period: pd.Timestamp) -> date:
    """CBS monthly table by nationality: the day on which a month without own figure gets its estimate."""
    return month_end(period) + timedelta(days=NATIONALITY_DAYS)


def quarter(last_month: pd.Timestamp) -> date:
    """CBS quarter, by its last month."""
    return month_end(last_month) + timedelta(days=QUARTER_DAYS)


def annual(year: int) -> date:
    """Annual totals."""
    return month_end(pd.Timestamp(year=year, month=12, day=1)) + timedelta(days=ANNUAL_DAYS)


def simulated(period: pd.Timestamp) -> date:
    """Simulated regular streams."""
    return month_end(period) + timedelta(days=SIMULATED_DAYS)
