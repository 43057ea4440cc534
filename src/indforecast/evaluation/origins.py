"""Which past vintages are replayed, and what was known at each of them.

What belongs here: the list of vintages, and their panels with the basis of every figure, cut at one forecast
origin. What does not: running models (``evaluation.backtest``), truth (``evaluation.truth``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.errors import InputError
from indforecast.domain.observations import Basis, Panel
from indforecast.domain.periods import month_end, month_label, parse_month

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.config.settings import BacktestSettings
    from indforecast.domain.observations import History

#: A stream may be this many months later than the others; the forecast then starts from what all have.
_LATEST_MONTHS = 6


def origin_vintages(settings: BacktestSettings, newest_vintage: date) -> list[date]:
    """Days whose knowledge is replayed: month ends at a fixed step, then the newest vintage itself.

    Parameters
    ----------
    settings : BacktestSettings
        First vintage and step.
    newest_vintage : date
        The store's newest vintage, from which the release is made; always last.
    """
    days: list[date] = []
    month = parse_month(settings.first_vintage)
    while (day := month_end(month)) < newest_vintage:
        days.append(day)
        month = month + pd.DateOffset(months=settings.every_months)
    return [*days, newest_vintage]


@dataclass(frozen=True)
class Origins:
    """What was known at each forecast origin, oldest first; the last is the one a release is made from.

    Parameters
    ----------
    panels : tuple of Panel
        One per origin, same series; the last month of each is its forecast origin, known for every series.
    bases : tuple of ndarray of str
        Basis of each figure, shape ``[S, T]`` like the panel; empty where nothing is known.
    minimum_history_months : int
        A series with fewer known months at an origin is not replayed there.
    """

    panels: tuple[Panel, ...]
    bases: tuple[NDArray[np.str_], ...]
    minimum_history_months: int = 1

    def __post_init__(self) -> None:
        if not self.panels or len(self.panels) != len(self.bases):
            raise ValueError("one table of bases per panel is needed, and at least one panel")
        if len({panel.series_ids for panel in self.panels}) != 1:
            raise ValueError("all origins must hold the same series")
        if np.any(np.diff(self.months.astype(np.int64)) <= 0):
            raise ValueError("forecast origins must rise")

    @property
    def newest(self) -> Panel:
        """The panel that a release is made from."""
        return self.panels[-1]

    @property
    def series_ids(self) -> tuple[str, ...]:
        """Shape ``[S]``."""
        return self.panels[0].series_ids

    @property
    def months(self) -> NDArray[np.datetime64]:
        """Forecast origins, ``datetime64[M]``, shape ``[O]``."""
        return np.array([panel.forecast_origin for panel in self.panels])

    def select(self, series_ids: Sequence[str]) -> Origins:
        """The same origins with these series only."""
        rows = [self.series_ids.index(series_id) for series_id in series_ids]
        return Origins(
            panels=tuple(panel.select(series_ids) for panel in self.panels),
            bases=tuple(bases[rows] for bases in self.bases),
            minimum_history_months=self.minimum_history_months,
        )

    def enough_history(self) -> NDArray[np.bool_]:
        """Where a series has the minimum history; shape ``[O, S]``."""
        known = np.stack([(~np.isnan(panel.observed)).sum(axis=1) for panel in self.panels])
        enough: NDArray[np.bool_] = known >= self.minimum_history_months
        return enough

    def simulated(self, origin: int = -1) -> NDArray[np.bool_]:
        """Series whose history is mainly simulated (more than half of its months) at an origin; shape ``[S]``."""
        bases = self.bases[origin]
        known = (bases != "").sum(axis=1)
        mainly: NDArray[np.bool_] = (bases == Basis.SIMULATED.value).sum(axis=1) * 2 > known
        return mainly


def prepare_origins(
    histories: Sequence[History], series_ids: Sequence[str], *, minimum_history_months: int = 1
) -> Origins:
    """Panels at each vintage, cut at the newest month that every series has.

    A month counts only when all series have it, because streams add up. A later vintage of the same forecast
    origin replaces an earlier one, so that no month is scored twice.

    Parameters
    ----------
    histories : sequence of History
        Answers of ``as_of``, oldest vintage first.
    series_ids : sequence of str
        Base streams (and other series) to forecast, in this order.
    minimum_history_months : int
        See :class:`Origins`.

    Raises
    ------
    InputError
        If a series is unknown at the newest vintage, or more than six months behind the others.
    """
    found: dict[np.datetime64, tuple[Panel, NDArray[np.str_]]] = {}
    for number, history in enumerate(histories):
        newest = number == len(histories) - 1
        table = _common_months(history, list(series_ids), must=newest)
        if table is not None:
            found[table[0].forecast_origin] = table
    ordered = [found[month] for month in sorted(found)]
    return Origins(
        panels=tuple(panel for panel, _ in ordered),
        bases=tuple(bases for _, bases in ordered),
        minimum_history_months=minimum_history_months,
    )


def _common_months(
    history: History, series_ids: list[str], *, must: bool
) -> tuple[Panel, NDArray[np.str_]] | None:
    """Panel and bases up to the newest common month; None when a past vintage has no common month."""
    rows = history.observations
    rows = rows[rows["series_id"].isin(series_ids)]
    last = rows.groupby("series_id", observed=True)["period"].max()
    missing = [series_id for series_id in series_ids if series_id not in last.index]
    if missing and must:
        raise InputError(
            f"No observations are known on {history.vintage} for: {', '.join(missing)}.",
            hint="Deliver them, or take the stream out of the configuration.",
        )
    if last.empty:
        return None
    origin = last.min()
    if origin < last.max() - pd.DateOffset(months=_LATEST_MONTHS):
        if must:
            raise InputError(
                f"{last.idxmin()} ends in {month_label(origin)}, the newest stream in {month_label(last.max())}.",
                hint="Deliver the missing months, or take the stream out of the configuration.",
            )
        return None
    rows = rows[rows["period"] <= origin]
    calendar = pd.date_range(rows["period"].min(), origin, freq="MS")

    def wide(column: str) -> pd.DataFrame:
        table: pd.DataFrame = rows.pivot(index="series_id", columns="period", values=column)  # noqa: PD010 - keys are unique
        return table.reindex(index=series_ids, columns=calendar)

    panel = Panel(
        vintage=history.vintage,
        series_ids=tuple(series_ids),
        periods=calendar.to_numpy().astype("datetime64[M]"),
        observed=wide("observed").to_numpy(dtype=np.float64),
    )
    return panel, wide("basis").fillna("").to_numpy(dtype=np.str_)
