"""Events of the panel engine: hidden months, from when that is known on, and not before."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import indforecast
from indforecast.domain.errors import InputError
from indforecast.domain.events import Event, EventShape
from indforecast.forecasting.panel_events import read_events
from indforecast.forecasting.panel_frame import read_panel

MONTHS = pd.period_range("2015-01", periods=72, freq="M")


def a_panel() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    rows = []
    for number, key in enumerate(("a", "b")):
        counts = np.round(np.exp(5 + number + np.cumsum(rng.normal(0, 0.1, 72))))
        counts[60:63] = 0
        rows.append(pd.DataFrame({"series_id": key, "period": MONTHS, "observed": counts}))
    return pd.concat(rows, ignore_index=True)


def events(**columns) -> pd.DataFrame:
    closed = {"start": ["2020-01"], "end": ["2020-03"], "known_from": ["2020-02"]}
    return pd.DataFrame(closed | columns)


def register_event(shape=EventShape.PULSE, series_ids=("a",)) -> Event:
    days = (date(2020, 1, 15), date(2020, 3, 31), date(2020, 2, 20))
    return Event("closed", "", "", series_ids, *days, shape, "test")


@pytest.fixture(scope="module")
def arrays():
    return read_panel(a_panel())


def test_no_events_are_one_state_of_knowledge(arrays):
    for nothing in (None, [], events().iloc[:0]):
        states = list(read_events(nothing, arrays).states())
        assert [(begins, ends) for begins, ends, _ in states] == [(0, 72)]
        assert np.all(states[0][2] == 1)
        assert np.all(read_events(nothing, arrays).trust_in_time == 1)


def test_an_event_hides_its_months_from_when_it_is_known_on(arrays):
    masked = read_events(events(series_id=["a"]), arrays)
    (first, before), (second, after) = [((begins, ends), trust) for begins, ends, trust in masked.states()]
    assert (first, second) == ((0, 61), (61, 72))
    assert np.all(before == 1)
    np.testing.assert_array_equal(np.flatnonzero(after[0] == 0), [60, 61, 62])
    assert np.all(after[1] == 1)
    # The first of its months came before it was known: a forecast is judged on it.
    np.testing.assert_array_equal(np.flatnonzero(masked.trust_in_time[0] == 0), [61, 62])


def test_of_several_events_of_one_month_the_one_that_leaves_least_counts(arrays):
    frame = pd.DataFrame(
        {
            "start": ["2020-01", "2020-02", "2020-03"],
            "end": ["2020-04", "2020-03", "2020-03"],
            "known_from": "2020-01",
            "damping": [0.25, 0.75, None],
        }
    )
    *_, (_, _, trust) = read_events(frame, arrays).states()
    np.testing.assert_allclose(trust[0, 59:65], [1.0, 0.75, 0.25, 0.0, 0.75, 1.0])


def test_frames_and_registers_say_the_same(arrays):
    plain = read_events(events(series_id=["a"]), arrays)
    days = {"start": [pd.Timestamp("2020-01-31")], "known_from": [date(2020, 2, 29)]}
    for other in (
        [register_event()],
        (register_event(series_ids=("a", "elsewhere")),),
        events(series_id=["a"], **days),
    ):
        np.testing.assert_array_equal(read_events(other, arrays).hidden.any(axis=0), plain.hidden.any(axis=0))
        np.testing.assert_array_equal(read_events(other, arrays).known[:1], plain.known)
    assert not read_events([register_event(EventShape.STEP)], arrays).hidden.any()


def test_an_event_without_a_series_is_one_of_all(arrays):
    for every in (events(), events(series_id=[None]), events(series_id=[np.nan])):
        assert read_events(every, arrays).hidden.sum() == 6


@pytest.mark.parametrize("name", ["start", "end", "known_from"])
def test_a_missing_column_is_named(arrays, name):
    with pytest.raises(InputError, match=f"events has no column {name}"):
        read_events(events().drop(columns=name), arrays)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (events(end=["2019-12"]), "ends before it starts"),
        (events(start=["soon"]), "'soon' is not a month"),
        (events(end=[None]), "no end of an event"),
        (events(known_from=[None]), "no known_from of an event"),
        (events(damping=[0.0]), "damping of an event is 0.0"),
        (events(damping=[1.5]), "damping of an event is 1.5"),
        (events(damping=["much"]), "damping of an event is 'much'"),
        (events(series_id=["c"]), "a series that the panel has not: c"),
        ("closed", "neither a DataFrame nor a list of events"),
        ([{"start": "2020-01"}], "neither a DataFrame nor a list of events"),
        (7, "events is a int"),
        (register_event(), "events is a Event"),
    ],
)
def test_what_is_wrong_is_said(arrays, wrong, words):
    with pytest.raises(InputError, match=words):
        read_events(wrong, arrays)


@pytest.fixture(scope="module")
def without() -> pd.DataFrame:
    return indforecast.backtest(a_panel(), horizon=3)


def test_before_it_is_known_an_event_changes_no_bit_and_afterwards_it_is_as_if_months_were_missing(without):
    told = indforecast.backtest(a_panel(), horizon=3, events=events())
    early = told["forecast_origin"] < pd.Period("2020-02")
    pd.testing.assert_frame_equal(told[early], without[early])
    assert not np.any(told.loc[~early, "value"].to_numpy() == without.loc[~early, "value"].to_numpy())
    # Who believes a collapse forecasts less than who was told that it will pass.
    origin = told["forecast_origin"] == pd.Period("2020-03")
    middle = told["quantile_level"] == 0.5
    assert np.all(told.loc[origin & middle, "value"] > 1.2 * without.loc[origin & middle, "value"])


def test_known_from_the_start_an_event_is_the_same_as_rows_left_out():
    rows = a_panel()
    kept = rows[~rows["period"].between(pd.Period("2020-01"), pd.Period("2020-03"))]
    told = indforecast.backtest(rows, horizon=3, events=events(known_from=["2010-01"]))
    pd.testing.assert_frame_equal(told, indforecast.backtest(kept, horizon=3))


def test_a_damped_event_lies_between_none_and_a_hidden_one(without):
    known = events(known_from=["2020-01"])
    middles = []
    for damping in (0.001, 0.3, 0.8, 1.0):
        told = indforecast.backtest(
            a_panel(), horizon=1, quantile_levels=(0.5,), events=known.assign(damping=damping)
        )
        middles.append(told.loc[told["forecast_origin"] == pd.Period("2020-03"), "value"].to_numpy())
    plain = without[(without["quantile_level"] == 0.5) & (without["horizon"] == 1)]
    nothing = plain.loc[plain["forecast_origin"] == pd.Period("2020-03"), "value"].to_numpy()
    np.testing.assert_allclose(middles[0], nothing, rtol=0.05)
    assert np.all(np.diff(middles, axis=0) > 0)
    hidden = indforecast.backtest(a_panel(), horizon=1, quantile_levels=(0.5,), events=known)
    last = hidden["forecast_origin"] == pd.Period("2020-03")
    np.testing.assert_array_equal(middles[-1], hidden.loc[last, "value"].to_numpy())


def test_an_event_of_one_series_leaves_the_centre_of_another(without):
    told = indforecast.backtest(
        a_panel().assign(group=["a"] * 72 + ["b"] * 72), horizon=3, events=events(series_id=["a"])
    )
    apart = indforecast.backtest(a_panel().assign(group=["a"] * 72 + ["b"] * 72), horizon=3)
    other = told["series_id"] == "b"
    pd.testing.assert_frame_equal(told[other], apart[other])


def test_an_event_known_after_the_panel_ends_or_in_months_outside_it_changes_nothing(without):
    for later in (
        events(known_from=["2030-01"]),
        events(start=["2030-01"], end=["2031-01"], known_from=["2010-01"]),
    ):
        pd.testing.assert_frame_equal(indforecast.backtest(a_panel(), horizon=3, events=later), without)


def test_a_series_whose_every_month_is_hidden_has_not_begun():
    everything = events(start=["2015-01"], end=["2019-12"], known_from=["2010-01"], series_id=["a"])
    answer = indforecast.backtest(a_panel(), horizon=2, events=everything)
    assert np.all(np.isfinite(answer["value"]))
    first = answer.groupby("series_id")["forecast_origin"].min()
    assert (str(first["a"]), str(first["b"])) == ("2020-01", "2018-12")
