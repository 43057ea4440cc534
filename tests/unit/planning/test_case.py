"""The planning case: who works, who is housed, and taking some of its paths or months."""

import numpy as np

from tests.unit.planning.funding_cases import planning_case

CASE = planning_case(24, 30)


def test_who_is_work_and_who_needs_reception():
    assert CASE.work == (
        "asylum_first", "asylum_repeat", "nareis_applications", "knowledge_migrants", "students", "naturalisation",
    )  # fmt: skip
    assert CASE.housed == ("asylum_first", "asylum_repeat", "asylum_nareis")
    assert CASE.paths == 24
    assert CASE.origin == np.datetime64("2025-12", "M")


def test_some_paths_are_the_same_paths_of_every_stream():
    some = CASE.select(np.array([3, 1]))
    assert some.paths == 2
    for name, values in CASE.inflow.items():
        np.testing.assert_array_equal(some.inflow[name], values[[3, 1]])
    assert CASE.select(slice(0, 5)).paths == 5
    assert some.settings is CASE.settings
    np.testing.assert_array_equal(some.periods, CASE.periods)


def test_some_months_are_the_first_ones():
    short = CASE.until(7)
    assert short.periods.size == 7
    assert short.origin == CASE.origin
    np.testing.assert_array_equal(short.inflow["students"], CASE.inflow["students"][:, :7])
    assert CASE.periods.size == 30
