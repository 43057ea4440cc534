from __future__ import annotations

import numpy as np
import pytest

from indforecast.config.settings import EnsembleSettings
from indforecast.domain.quantiles import crosses
from indforecast.evaluation.horizons import horizon_bands
from indforecast.forecasting.ensemble import combine, ensemble_loses

SETTINGS = EnsembleSettings(horizon_bands=(3, 6), shrinkage_windows=12, minimum_scored=4)


def test_quantiles_are_averaged_level_by_level_on_the_log_scale() -> None:
    logs = np.array([[[[1.0, 2.0, 3.0]]], [[[3.0, 5.0, 7.0]]]])
    mixed = combine(logs, np.array([[[0.25, 0.75]]]))
    np.testing.assert_allclose(mixed, [[[2.5, 4.25, 6.0]]])


def test_a_failed_model_without_weight_does_not_spoil_the_rest() -> None:
    logs = np.array([[[[1.0, 2.0]]], [[[np.nan, np.nan]]]])
    np.testing.assert_array_equal(combine(logs, np.array([[[1.0, 0.0]]])), [[[1.0, 2.0]]])
    with pytest.raises(ValueError, match="weight"):
        combine(logs, np.array([[[0.5, 0.5]]]))


def test_nobody_is_nothing() -> None:
    assert np.isnan(combine(np.full((2, 1, 1, 3), np.nan), np.zeros((1, 1, 2)))).all()


def test_quantiles_do_not_cross_even_in_the_last_bit() -> None:
    rng = np.random.default_rng(2)
    flat = np.repeat(rng.normal(6.0, 1.0, (5, 40, 12, 1)), 23, axis=-1)
    weights = rng.dirichlet(np.ones(5), (40, 12))
    assert not crosses(combine(flat, weights))


def test_the_ensemble_is_held_against_the_better_naive_on_shared_targets() -> None:
    own = np.full((6, 1, 6), 1.0)
    naive = np.stack([np.full((6, 1, 6), 1.25), np.full((6, 1, 6), 0.8)])
    naive[1, :, :, :3] = 2.0
    own[5] = np.nan
    loses, ratio = ensemble_loses(own, naive, horizon_bands((3, 6), 6), SETTINGS)
    np.testing.assert_allclose(ratio, [[0.8, 1.25]])
    np.testing.assert_array_equal(loses, [[False, True]])


def test_a_short_record_proves_nothing() -> None:
    loses, ratio = ensemble_loses(
        np.full((3, 1, 6), 2.0), np.full((2, 3, 1, 6), 1.0), horizon_bands((6,), 6), SETTINGS
    )
    assert ratio[0, 0] == 2.0
    assert not loses.any()
    loses, ratio = ensemble_loses(np.zeros((0, 1, 6)), np.zeros((2, 0, 1, 6)), horizon_bands((6,), 6), SETTINGS)
    assert np.isnan(ratio).all()
    assert not loses.any()
