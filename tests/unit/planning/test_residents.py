"""Residents by hand: who comes, who waits, who leaves, to the person."""

import numpy as np
import pytest

from indforecast.planning.residents import reception, whole_persons
from indforecast.planning.stays import HousingRoom, Stays


def stays(periods, to_decision=10.0, to_housing=5.0, to_departure=2.0, granted=0.5):
    return Stays(
        np.full(periods, to_decision), np.full(periods, to_housing), to_departure, np.full(periods, granted)
    )


def rows(*values):
    return np.array([values], dtype=float)


def test_three_months_by_hand_with_the_queues_decisions():
    # Start: 100 residents, 20 with a permit; of the others 80 x (0.5 x 2) / (10 + 0.5 x 2) = 7.27 leave.
    paths = reception(
        rows(30, 0, 0), rows(10, 0, 0), stays(3), residents=100, status_share=0.2, decided=rows(40, 20, 20)
    )
    # housed 20/5 = 4; departed 7.27/2 = 3.64
    assert paths.housed[0, 0] + paths.departed[0, 0] == 7
    assert paths.residents[0, 0] == 100 + 40 - 7
    # waiting 72.73 + 30 - 40 = 62.73; with a permit 20 + 10 + 20 - 4 = 46; leaving 7.27 + 20 - 3.64 = 23.64
    assert (paths.applicants[0, 0], paths.status_holders[0, 0], paths.departing[0, 0]) == (63, 47, 23)
    # next month: housed 46/5 = 9.2, departed 23.64/2 = 11.82; so far 13.2 + 15.45 = 28.65
    assert paths.residents[0, 1] == 140 - 28
    np.testing.assert_array_equal(paths.decided, rows(40, 20, 20))
    assert paths.imbalance == 0


def test_the_queue_cannot_decide_people_who_are_not_there():
    paths = reception(
        rows(5, 5), rows(0, 0), stays(2, granted=0.0), residents=0, status_share=0.0, decided=rows(100, 100)
    )
    np.testing.assert_array_equal(paths.decided, rows(5, 5))
    np.testing.assert_array_equal(paths.applicants, rows(0, 0))


def test_slower_decisions_fill_beds_one_for_one_as_long_as_nobody_decided_has_left():
    arrivals = np.full((1, 12), 100.0)
    none = reception(arrivals, 0 * arrivals, stays(12), residents=0, status_share=0, decided=np.zeros((1, 12)))
    np.testing.assert_array_equal(none.residents[0], 100.0 * np.arange(1, 13))
    quick = reception(arrivals, 0 * arrivals, stays(12), residents=0, status_share=0, decided=arrivals)
    assert np.all(quick.residents[0, 1:] < none.residents[0, 1:])


def test_a_month_without_a_queue_takes_the_mean_stay():
    known = np.array([[np.nan, 7.0]])
    paths = reception(
        rows(0, 0),
        rows(0, 0),
        stays(2, to_departure=1.0, granted=1.0),
        residents=100,
        status_share=0,
        decided=known,
    )
    np.testing.assert_array_equal(paths.decided, rows(10, 7))


def test_little_law_holds_with_a_queue_in_steady_state():
    arrivals = np.full((1, 900), 100.0)
    paths = reception(arrivals, 0.4 * arrivals, stays(900), residents=0, status_share=0.3, decided=arrivals)
    # nobody waits for a decision beyond the month; 50 + 40 a month wait 5 months, 50 a month 2 months
    assert paths.residents[0, -1] == pytest.approx(90 * 5 + 50 * 2, abs=1)
    assert paths.housed[0, -100:].mean() == pytest.approx(90, abs=0.02)


def test_the_task_of_a_half_year_limits_who_is_housed_and_what_is_left_is_gone():
    room = HousingRoom(np.array([30.0, 0, 0, 50, 0, 0]), np.array([True, False, False, True, False, False]))
    wanted = stays(6, to_housing=5.0)
    paths = reception(np.zeros((1, 6)), np.zeros((1, 6)), wanted, residents=100, status_share=1.0, housing=room)
    # 20 of 100, then 10 that are left; 70: 14 and 11.2, 8.96
    np.testing.assert_allclose(np.cumsum(paths.housed[0]), [20, 30, 30, 44, 55, 64])
    # what the first half year leaves of its task is no use to the second
    plenty = HousingRoom(np.array([90.0, 0, 0, 9, 0, 0]), room.begins)
    late = reception(np.zeros((1, 6)), np.zeros((1, 6)), wanted, residents=100, status_share=1.0, housing=plenty)
    np.testing.assert_allclose(np.cumsum(late.housed[0]), [20, 36, 48, 57, 57, 57])
    free = reception(np.zeros((1, 6)), np.zeros((1, 6)), wanted, residents=100, status_share=1.0)
    assert np.all(free.residents <= paths.residents)


def test_stays_and_status_shares_may_differ_by_path():
    arrivals = np.full((2, 6), 50.0)
    both = Stays(np.full((2, 6), 8.0), np.array([[2.0] * 6, [9.0] * 6]), 3.0, np.full((2, 6), 0.5))
    paths = reception(arrivals, arrivals, both, residents=1000, status_share=np.array([0.2, 0.4]))
    for row, share in enumerate((0.2, 0.4)):
        alone = reception(
            arrivals[:1],
            arrivals[:1],
            Stays(both.to_decision[0], both.to_housing[row], 3.0, both.grant_share[0]),
            residents=1000,
            status_share=share,
        )
        np.testing.assert_array_equal(paths.residents[row], alone.residents[0])


def test_all_who_leave_are_rounded_together():
    # a status holder half housed, then a quarter; a refused applicant half gone: 1.25 have left, not 0 and 0
    stay = stays(2, to_housing=2.0, to_departure=2.0, granted=0.0)
    paths = reception(rows(1, 0), rows(0, 0), stay, residents=1, status_share=1.0, decided=rows(1, 0))
    np.testing.assert_array_equal(paths.residents, rows(2, 1))


def test_parts_of_persons_add_up_to_whole_ones():
    np.testing.assert_array_equal(whole_persons(rows(0.5, 0.5, 0.9, 0.9, 0.2)), rows(0, 1, 0, 1, 1))
