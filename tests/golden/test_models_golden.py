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
from indforecast.models.protocol import OneStreamForecaster
from indforecast.models.registry import MODEL_NAMES, make_forecasters

GOLDEN = json.loads(Path(__file__).with_name("models_golden.json").read_text(encoding="utf-8"))
PERIODS = np.datetime64(GOLDEN["first_period"], "M") + np.arange(len(GOLDEN["counts"]))

#: Closed forms agree to the digits written; two optimisers on one likelihood agree to a few in a thousand.
TOLERANCE = {
    "random_walk": 1e-7,
    "seasonal_naive": 1e-7,
    "ets": 3e-3,
    "structural": 3e-3,
    "prophet": 3e-3,
    # Its quantiles are looked for until they are within .001 in probability.
    "filter_bank": 2e-3,
    "theta": 1e-7,
    "sarimax": 3e-3,
    "nareis_from_applications": 1e-6,
    "nareis_applications_from_grants": 1e-6,
    "naturalisation_from_cohorts": 1e-6,
    "students_academic_year": 1e-6,
}


def test_every_model_has_golden_numbers():
    assert set(GOLDEN["quantiles"]) == set(MODEL_NAMES) == set(TOLERANCE)


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_quantiles_are_the_golden_ones(name):
    first, last = (PERIODS[month].astype(date) for month in GOLDEN["event"])
    (model,) = make_forecasters([name])
    stream, sources = ("s", ())
    if isinstance(model, OneStreamForecaster):
        stream, sources = model.series_id, model.sources
    pulse = Event("pulse", "", "", (stream,), first, last, first, EventShape.PULSE, "golden")
    # What a stream follows is its own past in reverse: something else that is as rough.
    observed = np.array([GOLDEN["counts"], *([GOLDEN["counts"][::-1]] * len(sources))])
    panel = Panel(date(2021, 1, 31), (stream, *sources), PERIODS, observed)
    answer = model.forecast(panel, (pulse,), horizon=60).quantiles[0]
    rows = [horizon - 1 for horizon in GOLDEN["horizons"]]
    columns = [HUB_LEVELS.index(level) for level in GOLDEN["levels"]]
    np.testing.assert_allclose(answer[np.ix_(rows, columns)], GOLDEN["quantiles"][name], rtol=TOLERANCE[name])
