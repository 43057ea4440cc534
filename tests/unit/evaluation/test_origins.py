from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from indforecast.config.settings import BacktestSettings
from indforecast.domain.errors import InputError
from indforecast.evaluation.origins import Origins, origin_vintages, prepare_origins

SETTINGS = BacktestSettings(first_vintage="2018-01", every_months=3, minimum_history_months=24)


def test_vintages_are_month_ends_and_the_newest_itself_comes_last() -> None:
    days = origin_vintages(SETTINGS, date(2018, 12, 20))
    assert days == [
        date(2018, 1, 31),
        date(2018, 4, 30),
        date(2018, 7, 31),
        date(2018, 10, 31),
        date(2018, 12, 20),
    ]


def test_a_newest_vintage_at_or_before_the_first_is_alone() -> None:
    assert origin_vintages(SETTINGS, date(2018, 1, 31)) == [date(2018, 1, 31)]
    assert origin_vintages(SETTINGS, date(2016, 5, 1)) == [date(2016, 5, 1)]


def test_the_past_vintages_do_not_move_when_a_new_month_comes() -> None:
    before = origin_vintages(SETTINGS, date(2026, 1, 30))
    after = origin_vintages(SETTINGS, date(2026, 2, 20))
    assert after[: len(before) - 1] == before[:-1]


def test_the_forecast_origin_is_the_newest_month_of_the_slowest_stream(make_history) -> None:
    history = make_history({"a": [1, 2, 3, 4], "b": [5, 6, 7]})
    origins = prepare_origins([history], ["b", "a"])
    assert str(origins.newest.forecast_origin) == "2020-03"
    assert origins.series_ids == ("b", "a")
    np.testing.assert_array_equal(origins.newest.observed, [[5, 6, 7], [1, 2, 3]])
    assert (origins.bases[0] == "published").all()


def test_gaps_stay_gaps(make_history) -> None:
    origins = prepare_origins([make_history({"a": [1, None, 3], "b": [None, 2, 3]})], ["a", "b"])
    np.testing.assert_array_equal(origins.newest.observed, [[1, np.nan, 3], [np.nan, 2, 3]])
    assert origins.bases[0][0, 1] == ""


def test_a_later_vintage_of_the_same_origin_replaces_the_earlier(make_history) -> None:
    early = make_history({"a": [1, 2, 3]}, vintage=date(2020, 4, 30))
    late = make_history({"a": [1, 2, 9]}, vintage=date(2020, 5, 10))
    origins = prepare_origins([early, late], ["a"])
    assert len(origins.panels) == 1
    assert origins.newest.vintage == date(2020, 5, 10)
    assert origins.newest.observed[0, -1] == 9


def test_an_unknown_or_stopped_stream_is_named(make_history) -> None:
    with pytest.raises(InputError, match="for: c"):
        prepare_origins([make_history({"a": [1, 2]})], ["a", "c"])
    with pytest.raises(InputError, match=r"b ends in 2020-02, the newest stream in 2020-12"):
        prepare_origins([make_history({"a": [1] * 12, "b": [1, 2]})], ["a", "b"])


def test_a_stream_unknown_in_the_past_is_missing_there(make_history) -> None:
    past = make_history({"a": [1, 2]}, vintage=date(2020, 3, 31))
    now = make_history({"a": [1, 2, 3], "b": [4, 5, 6]}, vintage=date(2020, 4, 30))
    origins = prepare_origins([past, now], ["a", "b"], minimum_history_months=2)
    assert np.isnan(origins.panels[0].observed[1]).all()
    np.testing.assert_array_equal(origins.enough_history(), [[True, False], [True, True]])


def test_mainly_simulated_means_more_than_half(make_history) -> None:
    history = make_history({"a": [1, 2], "b": [1, 2]}, basis={"b": "simulated"})
    half = history.observations.copy()
    half.loc[(half["series_id"] == "a") & (half["observed"] == 2), "basis"] = "simulated"
    origins = prepare_origins([type(history)(history.vintage, half)], ["a", "b"])
    np.testing.assert_array_equal(origins.simulated(), [False, True])


def test_select_keeps_panels_and_bases_together(make_history) -> None:
    history = make_history({"a": [1, 2], "b": [3, 4]}, basis={"b": "simulated"})
    chosen = prepare_origins([history], ["a", "b"]).select(["b"])
    np.testing.assert_array_equal(chosen.newest.observed, [[3, 4]])
    assert (chosen.bases[0] == "simulated").all()


def test_origins_that_do_not_rise_are_refused(make_history) -> None:
    panel = prepare_origins([make_history({"a": [1, 2]})], ["a"])
    with pytest.raises(ValueError, match="rise"):
        Origins(panel.panels * 2, panel.bases * 2)
