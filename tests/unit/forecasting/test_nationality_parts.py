"""Parts of a stream: its nationalities as they were known, and a remainder that makes the stream whole."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from indforecast.domain.events import Event, EventShape
from indforecast.evaluation.origins import prepare_origins
from indforecast.forecasting.nationality_parts import known_parts, part_events


@pytest.fixture
def known(make_history):
    """Histories of stream ``a`` with two nationalities, and ``b`` with none, and what is known of them."""

    def make(months: int = 40, **more):
        values = {
            "a": [100.0 + month for month in range(months)],
            "a.SYR": [40.0] * months,
            "a.ERI": [10.0] * months,
            "b": [7.0] * months,
        } | more
        history = make_history(values, basis={"a": "estimated"})
        origins = prepare_origins([history], ["a", "b"], minimum_history_months=24)
        return known_parts([history], origins), origins

    return make


def test_the_remainder_is_last_and_makes_the_stream_whole(known) -> None:
    parts, origins = known()
    assert parts.series_ids == ("a.ERI", "a.SYR", "a.other")
    assert parts.streams == ("a", "a", "a")
    assert np.array_equal(parts.origins.newest.observed.sum(axis=0), origins.newest.observed[0])
    assert np.array_equal(parts.origins.newest.periods, origins.newest.periods)


def test_a_remainder_is_as_hard_as_its_stream(known) -> None:
    parts, _ = known()
    assert set(parts.origins.bases[0][0]) == {"published"}
    assert set(parts.origins.bases[0][2]) == {"estimated"}


def test_no_month_of_the_remainder_is_known_where_a_nationality_is_not(known) -> None:
    gap = [40.0] * 40
    gap[7] = None
    parts, _ = known(**{"a.SYR": gap})
    missing = np.isnan(parts.origins.newest.observed)
    assert missing[:, 7].tolist() == [False, True, True]
    assert missing.sum() == 2
    assert parts.origins.bases[0][2, 7] == ""


def test_rounded_nationalities_that_exceed_the_stream_leave_nobody_else(known) -> None:
    parts, _ = known(**{"a.SYR": [500.0] * 40})
    assert (parts.origins.newest.observed[2] == 0).all()


def test_a_nationality_of_few_or_old_months_belongs_to_the_remainder(known) -> None:
    parts, _ = known(
        **{"a.ERI": [None] * 30 + [10.0] * 10, "a.SYR": [40.0] * 27 + [None] * 13, "a.IRQ": [5.0] * 40}
    )
    assert parts.series_ids == ("a.IRQ", "a.other")


def test_without_nationalities_there_are_no_parts(make_history) -> None:
    history = make_history({"a": [1.0] * 40, "ab.SYR": [1.0] * 40})
    origins = prepare_origins([history], ["a"], minimum_history_months=24)
    assert known_parts([history], origins) is None


def test_each_origin_sees_its_own_vintage(make_histories) -> None:
    values = {"a": np.arange(100.0, 160.0), "a.SYR": np.arange(50.0, 110.0)}
    histories = make_histories(values, [30, 45, 60])
    origins = prepare_origins(histories, ["a"], minimum_history_months=24)
    parts = known_parts(list(reversed(histories)), origins)
    assert parts is not None
    assert [panel.observed.shape[1] for panel in parts.origins.panels] == [30, 45, 60]
    assert [panel.vintage for panel in parts.origins.panels] == [panel.vintage for panel in origins.panels]
    shorter = make_histories(values, [30, 60])
    again = known_parts(shorter, prepare_origins(shorter, ["a"], minimum_history_months=24))
    assert again is not None
    assert np.array_equal(again.origins.panels[0].observed, parts.origins.panels[0].observed)


def test_what_works_on_a_stream_works_on_its_nationalities(known) -> None:
    parts, _ = known()
    shared = {"label_en": "e", "label_nl": "e", "shape": EventShape.PULSE, "source": "s"}
    day = date(2021, 1, 1)
    events = [
        Event("one", series_ids=("a",), start=day, end=day, known_from=day, **shared),
        Event("two", series_ids=("b",), start=day, end=day, known_from=day, **shared),
    ]
    found = part_events(events, parts)
    assert found[0].series_ids == ("a", "a.ERI", "a.SYR", "a.other")
    assert found[1] == events[1]
