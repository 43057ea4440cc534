"""Hours and staff are products and quotients with the right units."""

import numpy as np
import pytest

from indforecast.planning.workload import backlog_fte, handling_hours, staffing_fte


def test_hours_of_cases():
    np.testing.assert_array_equal(handling_hours(np.array([[0.0, 10.0], [4.0, 1.0]]), 7.5), [[0, 75], [30, 7.5]])


def test_a_year_of_one_persons_hours_is_one_fte():
    assert staffing_fte(np.full(12, 1363 / 12), 1363).mean() == pytest.approx(1.0)


def test_backlog_staff_work_exactly_the_late_cases_away_in_the_given_months():
    fte = backlog_fte(np.array([1200.0]), 30, months=24, productive_hours=1200)
    hours_done = fte * 24 * 1200 / 12
    assert hours_done == pytest.approx(1200 * 30)
