"""The share in reception is one of those tried, and the months to departure follow from it."""

from __future__ import annotations

from benchmarks import planning_beds_share
from indforecast.config import load_settings


def test_the_figures_used_are_a_pair_of_the_table():
    rows = [row.split(" | ") for row in list(planning_beds_share.report())[2:]]
    assert len(rows) == len(planning_beds_share.SHARES)
    figures = load_settings().planning.reception
    used = f"| {figures.needs_reception['asylum_first'].value:.2f}"
    (months,) = [cells[1] for cells in rows if cells[0] == used]
    assert months.endswith(f"taken as {figures.months_to_departure.value:g}")
    assert min(rows, key=lambda cells: float(cells[2].rstrip("%")))[2] == {c[0]: c[2] for c in rows}[used]
