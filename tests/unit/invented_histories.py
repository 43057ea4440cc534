"""Small invented histories with vintages: fixtures that tests of the backtest and of the forecast share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.domain.observations import Basis, History

HistoryMaker = Callable[..., History]


@pytest.fixture
def make_history() -> HistoryMaker:
    """``make_history({"a": [1, 2, None]}, first="2020-01")``: a row per known month, known at ``vintage``."""

    def make(
        values: dict[str, Sequence[float | None]],
        *,
        first: str = "2020-01",
        vintage: date = date(2030, 1, 31),
        basis: dict[str, str] | None = None,
    ) -> History:
        rows = []
        for series_id, counts in values.items():
            months = pd.date_range(first, periods=len(counts), freq="MS")
            for month, count in zip(months, counts, strict=True):
                if count is not None and not np.isnan(count):
                    kind = (basis or {}).get(series_id, Basis.PUBLISHED.value)
                    rows.append((series_id, month, int(count), kind, "d", "s", pd.Timestamp(vintage), "x"))
        columns = [
            "series_id", "period", "observed", "basis", "definition", "source", "available_from", "delivery_id",
        ]  # fmt: skip
        frame = pd.DataFrame(rows, columns=columns).sort_values(["series_id", "period"], ignore_index=True)
        return History(vintage=vintage, observations=frame)

    return make


@pytest.fixture
def make_histories(make_history: HistoryMaker) -> Callable[..., list[History]]:
    """The same months as known at ends of ``cuts`` months: a rolling origin without restatements."""

    def make(values: dict[str, Sequence[float]], cuts: Sequence[int], **more: object) -> list[History]:
        first = pd.Timestamp(str(more.pop("first", "2014-01")))
        answers = []
        for cut in cuts:
            day = (first + pd.DateOffset(months=cut)) + pd.offsets.MonthEnd(0)
            known = {series_id: list(counts[:cut]) for series_id, counts in values.items()}
            answers.append(make_history(known, first=f"{first:%Y-%m}", vintage=day.date(), **more))
        return answers

    return make


@pytest.fixture
def counts() -> dict[str, np.ndarray]:
    """Three streams of ten years with a level, a season and noise."""
    rng = np.random.default_rng(11)
    months = np.arange(120)
    made = {}
    for number, series_id in enumerate(("a", "b", "c")):
        level = 6.0 + 0.3 * number + np.cumsum(rng.normal(0.0, 0.06, 120))
        season = 0.2 * np.sin(2 * np.pi * (months + number) / 12)
        made[series_id] = np.rint(np.exp(level + season + rng.normal(0.0, 0.08, 120)))
    return made
