"""What a delivery says against what is stored: same, new, or contradicting.

What belongs here: comparing rows by key, and the sentence about a contradiction. What does not: writing them
(``store``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from indforecast.domain.errors import InputError
from indforecast.domain.observations import DELIVERY_COLUMNS, OBSERVATION_KEY
from indforecast.domain.periods import month_label
from indforecast.vintages.typed_rows import as_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KEY = list(OBSERVATION_KEY)
#: What a row says about its key. ``source`` is not in it: two files may say the same thing.
_SAID = ["observed", "basis", "definition"]
_TEXT = ["series_id", "basis", "definition", "source"]
_HINT = "A figure that changed is a revision: give it the day on which it was published as available_from."


def distinct_rows(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """A delivery's rows as they are stored: typed, each once, ordered by key.

    Parameters
    ----------
    frame : DataFrame
        ``DELIVERY_COLUMNS``, optionally ``row``; other columns are left out.
    name : str
        The file, for messages.

    Returns
    -------
    DataFrame
        ``DELIVERY_COLUMNS`` and ``row`` (0 where unknown).

    Raises
    ------
    InputError
        If there is no row, a value is missing, or two rows contradict each other.
    ValueError
        If a column is missing, or a period is not the start of a month.
    """
    missing = [column for column in DELIVERY_COLUMNS if column not in frame]
    if missing:
        raise ValueError(f"a delivery frame lacks {missing}")
    if frame.empty:
        raise InputError(f"'{name}' holds no observations.")
    typed = frame[list(DELIVERY_COLUMNS)].copy()
    typed["row"] = frame["row"].astype(np.int64) if "row" in frame else 0
    empty = typed.isna().any(axis=1)
    if empty.any():
        where = typed[empty].iloc[0]
        raise InputError(
            f"'{name}'{_line(int(where['row']))} has an empty cell.", hint="Leave the row out instead."
        )
    for column in _TEXT:
        typed[column] = typed[column].astype(str).astype(object)
    typed["observed"] = typed["observed"].astype(np.int64)
    typed["available_from"] = pd.to_datetime(typed["available_from"]).astype("datetime64[ns]").dt.normalize()
    typed["period"] = pd.to_datetime(typed["period"]).astype("datetime64[ns]")
    if not (typed["period"] == typed["period"].dt.to_period("M").dt.start_time).all():
        raise ValueError("periods must be starts of months")
    typed = typed.sort_values([*_KEY, "row"], kind="stable", ignore_index=True)
    again = typed.duplicated(_KEY, keep=False)
    first = typed.drop_duplicates(_KEY, ignore_index=True)
    conflict = conflicts_with(typed[again], first, name) if again.any() else None
    if conflict is not None:
        raise conflict
    return first


def same_keys(stored: pd.DataFrame, delivered: pd.DataFrame) -> pd.DataFrame:
    """The stored rows whose key is delivered, as text.

    Parameters
    ----------
    stored : DataFrame
        Many rows, text as categories or objects.
    delivered : DataFrame
        Few rows, or many.
    """
    if stored.empty:
        return as_text(stored)
    coded = stored["series_id"].astype("category")
    series = pd.Categorical(delivered["series_id"], categories=coded.cat.categories).codes
    ours = _numbered(coded.cat.codes.to_numpy(), stored)
    theirs = _numbered(series, delivered)[series >= 0]
    return as_text(stored[pd.Series(ours).isin(theirs).to_numpy()].reset_index(drop=True))


def _numbered(series: NDArray[Any], rows: pd.DataFrame) -> NDArray[np.int64]:
    """One number per key: series, month since year 1900 (13 bits), day since then (20 bits)."""
    month = rows["period"].to_numpy().astype("datetime64[M]") - np.datetime64("1900-01", "M")
    day = rows["available_from"].to_numpy().astype("datetime64[D]") - np.datetime64("1900-01-01", "D")
    numbered: NDArray[np.int64] = series.astype(np.int64) << 33
    numbered |= (month.astype(np.int64) & 0x1FFF) << 20
    numbered |= day.astype(np.int64) & 0xFFFFF
    return numbered


def unknown_rows(delivered: pd.DataFrame, stored: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``delivered`` whose key is not stored, in their order."""
    keys = stored[_KEY].assign(_stored=True)
    merged = delivered.merge(keys, on=_KEY, how="left")
    return delivered[merged["_stored"].isna().to_numpy()]


def conflicts_with(delivered: pd.DataFrame, stored: pd.DataFrame, name: str) -> InputError | None:
    """The error to raise when ``delivered`` says other things of a stored key; None when it does not.

    Parameters
    ----------
    delivered : DataFrame
        Rows of one delivery with ``row``.
    stored : DataFrame
        Rows with unique keys: the store's, or the delivery's own first sayings (then with ``row``).
    name : str
        The file, for the message.
    """
    before = [f"{column}_before" for column in _SAID]
    kept = [column for column in ("delivery_id", "row") if column in stored]
    columns = {**dict(zip(_SAID, before, strict=True)), "row": "row_before"}
    both = delivered.merge(stored[[*_KEY, *_SAID, *kept]].rename(columns=columns), on=_KEY)
    differs = np.zeros(len(both), dtype=bool)
    for column, earlier in zip(_SAID, before, strict=True):
        differs |= both[column].to_numpy() != both[earlier].to_numpy()
    if not differs.any():
        return None
    rows = both[differs].sort_values(["row", *_KEY])
    worst = rows.iloc[0]
    column, earlier = next(
        (pair for pair in zip(_SAID, before, strict=True) if worst[pair[0]] != worst[pair[1]]),
        (_SAID[0], before[0]),
    )
    where = (
        f"in the store (delivery {worst['delivery_id'][:12]})"
        if "delivery_id" in rows
        else f"in another row{_line(int(worst['row_before']))}"
    )
    more = f" (and {len(rows) - 1:,} more like it)" if len(rows) > 1 else ""
    # Counts are not told: the sentence goes into logs and pages, and whoever may see them has both files.
    secret = column == "observed"
    says = "another count" if secret else f"{column} {worst[column]}"
    stands = " than stands" if secret else f", which is {worst[earlier]}"
    return InputError(
        f"'{name}'{_line(int(worst['row']))} says {says} for {worst['series_id']} in "
        f"{month_label(worst['period'])} as known from {worst['available_from'].date()}{stands} {where}{more}.",
        hint=_HINT,
    )


def _line(row: int) -> str:
    return f", line {row}," if row else ""
