"""The smallest engine with the public signatures: the random walk whose variance forgets.

What belongs here: nothing but these two functions, for trying the benchmark itself. What does not: improvements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.engine_ours import months_of
from benchmarks.engine_peers import FREEDOM, forgetting_variance
from benchmarks.engine_protocol import FIRST_ORIGIN_MONTHS, HORIZON, LEVELS, SEASON, counts_from_logs, without_gaps

if TYPE_CHECKING:
    from collections.abc import Sequence


def backtest(
    panel: pd.DataFrame,
    *,
    horizon: int = HORIZON,
    quantile_levels: Sequence[float] = LEVELS,
    origins: Any,
    season_length: int = SEASON,
    events: Any = None,
) -> pd.DataFrame:
    """Quantiles at every asked origin from a series' 48th month on; season and events are not used."""
    from scipy.stats import t as student

    assert season_length and events is None
    months_asked = origins["forecast_origin"].unique() if isinstance(origins, pd.DataFrame) else origins
    asked = np.array([str(origin) for origin in months_asked], dtype="datetime64[M]")
    spread = student.ppf(quantile_levels, FREEDOM) * np.sqrt((FREEDOM - 2.0) / FREEDOM)
    steps = np.arange(1, horizon + 1)
    frames = []
    for series_id, rows in panel.groupby("series_id", sort=True):
        months = months_of(rows["period"])
        place = (months - months.min()).astype(np.int64)
        history = np.full(place.max() + 1, np.nan)
        history[place] = rows["observed"]
        for position in (asked - months.min()).astype(np.int64):
            if FIRST_ORIGIN_MONTHS - 1 <= position < len(history):
                logs = np.log1p(without_gaps(history[: position + 1]))
                scale = np.sqrt(forgetting_variance(logs) * steps)
                values = counts_from_logs(logs[-1] + scale[:, np.newaxis] * spread)
                frames.append(
                    pd.DataFrame(
                        {
                            "series_id": series_id,
                            "forecast_origin": pd.Period(str(months.min() + position), "M"),
                            "horizon": np.repeat(steps, len(quantile_levels)),
                            "quantile_level": np.tile(quantile_levels, horizon),
                            "value": values.ravel(),
                        }
                    )
                )
    return pd.concat(frames, ignore_index=True)


def forecast(panel: pd.DataFrame, *, horizon: int = HORIZON) -> pd.DataFrame:
    """Quantiles at the newest month of the panel."""
    return backtest(panel, horizon=horizon, origins=[pd.Period(panel["period"].max(), "M")])
