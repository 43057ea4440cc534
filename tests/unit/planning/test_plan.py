"""The whole plan: shape, history, notes, and what it refuses."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.config import load_settings
from indforecast.domain.observations import Panel
from indforecast.planning.measures import ALL, MEASURES
from indforecast.planning.plan import START_COLUMNS, plan

SETTINGS = load_settings()
LEVELS = SETTINGS.bands.levels
MEAN = {
    "asylum_first": 2010.0, "asylum_repeat": 135.0, "asylum_nareis": 1370.0, "nareis_applications": 960.0,
    "knowledge_migrants": 1750.0, "students": 1720.0, "naturalisation": 4313.0,
}  # fmt: skip


def joint_paths(paths=40, periods=30, seed=1):
    rng = np.random.default_rng(seed)
    base = {k: np.rint(v * np.exp(np.cumsum(rng.normal(0, 0.05, (paths, periods)), 1))) for k, v in MEAN.items()}
    return SETTINGS.hierarchy.aggregate(base)


def months(first, count):
    return np.datetime64(first, "M") + np.arange(count)


def observed(last, count=36, value=None):
    ids = SETTINGS.hierarchy.base_ids
    periods = np.datetime64(last, "M") - np.arange(count - 1, -1, -1)
    counts = np.array([np.full(count, MEAN[name] if value is None else value) for name in ids])
    return Panel(date(2026, 2, 20), ids, periods, np.round(counts))


def run(inflow=None, first="2026-01", history=None, settings=SETTINGS.planning):
    inflow = joint_paths() if inflow is None else inflow
    count = next(iter(inflow.values())).shape[1]
    return plan(inflow, months(first, count), SETTINGS.hierarchy, settings, LEVELS, history=history)


def row(frame, measure, series_id=ALL, **where):
    chosen = frame[(frame["measure"] == measure) & (frame["series_id"] == series_id)]
    for column, value in where.items():
        chosen = chosen[chosen[column] == value]
    assert len(chosen) == 1
    return chosen.iloc[0]


@pytest.fixture(scope="module")
def planned():
    return run(history=observed("2025-12"))


def test_every_measure_stream_and_month_is_there_once(planned):
    work = {
        "asylum_first",
        "asylum_repeat",
        "nareis_applications",
        "knowledge_migrants",
        "students",
        "naturalisation",
    }
    for frame, time in ((planned.monthly, "period"), (planned.yearly, "year")):
        assert not frame.duplicated(["measure", "series_id", time]).any()
        assert not frame.isna().any().any()
        for measure in (
            "handling_hours",
            "staffing_fte",
            "decisions",
            "open_cases",
            "share_in_term",
            "budget_eur",
            "budget_backlog_eur",
            "budget_decided_eur",
        ):
            assert set(frame[frame["measure"] == measure]["series_id"]) == {*work, ALL}
        for measure in (
            "residents",
            "beds",
            "reception_cost_eur",
            "budget_other_products_eur",
            "budget_input_eur",
        ):
            assert set(frame[frame["measure"] == measure]["series_id"]) == {ALL}
    assert set(planned.yearly["measure"]) == set(MEASURES)
    assert set(planned.monthly["measure"]) == {name for name, measure in MEASURES.items() if measure.monthly}
    assert planned.monthly["period"].nunique() == 30
    assert (planned.yearly["unit"] == planned.yearly["measure"].map(lambda name: MEASURES[name].unit)).all()


def test_bands_rise_and_nothing_but_the_gap_is_negative(planned):
    for frame in (planned.monthly, planned.yearly):
        assert (frame["minimum"] <= frame["medio"]).all()
        assert (frame["medio"] <= frame["maximum"]).all()
        assert (frame[~frame["measure"].str.startswith("budget_gap")]["minimum"] >= 0).all()
    shares = planned.monthly[planned.monthly["unit"] == "share"]
    assert shares["maximum"].max() <= 1


def test_queue_balances_to_the_case(planned):
    assert planned.imbalance_cases == 0


def test_money_is_whole_cents(planned):
    money = planned.yearly[planned.yearly["unit"] == "EUR"][["minimum", "medio", "maximum"]].to_numpy()
    np.testing.assert_array_equal(money, np.round(money, 2))


def test_same_input_same_tables(planned):
    again = run(history=observed("2025-12"))
    pd.testing.assert_frame_equal(planned.monthly, again.monthly, check_exact=True)
    pd.testing.assert_frame_equal(planned.yearly, again.yearly, check_exact=True)


def test_stocks_reach_the_origin_by_observed_inflow_and_land_near_the_published_stock(planned):
    start = planned.start.set_index(["measure", "series_id"])
    assert tuple(planned.start.columns) == START_COLUMNS
    asylum = start.loc[("open_cases", "asylum_first")]
    assert (asylum["counted_in"], asylum["rolled_months"]) == ("2025-05", 7)
    # the fast tracks' cases take fewer hours, so slightly more than the 1,510 of their mean are decided
    assert 45_400 + 7 * (2010 - 1570) < asylum["value"] < 45_400 + 7 * (2010 - 1510)
    assert (start["period"] == pd.Timestamp("2025-12-01")).all()
    assert start.loc[("residents", ALL), "rolled_months"] == 12
    assert planned.notes == ()  # terms of June 2026 are law by now: no hindsight


def test_without_history_stocks_stand_as_counted_and_a_note_says_so():
    result = run()
    start = result.start.set_index(["measure", "series_id"])
    assert start.loc[("open_cases", "asylum_first"), "value"] == 45_400
    assert start.loc[("residents", ALL), "value"] == 73_000
    assert (start["rolled_months"] == 0).all()
    assert [note.text_en for note in result.notes] == [
        "Stocks counted in 2024-12, 2025-05 stand at the forecast origin without change.",
    ]


def test_calendar_year_holds_its_observed_months():
    flat = {name: np.full((3, 20), np.round(value)) for name, value in MEAN.items()}
    with_history = run(flat, first="2026-04", history=observed("2026-03"))
    without = run(flat, first="2026-04")
    year = row(with_history.yearly, "handling_hours", "students", year=2026)
    assert year["months"] == 12
    assert year["medio"] == 12 * 1720 * 2.0
    assert row(without.yearly, "handling_hours", "students", year=2026)["months"] == 9
    gaps = with_history.yearly[with_history.yearly["measure"] == "budget_gap_eur"]
    assert gaps["year"].tolist() == [2026]
    assert without.yearly[without.yearly["measure"] == "budget_gap_eur"].empty


def test_total_of_staff_is_not_the_sum_of_the_streams_bands(planned):
    year = planned.yearly[(planned.yearly["measure"] == "staffing_fte") & (planned.yearly["year"] == 2027)]
    total = year[year["series_id"] == ALL].iloc[0]
    parts = year[year["series_id"] != ALL]
    assert total["maximum"] < parts["maximum"].sum()
    assert total["minimum"] > parts["minimum"].sum()


def test_one_path_is_its_own_band():
    result = run(joint_paths(paths=1))
    pd.testing.assert_series_equal(result.monthly["minimum"], result.monthly["maximum"], check_names=False)


def test_no_inflow_at_all_leaves_no_work_and_empties_stock_and_reception():
    nothing = {name: np.zeros((2, 60)) for name in MEAN}
    result = run(nothing, history=observed("2025-12"))
    last = result.yearly["year"].max()
    assert row(result.yearly, "handling_hours", year=last)["maximum"] == 0
    assert row(result.yearly, "open_cases", year=last)["maximum"] == 0
    assert row(result.yearly, "share_in_term", year=last)["minimum"] == 1
    assert row(result.yearly, "residents", year=last)["maximum"] < 0.1 * 73_000
    gap = row(result.yearly, "budget_gap_eur", year=2026)
    assert gap["medio"] == pytest.approx(SETTINGS.planning.other_products_eur - 790_147_000, abs=0.01)


def test_a_replay_says_that_it_uses_later_figures():
    texts = [note.text_en for note in run(first="2022-02", history=observed("2022-01")).notes]
    assert any("hindsight" in text for text in texts)
    dated = next(text for text in texts if text.startswith("Figures dated after"))
    assert "streams.asylum_first.decided_per_month" in dated
    assert "reception.months_to_decision" in dated
    assert not any(word in dated for word in ("open_cases", "tracks", "extensions"))


def test_missing_observed_months_are_filled_and_said():
    history = observed("2025-12")
    history.observed[history.series_ids.index("students"), -1] = np.nan
    texts = [note.text_en for note in run(history=history).notes]
    assert texts == ["1 missing observed months stand at the mean of the twelve months before."]


@pytest.mark.parametrize("change", ["drop", "shape", "negative", "nan", "gap"])
def test_unusable_paths_are_refused(change):
    inflow, periods = dict(joint_paths(4, 6)), months("2026-01", 6)
    if change == "drop":
        del inflow["students"]
    elif change == "shape":
        inflow["students"] = inflow["students"][:, :5]
    elif change in ("negative", "nan"):
        inflow["students"] = inflow["students"].copy()
        inflow["students"][2, 3] = -1 if change == "negative" else np.nan
    else:
        periods = np.delete(months("2026-01", 7), 3)
    with pytest.raises(ValueError, match=r"students|periods|shape"):
        plan(inflow, periods, SETTINGS.hierarchy, SETTINGS.planning, LEVELS)


def test_inputs_are_not_changed():
    inflow = joint_paths(5, 12)
    before = {name: values.copy() for name, values in inflow.items()}
    history = observed("2025-12")
    known = history.observed.copy()
    run(inflow, history=history)
    for name, values in before.items():
        np.testing.assert_array_equal(inflow[name], values)
    np.testing.assert_array_equal(history.observed, known)


def test_probability_of_a_shortfall_is_the_share_of_paths_above_the_law():
    rng = np.random.default_rng(7)
    scale = rng.uniform(0.5, 1.6, (50, 1))
    inflow = {name: np.rint(np.full((50, 24), value) * scale) for name, value in MEAN.items()}
    result = run(inflow, history=observed("2025-12"))
    planning = SETTINGS.planning
    law = 790_147_000 + 289_576_000
    fixed = planning.other_products_eur + 289_576_000
    need = fixed + sum(inflow[name][:, :12].sum(axis=1) * planning.price_eur(name) for name in planning.streams)
    chance = row(result.yearly, "budget_shortfall_probability", year=2026)
    assert 0 < chance["medio"] < 1
    assert chance["minimum"] == chance["medio"] == chance["maximum"] == (need > law).mean()
    mean = row(result.yearly, "budget_gap_mean_eur", year=2026)
    assert mean["medio"] == pytest.approx((need - law).mean(), abs=0.02)
    late = row(result.yearly, "budget_shortfall_with_backlog_probability", year=2026)["medio"]
    assert late >= chance["medio"]
    more = row(result.yearly, "budget_gap_with_backlog_mean_eur", year=2026)["medio"]
    assert more > mean["medio"] + 100e6 * 0.5
    assert row(result.yearly, "budget_gap_with_backlog_eur", year=2026)["medio"] > mean["medio"]
