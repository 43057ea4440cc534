from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.nowcast import eurostat_cases, press_cases, press_lines

PRESS = (
    "month,total_influx,first_applications,repeat_applications,nareis_arrivals,unaccompanied_minors,kind,source\n"
)


def press_file(folder: Path, last: int) -> Path:
    """Months of 2020 with a first figure and one restated by two per cent."""
    rows = [f"2020-{month:02d},{1000 + month},,,,,own,s\n" for month in range(1, last + 1)]
    rows += [f"2020-{month:02d},{1020 + month},,,,,prev,s\n" for month in range(1, last + 1)]
    path = folder / f"press{last}.csv"
    path.write_text(PRESS + "".join(rows), encoding="utf-8")
    return path


def test_a_press_month_is_nowcast_from_earlier_months_alone(tmp_path: Path) -> None:
    cases = list(press_cases(press_file(tmp_path, 8)))
    assert [len(case.past.before) for case in cases] == [3, 4, 5, 6, 7]
    assert all(case.past.before.max() < case.first for case in cases)
    shorter = list(press_cases(press_file(tmp_path, 6)))
    assert [case.past.after.tolist() for case in shorter] == [case.past.after.tolist() for case in cases[:3]]


def test_a_country_is_nowcast_from_the_others_alone(tmp_path: Path) -> None:
    path = tmp_path / "eurostat.csv"
    rows = ["month,geo,applicant,value,vintage"]
    for number, geo in enumerate(("AA", "BB", "CC")):
        for month in ("2019-11", "2019-12"):
            rows.append(f"{month},{geo},ASY_APP,{1000 * (number + 1)},2020-01")
            rows.append(f"{month},{geo},ASY_APP,{1000 * (number + 1) + 50},2021-01")
    path.write_text("\n".join(rows), encoding="utf-8")
    cases = list(eurostat_cases(path))
    assert [case.name for case in cases] == ["AA", "AA", "BB", "BB", "CC", "CC"]
    assert all(case.first not in case.past.before for case in cases)
    assert sorted({case.age for case in cases}) == [0, 1]
    assert np.unique([len(case.past.before) for case in cases]).tolist() == [4]


def test_scores_are_printed_for_every_method(tmp_path: Path) -> None:
    lines = list(press_lines(press_file(tmp_path, 8)))
    assert lines[0].startswith("Press")
    assert "5 cases, 5 revised" in lines[0]
    naive, built = (next(line for line in lines if name in line) for name in ("first figure", "as built"))
    assert float(naive.split()[-6]) == 20.0
    assert float(built.split()[-4]) < float(naive.split()[-4])
