"""Whether a source's newest month is as new as it ought to be.

What belongs here: the calendar of it, as pure functions. What does not: asking the store or a publisher, and what
day it is: who asks, brings it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from indforecast.domain.periods import month_end, month_label

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Freshness:
    """What is stored of a source, and what ought to be.

    Parameters
    ----------
    edition : date, optional
        The publisher's own date of the newest edition that is stored; None when nothing is.
    newest_month : date, optional
        First day of the newest month that is stored.
    wanted_month : date
        First day of the newest month that ought to be known.
    next_due : date, optional
        The day by which the month after the newest one is due; None when nothing is stored.
    """

    edition: date | None
    newest_month: date | None
    wanted_month: date
    next_due: date | None

    @property
    def overdue(self) -> bool:
        """Whether a month that ought to be known is missing; never for a source that nothing was taken in from."""
        return self.newest_month is not None and self.newest_month < self.wanted_month

    def sentence(self) -> str:
        """All of it for a reader, without full stop."""
        if self.edition is None or self.newest_month is None or self.next_due is None:
            return "nothing was taken in from it yet"
        known = f"edition of {self.edition}, up to {month_label(self.newest_month)}"
        following = month_label(_next(self.newest_month))
        if self.overdue:
            return f"{known}; OVERDUE: {following} was due on {self.next_due}"
        return f"{known}; {following} is due by {self.next_due}"

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types."""
        return {
            "edition": self.edition.isoformat() if self.edition else None,
            "newest_month": month_label(self.newest_month) if self.newest_month else None,
            "wanted_month": month_label(self.wanted_month),
            "next_due": self.next_due.isoformat() if self.next_due else None,
            "overdue": self.overdue,
        }


def freshness(known: tuple[date, date] | None, due_days: int, today: date) -> Freshness:
    """Compare what is stored with the calendar.

    Parameters
    ----------
    known : tuple of (date, date), optional
        Newest edition and newest month of a source; None when nothing is stored of it.
    due_days : int
        Days after a month's end by which that month is published.
    today : date
        The day to look from.
    """
    # The newest month whose due day has passed: its end lies more than due_days back.
    wanted = ((today - timedelta(days=due_days)).replace(day=1) - _ONE_DAY).replace(day=1)
    if known is None:
        return Freshness(None, None, wanted, None)
    edition, newest = known
    due = month_end(_next(newest)) + timedelta(days=due_days)
    return Freshness(edition, newest.replace(day=1), wanted, due)


def _next(month: date) -> date:
    return month_end(month) + _ONE_DAY
