from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indforecast.domain.observations import Basis
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.forecasting.nowcast import month_nowcasts, past_changes, revision_triangle
from indforecast.reference.dataset import reference_frame
from indforecast.vintages.triangle import Triangle

STREAMS = ("asylum_first", "asylum_repeat", "asylum_nareis")


def revisions(*rows: tuple[str, str, int, str] | tuple[str, str, int, str, str]) -> pd.DataFrame:
    """(series, month, count, known from, basis): rows as the store answers."""
    told = [(*row, Basis.PUBLISHED.value)[:5] for row in rows]
    frame = pd.DataFrame(told, columns=["series_id", "period", "observed", "available_from", "basis"])
    frame = frame.assign(definition="d", source="s", delivery_id="x", publisher="p")
    frame["period"] = pd.to_datetime(frame["period"])
    frame["available_from"] = pd.to_datetime(frame["available_from"])
    return Triangle(frame).revisions()


@pytest.fixture(scope="module")
def reference() -> pd.DataFrame:
    rows = reference_frame()
    return Triangle(rows[rows["series_id"].isin(STREAMS)].assign(delivery_id="x", publisher="p")).revisions()


def test_the_triangle_holds_every_month_at_every_age_it_has_reached() -> None:
    found = revision_triangle(
        revisions(
            ("a", "2024-01", 100, "2024-02-20"),
            ("a", "2024-01", 110, "2024-03-20"),
            ("a", "2024-02", 50, "2024-03-20"),
            ("a", "2024-02", 70, "2024-05-01"),
        ),
        date(2024, 4, 30),
        ["a"],
        ages=4,
    )
    assert found.months.astype(str).tolist() == ["2024-01", "2024-02", "2024-03"]
    assert found.age.tolist() == [2, 1, 0]
    nan = np.nan
    np.testing.assert_array_equal(found.figures[0], [[100, 110, 110, nan], [50, 50, nan, nan], [nan] * 4])


def test_ages_are_counted_at_the_same_day_of_the_month() -> None:
    rows = revisions(("a", "2024-01", 100, "2024-02-10"), ("a", "2024-01", 110, "2024-02-20"))
    early, late = (revision_triangle(rows, date(2024, 4, day), ["a"], ages=3) for day in (15, 25))
    assert early.figures[0, 0].tolist() == [100, 110, 110]
    assert late.figures[0, 0].tolist() == [110, 110, 110]


def test_a_publisher_that_never_spoke_of_a_month_again_says_nothing_and_an_estimate_does() -> None:
    rows = [("a", f"2023-{month:02d}", 100, f"2023-{month + 1:02d}-05") for month in range(1, 9)]
    silent = revision_triangle(revisions(*rows), date(2023, 12, 31), ["a"])
    assert len(past_changes(silent).age) == 0
    confirmed = [(*row[:3], f"2023-{month + 2:02d}-05") for month, row in enumerate(rows, 1)]
    spoken = revision_triangle(revisions(*rows, *confirmed), date(2023, 12, 31), ["a"])
    assert np.bincount(past_changes(spoken).age).tolist() == [8]
    ours = [(*row, Basis.ESTIMATED.value) for row in rows]
    found = past_changes(revision_triangle(revisions(*ours), date(2023, 12, 31), ["a"]))
    assert np.bincount(found.age)[0] == 8
    assert (found.before == found.after).all()


def test_estimates_and_published_figures_are_learned_from_apart() -> None:
    rows = []
    for month in range(1, 13):
        first, again = (f"{date(2022 + (month + k) // 12, (month + k) % 12 + 1, 20)}" for k in (0, 1))
        rows += [("a", f"2022-{month:02d}", 100, first), ("a", f"2022-{month:02d}", 101, again)]
        rows += [
            ("b", f"2022-{month:02d}", 100, first, "estimated"),
            ("b", f"2022-{month:02d}", 150 + month, again),
        ]
    last = [("a", "2023-04", 100, "2023-05-20"), ("b", "2023-04", 100, "2023-05-20", "estimated")]
    found = month_nowcasts(revision_triangle(revisions(*rows, *last), date(2023, 5, 31), ["a", "b"]), newest=1)
    assert found.estimated.tolist() == [False, True]
    assert found.nowcast.completeness[0] == pytest.approx(1 / 1.01, abs=0.005)
    assert found.nowcast.completeness[1] < 0.75
    assert found.nowcast.cases.tolist() == [12, 12]


