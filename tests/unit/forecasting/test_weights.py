from __future__ import annotations

import numpy as np
import pytest

from indforecast.config.settings import EnsembleSettings
from indforecast.domain.errors import ConfigError
from indforecast.evaluation.horizons import horizon_bands
from indforecast.forecasting.weights import Weights, by_horizon, naive_rows, shrunken_record, weigh

MODELS = ("random_walk", "good", "seasonal_naive", "bad")
FIVE = (*MODELS, "fair")
BANDS = horizon_bands((3, 6), 6)
SETTINGS = EnsembleSettings(horizon_bands=(3, 6), shrinkage_windows=12, minimum_scored=4)
EVERYONE = np.ones((1, 4), dtype=bool)


def months(count: int) -> np.ndarray:
    return np.datetime64("2018-03", "M") + 3 * np.arange(count)


def scores(origins: int = 20, levels: tuple[float, ...] = (1.0, 0.5, 1.2, 2.0)) -> np.ndarray:
    """Constant scores per model: [M, O, 1, 6]."""
    return np.broadcast_to(np.array(levels)[:, None, None, None], (len(levels), origins, 1, 6)).copy()


def test_a_better_record_earns_more_weight_and_weights_sum_to_one() -> None:
    everyone = np.ones((1, 5), dtype=bool)
    found = weigh(scores(levels=(1.0, 0.5, 1.2, 2.0, 0.8)), months(20), FIVE, BANDS, everyone, SETTINGS)
    np.testing.assert_allclose(found.weights.sum(axis=-1), 1.0)
    walk, good, season, bad, fair = found.weights[0, 0]
    assert good > fair > walk == season == bad == 0.0
    np.testing.assert_allclose(found.relative[0, 0], [1.0, 0.5, 1.2, 2.0, 0.8])
    assert MODELS[found.naive[0, 0]] == "random_walk"


def test_a_model_that_loses_to_the_better_naive_is_gated_but_never_a_naive() -> None:
    found = weigh(scores(), months(20), MODELS, BANDS, EVERYONE, SETTINGS)
    np.testing.assert_array_equal(found.gated[0, 0], [False, False, False, True])
    assert found.weights[0, 0, 3] == 0.0


def test_naives_weigh_where_no_other_model_may() -> None:
    found = weigh(scores(levels=(1.0, 1.5, 1.2, 2.0)), months(20), MODELS, BANDS, EVERYONE, SETTINGS)
    walk, good, season, bad = found.weights[0, 0]
    assert good == bad == 0.0
    assert walk > season > 0.0
    beside = SETTINGS.model_copy(update={"benchmarks_weigh": True})
    walk, good, season, bad = weigh(scores(), months(20), MODELS, BANDS, EVERYONE, beside).weights[0, 0]
    assert good > walk > season > bad == 0.0
    silent = np.array([[True, False, True, False]])
    found = weigh(scores(), months(20), MODELS, BANDS, silent, SETTINGS)
    np.testing.assert_array_equal(found.weights[0, 0] > 0, silent[0])


def test_a_model_may_weigh_in_near_bands_alone() -> None:
    near = SETTINGS.model_copy(update={"weighed_up_to": {"good": 3}})
    found = weigh(scores(), months(20), MODELS, BANDS, EVERYONE, near)
    np.testing.assert_array_equal(found.beyond, [[False] * 4, [False, True, False, False]])
    assert found.weights[0, 0, 1] == 1.0
    assert found.weights[0, 1, 1] == 0.0
    assert found.weights[0, 1, 0] > found.weights[0, 1, 2] > 0.0
    np.testing.assert_allclose(found.relative[0, :, 1], 0.5)


def test_the_gate_compares_with_the_better_of_the_two_naives() -> None:
    found = weigh(scores(levels=(1.5, 1.1, 1.0, 1.4)), months(20), MODELS, BANDS, EVERYONE, SETTINGS)
    np.testing.assert_array_equal(found.gated[0, 0], [False, True, False, True])
    assert MODELS[found.naive[0, 0]] == "seasonal_naive"


def test_nothing_is_gated_before_enough_origins_are_scored() -> None:
    found = weigh(scores(3), months(3), MODELS, BANDS, EVERYONE, SETTINGS)
    assert not found.judged.any()
    assert not found.gated.any()
    assert (found.weights[..., [1, 3]] > 0).all()


