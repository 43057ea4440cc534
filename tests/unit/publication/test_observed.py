from __future__ import annotations

import pandas as pd
import pytest

from indforecast.domain.series import Hierarchy, Stream
from indforecast.publication.observed import basis_shares, observed_months

HIERARCHY = Hierarchy(
    (Stream("total", "Total", "Totaal", parts=("a", "b")), Stream("a", "A", "A"), Stream("b", "B", "B"))
)


@pytest.fixture
def history() -> pd.DataFrame:
    rows = [
        ("a", "2025-01-01", 10, "published"),
        ("a", "2025-02-01", 20, "derived"),
        ("a", "2025-03-01", 30, "published"),
        ("b", "2025-02-01", 1, "estimated"),
        ("b", "2025-03-01", 2, "published"),
        ("a.SYR", "2025-03-01", 999, "simulated"),
    ]
    frame = pd.DataFrame(rows, columns=["series_id", "period", "observed", "basis"])
    return frame.assign(period=pd.to_datetime(frame["period"]))


def test_a_total_has_a_month_only_where_all_parts_have(history: pd.DataFrame) -> None:
    table = observed_months(history, HIERARCHY)
    total = table[table["series_id"] == "total"]
    assert total["period"].dt.strftime("%Y-%m").tolist() == ["2025-02", "2025-03"]
    assert total["observed"].tolist() == [21, 32]


def test_a_total_is_as_hard_as_its_softest_part(history: pd.DataFrame) -> None:
    table = observed_months(history, HIERARCHY)
    assert table[table["series_id"] == "total"]["basis"].tolist() == ["estimated", "published"]
    assert table[table["series_id"] == "a"]["basis"].tolist() == ["published", "derived", "published"]


def test_shares_count_base_streams_alone_and_add_up_to_one(history: pd.DataFrame) -> None:
    shares = basis_shares(history, HIERARCHY.base_ids)
    assert shares == {"published": 0.6, "derived": 0.2, "estimated": 0.2, "simulated": 0.0}
    assert basis_shares(history, ("b",)) == {"published": 0.5, "derived": 0.0, "estimated": 0.5, "simulated": 0.0}
    assert list(shares) == ["published", "derived", "estimated", "simulated"]
