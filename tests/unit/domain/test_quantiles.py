"""Levels are probabilities that rise."""

from __future__ import annotations

import numpy as np
import pytest

from indforecast.domain.quantiles import HUB_LEVELS, SCORE_LEVELS, check_levels, crosses


def test_the_hub_levels_hold_the_scored_ones() -> None:
    assert check_levels(HUB_LEVELS) == HUB_LEVELS
    assert len(HUB_LEVELS) == 23
    assert set(SCORE_LEVELS) <= set(HUB_LEVELS)


@pytest.mark.parametrize("levels", [(), (0.0, 0.5), (0.5, 1.0), (0.5, 0.5), (0.9, 0.1)])
def test_bad_levels_are_refused(levels: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="quantile levels"):
        check_levels(levels)


def test_crossing_is_seen() -> None:
    assert not crosses(np.array([[1.0, 1.0, 2.0]]))
    assert crosses(np.array([[1.0, 2.0, 1.9]]))
