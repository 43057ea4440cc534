"""Three months against a quarter: whose quarter, how far apart, and what is not judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.delivery import DeliveryContext, packaged_limits, prepare_delivery
from expectations.delivery_quarters import off_own_quarter
from expectations.delivery_rules import Delivery, empty_history
from indforecast.config import load_settings
from indforecast.reference.dataset import reference_frame
from indforecast.reference.quarters import published_quarters

OWN, PUBLISHED = "months_sum_to_own_quarter", "months_sum_to_published_quarter"


def quarter_of(observed, *, rounding=1, definition="students_counted", first="2026-01-01", series_id="students"):
    return pd.DataFrame(
        {
            "series_id": [series_id],
            "quarter": [pd.Timestamp(first)],
            "observed": [observed],
            "rounding": [rounding],
            "definition": [definition],
        }
    )


@pytest.fixture
def told(hierarchy, make_rows):
    """What is said of students' first quarter of 2026, some of its months delivered and the others stored."""

    def ask(rule, months, *, stored=0, own=None, published=None, **options):
        rows = make_rows("students", "2026-01", months, **options)
        context = DeliveryContext.of(hierarchy, rows[:stored] if stored else None)
        context = replace(context, own_quarters=own, published_quarters=published)
        return prepare_delivery(rows[stored:].reset_index(drop=True), context).texts[rule]

    return ask


@pytest.mark.parametrize(("total", "wrong"), [(3600, False), (3601, True), (3599, True)])
def test_months_that_are_not_rounded_add_up_to_their_own_quarter_exactly(told, total, wrong):
    found = told(OWN, [1100, 1200, 1300], own=quarter_of(total))
    assert list(found.index) == ([0, 1, 2] if wrong else [])
    assert set(found) <= {"students: the months of 2026-Q1 do not add up to the quarter that the same file gives"}


@pytest.mark.parametrize(("total", "wrong"), [(3610, False), (3620, False), (3630, True)])
def test_rounded_figures_may_be_apart_by_half_a_step_each(told, total, wrong):
    assert bool(len(told(OWN, [1100, 1200, 1300], own=quarter_of(total, rounding=10)))) == wrong


@settings(max_examples=60, deadline=None)
@given(
    exact=st.lists(st.integers(0, 200_000), min_size=3, max_size=3),
    step=st.sampled_from([1, 5, 10]),
    slip=st.integers(-3, 3),
)
def test_no_rounding_of_a_true_quarter_is_ever_blamed(hierarchy, make_rows, exact, step, slip):
    def rounded(count):
        return int(step * np.floor(count / step + 0.5))

    rows = make_rows("students", "2026-01", [rounded(count) for count in exact]).assign(row=range(2, 5))
    delivery = Delivery.of(rows, empty_history(), hierarchy.base_ids, {})
    true = rounded(sum(exact))
    assert off_own_quarter(delivery, quarter_of(true, rounding=step)).empty
    # And a quarter that is wrong by more than all roundings together always is.
    off = slip * 10 * step
    assert off_own_quarter(delivery, quarter_of(true + off, rounding=step)).empty == (off == 0)


def test_a_quarter_is_judged_once_all_its_months_are_there(told):
    assert told(OWN, [1100, 1200], own=quarter_of(9)).empty
    assert told(PUBLISHED, [1100, 1200], published=quarter_of(9)).empty
    assert len(told(PUBLISHED, [1100, 1200, 1300], stored=2, published=quarter_of(9))) == 1


def test_an_own_quarter_is_only_remarked_on_where_months_come_from_elsewhere(told):
    assert told(OWN, [1100, 1200, 1300], stored=1, own=quarter_of(9)).empty
    assert list(told(PUBLISHED, [1100, 1200, 1300], stored=1, own=quarter_of(9)).index) == [0, 1]
    # All from one file: that is the stricter rule's business alone.
    assert told(PUBLISHED, [1100, 1200, 1300], own=quarter_of(9)).empty


@pytest.mark.parametrize("basis", ["estimated", "published", "derived"])
def test_estimated_months_are_not_judged(told, basis):
    estimated = basis == "estimated"
    assert told(OWN, [1100, 1200, 1300], own=quarter_of(9), basis=basis).empty == estimated
    assert told(PUBLISHED, [1100, 1200, 1300], published=quarter_of(9), basis=basis).empty == estimated


def test_what_counts_something_else_is_not_compared(told):
    other = quarter_of(9, definition="visas")
    assert told(PUBLISHED, [1100, 1200, 1300], published=other).empty


@pytest.mark.parametrize(("total", "wrong"), [(3680, False), (3700, True), (3530, False), (3510, True)])
def test_another_publication_may_be_apart_by_a_share_and_roundings(told, total, wrong):
    # 2 % of the quarter, 7.5 for the months and half a step for the quarter.
    assert bool(len(told(PUBLISHED, [1100, 1200, 1300], published=quarter_of(total, rounding=10)))) == wrong


def test_the_share_is_a_setting(hierarchy, make_rows):
    rows = make_rows("students", "2026-01", [1100, 1200, 1300])
    for share, wrong in ((0.0, True), (0.1, False)):
        limits = packaged_limits().model_copy(update={"quarter_share": share})
        context = replace(
            DeliveryContext.of(hierarchy), published_quarters=quarter_of(3700), limits=limits
        )  # fmt: skip
        assert bool(len(prepare_delivery(rows, context).texts[PUBLISHED])) == wrong


def test_a_stored_quarter_that_no_month_was_delivered_of_is_left_alone(hierarchy, make_rows):
    history = make_rows("students", "2026-01", [1100, 1200, 1300])
    context = replace(DeliveryContext.of(hierarchy, history), published_quarters=quarter_of(9))
    rows = make_rows("students", "2026-04", [1100])
    assert prepare_delivery(rows, context).texts[PUBLISHED].empty


def test_the_newest_figure_of_a_month_counts(hierarchy, make_rows):
    first = make_rows("students", "2026-01", [1100, 1200, 1400])
    later = make_rows("students", "2026-03", [1300], days=50)
    rows = pd.concat([later, first], ignore_index=True)
    for total, wrong in ((3600, False), (3700, True)):
        context = replace(DeliveryContext.of(hierarchy), own_quarters=quarter_of(total))
        assert bool(len(prepare_delivery(rows, context).texts[OWN])) == wrong


def test_of_the_embedded_data_one_quarter_is_remarked_on():
    """The autumn of 2022, whose figures CBS completed later; see docs/methods/reference-data.md."""
    hierarchy = load_settings().hierarchy
    context = replace(DeliveryContext.of(hierarchy), published_quarters=published_quarters())
    found = prepare_delivery(reference_frame(), context).texts[PUBLISHED]
    assert set(found) == {"asylum_first: the months of 2022-Q3 are far from the published quarter"}
