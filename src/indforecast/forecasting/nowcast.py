"""The newest months as a distribution: what past revisions say of figures that may still move.

What belongs here: the revision triangle by age from rows known on a day, which past months may be learned from,
and the nowcasts of a day. What does not: the statistics (``models.reporting_delay``), forecasts made from nowcasts
(``forecasting.nowcast_panels``).

A publisher's figure and our own estimate of a month are two kinds: the first is restated a little, the second is
replaced. They are never pooled. A publisher that never spoke of a month again says nothing about whether the
month would have been restated, so only months spoken of again count; our estimates are made anew on every vintage,
so that an estimate without a later row was in fact left as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.domain.observations import Basis
from indforecast.models.development import Changes, nowcast
from indforecast.models.reporting_delay import shrunken_development

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from indforecast.models.delayed_count import Nowcast
    from indforecast.models.development import Development

#: Ages in months at which a figure is followed: an estimate may wait more than a year for a published figure.
AGES: Final = 16

#: A past month may be learned from when it is this many months older than the age in question.
SETTLED_MONTHS: Final = 3

_PUBLISHER, _ESTIMATE = 0, 1


@dataclass(frozen=True)
class RevisionTriangle:
    """Figures by age as known on a day.

    Parameters
    ----------
    day : date
        Nothing later is in it.
    series_ids : tuple of str
        Shape ``[S]``.
    months : ndarray of datetime64[M]
        Consecutive, shape ``[T]``.
    figures : ndarray
        Persons at each age, shape ``[S, T, A]``; NaN before a first figure and beyond the day.
    estimated : ndarray of bool
        Whether that figure was our own estimate, shape ``[S, T, A]``.
    definition : ndarray of int
        What it counted, shape ``[S, T, A]``; -1 where there is none.
    spoken : ndarray of int
        The age at which a month was last spoken of, shape ``[S, T]``; -1 for never.
    pools : ndarray of int
        Of series and kind, shape ``[2 S]``: series s publisher's at ``2 s``, estimates at ``2 s + 1``.
    simulated : ndarray of bool
        Months whose newest figure is invented and never revised, shape ``[S, T]``.
    """

    day: date
    series_ids: tuple[str, ...]
    months: NDArray[np.datetime64]
    figures: NDArray[np.float64]
    estimated: NDArray[np.bool_]
    definition: NDArray[np.int64]
    spoken: NDArray[np.int64]
    pools: NDArray[np.int64]
    simulated: NDArray[np.bool_]

    @property
    def age(self) -> NDArray[np.int64]:
        """Age of each month's newest figure on the day, shape ``[T]``."""
        return _month_number(np.datetime64(self.day, "D")) - self.months.astype(np.int64) - 1


def revision_triangle(
    revisions: pd.DataFrame, day: date, series_ids: Sequence[str], *, ages: int = AGES
) -> RevisionTriangle:
    """The triangle of a day: every month at the ages it had on this day of each month.

    Ages are counted at the same day of the month as ``day``, so that a month is compared with others at the same
    distance from their end.

    Parameters
    ----------
    revisions : DataFrame
        As :meth:`indforecast.vintages.triangle.Triangle.revisions` answers; rows later than
        ``day`` are left out here.
    day : date
        What is known at its end.
    series_ids : sequence of str
        Shape ``[S]``, order of the answer.
    ages : int
        Ages A, from 0.
    """
    limit = pd.Timestamp(day)
    rows = revisions[(revisions["available_from"] <= limit) & revisions["series_id"].isin(list(series_ids))]
    rows = rows.sort_values(["series_id", "period", "available_from"], kind="stable")
    row = rows["series_id"].map({name: place for place, name in enumerate(series_ids)}).to_numpy(dtype=np.int64)
    period = rows["period"].to_numpy().astype("datetime64[M]")
    newest = np.datetime64(limit, "M")
    first = period.min() if len(rows) else newest
    months = np.arange(first, max(newest, first + 1))
    known = rows["available_from"]
    # On the last day of a month all of any month is over, whatever its length.
    late = (known.dt.day > limit.day).to_numpy() & (not limit.is_month_end)
    months_after = _month_number(known.to_numpy()) - period.astype(np.int64) - 1
    age = np.maximum(months_after + late, 0)
    column = (period - first).astype(np.int64)
    inside = column < len(months)
    spoken = np.full((len(series_ids), len(months)), -1, dtype=np.int64)
    np.maximum.at(spoken, (row[inside], column[inside]), age[inside])
    reached = (newest - months).astype(np.int64) - 1
    shape = (len(series_ids), len(months), ages)
    place = np.full(shape, -1, dtype=np.int64)
    here = inside & (age < ages)
    # Rows rise by day within a month, so the largest row number so far is the newest figure.
    np.maximum.at(place, (row[here], column[here], age[here]), np.flatnonzero(here))
    place = np.maximum.accumulate(place, axis=2)
    newest_row = place[..., -1]
    place = place.copy()
    place[:, np.arange(ages) > reached[:, np.newaxis]] = -1
    told = place >= 0
    basis = rows["basis"].astype(str).to_numpy(dtype=np.str_)
    definition = pd.factorize(rows["definition"].astype(str), sort=True)[0].astype(np.int64)
    taken = np.maximum(place, 0)
    figures = np.full(shape, np.nan) if rows.empty else rows["observed"].to_numpy(dtype=np.float64)[taken]
    simulated = newest_row >= 0
    if len(rows):
        simulated &= basis[np.maximum(newest_row, 0)] == Basis.SIMULATED.value
    return RevisionTriangle(
        day=day,
        series_ids=tuple(series_ids),
        months=months,
        figures=np.where(told, figures, np.nan),
        estimated=told & (basis[taken] == Basis.ESTIMATED.value) if len(rows) else told,
        definition=np.where(told, definition[taken], -1) if len(rows) else place,
        spoken=spoken,
        pools=_pools(rows, series_ids),
        simulated=simulated,
    )


