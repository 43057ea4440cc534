"""The plan's queues as a table of cases: nothing lost, terms as the queue counts them."""

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.domain.observations import History
from indforecast.planning.case import PlanningCase
from indforecast.planning.streams import run_stream, stream_line
from indforecast.planning.tower_input import read_problem
from indforecast.planning.tower_proportional import proportional
from indforecast.planning.tower_queue import QUEUE_COLUMNS, queue_rows
from tests.unit.planning.tower_figures import COSTS
from tests.unit.publication.factory import LEVEL, history_frame

SETTINGS = load_settings()


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(3)
    frame = history_frame()
    history = History(np.datetime64("2026-01-30").astype(object), frame)
    return PlanningCase(
        inflow={name: np.floor(level * rng.uniform(0.7, 1.3, (5, 24))) for name, level in LEVEL.items()},
        periods=np.arange("2026-01", "2028-01", dtype="datetime64[M]"),
        hierarchy=SETTINGS.hierarchy,
        settings=SETTINGS.planning,
        levels=(0.1, 0.5, 0.9),
        history=history.panel(SETTINGS.hierarchy.base_ids),
    )


@pytest.mark.parametrize("series_id", ["asylum_first", "nareis_applications", "naturalisation"])
def test_every_open_case_is_there_and_those_past_their_term_are_past_it(case, series_id):
    line, opened = stream_line(case, series_id)
    stream = run_stream(series_id, line, case.settings.streams[series_id], opened)
    before = line.counts.shape[1] - 24
    rows = [dict(zip(QUEUE_COLUMNS, row, strict=True)) for row in queue_rows(case, 6, [series_id])[1:]]
    standing = [row for row in rows if row["origin"] == "queue"]
    assert before > 0
    come = [row for row in rows if row["arrives"] == "1" and int(row["months_to_term"]) > 0]
    tracks = {row["group"] for row in rows}
    assert len(tracks) == len([cohort for cohort in stream.cohorts.values() if cohort.inflow.any()])
    # Cases of the first month to plan are in the table beside those that stand open.
    first = sum(np.rint(np.median(cohort.inflow[:, before])) for cohort in stream.cohorts.values())
    total = sum(int(row["cases"]) for row in standing)
    assert total == stream.queue.open_cases[0, before - 1] + first
    past = sum(int(row["cases"]) for row in standing if int(row["months_to_term"]) <= 0)
    assert past == stream.queue.open_past_term[0, before - 1]
    assert come
    assert {row["arrives"] for row in rows} == {str(month) for month in range(1, 7)}


def test_the_table_can_be_planned(case):
    rows = queue_rows(case, 6, ["asylum_first", "asylum_repeat"])
    skills = "|".join(sorted({row[2] for row in rows[1:]}))
    units = [
        ["unit", "place", "skills", "knows", "fte", "hours_per_month"],
        ["all", "here", skills, "", "400", "113.6"],
    ]
    problem = read_problem(enumerate(rows, 1), enumerate(units, 1), COSTS, months=6)
    assert not problem.away.any()
    assert proportional(problem, "oldest_first").broken() == []
    assert problem.cohort_cases.sum() == sum(int(row[5]) for row in rows[1:])
