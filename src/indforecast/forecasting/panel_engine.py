"""The public panel engine: calibrated forecasts of any monthly counts, from every month, on plain data frames.

What belongs here: ``backtest`` and ``forecast``, and the order of their stages: panel, filter bank, calibration,
frame. What does not: the stages themselves (``panel_frame``, ``panel_events``, ``models.filter_bank``,
``adaptive_spread``); the published streams (``forecast``), which have models and events of their own.

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
from indforecast.forecasting.adaptive_spread import at_horizons, spread_factors
from indforecast.forecasting.panel_events import read_events
from indforecast.forecasting.panel_frame import (
    PanelArrays,
    months_in_form,
    months_of,
    read_levels,
    read_panel,
    require_whole,
)
from indforecast.models.filter_bank.bank import BankForecast, run_bank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.forecasting.panel_events import MaskedMonths

#: The levels that the field scores: median, half, 80 % and 95 %.
LEVELS: Final = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
#: A backtest begins with a series' month of this number.
FIRST_ORIGIN: Final = 48
#: exp of more is no count.
_HIGHEST_LOG: Final = 40.0


def backtest(
    panel: pd.DataFrame,
    *,
    horizon: int = 18,
    quantile_levels: Sequence[float] = LEVELS,
    origins: Any = None,
    season_length: int = 12,
    events: Any = None,
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
        are made as if the counts of these months were missing.

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

    Examples
    --------
    >>> import pandas as pd, indforecast
    >>> months = pd.period_range("2015-01", "2020-12", freq="M")
    >>> panel = pd.DataFrame({"series_id": "a", "period": months, "observed": range(100, 172)})
    >>> indforecast.backtest(panel, horizon=2, quantile_levels=(0.5,)).shape
    (50, 5)
    """
    arrays = read_panel(panel)
    return _run(arrays, _wanted(arrays, origins), horizon, quantile_levels, season_length, events)


def forecast(
    panel: pd.DataFrame,
    *,
    horizon: int = 18,
    quantile_levels: Sequence[float] = LEVELS,
    season_length: int = 12,
    events: Any = None,
) -> pd.DataFrame:
    """Forecast every series from the newest month of the panel.

    Parameters and result are those of :func:`backtest`; the origin is the last month that a row of the panel
    names, observed or not, and a series of any length is forecast.
    """
    arrays = read_panel(panel)
    wanted = np.zeros(arrays.counts.shape, dtype=bool)
    wanted[:, -1] = True
    return _run(arrays, wanted, horizon, quantile_levels, season_length, events)


def _run(
    arrays: PanelArrays,
    wanted: NDArray[np.bool_],
    horizon: int,
    quantile_levels: Sequence[float],
    season_length: int,
    events: Any,
) -> pd.DataFrame:
    levels = read_levels(quantile_levels)
    horizon = require_whole(horizon, "horizon", 1, 120)
    season_length = require_whole(season_length, "season_length", 1, 60)
    masked = read_events(events, arrays)
    said = _bank_with_events(arrays, masked, wanted, horizon, levels, season_length)
    figures = np.where(masked.ever_known_in_time, np.nan, np.log1p(arrays.counts))
    factors = spread_factors(figures, said.mean, said.variance, said.horizons, arrays.groups)
    months, rows = said.pairs.T
    widths = at_horizons(factors, said.horizons, horizon)[months, arrays.groups[rows]]
    centre = said.centre[..., np.newaxis]
    logs = centre + widths[..., np.newaxis] * (said.quantiles - centre)
    # A series whose every month so far is hidden by events has not begun.
    begun = np.isfinite(said.centre[:, 0])
    values = np.expm1(np.clip(logs[begun], 0.0, _HIGHEST_LOG))
    return _frame(arrays, months[begun], rows[begun], values, levels)


def _bank_with_events(
    arrays: PanelArrays,
    masked: MaskedMonths,
    wanted: NDArray[np.bool_],
    horizon: int,
    levels: tuple[float, ...],
    season_length: int,
) -> BankForecast:
    """One pass for every state of knowledge: an event changes what is learned from months before it was known."""
    figures = np.log1p(arrays.counts)
    whole: BankForecast | None = None
    for begins, ends, hidden in masked.states():
        asked = wanted[:, :ends].copy()
        asked[:, :begins] = False
        part = run_bank(
            np.where(hidden, np.nan, figures)[:, :ends],
            asked,
            horizon=horizon,
            levels=levels,
            season_length=season_length,
            first_month=arrays.first_month,
            threads=os.cpu_count() or 1,
        )
        whole = part if whole is None else whole.followed_by(part, begins)
    if whole is None:
        raise ValueError("there is no month to forecast from")
    return whole


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
