"""Rules on sums over a quarter: three months against the quarter that somebody published.

What belongs here: pure functions that compare months with quarters; each answers with a sentence per remarkable
row (index of the delivery), naming series and quarter and never a count of persons. What does not: where quarters
come from (``indforecast.reference.quarters``, ``indforecast.sources.quarters``).

Only a quarter of which a month was delivered is judged, and only where somebody counted all three: an estimate
that was fitted to a quarter, or has none yet, is no fault of a delivery.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from expectations.checks import texts_at
from expectations.delivery_plausibility import firm
from expectations.delivery_rules import Delivery

if TYPE_CHECKING:
    from indforecast.config.validation import ValidationSettings

_MONTHS: Final = 3
_KEY: Final = ["series_id", "quarter"]


def off_own_quarter(delivery: Delivery, own: pd.DataFrame | None) -> pd.Series[str]:
    """Months that do not add up to the quarter that the same file prints, all three from this file.

    Months and quarter are one publication: only their roundings may part them, half a step for each of the four
    figures, and nothing where they are not rounded.

    Parameters
    ----------
    delivery : Delivery
        The delivery beside its history.
    own : DataFrame, optional
        ``series_id``, ``quarter``, ``observed`` and ``rounding``, both in persons.
    """
    if own is None or own.empty:
        return texts_at({})
    sums = _sums(_delivered(delivery)).merge(own, on=_KEY)
    room = sums["rounding"].where(sums["rounding"] > 1, 0) / 2 * (_MONTHS + 1)
    wrong = sums[(sums["sum"] - sums["observed"]).abs() > room]
    return _told(wrong, "do not add up to the quarter that the same file gives")


def off_published_quarter(
    delivery: Delivery, published: pd.DataFrame | None, own: pd.DataFrame | None, limits: ValidationSettings
) -> pd.Series[str]:
    """Months that are far from the quarter that somebody else published, or that are known from several files.

    Parameters
    ----------
    delivery : Delivery
        The delivery beside its history.
    published : DataFrame, optional
        As ``own``, with ``definition``: months that count something else are not compared.
    own : DataFrame, optional
        Quarters of the same file, for months that are not all in it.
    limits : ValidationSettings
        ``quarter_share`` of the quarter may part them, beyond half a rounding for each of the four figures.
    """
    known = _sums(firm(delivery.known))
    found = []
    if published is not None and not published.empty:
        both = known.merge(published, on=_KEY)
        found.append(both[both["counted"] == both["definition"]])
    if own is not None and not own.empty:
        judged = _sums(_delivered(delivery))[_KEY].assign(judged=True)
        both = known.merge(own, on=_KEY).merge(judged, on=_KEY, how="left")
        found.append(both[both["judged"].isna()])
    if not found:
        return texts_at({})
    sums = pd.concat(found, ignore_index=True)
    room = limits.rounding_persons / 2 * _MONTHS + sums["rounding"] / 2 + limits.quarter_share * sums["observed"]
    wrong = sums[(sums["sum"] - sums["observed"]).abs() > room]
    return _told(wrong, "are far from the published quarter")


def _delivered(delivery: Delivery) -> pd.DataFrame:
    """Latest counted figures of the delivery alone, indexed as ``Delivery.known``."""
    rows = firm(delivery.usable.assign(at=delivery.usable.index))
    ordered = rows.sort_values(["series_id", "period", "available_from", "observed", "row"])
    return ordered.drop_duplicates(["series_id", "period"], keep="last").set_index(["series_id", "period"])


def _sums(known: pd.DataFrame) -> pd.DataFrame:
    """Quarters with three counted months of one definition, at least one of them delivered.

    Returns
    -------
    DataFrame
        ``series_id``, ``quarter``, ``sum`` in persons, ``counted`` (the definition), ``at`` (tuple of rows).
    """
    flat = known.reset_index()
    flat["quarter"] = flat["period"].dt.to_period("Q").dt.start_time
    grouped = flat.groupby(_KEY)
    sums = grouped.agg(
        sum=("observed", "sum"),
        months=("observed", "size"),
        definitions=("definition", "nunique"),
        counted=("definition", "first"),
        newest=("at", "max"),
        at=("at", tuple),
    ).reset_index()
    return sums[(sums["months"] == _MONTHS) & (sums["definitions"] <= 1) & (sums["newest"] >= 0)]


def _told(wrong: pd.DataFrame, what: str) -> pd.Series[str]:
    found: dict[int, str] = {}
    for series_id, quarter, rows in zip(wrong["series_id"], wrong["quarter"], wrong["at"], strict=True):
        text = f"{series_id}: the months of {quarter.year}-Q{quarter.quarter} {what}"
        found |= dict.fromkeys((int(row) for row in rows if row >= 0), text)
    return texts_at(found)
