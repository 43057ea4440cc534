"""History per stream as releases show it: totals summed from their parts, with the basis of every month.

What belongs here: the step from history rows to one figure and one basis per stream and month, and shares of
bases. What does not: charts of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from indforecast.domain.observations import Basis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indforecast.domain.series import Hierarchy

#: From best to worst: a sum is no better than its worst part.
BASES: Final[tuple[Basis, ...]] = (Basis.PUBLISHED, Basis.DERIVED, Basis.ESTIMATED, Basis.SIMULATED)


def observed_months(history: pd.DataFrame, hierarchy: Hierarchy) -> pd.DataFrame:
    """One row per stream and month.

    Parameters
    ----------
    history : DataFrame
        ``series_id, period, observed, basis``; one row per series and month.
    hierarchy : Hierarchy
        A total has a month only where all its parts do.

    Returns
    -------
    DataFrame
        ``series_id`` (publication order), ``period``, ``observed`` (persons, int), ``basis`` (for a total the
        worst of its parts').
    """
    rank = {basis.value: place for place, basis in enumerate(BASES)}
    frame = history.loc[
        history["series_id"].isin(hierarchy.base_ids), ["series_id", "period", "observed", "basis"]
    ]
    frame = frame.assign(rank=frame["basis"].map(rank))
    pieces = []
    for stream in hierarchy.streams:
        parts = stream.parts or (stream.series_id,)
        grouped = frame[frame["series_id"].isin(parts)].groupby("period")
        summed = grouped.agg(observed=("observed", "sum"), rank=("rank", "max"), parts=("series_id", "nunique"))
        summed = summed[summed["parts"] == len(parts)].reset_index()
        pieces.append(
            pd.DataFrame(
                {
                    "series_id": stream.series_id,
                    "period": summed["period"],
                    "observed": summed["observed"].astype("int64"),
                    "basis": [BASES[int(place)].value for place in summed["rank"]],
                }
            )
        )
    return pd.concat(pieces, ignore_index=True)


def basis_shares(history: pd.DataFrame, series_ids: Sequence[str]) -> dict[str, float]:
    """Share of each basis among the monthly figures of these base streams; the shares add up to 1."""
    counts = history.loc[history["series_id"].isin(series_ids), "basis"].value_counts()
    total = max(int(counts.sum()), 1)
    return {basis.value: float(counts.get(basis.value, 0)) / total for basis in BASES}
