"""What holds for late costs, complexity and shares of variance whatever the cases."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from indforecast.planning.complexity import ComplexityFigures, Movement, complexity_factors
from indforecast.planning.hearings import CourtFigures, court_load, refusal_appeals
from indforecast.planning.late import late_costs
from indforecast.planning.late_chain import LateFigures
from indforecast.planning.queue import first_in_first_out
from indforecast.planning.variance import shares

PATHS, COUNT = 2, 18
MONTHS = np.datetime64("2024-01", "M") + np.arange(COUNT)
COURTS = CourtFigures(2.2, 10.0, 5.0, 0.9, 0.1, (0.5, 0.5), 0.2, 0.25, 1.0, 3.0, 9.0, 900.0, 200.0)

counts = hnp.arrays(np.float64, (PATHS, COUNT), elements=st.integers(0, 200).map(float))
before = hnp.arrays(np.float64, st.integers(1, 8), elements=st.integers(0, 80).map(float))
capacities = hnp.arrays(np.float64, (COUNT,), elements=st.integers(0, 300).map(float))
part = st.floats(0, 1)


@st.composite
def chain(draw):
    return LateFigures(
        notice_share=draw(part),
        court_share=draw(part),
        ruling_share=draw(part),
        notice_after=draw(st.sampled_from([(1.0,), (0.5, 0.5), (0.25, 0.25, 0.5)])),
        days_of_grace=14,
        days_to_appeal=draw(st.integers(0, 40)),
        days_to_ruling=draw(st.integers(0, 90)),
        days_granted=draw(st.integers(0, 112)),
        daily_eur=draw(st.sampled_from([50.0, 100.0, 33.0])),
        caps=draw(st.sampled_from([((7500.0, 1.0),), ((7500.0, 0.5), (15000.0, 0.5))])),
        again_share=draw(part),
        rounds=draw(st.integers(1, 3)),
        administrative_share=draw(part),
        administrative=((14, 23), (14, 35), (14, 45)),
        suspended=draw(st.sampled_from([(), (("2024-05", "2024-09"),), (("2022-01", "2024-02"),)])),
        in_order=draw(st.sampled_from([0.0, 0.5, 1.0])),
        decided_before=draw(st.sampled_from([0.0, 0.04, 0.5, 1.0])),
    )


def costs(inflow, opening, capacity, figures, late, term=2):
    queue = first_in_first_out(inflow, opening, capacity, term)
    return late_costs(queue.newly_late, queue.open_past_term, MONTHS, figures, late_before=late)


@settings(deadline=None, max_examples=30)
@given(counts, capacities, chain(), before)
def test_fewer_decisions_never_cost_less_and_more_late_cases_neither(inflow, capacity, figures, late):
    opening = np.concatenate([late, np.zeros(2)])
    base = costs(inflow, opening, capacity, figures, late)
    slower = costs(inflow, opening, np.floor(capacity / 2), figures, late)
    for one, other in ((base, slower),):
        assert np.all(np.cumsum(other.court_cents, axis=1) >= np.cumsum(one.court_cents, axis=1) - COUNT)
        assert np.all(np.cumsum(other.notices, axis=1) >= np.cumsum(one.notices, axis=1))
        total = np.cumsum(other.administrative_cents - one.administrative_cents, axis=1)
        assert np.all(total >= -COUNT)


@settings(deadline=None, max_examples=30)
@given(counts, capacities, chain(), before, st.floats(1, 3))
def test_a_higher_cap_or_rate_of_notice_never_costs_less(inflow, capacity, figures, late, more):
    opening = np.concatenate([late, np.zeros(2)])
    once = replace(figures, rounds=1)  # a higher cap is reached later, and so is a second ruling
    base = costs(inflow, opening, capacity, once, late).court_cents
    higher = replace(once, caps=tuple((eur * more, share) for eur, share in once.caps))
    assert np.all(costs(inflow, opening, capacity, higher, late).court_cents >= base - 1)
    more_often = replace(once, notice_share=min(1.0, once.notice_share * more))
    assert np.all(costs(inflow, opening, capacity, more_often, late).court_cents >= base - 1)


@settings(deadline=None, max_examples=30)
@given(counts, capacities, chain(), before)
def test_counts_are_whole_money_is_cents_and_suspended_months_are_free(inflow, capacity, figures, late):
    opening = np.concatenate([late, np.zeros(2)])
    stopped = replace(figures, suspended=(("2024-05", "2024-09"),))
    found = costs(inflow, opening, capacity, stopped, late)
    assert found.penalties_cents.dtype == np.int64
    assert np.all(found.penalties_cents[:, 4:9] == 0)
    assert np.all(found.penalties_cents >= 0)
    for whole in (found.notices, found.appeals, found.penalty_cases):
        assert np.array_equal(whole, np.round(whole))
        assert np.all(whole >= 0)
    newly = inflow.sum() + PATHS * late.sum()
    assert found.notices.sum() <= newly
    most = max(eur for eur, _ in stopped.caps) * stopped.rounds
    assert found.court_cents.sum() <= newly * most * 100 + PATHS * COUNT


@settings(deadline=None, max_examples=30)
@given(counts, counts, st.integers(0, 50))
def test_more_appeals_never_mean_fewer_procedures_hours_or_judges(appeals, late, more):
    base = court_load(appeals, late, late, COURTS, chance=False)
    other = court_load(appeals + more, late, late, COURTS, chance=False)
    for name in ("expected_hearings", "hearings", "legal_hours", "unattended", "judges"):
        assert np.all(getattr(other, name) >= getattr(base, name) - 4), name
    assert np.all(np.cumsum(other.procedures, axis=1) >= np.cumsum(base.procedures, axis=1))
    assert np.all(base.unattended <= base.hearings)


@settings(deadline=None, max_examples=30)
@given(counts, part, part)
def test_appeals_against_refusals_are_whole_and_at_most_the_refusals(decisions, refused, appealed):
    found = refusal_appeals(decisions, np.full(COUNT, refused), appealed)
    assert np.array_equal(found, np.round(found))
    assert np.all(np.cumsum(found, axis=1) <= np.cumsum(decisions, axis=1) * refused * appealed + 1e-5)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**63), st.integers(1, 30), st.integers(1, 40), st.floats(0, 0.2), st.floats(0, 2))
def test_factors_are_above_zero_and_a_smaller_question_is_part_of_a_larger(seed, paths, months, wander, jumps):
    movement = Movement(0.02, 0.02, wander, jumps, 0.08, 0.05)
    figures = ComplexityFigures(movement, {"a": movement, "b": Movement()}, {"a": 1.0, "b": 0.5})
    large = complexity_factors(paths + 3, months + 5, figures, seed)
    small = complexity_factors(paths, months, figures, seed)
    for name in ("a", "b"):
        assert np.all(large[name] > 0)
        assert np.array_equal(large[name][:paths, :months], small[name])


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(1, 3))
def test_shares_add_up_to_one_whatever_the_function(seed, known, pairings):
    random = np.random.default_rng(seed)
    draws = random.standard_normal((known, 40)) * random.uniform(0.1, 3, (known, 1))
    weights = random.standard_normal(known)

    def evaluate(choice):
        parts = [weights[i] * draws[i][choice[i]] for i in range(known)]
        return np.stack([sum(parts), np.prod(parts, axis=0), np.maximum.reduce(parts)], axis=1)

    found = shares(evaluate, [f"x{i}" for i in range(known)], 40, pairings=pairings)
    np.testing.assert_allclose(found.shapley.sum(axis=0), 1, atol=1e-9)
    assert np.all(found.standard_error >= 0)
    assert np.all(found.total >= -1e-12)
