"""Late costs by hand, against a loop over single cases and days, and with the packaged figures."""

from dataclasses import replace

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.planning.days import month_ends, penalty_days, running, waits_for_end
from indforecast.planning.late import late_costs
from indforecast.planning.late_ages import at_random, in_order_of_lateness, late_at_start, start_at_random
from indforecast.planning.late_chain import LateFigures, figures_of, penalty_of_one

SETTINGS = load_settings().planning.late
MONTHS = np.datetime64("2024-01", "M") + np.arange(24)
#: Notice at once, appeal after 16 days, ruling 69 days later, 112 days granted, EUR 100 a day up to EUR 7,500.
PLAIN = LateFigures(
    notice_share=1.0,
    court_share=1.0,
    ruling_share=1.0,
    notice_after=(1.0,),
    days_of_grace=14,
    days_to_appeal=16,
    days_to_ruling=69,
    days_granted=112,
    daily_eur=100,
    caps=((7500, 1.0),),
    again_share=0.0,
    rounds=1,
    administrative_share=0.0,
    administrative=((14, 23), (14, 35), (14, 45)),
)
NONE = np.zeros(1)


def ten_cases(decided_in=None):
    """Ten cases that pass their term in January 2024, all decided in one month, or never."""
    newly, past = np.zeros((1, MONTHS.size)), np.full((1, MONTHS.size), 10.0)
    newly[0, 0] = 10
    if decided_in is not None:
        past[0, decided_in:] = 0
    return newly, past


def by_single_cases(newly, past, figures, before):
    """EUR by a court per month: every case on its own, every day on its own."""
    waiting = [month - len(before) for month, cases in enumerate(before) for _ in range(int(cases))]
    total = np.zeros(len(newly))
    ends = {index: np.datetime64(MONTHS[0] + index + 1, "D") for index in range(-len(before) - 1, len(newly))}
    runs = dict(enumerate(running(MONTHS, figures.suspended)))
    stock, cases = float(sum(before)), []
    for month, count in enumerate(newly):
        decided = int(stock + count - past[month])
        cases += [(since, month) for since in waiting[:decided]]
        del waiting[:decided]
        waiting += [month] * int(count)
        stock = past[month]
    cases += [(since, len(newly)) for since in waiting]
    for since, decided in cases:
        for eur, share in figures.caps:
            left, day = eur / figures.daily_eur, ends[since] + np.timedelta64(16 + 69 + 112, "D")
            for month in range(len(newly)):
                if month > decided:
                    break
                first = ends[month - 1]
                length = (ends[month] - first).astype(int)
                inside = [first + np.timedelta64(k, "D") for k in range(length)]
                counted = min(sum(one >= day for one in inside), left) if runs[month] else 0
                left -= counted
                total[month] += share * figures.daily_eur * counted * (0.5 if month == decided else 1.0)
    return total