def test_invented_months_and_months_not_known_yet_have_no_nowcast() -> None:
    rows = [("a", f"2023-{month:02d}", 100 + month, "2023-12-05", "simulated") for month in range(1, 12)]
    assert len(month_nowcasts(revision_triangle(revisions(*rows), date(2023, 12, 31), ["a", "b"])).months) == 0


def test_a_figure_that_counts_something_else_is_no_revision() -> None:
    rows = revisions(*[("a", f"2023-{m:02d}", 100, f"2023-{m + 1:02d}-05", "estimated") for m in range(1, 8)],
                     *[("a", f"2023-{m:02d}", 300, f"2023-{m + 2:02d}-05") for m in range(1, 8)])  # fmt: skip
    same = past_changes(revision_triangle(rows, date(2023, 12, 31), ["a"]))
    assert (same.before != same.after).any()
    rows["definition"] = np.where(rows["observed"] == 300, "other", "d")
    other = past_changes(revision_triangle(rows, date(2023, 12, 31), ["a"]))
    assert (other.before == other.after).all()


@settings(max_examples=12, deadline=None)
@given(
    day=st.dates(date(2018, 1, 31), date(2025, 12, 31)),
    factor=st.sampled_from([0.0, 0.5, 3.0]),
    drop=st.booleans(),
)
def test_nothing_that_becomes_known_later_changes_a_nowcast(reference, day, factor, drop) -> None:
    later = reference["available_from"] > pd.Timestamp(day)
    other = reference.copy()
    other.loc[later, "observed"] = (other.loc[later, "observed"] * factor).astype("int64")
    other.loc[later, "basis"] = Basis.SIMULATED.value
    if drop:
        other = other[~later]
    one, two = (month_nowcasts(revision_triangle(rows, day, STREAMS)) for rows in (reference, other))
    assert len(one.months)
    np.testing.assert_array_equal(one.months, two.months)
    np.testing.assert_array_equal(one.nowcast.quantiles(HUB_LEVELS), two.nowcast.quantiles(HUB_LEVELS))
    np.testing.assert_array_equal(one.nowcast.log_deviation, two.nowcast.log_deviation)


def test_what_the_store_knew_on_a_day_gives_the_same_nowcast(reference) -> None:
    day = date(2022, 12, 31)
    known = reference[reference["available_from"] <= pd.Timestamp(day)]
    one, two = (month_nowcasts(revision_triangle(rows, day, STREAMS)) for rows in (reference, known))
    np.testing.assert_array_equal(one.nowcast.quantiles((0.1, 0.9)), two.nowcast.quantiles((0.1, 0.9)))


def test_press_restatements_of_the_reference_data_fall_within_the_interval(reference) -> None:
    """Months whose first published figure was restated a month later, nowcast on the day of the first figure."""
    published = reference[reference["basis"] != "estimated"]
    first = published.drop_duplicates(["series_id", "period"])
    again = published[published.duplicated(["series_id", "period"])].drop_duplicates(["series_id", "period"])
    pairs = first.merge(again, on=["series_id", "period"], suffixes=("", "_again"))
    held, cases = 0, 0
    for row in pairs.itertuples():
        found = month_nowcasts(revision_triangle(reference, row.available_from.date(), STREAMS), newest=1)
        here = (found.series == STREAMS.index(row.series_id)) & (found.months == np.datetime64(row.period, "M"))
        if found.nowcast.unchanged[here][0] < 1:
            low, high = np.rint(found.nowcast.quantiles((0.1, 0.9))[here][0])
            held += low <= row.observed_again <= high
            cases += 1
    assert cases >= 20
    assert held / cases >= 0.7
