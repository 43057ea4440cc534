"""Forecasts that were made before, so that a backtest does not make them again.

What belongs here: the table of predictive quantiles by what they were computed from. What does not: computing or
scoring them (``models``, ``evaluation``), published forecasts (``publication``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.errors import StoreLocked
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.vintages.failures import WriteConflict
from indforecast.vintages.tables import Table
from indforecast.vintages.typed_rows import from_arrow

if TYPE_CHECKING:
    import pyarrow as pa

#: Columns of the table, apart from ``code``.
FORECAST_COLUMNS: tuple[str, ...] = (
    "vintage", "forecast_origin", "model", "series_id", "horizon", "quantiles", "input_hash", "failure",
)  # fmt: skip
#: What identifies a row, within one ``code``.
FORECAST_KEY: tuple[str, ...] = ("input_hash", "model", "series_id", "horizon")

_KEY = list(FORECAST_KEY)
_ORDER = ["vintage", "model", "series_id", "horizon", "input_hash"]
_ATTEMPTS = 5


class ForecastTable:
    """Delta table ``forecasts``, kept apart by version of the code that made them.

    Parameters
    ----------
    root : str
        Folder or object-store URL of all tables.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._table = Table(root, "forecasts", partition_by=["code"])

    def write(self, frame: pd.DataFrame, *, code: str | None = None) -> int:
        """Keep the rows whose key is not kept yet, in one transaction.

        Parameters
        ----------
        frame : DataFrame
            ``FORECAST_COLUMNS``: ``vintage`` and ``forecast_origin`` days, ``horizon`` from 1, ``quantiles`` an
            array of ``len(HUB_LEVELS)`` persons per month or None, ``failure`` a reason or None. A column ``code``
            may say which code made each row.
        code : str, optional
            Version of the code that made all rows; required where the frame has no such column.

        Returns
        -------
        int
            Rows added.

        Raises
        ------
        ValueError
            If a column is missing, the code is not said, or quantiles have another length.
        StoreUnavailable
            If the disk is full, forbidden or damaged; nothing was changed.
        """
        missing = [column for column in FORECAST_COLUMNS if column not in frame]
        if missing:
            raise ValueError(f"a frame of forecasts lacks {missing}")
        if code is None and "code" not in frame:
            raise ValueError("say which code made the forecasts: code=models_code(), or a column 'code'")
        if frame.empty:
            return 0
        rows = frame[list(FORECAST_COLUMNS)].assign(code=frame["code"] if code is None else code)
        if not rows["code"].astype(str).str.len().all():
            raise ValueError("the code that made a forecast cannot be an empty text")
        rows = rows.drop_duplicates(["code", *_KEY]).sort_values(["code", *_ORDER], ignore_index=True)
        for _ in range(_ATTEMPTS):
            new = rows[~self._is_kept(rows)]
            if new.empty:
                return 0
            try:
                self._table.append(_to_arrow(new))
            except WriteConflict:
                continue
            return len(new)
        raise StoreLocked(
            f"Another machine keeps writing to the tables in {self._root}.",
            hint="Run the same command again when it has ended.",
        )

    def read(self, *, code: str) -> pd.DataFrame:
        """All forecasts that one version of the code made.

        Parameters
        ----------
        code : str
            As said to :meth:`write`.

        Returns
        -------
        DataFrame
            ``FORECAST_COLUMNS``; days as ``datetime64[ns]``, ``horizon`` int32, ``quantiles`` arrays of shape
            ``[L]`` or None, ordered by vintage, model, series, horizon. Empty when there are none.
        """
        if self._table.refresh() < 0:
            return _empty()
        table = self._table.read(FORECAST_COLUMNS, partitions=[("code", "=", code)])
        if not table.num_rows:
            return _empty()
        frame = from_arrow(table)
        return frame.drop_duplicates(_KEY).sort_values(_ORDER, ignore_index=True)

    def _is_kept(self, rows: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        kept = np.zeros(len(rows), dtype=bool)
        if self._table.refresh() < 0:
            return kept
        for code, part in rows.groupby("code"):
            keys = self._table.read(_KEY, partitions=[("code", "=", str(code))]).to_pandas()
            known = pd.MultiIndex.from_frame(keys[_KEY])
            kept[part.index.to_numpy()] = pd.MultiIndex.from_frame(part[_KEY]).isin(known)
        return kept


def _to_arrow(rows: pd.DataFrame) -> pa.Table:
    import pyarrow as pa

    quantiles = rows["quantiles"].to_list()
    absent = np.array([value is None or np.ndim(value) == 0 for value in quantiles])
    given = [
        np.asarray(value, dtype=np.float64) for value, none in zip(quantiles, absent, strict=True) if not none
    ]
    if any(value.shape != (len(HUB_LEVELS),) for value in given):
        raise ValueError(f"quantiles must have {len(HUB_LEVELS)} levels")
    lengths = np.where(absent, 0, len(HUB_LEVELS))
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), type=pa.int32())
    values = pa.array(np.concatenate(given) if given else np.zeros(0), type=pa.float64())
    days = {
        name: pa.array(pd.to_datetime(rows[name]).dt.date.to_list(), type=pa.date32())
        for name in ("vintage", "forecast_origin")
    }
    failures = [None if pd.isna(value) else str(value) for value in rows["failure"]]
    return pa.table(
        {
            **days,
            "model": pa.array(rows["model"].astype(str), type=pa.string()),
            "series_id": pa.array(rows["series_id"].astype(str), type=pa.string()),
            "horizon": pa.array(rows["horizon"].to_numpy(dtype=np.int32)),
            "quantiles": pa.ListArray.from_arrays(offsets, values, mask=pa.array(absent)),
            "input_hash": pa.array(rows["input_hash"].astype(str), type=pa.string()),
            "failure": pa.array(failures, type=pa.string()),
            "code": pa.array(rows["code"].astype(str), type=pa.string()),
        }
    )


def _empty() -> pd.DataFrame:
    kinds = {"vintage": "datetime64[ns]", "forecast_origin": "datetime64[ns]", "horizon": "int32"}
    return pd.DataFrame({name: pd.Series(dtype=kinds.get(name, "object")) for name in FORECAST_COLUMNS})
