"""How new what is stored is, over several series.

What belongs here: that question. What does not: whether it is new enough (``sources.freshness``), one source's own
rows (:meth:`indforecast.vintages.store.Store.newest_from`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indforecast.domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from indforecast.vintages.store import Store


def newest_of_all(store: Store, series_ids: Sequence[str]) -> tuple[date, date] | None:
    """Newest day known, and the newest month that every one of these series has.

    Parameters
    ----------
    store : Store
        The store; it may be empty.
    series_ids : sequence of str
        Which series.

    Returns
    -------
    tuple of (date, date) or None
        None when a series has no row.
    """
    try:
        known = store.as_of(series_ids=series_ids)
    except NotFound:
        return None
    newest = known.observations.groupby("series_id")["period"].max()
    return None if len(newest) < len(set(series_ids)) else (known.vintage, newest.min().date())
