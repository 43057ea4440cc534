"""What is needed to be how sure, beside the law."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indforecast.planning.budget import budget_cents, granted
from indforecast.planning.budget_paths import budget_paths
from indforecast.planning.certainty import (
    CERTAINTY_COLUMNS,
    NEEDS,
    PRICE_QUANTITY_COLUMNS,
    certainty_table,
    needed,
    price_quantity_table,
    together,
    whole_years,
)
from indforecast.planning.composed import Lever, plan_paths
from indforecast.planning.measures import ALL
from indforecast.planning.plan import plan_tables
from tests.unit.planning.funding_cases import planning_case

LEVELS = (0.1, 0.5, 0.8, 0.9)


@pytest.fixture(scope="module")
def plan():
    return plan_paths(planning_case())


@pytest.fixture(scope="module")
def table(plan):
    return certainty_table({"baseline": plan}, LEVELS)


def rows(table, measure, series_id=ALL, year=2027):
    chosen = (table["measure"] == measure) & (table["series_id"] == series_id) & (table["year"] == year)
    return table[chosen].reset_index(drop=True)


def test_the_amount_suffices_on_that_share_of_the_paths():
    amounts = np.arange(1000.0)
    need, error = needed(amounts, (0.5, 0.8))
    assert [(amounts <= amount).mean() for amount in need] == [0.5, 0.8]
    # evenly spread from 0 to 1,000: sqrt(p (1 - p) / 1000) of a thousand, which is 15.8 and 12.6
    assert error.tolist() == pytest.approx([15.8, 12.6], rel=0.02)


def test_the_standard_error_is_that_of_a_bootstrap():
    rng = np.random.default_rng(8)
    amounts = rng.lognormal(0, 0.5, 1000)
    drawn = np.quantile(rng.choice(amounts, (2000, 1000)), LEVELS, axis=1)
    assert needed(1e6 * amounts, LEVELS)[1] / 1e6 == pytest.approx(drawn.std(axis=1), rel=0.1)
    assert needed(np.full(50, 7.0), LEVELS)[1].tolist() == [0.0] * 4


def test_need_minus_what_is_granted_is_the_gap_in_every_row(plan, table):
    assert tuple(table.columns) == CERTAINTY_COLUMNS
    total = table[table["series_id"] == ALL]
    law = granted(plan.case.settings)
    assert set(total["year"]) == set(law) - {2025} == {2026, 2027, 2028, 2029, 2030}
    for row in total.to_dict("records"):
        assert row["granted_eur"] == law[row["year"]]
        assert round(row["need_eur"] * 100) - round(law[row["year"]] * 100) == round(row["gap_eur"] * 100)


def test_no_law_grants_a_single_stream_anything(table):
    streams = table[table["series_id"] != ALL]
    assert streams[["granted_eur", "gap_eur"]].isna().all(axis=None)
    assert set(streams["measure"]) == set(NEEDS)


def test_it_says_what_the_plan_says_at_the_levels_of_the_bands(plan, table):
    yearly = plan_tables(plan).yearly
    for measure in NEEDS:
        published = yearly[
            (yearly["measure"] == measure) & (yearly["series_id"] == ALL) & (yearly["year"] == 2027)
        ]
        found = rows(table, measure).set_index("certainty")["need_eur"]
        assert [found[level] for level in (0.1, 0.5, 0.9)] == [
            published[name].iloc[0] for name in ("minimum", "medio", "maximum")
        ]


def test_more_certainty_never_asks_less(table):
    for _, group in table.groupby(["measure", "series_id", "year"]):
        assert group["need_eur"].is_monotonic_increasing


def test_streams_add_up_on_every_path_to_the_cent_but_quantiles_do_not(plan, table):
    found = budget_cents(plan.streams, plan.months, plan.case.settings)
    total = sum(found.need.values()) + found.other + found.inputs
    published = next(v for v in plan.measured if v.measure == "budget_eur" and v.series_id == ALL)
    np.testing.assert_array_equal(total, np.rint(published.by_month() * 100).astype(np.int64))
    parts = sum(rows(table, "budget_eur", name)["need_eur"].iloc[2] for name in plan.case.work)
    fixed = (found.other + found.inputs)[0, whole_years(plan)[2027]].sum() / 100
    assert parts + fixed > rows(table, "budget_eur")["need_eur"].iloc[2] + 1e6


def test_the_backlog_is_added_stream_by_stream(plan, table):
    alone, both = rows(table, "budget_eur", "asylum_first"), rows(table, "budget_with_backlog_eur", "asylum_first")
    assert np.all(both["need_eur"] > alone["need_eur"])


def test_several_named_plans_stand_side_by_side():
    case = planning_case()
    more = plan_paths(case, [Lever("inflow", "asylum_first", "percent", 20)])
    both = certainty_table({"baseline": plan_paths(case), "more asylum": more})
    assert tuple(dict.fromkeys(both["certainty"])) == case.settings.funding.certainty
    need = both.set_index(["scenario", "measure", "series_id", "year", "certainty"])["need_eur"].sort_index()
    for series_id in ("asylum_first", ALL):
        assert np.all(need["more asylum", "budget_eur", series_id] > need["baseline", "budget_eur", series_id])
    pd.testing.assert_series_equal(
        need["more asylum", "budget_eur", "students"], need["baseline", "budget_eur", "students"]
    )


def test_price_times_quantity_is_the_money_of_every_stream(plan):
    table = price_quantity_table({"baseline": plan})
    assert tuple(table.columns) == PRICE_QUANTITY_COLUMNS
    streams = table[table["unit_price_eur"].notna()]
    assert set(streams["series_id"]) == set(plan.case.work)
    for band in ("minimum", "medio", "maximum"):
        money = streams["unit_price_eur"] * streams[f"cases_{band}"]
        np.testing.assert_allclose(streams[f"need_{band}_eur"], money, rtol=1e-12, atol=0.011)
    fixed = table[table["measure"] == "budget_input_eur"]
    np.testing.assert_allclose(fixed["need_medio_eur"], fixed["granted_eur"], atol=0.005)


def test_a_year_that_is_not_whole_is_left_out():
    short = plan_paths(planning_case(40, 60).until(20))
    assert list(whole_years(short)) == [2026]
    assert set(certainty_table({"short": short})["year"]) == {2026}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=60), st.lists(st.integers(0, 10**10), min_size=2))
def test_more_on_any_path_never_needs_less(amounts, more):
    eur = np.array(amounts) / 100
    extra = np.resize(np.array(more) / 100, eur.shape)
    levels = (0.05, 0.5, 0.8, 0.95)
    before, after = needed(eur, levels)[0], needed(eur + extra, levels)[0]
    assert np.all(after >= before - 0.005 - 1e-12 * before)


def test_money_alone_is_that_of_the_whole_plan(plan):
    alone = budget_paths(plan.case)
    np.testing.assert_array_equal(alone.months, plan.months)
    whole = {(v.measure, v.series_id): v for v in plan.measured}
    for item in alone.measured:
        np.testing.assert_array_equal(item.by_month(), whole[item.measure, item.series_id].by_month())
    lever = [Lever("hours", "asylum_first", "percent", 10)]
    dearer = price_quantity_table({"dearer": budget_paths(plan.case, lever)})
    price = dearer[dearer["series_id"] == "asylum_first"]["unit_price_eur"]
    assert price.to_numpy() == pytest.approx(1.1 * plan.case.settings.price_eur("asylum_first"), abs=0.01)


def test_years_together_need_less_than_one_by_one(plan, table):
    found = together(plan, 2027, 0.8)
    assert (found.first_year, found.last_year, found.years) == (2027, 2030, 4)
    law = granted(plan.case.settings)
    assert found.granted_eur == round(sum(law[year] for year in (2027, 2028, 2029, 2030)), 2)
    each = [rows(table, "budget_eur", year=year)["need_eur"].iloc[2] for year in (2027, 2028, 2029, 2030)]
    assert found.separately_eur == round(sum(each), 2)
    assert found.need_eur < found.separately_eur
    cents = budget_cents(plan.streams, plan.months, plan.case.settings)
    total = sum(cents.need.values()) + cents.other + cents.inputs
    years = total[:, whole_years(plan)[2027].start : whole_years(plan)[2030].stop].sum(axis=1)
    assert found.need_eur == pytest.approx(np.quantile(years, 0.8) / 100, abs=0.01)


def test_one_year_is_not_several(plan):
    assert together(plan, 2030, 0.8) is None
    assert together(plan, 2031, 0.8) is None
