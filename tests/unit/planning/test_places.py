"""Contracts by day, and the number of places that costs least."""

from datetime import date

import numpy as np
import pytest

from indforecast.config.parameter import Parameter
from indforecast.config.planning_places import PlaceContract
from indforecast.planning.places import (
    PlaceCosts,
    annual_cost,
    contracted,
    expected_costs,
    expiring,
    known_until,
    month_ends,
    places_band,
    target_places,
)

COSTS = PlaceCosts(regular=30_000, emergency=70_000, empty=20_000)


def contract(places, starts=None, until=None, kind="regular"):
    return PlaceContract(
        name="x",
        places=Parameter(value=places, unit="places", source="test"),
        kind=kind,
        starts=starts,
        until=until,
    )


def test_a_contract_holds_on_its_first_and_its_last_day():
    held = [contract(100, date(2026, 3, 1), date(2026, 6, 30)), contract(50, kind="emergency")]
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 6, 30), date(2026, 7, 1)]
    np.testing.assert_array_equal(contracted(held, days), [50, 150, 150, 50])
    np.testing.assert_array_equal(contracted(held, days, "emergency"), [50, 50, 50, 50])


def test_month_ends_know_leap_years():
    months = np.array(["2023-12", "2024-01", "2024-02"], dtype="datetime64[M]")
    assert month_ends(months) == [date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 29)]


def test_what_expires_explains_what_is_contracted():
    held = [
        contract(100, until=date(2026, 1, 31)),
        contract(10, until=date(2026, 2, 1)),
        contract(7, until=date(2026, 4, 15)),
        contract(1000),
    ]
    days = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    ended = expiring(held, days, date(2025, 12, 31))
    np.testing.assert_array_equal(ended, [0, 110, 0, 7])
    np.testing.assert_array_equal(contracted(held, days), 1117 - np.cumsum(ended))


def test_the_target_is_the_critical_fractile_of_a_known_distribution():
    need = np.arange(1, 1001, dtype=float)[:, None]
    assert COSTS.fractile == pytest.approx(40_000 / 60_000)
    assert target_places(need, COSTS.fractile, 1)[0] == 667
    # and no other number of places costs less
    costs = [annual_cost(need, places, COSTS).mean() for places in np.arange(500.0, 900.0)]
    assert 500 + int(np.argmin(costs)) in (666, 667)


def test_the_target_looks_over_the_whole_contract():
    need = np.column_stack([np.full(100, 10.0), np.full(100, 20.0), np.full(100, 30.0)])
    np.testing.assert_array_equal(target_places(need, 0.65, 1), [10, 20, 30])
    np.testing.assert_array_equal(target_places(need, 0.65, 3), [20, 30, 30])
    np.testing.assert_array_equal(target_places(need, 0.7, 3), [30, 30, 30])


def test_a_years_cost_by_hand():
    # 100 places against 80, then 130 people
    assert annual_cost(np.array(80.0), 100.0, COSTS) == 80 * 30_000 + 20 * 20_000
    assert annual_cost(np.array(130.0), 100.0, COSTS) == 100 * 30_000 + 30 * 70_000


def test_expected_costs_say_mean_tail_and_how_often_places_fall_short():
    need = np.repeat(np.arange(1.0, 101.0)[:, None], 2, axis=1)
    found = expected_costs(need, {"few": 50.0, "all": 100.0}, COSTS)
    assert found["all"][2] == 0.0
    assert found["few"][2] == pytest.approx(0.5)
    assert found["few"][1] == pytest.approx(annual_cost(np.arange(96.0, 101.0), 50.0, COSTS).mean())


@pytest.mark.parametrize("wrong", [(40_000, 30_000, 1), (30_000, 70_000, 0), (30_000, 70_000, 40_000)])
def test_costs_that_do_not_rise_are_refused(wrong):
    with pytest.raises(ValueError, match="costs must rise"):
        PlaceCosts(*wrong)


def test_a_fractile_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        target_places(np.ones((2, 2)), 1.0, 1)


def test_contracts_are_known_until_the_last_end_unless_one_that_is_real_has_none():
    ends = [contract(10, until=date(2026, 6, 30)), contract(10, until=date(2027, 1, 31))]
    assert known_until(ends, assumed=False) == date(2027, 1, 31)
    assert known_until([*ends, contract(10)], assumed=False) is None
    assert known_until([*ends, contract(10)], assumed=True) == date(2027, 1, 31)
    assert known_until([contract(10)], assumed=True) is None
    assert known_until([], assumed=False) is None


def test_a_band_of_places_is_whole():
    need = np.array([[100.0, 7.0], [101.0, 8.0], [104.0, 9.0], [105.0, 10.0]])
    np.testing.assert_array_equal(places_band(need, (0.0, 0.5, 1.0)), [[100, 7], [102, 8], [105, 10]])
