"""A group's work against the queue of cases, and by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indforecast.config.planning import value_at
from indforecast.domain.errors import InputError
from indforecast.planning.queue import first_in_first_out
from indforecast.planning.streams import run_stream, stream_line
from indforecast.planning.workforce import share_in_term, work_done
from indforecast.planning.workforce_streams import workforce_of
from tests.unit.planning.funding_cases import planning_case
from tests.unit.planning.hiring_cases import workforce

COUNTS = st.lists(st.integers(0, 30), min_size=15, max_size=15)


@settings(max_examples=80, deadline=None)
@given(inflow=COUNTS, capacity=COUNTS, opening=st.lists(st.integers(0, 20), min_size=3, max_size=3))
def test_hours_of_one_hour_cases_are_the_queue_of_cases(
    inflow: list[int], capacity: list[int], opening: list[int]
) -> None:
    term = 3
    cases, stock = np.array([inflow], dtype=float), np.array(opening, dtype=float)
    queue = first_in_first_out(cases, stock, np.array(capacity, dtype=float), term)
    one = workforce(cases, term=term, opening=stock)  # applied for 3, 2 and 1 months before: due in months 0, 1, 2
    done = work_done(one, np.array(capacity, dtype=float))
    np.testing.assert_allclose(done.decided, queue.decisions)
    np.testing.assert_allclose(done.open_work, queue.open_cases)
    np.testing.assert_allclose(done.late, queue.open_past_term)
    np.testing.assert_allclose(done.newly_late, queue.newly_late)


def test_the_share_in_term_by_hand() -> None:
    one = workforce([[100.0, 100.0, 100.0, 100.0]], term=1)
    # due: 0, 100, 200, 300; decided 80, 160, 240, 400: nothing is late
    assert share_in_term(one, work_done(one, np.array([80.0, 80.0, 80.0, 160.0])), 0).tolist() == [1.0]
    # decided 40, 80, 120, 300: late 20 of 100 in month 1, 80 of 100 in month 2, none in month 3
    slow = work_done(one, np.array([40.0, 40.0, 40.0, 180.0]))
    assert slow.newly_late.tolist() == [[0.0, 20.0, 80.0, 0.0]]
    assert share_in_term(one, slow, 0)[0] == pytest.approx(1 - 100 / 300)
    assert share_in_term(one, slow, 3).tolist() == [1.0]


def test_the_level_is_the_work_of_twelve_months() -> None:
    one = workforce([[500.0, 2000.0]])
    assert one.levels().tolist() == [[11 * 1000 + 500, 10 * 1000 + 2500]]


def test_a_group_of_a_case_starts_where_its_streams_stand() -> None:
    case = planning_case()
    for group in ("asylum", "nareis", "naturalisation", "regular"):
        one = workforce_of(case, group)
        streams = case.settings.hiring.groups[group].streams
        hours = 0.0
        for name in streams:
            line, opened = stream_line(case, name)
            figures = case.settings.streams[name]
            run = run_stream(name, line, figures, opened)
            before = len(line.months) - len(case.periods) - 1
            ratios = {track: figures.tracks[track].hours_ratio.value for track in figures.track_order}
            hours += sum(
                queue.open_cases[0, before] * ratios.get(track, 1.0) * figures.handling_hours.value
                for track, queue in run.tracks.items()
            )
        assert one.opening == pytest.approx(hours)
        assert np.all(one.due <= one.arrived() + 1e-6)
        assert np.all(one.ready <= one.arrived() + 1e-6)
        assert np.all(one.falling_cases >= 0)
        np.testing.assert_allclose(one.select(slice(0, 2)).until(5).work, one.work[:2, :5])


def test_a_stream_with_tracks_is_late_as_its_queue_is() -> None:
    case = planning_case()
    hiring = case.settings.hiring
    alone = hiring.groups["asylum"].model_copy(update={"streams": ("asylum_first",)})
    settings = case.settings.model_copy(update={"hiring": hiring.model_copy(update={"groups": {"asylum": alone}})})
    one = workforce_of(replace(case, settings=settings), "asylum")
    figures = case.settings.streams["asylum_first"]
    line, opened = stream_line(case, "asylum_first")
    run = run_stream("asylum_first", line, figures, opened)
    assert figures.decided_per_month is not None
    capacity = value_at(figures.decided_per_month, str(case.origin)) * figures.handling_hours.value
    months = len(case.periods)
    done = work_done(one, np.full(months, capacity))
    general = run.tracks["general"]
    per_case = figures.handling_hours.value * figures.tracks["general"].hours_ratio.value
    assert one.hours_per_case == pytest.approx(per_case)
    # Whole cases there and hours here: a case of each track at the most, month by month.
    few = 6.0
    np.testing.assert_allclose(done.late / per_case, general.open_past_term[:, -months:], atol=few)
    np.testing.assert_allclose(done.newly_late / per_case, general.newly_late[:, -months:], atol=few)
    assert done.late.max() > 1_000 * per_case
    # and so is the share in term: of the months after the first, cases decided by their term
    queues = run.tracks.values()
    late = sum(queue.newly_late[:, -months:] for queue in queues)
    found = 1 - late[:, 6:].sum(axis=1) / one.falling_cases[:, 6:].sum(axis=1)
    np.testing.assert_allclose(share_in_term(one, done, 6), found, atol=0.002)


def test_hours_per_case_that_change_with_the_month_change_the_work() -> None:
    case = planning_case()
    factor = np.linspace(1.0, 2.0, len(case.periods))
    plain, dearer = (
        workforce_of(case, "nareis", hours_factor=given) for given in (None, {"nareis_applications": factor})
    )
    np.testing.assert_allclose(dearer.work, plain.work * factor)
    assert dearer.opening == plain.opening


def test_without_history_the_past_year_is_the_calibration_years() -> None:
    case = replace(planning_case(), history=None)
    figures = case.settings.streams["nareis_applications"]
    yearly = figures.calibration_cases.value * figures.handling_hours.value
    assert workforce_of(case, "nareis").past.sum() == pytest.approx(yearly)


def test_an_unknown_group_is_said_to_be_unknown() -> None:
    with pytest.raises(InputError, match="no workforce group 'asyl'"):
        workforce_of(planning_case(), "asyl")
