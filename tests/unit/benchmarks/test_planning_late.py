"""The shares in the settings are those that the replay of 2020 to 2025 gives, and what it gets wrong is known."""

import numpy as np
import pytest

from benchmarks.planning_late import chains, fit, paid_meur, published, replay
from indforecast.config import load_settings

SETTINGS = load_settings().planning


@pytest.fixture(scope="module")
def world():
    return replay(SETTINGS)


def test_the_share_that_gives_notice_is_the_fitted_one(world):
    notice_share, ruling_share = fit(world, SETTINGS)
    assert SETTINGS.late.notice_share["asylum_first"].value == pytest.approx(notice_share, abs=0.005)
    assert ruling_share == pytest.approx(0.22, abs=0.005)


def test_2023_and_2024_are_each_met_and_2025_is_a_third_too_low_when_held_out(world):
    found = chains(world, SETTINGS, fit(world, SETTINGS))
    error = {
        year: paid_meur(world, found, year, SETTINGS) / (published(SETTINGS, "penalties_eur")[year] / 1e6) - 1
        for year in (2023, 2024, 2025)
    }
    assert abs(error[2023]) < 0.05
    assert abs(error[2024]) < 0.05
    assert -0.38 < error[2025] < -0.28


def test_the_configured_share_gives_what_was_paid_in_2025(world):
    paid = paid_meur(world, chains(world, SETTINGS), 2025, SETTINGS)
    assert paid == pytest.approx(79.0, rel=0.03)


def test_penalties_were_suspended_until_december_2022(world):
    first, last = np.datetime64("2020-07", "M"), np.datetime64("2022-11", "M")
    before = (world.months >= first) & (world.months <= last)
    for found in chains(world, SETTINGS).values():
        assert found.court_cents[:, before].sum() == 0
