"""The queue against a slow loop over single cases, against Little's law, and its balance."""

from collections import deque

import numpy as np
import pytest

from indforecast.planning.queue import (
    decided_after_delays,
    first_in_first_out,
    imbalance,
    opening_cohorts,
    share,
)


def one_by_one(inflow, opening, capacity, term):
    """Decide single cases from a queue, oldest first; columns: decided, in term, open, open past term."""
    waiting = deque(month - len(opening) for month, cases in enumerate(opening) for _ in range(int(cases)))
    rows, room_before = [], 0
    for month, cases in enumerate(inflow):
        waiting.extend([month] * int(cases))
        room = int(np.floor(np.sum(capacity[: month + 1]) + 1e-9))
        decided = [waiting.popleft() for _ in range(min(room - room_before, len(waiting)))]
        room_before = room
        in_term = sum(month - applied <= term for applied in decided)
        rows.append((len(decided), in_term, len(waiting), sum(month - applied >= term for applied in waiting)))
    return np.array(rows).T


def columns(queue, path=0):
    return np.array(
        [queue.decisions[path], queue.decided_in_term[path], queue.open_cases[path], queue.open_past_term[path]]
    )


@pytest.mark.parametrize("seed", range(30))
def test_vectorised_queue_equals_the_loop_over_single_cases(seed):
    rng = np.random.default_rng(seed)
    periods, paths, term = int(rng.integers(1, 25)), 4, int(rng.integers(1, 7))
    inflow = rng.poisson(rng.uniform(0, 12), (paths, periods)).astype(float)
    opening = rng.integers(0, 9, int(rng.integers(1, 12))).astype(float)
    capacity = rng.uniform(0, 14, periods)
    queue = first_in_first_out(inflow, opening, capacity, term)
    for path in range(paths):
        np.testing.assert_array_equal(columns(queue, path), one_by_one(inflow[path], opening, capacity, term))
    assert imbalance(queue, inflow, opening) == 0


def test_a_small_case_by_hand():
    # 4 open from two months ago, 2 a month decided, 3 a month come in, term 2 months
    queue = first_in_first_out(np.full((1, 4), 3.0), np.array([4.0, 0.0]), np.full(4, 2.0), term_months=2)
    np.testing.assert_array_equal(
        columns(queue),
        [
            [2, 2, 2, 2],
            [2, 0, 2, 1],  # month 1 decides cases three months old, month 3 one of month 0 and one of month 1
            [5, 6, 7, 8],
            [2, 0, 1, 2],
        ],
    )


def test_capacity_without_cases_is_lost_and_not_saved_up():
    queue = first_in_first_out(np.array([[0.0, 0.0, 9.0]]), np.zeros(1), np.full(3, 3.0), term_months=3)
    np.testing.assert_array_equal(queue.decisions, [[0, 0, 3]])
    np.testing.assert_array_equal(queue.open_cases, [[0, 0, 6]])


def test_fractions_of_capacity_add_up_over_months():
    queue = first_in_first_out(np.zeros((1, 10)), np.array([100.0]), np.full(10, 0.3), term_months=3)
    assert queue.decisions.sum() == 3
    assert set(queue.decisions.ravel()) == {0.0, 1.0}


def test_little_law_in_steady_state():
    rate, months_waiting = 50.0, 7
    opening = np.full(months_waiting, rate)
    queue = first_in_first_out(np.full((1, 40), rate), opening, np.full(40, rate), term_months=6)
    np.testing.assert_array_equal(queue.open_cases, rate * months_waiting)
    np.testing.assert_array_equal(queue.decided_in_term, 0)  # everyone waits seven months, the term is six
    on_time = first_in_first_out(np.full((1, 40), rate), opening, np.full(40, rate), term_months=7)
    np.testing.assert_array_equal(on_time.share_in_term, 1)


def test_delays_keep_littles_law_and_the_stated_share_in_term():
    shares = [0.4, 0.8, 0.9, 1.0]
    queue = decided_after_delays(np.full((1, 24), 100.0), np.zeros(3), shares, term_months=2)
    mean_delay = sum(1 - done for done in shares)
    np.testing.assert_allclose(queue.open_cases[0, 4:], 100 * mean_delay)
    np.testing.assert_allclose(queue.share_in_term[0, 4:], 0.9)
    np.testing.assert_allclose(queue.open_past_term[0, 4:], 10)


def test_delays_decide_only_whole_cases_that_are_due():
    queue = decided_after_delays(np.array([[3.0, 0.0, 0.0]]), np.zeros(1), [0.5, 0.9, 1.0], term_months=2)
    np.testing.assert_array_equal(queue.decisions, [[1, 1, 1]])  # 1.5 and 2.7 are not yet 2 and 3


