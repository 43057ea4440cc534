from __future__ import annotations

from collections import Counter
from datetime import date

from indforecast.sources.mapping import Publisher
from indforecast.sources.table_rows import TableRows

JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)


def rows(*months: date, series_id: str = "students") -> TableRows:
    return TableRows(series_id=[series_id] * len(months), period=list(months), observed=[1] * len(months))


def test_a_column_comes_before_the_line_above_and_that_before_the_lag(ind: Publisher) -> None:
    made = rows(JANUARY, FEBRUARY)
    made.date_rows([date(2024, 5, 1), None], date(2024, 4, 1), ind)
    assert made.available_from == [date(2024, 5, 1), date(2024, 4, 1)]
    assert made.known_from == "a column; the line above the table, 2024-04-01"


def test_an_export_shows_what_was_known_when_it_was_made(ind: Publisher) -> None:
    made = rows(JANUARY, FEBRUARY)
    made.date_rows([None, None], None, ind)
    # Twenty days after the end of the newest month, in a leap year.
    assert made.available_from == [date(2024, 3, 20)] * 2
    assert made.known_from == "the newest month, 2024-02, plus 20 days"


def test_a_publisher_may_count_from_each_month_and_a_stream_have_its_own_lag(ind: Publisher) -> None:
    students = ind.streams["students"].model_copy(update={"lag_days": 3})
    other = ind.model_copy(update={"known_from": "month", "streams": {**ind.streams, "students": students}})
    made = rows(JANUARY, FEBRUARY)
    made.date_rows([None, None], None, other)
    assert made.available_from == [date(2024, 2, 3), date(2024, 3, 3)]
    assert made.known_from == "each month plus 3 days"
    below = rows(JANUARY, series_id="students.SYR")
    below.date_rows([None], None, other)
    assert below.available_from == [date(2024, 2, 3)]


def test_tables_of_one_file_are_joined() -> None:
    one, two = rows(JANUARY), rows(FEBRUARY, FEBRUARY)
    one.known_from, two.known_from = "a column", "each month plus 3 days"
    one.labels, two.labels = {"A": "a"}, {"A": "b", "B": "b"}
    one.flags, two.flags, two.filled = Counter("p"), Counter("pe"), 2
    one.extend(two)
    assert one.period == [JANUARY, FEBRUARY, FEBRUARY]
    assert one.labels == {"A": "a", "B": "b"}
    assert (one.flags, one.filled) == (Counter({"p": 2, "e": 1}), 2)
    assert one.known_from == "a column; each month plus 3 days"
    one.extend(two)
    assert one.known_from == "a column; each month plus 3 days"
