"""The bank as a published model: many panels in one pass, hidden months, reasons where there is no answer."""

from __future__ import annotations

from datetime import date

import numpy as np

from indforecast.domain.events import Event, EventShape
from indforecast.domain.observations import Panel
from indforecast.models.filter_bank.forecaster import FilterBank

START = np.datetime64("2015-01", "M")


def a_panel(months: int, seed: int = 1) -> Panel:
    observed = np.random.default_rng(seed).poisson(200, (2, months)).astype(float)
    vintage = (START + months).astype("datetime64[D]").astype(date)
    return Panel(vintage, ("a", "b"), START + np.arange(months), observed)


def closed(first: str, last: str) -> Event:
    start, end = (np.datetime64(month).astype("datetime64[D]").astype(date) for month in (first, last))
    return Event("closed", "", "", ("a",), start, end, date(2010, 1, 1), EventShape.PULSE, "test")


def test_many_panels_in_one_pass_are_each_as_if_alone():
    panels = [a_panel(40), a_panel(60), a_panel(50, seed=2)]
    events = [closed("2016-03", "2016-08")]
    together = FilterBank().forecast_origins(panels, events, horizon=6)
    for panel, answer in zip(panels, together, strict=True):
        alone = FilterBank().forecast(panel, events, horizon=6)
        np.testing.assert_array_equal(answer.quantiles, alone.quantiles)


def test_months_of_a_known_event_are_not_learned_from():
    panel = a_panel(60)
    spoilt = panel.observed.copy()
    spoilt[0, 40:46] = 0.0
    collapsed = Panel(panel.vintage, panel.series_ids, panel.periods, spoilt)
    event = [closed("2018-05", "2018-10")]
    told, untold = (FilterBank().forecast(collapsed, events, horizon=3).quantiles for events in (event, []))
    np.testing.assert_array_equal(told, FilterBank().forecast(panel, event, horizon=3).quantiles)
    assert not np.any(told[0] == untold[0])
    np.testing.assert_array_equal(told[1], untold[1])


def test_a_series_whose_every_month_is_hidden_fails_with_a_reason():
    answer = FilterBank().forecast(a_panel(40), [closed("2014-01", "2019-12")], horizon=3)
    assert [(failure.series_id, failure.reason) for failure in answer.failures] == [
        ("a", "every month is hidden by known events")
    ]
    assert np.all(np.isnan(answer.quantiles[0]))
    assert np.all(np.isfinite(answer.quantiles[1]))
