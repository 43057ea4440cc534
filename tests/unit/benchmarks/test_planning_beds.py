"""The figures on beds as printed: June 2022 from its inputs, the hindcast beside what came."""

from __future__ import annotations

import pytest

from benchmarks import planning_beds, planning_beds_speed


@pytest.fixture(scope="module")
def printed():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning_beds_speed, "_SIZES", ((20, 12),))
        patch.setattr(planning_beds_speed, "_REPEATS", 1)
        return "\n".join(planning_beds.report())


def test_june_2022_stands_beside_coas_own_figures(printed):
    for row in ("51,000 | 51,000", "9,000 | 9,000", "7,000 | 7,000", "16,000 | 16,000"):
        assert row in printed


def test_the_hindcast_stands_beside_what_came(printed):
    for counted in ("41,155", "51,805", "57,538", "61,000"):
        assert f"| {counted} |" in printed
    assert "12,590 open at the end of 2021" in printed
    assert "nan" not in printed


def test_every_table_has_as_many_cells_in_each_row(printed):
    width = 0
    for line in printed.splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        width = width or line.count("|")
        assert line.count("|") == width, line


def test_balances_are_exact(printed):
    assert printed.rstrip().endswith("| 0 |")
