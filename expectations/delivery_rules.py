"""Rules on what a delivery is, that Great Expectations has no built-in for: keys, months, gaps.

What belongs here: pure functions; each answers with a sentence per failing row (index of the delivery), and with
nothing where all is well. What does not: whether a figure is believable (``delivery_plausibility``), what it
counts (``delivery_definitions``), severities and words for the page (``delivery``).
A sentence names series and months and never a count of persons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from expectations.checks import quoted, texts_at
from indforecast.domain.observations import DELIVERY_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

#: Days after the newest month within which a figure is published.
VINTAGE_DAYS: Final = 731


@dataclass(frozen=True)
class Delivery:
    """A delivery beside its history.

    Parameters
    ----------
    rows : DataFrame
        The delivery, all rows, typed.
    usable : DataFrame
        Its rows of known series with a month, a count and a day; same index.
    history : DataFrame
        Latest known values.
    known : DataFrame
        Latest values of history and delivery together, one per (series_id, period), indexed by both; ``at`` is the
        delivered row that the value comes from, -1 where it comes from history.
    base_ids, totals
        Streams with indicators, and totals, as in the context.
    """

    rows: pd.DataFrame
    usable: pd.DataFrame
    history: pd.DataFrame
    known: pd.DataFrame
    base_ids: tuple[str, ...]
    totals: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(
        cls,
        rows: pd.DataFrame,
        history: pd.DataFrame,
        base_ids: tuple[str, ...],
        totals: Mapping[str, tuple[str, ...]],
    ) -> Delivery:
        """Put a typed delivery beside a typed history."""
        stream = rows["series_id"].str.split(".", n=1).str[0] if len(rows) else rows["series_id"]
        complete = rows[["period", "observed", "available_from"]].notna().all(axis=1)
        starts = rows["period"] == rows["period"].to_numpy().astype("datetime64[M]")
        usable = rows[complete & starts & stream.isin([*base_ids, *totals]) & np.isfinite(rows["observed"])]
        both = beside(history, usable)
        known = both.drop_duplicates(["series_id", "period"], keep="last").set_index(["series_id", "period"])
        return cls(rows, usable, history, known, base_ids, totals)


def empty_history() -> pd.DataFrame:
    """No history, in the columns and types of one."""
    frame = pd.DataFrame({column: pd.Series(dtype=object) for column in DELIVERY_COLUMNS})
    frame["observed"] = frame["observed"].astype(np.float64)
    for column in ("period", "available_from"):
        frame[column] = frame[column].astype("datetime64[ns]")
    return frame.assign(row=pd.Series(dtype=np.int64))


def labels(frame: pd.DataFrame) -> pd.Series[str]:
    """``series_id: YYYY-MM`` of every row."""
    months = frame["period"].dt.strftime("%Y-%m").fillna("no month")
    names = {series_id: quoted(series_id).strip("'") for series_id in frame["series_id"].dropna().unique()}
    series = frame["series_id"].map(names).astype(object)
    named: pd.Series[str] = series.where(series.notna(), "no series") + ": " + months.astype(object)
    return named


def say(rows: pd.DataFrame, what: str) -> pd.Series[str]:
    """One sentence for each of some rows: what about that month of that series."""
    return labels(rows) + f" {what}" if len(rows) else texts_at({})


def beside(history: pd.DataFrame, usable: pd.DataFrame) -> pd.DataFrame:
    """History and delivery in one frame, oldest first; ``at`` is the delivered row, -1 for history.

    On equal days the delivered row comes after the stored one, and of two delivered rows the larger count comes
    last: any order will do, as long as it is not that of the file.
    """
    both = pd.concat([history.assign(at=-1), usable.assign(at=usable.index)])
    both["delivered"] = both["at"] >= 0
    return both.sort_values(["series_id", "period", "available_from", "delivered", "observed", "row"])


def not_month_start(delivery: Delivery) -> pd.Series[str]:
    """Periods that are some other day of a month."""
    rows = delivery.rows[delivery.rows["period"].notna()]
    wrong = rows[rows["period"] != rows["period"].to_numpy().astype("datetime64[M]")]
    return say(wrong, "is not given as the first day of its month")


def not_yet_available(delivery: Delivery, today: date | None) -> pd.Series[str]:
    """Days of availability that have not come yet."""
    rows = delivery.rows
    later = rows[rows["available_from"] > pd.Timestamp(today)] if today else rows.iloc[:0]
    if later.empty:
        return texts_at({})
    days = later["available_from"].dt.strftime("%Y-%m-%d").astype(object)
    told: pd.Series[str] = labels(later) + " would be available only from " + days + ", which is in the future"
    return told


def implausible_vintage(delivery: Delivery, today: date | None = None) -> pd.Series[str]:
    """Days of availability far after anything that was counted, but not in the future; needs a history."""
    if delivery.history.empty:
        return texts_at({})
    newest = delivery.known.index.get_level_values("period").max()
    rows = delivery.usable
    if today:
        rows = rows[rows["available_from"] <= pd.Timestamp(today)]
    late = rows[rows["available_from"] > newest + pd.Timedelta(days=VINTAGE_DAYS)]
    return say(late, "has an available_from that cannot be right")


def not_whole(delivery: Delivery) -> pd.Series[str]:
    """Counts that are not whole persons."""
    observed = delivery.rows["observed"]
    wrong = delivery.rows[observed.notna() & ~(np.isfinite(observed) & (observed == observed.round()))]
    return say(wrong, "is not a whole number of persons")


def conflicts(delivery: Delivery) -> pd.Series[str]:
    """One key with two counts, within the delivery or against what is stored."""
    key = ["series_id", "period", "available_from"]
    within = delivery.usable.groupby(key)["observed"].transform("nunique") > 1
    found = say(delivery.usable[within], "has two counts known from the same day")
    stored = delivery.history.set_index(key)["observed"]
    lookup = stored.reindex(pd.MultiIndex.from_frame(delivery.usable[key])).to_numpy()
    other = delivery.usable[~within & ~np.isnan(lookup) & (lookup != delivery.usable["observed"])]
    return pd.concat([found, say(other, "is already stored with another count known from the same day")])


def repeated(delivery: Delivery) -> pd.Series[str]:
    """Rows that repeat a key with the same count; the first of them, by line, is not the repetition."""
    key = ["series_id", "period", "available_from", "observed"]
    ordered = delivery.usable.sort_values([*key, "row"])
    return say(ordered[ordered.duplicated(key)], "stands in the delivery more than once")


def missing_months(delivery: Delivery, *, totals: bool) -> pd.Series[str]:
    """Months that nobody delivered, told at the first row after each gap.

    Parameters
    ----------
    delivery : Delivery
        The delivery beside its history.
    totals : bool
        Judge the totals, or all other series.
    """
    rows = delivery.usable[delivery.usable["series_id"].isin(delivery.totals) == totals]
    stored = delivery.history.groupby("series_id")["period"].agg(set).to_dict()
    found: dict[int, str] = {}
    for series_id, group in rows.groupby("series_id"):
        past = {_ordinal(period) for period in stored.get(series_id, ())}
        months = _ordinals(group["period"])
        start = max(past) if past else int(months.min())
        have = past | set(months.tolist())
        absent = [month for month in range(start + 1, int(months.max())) if month not in have]
        for first, last in _runs(absent):
            what = _month(first) if first == last else f"{_month(first)} to {_month(last)}"
            after = min(month for month in have if month > last)
            for at in group.index[months == after]:
                before = f"{found[at]}; " if at in found else ""
                found[at] = f"{before}{series_id}: {what} {'is' if first == last else 'are'} missing"
    return texts_at(found)


def _ordinal(period: pd.Timestamp) -> int:
    return period.year * 12 + period.month - 1


def _ordinals(periods: pd.Series[pd.Timestamp]) -> np.ndarray:
    return (periods.dt.year * 12 + periods.dt.month - 1).to_numpy()


def _month(ordinal: int) -> str:
    return f"{ordinal // 12:04d}-{ordinal % 12 + 1:02d}"


def _runs(ordinals: list[int]) -> list[tuple[int, int]]:
    """Consecutive runs as (first, last)."""
    runs: list[tuple[int, int]] = []
    for month in ordinals:
        if runs and runs[-1][1] == month - 1:
            runs[-1] = (runs[-1][0], month)
        else:
            runs.append((month, month))
    return runs
