"""Gains: those of a Kalman filter with the same parameters, made once for all series."""

from __future__ import annotations

import numpy as np
import pytest

from indforecast.models.filter_bank.gains import LONGEST, gains


def test_without_a_season_the_level_gain_is_that_of_a_local_level():
    """The scalar Riccati recursion, written out; diffuse before the first month."""
    expected, uncertainty = [], 1.0
    for _ in range(50):
        uncertainty += 0.7
        gain = uncertainty / (uncertainty + 1.0)
        expected.append(gain)
        uncertainty *= 1.0 - gain
    answer = gains(0.7, 3.0, 1)
    np.testing.assert_allclose(answer[:50, 0], expected, rtol=1e-12)
    np.testing.assert_allclose(answer[:, 1], 0.0, atol=1e-15)


def test_in_the_long_run_the_gain_solves_the_steady_state():
    noise = 0.3
    steady = (noise + np.sqrt(noise**2 + 4 * noise)) / 2
    assert gains(noise, 3.0, 1)[-1, 0] == pytest.approx(steady / (steady + 1.0), abs=1e-12)


@pytest.mark.parametrize("season_length", [2, 4, 12])
def test_seasonal_deviations_always_sum_to_nought(season_length):
    answer = gains(0.5, 3.0, season_length)
    assert answer.shape == (LONGEST, 1 + season_length)
    np.testing.assert_allclose(answer[:, 1:].sum(axis=1), 0.0, atol=1e-12)


def test_a_stronger_belief_in_a_season_learns_it_faster():
    weak, strong = gains(0.3, 0.3, 12), gains(0.3, 30.0, 12)
    assert np.all(strong[12:24, 1] > weak[12:24, 1])
    assert np.all(weak[:, 1] > 0)


def test_a_level_that_moves_more_follows_more():
    still, moving = gains(0.05, 3.0, 12), gains(30.0, 3.0, 12)
    assert np.all(moving[:, 0] > still[:, 0])


def test_gains_that_are_shared_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        gains(0.3, 3.0, 12)[0, 0] = 1.0
