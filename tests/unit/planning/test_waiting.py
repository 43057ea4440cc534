"""Waiting times: by hand, against Little's law, after delays, and what is not known."""

import numpy as np
import pandas as pd
import pytest

from indforecast.config import load_settings
from indforecast.domain.observations import History
from indforecast.planning.case import PlanningCase
from indforecast.planning.delays import decided_after_delays
from indforecast.planning.measures import ALL
from indforecast.planning.priority import TrackWork, serve
from indforecast.planning.queue import first_in_first_out
from indforecast.planning.waiting import mixed, waiting_after_delays, waiting_times
from indforecast.planning.waiting_table import WAITING_COLUMNS, waiting_in, waiting_table
from tests.unit.publication.factory import history_frame, make_paths

LINE = np.datetime64("2026-01") + np.arange(48)
SETTINGS = load_settings()


def one_track(inflow, opening, capacity, term=6, ready_after=0):
    inflow, opening = np.asarray(inflow, dtype=float), np.asarray(opening, dtype=float)
    return serve([TrackWork(inflow, opening, term, 1.0, ready_after)], np.asarray(capacity, dtype=float))[0]


def undecided_months(wait, age):
    """Months waited by all cases of the line added up, counted at month ends."""
    line = zip(wait.cases[age:], wait.decided[age:], strict=True)
    return sum(cases * np.sum(1 - row[at:]) for at, (cases, row) in enumerate(line))


def test_a_small_case_by_hand():
    # 4 open of November, 2 a month decided, 3 a month come in
    wait = waiting_times(one_track(np.full((1, 4), 3), [4, 0], np.full(4, 2), term=2), LINE[:4], start=0)
    np.testing.assert_array_equal(wait.applied, np.datetime64("2025-11") + np.arange(6))
    np.testing.assert_allclose(wait.decided[0], [0.5, 1, 1, 1])
    np.testing.assert_allclose(wait.decided[2], [0, 0, 2 / 3, 1])
    np.testing.assert_allclose(wait.decided[3], [0, 0, 0, 1 / 3])
    np.testing.assert_array_equal(wait.quantile(0.5)[[0, 2]], [2, 2])
    assert np.isnan(wait.quantile(0.5)[3])  # two of three are decided after the last month
    np.testing.assert_allclose(wait.censored[2:], [0, 2 / 3, 1, 1])
    np.testing.assert_allclose(wait.share_in_term[[0, 2]], [0.5, 2 / 3])
    # February's term ends in April, seen; March's ends in May, not seen
    np.testing.assert_allclose(wait.share_in_term[3], 1 / 3)
    assert np.isnan(wait.share_in_term[4])
    np.testing.assert_array_equal(wait.cases, [4, 0, 3, 3, 3, 3])


def test_the_cohort_being_served_is_the_oldest_with_an_open_case():
    track = one_track(np.full((1, 4), 3), [4, 0], [4, 3, 1, 99])
    np.testing.assert_array_equal(track.serving, [[2, 3, 3, 6]])  # January, February, February, nobody


def test_nobody_is_decided_before_applying_also_where_nobody_applies():
    wait = waiting_times(one_track(np.zeros((1, 6)), [0], np.full(6, 5)), LINE[:6], start=0)
    np.testing.assert_array_equal(wait.decided[1:], np.triu(np.ones((6, 6))))


def test_paths_are_mixed_and_not_averaged():
    # on one path everyone is decided at once, on the other nobody
    wait = waiting_times(one_track(np.full((2, 6), 5), [0], np.array([[5.0] * 6, [0.0] * 6])), LINE[:6], start=0)
    np.testing.assert_allclose(wait.decided[1], 0.5)
    assert wait.quantile(0.5)[1] == 0
    assert np.isnan(wait.quantile(0.6)[1])
    assert wait.within(0)[1] == 0.5