def test_without_any_score_weights_are_equal_over_what_is_available() -> None:
    available = np.array([[True, True, False, True]])
    found = weigh(scores(0), months(0), MODELS, BANDS, available, SETTINGS)
    np.testing.assert_allclose(found.weights[0, 0], [0.0, 0.5, 0.0, 0.5])
    assert np.isnan(found.relative).all()


def test_weights_move_from_equal_with_the_number_of_independent_windows() -> None:
    few = weigh(scores(2), months(2), MODELS, BANDS, EVERYONE, SETTINGS).weights[0, 0]
    many = weigh(scores(60), months(60), MODELS, BANDS, EVERYONE, SETTINGS).weights[0, 0]
    assert 0.5 < few[1] < many[1]


def test_models_are_compared_on_targets_they_share_with_the_naives() -> None:
    """A model that only answered in easy times is not better for it."""
    table = scores()
    table[:, 10:] *= 10.0  # hard times for everybody
    table[1] = table[0] * 1.1  # always worse than the walk
    table[1, 10:] = np.nan  # but silent when it was hard
    found = weigh(table, months(20), MODELS, BANDS, EVERYONE, SETTINGS)
    assert found.relative[0, 0, 1] == pytest.approx(1.1)
    assert found.gated[0, 0, 1]


def test_a_failed_model_has_no_weight_and_all_failing_leaves_none() -> None:
    found = weigh(scores(), months(20), MODELS, BANDS, np.array([[True, False, True, True]]), SETTINGS)
    assert found.weights[0, 0, 1] == 0.0
    np.testing.assert_allclose(found.weights.sum(axis=-1), 1.0)
    nobody = weigh(scores(), months(20), MODELS, BANDS, np.zeros((1, 4), dtype=bool), SETTINGS)
    assert (nobody.weights == 0).all()


def test_if_only_a_gated_model_is_left_it_is_used_rather_than_nothing() -> None:
    found = weigh(scores(), months(20), MODELS, BANDS, np.array([[False, False, False, True]]), SETTINGS)
    assert found.weights[0, 0].tolist() == [0.0, 0.0, 0.0, 1.0]


def test_a_band_without_a_record_borrows_from_nearer_bands() -> None:
    relative = np.array([[[1.0, 0.5], [np.nan, np.nan]]])
    record = shrunken_record(relative, np.array([[12, 0]]), 12.0)
    stream = np.log(0.5) * 12 / 24
    np.testing.assert_allclose(record[0, 1], [0.0, stream])
    np.testing.assert_allclose(record[0, 0], [0.0, (12 * np.log(0.5) + 12 * stream) / 24])


def test_a_missing_naive_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError, match="seasonal_naive"):
        naive_rows(("random_walk", "ets"))


def weights_of(values: np.ndarray) -> Weights:
    none = np.zeros(values.shape[:2], dtype=np.int64)
    flags = np.zeros(values.shape, dtype=bool)
    return Weights(values, values, flags, flags[:, 0], none, none, none > 0, none, flags[0])


def test_weights_run_smoothly_from_band_to_band_and_sum_to_one() -> None:
    bands = horizon_bands((3, 6, 12), 24)
    values = np.array([[[0.8, 0.2], [0.4, 0.6], [0.4, 0.6], [0.1, 0.9]]])
    smooth = by_horizon(weights_of(values), bands)
    assert smooth.shape == (1, 24, 2)
    np.testing.assert_allclose(smooth.sum(axis=-1), 1.0)
    np.testing.assert_allclose(smooth[0, [0, 1], 0], 0.8)  # up to the first middle
    np.testing.assert_allclose(smooth[0, -1, 0], 0.1)
    assert np.abs(np.diff(smooth[0, :, 0])).max() < 0.15
    assert (np.diff(smooth[0, :, 0]) <= 1e-12).all()


def test_a_gated_model_stays_out_of_its_whole_band() -> None:
    bands = horizon_bands((3, 6), 6)
    smooth = by_horizon(weights_of(np.array([[[0.5, 0.5], [1.0, 0.0]]])), bands)
    assert (smooth[0, 3:, 1] == 0).all()
    assert (smooth[0, :3, 1] > 0).all()
    np.testing.assert_allclose(smooth.sum(axis=-1), 1.0)


def test_one_band_has_one_weight() -> None:
    smooth = by_horizon(weights_of(np.array([[[0.3, 0.7]]])), horizon_bands((6,), 6))
    np.testing.assert_allclose(smooth[0, :, 0], 0.3)


def test_a_band_in_which_nobody_forecasts_stays_empty() -> None:
    smooth = by_horizon(weights_of(np.zeros((1, 2, 2))), BANDS)
    assert (smooth == 0).all()
