"""The asylum streams as they could be known on every day: published months, and estimates for the others.

On each day on which a figure comes out, all months are estimated anew from what was known on that day, and every
month that changed becomes a row with that day as ``available_from``. Nothing here looks at a later figure.

What belongs here: the walk over days, and how the three streams hang together on one day.
What does not: what is known on a day (``known``), how one stream is estimated (``open_months``).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from indforecast.reference import figures, lags
from indforecast.reference.known import CALENDAR, Row, published_on, rest_of_total, totals_on
from indforecast.reference.open_months import OpenMonths, solve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import pandas as pd


@cache
def _estimated_from() -> tuple[date, ...]:
    """Day from which each month of the calendar has an estimate."""
    return tuple(lags.nationality_table(period) for period in CALENDAR)


def information_days() -> tuple[date, ...]:
    """Every day on which something comes out, in order."""
    days = {figure.available_from for figure in figures.month_figures()}
    days |= {total.available_from for total in (*figures.quarter_totals(), *figures.annual_totals())}
    return tuple(sorted(days.union(_estimated_from())))


def asylum_vintages() -> Iterator[tuple[date, Row]]:
    """Rows of the asylum streams with the day from which each is known: new months, and changed ones."""
    last: dict[tuple[str, pd.Timestamp], Row] = {}
    for day in information_days():
        for row in known_on(day):
            key = (row.series_id, row.period)
            if last.get(key) != row:
                last[key] = row
                yield day, row


def known_on(day: date) -> list[Row]:
    """What could be known on a day: every published month by then, and an estimate of every other month.

    A month is estimated from the day of the CBS table by nationality that covers it. First applications stand
    alone; nareis and repeat are one system, because in some months only their sum is known.

    Parameters
    ----------
    day : date
        The information day.

    Returns
    -------
    list of Row
        At most one per stream and month; published totals stand under ``asylum``.
    """
    published = published_on(day)
    totals = totals_on(day)
    count = sum(covered <= day for covered in _estimated_from())
    first, nareis, repeat = (
        OpenMonths(series_id, published[series_id], totals, count)
        for series_id in ("asylum_first", "asylum_nareis", "asylum_repeat")
    )
    rest = rest_of_total(published, count) if nareis.informed and repeat.informed else {}
    solve([first], {})
    solve([nareis, repeat], rest)
    # Where the sum is known, repeat takes what whole nareis persons leave, so that the three add up to the total.
    whole_nareis = nareis.whole({})
    forced = {place: persons - whole_nareis[place] for place, persons in rest.items()}
    shared = dict.fromkeys(rest, ", and IND total - first")
    rows = [row for months in published.values() for row in months.values()]
    rows += first.rows(first.whole({}), {})
    rows += nareis.rows(whole_nareis, shared)
    rows += repeat.rows(repeat.whole(forced), shared)
    return rows
