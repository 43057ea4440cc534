from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from indforecast.domain.observations import Panel
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.models.log_scale import (
    CannotForecast,
    counting_variance,
    forecast_each,
    log_series,
    normal_quantiles,
    require_months,
)

START = np.datetime64("2019-01", "M")


def panel_of(*rows: list[float]) -> Panel:
    values = np.array(rows, dtype=float)
    names = tuple(f"s{number}" for number in range(len(rows)))
    return Panel(date(2020, 1, 31), names, START + np.arange(values.shape[1]), values)


def test_a_series_runs_from_its_first_to_its_last_observation():
    series = log_series(panel_of([np.nan, 4, np.nan, 9, np.nan, np.nan]), 0)
    assert series.series_id == "s0"
    assert series.gap == 2
    assert list(series.periods) == list(START + np.arange(1, 4))
    np.testing.assert_allclose(series.log_counts, [np.log(5), np.nan, np.log(10)])
    assert series.observed_months == 2


def test_up_to_cuts_by_calendar():
    series = log_series(panel_of([np.nan, 4, 5, 9]), 0)
    assert len(series.up_to(np.datetime64("2019-03", "M"))) == 2
    assert len(series.up_to(np.datetime64("2019-01", "M"))) == 0
    assert len(series.up_to(np.datetime64("2018-01", "M"))) == 0
    assert len(series.up_to(np.datetime64("2030-01", "M"))) == 3


@pytest.mark.parametrize("bad", [-1.0, np.inf])
def test_an_impossible_count_is_refused(bad):
    with pytest.raises(CannotForecast, match="negative or infinite"):
        log_series(panel_of([1, bad, 3]), 0)


def test_too_few_months_are_named_with_both_numbers():
    series = log_series(panel_of([4, np.nan, 9]), 0)
    require_months(series, 2)
    with pytest.raises(CannotForecast, match="2 months are observed, 3 are needed"):
        require_months(series, 3)


def test_counting_variance_is_that_of_poisson_counts():
    for mean in (30.0, 3000.0):
        draws = np.log1p(np.random.default_rng(1).poisson(mean, 200_000))
        assert counting_variance(np.array([np.log1p(mean)]))[0] == pytest.approx(draws.var(), rel=0.06)
    # Nought persons still leaves room for the odd one; a negative log mean is nought persons.
    assert counting_variance(np.array([0.0, -3.0])).tolist() == pytest.approx([0.5 / 1.5**2] * 2)


def test_normal_quantiles_against_the_standard_library():
    from statistics import NormalDist

    mean, variance = np.array([5.0, 6.0]), np.array([0.04, 0.25])
    expected = [
        [NormalDist(m, v**0.5).inv_cdf(level) for level in HUB_LEVELS] for m, v in zip(mean, variance, strict=True)
    ]
    np.testing.assert_allclose(normal_quantiles(mean, variance), expected, rtol=1e-12)


def test_the_floor_under_the_variance_binds():
    mean = np.array([np.log1p(99.0)])
    narrow = normal_quantiles(mean, np.array([0.0]))
    np.testing.assert_allclose(narrow, normal_quantiles(mean, counting_variance(mean)))
    assert narrow[0, -1] > narrow[0, 0]


def test_answers_are_cut_at_the_gap_and_brought_to_counts():
    panel = panel_of([3.0, np.nan])

    def kernel(series, steps):
        assert steps == 4
        return np.log1p(np.arange(1.0, 5.0))[:, None] + np.zeros(len(HUB_LEVELS))

    answer = forecast_each("test", panel, kernel, horizon=3)
    np.testing.assert_allclose(answer.quantiles[0, :, 0], [2.0, 3.0, 4.0])


def test_mass_below_nought_is_at_nought():
    answer = forecast_each("test", panel_of([3.0]), lambda _, steps: np.full((steps, 23), -2.0), horizon=2)
    assert np.all(answer.quantiles == 0)


@pytest.mark.parametrize("value", [np.nan, np.inf, 800.0])
def test_an_answer_that_is_not_finite_is_a_failure(value):
    answer = forecast_each("test", panel_of([3.0]), lambda _, steps: np.full((steps, 23), value), horizon=2)
    assert np.all(np.isnan(answer.quantiles))
    (failure,) = answer.failures
    assert (failure.model, failure.series_id, failure.vintage) == ("test", "s0", date(2020, 1, 31))
    assert "not finite" in failure.reason


def test_a_programming_error_is_not_hidden():
    def broken(series, steps):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        forecast_each("test", panel_of([3.0]), broken, horizon=2)
