"""Reception as foreseen on a past day: the queue by hand, hindsight one figure at a time."""

from datetime import date

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.config.parameter import Parameter
from indforecast.domain.observations import Panel
from indforecast.planning.bed_replay import Hindsight, fit_known, foresee

PLANNING = load_settings().planning
CASE = PLANNING.places.cases["june-2022"]
SERIES = ("asylum_first", "asylum_repeat", "asylum_nareis")
PERIODS = np.arange("2022-06", "2023-01", dtype="datetime64[M]")


def history():
    months = np.arange("2018-01", "2022-06", dtype="datetime64[M]")
    observed = np.vstack([np.full(months.size, level) for level in (1800.0, 150.0, 500.0)])
    return Panel(vintage=date(2022, 6, 25), series_ids=SERIES, periods=months, observed=observed)


def inflow(first=2000.0, paths=200):
    levels = dict(zip(SERIES, (first, 150.0, 600.0), strict=True))
    return {name: np.full((paths, PERIODS.size), level) for name, level in levels.items()}


def figure(value, unit):
    return Parameter(value=value, unit=unit, source="test")


def run(**changes):
    then = CASE.then.model_copy(update=changes.pop("then", {}))
    return foresee(inflow(), PERIODS, history(), then, PLANNING.reception, **changes)


def test_open_cases_by_hand_between_what_is_decided_and_what_is_wanted():
    found = run()
    # counted at the end of December 2021; five observed months, then the paths
    assert found.queue_months[0] == np.datetime64("2022-01")
    assert found.months[0] == np.datetime64("2022-06")
    came = 12_590 + 5 * 1950 + 7 * 2150
    most, least = came - 12 * 1950, came - 12 * 2600
    last = np.sort(found.open_cases[:, -1])
    assert least <= last[0] < least + 12 * 650 / 100
    assert most - 12 * 650 / 100 < last[-1] <= most
    assert np.median(last) == pytest.approx((most + least) / 2, abs=12)
    assert found.reception.imbalance == 0
    assert found.reception.opening == 41_155


def test_capacity_that_is_certain_leaves_open_cases_certain():
    found = run(then={"decided_per_month_wanted": CASE.then.decided_per_month})
    assert np.ptp(found.open_cases) > 0
    assert np.ptp(found.open_cases, axis=0).max() == 0
    assert np.ptp(found.reception.residents[:, -1]) > 0, "stays remain uncertain"


def test_everything_in_hindsight_leaves_nothing_uncertain_but_how_many_leave_at_the_start():
    rows = {name: values[:1] + 100 for name, values in inflow().items()}
    told = Hindsight(
        inflow=rows,
        decided=np.full(12, 2000.0),
        grant_share=np.full(12, 0.7),
        to_housing=np.full(12, 8.0),
        status_share=0.3,
    )
    found = run(hindsight=told)
    assert np.ptp(found.open_cases[:, -1]) == 0
    assert found.open_cases[0, -1] == 12_590 + 5 * 1950 + 7 * (2150 + 200) - 12 * 2000
    # of last year's 1,950 applications a month 150 were repeats, half of whom need a place
    in_reception = 2000 * 1875 / 1950 * np.arange(1, 8)
    np.testing.assert_allclose(np.cumsum(found.reception.decided[0]), in_reception, atol=1)
    plain = run()
    assert np.ptp(found.reception.residents[:, -1]) < np.ptp(plain.reception.residents[:, -1]) / 4


def test_slower_decisions_hold_more_people():
    slow = run(
        then={
            "decided_per_month": figure(1000, "cases/month"),
            "decided_per_month_wanted": figure(1500, "cases/month"),
        }
    )
    now = run().reception.residents
    np.testing.assert_array_equal(
        slow.reception.residents[:, 0], now[:, 0], "who is decided stays to the month's end"
    )
    assert np.all(slow.reception.residents.mean(axis=0)[1:] > now.mean(axis=0)[1:])


def test_the_fit_uses_the_counts_up_to_the_start_only():
    known = fit_known(history(), CASE.then, PLANNING.reception)
    later = {**CASE.then.residents, "2022-11": figure(99_999, "residents")}
    again = fit_known(history(), CASE.then.model_copy(update={"residents": later}), PLANNING.reception)
    np.testing.assert_array_equal(known.weights, again.weights)
    fewer = {month: count for month, count in CASE.then.residents.items() if month != "2022-01"}
    without = fit_known(history(), CASE.then.model_copy(update={"residents": fewer}), PLANNING.reception)
    assert not np.array_equal(known.weights, without.weights)
