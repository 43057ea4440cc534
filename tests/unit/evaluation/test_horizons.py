from __future__ import annotations

import numpy as np

from indforecast.evaluation.horizons import horizon_bands, independent_windows

ORIGINS = np.datetime64("2018-03", "M") + np.arange(0, 24, 3)


def test_bands_follow_each_other_and_end_at_the_horizon() -> None:
    assert [band.label for band in horizon_bands((3, 6, 12, 24, 60), 60)] == [
        "1-3",
        "4-6",
        "7-12",
        "13-24",
        "25-60",
    ]
    assert [band.label for band in horizon_bands((3, 12), 18)] == ["1-3", "4-12", "13-18"]
    assert [band.label for band in horizon_bands((3, 12, 60), 6)] == ["1-3", "4-6"]
    assert horizon_bands((3, 6), 6)[1].columns == slice(3, 6)


def test_overlapping_windows_are_counted_once() -> None:
    # Eight quarterly origins, each scored 12 months ahead: 21 + 12 months hold two windows of twelve.
    scored = np.zeros((8, 12), dtype=bool)
    scored[:, 11] = True
    assert independent_windows(scored, ORIGINS) == 2
    # Scored one to three months ahead, quarterly origins do not overlap.
    assert independent_windows(np.ones((8, 3), dtype=bool), ORIGINS) == 8


def test_the_first_column_may_stand_for_any_month_ahead() -> None:
    scored = np.ones((8, 1), dtype=bool)
    assert independent_windows(scored, ORIGINS, 12) == 2
    assert independent_windows(scored, ORIGINS, 40) == 1
    assert independent_windows(scored, ORIGINS, 1) == 8


def test_nothing_scored_is_no_window() -> None:
    assert independent_windows(np.zeros((8, 3), dtype=bool), ORIGINS) == 0
