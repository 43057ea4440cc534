"""Cases by track: whole, adding up, near their shares also when months are small; opening stocks by track."""

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.config.planning import StreamPlanning
from indforecast.planning.measures import ALL
from indforecast.planning.queue import opening_from_inflow
from indforecast.planning.streams import run_stream, track_work
from indforecast.planning.timeline import Timeline
from indforecast.planning.tracks import divide

MONTHS = np.arange("2025-06", "2027-06", dtype="datetime64[M]")
ASYLUM = load_settings().planning.streams["asylum_first"]


def line(count=2000.0, earlier=None):
    return Timeline(MONTHS, np.full((2, MONTHS.size), count), earlier=earlier)


def test_two_tracks_have_their_shares_rounded_to_whole_cases():
    cases = np.arange(200.0)[:, None]
    np.testing.assert_array_less(np.abs(divide(cases, np.array([[0.37, 0.63]]))[0] - 0.37 * cases), 0.5 + 1e-9)


def test_small_months_add_up_to_the_shares_over_the_years():
    shares = np.tile([0.7, 0.2, 0.06, 0.04], (600, 1))
    parts = divide(np.full((1, 600), 3.0), shares)
    np.testing.assert_allclose(parts.sum(axis=(1, 2)) / 1800, [0.7, 0.2, 0.06, 0.04], atol=0.01)


def test_a_month_is_divided_alike_whenever_the_line_begins():
    cases, shares = np.random.default_rng(2).poisson(80, (3, 20)).astype(float), np.tile([0.63, 0.37], (20, 1))
    whole = divide(cases, shares, first_month=600)
    np.testing.assert_array_equal(divide(cases[:, 5:], shares[5:], first_month=605), whole[:, :, 5:])


def test_shares_change_with_the_month_of_application():
    tracks = run_stream("s", line(), ASYLUM, "2025-05").cohorts
    before, after = (
        tracks["safe_country"].inflow[0, np.datetime64(at) == MONTHS][0] for at in ("2026-05", "2026-06")
    )
    assert before == pytest.approx(80, abs=2)
    assert after == pytest.approx(300, abs=2)
    np.testing.assert_array_equal(sum(track.inflow for track in tracks.values()), 2000)


def test_the_opening_stock_is_the_counted_one_and_general_has_the_rest():
    works = track_work(line(earlier=np.full(60, 2500.0)), ASYLUM, "2025-05")
    stocks = {name: work.opening.sum() for name, work in works.items()}
    assert sum(stocks.values()) == 45_400
    assert stocks["dublin"] == 720
    assert stocks["general"] == 45_400 - 940
    assert works["dublin"].opening.size == 2  # 500 a month
    assert works["general"].opening.size == 25  # 1,825 a month


def test_without_earlier_months_the_stock_is_spread_evenly():
    works = track_work(line(), ASYLUM, "2025-05")
    assert works["general"].opening.size == ASYLUM.opening_spread.value
    assert np.ptp(works["general"].opening) <= 1


def test_an_opening_older_than_what_is_known_goes_on_at_the_oldest_years_mean():
    assert opening_from_inflow(100, np.array([10.0, 30.0, 20.0])).tolist() == [20, 20, 10, 30, 20]


def test_simple_cases_first_decides_them_in_term_while_the_backlog_is_late():
    earlier = np.full(60, 2500.0)
    tracked = run_stream("s", line(earlier=earlier), ASYLUM, "2025-05")
    single = run_stream("s", line(earlier=earlier), ASYLUM.model_copy(update={"track_order": ()}), "2025-05")
    assert single.queue.decided_in_term.sum() == 0  # strict first in first out: nobody in two years
    shares = tracked.queue.decided_in_term[:, 1:7].sum(axis=1) / tracked.queue.decisions[:, 1:7].sum(axis=1)
    assert np.all((shares > 0.2) & (shares < 0.45))
    assert tracked.tracks["general"].decided_in_term.sum() == 0
    assert list(tracked.tracks) == list(ASYLUM.track_order)
    assert list(single.tracks) == [ALL]


def test_hours_are_kept_when_tracks_take_unequal_ones():
    tracked = run_stream("s", line(), ASYLUM, "2025-05")
    spent = np.cumsum(tracked.in_mean_cases("decisions"), axis=1)
    np.testing.assert_allclose(spent, 1510 * np.arange(1, MONTHS.size + 1) * np.ones((2, 1)), atol=5)
    np.testing.assert_allclose(tracked.in_mean_cases("inflow")[:, 0], 2000 * (0.118 + 0.73 * 1.26), rtol=0.01)


def test_capacity_can_differ_by_path_and_speaks_of_the_last_months():
    factor = np.ones((2, 6))
    factor[1] = 2.0
    plain = run_stream("s", line(), ASYLUM, "2025-05").queue.decisions
    more = run_stream("s", line(), ASYLUM, "2025-05", capacity_factor=factor).queue.decisions
    np.testing.assert_array_equal(more[0], plain[0])
    np.testing.assert_array_equal(more[1, :-6], plain[1, :-6])
    assert np.all(more[1, -6:] > plain[1, -6:])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"track_order": ("dublin", "nowhere", "general")}, "unknown track 'nowhere'"),
        ({"track_order": ("dublin", "border")}, "exactly one track"),
        ({"reading": "other"}, "unknown reading 'other'"),
    ],
)
def test_tracks_that_do_not_hold_all_cases_are_refused(change, words):
    with pytest.raises(ValueError, match=words):
        StreamPlanning.model_validate({**ASYLUM.model_dump(), **change})


def test_shares_above_one_are_refused_with_their_month():
    given = ASYLUM.model_dump()
    given["tracks"]["dublin"]["share"]["2027-01"] = {"value": 0.9, "unit": "share", "source": "test"}
    with pytest.raises(ValueError, match=r"2027-01 add up to 1\.08"):
        StreamPlanning.model_validate(given)
