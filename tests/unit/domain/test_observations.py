"""History becomes a panel that is aligned by calendar."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.domain.errors import InputError
from indforecast.domain.observations import History, Panel


def _history() -> History:
    rows = [("b", "2020-01", 5), ("b", "2020-03", 7), ("a", "2020-02", 1), ("a", "2020-03", 2)]
    frame = pd.DataFrame(
        {
            "series_id": [row[0] for row in rows],
            "period": pd.to_datetime([row[1] for row in rows]),
            "observed": [row[2] for row in rows],
        }
    )
    return History(vintage=date(2020, 4, 20), observations=frame)


def test_absent_months_are_nan_and_the_calendar_has_no_gap() -> None:
    panel = _history().panel()
    assert panel.series_ids == ("a", "b")
    assert [str(period) for period in panel.periods] == ["2020-01", "2020-02", "2020-03"]
    np.testing.assert_array_equal(panel.observed, [[np.nan, 1, 2], [5, np.nan, 7]])
    assert panel.forecast_origin == np.datetime64("2020-03")


def test_order_asked_is_order_given_and_unknown_series_are_named() -> None:
    assert _history().panel(["b", "a"]).series_ids == ("b", "a")
    with pytest.raises(InputError, match="students"):
        _history().panel(["a", "students"])


def test_selection_keeps_the_calendar() -> None:
    chosen = _history().panel().select(["b"])
    assert chosen.series_ids == ("b",)
    assert len(chosen.periods) == 3


def test_panel_refuses_gaps_and_wrong_shapes() -> None:
    months = np.array(["2020-01", "2020-03"], dtype="datetime64[M]")
    with pytest.raises(ValueError, match="consecutive"):
        Panel(date(2020, 4, 1), ("a",), months, np.zeros((1, 2)))
    with pytest.raises(ValueError, match="shape"):
        Panel(date(2020, 4, 1), ("a",), months[:1], np.zeros((2, 1)))