def test_who_applied_before_the_start_is_asked_about_while_the_case_is_open():
    track = one_track(np.full((1, 10), 4), [0], np.full(10, 3))
    from_start, later = waiting_times(track, LINE[:10], 0), waiting_times(track, LINE[:10], 6)
    assert later.cases[1] == 0  # of January nobody is open in July
    assert 0 < later.cases[5] <= 4
    open_then = 1 - from_start.decided[5, 5]
    np.testing.assert_allclose(1 - later.decided[5], (1 - from_start.decided[5, 6:]) / open_then, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_littles_law_is_exact_on_a_window_that_begins_and_ends_empty(seed):
    rng = np.random.default_rng(seed)
    inflow = np.concatenate([rng.poisson(9, (1, 24)), np.zeros((1, 24))], axis=1).astype(float)
    capacity = rng.uniform(0, 18, 48)
    capacity[30:] = 60.0
    track = one_track(inflow, [0], capacity)
    queue, wait = track.queue(), waiting_times(track, LINE, 0)
    assert queue.open_cases[0, -1] == 0
    waited = undecided_months(wait, age=1)
    assert queue.open_cases.sum() == pytest.approx(waited, abs=1e-9)


def test_littles_law_in_a_long_steady_run():
    rate, months = 50.0, 400
    inflow = np.random.default_rng(1).poisson(rate, (1, months)).astype(float)
    queue = first_in_first_out(inflow, np.zeros(1), np.full(months, rate * 1.05), 6)
    track = one_track(inflow, [0], np.full(months, rate * 1.05))
    wait = waiting_times(track, np.datetime64("1990-01") + np.arange(months), 0)
    mean_wait = undecided_months(wait, age=1) / wait.cases.sum()
    assert queue.open_cases.mean() == pytest.approx(inflow.mean() * mean_wait, rel=1e-9)


def test_a_case_that_is_not_ready_waits_though_staff_are_idle():
    wait = waiting_times(one_track(np.full((1, 8), 5), [0], np.full(8, 100), ready_after=3), LINE[:8], 0)
    np.testing.assert_array_equal(wait.quantile(0.9)[1:6], 3)
    np.testing.assert_array_equal(wait.within(2)[1:5], 0)


@pytest.mark.parametrize("start", [0, 5])
def test_delays_say_what_their_shares_say_and_agree_with_the_decisions(start):
    shares = [0.4, 0.8, 0.9, 1.0]
    inflow, opening = np.full((2, 12), 100.0), np.array([10.0, 20.0, 60.0])
    wait = waiting_after_delays(inflow, opening, shares, 2, LINE[:12], start)
    queue = decided_after_delays(inflow, opening, shares, 2)
    later = wait.applied >= LINE[start]
    np.testing.assert_allclose(wait.within(1)[later][:-3], 0.8)
    np.testing.assert_allclose(wait.share_in_term[later][:-3], 0.9)
    if start:
        assert wait.cases[~later].sum() == queue.open_cases[0, start - 1]
    # open cases at every month's end are what the distribution leaves undecided
    applied_by = wait.applied[:, None] <= wait.months
    np.testing.assert_allclose(
        ((1 - wait.decided) * wait.cases[:, None] * applied_by).sum(axis=0), queue.open_cases[0, start:]
    )


def test_an_unknown_track_is_a_mixture_by_cases_and_every_track_keeps_its_term():
    quick = waiting_times(one_track(np.full((1, 12), 30), [0], np.full(12, 100), term=1), LINE[:12], 0)
    slow = waiting_times(one_track(np.full((1, 12), 70), [5, 0], np.full(12, 10), term=3), LINE[:12], 0)
    both = mixed([quick, slow])
    assert both.applied.size == 14
    np.testing.assert_allclose(both.decided[2, 0], 0.3 + 0.7 * slow.decided[2, 0])
    np.testing.assert_allclose(both.share_in_term[2], 0.3 + 0.7 * slow.share_in_term[2])
    assert mixed([quick]) is quick


@pytest.fixture(scope="module")
def case():
    paths = make_paths("2025-12", count=12, months=24)
    names = SETTINGS.hierarchy.base_ids
    inflow = {name: paths.sel(series_id=name).to_numpy() for name in names}
    history = History(pd.Timestamp("2026-01-30").date(), history_frame()).panel(names)
    periods = np.datetime64("2026-01") + np.arange(24)
    return PlanningCase(inflow, periods, SETTINGS.hierarchy, SETTINGS.planning, SETTINGS.bands.levels, history)


def test_the_table_has_a_row_per_stream_track_month_and_level_and_says_what_is_censored(case):
    waits = waiting_in(case)
    table = waiting_table(waits, case, (0.1, 0.5, 0.9))
    assert tuple(table.columns) == WAITING_COLUMNS
    assert not table.duplicated(["series_id", "track", "applied", "quantile_level"]).any()
    assert set(table["series_id"]) == set(case.work)
    assert set(table.loc[table["series_id"] == "asylum_first", "track"]) == {
        ALL,
        *SETTINGS.planning.streams["asylum_first"].track_order,
    }
    assert (table["applied"] <= pd.Timestamp("2027-12-01")).all()
    np.testing.assert_array_equal(table["still_open"], table["applied"] < pd.Timestamp("2026-01-01"))
    np.testing.assert_array_equal(table["censored"], table["months_waited"].isna())
    np.testing.assert_array_equal(table["censored"], table["decided_by"].isna())
    np.testing.assert_array_equal(table["censored"], table["share_beyond"] > 1 - table["quantile_level"] + 1e-4)
    general = table[(table["series_id"] == "asylum_first") & (table["track"] == "general")]
    assert general["still_open"].any()
    assert general["censored"].any()


def test_more_staff_means_shorter_waits_in_the_months_they_are_there(case):
    factor = {"asylum_first": np.full(24, 1.5)}
    before, after = waiting_in(case, only=["asylum_first"]), waiting_in(case, capacity_factor=factor)
    assert list(before) == ["asylum_first"]
    quick, slow = after["asylum_first"]["general"], before["asylum_first"]["general"]
    assert np.all(quick.decided >= slow.decided - 1e-12)
    assert np.nansum(quick.decided) > np.nansum(slow.decided)
