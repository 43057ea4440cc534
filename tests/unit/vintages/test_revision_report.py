import numpy as np
import pandas as pd
import pytest

from indforecast.vintages.revision_report import first_to_later, revision_report
from indforecast.vintages.triangle import Triangle

ROWS = (
    ("students", "2025-10", 100, "2025-11-20"),
    ("students", "2025-10", 110, "2025-12-20"),
    ("students", "2025-10", 121, "2026-02-21"),
    ("students", "2025-11", 200, "2025-12-20"),
    ("students", "2025-12", 80, "2026-01-20"),
    ("students", "2025-12", 60, "2026-02-21"),
    ("labour", "2025-12", 0, "2026-01-20"),
    ("labour", "2025-12", 4, "2026-02-20"),
)


def revisions(rows):
    return Triangle(rows.drop(columns="row").assign(delivery_id="d", publisher="IND")).revisions()


def test_the_figure_known_so_many_months_after_the_first(frame):
    table = first_to_later(revisions(frame(*ROWS)), ages=(1, 2, 6))
    assert table["first"].tolist() == [0, 100, 200, 80]
    assert table["latest"].tolist() == [4, 121, 200, 60]
    # 2025-12 of students changed a day after its first month was over.
    assert table["age_1"].tolist() == [4, 110, 200, 80]
    np.testing.assert_array_equal(table["age_2"], [np.nan, 110, 200, np.nan])
    assert table["age_6"].isna().all()


def test_the_report_by_series_and_age(frame):
    report = revision_report(revisions(frame(*ROWS)), ages=(1, 2)).set_index(["series_id", "age"])
    assert report.index.tolist() == [
        ("labour", "1"),
        ("labour", "latest"),
        ("students", "1"),
        ("students", "2"),
        ("students", "latest"),
    ]
    one = report.loc[("students", "1")]
    assert one["months"] == 3
    assert one["share_revised"] == pytest.approx(1 / 3)
    assert one["change_median"] == 0
    assert one["change_p90"] == pytest.approx(0.08)
    latest = report.loc[("students", "latest")]
    assert latest["share_revised"] == pytest.approx(2 / 3)
    assert latest["change_p10"] == pytest.approx(-0.2)
    assert latest["persons_median"] == 20


def test_a_first_figure_of_zero_has_no_relative_change(frame):
    latest = revision_report(revisions(frame(*ROWS))).set_index(["series_id", "age"]).loc[("labour", "latest")]
    assert latest["share_revised"] == 1
    assert np.isnan(latest["change_median"])
    assert latest["persons_median"] == 4


def test_an_estimate_is_no_first_figure(frame):
    both = pd.concat(
        [frame(("students", "2025-10", 90, "2025-11-01"), basis="estimated"), frame(*ROWS)], ignore_index=True
    )
    table = first_to_later(revisions(both))
    assert table.loc[table["period"] == "2025-10-01", "first"].tolist() == [100]
    only = revisions(frame(ROWS[0], basis="estimated"))
    assert first_to_later(only).empty
    assert revision_report(only).empty
