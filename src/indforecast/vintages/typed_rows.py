"""Rows of the store's tables between pandas and Arrow: days are days, persons are whole.

What belongs here: the types of columns in both worlds. What does not: which columns a table has (``store``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

_DAYS = ("period", "available_from", "first_vintage", "last_vintage", "vintage", "forecast_origin")
_WHOLE = ("observed", "rows", "rows_added")


def to_arrow(frame: pd.DataFrame) -> pa.Table:
    """Columns as they are stored: days, 64-bit integers, text; none may be empty."""
    import pyarrow as pa

    kinds = {**dict.fromkeys(_DAYS, pa.date32()), **dict.fromkeys(_WHOLE, pa.int64())}
    schema = pa.schema([pa.field(name, kinds.get(name, pa.string()), nullable=False) for name in frame.columns])
    return pa.Table.from_pandas(frame, schema=schema, preserve_index=False)


def from_arrow(table: pa.Table) -> pd.DataFrame:
    """Columns as frames hold them: days as ``datetime64[ns]``, text as objects, coded text as categories."""
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        if pa.types.is_date(field.type):
            table = table.set_column(place, field.name, table.column(place).cast(pa.timestamp("ns")))
    frame: pd.DataFrame = table.to_pandas()
    return frame


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Categories as the objects they stand for; other columns as they are."""
    coded = [name for name in frame.columns if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    return frame.assign(**{name: frame[name].to_numpy(dtype=object) for name in coded})


def no_rows(columns: Sequence[str]) -> pd.DataFrame:
    """An empty frame of the types that :func:`from_arrow` gives."""
    kinds = {**dict.fromkeys(_DAYS, "datetime64[ns]"), **dict.fromkeys(_WHOLE, "int64")}
    return pd.DataFrame({name: pd.Series(dtype=kinds.get(name, "object")) for name in columns})
