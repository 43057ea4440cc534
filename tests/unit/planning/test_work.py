"""Work measures by hand: hours, people, what is late, and totals on each path."""

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.planning.measures import ALL
from indforecast.planning.queue_paths import QueuePaths
from indforecast.planning.streams import StreamPaths
from indforecast.planning.timeline import Timeline
from indforecast.planning.work import work_values

SETTINGS = load_settings().planning
MONTHS = np.datetime64("2026-01", "M") + np.arange(3)


def rows(*values):
    return np.array([values], dtype=float)


def stream(name, inflow, decisions, in_term, open_cases, past):
    nothing = np.zeros((1, 3))
    queue = QueuePaths(
        decisions=decisions,
        decided_in_term=in_term,
        open_cases=open_cases,
        open_past_term=past,
        newly_late=nothing,
        mean_age=nothing,
    )
    return StreamPaths(name, Timeline(MONTHS, inflow), queue, 0.0)


STREAMS = (
    stream("students", rows(10, 20, 30), rows(5, 5, 5), rows(4, 3, 2), rows(50, 65, 90), rows(0, 10, 20)),
    stream("naturalisation", rows(1, 1, 1), rows(2, 2, 2), rows(2, 2, 2), rows(9, 8, 7), rows(0, 0, 0)),
)


def found(effort=None, window=2):
    values = work_values(STREAMS, SETTINGS.streams, SETTINGS.staffing, window, effort)
    return {(item.measure, item.series_id): item for item in values}


def test_hours_people_and_late_cases_of_the_wanted_months():
    values = found()
    hours = SETTINGS.streams["students"].handling_hours.value
    productive = SETTINGS.staffing.productive_hours.value
    np.testing.assert_allclose(values["handling_hours", "students"].values, rows(20, 30) * hours)
    np.testing.assert_allclose(values["staffing_fte", "students"].values, rows(20, 30) * hours * 12 / productive)
    backlog = rows(10, 20) * hours / SETTINGS.staffing.backlog_months.value * 12 / productive
    np.testing.assert_allclose(values["staffing_fte_backlog", "students"].values, backlog)
    np.testing.assert_array_equal(values["decisions", "students"].values, rows(5, 5))
    np.testing.assert_array_equal(values["open_past_term", "students"].values, rows(10, 20))


def test_totals_are_sums_and_shares_are_cases_over_cases():
    values = found()
    for measure in ("handling_hours", "open_cases", "decisions"):
        parts = [values[measure, one.series_id].values for one in STREAMS]
        np.testing.assert_allclose(values[measure, ALL].values, parts[0] + parts[1])
    share = values["share_in_term", ALL]
    np.testing.assert_allclose(share.by_month(), rows((3 + 2) / 7, (2 + 2) / 7))
    assert share.of_year(slice(0, 2)) == pytest.approx([(3 + 2 + 2 + 2) / 14])
    pending = values["share_pending_in_term", "students"]
    np.testing.assert_allclose(pending.by_month(), rows(55 / 65, 70 / 90))
    assert pending.of_year(slice(0, 2)) == pytest.approx([70 / 90])


def test_heavier_cases_take_hours_and_people_of_their_own_stream():
    plain, heavier = found(), found({"students": np.array([1.0, 2.0])})
    for measure in ("handling_hours", "staffing_fte", "staffing_fte_backlog"):
        factor = heavier[measure, "students"].values / plain[measure, "students"].values
        np.testing.assert_allclose(factor, [[1.0, 2.0]])
    np.testing.assert_array_equal(
        heavier["handling_hours", "naturalisation"].values, plain["handling_hours", "naturalisation"].values
    )
    np.testing.assert_array_equal(heavier["open_cases", ALL].values, plain["open_cases", ALL].values)
