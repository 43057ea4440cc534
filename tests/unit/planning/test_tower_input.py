"""Tables of cases and units: what they become, and what is said about a wrong one."""

import csv
import io

import numpy as np
import pytest

from indforecast.config.planning_tower import example_text
from indforecast.domain.errors import InputError
from indforecast.planning.tower_input import example_problem, read_problem
from tests.unit.planning.tower_figures import COSTS

CASES = """group,place,skill,hours_per_case,months_to_term,cases,arrives
A,north,plain,2.5,3,10,
A,north,plain,2.5,3,5,1
A,north,plain,2.5,-2,4,
B,south,rare,8,6,7,2
"""
UNITS = """unit,place,skills,knows,fte,hours_per_month,away_share
U1,north,plain|rare,A,10,100,0.25
U2,south,plain,A | B,4.5,110,
"""


def rows(text):
    return [(line, row) for line, row in enumerate(csv.reader(io.StringIO(text)), start=1) if row]


def read(cases=CASES, units=UNITS, months=4):
    return read_problem(rows(cases), rows(units), COSTS, months=months, names=("c.csv", "u.csv"))


def test_two_tables_become_the_question():
    problem = read()
    assert [group.name for group in problem.groups] == ["A", "B"]
    columns = (problem.cohort_group, problem.cohort_term, problem.cohort_arrives, problem.cohort_cases)
    assert list(zip(*columns, strict=True)) == [
        (0, -2, 1, 4),
        (0, 3, 1, 15),  # two rows of one cohort add up
        (1, 6, 2, 7),
    ]
    assert problem.capacity.tolist() == [[1000.0] * 4, [495.0] * 4]
    assert problem.able.tolist() == [[True, True], [True, False]]
    assert problem.away.tolist() == [[False, True], [True, False]]
    # A away at U2: 2.5 hours and two on top; B at U1: unfamiliar and away
    np.testing.assert_allclose(problem.hours, [[2.5, 4.5], [8 * 1.2 + 2, 8]])
    assert problem.away_room[:, 0].tolist() == [250.0, 495.0]
    assert problem.arrived.tolist() == [[19, 19, 19, 19], [0, 7, 7, 7]]


@pytest.mark.parametrize(
    ("cases", "units", "told"),
    [
        ("", UNITS, "'c.csv' is empty"),
        (CASES.splitlines()[0], UNITS, "no rows"),
        (CASES.replace("hours_per_case", "hours"), UNITS, "line 1: there is no column 'hours_per_case'"),
        (CASES.replace("arrives", "note"), UNITS, "line 1: the column 'note' is not known"),
        (CASES.replace("group,place", "group,group"), UNITS, "line 1: the column 'group' stands there twice"),
        (CASES.replace("B,south,rare,8,6,7,2", "B,south,rare,8,6"), UNITS, "line 5: 5 cells"),
        (CASES.replace("rare,8", "rare,eight"), UNITS, "line 5, field 'hours_per_case': 'eight' is not a number"),
        (CASES.replace("rare,8", "rare,nan"), UNITS, "line 5, field 'hours_per_case': 'nan' is not a number"),
        (CASES.replace("rare,8", "rare,0"), UNITS, "line 5, field 'hours_per_case': must lie between"),
        (CASES.replace("6,7,2", "6,7.5,2"), UNITS, "line 5, field 'cases': must be a whole number"),
        (CASES.replace("6,7,2", "6,-7,2"), UNITS, "line 5, field 'cases': must lie between"),
        (CASES.replace("6,7,2", "6,7,9"), UNITS, "line 5, field 'arrives': must lie between 1 and 4"),
        (CASES.replace("6,7,2", "1,7,2"), UNITS, "line 5, field 'months_to_term': ends in month 1, before"),
        (CASES.replace("-2,4", "1_0,4"), UNITS, "line 4, field 'months_to_term': '1_0' is not a number"),
        (CASES.replace("2.5,-2", "3,-2"), UNITS, "line 4, field 'hours_per_case': differs from line 2"),
        (CASES.replace("B,south", ",south"), UNITS, "line 5, field 'group': is empty"),
        (CASES, UNITS.replace("A | B", "A | C"), "'u.csv', line 3, field 'knows': 'C' is not a group"),
        (CASES, UNITS.replace("U2", "U1"), "'u.csv', line 3, field 'unit': 'U1' stands there twice"),
        (CASES, UNITS.replace("0.25", "25"), "line 2, field 'away_share': must lie between 0 and 1"),
        (CASES, UNITS.replace("10,100", "10,1000"), "line 2, field 'hours_per_month': must lie between 0 and 250"),
    ],
)
def test_a_wrong_table_is_named_with_line_and_field(cases, units, told):
    with pytest.raises(InputError) as error:
        read(cases, units)
    assert told in error.value.message


def test_limits_on_size():
    many = [(line, ["A", "n", "plain", "2", "1", "1"]) for line in range(2, 20_003)]
    header = (1, ["group", "place", "skill", "hours_per_case", "months_to_term", "cases"])
    with pytest.raises(InputError, match="20,001 rows"):
        read_problem([header, *many], rows(UNITS), COSTS)
    groups = [(line, [f"g{line}", "n", "plain", "2", "1", "1"]) for line in range(2, 203)]
    with pytest.raises(InputError, match="more than 200 groups"):
        read_problem([header, *groups], rows(UNITS), COSTS)


def test_a_decimal_comma_is_a_number():
    text = CASES.replace(",", ";").replace("2.5", "2,5")
    cases = [(line, row) for line, row in enumerate(csv.reader(io.StringIO(text), delimiter=";"), start=1)]
    assert read_problem(cases, rows(UNITS), COSTS, months=4).groups[0].hours == 2.5


def test_the_packaged_example_is_of_a_realistic_size_and_says_that_it_is_simulated():
    problem = example_problem(COSTS)
    assert len(problem.groups) == 12
    assert len(problem.units) == 8
    assert problem.months == 6
    assert 10_000 < problem.cohort_cases.sum() < 60_000
    assert problem.able.any(axis=1).all()
    for table in ("cases", "units"):
        lines = example_text(table).splitlines()
        assert lines[0].endswith(",origin")
        assert all(line.endswith(",simulated") for line in lines[1:])
