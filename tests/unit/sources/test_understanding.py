from __future__ import annotations

import json

import pytest

from indforecast.sources.understanding import ColumnMeaning, Dropped, SeriesRead, Understanding


def told(**changes: object) -> Understanding:
    fields: dict[str, object] = {
        "name": "f.csv", "delivery_id": "0" * 64, "publisher": "IND", "form": "delimited text",
        "orientation": "long", "header_line": 3,
        "columns": (ColumnMeaning("A", "Periode", "period"), ColumnMeaning("B", "", "series")),
        "numbers": "without marks", "known_from": "a column", "rows": 1_234, "first_month": "2026-01",
        "last_month": "2026-02", "months": 2,
        "series": (SeriesRead("Studie", "students", "study_application", 1),),
        **changes,
    }  # fmt: skip
    return Understanding(**fields)  # type: ignore[arg-type]


def test_a_reader_sees_form_columns_series_and_counts() -> None:
    lines = told(encoding="UTF-8", delimiter="semicolon", sheet="Data", remarks=("hidden: x",)).lines()
    assert lines[:3] == [
        "f.csv",
        "  form       delimited text, UTF-8, delimiter semicolon, sheet 'Data'",
        "  table      long, header in line 3",
    ]
    assert "  rows       1,234 of 1 series, 2 months from 2026-01 to 2026-02" in lines
    assert "    B   (no header)  ->  series" in lines
    assert "    Studie  ->  students (study_application), 1 row" in lines
    assert lines[-1] == "  remark     hidden: x"


def test_what_has_no_code_page_or_sheet_does_not_say_so() -> None:
    assert told().lines()[1] == "  form       delimited text"


def test_what_was_left_out_is_counted_by_reason_and_listed_by_place() -> None:
    dropped = (
        Dropped(9, "", "note", "Bron: IND"),
        Dropped(6, "C", "not given", "x"),
        Dropped(7, "C", "not given", ""),
    )
    lines = told(dropped=dropped).lines()
    at = lines.index("  left out   2 not given, 1 note")
    assert lines[at + 1 :] == [
        "    line 9: note 'Bron: IND'",
        "    line 6, column C: not given 'x'",
        "    line 7, column C: not given",
    ]
    assert not any("left out" in line for line in told().lines())


@pytest.mark.parametrize(("count", "shown", "more"), [(9, 9, None), (10, 8, "    and 2 more")])
def test_long_lists_are_cut_where_that_saves_lines(count: int, shown: int, more: str | None) -> None:
    series = tuple(SeriesRead(f"s{at}", f"s{at}", "d", 2) for at in range(count))
    lines = told(series=series).lines()
    assert len([line for line in lines if line.endswith("(d), 2 rows")]) == shown
    assert ("    and 2 more" in lines) is (more is not None)


def test_a_program_gets_all_of_it() -> None:
    dropped = tuple(Dropped(line, "", "note", "") for line in range(50))
    assert len(json.loads(json.dumps(told(dropped=dropped).to_dict()))["dropped"]) == 50
