"""What holds for tracks, terms and waiting times whatever the inflow: balance, monotony, sums."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from indforecast.planning.priority import TrackWork, serve, work_units
from indforecast.planning.queue import first_in_first_out, opening_from_inflow
from indforecast.planning.queue_paths import imbalance, summed
from indforecast.planning.tracks import divide
from indforecast.planning.waiting import waiting_times

PATHS, MONTHS = 2, 12
LINE = np.datetime64("2026-01") + np.arange(MONTHS)

counts = hnp.arrays(np.float64, (PATHS, MONTHS), elements=st.integers(0, 300).map(float))
cohorts = hnp.arrays(np.float64, st.integers(1, 6), elements=st.integers(0, 80).map(float))
capacities = hnp.arrays(np.float64, (PATHS, MONTHS), elements=st.floats(0, 400))
works = st.sampled_from([0.4, 0.5, 1.0, 1.26])
disciplines = st.sampled_from(["priority", "fifo"])


@st.composite
def track(draw, *, equal=False):
    opening = draw(cohorts)
    return TrackWork(
        draw(counts),
        opening,
        draw(hnp.arrays(np.int64, opening.size + MONTHS, elements=st.integers(1, 15))),
        1.0 if equal else draw(works),
        0 if equal else draw(st.integers(0, 3)),
    )


def with_more(one, more):
    return TrackWork(one.inflow + more, one.opening, one.term, one.work, one.ready_after)


def queues(tracks, capacity, discipline):
    return [served.queue() for served in serve(tracks, capacity, discipline)]


@settings(deadline=None, max_examples=40)
@given(st.lists(track(), min_size=1, max_size=4), capacities, disciplines)
def test_every_track_balances_to_the_case_and_stays_in_bounds(tracks, capacity, discipline):
    used = np.zeros((PATHS, MONTHS))
    for one, queue in zip(tracks, queues(tracks, capacity, discipline), strict=True):
        assert imbalance(queue, one.inflow, one.opening) == 0
        assert np.all(queue.decisions == np.round(queue.decisions))
        assert np.all(queue.decisions >= 0)
        for part, whole in (
            (queue.decided_in_term, queue.decisions),
            (queue.open_past_term, queue.open_cases),
            (queue.newly_late, queue.open_past_term),
        ):
            assert np.all((part >= 0) & (part <= whole))
        was = np.concatenate([np.zeros((PATHS, 1)), queue.open_past_term[:, :-1]], axis=1)
        late = queue.decisions - queue.decided_in_term
        moved = queue.open_past_term - was - queue.newly_late + late
        assert np.all(moved[:, 1:] == 0)  # late stock grows by who becomes late and falls by who is decided late
        used += one.work * np.cumsum(queue.decisions, axis=1)
    assert np.all(used <= np.cumsum(capacity, axis=1) + 1e-6)


@settings(deadline=None, max_examples=40)
@given(st.lists(track(), min_size=1, max_size=3), counts, st.data(), capacities)
def test_more_inflow_in_a_track_never_means_fewer_open_or_late_cases_in_any(tracks, more, data, capacity):
    place = data.draw(st.integers(0, len(tracks) - 1))
    fuller = [with_more(one, more) if at == place else one for at, one in enumerate(tracks)]
    for low, high in zip(queues(tracks, capacity, "priority"), queues(fuller, capacity, "priority"), strict=True):
        assert np.all(high.open_cases >= low.open_cases)
        assert np.all(high.open_past_term >= low.open_past_term)
        assert np.all(np.cumsum(high.newly_late, axis=1) >= np.cumsum(low.newly_late, axis=1))


@settings(deadline=None, max_examples=40)
@given(st.lists(track(), min_size=1, max_size=3), capacities, capacities)
def test_more_capacity_never_means_a_later_decision(tracks, capacity, more):
    # in whole units of work: what is less than one is carried to the next month, and shifts what is carried there
    unit, _ = work_units([one.work for one in tracks])
    extra = capacity + unit * np.floor(more)
    for low, high in zip(serve(tracks, capacity), serve(tracks, extra), strict=True):
        assert np.all(high.decided >= low.decided)
        slow, quick = (waiting_times(served, LINE, 0) for served in (low, high))
        assert np.all(quick.decided >= slow.decided - 1e-12)


@settings(deadline=None, max_examples=40)
@given(st.lists(track(), min_size=2, max_size=3), capacities)
def test_the_first_track_does_not_know_of_the_others_and_the_last_has_what_they_leave(tracks, capacity):
    alone = serve(tracks[:1], capacity)[0]
    unit_free = [TrackWork(one.inflow, one.opening, one.term, 1.0, one.ready_after) for one in tracks]
    np.testing.assert_array_equal(serve(unit_free, capacity)[0].decided, serve(unit_free[:1], capacity)[0].decided)
    # a finer unit of work may only move the part of a case that is left in a month
    assert np.all(np.abs(serve(tracks, capacity)[0].decided - alone.decided) <= 1)


@settings(deadline=None, max_examples=40)
@given(st.lists(track(equal=True), min_size=2, max_size=4), capacities, disciplines)
def test_tracks_of_equal_work_decide_together_what_one_queue_decides(tracks, capacity, discipline):
    parts = summed(queues(tracks, capacity, discipline))
    early = max(one.opening.size for one in tracks)
    opening = sum(np.pad(one.opening, (early - one.opening.size, 0)) for one in tracks)
    whole = first_in_first_out(sum(one.inflow for one in tracks), opening, capacity, 6)
    np.testing.assert_array_equal(parts.decisions, whole.decisions)
    np.testing.assert_array_equal(parts.open_cases, whole.open_cases)
    if discipline == "fifo":
        np.testing.assert_allclose(
            parts.mean_age * parts.open_cases, whole.mean_age * whole.open_cases, atol=1e-6
        )  # in order of application also over the tracks


@settings(deadline=None, max_examples=40)
@given(track(), capacities, st.integers(1, 12))
def test_a_longer_term_never_makes_more_cases_late(one, capacity, added):
    short = queues([one], capacity, "fifo")[0]
    longer = TrackWork(one.inflow, one.opening, np.asarray(one.term) + added, one.work, one.ready_after)
    long = queues([longer], capacity, "fifo")[0]
    assert np.all(long.open_past_term <= short.open_past_term)
    assert np.all(long.decided_in_term >= short.decided_in_term)
    assert np.all(np.cumsum(long.newly_late, axis=1) <= np.cumsum(short.newly_late, axis=1) + one.opening.sum())
    np.testing.assert_array_equal(long.open_cases, short.open_cases)


@settings(deadline=None, max_examples=40)
@given(counts, counts, st.lists(st.integers(1, 50), min_size=1, max_size=5), st.integers(0, 900))
def test_dividing_adds_up_and_one_case_more_is_one_more_in_one_track(cases, more, weights, first_month):
    shares = np.tile(np.array(weights) / sum(weights), (MONTHS, 1))
    parts, fuller = (divide(some, shares, first_month=first_month) for some in (cases, cases + more))
    np.testing.assert_array_equal(parts.sum(axis=0), cases)
    assert np.all(parts >= 0)
    assert np.all(fuller >= parts)
    assert np.all(np.abs(parts - shares.T[:, None, :] * cases) <= len(weights))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 5000), hnp.arrays(np.float64, st.integers(1, 20), elements=st.integers(0, 200).map(float)))
def test_an_opening_stock_is_made_of_the_newest_applications(stock, earlier):
    opening = opening_from_inflow(stock, earlier)
    assert opening.sum() == stock
    assert np.all(opening >= 0)
    known = min(opening.size, earlier.size)
    if known > 1:
        np.testing.assert_array_equal(opening[-known + 1 :], earlier[-known + 1 :])


@settings(deadline=None, max_examples=40)
@given(track(), capacities, st.integers(0, MONTHS - 1))
def test_a_distribution_rises_within_0_and_1_and_says_what_it_does_not_know(one, capacity, start):
    wait = waiting_times(serve([one], capacity)[0], LINE, start)
    assert np.all((wait.decided >= 0) & (wait.decided <= 1))
    assert np.all(np.diff(wait.decided, axis=1) >= -1e-12)
    np.testing.assert_allclose(wait.decided[:, -1] + wait.censored, 1)
    for level in (0.1, 0.5, 0.9):
        unknown = np.isnan(wait.quantile(level))
        np.testing.assert_array_equal(unknown, wait.decided[:, -1] < level - 1e-9)
    asked = np.nan_to_num(wait.share_in_term, nan=0.5)
    assert np.all((asked >= 0) & (asked <= 1))
