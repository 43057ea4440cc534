from __future__ import annotations

import numpy as np
import pytest

from indforecast.forecasting.dependence import PRIOR_PERSISTENCE, estimate_dependence


def simulated(persistence: float, correlation: float, origins: int = 4000, horizon: int = 24) -> np.ndarray:
    """Errors of two streams with known dependence, [O, 2, H]."""
    rng = np.random.default_rng(17)
    root = np.linalg.cholesky(np.array([[1.0, correlation], [correlation, 1.0]]))
    walk = rng.standard_normal((origins, 2, horizon)).cumsum(axis=-1) / np.sqrt(np.arange(1, horizon + 1))
    noise = rng.standard_normal((origins, 2, horizon))
    own = np.sqrt(persistence) * walk + np.sqrt(1 - persistence) * noise
    return np.einsum("st,oth->osh", root, own)


@pytest.mark.parametrize("persistence", [0.2, 0.6, 0.95])
@pytest.mark.parametrize("correlation", [-0.4, 0.0, 0.7])
def test_known_dependence_is_found_again(persistence: float, correlation: float) -> None:
    found = estimate_dependence(simulated(persistence, correlation), 10**9, shrinkage_windows=1.0)
    assert found.persistence == pytest.approx(persistence, abs=0.04)
    assert found.series[0, 1] == pytest.approx(correlation, abs=0.04)


def test_wider_errors_than_forecast_do_not_change_the_dependence() -> None:
    errors = simulated(0.6, 0.5)
    one = estimate_dependence(errors, 10**9, shrinkage_windows=1.0)
    two = estimate_dependence(1.7 * errors, 10**9, shrinkage_windows=1.0)
    assert two.persistence == pytest.approx(one.persistence)
    np.testing.assert_allclose(two.series, one.series)


def test_without_errors_the_prior_stands() -> None:
    found = estimate_dependence(np.full((0, 3, 12), np.nan), 0, shrinkage_windows=12.0)
    np.testing.assert_array_equal(found.series, np.eye(3))
    assert found.persistence == PRIOR_PERSISTENCE


def test_few_windows_are_shrunk_towards_independence() -> None:
    errors = simulated(0.6, 0.8)
    found = estimate_dependence(errors, 12, shrinkage_windows=12.0)
    assert found.series[0, 1] == pytest.approx(0.4, abs=0.03)


def test_pairs_never_seen_together_and_gaps_still_give_a_correlation_matrix() -> None:
    errors = simulated(0.6, 0.9, origins=30)
    errors = np.concatenate([errors, -errors[:, :1]], axis=1)
    errors[:15, 0] = np.nan
    errors[15:, 1] = np.nan
    found = estimate_dependence(errors, 10**6, shrinkage_windows=1.0).series
    np.testing.assert_allclose(np.diag(found), 1.0)
    np.testing.assert_allclose(found, found.T)
    assert np.linalg.eigvalsh(found).min() > 0
