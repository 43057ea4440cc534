"""Events exist only from the day they are known, and have the shape they say."""

from __future__ import annotations

from datetime import date

import numpy as np

from indforecast.domain.events import Event, EventShape, event_regressors, known_events


def _event(shape: EventShape) -> Event:
    return Event("e", "e", "e", ("a",), date(2020, 3, 15), date(2020, 4, 2), date(2020, 3, 20), shape, "test")


MONTHS = np.arange("2020-01", "2020-07", dtype="datetime64[M]")


def test_pulse_ends_and_step_stays() -> None:
    ids, pulse = event_regressors([_event(EventShape.PULSE)], "a", MONTHS)
    assert ids == ("e",)
    assert pulse[:, 0].tolist() == [0, 0, 1, 1, 0, 0]
    _, step = event_regressors([_event(EventShape.STEP)], "a", MONTHS)
    assert step[:, 0].tolist() == [0, 0, 1, 1, 1, 1]


def test_other_series_are_untouched() -> None:
    ids, matrix = event_regressors([_event(EventShape.STEP)], "b", MONTHS)
    assert ids == ()
    assert matrix.shape == (6, 0)


def test_an_event_counts_from_the_day_it_is_known() -> None:
    events = [_event(EventShape.PULSE)]
    assert known_events(events, date(2020, 3, 19)) == ()
    assert known_events(events, date(2020, 3, 20)) == tuple(events)
