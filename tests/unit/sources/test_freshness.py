"""When a month of a source is overdue."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indforecast.domain.periods import month_end
from indforecast.sources.freshness import freshness

EDITION = date(2026, 2, 13)


def test_a_month_is_overdue_from_the_day_after_its_due_day() -> None:
    known = (EDITION, date(2026, 1, 1))  # February ends on the 28th and is due 45 days later
    assert freshness(known, 45, date(2026, 4, 14)).sentence() == (
        "edition of 2026-02-13, up to 2026-01; 2026-02 is due by 2026-04-14"
    )
    assert not freshness(known, 45, date(2026, 4, 14)).overdue
    late = freshness(known, 45, date(2026, 4, 15))
    assert late.overdue
    assert late.sentence() == "edition of 2026-02-13, up to 2026-01; OVERDUE: 2026-02 was due on 2026-04-14"
    assert late.to_dict() == {
        "edition": "2026-02-13",
        "newest_month": "2026-01",
        "wanted_month": "2026-02",
        "next_due": "2026-04-14",
        "overdue": True,
    }


def test_a_source_that_nothing_came_from_is_not_late() -> None:
    found = freshness(None, 45, date(2026, 4, 15))
    assert not found.overdue
    assert found.sentence() == "nothing was taken in from it yet"
    assert found.to_dict()["edition"] is None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    newest=st.dates(date(2015, 1, 1), date(2030, 12, 1)),
    due_days=st.integers(1, 400),
    since=st.integers(-800, 800),
)
def test_overdue_is_what_the_due_day_says(newest: date, due_days: int, since: int) -> None:
    month = newest.replace(day=1)
    today = month + timedelta(days=since)
    found = freshness((month, month), due_days, today)
    following = month_end(month) + timedelta(days=1)
    assert found.next_due == month_end(following) + timedelta(days=due_days)
    assert found.overdue == (found.next_due < today)
    assert month_end(found.wanted_month) + timedelta(days=due_days) < today
    assert month_end(month_end(found.wanted_month) + timedelta(days=1)) + timedelta(days=due_days) >= today
