from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.domain.errors import ConfigError
from indforecast.domain.events import Event, EventShape
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.evaluation.backtest import Backtest, run_backtest
from indforecast.evaluation.origins import prepare_origins
from indforecast.models.registry import make_forecasters

MODELS = ("random_walk", "seasonal_naive")


@pytest.fixture
def panels(make_histories, counts):
    return prepare_origins(make_histories(counts, range(40, 120, 8)), ["a", "b", "c"]).panels


def test_every_model_is_run_at_every_origin_on_what_was_known_there(panels) -> None:
    backtest, rows = run_backtest(panels, MODELS, (), horizon=9)
    assert backtest.quantiles.shape == (2, len(panels), 3, 9, len(HUB_LEVELS))
    for position, forecaster in enumerate(make_forecasters(MODELS)):
        for number in (0, 4, len(panels) - 1):
            alone = forecaster.forecast(panels[number], (), horizon=9)
            np.testing.assert_array_equal(backtest.quantiles[position, number], alone.quantiles)
    assert len(rows) == 2 * len(panels) * 3 * 9
    assert backtest.failures.empty
    assert list(backtest.origins) == [panel.forecast_origin for panel in panels]


def test_workers_change_nothing(panels) -> None:
    alone, rows = run_backtest(panels, MODELS, (), horizon=6, workers=1)
    together, more_rows = run_backtest(panels, MODELS, (), horizon=6, workers=2)
    np.testing.assert_array_equal(alone.quantiles, together.quantiles)
    pd.testing.assert_frame_equal(rows, more_rows)


def test_what_is_cached_is_not_made_again(panels) -> None:
    first, rows = run_backtest(panels[:-1], MODELS, (), horizon=6)
    seen: list[tuple[str, int, int]] = []
    second, new = run_backtest(
        panels, MODELS, (), horizon=6, cached=rows, on_progress=lambda *step: seen.append(step)
    )
    assert set(new["vintage"]) == {panels[-1].vintage}
    np.testing.assert_array_equal(second.quantiles[:, :-1], first.quantiles)
    assert seen[:2] == [(model, len(panels) - 1, len(panels)) for model in MODELS]
    assert seen[-1][1:] == (len(panels), len(panels))
    whole, none = run_backtest(panels, MODELS, (), horizon=6, cached=pd.concat([rows, new]))
    np.testing.assert_array_equal(whole.quantiles, second.quantiles)
    assert none.empty


def test_a_restated_figure_renews_only_the_origins_that_knew_it(make_histories, counts) -> None:
    histories = make_histories(counts, [60, 72, 84])
    panels = prepare_origins(histories, ["a", "b"]).panels
    _, rows = run_backtest(panels, MODELS, (), horizon=3)
    frame = histories[2].observations
    frame.loc[(frame["series_id"] == "a") & (frame["period"] == "2016-05"), "observed"] += 1
    _, new = run_backtest(prepare_origins(histories, ["a", "b"]).panels, MODELS, (), horizon=3, cached=rows)
    assert set(new["vintage"]) == {histories[2].vintage}


def test_an_event_counts_only_from_its_known_from(panels) -> None:
    _, rows = run_backtest(panels, MODELS, (), horizon=3)
    known_from = panels[6].vintage
    event = Event("e", "e", "e", ("a",), date(2015, 1, 1), date(2015, 3, 1), known_from, EventShape.PULSE, "s")
    _, new = run_backtest(panels, MODELS, (event,), horizon=3, cached=rows)
    assert set(new["vintage"]) == {panel.vintage for panel in panels[6:]}


def test_a_failed_fit_is_a_row_and_stays_one_in_the_cache(make_histories, counts) -> None:
    short = counts | {"c": np.where(np.arange(120) < 70, np.nan, counts["c"])}
    panels = prepare_origins(make_histories(short, [60, 72, 96]), ["a", "c"]).panels
    backtest, rows = run_backtest(panels, MODELS, (), horizon=4)
    failed = backtest.failures
    assert set(failed["series_id"]) == {"c"}
    assert set(failed["vintage"]) == {panels[0].vintage, panels[1].vintage}
    assert np.isnan(backtest.quantiles[:, 0, 1]).all()
    assert not np.isnan(backtest.quantiles[:, 2]).any()
    again, new = run_backtest(panels, MODELS, (), horizon=4, cached=rows)
    assert new.empty
    pd.testing.assert_frame_equal(again.failures, failed)
    np.testing.assert_array_equal(again.quantiles, backtest.quantiles)


def test_a_model_made_for_another_stream_has_not_failed(make_histories, counts) -> None:
    """It is NaN there, in the cache too, and the table of failures keeps to failures."""
    named = {"students": counts["a"], "c": counts["c"]}
    panels = prepare_origins(make_histories(named, [60, 72]), ["students", "c"]).panels
    models = (*MODELS, "students_academic_year", "nareis_from_applications")
    backtest, rows = run_backtest(panels, models, (), horizon=4)
    assert backtest.failures.empty
    assert np.isnan(backtest.quantiles).all(axis=(1, 3, 4)).tolist() == [
        [False, False], [False, False], [False, True], [True, True]
    ]  # fmt: skip
    again, new = run_backtest(panels, models, (), horizon=4, cached=rows)
    assert new.empty
    assert again.failures.empty
    np.testing.assert_array_equal(again.quantiles, backtest.quantiles)


def test_an_unknown_model_is_a_configuration_error(panels) -> None:
    with pytest.raises(ConfigError, match="crystal_ball"):
        run_backtest(panels, ["crystal_ball"], (), horizon=3)


def test_quantiles_of_the_wrong_shape_are_refused(panels) -> None:
    with pytest.raises(ValueError, match="shape"):
        Backtest(("m",), panels, np.zeros((1, 2, 3, 4, len(HUB_LEVELS))), pd.DataFrame())
