"""Our own engine in the benchmark: found by name, called through its public signature, put beside the peers.

What belongs here: the frame that goes in, the array that comes out, the stopwatch. What does not: how the engine
forecasts, scores.

Any function with the signature of ``indforecast.backtest`` can be measured: ``--ours NAME=MODULE:FUNCTION``.
"""

from __future__ import annotations

import importlib
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import pandas as pd

from benchmarks.engine_protocol import HORIZON, LEVELS, SEASON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.engine_protocol import Pairs

#: Name in the table, and where the function is.
DEFAULT: Final = (
    "indforecast=indforecast:backtest",
    "filter bank alone=benchmarks.engine_bank:backtest",
)
#: What stands in while there is nothing better, and shows that the signature is enough.
STAND_IN: Final = "stand-in=benchmarks.engine_stand_in:backtest"


class Backtest(Protocol):
    """The signature of ``indforecast.backtest``."""

    def __call__(
        self,
        panel: pd.DataFrame,
        *,
        horizon: int,
        quantile_levels: Sequence[float],
        origins: Any,
        season_length: int,
    ) -> pd.DataFrame:
        """Rows series_id, forecast_origin, horizon, quantile_level, value."""
        ...


@dataclass(frozen=True)
class Ours:
    """One of our engines, measured.

    Parameters
    ----------
    quantiles : ndarray of float
        Counts, shape ``[P, HORIZON, len(LEVELS)]``.
    seconds : float
        Median of the warm runs.
    made : int
        How many (series, origin) pairs the call forecast; at least those that are scored.
    """

    quantiles: NDArray[np.float64]
    seconds: float
    made: int


def find(entry: str) -> tuple[str, Backtest]:
    """Name and function of ``NAME=MODULE:FUNCTION``.

    Raises
    ------
    ValueError
        When the text has another form.
    ImportError, AttributeError
        When there is no such function.
    """
    name, equals, place = entry.partition("=")
    module, colon, function = place.partition(":")
    if not (equals and colon):
        raise ValueError(f"expected NAME=MODULE:FUNCTION, got {entry!r}")
    return name, getattr(importlib.import_module(module), function)


def panel_frame(pairs: Pairs) -> pd.DataFrame:
    """The panel as the engine's users hold it: group, series_id, period, observed; missing months have no row."""
    frames = []
    for index, history in enumerate(pairs.histories):
        known = np.isfinite(history)
        frames.append(
            pd.DataFrame(
                {
                    "group": pairs.groups[index],
                    "series_id": pairs.series_ids[index],
                    "period": (pairs.first_months[index] + np.flatnonzero(known)).astype(str),
                    "observed": history[known],
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def measure(backtest: Backtest, pairs: Pairs, *, repeats: int = 3) -> Ours:
    """Forecasts for the pairs and the median seconds of ``repeats`` runs after one warm-up.

    The engine is asked for exactly the pairs that are scored; what a function makes beyond them is made within the
    time and then left out.
    """
    panel = panel_frame(pairs)
    ids = np.array(pairs.series_ids, dtype=object)[pairs.series]
    origins = pd.DataFrame({"series_id": ids, "forecast_origin": pairs.origins.astype(str)})

    def run() -> pd.DataFrame:
        return backtest(panel, horizon=HORIZON, quantile_levels=LEVELS, origins=origins, season_length=SEASON)

    made = run()
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begun)
    count = len(made[["series_id", "forecast_origin"]].drop_duplicates())
    return Ours(as_array(made, pairs), statistics.median(taken) if taken else float("nan"), count)


def as_array(rows: pd.DataFrame, pairs: Pairs) -> NDArray[np.float64]:
    """Rows of a backtest as ``[P, HORIZON, len(LEVELS)]``, NaN where a pair has no row; others left out."""
    asked = pd.MultiIndex.from_arrays(
        [np.array(pairs.series_ids, dtype=object)[pairs.series], pairs.origins.astype(np.int64)]
    )
    months = months_of(rows["forecast_origin"]).astype(np.int64)
    pair = asked.get_indexer(pd.MultiIndex.from_arrays([rows["series_id"].to_numpy(object), months]))
    ahead = rows["horizon"].to_numpy(np.int64) - 1
    levels = np.round(rows["quantile_level"].to_numpy(np.float64), 9)
    level = pd.Index(np.round(LEVELS, 9)).get_indexer(levels)
    keep = (pair >= 0) & (level >= 0) & (ahead >= 0) & (ahead < HORIZON)
    quantiles = np.full((len(pairs), HORIZON, len(LEVELS)), np.nan)
    quantiles[pair[keep], ahead[keep], level[keep]] = rows["value"].to_numpy(np.float64)[keep]
    return quantiles


def months_of(column: pd.Series) -> NDArray[np.datetime64]:
    """Months of a column of periods, timestamps or ``YYYY-MM`` text."""
    if isinstance(column.dtype, pd.PeriodDtype):
        return column.dt.to_timestamp().to_numpy().astype("datetime64[M]")
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.to_numpy().astype("datetime64[M]")
    return column.astype(str).str[:7].to_numpy().astype("datetime64[M]")
