"""Tables of a release as bytes: the same values are the same bytes, on every machine.

What belongs here: the columns that every release has, and writing and reading them as CSV and Parquet. What does
not: what the figures mean to a reader (``sections``) or where they come from.

A month is ``YYYY-MM`` in CSV and the month's first day in Parquet; a day is ``YYYY-MM-DD``. CSV holds 15
significant digits, Parquet all. Text that a spreadsheet would run as a formula gets an apostrophe before it in
CSV.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from indforecast.domain.files import sha256_hex
from indforecast.domain.observations import DELIVERY_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr
    from numpy.typing import NDArray

#: Columns that each table of a release must have; more are published as they come. Units: ``docs/data-
#: dictionary.md``.
REQUIRED_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "history": DELIVERY_COLUMNS,
    "monthly_bands": ("series_id", "period", "minimum", "medio", "maximum"),
    "yearly_bands": (
        "series_id", "year", "minimum", "medio", "maximum", "observed_months", "observed_persons",
    ),
    "quantiles": ("series_id", "horizon", "period", "quantile_level", "value"),
    "weights": ("series_id", "horizon_band", "model", "weight"),
    "leaderboard": (
        "series_id", "model", "horizon_band", "wis_ratio", "coverage_80", "targets", "independent_windows",
        "simulated",
    ),
    "hit_rates": (
        "series_id", "kind", "horizon_band", "probability", "hit_rate", "targets", "independent_windows",
        "validated", "note",
    ),
    "failures": ("vintage", "model", "series_id", "reason"),
    "plan_monthly": ("measure", "series_id", "period", "minimum", "medio", "maximum", "unit"),
    "plan_yearly": ("measure", "series_id", "year", "minimum", "medio", "maximum", "unit"),
}  # fmt: skip

#: Columns that hold a month, and columns that hold a day, in whatever table they stand.
MONTH_COLUMNS: Final = ("period", "forecast_origin", "applied", "decided_by")
DAY_COLUMNS: Final = ("available_from", "vintage", "first_vintage", "last_vintage")

#: How a text begins that spreadsheets take for a formula (OWASP, CSV injection).
#: Behind a semicolon as well: where it separates lists, as in Dutch, a spreadsheet begins a new cell there.
_RUN_BY_SPREADSHEETS: Final = re.compile(r"(?:^|(?<=;))(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])")

_INT32_MAX: Final = np.iinfo(np.int32).max


def check_tables(tables: Mapping[str, pd.DataFrame]) -> None:
    """See that every table and column of :data:`REQUIRED_COLUMNS` is there.

    Raises
    ------
    ValueError
        Naming all that is missing: a mistake of the caller, not of a user.
    """
    problems = [f"table {name}" for name in REQUIRED_COLUMNS if name not in tables]
    for name, columns in REQUIRED_COLUMNS.items():
        if name in tables:
            problems += [f"{name}.{column}" for column in columns if column not in tables[name].columns]
    if problems:
        raise ValueError(f"a release cannot be made without: {', '.join(problems)}")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table one by one, each by column name."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def csv_bytes(frame: pd.DataFrame) -> bytes:
    r"""A table as CSV: header, UTF-8, ``,`` and ``\n``; nothing is written where a value is missing.

    Text that begins with ``=``, ``+``, ``-``, ``@`` (in full width as well), a tab or a line end is neutralised:
    an apostrophe stands before it, so that a spreadsheet shows it and does not run it; the same behind a
    semicolon, which separates cells where lists are written with it. Numbers stay numbers.
    """
    text = frame.rename(columns=_neutral)
    for column in text.columns:
        if column in MONTH_COLUMNS:
            text[column] = pd.to_datetime(text[column]).dt.strftime("%Y-%m")
        elif column in DAY_COLUMNS:
            text[column] = pd.to_datetime(text[column]).dt.strftime("%Y-%m-%d")
        elif pd.api.types.is_bool_dtype(text[column]):
            text[column] = text[column].map({True: "true", False: "false"})
        elif not pd.api.types.is_numeric_dtype(text[column]):
            text[column] = text[column].map(_neutral)
    return text.to_csv(index=False, lineterminator="\n", float_format="%.15g").encode()


def _neutral(cell: Any) -> Any:
    """Text as a spreadsheet will show it rather than run it; anything else as it is."""
    return _RUN_BY_SPREADSHEETS.sub("'", cell) if isinstance(cell, str) else cell


def table_sha256(frame: pd.DataFrame) -> str:
    """Hash of a table's values: what a verdict on it must carry (the hash of its CSV form)."""
    return sha256_hex(csv_bytes(frame))


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """A table as Parquet, without anything of the writer's own but its version."""
    import pyarrow as pa

    arrays = []
    for column in frame.columns:
        values = frame[column]
        if column in MONTH_COLUMNS + DAY_COLUMNS:
            arrays.append(pa.array(pd.to_datetime(values).dt.date, pa.date32(), from_pandas=True))
        elif pd.api.types.is_numeric_dtype(values):
            arrays.append(pa.array(values, from_pandas=True))
        else:
            arrays.append(pa.array(values.astype(object), pa.string(), from_pandas=True))
    return _write(pa.table(arrays, names=[str(column) for column in frame.columns]))


