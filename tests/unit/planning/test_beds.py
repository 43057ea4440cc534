"""Beds of a planning case: queue and reception together, the table of places, what choices cost."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.config import load_settings
from indforecast.domain.observations import History
from indforecast.planning.beds import (
    COST_COLUMNS,
    PLACES_COLUMNS,
    bed_paths,
    cost_table,
    place_costs,
    places_table,
)
from indforecast.planning.case import PlanningCase
from indforecast.planning.plan import plan
from indforecast.planning.reception_queue import decided_cases, reception_arrivals, waiting_excess
from indforecast.planning.streams import run_stream, stream_line
from indforecast.planning.timeline import join
from tests.unit.planning.test_places import contract

SETTINGS = load_settings()
PERIODS = np.arange("2026-01", "2029-01", dtype="datetime64[M]")
LEVEL = {"asylum_first": 2000, "asylum_repeat": 130, "asylum_nareis": 1200}
PATHS = 60


def history():
    months = pd.date_range("2024-01", "2025-12", freq="MS")
    rows = [(name, month, level) for name, level in LEVEL.items() for month in months]
    frame = pd.DataFrame(rows, columns=["series_id", "period", "observed"])
    return History(date(2026, 1, 30), frame).panel(list(LEVEL))


def case(scale=1.0, settings=SETTINGS.planning):
    rng = np.random.default_rng(5)
    factors = np.exp(rng.normal(0, 0.3, (PATHS, 1)))
    inflow = {name: np.round(level * scale * factors * np.ones(PERIODS.size)) for name, level in LEVEL.items()}
    return PlanningCase(inflow, PERIODS, SETTINGS.hierarchy, settings, (0.1, 0.5, 0.9), history())


@pytest.fixture(scope="module")
def paths():
    return bed_paths(case())


def test_the_queue_decides_how_many_wait(paths):
    assert paths.reception.imbalance == 0
    streams = {name: SETTINGS.planning.streams[name] for name in ("asylum_first", "asylum_repeat")}
    asked = case()
    queued = {
        name: run_stream(
            name,
            join(name, asked.inflow, PERIODS, asked.history, after=np.datetime64("2025-05")),
            stream,
            "2025-05",
        ).queue.decisions[:, -PERIODS.size :]
        for name, stream in streams.items()
    }
    in_reception = 0.95 * queued["asylum_first"] + 0.5 * queued["asylum_repeat"]
    decided = paths.shown(paths.reception.decided)
    np.testing.assert_allclose(np.cumsum(decided, axis=1), np.cumsum(in_reception, axis=1), atol=1.5)


def test_what_was_observed_is_the_same_on_every_path(paths):
    observed = paths.reception.residents[:, : -PERIODS.size]
    assert observed.shape[1] == 12
    assert np.ptp(observed, axis=0).max() == 0
    assert np.ptp(paths.need[:, -1]) > 0


def test_uncertain_stays_widen_the_band():
    reception = SETTINGS.planning.reception
    certain = reception.stay_spread.model_copy(update={"value": 0.0})
    flat = SETTINGS.planning.model_copy(
        update={"reception": reception.model_copy(update={"stay_spread": certain})}
    )
    equal = {name: np.full((PATHS, PERIODS.size), float(level)) for name, level in LEVEL.items()}

    def width(settings):
        same = PlanningCase(equal, PERIODS, SETTINGS.hierarchy, settings, (0.1, 0.5, 0.9), history())
        return np.ptp(bed_paths(same).need[:, 11])

    assert width(flat) == 0
    assert width(SETTINGS.planning) > 500


def test_more_inflow_and_slower_housing_need_more_places(paths):
    assert np.all(bed_paths(case(1.2)).need >= paths.need)
    within_norm = bed_paths(case(), months_to_housing=SETTINGS.planning.reception.housing_norm.value)
    assert np.all(within_norm.need <= paths.need)
    np.testing.assert_array_equal(
        within_norm.reception.residents[:, : -PERIODS.size], paths.reception.residents[:, : -PERIODS.size]
    )


def test_the_table_of_places_holds_together(paths):
    held = [contract(60_000), contract(9_000, until=date(2026, 6, 30), kind="emergency")]
    table = places_table(paths, SETTINGS.planning, (0.1, 0.5, 0.9), held)
    assert tuple(table.columns) == PLACES_COLUMNS
    row = table.set_index("period")
    assert row.loc["2026-06-01", ["contracted", "regular", "emergency"]].tolist() == [69_000, 60_000, 9_000]
    assert row.loc["2026-07-01", ["contracted", "expiring"]].tolist() == [60_000, 9_000]
    assert table["expiring"].sum() == 9_000
    assert (table["to_find"] == (table["target"] - table["contracted"]).clip(lower=0)).all()
    assert (table["need_minimum"] <= table["need_medio"]).all()
    assert (table["need_medio"] <= table["need_maximum"]).all()
    configured = places_table(paths, SETTINGS.planning, (0.1, 0.5, 0.9))
    assert configured["contracted"].iloc[0] == 34_161 + 3 * 15_352


def test_choices_are_judged_on_paths_they_were_not_made_from(paths):
    table = cost_table(paths, SETTINGS.planning, (0.1, 0.5, 0.9)).set_index("choice")
    assert list(table.reset_index().columns) == list(COST_COLUMNS)
    assert table["places"].is_monotonic_increasing
    assert table["months_short"].is_monotonic_decreasing
    need = paths.need.copy()
    need[1::2] += 5_000
    other = cost_table(
        type(paths)(paths.periods, paths.reception, need, paths.opened), SETTINGS.planning, (0.1, 0.5, 0.9)
    ).set_index("choice")
    pd.testing.assert_series_equal(other["places"], table["places"])
    assert (other["expected_eur"] > table["expected_eur"]).all()


def test_costs_per_place_follow_the_occupancy_norm():
    costs = place_costs(SETTINGS.planning)
    assert costs.regular == pytest.approx(30_400 * 0.91)
    assert costs.empty == pytest.approx(30_400 * 0.91 * 0.7)
    assert costs.fractile == pytest.approx(0.647, abs=0.001)


def test_a_plan_and_the_table_of_places_say_the_same_need(paths):
    asked = case()
    table = places_table(paths, asked.settings, asked.levels)
    inflow = {**asked.inflow, **{name: np.ones((PATHS, PERIODS.size)) for name in asked.work if name not in LEVEL}}
    said = plan(inflow, PERIODS, asked.hierarchy, asked.settings, asked.levels, history=asked.history).monthly
    beds = said[said["measure"] == "beds"]
    for name in ("minimum", "medio", "maximum"):
        np.testing.assert_array_equal(beds[name].to_numpy(), table[f"need_{name}"].to_numpy())
        assert np.all(table[f"need_{name}"] == np.round(table[f"need_{name}"]))


def test_no_more_wait_for_a_decision_than_have_an_open_case_and_need_reception(paths):
    asked = case()
    arrivals = reception_arrivals(asked)
    streams = []
    for name in ("asylum_first", "asylum_repeat"):
        line, opened = stream_line(asked, name)
        streams.append(run_stream(name, line, asked.settings.streams[name], opened))
    decided = decided_cases(streams, arrivals, asked.settings)
    reception = asked.settings.reception
    assert waiting_excess(paths.reception, decided, arrivals, reception) < 3
    # beside the open cases of the queue itself, which knows nothing of reception
    shares = {stream.series_id: reception.needs_reception[stream.series_id].value for stream in streams}
    most = sum(s.queue.open_cases[:, -PERIODS.size :] * shares[s.series_id] for s in streams)
    assert np.all(paths.shown(paths.reception.applicants) < most + 3)
    np.testing.assert_allclose(paths.shown(paths.reception.applicants), most, atol=3)
