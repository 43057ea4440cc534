"""Outliers, revisions and sums: what is remarked on, and above all what is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from expectations.delivery import DeliveryContext, prepare_delivery
from indforecast.domain.seeds import generator_for


@pytest.fixture
def remarks(hierarchy, make_rows):
    """Remarks of one rule on new counts of one series with a given past."""

    def ask(rule, past, new, *, series_id="students", first="2021-01", **options):
        history = make_rows(series_id, first, past, **options)
        start = pd.Timestamp(first) + pd.DateOffset(months=len(past))
        delivered = make_rows(series_id, start, new)
        prepared = prepare_delivery(delivered, DeliveryContext.of(hierarchy, history))
        return list(prepared.texts[rule])

    return ask


def seasonal(months, *, level=1200.0, seed=0):
    """A stream with a tall peak every July and August."""
    shape = np.array([0.6, 0.6, 0.7, 0.8, 1.0, 1.6, 2.6, 2.4, 1.2, 0.6, 0.5, 0.4])
    return generator_for("test", seed).poisson(level * np.resize(shape, months))


def test_a_peak_that_comes_every_year_is_no_outlier(remarks):
    counts = seasonal(84)
    assert remarks("outlier", counts[:72], counts[72:]) == []


@pytest.mark.parametrize("factor", [10.0, 0.1])
def test_a_slipped_digit_is_an_outlier(remarks, factor):
    counts = seasonal(73)
    assert remarks("outlier", counts[:72], [counts[72] * factor]) == [
        "students: 2027-01 is far from what its own history suggests"
    ]


def test_a_lasting_change_of_level_is_remarked_on_once(remarks):
    counts = generator_for("test", "step").poisson(1000, 66)
    found = remarks("outlier", counts[:60], counts[60:] * 4)
    assert [text[:17] for text in found] == ["students: 2026-01"]


def test_small_counts_do_not_shout(remarks):
    counts = generator_for("test", "small").poisson(2.0, 360)
    found = remarks("outlier", counts[:120], counts[120:], series_id="asylum_first.SYR", first="2000-01")
    assert len(found) <= 1


def test_a_short_history_says_nothing(remarks):
    assert remarks("outlier", [1000] * 20, [9000]) == []


def test_a_constant_history_allows_for_counting_noise(remarks):
    assert remarks("outlier", [100] * 60, [115]) == []
    assert len(remarks("outlier", [100] * 60, [500])) == 1


def revise(hierarchy, make_rows, before, after, **options):
    history = make_rows("students", "2025-12", [before], **options)
    again = make_rows("students", "2025-12", [after], days=50)
    return list(prepare_delivery(again, DeliveryContext.of(hierarchy, history)).texts["large_revision"])


@pytest.mark.parametrize(
    ("before", "after", "remarked"),
    [(1000, 1251, True), (1000, 749, True), (1000, 1249, False), (40, 64, False), (40, 66, True), (0, 20, False)],
)
def test_a_revision_is_large_in_share_and_in_persons(hierarchy, make_rows, before, after, remarked):
    assert bool(revise(hierarchy, make_rows, before, after)) == remarked


def test_an_estimate_is_made_to_be_replaced(hierarchy, make_rows):
    assert revise(hierarchy, make_rows, 1000, 2000, basis="estimated") == []


def test_an_older_figure_that_comes_late_is_no_revision(hierarchy, make_rows):
    history = make_rows("students", "2025-12", [1000], days=50)
    late = make_rows("students", "2025-12", [2000], days=20)
    assert prepare_delivery(late, DeliveryContext.of(hierarchy, history)).texts["large_revision"].empty


def test_revisions_within_one_delivery_count(hierarchy, make_rows):
    both = pd.concat([make_rows("students", "2025-12", [n], days=d) for n, d in ((1000, 20), (2000, 50))])
    found = prepare_delivery(both, DeliveryContext.of(hierarchy, None)).texts["large_revision"]
    assert list(found.index) == [1]


@pytest.mark.parametrize(("syrians", "remarked"), [(2007, False), (2008, True)])
def test_nationalities_may_exceed_their_stream_by_rounding_only(hierarchy, make_rows, syrians, remarked):
    rows = pd.concat(
        [make_rows("asylum_first", "2026-01", [2000]), make_rows("asylum_first.SYR", "2026-01", [syrians])],
        ignore_index=True,
    )
    found = prepare_delivery(rows, DeliveryContext.of(hierarchy, None)).texts["nationalities_within_national"]
    assert list(found.index) == ([0] if remarked else [])


def test_nationalities_alone_are_compared_with_the_stored_stream(hierarchy, history, make_rows):
    rows = make_rows("asylum_first.SYR", "2025-12", [5000], days=51)
    found = prepare_delivery(rows, DeliveryContext.of(hierarchy, history)).texts["nationalities_within_national"]
    assert list(found) == ["asylum_first: 2025-12 is less than its nationalities together"]


def test_an_estimated_part_is_no_ground_to_doubt_a_total(hierarchy, make_rows):
    rows = pd.concat(
        [
            make_rows("asylum", "2026-01", [3000]),
            make_rows("asylum_first", "2026-01", [2000]),
            make_rows("asylum_nareis", "2026-01", [500], basis="estimated"),
        ],
        ignore_index=True,
    )
    texts = prepare_delivery(rows, DeliveryContext.of(hierarchy, None)).texts
    assert texts["total_is_sum_of_parts"].empty
    sure = prepare_delivery(rows.assign(basis="derived"), DeliveryContext.of(hierarchy, None)).texts
    assert list(sure["total_is_sum_of_parts"].index) == [0]
