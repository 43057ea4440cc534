"""Every model against numbers computed without its code; ``make_models_golden.py`` made them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from indforecast.domain.events import Event, EventShape
from indforecast.domain.observations import Panel
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.models.registry import MODEL_NAMES, make_forecasters

GOLDEN = json.loads(Path(__file__).with_name("models_golden.json").read_text(encoding="utf-8"))
PERIODS = np.datetime64(GOLDEN["first_period"], "M") + np.arange(len(GOLDEN["counts"]))

#: Closed forms agree to the digits written; two optimisers on one likelihood agree to a few in a thousand.
TOLERANCE = {"random_walk": 1e-7, "seasonal_naive": 1e-7, "ets": 3e-3, "structural": 3e-3, "prophet": 3e-3}


def test_every_model_has_golden_numbers():
    assert set(GOLDEN["quantiles"]) == set(MODEL_NAMES) == set(TOLERANCE)


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_quantiles_are_the_golden_ones(name):
    first, last = (PERIODS[month].astype(date) for month in GOLDEN["event"])
    pulse = Event("pulse", "", "", ("s",), first, last, first, EventShape.PULSE, "golden")
    panel = Panel(date(2021, 1, 31), ("s",), PERIODS, np.array([GOLDEN["counts"]]))
    (model,) = make_forecasters([name])
    answer = model.forecast(panel, (pulse,), horizon=60).quantiles[0]
    rows = [horizon - 1 for horizon in GOLDEN["horizons"]]
    columns = [HUB_LEVELS.index(level) for level in GOLDEN["levels"]]
    np.testing.assert_allclose(answer[np.ix_(rows, columns)], GOLDEN["quantiles"][name], rtol=TOLERANCE[name])
