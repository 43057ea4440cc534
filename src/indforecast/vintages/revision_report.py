"""How far first figures move: the change from the first figure of a month to what was known some months later.

What belongs here: the measures as pure functions of rows. What does not: correcting for them (the nowcast).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Months after the first figure at which a report looks; the last figure known comes on top.
AGES: Final = (1, 2, 3, 6, 12)
_MONTH = ["series_id", "period"]
_PERCENTILES: Final = {"change_p10": 0.1, "change_median": 0.5, "change_p90": 0.9}


def first_to_later(revisions: pd.DataFrame, ages: Sequence[int] = AGES) -> pd.DataFrame:
    """The first figure of every month, and what was known so many months later.

    An estimate is ours and not the publisher's: the first figure that is none counts as first, and what it moves
    from there is a revision.

    Parameters
    ----------
    revisions : DataFrame
        As :meth:`indforecast.vintages.triangle.Triangle.revisions` answers, ordered by series, period and day.
    ages : sequence of int
        Whole months after the day of the first figure.

    Returns
    -------
    DataFrame
        One row per month: ``series_id``, ``period``, ``first_known`` (day), ``first``, ``latest`` (persons) and
        ``age_<n>`` for each age (persons; NaN where the newest vintage of all does not reach that far).
    """
    rows = revisions[revisions["basis"] != "estimated"]
    known = rows["available_from"].to_numpy()
    observed = rows["observed"].to_numpy(dtype=np.float64)
    begins = ~rows.duplicated(_MONTH).to_numpy()
    start = np.flatnonzero(begins)
    end = np.append(start[1:], len(rows))[: len(start)] - 1
    months = rows[_MONTH].take(start).reset_index(drop=True)
    table = months.assign(first_known=known[start], first=observed[start], latest=observed[end])
    if rows.empty:
        return table.assign(**{f"age_{age}": pd.Series(dtype=np.float64) for age in ages})
    newest = revisions["available_from"].max()
    number = np.cumsum(begins) - 1
    first_days = pd.DatetimeIndex(table["first_known"])
    for age in ages:
        due = first_days + pd.DateOffset(months=age)
        by_then = known <= due.to_numpy()[number]
        # Rows of a month rise by day: those known by then are its beginning.
        last = start + np.bincount(number, weights=by_then, minlength=len(start)).astype(np.int64) - 1
        table[f"age_{age}"] = np.where(due <= newest, observed[last], np.nan)
    return table


def revision_report(revisions: pd.DataFrame, ages: Sequence[int] = AGES) -> pd.DataFrame:
    """How far first figures have moved at each age, per series.

    Parameters
    ----------
    revisions, ages
        As for :func:`first_to_later`.

    Returns
    -------
    DataFrame
        Per series and age, ``age`` being text (``1`` ... or ``latest``): ``months`` with a figure at that age,
        ``share_revised`` (another number of persons than the first), ``change_p10``, ``change_median``,
        ``change_p90`` (relative to the first figure; 0.02 is two per cent up) and ``persons_median`` (median of
        the absolute change). A first figure of zero has no relative change and is left out of the three
        percentiles; NaN where nothing is left.
    """
    moved = first_to_later(revisions, ages)
    first = moved["first"].to_numpy()
    parts = []
    for age in (*(str(age) for age in ages), "latest"):
        later = moved["latest" if age == "latest" else f"age_{age}"].to_numpy(dtype=np.float64)
        there = ~np.isnan(later)
        parts.append(_per_series(moved["series_id"].to_numpy()[there], first[there], later[there]).assign(age=age))
    order = {age: place for place, age in enumerate((*(str(age) for age in ages), "latest"))}
    report = pd.concat(parts, ignore_index=True)
    report = report.assign(_place=report["age"].map(order)).sort_values(["series_id", "_place"], ignore_index=True)
    return report[["series_id", "age", "months", "share_revised", *_PERCENTILES, "persons_median"]]


def _per_series(
    series: NDArray[np.object_], first: NDArray[np.float64], later: NDArray[np.float64]
) -> pd.DataFrame:
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(first > 0, later / first - 1, np.nan)
    rows = pd.DataFrame(
        {
            "series_id": series,
            "months": 1,
            "share_revised": (later != first).astype(np.float64),
            "change": change,
            "persons_median": np.abs(later - first),
        }
    )
    grouped = rows.groupby("series_id")
    table = grouped.agg({"months": "sum", "share_revised": "mean", "persons_median": "median"})
    for name, level in _PERCENTILES.items():
        table[name] = grouped["change"].quantile(level)
    return table.reset_index()
