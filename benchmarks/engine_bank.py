"""The filter bank alone, without calibration, from every month at once: what one forward pass costs and is worth.

What belongs here: the bank behind the signature of ``indforecast.backtest``. What does not: the engine itself.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from indforecast.forecasting.panel_engine import FIRST_ORIGIN
from indforecast.forecasting.panel_frame import months_in_form, read_panel
from indforecast.models.filter_bank.bank import run_bank

if TYPE_CHECKING:
    from collections.abc import Sequence


def backtest(
    panel: pd.DataFrame,
    *,
    horizon: int,
    quantile_levels: Sequence[float],
    origins: Any,  # noqa: ARG001 - every month is an origin of the one pass, whatever is asked
    season_length: int,
) -> pd.DataFrame:
    """Forecast from every month of every series from its 48th on (from the last one of shorter series)."""
    arrays = read_panel(panel)
    columns = np.arange(arrays.counts.shape[1])
    begins, ends = arrays.begins[:, np.newaxis], arrays.ends[:, np.newaxis]
    wanted = (columns >= np.minimum(begins + FIRST_ORIGIN - 1, ends)) & (columns <= ends)
    said = run_bank(
        np.log1p(arrays.counts),
        wanted,
        horizon=horizon,
        levels=quantile_levels,
        season_length=season_length,
        first_month=arrays.first_month,
        threads=os.cpu_count() or 1,
    )
    pairs, count = len(said.pairs), len(quantile_levels)
    months = months_in_form(said.pairs[:, 0] + arrays.first_month, arrays.form)
    return pd.DataFrame(
        {
            "series_id": np.repeat(arrays.series_ids[said.pairs[:, 1]], horizon * count),
            "forecast_origin": np.repeat(months, horizon * count),
            "horizon": np.tile(np.repeat(np.arange(1, horizon + 1), count), pairs),
            "quantile_level": np.tile(quantile_levels, pairs * horizon),
            "value": np.expm1(np.clip(said.quantiles, 0.0, 40.0)).ravel(),
        }
    )
