"""Gaps, definitions and keys in the corners that one month cannot show."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.delivery import DeliveryContext, prepare_delivery
from expectations.delivery_rules import Delivery, empty_history, missing_months


def texts(frame, hierarchy, history=None):
    return prepare_delivery(frame, DeliveryContext.of(hierarchy, history)).texts


def test_gaps_inside_a_delivery_are_named_at_the_row_after_them(hierarchy, make_rows):
    rows = make_rows("students", "2025-01", range(1000, 1012)).drop(index=[1, 5, 6]).reset_index(drop=True)
    found = texts(rows, hierarchy)["no_missing_month"]
    assert list(found) == ["students: 2025-02 is missing", "students: 2025-06 to 2025-07 are missing"]
    assert list(rows.loc[found.index, "period"].dt.month) == [3, 8]


def test_every_vintage_of_the_month_after_a_gap_is_told(hierarchy, history, make_rows):
    twice = pd.concat(
        [make_rows("students", "2026-02", [1000], days=days) for days in (20, 50)], ignore_index=True
    )
    found = texts(twice, hierarchy, history)["no_missing_month"]
    assert list(found.index) == [0, 1]
    assert set(found) == {"students: 2026-01 is missing"}


def test_a_stream_that_begins_has_no_gap(hierarchy, history, make_rows):
    known = history[history["series_id"] != "students"]
    rows = make_rows("students", "2030-05", [1000])
    assert texts(rows, hierarchy, known)["no_missing_month"].empty


def test_gaps_of_one_series_are_not_filled_by_another(hierarchy, history, make_rows):
    rows = pd.concat(
        [make_rows("asylum_first", "2026-01", [2000]), make_rows("students", "2026-02", [1200])], ignore_index=True
    )
    assert list(texts(rows, hierarchy, history)["no_missing_month"]) == ["students: 2026-01 is missing"]


def test_without_history_most_of_the_delivery_says_what_is_counted(hierarchy, make_rows):
    rows = make_rows("students", "2025-01", [1000] * 5)
    rows.loc[3, "definition"] = "visas"
    found = texts(rows, hierarchy)["one_definition"]
    assert list(found.index) == [3]


def test_a_hostile_definition_is_shown_short_and_printable(hierarchy, history, make_rows):
    rows = make_rows("students", "2026-01", [1000]).assign(definition="\x1b[31m" + "x" * 500)
    [text] = texts(rows, hierarchy, history)["one_definition"]
    assert text.isprintable()
    assert len(text) < 150


def test_days_of_history_are_not_needed_for_a_plausible_vintage(hierarchy, history, make_rows):
    old = make_rows("students", "2021-01", [1000], days=365 * 5)
    assert texts(old, hierarchy, history)["vintage_is_plausible"].empty
    assert texts(old, hierarchy)["vintage_is_plausible"].empty


@settings(max_examples=40, deadline=None)
@given(present=st.sets(st.integers(0, 35), min_size=1))
def test_exactly_the_absent_months_are_missing(hierarchy, make_rows, present):
    rows = make_rows("students", "2023-01", [1000] * 36).iloc[sorted(present)].reset_index(drop=True)
    named: set[int] = set()
    beside = Delivery.of(rows.assign(row=rows.index), empty_history(), hierarchy.base_ids, {})
    for text in missing_months(beside, totals=False):
        for part in text.split("; "):
            span = part.removeprefix("students: ").split(" is ")[0].split(" are ")[0].split(" to ")
            first, last = (pd.Period(span[0], "M").ordinal, pd.Period(span[-1], "M").ordinal)
            named |= {month - pd.Period("2023-01", "M").ordinal for month in range(first, last + 1)}
    assert named == set(range(min(present), max(present) + 1)) - present
