"""What holds for beds whatever comes: balance to the person, monotony, places and contracts."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from indforecast.config.parameter import Parameter
from indforecast.config.planning_places import PlaceContract
from indforecast.planning.bed_gap import bed_gap
from indforecast.planning.places import PlaceCosts, annual_cost, contracted, expiring, target_places
from indforecast.planning.queue import reflected, rooms
from indforecast.planning.residents import reception
from indforecast.planning.stays import HousingRoom, Stays

PERIODS = 14
people = hnp.arrays(np.float64, (2, PERIODS), elements=st.integers(0, 4000).map(float))
parts = hnp.arrays(np.float64, (2, PERIODS), elements=st.floats(0, 4000))
months = st.floats(1, 30)
shares = st.floats(0, 1)
#: Whole cases: a queue rounds its room over months, and more room once can then make a later case a month later.
capacities = hnp.arrays(np.float64, PERIODS, elements=st.integers(0, 5000).map(float))
residents = st.integers(0, 60_000)
BEGINS = np.arange(PERIODS) % 6 == 0


@st.composite
def stays(draw, constant=False):
    def along(values):
        if constant:
            return np.full(PERIODS, draw(values))
        return draw(hnp.arrays(np.float64, PERIODS, elements=values))

    return Stays(along(months), along(months), draw(months), along(shares))


def room(task):
    return HousingRoom(np.where(BEGINS, float(task), 0.0), BEGINS)


rooms_to_house = st.none() | st.integers(0, 20_000).map(room)


def decided_by(applicants, capacity, opening=500.0):
    """People whose case a queue decides that nobody else is in."""
    arrived = opening + np.cumsum(np.floor(applicants), axis=1)
    done = reflected(arrived, rooms(np.broadcast_to(capacity, applicants.shape)))
    return np.diff(done, axis=1, prepend=0.0)


@settings(deadline=None)
@given(parts, parts, stays(), residents, shares, st.none() | parts, rooms_to_house)
def test_residents_balance_to_the_person_and_groups_add_up(applicants, family, stay, count, share, decided, house):
    paths = reception(
        applicants, family, stay, residents=count, status_share=share, decided=decided, housing=house
    )
    assert paths.imbalance == 0
    for figure in (paths.applicants, paths.status_holders, paths.departing, paths.housed, paths.departed):
        assert np.all(figure >= 0)
        assert np.all(figure == np.round(figure))
    assert np.all(np.abs(np.cumsum(paths.arrivals, axis=1) - np.cumsum(applicants + family, axis=1)) < 2)


@settings(deadline=None)
@given(people, people, people, people, stays(), residents, shares, rooms_to_house)
def test_more_arrivals_never_leave_fewer_residents(first, family, more, more_family, stay, count, share, house):
    def run(applicants, joining):
        return reception(applicants, joining, stay, residents=count, status_share=share, housing=house).residents

    assert np.all(run(first + more, family + more_family) >= run(first, family))


@settings(deadline=None)
@given(people, people, people, capacities, stays(), residents, shares, rooms_to_house)
def test_more_applications_never_leave_fewer_residents_when_a_queue_decides(
    first, family, more, capacity, stay, count, share, house
):
    def run(applicants):
        decided = decided_by(applicants, capacity)
        return reception(
            applicants, family, stay, residents=count, status_share=share, decided=decided, housing=house
        ).residents

    assert np.all(run(first + more) >= run(first))


@settings(deadline=None)
@given(people, people, capacities, capacities, stays(constant=True), residents, shares)
def test_slower_decisions_never_leave_fewer_residents(applicants, family, capacity, more, stay, count, share):
    # With a constant share granted: a case that waits for a month in which fewer are granted may leave sooner.
    def run(room_to_decide):
        decided = decided_by(applicants, room_to_decide)
        return reception(applicants, family, stay, residents=count, status_share=share, decided=decided).residents

    assert np.all(run(capacity) >= run(capacity + more))


@settings(deadline=None)
@given(people, people, stays(), residents, shares, st.floats(0, 20), st.integers(0, 20_000))
def test_slower_housing_never_leaves_fewer_residents(applicants, family, stay, count, share, longer, task):
    slow = Stays(stay.to_decision, stay.to_housing + longer, stay.to_departure, stay.grant_share)
    common = {"residents": count, "status_share": share}
    quick = reception(applicants, family, stay, **common).residents
    assert np.all(reception(applicants, family, slow, **common).residents >= quick)
    assert np.all(reception(applicants, family, stay, **common, housing=room(task)).residents >= quick)


needs = hnp.arrays(
    np.float64, st.tuples(st.integers(2, 30), st.integers(1, 6)), elements=st.integers(0, 9000).map(float)
)


@given(needs, st.floats(1000, 50_000), st.floats(0.05, 1), st.floats(1, 60_000), st.integers(-200, 200))
def test_no_other_number_of_places_costs_less_than_the_target(need, regular, empty, dearer, other):
    costs = PlaceCosts(regular=regular, emergency=regular + dearer, empty=regular * empty)
    length = need.shape[1]
    target = target_places(need, costs.fractile, length)[0]
    best = annual_cost(need, target, costs).mean()
    for places in (target + other, np.median(need), need.max(), need.min(), need.mean()):
        assert best <= annual_cost(need, max(places, 0.0), costs).mean() * (1 + 1e-12) + 1e-6


@given(needs, st.floats(0.02, 0.98), st.floats(0.02, 0.98), st.integers(1, 6))
def test_a_higher_fractile_and_a_higher_need_never_ask_for_fewer_places(need, one, other, length):
    low, high = sorted((one, other))
    assert np.all(target_places(need, low, length) <= target_places(need, high, length))
    assert np.all(target_places(need, low, length) <= target_places(need + 10, low, length))


days = st.dates(date(2025, 1, 1), date(2028, 12, 31))
contracts = st.lists(
    st.builds(
        lambda places, first, length: PlaceContract(
            name="x",
            places=Parameter(value=float(places), unit="places", source="test"),
            kind="regular",
            starts=first,
            until=None if first is None else first + timedelta(days=length),
        ),
        st.integers(0, 5000),
        st.none() | days,
        st.integers(0, 900),
    ),
    max_size=6,
)


@given(contracts, days, st.integers(0, 700), st.integers(0, 30_000))
def test_the_gap_adds_up(held, today, ahead, need):
    on = today + timedelta(days=ahead)
    found = bed_gap(held, counted_on=today, on=on, need=need, planned=need - 100)
    assert found.need - found.remaining == found.difference
    assert found.remaining == contracted(held, [on])[0]
    assert found.contracted == contracted(held, [today])[0]
    assert (
        found.difference == found.increase + (found.planned - found.contracted) + found.expiring - found.starting
    )


@given(contracts, days, st.lists(st.integers(1, 200), min_size=1, max_size=5))
def test_places_that_end_in_spans_are_those_that_end_in_all(held, since, steps):
    spans = [since + timedelta(days=int(total)) for total in np.cumsum(steps)]
    assert expiring(held, spans, since).sum() == expiring(held, spans[-1:], since).sum()