def test_delays_decide_an_opening_stock_by_its_age():
    # 60 cases applied for one month before the start: 0.4 were decided then, half of the open ones go in month 0
    queue = decided_after_delays(np.zeros((1, 4)), np.array([60.0]), [0.4, 0.7, 1.0], term_months=1)
    np.testing.assert_array_equal(queue.decisions, [[30, 30, 0, 0]])
    np.testing.assert_array_equal(queue.decided_in_term, [[30, 0, 0, 0]])
    np.testing.assert_array_equal(queue.open_past_term, [[30, 0, 0, 0]])


def test_delays_decide_an_opening_older_than_the_longest_delay_at_once():
    queue = decided_after_delays(np.zeros((1, 2)), np.array([5.0, 0.0, 0.0]), [0.5, 1.0], term_months=2)
    np.testing.assert_array_equal(queue.decisions, [[5, 0]])
    np.testing.assert_array_equal(queue.decided_in_term, [[0, 0]])


@pytest.mark.parametrize("seed", range(10))
def test_delays_balance_to_the_case_on_every_path(seed):
    rng = np.random.default_rng(seed)
    inflow = rng.poisson(7, (5, 20)).astype(float)
    opening = rng.integers(0, 6, 4).astype(float)
    shares = [*np.sort(rng.uniform(0, 1, 4)).tolist(), 1.0]
    queue = decided_after_delays(inflow, opening, shares, 2)
    assert imbalance(queue, inflow, opening) == 0
    assert np.all(queue.decisions == np.round(queue.decisions))
    assert np.all(queue.decided_in_term <= queue.decisions)
    assert np.all(queue.open_past_term <= queue.open_cases)


def test_imbalance_sees_a_single_lost_case():
    inflow = np.ones((2, 3))
    queue = first_in_first_out(inflow, np.zeros(1), np.zeros(3), 1)
    queue.open_cases[1, 2] -= 1
    assert imbalance(queue, inflow, np.zeros(1)) == 1


@pytest.mark.parametrize(("stock", "months"), [(0, 1), (1, 5), (45_400, 20), (7, 3), (12.6, 4)])
def test_opening_cohorts_are_whole_even_and_add_up(stock, months):
    cohorts = opening_cohorts(stock, months)
    assert cohorts.shape == (months,)
    assert cohorts.sum() == round(stock)
    assert np.all(cohorts == np.round(cohorts))
    assert cohorts.max() - cohorts.min() <= 1


def test_share_of_nothing_is_one_because_nothing_was_late():
    np.testing.assert_array_equal(share(np.array([0.0, 1.0]), np.array([0.0, 4.0])), [1.0, 0.25])


def test_zero_inflow_and_zero_stock_stay_zero():
    queue = first_in_first_out(np.zeros((3, 6)), np.zeros(2), np.full(6, 5.0), 6)
    assert not queue.decisions.any()
    assert not queue.open_cases.any()
    np.testing.assert_array_equal(queue.share_in_term, 1)
    np.testing.assert_array_equal(queue.share_pending_in_term, 1)


def test_delays_make_a_case_late_once_and_know_its_age():
    # 10 in month 0: 4 decided at once, 4 a month later, 2 two months later; the term is one month
    queue = decided_after_delays(np.array([[10.0, 0, 0, 0]]), np.zeros(1), [0.4, 0.8, 1.0], 1)
    np.testing.assert_array_equal(queue.newly_late, [[0, 2, 0, 0]])
    np.testing.assert_array_equal(queue.mean_age, [[0.5, 1.5, 0, 0]])
    rng = np.random.default_rng(4)
    inflow, opening = rng.poisson(9, (3, 15)).astype(float), rng.integers(0, 9, 4).astype(float)
    late = decided_after_delays(inflow, opening, [0.3, 0.6, 0.7, 0.9, 1.0], 2)
    before = np.concatenate([np.zeros((3, 1)), late.open_past_term[:, :-1]], axis=1)
    moved = late.open_past_term - before - late.newly_late + late.decisions - late.decided_in_term
    np.testing.assert_array_equal(moved[:, 1:], 0)


def test_a_stream_that_follows_may_change_its_term_with_the_month_of_application():
    terms = np.array([1, 1, 3, 3, 3])
    queue = decided_after_delays(np.full((1, 4), 10.0), np.zeros(1), [0.5, 0.8, 0.9, 1.0], terms)
    np.testing.assert_array_equal(queue.newly_late, [[0, 2, 0, 0]])  # only month 0 is late after one month
