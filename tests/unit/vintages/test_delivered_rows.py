import numpy as np
import pandas as pd
import pytest

from indforecast.domain.errors import InputError
from indforecast.vintages.delivered_rows import conflicts_with, distinct_rows, same_keys, unknown_rows

A = ("students", "2025-12", 100, "2026-01-20")
B = ("students", "2026-01", 90, "2026-02-20")


def test_rows_are_typed_ordered_and_stand_once(frame):
    given = frame(B, A, B).astype({"observed": "int32", "period": "datetime64[s]"})
    rows = distinct_rows(given, "f.csv")
    assert rows["row"].tolist() == [3, 2]
    assert rows["observed"].tolist() == [100, 90]
    assert rows["observed"].dtype == np.int64
    assert str(rows["period"].dtype) == "datetime64[ns]"


def test_hours_are_cut_off_the_day_known(frame):
    given = frame(A)
    given["available_from"] += pd.Timedelta(hours=13)
    assert distinct_rows(given, "f.csv")["available_from"].tolist() == [pd.Timestamp("2026-01-20")]


def test_line_numbers_are_optional(frame):
    assert distinct_rows(frame(A).drop(columns="row"), "f.csv")["row"].tolist() == [0]


def test_a_delivery_that_contradicts_itself_names_both_lines(frame):
    with pytest.raises(InputError) as caught:
        distinct_rows(frame(A, B, (*A[:2], 101, A[3])), "f.csv")
    assert str(caught.value).startswith(
        "'f.csv', line 4, says another count for students in 2025-12 as known from 2026-01-20 "
        "than stands in another row, line 2,"
    )
    assert "101" not in str(caught.value)


def test_empty_delivery_and_empty_cell(frame):
    with pytest.raises(InputError, match="holds no observations"):
        distinct_rows(frame(A).iloc[:0], "f.csv")
    gap = frame(A, B).astype({"observed": "Int64"})
    gap.loc[1, "observed"] = pd.NA
    with pytest.raises(InputError, match="line 3, has an empty cell"):
        distinct_rows(gap, "f.csv")


def test_frames_that_no_source_may_make(frame):
    with pytest.raises(ValueError, match="basis"):
        distinct_rows(frame(A).drop(columns="basis"), "f.csv")
    with pytest.raises(ValueError, match="starts of months"):
        distinct_rows(frame(("students", "2025-12-02", 1, "2026-01-20")), "f.csv")


def test_unknown_rows_are_those_with_a_new_key(frame):
    stored = distinct_rows(frame(A), "old.csv")
    delivered = distinct_rows(frame(A, B, (*A[:3], "2026-02-20")), "new.csv")
    new = unknown_rows(delivered, stored)
    assert list(zip(new["period"].dt.month, new["available_from"].dt.month, strict=True)) == [(12, 2), (1, 2)]


@pytest.mark.parametrize("column", ["observed", "basis", "definition"])
def test_saying_another_thing_of_a_known_key_is_a_conflict(frame, column):
    stored = distinct_rows(frame(A, B), "old.csv").assign(delivery_id="f" * 64)
    other = frame(A, B)
    other.loc[1, column] = 91 if column == "observed" else "estimated"
    conflict = conflicts_with(distinct_rows(other, "new.csv"), stored, "new.csv")
    assert isinstance(conflict, InputError)
    # Other words are told; a count is not, because the sentence travels further than the file.
    said = "another count" if column == "observed" else f"{column} {other.loc[1, column]}"
    assert f"line 3, says {said} for students in 2026-01" in str(conflict)
    assert "91" not in str(conflict)
    assert "in the store (delivery ffffffffffff)." in str(conflict)
    assert "revision" in conflict.hint


def test_another_source_for_the_same_figure_is_none(frame):
    stored = distinct_rows(frame(A, B), "old.csv").assign(delivery_id="f" * 64)
    assert conflicts_with(distinct_rows(frame(B, A, source="yearbook"), "new.csv"), stored, "new.csv") is None


def test_many_conflicts_are_counted(frame):
    stored = distinct_rows(frame(A, B), "old.csv").assign(delivery_id="f" * 64)
    conflict = conflicts_with(distinct_rows(frame((*A[:2], 1, A[3]), (*B[:2], 1, B[3])), "n.csv"), stored, "n.csv")
    assert "(and 1 more like it)" in str(conflict)
    assert "line 2," in str(conflict)


@pytest.mark.parametrize("kind", ["object", "category"])
def test_same_keys_are_found_among_many(frame, kind):
    other_day, other_series = (*A[:3], "2026-02-20"), ("asylum_first", *A[1:])
    stored = distinct_rows(frame(A, other_day, other_series, B), "old.csv").astype({"series_id": kind})
    found = same_keys(stored, distinct_rows(frame(B, A, ("labour", *A[1:])), "new.csv"))
    assert found[["series_id", "observed"]].to_numpy().tolist() == [["students", 100], ["students", 90]]
    assert found["series_id"].dtype == object
    assert same_keys(stored.iloc[:0], stored).empty
