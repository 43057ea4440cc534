"""What holds for planning whatever the inflow: balance, monotony, zero, order of paths."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from indforecast.config import load_settings
from indforecast.planning.plan import plan
from indforecast.planning.queue import decided_after_delays, first_in_first_out, imbalance
from indforecast.planning.reception import Stays, reception

SETTINGS = load_settings()
PERIODS = 15
MONTHS = np.datetime64("2026-01") + np.arange(PERIODS)
#: More of these is never less: they are functions that rise with every case.
RISING = (
    "handling_hours", "staffing_fte", "staffing_fte_backlog", "open_cases", "open_past_term", "budget_eur",
    "budget_gap_eur", "residents", "beds", "reception_cost_eur",
)  # fmt: skip

counts = hnp.arrays(np.float64, (3, PERIODS), elements=st.integers(0, 9000).map(float))
cohorts = hnp.arrays(np.float64, st.integers(1, 8), elements=st.integers(0, 400).map(float))
capacities = hnp.arrays(np.float64, PERIODS, elements=st.floats(0, 9000))
terms = st.integers(1, 12)
shares = st.lists(st.floats(0, 1), max_size=5).map(lambda drawn: [*sorted(drawn), 1.0])


@settings(deadline=None)
@given(counts, cohorts, capacities, terms)
def test_queue_balances_to_the_case_and_stays_in_bounds(inflow, opening, capacity, term):
    queue = first_in_first_out(inflow, opening, capacity, term)
    assert imbalance(queue, inflow, opening) == 0
    for part, whole in ((queue.decided_in_term, queue.decisions), (queue.open_past_term, queue.open_cases)):
        assert np.all(part >= 0)
        assert np.all(part <= whole)
    assert np.all(queue.decisions == np.round(queue.decisions))
    assert np.all(np.cumsum(queue.decisions, axis=1) <= np.floor(np.cumsum(capacity) + 1e-9))


@settings(deadline=None)
@given(counts, cohorts, shares, terms)
def test_delays_balance_to_the_case_and_stay_in_bounds(inflow, opening, decided_by_month, term):
    queue = decided_after_delays(inflow, opening, decided_by_month, term)
    assert imbalance(queue, inflow, opening) == 0
    assert np.all(queue.decisions >= 0)
    assert np.all((queue.decided_in_term >= 0) & (queue.decided_in_term <= queue.decisions))
    assert np.all((queue.open_past_term >= 0) & (queue.open_past_term <= queue.open_cases))


@settings(deadline=None)
@given(counts, counts, cohorts, capacities, shares, terms)
def test_more_inflow_never_means_fewer_open_or_late_cases(inflow, more, opening, capacity, decided_by_month, term):
    for low, high in (
        (
            first_in_first_out(inflow, opening, capacity, term),
            first_in_first_out(inflow + more, opening, capacity, term),
        ),
        (
            decided_after_delays(inflow, opening, decided_by_month, term),
            decided_after_delays(inflow + more, opening, decided_by_month, term),
        ),
    ):
        assert np.all(high.open_cases >= low.open_cases)
        assert np.all(high.open_past_term >= low.open_past_term)
        assert np.all(np.cumsum(high.decisions, axis=1) >= np.cumsum(low.decisions, axis=1))


@settings(deadline=None)
@given(
    counts,
    counts,
    st.floats(1, 40),
    st.floats(1, 40),
    st.floats(1, 40),
    st.floats(0, 1),
    st.floats(0, 90_000),
    st.floats(0, 1),
)
def test_reception_conserves_people_and_never_falls_with_more_arrivals(
    arriving, more, decision, housing, departure, granted, residents, held
):
    stays = Stays(np.full(PERIODS, decision), np.full(PERIODS, housing), departure, np.full(PERIODS, granted))
    low = reception(arriving, arriving, stays, residents=residents, status_share=held)
    high = reception(arriving + more, arriving, stays, residents=residents, status_share=held)
    left = np.cumsum(low.housed + low.departed, axis=1)
    np.testing.assert_allclose(
        low.residents + left, residents + np.cumsum(2 * arriving, axis=1), rtol=1e-9, atol=1e-6
    )
    assert np.all(high.residents >= low.residents - 1e-6)


def planned(base, planning=SETTINGS.planning):
    return plan(SETTINGS.hierarchy.aggregate(base), MONTHS, SETTINGS.hierarchy, planning, SETTINGS.bands.levels)


@st.composite
def joint(draw):
    return {name: draw(counts) for name in SETTINGS.hierarchy.base_ids}


@settings(max_examples=15, deadline=None)
@given(joint(), st.sampled_from(SETTINGS.hierarchy.base_ids), counts)
def test_more_inflow_in_any_stream_never_lowers_the_plan(base, stream, more):
    low, high = planned(base), planned({**base, stream: base[stream] + more})
    assert high.imbalance_cases == 0
    for before, after in ((low.monthly, high.monthly), (low.yearly, high.yearly)):
        rising = before["measure"].isin(RISING)
        for band in ("minimum", "medio", "maximum"):
            assert (after.loc[rising, band] >= before.loc[rising, band]).all()


#: Drawn path by path in their order: the chance in a month's hearings. Other draws are taken out in the test.
BY_CHANCE = ["hearings", "hearings_unattended", "legal_hours"]


@settings(max_examples=10, deadline=None)
@given(joint(), st.permutations(range(3)))
def test_order_of_paths_does_not_matter(base, order):
    same_stays = SETTINGS.planning.reception.model_copy(
        update={"stay_spread": SETTINGS.planning.reception.stay_spread.model_copy(update={"value": 0.0})}
    )
    late = SETTINGS.planning.late
    same_courts = late.model_copy(
        update={"court_uncertainty": late.court_uncertainty.model_copy(update={"value": 0.0})}
    )
    settings_ = SETTINGS.planning.model_copy(update={"reception": same_stays, "late": same_courts})
    shuffled = planned({name: values[order] for name, values in base.items()}, settings_)
    straight = planned(base, settings_)
    for one, other in ((straight.monthly, shuffled.monthly), (straight.yearly, shuffled.yearly)):
        same = ~one["measure"].isin(BY_CHANCE)
        pd.testing.assert_frame_equal(one[same], other[same], check_exact=True)


@pytest.mark.parametrize("measure", ["handling_hours", "staffing_fte"])
def test_no_inflow_is_no_work(measure):
    monthly = planned({name: np.zeros((3, PERIODS)) for name in SETTINGS.hierarchy.base_ids}).monthly
    assert (monthly[monthly["measure"] == measure]["maximum"] == 0).all()
