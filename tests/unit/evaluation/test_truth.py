from __future__ import annotations

from datetime import date

import numpy as np

from indforecast.domain.observations import History
from indforecast.domain.series import Hierarchy, Stream
from indforecast.evaluation.origins import prepare_origins
from indforecast.evaluation.truth import add_totals, truth_at

HIERARCHY = Hierarchy((Stream("t", "t", "t", parts=("a", "b")), Stream("a", "a", "a"), Stream("b", "b", "b")))


def test_targets_are_the_months_after_each_origin(make_history) -> None:
    origins = prepare_origins([make_history({"a": [10, 11, 12, 13]})], ["a"])
    months = np.array(["2020-01", "2020-03"], dtype="datetime64[M]")
    targets = truth_at(origins).targets(months, 3)
    np.testing.assert_array_equal(targets[:, 0], [[11, 12, 13], [13, np.nan, np.nan]])


def test_each_vintage_has_its_own_truth(make_history) -> None:
    early = make_history({"a": [10, 11]}, vintage=date(2020, 3, 31))
    late = make_history({"a": [10, 99, 12]}, vintage=date(2020, 4, 30))
    origins = prepare_origins([early, late], ["a"])
    month = np.array(["2020-01"], dtype="datetime64[M]")
    assert truth_at(origins, 0).targets(month, 2)[0, 0, 0] == 11
    assert np.isnan(truth_at(origins, 0).targets(month, 2)[0, 0, 1])
    assert truth_at(origins, 1).targets(month, 2)[0, 0].tolist() == [99, 12]


def test_an_invented_month_of_an_observed_stream_is_no_outcome(make_history) -> None:
    history = make_history({"a": [1, 2, 3, 4], "b": [1, 2, 3, 4]}, basis={"b": "simulated"})
    frame = history.observations.copy()
    frame.loc[(frame["series_id"] == "a") & (frame["observed"] == 4), "basis"] = "simulated"
    truth = truth_at(prepare_origins([History(history.vintage, frame)], ["a", "b"]))
    np.testing.assert_array_equal(truth.observed, [[1, 2, 3, np.nan], [1, 2, 3, 4]])
    np.testing.assert_array_equal(truth.simulated, [False, True])
    np.testing.assert_array_equal(truth.official, [[True, True, True, False], [False] * 4])


def test_estimated_months_are_scored_but_not_official(make_history) -> None:
    truth = truth_at(prepare_origins([make_history({"a": [1, 2]}, basis={"a": "estimated"})], ["a"]))
    np.testing.assert_array_equal(truth.observed, [[1, 2]])
    assert not truth.official.any()
    month = np.array(["2020-01"], dtype="datetime64[M]")
    assert not truth.official_targets(month, 2).any()


def test_a_total_is_known_where_all_parts_are(make_history) -> None:
    history = make_history({"a": [1, 2, 3], "b": [10, None, 30]}, basis={"b": "derived"})
    truth = add_totals(truth_at(prepare_origins([history], ["a", "b"])), HIERARCHY)
    assert truth.series_ids == ("t", "a", "b")
    np.testing.assert_array_equal(truth.observed[0], [11, np.nan, 33])
    np.testing.assert_array_equal(truth.official[0], [True, False, True])
