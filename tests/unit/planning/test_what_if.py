"""Two plans on the same paths: differences path by path, and what hires cost."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from indforecast.planning.composed import plan_paths
from indforecast.planning.hire_costs import HIRE_COST_COLUMNS, hire_costs
from indforecast.planning.levers import Lever
from indforecast.planning.measures import ALL, MEASURES, YearRule
from indforecast.planning.staffing import staff_figures
from indforecast.planning.what_if import WHAT_IF_COLUMNS, targets_of, what_if
from tests.unit.planning.funding_cases import planning_case

CASE = planning_case(24, 30)


@pytest.fixture(scope="module")
def base():
    return plan_paths(CASE)


@pytest.fixture(scope="module")
def more(base):
    return what_if(CASE, [Lever("inflow", "students", "percent", 20.0)], before=base)


def row(table, measure, series_id, year):
    found = table[(table["measure"] == measure) & (table["series_id"] == series_id) & (table["year"] == year)]
    assert len(found) == 1
    return found.iloc[0]


def test_the_band_of_a_difference_is_taken_path_by_path(more):
    values = {
        when: next(
            item for item in plan.measured if (item.measure, item.series_id) == ("handling_hours", "students")
        )
        for when, plan in (("before", more.before), ("after", more.after))
    }
    changed = (values["after"].values - values["before"].values)[:, 12:24].sum(axis=1)
    found = row(more.yearly, "handling_hours", "students", 2027)
    band = np.quantile(changed, CASE.levels)
    np.testing.assert_allclose(
        found[["difference_minimum", "difference_medio", "difference_maximum"]].astype(float), band, atol=0.06
    )
    assert found["difference_mean"] == pytest.approx(changed.mean(), abs=0.06)
    # narrower than the difference of bands: both plans rest on the same draws
    assert found["difference_maximum"] < found["after_maximum"] - found["before_minimum"]
    assert found["after_medio"] == pytest.approx(1.2 * found["before_medio"], rel=0.01)


def test_what_does_not_move_has_the_bands_of_before_and_differences_of_nothing(more):
    still = more.yearly[more.yearly["series_id"] == "naturalisation"]
    assert len(still) > 10
    for band in ("minimum", "medio", "maximum"):
        assert (still[f"difference_{band}"] == 0).all()
        assert (still[f"before_{band}"] == still[f"after_{band}"]).all()
    assert (still["difference_mean"] == 0).all()


def test_whole_years_alone_but_for_stocks(more):
    assert tuple(more.yearly.columns) == WHAT_IF_COLUMNS
    parts = more.yearly[more.yearly["months"] < 12]
    assert set(parts["year"]) == {2028}
    assert {MEASURES[name].year for name in parts["measure"]} == {YearRule.YEAR_END}
    assert {2026, 2027} == set(more.yearly.loc[more.yearly["measure"] == "handling_hours", "year"])


def test_with_and_without_a_plan_at_hand_it_is_the_same(base):
    levers = [Lever("hours", "asylum_first", "set", 34.0), Lever("hires", "asylum", "set", 10.0)]
    one, other = what_if(CASE, levers, before=base), what_if(CASE, levers)
    pd.testing.assert_frame_equal(one.yearly, other.yearly, check_exact=True)
    pd.testing.assert_frame_equal(one.hires, other.hires, check_exact=True)
    with pytest.raises(ValueError, match="another case"):
        what_if(replace(CASE), levers, before=base)


def test_no_change_is_no_difference(base):
    found = what_if(CASE, [], before=base)
    assert (found.yearly.filter(like="difference") == 0).all(axis=None)
    assert found.hires.empty
    assert tuple(found.hires.columns) == HIRE_COST_COLUMNS


def test_a_series_that_a_plan_leaves_out_is_nothing_in_it(base):
    stopped = [Lever("decisions", "naturalisation", "set", 0.0), Lever("inflow", "naturalisation", "set", 0.0)]
    found = what_if(CASE, stopped, before=base)
    keys = {(item.measure, item.series_id) for item in found.after.measured}
    assert ("telephone_calls", "naturalisation") not in keys
    calls = row(found.yearly, "telephone_calls", "naturalisation", 2027)
    assert calls["after_maximum"] == 0
    assert calls["difference_medio"] == pytest.approx(-calls["before_medio"], abs=0.1)


def test_levers_act_on_what_can_change():
    targets = targets_of(CASE)
    assert "asylum_nareis" in targets["inflow"]
    assert "asylum_nareis" not in targets["hours"]
    assert set(targets["decisions"]) == {"asylum_first", "asylum_repeat", "nareis_applications", "naturalisation"}
    assert targets["hires"] == ("asylum", "nareis", "naturalisation")  # other staff follow their applications
    assert targets["housing"] == targets["grants"] == (ALL,)


def test_one_hire_costs_a_wage_and_a_start_and_gives_hours_once_trained():
    january = np.datetime64("2026-01", "M")
    costs = hire_costs(CASE, [Lever("hires", "nareis", "set", 1.0, january, january)]).set_index("year")
    assert costs["group"].eq("nareis").all()
    assert costs["months"].to_dict() == {2026: 12, 2027: 12, 2028: 6}
    figures = staff_figures(CASE.settings)
    first = costs.loc[2026]
    assert 0 < first["extra_fte"] <= 1
    wages = first["extra_fte"] * 12 * figures.wage_cents / 100  # FTE are rounded to a tenth
    assert first["cost_eur"] == pytest.approx(
        wages + figures.hire_cents / 100, abs=0.06 * 12 * figures.wage_cents / 100
    )
    assert first["extra_hours"] < 0.5 * costs.loc[2027, "extra_hours"]
    assert costs.loc[2027, "extra_hours"] < figures.productive_hours
    assert costs.loc[2027, "cost_eur"] < first["cost_eur"]
    assert costs.loc[2027, "extra_fte"] <= first["extra_fte"]


def test_costs_are_whole_cents_and_twice_the_hires_cost_twice():
    once, twice = (
        hire_costs(CASE, [Lever("hires", "asylum", "set", number)]).set_index("year") for number in (4.0, 8.0)
    )
    np.testing.assert_allclose(twice["cost_eur"], 2 * once["cost_eur"], atol=1.0)
    np.testing.assert_allclose(twice["extra_hours"], 2 * once["extra_hours"], atol=0.2)
    cents = once["cost_eur"].to_numpy() * 100
    np.testing.assert_allclose(cents, np.rint(cents), rtol=0, atol=1e-4)


def test_a_group_whose_staff_follow_its_applications_has_no_row():
    assert hire_costs(CASE, [Lever("hires", "regular", "set", 3.0)]).empty
    assert hire_costs(CASE, [Lever("inflow", "students", "percent", 3.0)]).empty
