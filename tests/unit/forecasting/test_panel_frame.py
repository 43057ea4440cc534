"""Plain frames in: what is understood, what is refused and in which words."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from indforecast.domain.errors import InputError
from indforecast.forecasting.panel_frame import (
    months_in_form,
    months_of,
    read_levels,
    read_panel,
    require_whole,
)

FEBRUARY = (2024 - 1970) * 12 + 1


def frame(**columns) -> pd.DataFrame:
    return pd.DataFrame(
        {"series_id": ["a", "a", "b"], "period": ["2024-01", "2024-03", "2024-02"], "observed": [1, 2, 3]}
        | columns
    )


def test_series_stand_on_one_calendar_sorted_by_key():
    arrays = read_panel(frame(series_id=["z", "z", "b"]))
    assert list(arrays.series_ids) == ["b", "z"]
    assert arrays.first_month == FEBRUARY - 1
    np.testing.assert_array_equal(arrays.counts, [[np.nan, 3, np.nan], [1, np.nan, 2]])
    np.testing.assert_array_equal(arrays.begins, [1, 0])
    np.testing.assert_array_equal(arrays.ends, [1, 2])
    np.testing.assert_array_equal(arrays.groups, [0, 0])


def test_the_order_of_rows_and_the_index_do_not_matter():
    plain = read_panel(frame(group=["x", "x", "y"]))
    mixed = frame(group=["x", "x", "y"]).iloc[[2, 0, 1]].set_index(pd.Index([7, 7, 7]))
    other = read_panel(mixed)
    np.testing.assert_array_equal(other.counts, plain.counts)
    np.testing.assert_array_equal(other.groups, plain.groups)
    assert list(other.series_ids) == list(plain.series_ids)


def test_a_row_said_twice_counts_once_also_beside_an_empty_one():
    twice = pd.concat([frame(), frame(), frame(observed=[None, None, None])])
    np.testing.assert_array_equal(read_panel(twice).counts, read_panel(frame()).counts)


def test_the_calendar_runs_to_the_last_month_named_observed_or_not():
    rows = pd.concat([frame(), pd.DataFrame({"series_id": ["a"], "period": ["2024-06"], "observed": [np.nan]})])
    arrays = read_panel(rows)
    assert arrays.counts.shape == (2, 6)
    np.testing.assert_array_equal(arrays.ends, [2, 1])


def test_a_series_that_shows_nothing_is_no_series():
    assert list(read_panel(frame(observed=[1, 2, None])).series_ids) == ["a"]


MONTHS = [
    (pd.period_range("2024-01", periods=3, freq="M"), "period"),
    (pd.Series(pd.period_range("2024-01", periods=3, freq="M"), dtype=object), "period"),
    (pd.date_range("2024-01-01", periods=3, freq="MS"), "timestamp"),
    (pd.to_datetime(["2024-01-31", "2024-02-29", "2024-03-31"]), "timestamp"),
    (pd.to_datetime(["2024-01-31 23:59:59", "2024-02-29 12:00:00", "2024-03-31 00:00:00"]), "timestamp"),
    (pd.date_range("2024-01-01", periods=3, freq="MS", tz="Europe/Amsterdam"), "timestamp"),
    (pd.date_range("2024-01-01", periods=3, freq="MS").astype("datetime64[s]"), "timestamp"),
    (np.array(["2024-01", "2024-02", "2024-03"], dtype="datetime64[M]"), "timestamp"),
    ([date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 1)], "timestamp"),
    (
        pd.Series([datetime(2024, 1, 31, 9, 30), datetime(2024, 2, 1), datetime(2024, 3, 1)], dtype=object),
        "timestamp",
    ),
    (pd.Series(pd.to_datetime(["2024-01-31", "2024-02-29", "2024-03-31"]), dtype=object), "timestamp"),
    (["2024-01", "2024-02", "2024-03"], "text"),
    (["2024-01-31", "2024-02-29", "2024-03-01"], "text"),
    (pd.Series(["2024-01", "2024-02", "2024-03"], dtype="string"), "text"),
    (pd.Categorical(["2024-01", "2024-02", "2024-03"]), "text"),
]


@pytest.mark.parametrize(
    ("given", "form"), MONTHS, ids=[f"{number}-{form}" for number, (_, form) in enumerate(MONTHS)]
)
def test_months_in_any_form_are_the_same_months(given, form):
    months, found = months_of(given, "period")
    np.testing.assert_array_equal(months, [FEBRUARY - 1, FEBRUARY, FEBRUARY + 1])
    assert found == form
    again, same = months_of(months_in_form(months, form), "period")
    np.testing.assert_array_equal(again, months)
    assert same == form


@pytest.mark.parametrize("year", ["1066", "1677", "1969", "2300", "9999"])
def test_far_months_keep_their_form(year):
    for given in ([f"{year}-07"], pd.PeriodIndex([pd.Period(f"{year}-07", "M")])):
        months, form = months_of(given, "period")
        assert str(months_in_form(months, form)[0]) == f"{year}-07"


@pytest.mark.parametrize(
    "bad",
    ["2024-13", "2024-00", "2024", "202401", "01-2024", "january", "2024-1", "", "2024-02-31", "2024-02-00",
     202401, 1.5, pd.Timedelta(1, "D"), "2024-01 extra", True],
)  # fmt: skip
def test_what_is_no_month_is_refused_by_name(bad):
    with pytest.raises(InputError, match="is not a month") as caught:
        read_panel(frame(period=pd.Series(["2024-01", bad, "2024-02"], dtype=object)))
    assert str(bad)[:10] in str(caught.value)
    assert "YYYY-MM" in str(caught.value)


@pytest.mark.parametrize("empty", [None, np.nan, pd.NaT])
def test_a_row_without_a_month_is_refused(empty):
    with pytest.raises(InputError, match="has no period"):
        read_panel(frame(period=["2024-01", empty, "2024-02"]))


@pytest.mark.parametrize("frequency", ["W", "D", "Q", "Y"])
@pytest.mark.parametrize("kind", [None, object])
def test_periods_of_another_frequency_are_refused(frequency, kind):
    periods = pd.Series(pd.period_range("2024-01", periods=3, freq=frequency), dtype=kind)
    with pytest.raises(InputError, match="another frequency"):
        read_panel(frame(period=periods))


@pytest.mark.parametrize("name", ["series_id", "period", "observed"])
def test_a_missing_column_is_named(name):
    with pytest.raises(InputError, match=f"no column {name}"):
        read_panel(frame().drop(columns=name))


@pytest.mark.parametrize("name", ["series_id", "period", "observed", "group"])
def test_a_column_that_stands_twice_is_named(name):
    rows = frame(group="x")
    with pytest.raises(InputError, match=f"more than one column {name}"):
        read_panel(pd.concat([rows, rows[[name]]], axis=1))


@pytest.mark.parametrize("given", [None, [1, 2], {"series_id": []}, pd.Series([1])])
def test_what_is_no_frame_is_refused(given):
    with pytest.raises(InputError, match="DataFrame"):
        read_panel(given)


@pytest.mark.parametrize("empty", [None, np.nan, pd.NA])
def test_a_row_without_a_key_is_refused(empty):
    with pytest.raises(InputError, match="no series_id"):
        read_panel(frame(series_id=["a", empty, "b"]))


@pytest.mark.parametrize(
    "counts",
    [
        pd.Series([1, None, 3], dtype="Int64"),
        pd.Series([1, None, 3], dtype="Float64"),
        pd.Series([1, None, 3], dtype=object),
        pd.Series([1, pd.NA, 3], dtype=object),
        pd.Series([1, Decimal("NaN"), Decimal(3)], dtype=object),
        pd.Series([1.0, np.nan, 3.0], dtype="float32"),
    ],
    ids=lambda counts: f"{counts.dtype}",
)
def test_counts_of_any_dtype_are_the_same_counts(counts):
    arrays = read_panel(frame(observed=counts))
    np.testing.assert_array_equal(arrays.counts, [[1, np.nan, np.nan], [np.nan, 3, np.nan]])
    np.testing.assert_array_equal(read_panel(frame(observed=np.array([1, 2, 3], dtype="uint8"))).counts[0, 0], 1)


@pytest.mark.parametrize("bad", ["many", [1], {"n": 1}, pd.Timestamp("2024-01-01"), "1,5", date(2024, 1, 1)])
def test_what_is_no_number_is_refused_by_name(bad):
    with pytest.raises(InputError, match="in observed is not a number") as caught:
        read_panel(frame(observed=pd.Series([1, None, bad], dtype=object)))
    assert str(bad)[:8] in str(caught.value)


@pytest.mark.parametrize("kind", ["datetime64[ns]", "timedelta64[ns]", "datetime64[ns, UTC]"])
def test_times_are_no_counts(kind):
    with pytest.raises(InputError, match="in observed is not a number"):
        read_panel(frame(observed=pd.Series([1, 2, 3]).astype(kind)))


@pytest.mark.parametrize(("bad", "words"), [(np.inf, "infinite"), (-np.inf, "infinite"), (-1, "negative")])
def test_impossible_counts_are_refused_with_series_and_month(bad, words):
    with pytest.raises(InputError, match=f"b in 2024-02 is {words}"):
        read_panel(frame(observed=[1.0, 2.0, bad]))


def test_two_counts_for_one_month_are_refused():
    with pytest.raises(InputError, match="a has two different counts for 2024-01"):
        read_panel(frame(period=["2024-01", "2024-01", "2024-02"]))


def test_two_groups_of_one_series_are_refused():
    with pytest.raises(InputError, match="a stands in two groups, x and y"):
        read_panel(frame(group=["x", "y", "y"]))
    with pytest.raises(InputError, match="no group"):
        read_panel(frame(group=["x", None, "y"]))


def test_groups_are_numbered_whatever_they_are():
    np.testing.assert_array_equal(read_panel(frame(group=[2, 2, "x"])).groups, [0, 1])
    np.testing.assert_array_equal(read_panel(frame(group=pd.Categorical(["x", "x", "w"]))).groups, [1, 0])


@pytest.mark.parametrize("rows", [frame().iloc[:0], frame(observed=[None] * 3), frame(observed=[np.nan] * 3)])
def test_a_panel_of_nothing_is_refused(rows):
    with pytest.raises(InputError, match="no observed count"):
        read_panel(rows)


def test_a_mistyped_year_is_seen():
    with pytest.raises(InputError, match="from 0202-01 to 2024-03, more than 3000 months"):
        read_panel(frame(period=["0202-01", "2024-03", "2024-02"]))


def test_keys_may_be_mixed_but_not_alike():
    assert list(read_panel(frame(series_id=pd.Series([10, 10, "b"], dtype=object))).series_ids) == [10, "b"]
    assert list(read_panel(frame(series_id=[("x", 1), ("x", 1), ("x", 2)])).series_ids) == [("x", 1), ("x", 2)]
    with pytest.raises(InputError, match="series_id 1 is a number in one row and text in another"):
        read_panel(frame(series_id=pd.Series([1, "1", "b"], dtype=object)))


@pytest.mark.parametrize(
    "levels",
    [(), (0.5, 0.5), (0.9, 0.1), (0.0, 0.5), (0.5, 1.0), (np.nan,), (0.1, np.nan), 0.5, None, "0.5", ("x",),
     (True,), (0.1, None), (-0.1,), (np.inf,)],
)  # fmt: skip
def test_bad_levels_are_refused(levels):
    with pytest.raises(InputError, match="quantile_levels"):
        read_levels(levels)


def test_levels_may_come_as_any_sequence():
    assert read_levels(np.array([0.1, 0.9])) == (0.1, 0.9)
    assert read_levels(pd.Series([0.5])) == (0.5,)


@pytest.mark.parametrize("value", [0, 121, -1, 2.0, True, False, None, "3", np.bool_(True), np.nan])
def test_what_is_no_whole_number_within_bounds_is_refused(value):
    with pytest.raises(InputError, match=r"horizon is .*whole number from 1 to 120"):
        require_whole(value, "horizon", 1, 120)


def test_whole_numbers_of_numpy_are_whole_numbers():
    assert require_whole(np.int64(7), "horizon", 1, 120) == 7
