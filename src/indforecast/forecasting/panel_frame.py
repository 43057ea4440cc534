"""Plain data frames in, arrays on one calendar out: the shapes of the public panel engine.

What belongs here: reading and refusing a panel, its origins, its levels and its events. What does not: any
forecast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from indforecast.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: A calendar longer than this is a mistyped year.
_MOST_MONTHS: Final = 3_000
_FIRST_COLUMNS: Final = ("series_id", "period", "observed")
_MONTH: Final = (
    r"\d{4}-(?:0[1-9]|1[0-2])(?:-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?"
)


@dataclass(frozen=True)
class PanelArrays:
    """A panel of counts on one calendar.

    Parameters
    ----------
    series_ids : ndarray of object
        Keys as given, sorted as text, shape ``[series]``.
    groups : ndarray of int
        Number of each series' group, shape ``[series]``.
    first_month : int
        Months from January 1970 to the first column. Columns run from the first to the last month that a row of
        the panel names, observed or not.
    counts : ndarray
        NaN where nothing is observed, shape ``[series, month]``.
    form : str
        How months were given: ``period``, ``timestamp`` or ``text``; answers give them alike.
    """

    series_ids: NDArray[Any]
    groups: NDArray[np.int64]
    first_month: int
    counts: NDArray[np.float64]
    form: str

    @property
    def begins(self) -> NDArray[np.int64]:
        """Column of each series' first observed month."""
        return np.asarray(np.isfinite(self.counts).argmax(axis=1), dtype=np.int64)

    @property
    def ends(self) -> NDArray[np.int64]:
        """Column of each series' last observed month."""
        backwards = np.isfinite(self.counts[:, ::-1]).argmax(axis=1)
        return np.asarray(self.counts.shape[1] - 1 - backwards, dtype=np.int64)


def read_panel(panel: pd.DataFrame) -> PanelArrays:
    """A panel as arrays.

    Parameters
    ----------
    panel : DataFrame
        Columns ``series_id``, ``period`` (monthly period, timestamp within the month, or ``YYYY-MM``),
        ``observed`` (counts, not negative; empty where unknown) and optionally ``group``. The order of rows does
        not matter; a row said twice counts once.

    Raises
    ------
    InputError
        If a column is missing, a month or count cannot be read, a count is negative or infinite, one month of a
        series has two counts, a series two groups, or nothing is observed.
    """
    if not isinstance(panel, pd.DataFrame):
        raise InputError(
            f"The panel is a {type(panel).__name__}.", hint="Hand in a DataFrame with series_id, period, observed."
        )
    missing = [name for name in _FIRST_COLUMNS if name not in panel.columns]
    if missing:
        found = ", ".join(map(str, panel.columns)) or "none"
        raise InputError(f"The panel has no column {', '.join(missing)}.", hint=f"Its columns are: {found}.")
    for name in (*_FIRST_COLUMNS, "group"):
        if list(panel.columns).count(name) > 1:
            raise InputError(f"The panel has more than one column {name}.", hint="Rename or drop all but one.")
    if panel["series_id"].isna().any():
        raise InputError("A row of the panel has no series_id.", hint="Give every row the key of its series.")
    months, form = months_of(panel["period"], "period")
    counts = _counts(panel)
    there = np.isfinite(counts)
    if not there.any():
        raise InputError("The panel holds no observed count.", hint="At least one row needs a number in observed.")
    ids = panel["series_id"].to_numpy(dtype=object)
    groups = (
        panel["group"].to_numpy(dtype=object) if "group" in panel.columns else np.zeros(len(panel), dtype=object)
    )
    first, last = int(months.min()), int(months.max())
    if last - first >= _MOST_MONTHS:
        raise InputError(
            f"The panel runs from {_text(first)} to {_text(last)}, more than {_MOST_MONTHS} months.",
            hint="Look for a mistyped year.",
        )
    ids, months, counts, groups = ids[there], months[there], counts[there], groups[there]
    if pd.isna(groups).any():
        raise InputError("A row of the panel has no group.", hint="Give every row one, or leave the column out.")
    kept = _keys_by_text(ids)
    names = sorted(kept)
    rows = np.searchsorted(names, [str(key) for key in ids])
    table = np.full((len(names), last - first + 1), np.nan)
    _refuse_conflicts(names, rows, months, counts)
    table[rows, months - first] = counts
    keys = np.empty(len(names), dtype=object)
    keys[:] = [kept[name] for name in names]
    return PanelArrays(
        keys,
        _group_numbers(names, rows, groups),
        first,
        table,
        form,
    )


