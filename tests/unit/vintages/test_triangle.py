from datetime import date

import pytest

from indforecast.domain.errors import NotFound
from indforecast.domain.observations import DELIVERY_COLUMNS
from indforecast.vintages.triangle import Triangle, _ordered

ROWS = (
    ("students", "2025-12", 100, "2026-01-20"),
    ("students", "2025-12", 110, "2026-02-20"),
    ("students", "2026-01", 90, "2026-02-20"),
    ("asylum_first", "2025-12", 7, "2026-01-25"),
)


@pytest.fixture
def triangle(frame):
    rows = frame(*ROWS).drop(columns="row").assign(delivery_id="d1", publisher="IND")
    return Triangle(rows.sample(frac=1, random_state=3))


def known(history):
    rows = history.observations
    return {
        (series, period.strftime("%Y-%m")): observed
        for series, period, observed in zip(rows["series_id"], rows["period"], rows["observed"], strict=True)
    }


@pytest.mark.parametrize(
    ("day", "vintage", "expected"),
    [
        (date(2026, 1, 20), date(2026, 1, 20), {("students", "2025-12"): 100}),
        (date(2026, 1, 24), date(2026, 1, 20), {("students", "2025-12"): 100}),
        (
            date(2026, 2, 19),
            date(2026, 1, 25),
            {("students", "2025-12"): 100, ("asylum_first", "2025-12"): 7},
        ),
        (
            None,
            date(2026, 2, 20),
            {("students", "2025-12"): 110, ("students", "2026-01"): 90, ("asylum_first", "2025-12"): 7},
        ),
        (
            date(2030, 1, 1),
            date(2026, 2, 20),
            {("students", "2025-12"): 110, ("students", "2026-01"): 90, ("asylum_first", "2025-12"): 7},
        ),
    ],
)
def test_the_latest_figure_known_on_a_day(triangle, day, vintage, expected):
    history = triangle.as_of(day)
    assert known(history) == expected
    assert history.vintage == vintage


def test_the_answer_is_ordered_and_typed(triangle):
    observations = triangle.as_of().observations
    assert list(observations.columns) == [*DELIVERY_COLUMNS, "delivery_id"]
    assert observations[["series_id", "period"]].apply(tuple, axis=1).is_monotonic_increasing
    assert observations.index.tolist() == [0, 1, 2]
    assert str(observations["period"].dtype) == str(observations["available_from"].dtype) == "datetime64[ns]"


def test_before_anything_was_known(triangle):
    with pytest.raises(NotFound, match=r"Nothing was known yet on 2026-01-19.*2026-01-20"):
        triangle.as_of(date(2026, 1, 19))


def test_revisions_number_the_figures_of_a_month(triangle):
    revised = triangle.revisions()
    assert revised["revision"].tolist() == [0, 0, 1, 0]
    assert revised["observed"].tolist() == [7, 100, 110, 90]
    assert triangle.revisions(date(2026, 1, 31))["observed"].tolist() == [7, 100]


def test_vintages_rise_and_stand_once(triangle):
    assert triangle.vintages == [date(2026, 1, 20), date(2026, 1, 25), date(2026, 2, 20)]


def test_a_row_that_is_stored_twice_counts_once(frame):
    rows = frame(*ROWS).drop(columns="row").assign(publisher="IND")
    import pandas as pd

    twice = pd.concat([rows.assign(delivery_id="d2"), rows.assign(delivery_id="d1")], ignore_index=True)
    assert Triangle(twice).revisions()["delivery_id"].tolist() == ["d1"] * 4


def test_what_is_handed_out_is_a_copy(triangle):
    for handed_out in (triangle.as_of().observations, triangle.revisions()):
        handed_out.loc[:, "observed"] = 0
    assert triangle.as_of().observations["observed"].sum() == 207


@pytest.mark.parametrize("days", [40, 4_000_000])
def test_one_number_per_row_orders_as_four_columns_do(days):
    """With so many days and months they do not fit into one number; the order is the same."""
    import numpy as np

    chance = np.random.default_rng(5)
    series, delivery = chance.integers(0, 3, 200), chance.integers(0, 1 << 30 if days > 40 else 4, 200)
    period = chance.integers(0, days, 200).astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[s]")
    known = chance.integers(0, days, 200).astype("datetime64[D]").astype("datetime64[s]")
    expected = np.lexsort((delivery, known, period, series))
    assert _ordered(series, period, known, delivery).tolist() == expected.tolist()


def test_text_may_come_as_categories_in_any_order(triangle, frame):
    rows = frame(*ROWS).drop(columns="row").assign(delivery_id="d1", publisher="IND")
    coded = rows.assign(
        series_id=rows["series_id"].astype("category").cat.set_categories(["students", "asylum_first"])
    )
    for door in (Triangle(coded).as_of().observations, Triangle(coded).revisions()):
        assert door["series_id"].dtype == object
        assert door["series_id"].tolist() == sorted(door["series_id"])
    assert Triangle(coded).revisions().equals(triangle.revisions())
