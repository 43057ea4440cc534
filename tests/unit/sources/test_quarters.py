"""Quarters that files print beside their months: recognised, kept apart, and never a row."""

from __future__ import annotations

from datetime import date

import pytest

from indforecast.sources.file_drop import FileDrop
from indforecast.sources.quarters import CONTROL_COLUMNS, QuarterRead, controls, read_quarter

DOWN = """Periode;Eerste asielaanvragen;Nareis
2025-10;2000;803
2025-11;2100;810
2025-12;2200;x
2025-Q4;6300;2400
2025;24000;9000
"""
ACROSS = """Stroom;2025-10;2025-11;2025-12;2025 4e kwartaal;2025
Eerste asielaanvragen;2.001;2.100;2.200;6.301;24.000
Nareis;800;810;x;x;x
"""
LONG = """Periode;Stroom;Aantal
2025-10;Nareis;800
2025-11;Nareis;810
2025-12;Nareis;790
4e kwartaal 2025;Nareis;2400
Q4 2025;Onbekende stroom;7
"""


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("2024Q1", date(2024, 1, 1)),
        ("2024-K2", date(2024, 4, 1)),
        ("2024KW03", date(2024, 7, 1)),
        ("2024 1e kwartaal", date(2024, 1, 1)),
        ("Q4 2019", date(2019, 10, 1)),
        ("3e kwartaal 2020", date(2020, 7, 1)),
        ("2024", None),
        ("2024-01", None),
        ("2024Q5", None),
        ("kwartaal", None),
        (None, None),
        (20241, None),
    ],
)
def test_spellings_of_a_quarter(text, first):
    assert read_quarter(text) == first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DOWN, [("asylum_first", 6300, 10, 5), ("asylum_nareis", 2400, 1, 5)]),
        (ACROSS, [("asylum_first", 6301, 1, 2)]),
        (LONG, [("asylum_nareis", 2400, 10, 5)]),
    ],
    ids=["streams across", "months across", "long"],
)
def test_quarters_of_a_file_are_a_control_and_no_rows(text, expected):
    staged, understanding = FileDrop().understand(text.encode(), "export.csv")
    assert staged.controls is not None
    assert list(staged.controls.columns) == list(CONTROL_COLUMNS)
    found = staged.controls[["series_id", "observed", "rounding", "row"]].itertuples(index=False, name=None)
    assert list(found) == expected
    assert set(staged.controls["quarter"].dt.strftime("%Y-%m-%d")) == {"2025-10-01"}
    assert set(staged.frame["period"].dt.strftime("%Y-%m")) <= {"2025-10", "2025-11", "2025-12"}
    assert f"totals of quarters: {len(expected)}; the months must add up to them" in understanding.remarks
    assert any("quarter" in dropped.reason for dropped in understanding.dropped)


def test_a_file_without_quarters_has_no_controls():
    staged, understanding = FileDrop().understand(b"Periode;Nareis\n2025-10;800\n", "export.csv")
    assert staged.controls is None
    assert understanding.remarks == ()


def test_a_step_that_divides_every_figure_of_a_series_is_its_rounding():
    quarters = [QuarterRead(name, date(2025, 10, 1), 100, 9) for name in ("ten", "five", "one")]
    months = {"ten": [10, 20, 0], "five": [10, 25, 65], "one": [1, 9, 90]}
    series = [name for name, counts in months.items() for _ in counts]
    table = controls(quarters, series, [count for counts in months.values() for count in counts])
    assert table["rounding"].tolist() == [10, 5, 1]
