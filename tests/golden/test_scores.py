"""Scores against reference numbers that an independent library made (``scores_made_by.py``)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from indforecast.evaluation.scores import interval_score, log_wis, pinball_loss, wis

GOLDEN = json.loads(Path(__file__).with_name("scores.json").read_text(encoding="utf-8"))
QUANTILES, OBSERVED, LEVELS = np.array(GOLDEN["quantiles"]), np.array(GOLDEN["observed"]), GOLDEN["levels"]


def test_scores_are_the_reference_numbers() -> None:
    np.testing.assert_allclose(wis(QUANTILES, LEVELS, OBSERVED), GOLDEN["wis"], rtol=1e-12)
    np.testing.assert_allclose(log_wis(QUANTILES, LEVELS, OBSERVED), GOLDEN["log_wis"], rtol=1e-12)
    np.testing.assert_allclose(
        interval_score(QUANTILES[:, 1], QUANTILES[:, 5], OBSERVED, 0.2), GOLDEN["interval_score_80"], rtol=1e-12
    )
    np.testing.assert_allclose(pinball_loss(QUANTILES, LEVELS, OBSERVED)[:, 1], GOLDEN["pinball_10"], rtol=1e-12)
