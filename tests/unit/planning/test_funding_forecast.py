"""What a path expects of itself, from its own past."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from indforecast.planning.funding_forecast import expected_cases, wanted_cases
from tests.unit.planning.funding_cases import FIGURES


def test_the_forecast_is_the_last_year_damped_towards_the_level_before_it():
    past = np.concatenate([np.full(24, 70.0), np.full(12, 100.0)])[None]
    inflow = np.full((1, 1, 3), 220.0)
    figures = replace(FIGURES, forecast_months=36, damping=0.5)
    # level of 36 months 80, of 12 months 100; a month later (12 × 100 + 120) / 12 = 110 and (36 × 80 + 150) / 36
    expected = expected_cases(past, inflow, figures)[0, 0]
    np.testing.assert_allclose(expected[:2], [90.0, (84 + 1 / 6) / 2 + 55], rtol=1e-14)


def test_a_short_past_serves_as_far_as_it_goes():
    figures = replace(FIGURES, forecast_months=36, damping=0.0)
    assert expected_cases(np.array([[10.0, 20.0]]), np.full((1, 1, 2), 30.0), figures)[0, 0].tolist() == [15, 20]


def test_full_damping_is_the_level_and_none_the_last_year():
    past = np.arange(48.0)[None]
    inflow = np.zeros((1, 1, 1))
    level = expected_cases(past, inflow, replace(FIGURES, forecast_months=36, damping=0.0))
    year = expected_cases(past, inflow, replace(FIGURES, forecast_months=36, damping=1.0))
    assert level[0, 0, 0] == past[0, -36:].mean()
    assert year[0, 0, 0] == past[0, -12:].mean()


def test_late_cases_are_spread_over_what_is_left_but_never_over_less_than_the_least():
    expected, late = np.array([[100.0]]), np.array([[120.0]])
    assert wanted_cases(expected, late, 0, FIGURES)[0, 0] == 102
    assert wanted_cases(expected, late, 30, FIGURES)[0, 0] == 104
    assert wanted_cases(expected, late, 58, FIGURES)[0, 0] == 105  # 24 months, not 2
