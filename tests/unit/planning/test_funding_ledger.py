"""Money in, out, kept and given back, to the cent."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indforecast.planning.funding_ledger import Ledger


def cents(*amounts):
    return np.array(amounts, dtype=np.int64)


def test_twelve_portions_add_up_to_the_amount():
    ledger = Ledger(cents(100, 1_000_000_007), 0.0)
    portions = [ledger.grant(month) for month in range(1, 13)]
    np.testing.assert_array_equal(np.sum(portions, axis=0), [100, 1_000_000_007])


def test_a_surplus_fills_the_reserve_and_the_rest_goes_back():
    ledger = Ledger(cents(1200), 0.05)
    for month in range(1, 13):
        ledger.grant(month)
        ledger.spend(cents(90))
    back, short = ledger.settle()
    assert (ledger.reserve[0], back[0], short[0]) == (60, 60, 0)


def test_a_deficit_is_taken_from_the_reserve_before_it_is_a_shortage():
    ledger = Ledger(cents(1200), 0.05)
    ledger.reserve = cents(60)
    ledger.grant(1)
    ledger.spend(cents(130))
    assert [int(x[0]) for x in ledger.settle()] == [0, 0]
    assert ledger.reserve[0] == 30
    ledger.spend(cents(100))
    assert [int(x[0]) for x in ledger.settle()] == [0, 70]
    assert ledger.reserve[0] == 0


def test_money_in_view_is_the_rest_of_the_year_and_the_beginning_of_the_next():
    ledger = Ledger(cents(1200), 0.0)
    ledger.following = cents(2400)
    assert ledger.in_view(1)[0] == 1200
    assert ledger.in_view(9)[0] == 4 * 100 + 8 * 200
    ledger.settle()
    assert ledger.amount[0] == 2400


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 10**13), min_size=1, max_size=4),
    st.lists(st.integers(0, 10**12), min_size=12, max_size=36),
    st.floats(0, 1),
)
def test_money_is_conserved_to_the_cent_and_the_reserve_keeps_its_bounds(amounts, spending, share):
    ledger = Ledger(cents(*amounts), share)
    granted, spent = np.zeros(len(amounts), np.int64), np.zeros(len(amounts), np.int64)
    back, short = granted.copy(), granted.copy()
    for index, amount in enumerate(spending[: len(spending) // 12 * 12]):
        granted += ledger.grant(index % 12 + 1)
        ledger.spend(np.full(len(amounts), amount))
        spent += amount
        if index % 12 == 11:
            cap = np.floor(share * ledger.amount)
            more, less = ledger.settle()
            back, short = back + more, short + less
            assert np.all((ledger.reserve >= 0) & (ledger.reserve <= cap))
            assert not np.any((more > 0) & (less > 0))
    np.testing.assert_array_equal(granted + short, spent + back + ledger.reserve)
