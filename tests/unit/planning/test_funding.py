"""Regimes set on some paths and judged on others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indforecast.domain.errors import InputError
from indforecast.planning.composed import plan_paths
from indforecast.planning.funding import (
    amount_at,
    compare_regimes,
    first_amounts,
    forecast_amount,
    law_amounts,
    lost_and_hired_again,
    outcome,
    people_cents,
    yearly_amounts,
)
from indforecast.planning.funding_case import due_by, funding_case
from indforecast.planning.funding_pay import balanced_wage, cost_per_head, output_per_head
from indforecast.planning.funding_steps import Regime, run_regime
from indforecast.planning.funding_tables import (
    DIFFERENCE_COLUMNS,
    REGIME_COLUMNS,
    REGIME_MEASURES,
    difference_table,
    regime_table,
    thirds,
)
from indforecast.planning.staffing import staff_figures, staff_supply, steady_training
from tests.unit.planning.funding_cases import planning_case, small_case, with_funding


@pytest.fixture(scope="module")
def found():
    return compare_regimes(planning_case(60))


def test_some_paths_set_the_amounts_and_the_others_judge(found):
    assert (found.setting_paths, found.judging_paths) == (12, 48)
    whole = planning_case(60)
    judged = compare_regimes(with_funding(whole, regimes={"only": regime(first="forecast")}))
    assert all(values.shape == (48,) for values in judged.outcomes["only"].values())
    # other judging paths leave the amounts as they are
    changed = dict(whole.inflow)
    changed["asylum_first"] = changed["asylum_first"].copy()
    changed["asylum_first"][12:] *= 2
    assert compare_regimes(replace(whole, inflow=changed)).first_amounts == found.first_amounts


def regime(**over):
    def figure(value, unit):
        return {"value": value, "unit": unit, "assumption": "test"}

    return {
        "label_en": "A", "label_nl": "A", "first": "medio", "review_years": figure(1, "years"),
        "corridor": figure(0, "share"), "reserve": figure(0, "share"), **over,
    }  # fmt: skip


def test_too_few_paths_are_refused_in_a_sentence():
    with pytest.raises(InputError, match="19 paths are too few"):
        compare_regimes(planning_case(40).select(slice(0, 19)))
    few = compare_regimes(planning_case(40).select(slice(0, 20)))
    assert (few.setting_paths, few.judging_paths) == (10, 10)


def test_amounts_of_the_first_year():
    # 1,200 and 2,400 cases a year on two paths; nothing late
    case = small_case(np.array([[100.0], [200.0]]).repeat(24, axis=1))
    assert amount_at(case, 0.5) == 180_000_000
    assert amount_at(case, 1.0) == 240_000_000
    assert forecast_amount(case) == 120_000_000  # from the past, which is 100 a month on both
    late = small_case(np.full(24, 100.0), opening=np.full(12, 50.0), term=0)
    assert forecast_amount(late) == 12 * (100 + 600 / 60) * 100_000  # 600 late ones in 60 months


def test_the_reference_is_what_the_first_regime_grants_a_year():
    case = small_case(np.full((3, 24), 200.0))
    funding = with_funding(
        planning_case(),
        regimes={
            "yearly": regime(first="forecast"),
            "same": regime(first="reference", review_years={"value": 5, "unit": "years", "assumption": "test"}),
            "moved": regime(first="reference"),
        },
    ).settings.funding
    # 1.2 m in the first year and 2.0 m in the second; a review moves the second year whatever came first
    assert first_amounts(case, funding, 0.5) == {"yearly": 120_000_000, "same": 160_000_000, "moved": 120_000_000}


@pytest.mark.parametrize("months", [60, 55])
def test_the_same_money_is_granted_on_the_paths_that_set_it_and_the_error_of_the_rest_is_known(months):
    whole = planning_case(60)
    found = compare_regimes(replace(
        whole, periods=whole.periods[:months],
        inflow={name: values[:, :months] for name, values in whole.inflow.items()},
    ))  # fmt: skip
    (name,) = found.same_money
    alike = found.same_money[name]
    assert alike.setting_eur == pytest.approx(alike.setting_reference_eur, abs=2)
    apart = found.outcomes[name]["regime_granted_eur"] - found.outcomes["yearly"]["regime_granted_eur"]
    assert alike.judging_difference_eur == pytest.approx(apart.mean())
    alone = apart.std(ddof=1) / np.sqrt(apart.size)
    assert alike.standard_error_eur > alone  # the paths that set the amount are a sample too


def test_the_law_has_the_part_of_the_calibration_year(found):
    case = planning_case(60)
    law = law_amounts(case.settings, funding_case(case))
    budget = case.settings.budget
    streams = funding_case(case).streams
    part = sum(case.settings.price_eur(n) * case.settings.streams[n].calibration_cases.value for n in streams)
    product = [budget.law_product[str(year)].value for year in range(2026, 2031)]
    calibrated = budget.law_product[budget.calibration_year].value
    assert [amount / 100 for amount in law] == pytest.approx([p * part / calibrated for p in product], abs=0.01)
    granted = yearly_amounts(found.paths["law"].granted)
    np.testing.assert_array_equal(granted, np.broadcast_to(law, granted.shape))


def test_the_stocks_at_the_start_are_those_of_the_plan():
    case = planning_case()
    plan, start = plan_paths(case), funding_case(case)
    for index, name in enumerate(start.streams):
        stream = next(s for s in plan.streams if s.series_id == name)
        before = stream.queue.open_cases[0, -61]
        assert start.opening[index] == before
        assert 0 <= start.late[index] <= before


def test_staff_at_the_start_decide_what_is_decided():
    case = planning_case()
    start = funding_case(case)
    for group, name in enumerate(start.groups):
        now = staff_supply(
            start.trained_fte[group],
            start.in_training[group, :1],
            replace(start.staff, attrition_trained=0.0, attrition_trainees=0.0),
            in_training=np.zeros(len(start.staff.ramp)),
        )
        streams = case.settings.hiring.groups[name].streams
        work = sum(
            start.hours[start.streams.index(s)]
            * list(case.settings.streams[s].decided_per_month.values())[-1].value
            for s in streams
        )
        assert now.hours[0, 0] == pytest.approx(work, rel=0.02)


def test_pay_is_such_that_price_times_quantity_pays_a_steady_staff():
    staff = staff_figures(planning_case().settings)
    rate = 151.80
    paid = replace(staff, wage_cents=balanced_wage(staff, rate))
    hires = np.full(60, 100 * steady_training(1.0, paid)[0])
    steady = staff_supply(100.0, hires, paid, in_training=steady_training(100.0, paid))
    np.testing.assert_allclose(steady.trained_fte, 100.0, rtol=1e-9)
    earned = steady.hours * rate * 100
    np.testing.assert_allclose(steady.cost_cents, earned, rtol=1e-6)
    heads = steady.trained_fte + steady.trainees_fte
    np.testing.assert_allclose(steady.cost_cents / heads, cost_per_head(paid), rtol=1e-6)
    np.testing.assert_allclose(steady.effective_fte / heads, output_per_head(paid), rtol=1e-9)


def test_terms_by_month_of_application_say_when_cases_are_due():
    # stock of 5, 7 and 11 cases from October to December; applications of 1, 2, 4 and 8 from January
    before, due = due_by(
        np.array([[1.0, 2.0, 4.0, 8.0]]), np.array([5.0, 7.0, 11.0]), np.array([1, 1, 1, 1, 2, 1, 1])
    )
    # October's are due in November, November's in December, December's in January, January's in February,
    # February's and March's in April
    assert before.tolist() == [0.0, 5.0, 7.0]
    assert due.tolist() == [[23.0, 24.0, 24.0, 30.0]]


def test_people_lost_and_hired_again():
    halves = [100, 80, 110, 90, 95]
    months = np.repeat(halves, 6)[None, None].astype(float)
    assert lost_and_hired_again(months)[0] == 25  # twenty of the first fall, five of the second
    gaps = np.tile([100.0, 99.0, 98.0, 97.0, 98.0, 99.0], 5)  # a leaver whose successor is being recruited
    assert lost_and_hired_again(gaps[None, None])[0] == 0
    assert lost_and_hired_again(np.repeat([100.0, 120.0, 140.0], 6)[None, None])[0] == 0
    two = np.concatenate([months, np.full_like(months, 50.0)])
    assert lost_and_hired_again(two)[0] == 25


def test_a_year_is_twelve_months_and_a_part_is_left_out():
    assert yearly_amounts(np.ones((2, 30), dtype=np.int64)).tolist() == [[12, 12], [12, 12]]


def test_outcomes_add_up_to_the_cent(found):
    for each in found.outcomes.values():
        whole = {name: np.rint(values * 100) for name, values in each.items() if name.endswith("_eur")}
        total = whole["regime_spent_eur"] + whole["regime_penalties_eur"]
        np.testing.assert_array_equal(total, whole["regime_total_cost_eur"])
        net = total + whole["regime_open_work_eur"] - whole["regime_people_value_eur"]
        np.testing.assert_array_equal(net, whole["regime_net_cost_eur"])
        np.testing.assert_array_equal(
            whole["regime_granted_eur"] + whole["regime_short_eur"],
            whole["regime_spent_eur"] + whole["regime_given_back_eur"] + whole["regime_reserve_eur"],
        )


def test_outcomes_of_a_case_worked_out_by_hand():
    case = small_case(np.full(24, 130.0), term=3)
    paths = run_regime(case, Regime(5, 0.0, 0.0), 120_000_000)
    each = outcome(paths, case, np.full((1, 24), 700, dtype=np.int64))
    assert each["regime_open_cases_end"][0] == 24 * 30
    assert each["regime_open_cases_mean"][0] == 30 * 12.5
    assert each["regime_open_work_eur"][0] == 720 * 1000
    assert each["regime_reception_eur"][0] == 30 * 300 * 2500  # 30 + 60 + ... + 720 case-months
    assert each["regime_penalties_eur"][0] == 168.0
    assert each["regime_granted_eur"][0] == each["regime_spent_eur"][0] == 2_400_000
    assert each["regime_amount_moved_share"][0] == 0
    assert each["regime_people_mean_fte"][0] == 10
    # nobody has to be trained: a new person decides as much as an old one, and a hire costs nothing
    assert people_cents(paths, case.staff)[0] == 0


def test_tables_hold_every_measure_and_differences_are_paired(found):
    table, differences = regime_table(found), difference_table(found)
    assert tuple(table.columns) == REGIME_COLUMNS
    assert tuple(differences.columns) == DIFFERENCE_COLUMNS
    assert set(table["measure"]) == set(REGIME_MEASURES) == set(found.outcomes["yearly"])
    assert len(table) == len(found.outcomes) * len(REGIME_MEASURES) * 4
    assert "yearly" not in set(differences["regime"])
    row = differences.query("regime == 'fixed' and measure == 'regime_open_cases_end' and inflow == 'all'").iloc[0]
    each = found.outcomes["fixed"]["regime_open_cases_end"] - found.outcomes["yearly"]["regime_open_cases_end"]
    assert row["mean"] == pytest.approx(each.mean(), abs=0.051)
    assert row["standard_error"] == pytest.approx(each.std(ddof=1) / 48**0.5, abs=0.051)
    assert row["paths"] == 48


def test_thirds_are_by_the_cost_of_what_comes_in(found):
    low, middle, high = (found.work[thirds(found)[name]] for name in ("low", "middle", "high"))
    assert low.max() <= middle.min()
    assert middle.max() <= high.min()
    assert low.size + middle.size + high.size == 48


def test_the_same_case_gives_the_same_bytes(found):
    again = compare_regimes(planning_case(60))
    assert regime_table(again).to_csv() == regime_table(found).to_csv()


def test_a_surer_fixed_amount_leaves_fewer_cases_open(found):
    assert found.first_amounts["fixed_sure"] > found.first_amounts["fixed"]
    left = {name: each["regime_open_cases_end"] for name, each in found.outcomes.items()}
    assert np.all(left["fixed_sure"] <= left["fixed"] + 1)


def test_a_stream_without_people_is_refused_in_a_sentence():
    case = planning_case()
    hiring = case.settings.hiring
    without = {name: group for name, group in hiring.groups.items() if name != "nareis"}
    lacking = case.settings.model_copy(update={"hiring": hiring.model_copy(update={"groups": without})})
    with pytest.raises(InputError, match="workforce group: nareis_applications"):
        funding_case(replace(case, settings=lacking))


def test_a_horizon_of_a_year_and_a_half_has_no_change_from_year_to_year():
    short = small_case(np.full(18, 100.0))
    paths = run_regime(short, Regime(1, 0.0, 0.0), 120_000_000)
    each = outcome(paths, short, np.zeros((1, 18), dtype=np.int64))
    assert each["regime_amount_moved_share"].tolist() == [0.0]
    assert all(np.all(np.isfinite(values)) for values in each.values())