def past_changes(triangle: RevisionTriangle, *, chained: bool = True, settled: int = SETTLED_MONTHS) -> Changes:
    """What past figures did, each counted for its series and kind (as ``RevisionTriangle.pools``).

    Parameters
    ----------
    triangle : RevisionTriangle
        As known on a day.
    chained : bool
        From each age to the next; else from each age to the newest figure.
    settled : int
        With ``chained=False``: how many months older a month must be than the age in question.
    """
    ages = triangle.figures.shape[2]
    reached = np.minimum(triangle.age, ages - 1)
    age = np.arange(ages)
    if chained:
        after = np.minimum(age + 1, ages - 1)[np.newaxis, :]
        due = (age < ages - 1) & (age < reached[:, np.newaxis])
    else:
        after = np.maximum(reached, 0)[:, np.newaxis]
        due = age + settled <= reached[:, np.newaxis]
    later = np.broadcast_to(after, due.shape)[np.newaxis]
    later = np.broadcast_to(later, triangle.figures.shape)
    end = np.take_along_axis(triangle.figures, later, axis=2)
    same = np.take_along_axis(triangle.definition, later, axis=2) == triangle.definition
    silent = ~triangle.estimated & (triangle.spoken[..., np.newaxis] <= age)
    real = (
        due & ~np.isnan(triangle.figures) & ~np.isnan(end) & same & ~silent & ~triangle.simulated[..., np.newaxis]
    )
    series, month, at = np.nonzero(real)
    kind = triangle.estimated[series, month, at].astype(np.int64)
    return Changes(2 * series + kind, at, triangle.figures[series, month, at], end[series, month, at])


@dataclass(frozen=True)
class MonthNowcasts:
    """Nowcasts of the newest months, as known on a day; N months of any series.

    Parameters
    ----------
    series : ndarray of int
        Position of the series, shape ``[N]``.
    months : ndarray of datetime64[M]
        Shape ``[N]``.
    age : ndarray of int
        Months since the period ended, shape ``[N]``.
    estimated : ndarray of bool
        Whether the figure as said is our own estimate, shape ``[N]``.
    nowcast : Nowcast
        Shape ``[N]``.
    """

    series: NDArray[np.int64]
    months: NDArray[np.datetime64]
    age: NDArray[np.int64]
    estimated: NDArray[np.bool_]
    nowcast: Nowcast


def month_nowcasts(
    triangle: RevisionTriangle,
    *,
    newest: int = AGES,
    chained: bool = True,
    settled: int = SETTLED_MONTHS,
    develop: Callable[..., Development] = shrunken_development,
) -> MonthNowcasts:
    """Nowcast the newest months of every series, by what was known on the triangle's day alone.

    Invented months, and months that are not known yet, have none.

    Parameters
    ----------
    triangle : RevisionTriangle
        As known on a day.
    newest : int
        How many months back from the newest month of any series.
    chained, settled
        See :func:`past_changes`.
    develop : callable
        An estimator of ``models.reporting_delay``.
    """
    ages = triangle.figures.shape[2]
    development = develop(
        past_changes(triangle, chained=chained, settled=settled), triangle.pools, ages, chained=chained
    )
    age = triangle.age
    current = np.take_along_axis(triangle.figures, np.clip(age, 0, ages - 1)[np.newaxis, :, np.newaxis], axis=2)[
        ..., 0
    ]
    wanted = ~np.isnan(current) & (age >= 0) & (age < ages) & ~triangle.simulated
    last = np.flatnonzero((~np.isnan(current)).any(axis=0)).max(initial=-1)
    wanted[:, : max(last + 1 - newest, 0)] = False
    series, month = np.nonzero(wanted)
    estimated = triangle.estimated[series, month, age[month]]
    return MonthNowcasts(
        series=series,
        months=triangle.months[month],
        age=age[month],
        estimated=estimated,
        nowcast=nowcast(development, 2 * series + estimated, age[month], current[series, month]),
    )


def _pools(rows: pd.DataFrame, series_ids: Sequence[str]) -> NDArray[np.int64]:
    """Pools: publisher by publisher, nationalities apart from national figures; our estimates on their own."""
    newest = rows.drop_duplicates("series_id", keep="last").set_index("series_id")["publisher"].astype(str)
    keys: list[tuple[object, ...]] = []
    for name in series_ids:
        below = "." in name
        keys += [(_PUBLISHER, below, newest.get(name, "")), (_ESTIMATE, below)]
    order = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    return np.array([order[key] for key in keys], dtype=np.int64)


def _month_number(day: NDArray[np.datetime64] | np.datetime64) -> NDArray[np.int64]:
    number: NDArray[np.int64] = np.asarray(day).astype("datetime64[M]").astype(np.int64)
    return number
