from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.domain.events import Event, EventShape
from indforecast.domain.observations import Panel
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.evaluation.cache import (
    FORECAST_COLUMNS,
    StoredForecast,
    from_rows,
    input_hash,
    models_code,
    to_rows,
)

PANEL = Panel(
    date(2020, 4, 30),
    ("a", "b"),
    np.arange("2020-01", "2020-04", dtype="datetime64[M]"),
    np.array([[1.0, 2.0, 3.0], [np.nan, 5.0, 6.0]]),
)
EVENT = Event("e", "e", "e", ("a",), date(2020, 2, 1), date(2020, 3, 1), date(2020, 1, 1), EventShape.PULSE, "s")


def name(panel: Panel = PANEL, events: tuple[Event, ...] = (), model: str = "m", **more) -> str:
    return input_hash(panel, events, model, **({"horizon": 6, "code": "c"} | more))


def test_everything_a_forecast_depends_on_changes_its_name() -> None:
    restated = PANEL.observed.copy()
    restated[0, 0] = 7.0
    names = [
        name(),
        name(replace(PANEL, observed=restated)),
        name(replace(PANEL, vintage=date(2020, 5, 1))),
        name(replace(PANEL, series_ids=("a", "c"))),
        name(replace(PANEL, periods=PANEL.periods + 1)),
        name(events=(EVENT,)),
        name(events=(replace(EVENT, end=date(2020, 4, 1)),)),
        name(model="n"),
        name(horizon=7),
        name(code="d"),
    ]
    assert len(set(names)) == len(names)


def test_equal_content_has_one_name_whatever_its_memory_layout() -> None:
    other_nan = np.array([np.nan]).view(np.uint64) | 1
    observed = np.asfortranarray(PANEL.observed.copy())
    observed[1, 0] = other_nan.view(np.float64)[0]
    assert name(replace(PANEL, observed=observed)) == name()


def test_the_code_of_models_is_named_once_and_for_all() -> None:
    assert models_code() == models_code()
    assert len(models_code()) == 16
    int(models_code(), 16)


@pytest.fixture
def stored() -> StoredForecast:
    quantiles = np.sort(np.random.default_rng(5).gamma(2.0, 50.0, (2, 6, len(HUB_LEVELS))), axis=-1)
    quantiles[1] = np.nan
    return StoredForecast(quantiles, (("b", "too short"),))


def test_rows_carry_a_forecast_there_and_back_exactly(stored: StoredForecast) -> None:
    rows = to_rows(stored, PANEL, "m", "hash")
    assert list(rows.columns) == list(FORECAST_COLUMNS)
    assert len(rows) == 7
    assert rows[rows["failure"].notna()]["horizon"].tolist() == [0]
    shuffled = rows.sample(frac=1.0, random_state=1)
    shuffled["quantiles"] = [np.asarray(values) for values in shuffled["quantiles"]]
    back = from_rows(shuffled, ["hash"], ("a", "b"), 6)["hash"]
    np.testing.assert_array_equal(back.quantiles, stored.quantiles)
    assert back.failures == stored.failures


def test_a_forecast_that_is_not_whole_is_made_again(stored: StoredForecast) -> None:
    rows = to_rows(stored, PANEL, "m", "hash")
    assert from_rows(rows.iloc[1:], ["hash"], ("a", "b"), 6) == {}
    assert from_rows(rows, ["other"], ("a", "b"), 6) == {}
    assert from_rows(rows, ["hash"], ("a", "b", "c"), 6) == {}


def test_rows_of_several_forecasts_do_not_mix(stored: StoredForecast) -> None:
    other = StoredForecast(np.where(np.isnan(stored.quantiles), 1.0, stored.quantiles + 1.0), ())
    rows = pd.concat([to_rows(stored, PANEL, "m", "one"), to_rows(other, PANEL, "m", "two")])
    found = from_rows(rows, ["one", "two"], ("a", "b"), 6)
    np.testing.assert_array_equal(found["two"].quantiles, other.quantiles)
    np.testing.assert_array_equal(found["one"].quantiles, stored.quantiles)
