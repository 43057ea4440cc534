import pandas as pd
import pytest

from indforecast.vintages.comparison import difference, summary, vintage_table
from indforecast.vintages.triangle import Triangle


@pytest.fixture
def triangle(frame):
    first = frame(
        ("students", "2025-11", 100, "2026-01-20"),
        ("students", "2025-12", 50, "2026-01-20"),
        ("labour", "2025-12", 7, "2026-01-20"),
    )
    later = frame(
        ("students", "2025-11", 110, "2026-02-20"),
        ("students", "2025-12", 50, "2026-02-20"),
        ("students", "2026-01", 60, "2026-02-20"),
    )
    basis = frame(("labour", "2025-12", 7, "2026-02-20"), basis="derived")
    rows = pd.concat([first.assign(delivery_id="a"), later.assign(delivery_id="b"), basis.assign(delivery_id="c")])
    return Triangle(rows.drop(columns="row").assign(publisher="IND").reset_index(drop=True))


def test_what_each_day_made_known(triangle):
    table = vintage_table(triangle.revisions())
    assert table.to_dict("list") == {
        "vintage": [pd.Timestamp("2026-01-20"), pd.Timestamp("2026-02-20")],
        "rows": [3, 4],
        "months_new": [3, 1],
        "months_revised": [0, 1],
        "months_restated": [0, 1],
        "months_confirmed": [0, 1],
        "series": [2, 2],
        "deliveries": [1, 2],
    }


def test_the_first_figure_of_a_series_is_not_compared_with_the_series_before(frame):
    rows = frame(("a", "2025-12", 1, "2026-01-20"), ("b", "2025-12", 2, "2026-01-20")).drop(columns="row")
    table = vintage_table(Triangle(rows.assign(delivery_id="d", publisher="IND")).revisions())
    assert table[["months_new", "months_revised", "months_confirmed"]].to_numpy().tolist() == [[2, 0, 0]]


def test_what_differs_between_two_days(triangle):
    found = difference(triangle.as_of(pd.Timestamp("2026-01-31").date()), triangle.as_of())
    assert list(zip(found["series_id"], found["period"].dt.month, found["change"], strict=True)) == [
        ("labour", 12, "restated"),
        ("students", 11, "revised"),
        ("students", 1, "new"),
    ]
    assert found["observed_before"].tolist() == [7, 100, pd.NA]
    assert found["observed_after"].tolist() == [7, 110, 60]
    assert found["basis_after"].tolist() == ["derived", "published", "published"]
    assert summary(found) == {"new": 1, "revised": 1, "restated": 1, "gone": 0}


def test_a_day_and_itself(triangle):
    assert difference(triangle.as_of(), triangle.as_of()).empty


def test_the_wrong_way_round_says_gone(triangle):
    found = difference(triangle.as_of(), triangle.as_of(pd.Timestamp("2026-01-31").date()))
    assert summary(found) == {"new": 0, "revised": 1, "restated": 1, "gone": 1}