def paths_bytes(paths: xr.DataArray) -> bytes:
    """Joint sample paths as long Parquet: ``series_id, path, period, inflow_persons`` (int32, whole persons).

    Parameters
    ----------
    paths : DataArray
        Dimensions ``series_id, path, period``.

    Raises
    ------
    ValueError
        If a value is not a whole number of persons from 0 to 2,147,483,647.
    """
    import pyarrow as pa

    values = paths.transpose("series_id", "path", "period").to_numpy()
    if not np.all(np.isfinite(values)) or np.any(values < 0) or np.any(values > _INT32_MAX):
        raise ValueError("paths hold values that are no numbers of persons")
    if np.any(values != np.rint(values)):
        raise ValueError("paths hold fractions of persons")
    series, draws, months = values.shape
    ids = [str(name) for name in paths["series_id"].to_numpy()]
    periods = paths["period"].to_numpy().astype("datetime64[D]")
    codes = pa.array(np.repeat(np.arange(series, dtype=np.int32), draws * months))
    table = pa.table(
        {
            "series_id": pa.DictionaryArray.from_arrays(codes, pa.array(ids)).cast(pa.string()),
            "path": np.tile(np.repeat(np.arange(draws, dtype=np.int32), months), series),
            "period": pa.array(np.tile(periods, series * draws), pa.date32()),
            "inflow_persons": values.astype(np.int32).ravel(),
        }
    )
    return _write(table, row_group_size=draws * months)


def read_paths(content: bytes) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.datetime64]]:
    """The inverse of :func:`paths_bytes`: arrays ``[path, period]`` by series, and the periods."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(content))
    days = table["period"].to_numpy().astype("datetime64[M]")
    draws = int(table["path"].to_numpy()[-1]) + 1
    series = table["series_id"].to_pylist()[:: draws * np.unique(days).size]
    values = table["inflow_persons"].to_numpy().astype(np.float64).reshape(len(series), draws, -1)
    return dict(zip(series, values, strict=True)), days[: values.shape[2]]


def read_parquet(content: bytes) -> pd.DataFrame:
    """The inverse of :func:`parquet_bytes`: months and days come back as ``datetime64[ns]``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    frame: pd.DataFrame = pq.read_table(pa.BufferReader(content)).to_pandas(date_as_object=True)
    for column in frame.columns:
        if column in MONTH_COLUMNS + DAY_COLUMNS:
            frame[column] = pd.to_datetime(frame[column])
    return frame


def _write(table: object, row_group_size: int | None = None) -> bytes:
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(
        table, sink, compression="zstd", compression_level=9, store_schema=False, row_group_size=row_group_size
    )
    return sink.getvalue()
