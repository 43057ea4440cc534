"""A user's table of decisions and hours: what is read, and what is refused with line and column."""

import numpy as np
import pytest

from indforecast.domain.errors import InputError
from indforecast.planning.hours_history import parse_hours

STREAMS = ("asylum_first", "students")


def read(text):
    return parse_hours(text, STREAMS, productive_hours=1200, name="hours.csv")


def test_hours_over_decisions_with_gaps_and_streams_apart():
    found = read(
        "month,series_id,decisions,hours\n"
        "2024-01,asylum_first,100,3000\n2024-03,asylum_first,50,1750\n2024-02,students,0,10\n"
    )
    assert found["asylum_first"].hours_per_case[[0, 2]].tolist() == [30, 35]
    assert np.isnan(found["asylum_first"].hours_per_case[1])
    assert found["asylum_first"].months[0] == np.datetime64("2024-01", "M")
    assert np.isnan(found["students"].hours_per_case).all()


def test_a_dutch_table_and_staff_for_hours():
    found = read(
        "\ufeffseries_id;month;decisions;hours;staff\r\n"
        "students;2024-01;100;250,5;\r\nstudents;2024-02;100;;2,5\r\n"
    )
    assert found["students"].hours_per_case.tolist() == [2.505, 2.5]
    only_staff = read("month,series_id,decisions,staff\n2024-01,students,100,2\n")
    assert only_staff["students"].hours_per_case.tolist() == [2.0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no column month, series_id, decisions, hours"),
        ("month,series_id,decisions\n", "has no column hours"),
        ("month,series_id,decisions,hours,cost\n", "not known: 'cost'"),
        ("month,series_id,decisions,hours,hours\n", "has a column twice"),
        ("month,series_id,decisions,hours\n", "holds no month"),
        ("month,series_id,decisions,hours\n2024-1,students,1,2\n", "line 2: '2024-1' is not a month"),
        ("month,series_id,decisions,hours\n2024-01,study,1,2\n", "line 2: there is no stream 'study'"),
        ("month,series_id,decisions,hours\n2024-01,students,one,2\n", "line 2: decisions must be a number"),
        ("month,series_id,decisions,hours\n2024-01,students,1,-2\n", "line 2: hours must be a number"),
        ("month,series_id,decisions,hours\n2024-01,students,1,nan\n", "line 2: hours must be a number"),
        ("month,series_id,decisions,hours\n2024-01,students,1,\n", "line 2: hours must be a number"),
        ("month,series_id,decisions,hours\n2024-01,students,1\n", "line 2: more or fewer values"),
        ("month,series_id,decisions,hours\n2024-01,students,1,2,3\n", "line 2: more or fewer values"),
        (
            "month,series_id,decisions,hours\n2024-01,students,1,2\n2024-01,students,1,2\n",
            "line 3: students has 2024-01 twice",
        ),
        (
            "month,series_id,decisions,hours\n1824-01,students,1,2\n2024-01,students,1,2\n",
            "runs from 1824-01 to 2024-01",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(text, told):
    with pytest.raises(InputError, match=told) as caught:
        read(text)
    assert str(caught.value).startswith("hours.csv")
    assert caught.value.hint


def test_there_is_a_limit():
    rows = "".join(f"{1000 + n // 12:04d}-{n % 12 + 1:02d},students,1,2\n" for n in range(50_001))
    with pytest.raises(InputError, match="more than 50,000 rows"):
        read("month,series_id,decisions,hours\n" + rows)
