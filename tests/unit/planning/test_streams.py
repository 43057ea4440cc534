"""A stream takes its discipline, capacity and opening stock from the settings; totals are formed on paths."""

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.config.planning import StreamPlanning
from indforecast.planning.measures import ALL
from indforecast.planning.streams import run_stream
from indforecast.planning.timeline import Timeline
from indforecast.planning.work import work_values

MONTHS = np.arange("2025-06", "2026-06", dtype="datetime64[M]")


def figures(**over):
    packaged = load_settings().planning.streams["asylum_first"].model_dump()
    return StreamPlanning.model_validate({**packaged, "track_order": (), "reading": None, **over})


def parameter(value, unit="cases/month"):
    return {"value": value, "unit": unit, "source": "test"}


def test_capacity_is_the_dated_one_of_each_month():
    dated = {"2025-01": parameter(100), "2026-01": parameter(250)}
    stream = run_stream(
        "s", Timeline(MONTHS, np.full((1, 12), 400.0)), figures(decided_per_month=dated), "2025-05"
    )
    np.testing.assert_array_equal(stream.queue.decisions, [[100] * 7 + [250] * 5])


def test_opening_stock_is_that_of_the_given_month():
    stocks = {"2021-12": parameter(10, "cases"), "2025-05": parameter(5000, "cases")}
    line = Timeline(MONTHS, np.zeros((1, 12)))
    stream = run_stream(
        "s", line, figures(open_cases=stocks, decided_per_month={"2025-01": parameter(0)}), "2025-05"
    )
    np.testing.assert_array_equal(stream.queue.open_cases, 5000)


def test_discipline_chooses_the_queue_also_when_both_figures_are_there():
    shares = [parameter(0.5, "share"), parameter(1.0, "share")]
    both = {
        "decided_by_month": shares,
        "decided_per_month": {"2025-01": parameter(1)},
        "open_cases": {"2025-05": parameter(0, "cases")},
    }
    line = Timeline(MONTHS, np.full((1, 12), 10.0))
    following = run_stream("s", line, figures(discipline="follows", **both), "2025-05")
    fixed = run_stream("s", line, figures(discipline="capacity", **both), "2025-05")
    np.testing.assert_array_equal(following.queue.decisions[0, :3], [5, 10, 10])
    np.testing.assert_array_equal(fixed.queue.decisions[0, :3], [1, 1, 1])


def test_a_longer_term_puts_more_cases_in_term():
    line = Timeline(MONTHS, np.full((1, 12), 2000.0))
    short = run_stream("s", line, figures(), "2025-05").queue
    long = run_stream("s", line, figures(term_extension=parameter(9, "months")), "2025-05").queue
    assert np.all(long.open_past_term < short.open_past_term)
    np.testing.assert_array_equal(long.open_cases, short.open_cases)


@pytest.fixture
def measured():
    planning = load_settings().planning
    counts = np.random.default_rng(5).poisson(1500, (6, 12)).astype(float)
    streams = [
        run_stream(
            name, Timeline(MONTHS, counts + at), planning.streams[name], max(planning.streams[name].open_cases)
        )
        for at, name in enumerate(planning.streams)
    ]
    values = work_values(streams, planning.streams, planning.staffing, 6)
    return planning, {(item.measure, item.series_id): item for item in values}


def test_totals_are_sums_on_each_path_for_cases_hours_and_staff(measured):
    planning, values = measured
    for measure in (
        "handling_hours",
        "staffing_fte",
        "staffing_fte_backlog",
        "decisions",
        "open_cases",
        "open_past_term",
    ):
        parts = np.sum([values[measure, name].values for name in planning.streams], axis=0)
        np.testing.assert_allclose(values[measure, ALL].values, parts)


def test_total_share_in_term_weighs_streams_by_their_decisions(measured):
    planning, values = measured
    in_term = np.sum([values["share_in_term", name].values for name in planning.streams], axis=0)
    decisions = np.sum([values["decisions", name].values for name in planning.streams], axis=0)
    np.testing.assert_allclose(values["share_in_term", ALL].by_month(), in_term / decisions)


def test_only_the_window_is_returned_and_hours_follow_the_inflow(measured):
    planning, values = measured
    hours = values["handling_hours", "students"]
    assert hours.values.shape == (6, 6)
    fte = values["staffing_fte", "students"].values
    np.testing.assert_allclose(fte, hours.values * 12 / planning.staffing.productive_hours.value)
