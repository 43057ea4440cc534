"""Each expectation on bands: tables that meet them all, and for each one that does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from expectations.bands import BandsContext, bands_checks
from expectations.runner import validate

SHA = "cd" * 32


def judge(frame, context):
    return validate("bands", frame, subject_sha256=SHA, context=context)


def put(column, row, value):
    def change(frame):
        frame = frame.copy()
        frame.loc[row - 1, column] = value
        return frame

    return change


def without(*rows):
    return lambda frame: frame.drop(index=[row - 1 for row in rows])


def raised(row, **values):
    def change(frame):
        frame = frame.copy()
        for column, value in values.items():
            frame.loc[row - 1, column] = value
        return frame

    return change


# Rows of the monthly table: asylum 1-3, asylum_first 4-6, asylum_nareis 7-9, students 10-12.
BOTH = {
    "rows_present": (lambda frame: frame.iloc[:0], (), "no row", {"series_complete"}),
    "series_complete": (lambda frame: frame[frame["series_id"] != "students"], (), "no band for students", set()),
}
MONTHLY = {
    **BOTH,
    "one_row_each": (
        lambda frame: pd.concat([frame, frame.tail(1)]), (12, 13), "students: 2026-03 has more than one", set(),
    ),
    "minimum_filled": (put("minimum", 12, np.nan), (12,), "no minimum", set()),
    "medio_filled": (put("medio", 12, np.nan), (12,), "no medio", set()),
    "maximum_filled": (put("maximum", 12, np.nan), (12,), "no maximum", set()),
    "series_id_filled": (put("series_id", 12, None), (12,), "no series_id", {"series_known", "every_month_there"}),
    "series_known": (put("series_id", 12, "tourists"), (12,), "tourists: 2026-03 is not", {"every_month_there"}),
    "minimum_not_negative": (put("minimum", 12, -1.0), (12,), "negative minimum", set()),
    "maximum_possible": (put("maximum", 12, np.inf), (12,), "impossible maximum", {"plausible_against_history"}),
    "minimum_up_to_medio": (put("minimum", 12, 1250.0), (12,), "minimum above its medio", set()),
    "medio_up_to_maximum": (put("maximum", 12, 1100.0), (12,), "medio above its maximum", set()),
    "total_within_parts": (raised(1, minimum=100.0, medio=200.0), (1,), "asylum: 2026-01 has a medio that", set()),
    "band_has_width": (raised(12, minimum=1200.0, maximum=1200.0), (12,), "students: 2026-03 has a band", set()),
    "plausible_against_history": (put("maximum", 12, 1e6), (12,), "students: 2026-03 has a maximum far", set()),
    "period_filled": (put("period", 12, pd.NaT), (12,), "no period", {"month_expected", "every_month_there"}),
    "month_expected": (
        put("period", 12, pd.Timestamp("2026-04-01")), (12,),
        "students: 2026-04 is no month", {"every_month_there"},
    ),
    "every_month_there": (without(12), (), "^students: 2026-03 is missing$", set()),
}  # fmt: skip
# Rows of the yearly table: asylum 1-2, asylum_first 3-4, asylum_nareis 5-6, students 7-8.
YEARLY = {
    **BOTH,
    "one_row_each": (
        lambda frame: pd.concat([frame, frame.tail(1)]),
        (8, 9),
        "students: 2027 has more than",
        set(),
    ),
    "minimum_filled": (put("minimum", 8, np.nan), (8,), "no minimum", set()),
    "medio_filled": (put("medio", 8, np.nan), (8,), "no medio", set()),
    "maximum_filled": (put("maximum", 8, np.nan), (8,), "no maximum", set()),
    "series_id_filled": (put("series_id", 8, None), (8,), "no series_id", {"series_known", "every_year_there"}),
    "series_known": (put("series_id", 8, "tourists"), (8,), "tourists: 2027 is not", {"every_year_there"}),
    "minimum_not_negative": (put("minimum", 8, -1.0), (8,), "negative minimum", {"year_holds_observed_part"}),
    "maximum_possible": (put("maximum", 8, np.inf), (8,), "impossible maximum", {"plausible_against_history"}),
    "minimum_up_to_medio": (put("minimum", 8, 15_000.0), (8,), "minimum above its medio", set()),
    "medio_up_to_maximum": (put("maximum", 8, 14_000.0), (8,), "medio above its maximum", set()),
    "total_within_parts": (
        put("maximum", 4, 15_000.0),
        (2,),
        "asylum: 2027 has",
        {"medio_up_to_maximum", "band_has_width"},
    ),
    "band_has_width": (raised(8, minimum=14_400.0, maximum=14_400.0), (8,), "students: 2027 has a band", set()),
    "plausible_against_history": (put("maximum", 8, 9e5), (8,), "students: 2027 has a maximum", set()),
    "year_filled": (put("year", 8, np.nan), (8,), "no year", {"year_expected", "every_year_there"}),
    "year_expected": (put("year", 8, 2030), (8,), "students: 2030 is no year", {"every_year_there"}),
    "every_year_there": (without(8), (), "^students: 2027 is missing$", set()),
    "observed_months_filled": (put("observed_months", 8, np.nan), (8,), "no observed_months", set()),
    "observed_persons_filled": (put("observed_persons", 8, np.nan), (8,), "no observed_persons", set()),
    "observed_months_in_year": (put("observed_months", 8, 13), (8,), "more than 12 observed months", set()),
    "observed_persons_not_negative": (put("observed_persons", 8, -3.0), (8,), "negative observed part", set()),
    "year_holds_observed_part": (
        put("observed_persons", 7, 13_000.0),
        (7,),
        "students: 2026 has a minimum",
        set(),
    ),
}


def test_good_bands_meet_every_expectation(monthly, monthly_context, yearly, yearly_context):
    for frame, context in ((monthly, monthly_context), (yearly, yearly_context)):
        verdict = judge(frame, context)
        assert verdict.failed() == ()
        assert verdict.row_word == "row"


@pytest.mark.parametrize("name", MONTHLY)
def test_each_monthly_expectation_fails_where_it_should(name, monthly, monthly_context):
    change, rows, reason, also = MONTHLY[name]
    verdict = judge(change(monthly), monthly_context)
    failed = {result.name: result for result in verdict.failed()}
    assert set(failed) - also == {name}
    assert failed[name].rows == rows
    assert pd.Series([failed[name].reason]).str.contains(reason).all(), failed[name].reason


@pytest.mark.parametrize("name", YEARLY)
def test_each_yearly_expectation_fails_where_it_should(name, yearly, yearly_context):
    change, rows, reason, also = YEARLY[name]
    verdict = judge(change(yearly), yearly_context)
    failed = {result.name: result for result in verdict.failed()}
    assert set(failed) - also == {name}
    assert failed[name].rows == rows
    assert pd.Series([failed[name].reason]).str.contains(reason).all(), failed[name].reason


def test_no_expectation_is_without_a_case(monthly_context, yearly_context):
    for context, cases in ((monthly_context, MONTHLY), (yearly_context, YEARLY)):
        schema = {f"column_{column}_exists" for column in context.columns}
        assert {check.name for check in bands_checks(context)} == set(cases) | schema


@pytest.mark.parametrize("column", ["series_id", "year", "maximum", "observed_months"])
def test_a_missing_column_is_told_apart_from_bad_data(column, yearly, yearly_context):
    verdict = judge(yearly.drop(columns=column), yearly_context)
    assert [result.name for result in verdict.failed()] == [f"column_{column}_exists"]
    assert verdict.summary() == f"Rejected: the column '{column}' is missing."


def test_only_believability_is_a_warning(monthly_context, yearly_context):
    for context in (monthly_context, yearly_context):
        soft = {check.name for check in bands_checks(context) if check.severity != "critical"}
        assert soft == {"band_has_width", "plausible_against_history"}


def test_absent_months_are_named_briefly(monthly, hierarchy):
    context = BandsContext.monthly(hierarchy, pd.Timestamp("2025-12-01"), 24)
    [failed] = judge(monthly, context).failed()
    assert "asylum: 2026-04 .. 2027-12 (21 in all) are missing" in failed.reason


def test_context_covers_what_paths_can_reach(hierarchy):
    origin = pd.Timestamp("2026-04-01")
    assert BandsContext.monthly(hierarchy, origin, 24, horizon=2).periods == ("2026-05", "2026-06")
    assert BandsContext.yearly(hierarchy, origin, 5).periods == ("2026", "2027", "2028", "2029", "2030")
    # 60 months from May 2026 on end with April 2031; 19 end with November 2027.
    assert BandsContext.yearly(hierarchy, origin, 5, horizon=60).periods[-1] == "2030"
    assert BandsContext.yearly(hierarchy, origin, 5, horizon=19).periods == ("2026",)
    assert BandsContext.yearly(hierarchy, origin, 5, horizon=20).periods == ("2026", "2027")
    assert BandsContext.yearly(hierarchy, pd.Timestamp("2025-12-01"), 1, horizon=12).periods == ("2026",)


def test_largest_counts_totals_and_whole_years(hierarchy, make_rows):
    history = pd.concat(
        [make_rows(name, "2024-01", [10, *[1] * 23]) for name in ("asylum_first", "asylum_nareis")]
    )
    monthly = BandsContext.monthly(hierarchy, pd.Timestamp("2025-12-01"), 1, history)
    yearly = BandsContext.yearly(hierarchy, pd.Timestamp("2025-12-01"), 1, history)
    assert monthly.largest == {"asylum": 20.0, "asylum_first": 10.0, "asylum_nareis": 10.0}
    assert yearly.largest == {"asylum": 42.0, "asylum_first": 21.0, "asylum_nareis": 21.0}


def test_bands_as_the_house_makes_them_are_accepted(hierarchy, observed):
    xr = pytest.importorskip("xarray")
    from indforecast.config import load_settings
    from indforecast.domain.observations import History
    from indforecast.domain.seeds import generator_for
    from indforecast.scenarios.bands import monthly_bands, yearly_bands

    rng = generator_for("test", "bands")
    base = {name: rng.poisson(1000.0, (50, 60)).astype(float) for name in hierarchy.base_ids}
    everything = hierarchy.aggregate(base)
    paths = xr.DataArray(
        np.stack([everything[name] for name in hierarchy.series_ids]),
        dims=("series_id", "path", "period"),
        coords={
            "series_id": list(hierarchy.series_ids),
            "period": pd.date_range("2026-01", periods=60, freq="MS"),
        },
    )
    bands = load_settings().bands
    panel = History(pd.Timestamp("2026-01-20").date(), observed).panel(hierarchy.base_ids)
    origin = pd.Timestamp("2025-12-01")
    month = judge(monthly_bands(paths, bands), BandsContext.monthly(hierarchy, origin, 24, observed, horizon=60))
    year = judge(
        yearly_bands(paths, panel, hierarchy, bands),
        BandsContext.yearly(hierarchy, origin, 5, observed, horizon=60),
    )
    assert month.failed() == ()
    assert year.failed() == ()
