"""The public panel engine: calibrated forecasts of any monthly counts, from every month, on plain data frames.

What belongs here: ``backtest`` and ``forecast``: arguments, and the frame that is handed back. What does not: the
pass over arrays (``panel_pass``) and where it runs (``panel_cluster``); reading panels and events
(``panel_frame``, ``panel_events``); the published streams (``forecast``), which have models of their own.

Nothing here knows a date or a country. A forecast from month t rests on counts up to t alone, of whatever series:
changing or deleting any later value leaves it as it was, to the bit.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from indforecast.domain.errors import InputError
from indforecast.forecasting.panel_events import read_events
from indforecast.forecasting.panel_frame import (
    PanelArrays,
    months_in_form,
    months_of,
    read_levels,
    read_panel,
    require_whole,
)
from indforecast.forecasting.panel_pass import PanelPart, run_pass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: The levels that the field scores: median, half, 80 % and 95 %.
LEVELS: Final = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
#: A backtest begins with a series' month of this number.
FIRST_ORIGIN: Final = 48


def backtest(
    panel: pd.DataFrame,
    *,
    horizon: int = 18,
    quantile_levels: Sequence[float] = LEVELS,
    origins: Any = None,
    season_length: int = 12,
    events: Any = None,
    cluster: str | None = None,
) -> pd.DataFrame:
    """Forecast every series from many past months, each with what was known then.

    Parameters
    ----------
    panel : DataFrame
        Columns ``series_id``, ``period`` (monthly period, timestamp, or ``YYYY-MM``), ``observed`` (count, 0 or
        more; rows may be missing) and optionally ``group``: series of one group share the calibration of their
        spread.
    horizon : int
        Months ahead, 1 to 120.
    quantile_levels : sequence of float
        Rising, between 0 and 1.
    origins : sequence of months, or DataFrame with ``series_id`` and ``forecast_origin``, optional
        From when to forecast. By default every month from a series' 48th (calendar months from its first
        observation) to its last. Months before a series begins give no rows.
    season_length : int
        Months of a season, 1 (none) to 60.
    events : DataFrame or sequence of Event, optional
        Months that say nothing about later ones, such as a closed registration: columns ``start``, ``end``,
        ``known_from`` and optionally ``series_id``. From the month of ``known_from`` on, and not before, forecasts
        are made as if the counts of these months were missing. A column ``damping`` (above 0, up to 1) leaves out
        a share only: with .7 three tenths of what such a month teaches is learned.
    cluster : str, optional
        Address of the scheduler of a Dask cluster, such as ``tcp://10.0.0.1:8786``: its workers share the groups
        of the panel among them. The answer is the same to the bit as without.

    Returns
    -------
    DataFrame
        ``series_id``, ``forecast_origin`` (in the form of ``period``), ``horizon``, ``quantile_level``, ``value``
        (count, 0 or
        more, never falling along levels), ordered by the first four. Horizons count from ``forecast_origin``, the
        last calendar month of the information set, observed or not.

    Raises
    ------
    InputError
        If an argument cannot be understood; the message names it.
    ClusterUnavailable
        If the cluster cannot be reached, has no workers, loses them, or runs other versions.

    Examples
    --------
    >>> import pandas as pd, indforecast
    >>> months = pd.period_range("2015-01", "2020-12", freq="M")
    >>> panel = pd.DataFrame({"series_id": "a", "period": months, "observed": range(100, 172)})
    >>> indforecast.backtest(panel, horizon=2, quantile_levels=(0.5,)).shape
    (50, 5)
    """
    arrays = read_panel(panel)
    return _run(arrays, _wanted(arrays, origins), horizon, quantile_levels, season_length, events, cluster)


def forecast(
    panel: pd.DataFrame,
    *,
    horizon: int = 18,
    quantile_levels: Sequence[float] = LEVELS,
    season_length: int = 12,
    events: Any = None,
    cluster: str | None = None,
) -> pd.DataFrame:
    """Forecast every series from the newest month of the panel.

    Parameters and result are those of :func:`backtest`; the origin is the last month that a row of the panel
    names, observed or not, and a series of any length is forecast.
    """
    arrays = read_panel(panel)
    wanted = np.zeros(arrays.counts.shape, dtype=bool)
    wanted[:, -1] = True
    return _run(arrays, wanted, horizon, quantile_levels, season_length, events, cluster)


def _run(
    arrays: PanelArrays,
    wanted: NDArray[np.bool_],
    horizon: int,
    quantile_levels: Sequence[float],
    season_length: int,
    events: Any,
    cluster: str | None,
) -> pd.DataFrame:
    levels = read_levels(quantile_levels)
    whole = PanelPart(
        rows=np.arange(len(arrays.counts)),
        counts=arrays.counts,
        groups=arrays.groups,
        wanted=wanted,
        masked=read_events(events, arrays),
        first_month=arrays.first_month,
        levels=levels,
        horizon=require_whole(horizon, "horizon", 1, 120),
        season_length=require_whole(season_length, "season_length", 1, 60),
    )
    if cluster is None:
        passed = run_pass(whole, threads=os.cpu_count() or 1)
    else:
        from indforecast.forecasting.panel_cluster import run_on_cluster

        passed = run_on_cluster(whole, cluster)
    return _frame(arrays, passed.months, passed.rows, passed.values, levels)


def _wanted(arrays: PanelArrays, origins: Any) -> NDArray[np.bool_]:
    """Which (series, month) to forecast from, shape ``[series, month]``."""
    columns = np.arange(arrays.counts.shape[1])
    begins, ends = arrays.begins[:, np.newaxis], arrays.ends[:, np.newaxis]
    if origins is None:
        return (columns >= begins + FIRST_ORIGIN - 1) & (columns <= ends)
    wanted = np.zeros(arrays.counts.shape, dtype=bool)
    if isinstance(origins, pd.DataFrame):
        missing = [name for name in ("series_id", "forecast_origin") if name not in origins.columns]
        if missing:
            raise InputError(f"origins has no column {', '.join(missing)}.", hint="Or hand in a list of months.")
        places = {str(key): row for row, key in enumerate(arrays.series_ids)}
        unknown = [key for key in origins["series_id"].unique() if str(key) not in places]
        if unknown:
            raise InputError(
                f"origins names a series that the panel has not: {unknown[0]}.", hint="Check series_id."
            )
        rows = np.array([places[str(key)] for key in origins["series_id"]], dtype=np.int64)
        wanted[rows, _columns(arrays, origins["forecast_origin"])] = True
    elif isinstance(origins, (str, bytes)) or not isinstance(origins, Iterable):
        raise InputError(
            f"origins is a {type(origins).__name__}.", hint="Hand in a list of months, also for a single one."
        )
    else:
        wanted[:, _columns(arrays, pd.Series(list(origins)))] = True
    wanted &= columns >= begins
    return wanted


def _columns(arrays: PanelArrays, months: pd.Series[Any]) -> NDArray[np.int64]:
    if months.empty:
        raise InputError("origins is empty.", hint="Leave it out to forecast from every month after the 48th.")
    columns = months_of(months, "origin")[0] - arrays.first_month
    outside = (columns < 0) | (columns >= arrays.counts.shape[1])
    if outside.any():
        raise InputError(
            f"The origin {months[outside].iloc[0]} lies outside the panel.",
            hint="Forecast from months between the first and the last one of the panel.",
        )
    return columns


def _frame(
    arrays: PanelArrays,
    months: NDArray[np.int64],
    rows: NDArray[np.int64],
    values: NDArray[np.float64],
    levels: tuple[float, ...],
) -> pd.DataFrame:
    """Long form, ordered by series, origin, horizon and level."""
    order = np.lexsort((months, rows))
    months, rows, values = months[order], rows[order], values[order]
    pairs, horizon, count = values.shape
    origins = months_in_form(months + arrays.first_month, arrays.form)
    return pd.DataFrame(
        {
            "series_id": pd.Series(np.repeat(arrays.series_ids[rows], horizon * count)).infer_objects(),
            "forecast_origin": np.repeat(origins, horizon * count),
            "horizon": np.tile(np.repeat(np.arange(1, horizon + 1), count), pairs),
            "quantile_level": np.tile(levels, pairs * horizon),
            "value": values.ravel(),
        }
    )