def test_a_case_that_stays_undecided_by_hand():
    found = late_costs(*ten_cases(), MONTHS, PLAIN, late_before=NONE)
    assert found.notices[0, 0] == 10
    assert found.notices.sum() == 10
    assert np.flatnonzero(found.appeals[0]).tolist() == [1]  # 16 February
    # 31 January + 16 + 69 + 112 days is 15 August: 16 days of August, 30 of September, 29 of the 75 in October
    assert np.flatnonzero(found.penalty_cases[0]).tolist() == [7]
    assert (found.court_cents[0, 7:11] // 100_000).tolist() == [16, 30, 29, 0]
    assert found.court_cents.sum() == 10 * 7500 * 100
    assert found.court_cents.dtype == np.int64


def test_a_decision_ends_it_and_counts_half_of_its_month():
    found = late_costs(*ten_cases(decided_in=8), MONTHS, PLAIN, late_before=NONE)
    assert (found.court_cents[0, 7:10] // 100_000).tolist() == [16, 15, 0]
    assert late_costs(*ten_cases(decided_in=0), MONTHS, PLAIN, late_before=NONE).court_cents.sum() == 0


def test_who_reaches_the_cap_may_appeal_anew():
    twice = replace(PLAIN, rounds=2, again_share=0.5)
    found = late_costs(*ten_cases(), MONTHS, twice, late_before=NONE)
    assert found.court_cents.sum() == 15 * 7500 * 100
    assert found.appeals.sum() == 15
    assert found.penalty_cases.sum() == 10
    # cap on 29 October, when five appeal anew; ruling on 6 January, of which the 112 days end on 28 April
    assert np.flatnonzero(found.appeals[0]).tolist() == [1, 9]
    assert (found.court_cents[0, 14:18] // 50_000).tolist() == [0, 2, 31, 30]


def test_the_penalty_without_a_court_is_1442_in_42_days():
    alone = replace(PLAIN, court_share=0.0, administrative_share=1.0)
    found = late_costs(*ten_cases(), MONTHS, alone, late_before=NONE)
    assert found.administrative_cents.sum() == 10 * 1442 * 100
    assert found.court_cents.sum() == 0
    # two weeks of grace after 31 January: from 14 February on, 15 days at 14 × 23 + 35
    assert found.administrative_cents[0, 1] == 10 * (14 * 23 + 35) * 100
    assert found.penalties_cents.sum() == found.administrative_cents.sum()


def test_one_case_by_how_late_it_is_decided():
    eur = penalty_of_one(PLAIN, np.datetime64("2024-01", "M"), 12)
    assert eur[[0, 6]].tolist() == [0, 0]
    assert eur[7:11].tolist() == [800, 1600 + 1500, 1600 + 3000 + 1450, 7500]
    for late in (7, 8, 12):
        found = late_costs(*ten_cases(decided_in=late), MONTHS, PLAIN, late_before=NONE)
        assert found.court_cents.sum() == round(10 * eur[late] * 100)


def test_caps_and_shares_are_weighed():
    mixed = replace(PLAIN, caps=((7500, 0.5), (15000, 0.5)), notice_share=0.8, court_share=0.5, ruling_share=0.25)
    found = late_costs(*ten_cases(), MONTHS, mixed, late_before=NONE)
    assert found.court_cents.sum() == round(10 * 0.8 * 0.5 * 0.25 * (7500 + 15000) / 2 * 100)
    assert found.notices.sum() == 8
    assert found.appeals.sum() == 4
    assert found.penalty_cases.sum() == 1


def test_nothing_runs_in_a_suspension_and_the_cap_is_kept_for_after_it():
    stopped = replace(PLAIN, suspended=(("2024-09", "2024-10"),))
    found = late_costs(*ten_cases(), MONTHS, stopped, late_before=NONE)
    assert (found.court_cents[0, 7:12] // 100_000).tolist() == [16, 0, 0, 30, 29]


def test_a_ruling_in_a_suspension_waits_for_its_end():
    # the ruling would be on 25 April; it is given when May ends, so the penalty starts 112 days after that
    stopped = replace(PLAIN, suspended=(("2024-04", "2024-05"),))
    found = late_costs(*ten_cases(), MONTHS, stopped, late_before=NONE)
    assert np.flatnonzero(found.penalty_cases[0]).tolist() == [8]
    assert (found.court_cents[0, 8:11] // 100_000).tolist() == [10, 31, 30]


def test_months_that_are_all_suspended_cost_nothing():
    stopped = replace(PLAIN, administrative_share=1.0, suspended=(("2024-01", "2026-01"),))
    found = late_costs(*ten_cases(), MONTHS, stopped, late_before=NONE)
    assert found.penalties_cents.sum() == 0
    assert found.notices.sum() == 10


@pytest.mark.parametrize("seed", range(8))
def test_in_order_equals_the_loop_over_single_cases_and_days(seed):
    random = np.random.default_rng(seed)
    before = random.integers(0, 4, random.integers(1, 5)).astype(float)
    newly = random.integers(0, 5, (2, MONTHS.size)).astype(float)
    past, stock = np.zeros_like(newly), np.full(2, before.sum())
    for month in range(MONTHS.size):
        stock = stock - np.minimum(stock, random.integers(0, 6, 2)) + newly[:, month]
        past[:, month] = stock
    suspended = (("2024-12", "2025-02"),) if seed % 2 else ()
    # a ruling is not moved in the loop: only suspensions that no ruling falls into are compared
    figures = replace(PLAIN, caps=((7500, 0.5), (15000, 0.5)), suspended=suspended)
    if suspended:
        newly[:, 8:] = 0
        past = np.minimum(past, np.maximum.accumulate(past[:, ::-1], axis=1)[:, ::-1])
        past[:, 8:] = np.minimum.accumulate(past[:, 8:], axis=1)
        past[:, 8:] = np.minimum(past[:, 8:], past[:, 7:8])
    found = late_costs(newly, past, MONTHS, figures, late_before=before)
    for path in range(2):
        expected = by_single_cases(newly[path], past[path], figures, before)
        np.testing.assert_allclose(found.court_cents[path] / 100, expected, atol=0.02)


def test_late_cases_before_the_first_month_go_on_where_they_are():
    newly, past = np.zeros((1, 24)), np.full((1, 24), 10.0)
    before = np.array([10.0, 0.0, 0.0, 0.0, 0.0, 0.0])  # late since the end of July 2023
    found = late_costs(newly, past, MONTHS, PLAIN, late_before=before)
    # 31 July 2023 + 197 days is 13 February 2024
    assert (found.court_cents[0, :4] // 100_000).tolist() == [0, 16, 31, 28]
    assert found.notices.sum() == 0


def test_at_random_every_late_case_is_as_likely_to_be_decided():
    became = np.array([[0.0], [8.0], [4.0], [0.0]])  # none, 8 before the first month; 4 in it, none in the next
    stock = np.array([[8.0], [8.0], [4.0]])
    by_age = at_random(became, stock, 3)
    np.testing.assert_allclose(by_age[:, :, 0], [[8, 0, 0], [4, 4, 0], [0, 2, 2]])
    np.testing.assert_allclose(in_order_of_lateness(became, stock, 3)[:, :, 0], [[8, 0, 0], [4, 4, 0], [0, 4, 0]])


def test_both_orders_hold_all_open_cases():
    random = np.random.default_rng(5)
    newly = random.integers(0, 9, (6, 3)).astype(float)
    became = np.concatenate([random.integers(0, 9, (2, 3)).astype(float), newly])
    stock, line = became[:2].sum(axis=0), [became[:2].sum(axis=0)]
    for month in newly:
        stock = np.floor(stock / 2) + month
        line.append(stock)
    for order in (at_random, in_order_of_lateness):
        np.testing.assert_allclose(order(became, np.array(line), 8).sum(axis=1), line)


def test_cases_go_more_or_less_to_court_with_the_factor():
    newly, past = ten_cases()
    both = late_costs(
        np.repeat(newly, 2, axis=0),
        np.repeat(past, 2, axis=0),
        MONTHS,
        PLAIN,
        late_before=NONE,
        court_factor=np.array([1.0, 0.5]),
    )
    assert both.court_cents.sum(axis=1).tolist() == [7_500_000, 3_750_000]
    assert both.appeals.sum(axis=1).tolist() == [10, 5]
    assert both.notices.sum(axis=1).tolist() == [10, 10]


def test_shapes_that_do_not_fit_are_refused():
    newly, past = ten_cases()
    with pytest.raises(ValueError, match="with 23 months"):
        late_costs(newly, past, MONTHS[:23], PLAIN, late_before=NONE)
    with pytest.raises(ValueError, match="must be"):
        late_costs(newly, past[:, :5], MONTHS, PLAIN, late_before=NONE)


def test_paths_are_worked_on_in_blocks_without_a_trace(monkeypatch):
    random = np.random.default_rng(0)
    newly = random.integers(0, 50, (23, 24)).astype(float)
    past = np.cumsum(newly, axis=1) - 3.0 * np.arange(24)
    past = np.maximum(past, newly)
    whole = late_costs(newly, past, MONTHS, PLAIN, late_before=np.arange(3.0))
    monkeypatch.setattr("indforecast.planning.late._BLOCK", 7)
    parts = late_costs(newly, past, MONTHS, PLAIN, late_before=np.tile(np.arange(3.0), (23, 1)))
    assert np.array_equal(whole.court_cents, parts.court_cents)
    assert np.array_equal(whole.notices, parts.notices)


def test_opening_cohorts_are_late_since_their_term():
    opening = np.array([5.0, 6.0, 7.0, 8.0])  # applied 4, 3, 2 and 1 months before the first
    assert late_at_start(opening, 2).tolist() == [0, 0, 5, 6]
    assert late_at_start(opening, 4).tolist() == [0, 0, 0, 0]
    # a term that shortens: the third passes with the first
    assert late_at_start(opening, np.array([3, 9, 1, 9, 2, 2])).tolist() == [0, 0, 0, 12]


def test_cases_were_late_for_their_applicants_before_a_longer_term_had_passed():
    opening = np.array([5.0, 6.0, 7.0, 8.0])
    # two months by the notices, four and three by the extension: late before the start are those of the extension
    noticed = np.full(4, 2)
    assert late_at_start(opening, np.array([3, 3, 3, 3]), noticed).tolist() == [0, 0, 5, 0]
    assert late_at_start(opening, np.array([3, 2, 3, 3]), noticed).tolist() == [0, 0, 5, 6]
    assert late_at_start(opening, np.array([2, 2, 2, 2]), np.full(4, 3)).tolist() == [0, 0, 5, 6]


def test_those_at_random_at_the_start_are_older_and_as_many():
    before = np.array([[0.0], [40.0], [40.0], [40.0]])
    half = start_at_random(before, 0.5, 4)[:, 0]
    assert half.tolist() == [40, 20, 10, 5]  # the other 45 are older still
    assert start_at_random(before, 0.0, 4)[:, 0].tolist() == [40, 40, 40, 0]
    some = start_at_random(before, 0.1, 6)[:, 0]
    np.testing.assert_allclose(some, [40, 36, 32.4, 120 - 108.4, 0, 0])
    assert start_at_random(np.zeros((3, 2)), 0.1, 5).sum() == 0


def steady(month_count=24, late_a_month=120.0, open_for=20):
    """As many become late as are decided, for ever; the stock at the start is of the newest."""
    months = np.datetime64("2026-01", "M") + np.arange(month_count)
    newly = np.full((2, month_count), late_a_month)
    past = np.full((2, month_count), late_a_month * open_for)
    return months, newly, past, np.full(open_for, late_a_month)


def test_notices_are_given_month_by_month_as_cases_become_late():
    months, newly, past, before = steady()
    four = replace(PLAIN, notice_after=(0.3, 0.4, 0.2, 0.1), notice_share=0.5, court_share=0.8)
    found = late_costs(newly, past, months, four, late_before=before)
    assert np.ptp(found.notices, axis=1).tolist() == [0, 0]
    assert found.notices[0, 0] == 60
    assert np.ptp(found.appeals[:, 1:], axis=1).max() <= 0  # 16 days after a month's end are in the month after
    assert found.appeals[0, 0] == 48


@pytest.mark.parametrize("in_order", [0.0, 0.5, 1.0])
def test_what_goes_on_as_before_starts_without_a_cliff(in_order):
    months, newly, past, before = steady()
    # of those at random one in twenty is decided, as after the start
    chain = replace(
        PLAIN, notice_after=(0.3, 0.4, 0.2, 0.1), in_order=in_order, rounds=2, again_share=0.25,
        decided_before=1 / 20,
    )  # fmt: skip
    found = late_costs(newly, past, months, chain, late_before=before)
    assert found.penalty_cases[0].max() <= 1.1 * found.penalty_cases[0].min()
    money = found.court_cents[0]
    # a month has 28 to 31 days, and the days of the chain fall a little differently in each year
    np.testing.assert_allclose(money[:12].sum(), money[12:].sum(), rtol=0.01)
    np.testing.assert_allclose(money[:3].sum(), money[12:15].sum(), rtol=0.01)
    if in_order == 0:
        newest = late_costs(newly, past, months, replace(chain, decided_before=0.0), late_before=before)
        assert newest.court_cents[0, :6].sum() > 1.2 * money[:6].sum()  # the cliff, were they all new


def test_streams_without_notices_have_no_chain():
    assert figures_of("students", SETTINGS) is None
    asylum = figures_of("asylum_first", SETTINGS)
    assert asylum is not None
    assert asylum.suspended == (("2020-07", "2022-11"),)
    assert sum(days * eur for days, eur in asylum.administrative) == 1442
    assert asylum.administrative_share == 0
    naturalisation = figures_of("naturalisation", SETTINGS)
    assert naturalisation is not None
    assert naturalisation.suspended == ()


def test_days_of_the_calendar():
    months = np.datetime64("2024-01", "M") + np.arange(3)
    ends = month_ends(months)
    assert np.diff(ends).tolist() == [29, 31]
    start = np.array([ends[0] - 10, ends[2] + 5])
    assert penalty_days(ends, np.array([True] * 3), start, 20).tolist() == [[10, 10, 0], [0, 0, 0]]
    assert penalty_days(ends, np.array([True, False, True]), start, 20).tolist() == [[10, 0, 10], [0, 0, 0]]
    assert running(months, [("2023-05", "2024-01")]).tolist() == [False, True, True]
    days = np.array([ends[0] - 1, ends[0], ends[1]])
    assert waits_for_end(ends, np.array([False, False, True]), days).tolist() == [ends[1], ends[1], ends[1]]
