from __future__ import annotations

from datetime import date
from itertools import pairwise
from math import log, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from indforecast.domain.observations import Panel
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.models.log_scale import CannotForecast
from indforecast.models.random_walk import RandomWalk, innovation_variance


def test_quantiles_are_the_closed_form():
    counts = [100.0, 130.0, 90.0, 150.0, 120.0]
    logs = [log(1 + count) for count in counts]
    variance = sum((b - a) ** 2 for a, b in pairwise(logs)) / 4
    panel = Panel(date(2020, 1, 31), ("s",), np.datetime64("2019-08", "M") + np.arange(5), np.array([counts]))
    quantiles = RandomWalk().forecast(panel, (), horizon=60).quantiles[0]
    for horizon in (1, 7, 60):
        normal = NormalDist(logs[-1], sqrt(horizon * variance))
        for column, level in enumerate(HUB_LEVELS):
            expected = max(0.0, np.expm1(normal.inv_cdf(level)))
            assert quantiles[horizon - 1, column] == pytest.approx(expected, rel=1e-9)


def test_a_change_over_a_gap_counts_for_its_months():
    # Steps of 0.2 (one month), 0.6 over three months, 0.1: squares per month .04, .12, .01.
    values = np.array([1.0, 1.2, np.nan, np.nan, 1.8, 1.9])
    assert innovation_variance(values) == pytest.approx((0.04 + 0.12 + 0.01) / 3)


def test_the_mean_change_is_not_taken_off():
    assert innovation_variance(np.arange(10.0)) == pytest.approx(1.0)


def test_three_changes_are_needed():
    assert innovation_variance(np.array([1.0, 2.0, 3.0, 4.0])) == pytest.approx(1.0)
    with pytest.raises(CannotForecast, match="3 months are observed, 4 are needed"):
        innovation_variance(np.array([1.0, np.nan, 2.0, 3.0]))
