from __future__ import annotations

import numpy as np
import pytest

from indforecast.models.estimation import LEVEL_PERSISTENCE
from indforecast.models.gaussian import VARIANCES, Regressors, condition
from indforecast.models.structural import _model


def beside(months: int, *columns: np.ndarray, mean: float = 0.0, deviation: float = 1.0) -> Regressors:
    stacked = np.column_stack(columns) if columns else np.zeros((months, 0))
    return Regressors(stacked, np.full(len(columns), mean), np.full(len(columns), deviation))


def logs(months: int, seed: int, step: float = 0.1, noise: float = 0.05) -> np.ndarray:
    generator = np.random.default_rng(seed)
    season = 0.3 * np.cos(2 * np.pi * np.arange(months) / 12)
    return 6 + season + np.cumsum(generator.normal(0, step, months)) + generator.normal(0, noise, months)


def test_it_is_the_structural_model_without_its_filter():
    values = logs(84, 1)
    values[[10, 30, 31]] = np.nan
    pulse = np.zeros(108)
    pulse[40:46] = 1.0
    answer = condition(values, 24, beside(108, pulse))
    fitted = _model(values, pulse[:84, None]).filter(
        np.array([answer.noise, answer.innovation, LEVEL_PERSISTENCE]), cov_type="none"
    )
    ahead = fitted.get_forecast(24, exog=pulse[84:, None])
    np.testing.assert_allclose(answer.mean, ahead.predicted_mean, atol=1e-8)
    # One scale for all horizons, that of recent innovations.
    scale = answer.variance / ahead.var_pred_mean
    np.testing.assert_allclose(scale, scale[0], rtol=1e-8)
    assert answer.coefficients[0] == pytest.approx(fitted.filtered_state[-1, -1], abs=1e-8)


@pytest.mark.parametrize(("step", "noise"), [(0.1, 0.0316), (0.0316, 0.1)])
def test_the_pair_of_variances_that_made_the_series_is_found(step, noise):
    answer = condition(logs(240, 2, step, noise), 1, beside(241))
    assert answer.innovation == min(VARIANCES, key=lambda one: abs(np.log(one / step**2)))
    assert answer.noise == min(VARIANCES, key=lambda one: abs(np.log(one / noise**2)))


def test_a_coefficient_is_recovered_and_one_without_evidence_keeps_its_prior():
    driver = np.sin(np.arange(132) / 7.0)
    unseen = np.zeros(132)
    unseen[125:] = 1.0
    values = logs(120, 3, 0.03, 0.03) + 0.8 * driver[:120]
    answer = condition(values, 12, beside(132, driver, unseen, mean=0.5, deviation=0.5))
    assert answer.coefficients[0] == pytest.approx(0.8, abs=0.1)
    assert answer.coefficients[1] == pytest.approx(0.5)


def test_months_that_share_their_time_share_their_level():
    """A level that moves in January: nothing within a year tells one month's level from another's."""
    moves = 12.0 * (np.arange(72) // 12)
    steps = np.repeat([0.0, 0.4, 0.1, 0.5, 0.2], 12)
    values = 6 + steps + np.random.default_rng(4).normal(0, 0.03, 60)
    yearly = condition(values, 12, beside(72), level_time=moves)
    monthly = condition(values, 12, beside(72))
    assert yearly.log_likelihood > monthly.log_likelihood + 10
    # The year to come is one draw: no month of it is surer than another.
    assert np.ptp(yearly.variance) < 0.05 * yearly.variance[0]


def test_a_month_ahead_does_not_depend_on_how_many_are_asked():
    values, driver = logs(84, 5), np.sin(np.arange(144) / 9.0)
    short = condition(values, 6, beside(90, driver[:90]))
    long = condition(values, 60, beside(144, driver))
    assert short.mean.tobytes() == long.mean[:6].tobytes()
    assert short.variance.tobytes() == long.variance[:6].tobytes()
