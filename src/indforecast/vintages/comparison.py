"""What vintages brought: per day, and between two days.

What belongs here: pure functions of rows as the store hands them out. What does not: reading them (``store``), how
far first figures move (``revision_report``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from indforecast.domain.observations import History

_MONTH = ["series_id", "period"]
_COMPARED = ["observed", "basis", "definition"]
CHANGES = ("new", "revised", "restated", "gone")


def vintage_table(revisions: pd.DataFrame) -> pd.DataFrame:
    """What each day made known.

    Parameters
    ----------
    revisions : DataFrame
        As :meth:`indforecast.vintages.triangle.Triangle.revisions` answers.

    Returns
    -------
    DataFrame
        One row per day, rising: ``vintage``, ``rows``, ``months_new`` (figures of months that had none),
        ``months_revised`` (another number of persons than before), ``months_restated`` (the same number, another
        basis or definition), ``months_confirmed`` (the same again), ``series``, ``deliveries``. The four kinds of
        months add up to ``rows``.
    """
    rows = revisions[[*_MONTH, *_COMPARED, "available_from", "delivery_id", "revision"]]
    first = rows["revision"].to_numpy() == 0
    changed = {}
    for column in _COMPARED:
        values = rows[column].to_numpy()
        differs = np.zeros(len(rows), dtype=bool)
        differs[1:] = values[1:] != values[:-1]
        changed[column] = differs & ~first
    restated = (changed["basis"] | changed["definition"]) & ~changed["observed"]
    kinds = pd.DataFrame(
        {
            "vintage": rows["available_from"].to_numpy(),
            "rows": 1,
            "months_new": first.astype(np.int64),
            "months_revised": changed["observed"].astype(np.int64),
            "months_restated": restated.astype(np.int64),
            "months_confirmed": (~first & ~changed["observed"] & ~restated).astype(np.int64),
        }
    )
    table = kinds.groupby("vintage", as_index=False).sum()
    who = rows.groupby("available_from")[["series_id", "delivery_id"]].nunique()
    return table.assign(series=who["series_id"].to_numpy(), deliveries=who["delivery_id"].to_numpy())


def difference(before: History, after: History) -> pd.DataFrame:
    """What differs between what two days knew.

    Parameters
    ----------
    before, after : History
        Of the earlier and of the later day.

    Returns
    -------
    DataFrame
        Months that differ, ordered by series and period: ``series_id``, ``period``, ``change`` (``new``: had no
        figure before; ``revised``: another number of persons; ``restated``: the same number, another basis or
        definition; ``gone``: has none after, which happens only when the days are given the wrong way round),
        ``observed_before``, ``observed_after`` (Int64, persons), and ``basis_``, ``definition_``,
        ``available_from_`` likewise.
    """
    columns = [*_MONTH, *_COMPARED, "available_from"]
    both = before.observations[columns].merge(
        after.observations[columns], on=_MONTH, how="outer", suffixes=("_before", "_after"), indicator=True
    )
    # Plain comparison: a month that stands on one side only is told apart by the indicator.
    other = {
        column: (both[f"{column}_before"].astype(object) != both[f"{column}_after"].astype(object)).to_numpy()
        for column in _COMPARED
    }
    side = both["_merge"].to_numpy(dtype=object)
    change = np.select(
        [
            side == "right_only",
            side == "left_only",
            other["observed"],
            other["basis"] | other["definition"],
        ],
        ["new", "gone", "revised", "restated"],
        default="",
    )
    both = both.assign(change=change).drop(columns="_merge")
    for column in ("observed_before", "observed_after"):
        both[column] = both[column].astype("Int64")
    pairs = [f"{column}_{when}" for column in (*_COMPARED, "available_from") for when in ("before", "after")]
    differing = both[both["change"] != ""][[*_MONTH, "change", *pairs]]
    return differing.sort_values(_MONTH, ignore_index=True)


def summary(differing: pd.DataFrame) -> dict[str, int]:
    """How many months of each kind of change :func:`difference` found."""
    counts = differing["change"].value_counts()
    return {change: int(counts.get(change, 0)) for change in CHANGES}