def months_of(values: Any, what: str) -> tuple[NDArray[np.int64], str]:
    """Months since January 1970, and the form in which they were given.

    Raises
    ------
    InputError
        If one cannot be read as a month.
    """
    given = pd.Series(values).reset_index(drop=True)
    if given.isna().any():
        raise InputError(f"A row has no {what}.", hint="Months are periods, timestamps or text such as 2024-01.")
    if isinstance(given.dtype, pd.PeriodDtype):
        if given.dtype != pd.PeriodDtype("M"):
            raise InputError(f"The {what} is of another frequency than months.", hint="Use asfreq('M') first.")
        return np.asarray(given.astype("int64"), dtype=np.int64), "period"
    if pd.api.types.is_datetime64_any_dtype(given.dtype):
        if given.dt.tz is not None:
            given = given.dt.tz_localize(None)
        return given.to_numpy().astype("datetime64[M]").astype(np.int64), "timestamp"
    if len(given) and all(isinstance(value, pd.Period) for value in given):
        if any(value.freqstr != "M" for value in given):
            raise InputError(f"The {what} is of another frequency than months.", hint="Use asfreq('M') first.")
        return months_of(pd.Series(pd.PeriodIndex(given, freq="M")), what)
    text = given.astype(str)
    whole = text.str.fullmatch(_MONTH)
    days = whole & (text.str.len() > len("2024-01"))
    whole &= ~days | pd.to_datetime(text.str[:10].where(days), format="%Y-%m-%d", errors="coerce").notna()
    if not whole.all():
        raise InputError(
            f"'{text[~whole].iloc[0][:40]}' is not a month.",
            hint=f"The {what} is written YYYY-MM, for example 2024-01.",
        )
    years, numbers = text.str[:4].astype(int), text.str[5:7].astype(int)
    form = "text" if all(isinstance(value, str) for value in given) else "timestamp"
    return np.asarray((years - 1970) * 12 + numbers - 1, dtype=np.int64), form


def months_in_form(months: NDArray[np.int64], form: str) -> Any:
    """Months since January 1970 in the form in which the panel gave them."""
    stamps = months.astype("datetime64[M]")
    if form == "period":
        return pd.PeriodIndex.from_ordinals(months, freq="M")  # type: ignore[attr-defined] # not in the stubs
    return stamps.astype("datetime64[ns]") if form == "timestamp" else np.datetime_as_string(stamps).astype(object)


def read_levels(quantile_levels: Sequence[float]) -> tuple[float, ...]:
    """Quantile levels, refused unless they rise strictly between nought and one."""
    try:
        levels = tuple(float(level) for level in quantile_levels)
    except (TypeError, ValueError):
        levels = ()
    if not levels or not all(0 < level < 1 for level in levels) or list(levels) != sorted(set(levels)):
        raise InputError(
            "quantile_levels must be numbers between 0 and 1 that rise.", hint="For example (0.1, 0.5, 0.9)."
        )
    return levels


def require_whole(value: Any, name: str, lowest: int, highest: int) -> int:
    """A whole number within bounds, or an error that names the argument."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not lowest <= value <= highest:
        raise InputError(f"{name} is {value!r}.", hint=f"It must be a whole number from {lowest} to {highest}.")
    return int(value)


def _counts(panel: pd.DataFrame) -> NDArray[np.float64]:
    given = panel["observed"].reset_index(drop=True)
    try:
        if pd.api.types.is_datetime64_any_dtype(given.dtype) or pd.api.types.is_timedelta64_dtype(given.dtype):
            raise TypeError
        counts = pd.to_numeric(given).to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        bad = next(value for value in given if not (pd.api.types.is_scalar(value) and _is_number(value)))
        raise InputError(
            f"'{str(bad)[:40]}' in observed is not a number.", hint="Counts are numbers, or empty."
        ) from None
    for wrong, words in ((np.isinf(counts), "infinite"), (counts < 0, "negative")):
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            key = panel["series_id"].iloc[row]
            raise InputError(
                f"A count of {key} in {panel['period'].iloc[row]} is {words}.", hint="Counts are 0 or more."
            )
    return counts


def _is_number(value: Any) -> bool:
    if pd.isna(value):
        return True
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, (np.datetime64, np.timedelta64, pd.Timestamp, pd.Timedelta))


def _keys_by_text(ids: NDArray[Any]) -> dict[str, Any]:
    """Keys of series by what they look like; the order of series is that of their text."""
    kept: dict[str, Any] = {}
    for key in ids:
        if kept.setdefault(str(key), key) != key:
            raise InputError(
                f"The series_id {key} is a number in one row and text in another.", hint="Write it one way."
            )
    return kept


def _refuse_conflicts(
    names: list[str], rows: NDArray[np.int64], months: NDArray[np.int64], counts: NDArray[np.float64]
) -> None:
    order = np.lexsort((counts, months, rows))
    rows, months, counts = rows[order], months[order], counts[order]
    clash = (rows[1:] == rows[:-1]) & (months[1:] == months[:-1]) & (counts[1:] != counts[:-1])
    if clash.any():
        place = int(np.flatnonzero(clash)[0])
        raise InputError(
            f"{names[rows[place]]} has two different counts for {_text(int(months[place]))}.",
            hint="Keep one row per series and month; the same row twice does no harm.",
        )


def _group_numbers(names: list[str], rows: NDArray[np.int64], groups: NDArray[Any]) -> NDArray[np.int64]:
    texts = [str(group) for group in groups]
    kinds = sorted(set(texts))
    numbers = np.searchsorted(kinds, texts)
    low, high = np.full(len(names), len(kinds)), np.full(len(names), -1)
    np.minimum.at(low, rows, numbers)
    np.maximum.at(high, rows, numbers)
    if (low != high).any():
        place = int(np.flatnonzero(low != high)[0])
        raise InputError(
            f"{names[place]} stands in two groups, {kinds[low[place]]} and {kinds[high[place]]}.",
            hint="A series belongs to one group.",
        )
    return low.astype(np.int64)


def _text(month: int) -> str:
    return str(np.datetime64(month, "M"))
