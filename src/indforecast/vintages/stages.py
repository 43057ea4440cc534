"""Work tables: what one stage of a run hands to the next, so that any stage can be run again by itself.

What belongs here: frames, JSON and paths under ``home/work/<vintage>``. What does not: anything that must outlive
the next run (``store``, ``publication``).
"""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from indforecast.domain.errors import NotFound
from indforecast.domain.files import sha256_hex
from indforecast.vintages.atomic import write_atomically
from indforecast.vintages.failures import explained

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import xarray as xr

_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]*$")


class Stages:
    """The work tables of one vintage.

    Parameters
    ----------
    home : Path
        Folder of the store.
    vintage : date or str
        The vintage that is worked on, or a plain name for work that belongs to none.
    """

    def __init__(self, home: Path, vintage: date | str) -> None:
        name = vintage if isinstance(vintage, str) else pd.Timestamp(vintage).date().isoformat()
        if not _NAME.match(name):
            raise ValueError(f"a folder of stages is a day or a plain lower-case name, not {name!r}")
        self.path = home / "work" / name

    def write(self, name: str, frame: pd.DataFrame) -> str:
        """Keep a frame; equal frames are equal bytes.

        Parameters
        ----------
        name : str
            Stage: lower-case letters, digits, ``_`` and ``-``.
        frame : DataFrame
            Any columns that Parquet knows, with an unnamed index, which is not kept.

        Returns
        -------
        str
            SHA-256 of the file.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        if any(level is not None for level in frame.index.names):
            raise ValueError(f"stage '{name}': reset the index {frame.index.names} first, it is not kept")
        # Attributes are a frame's loose notes; they would make bytes differ between equal frames.
        plain = frame.reset_index(drop=True)
        plain.attrs = {}
        buffer = io.BytesIO()
        table = pa.Table.from_pandas(plain, preserve_index=False)
        pq.write_table(table, buffer, compression="zstd", version="2.6")
        return self._keep(name, "parquet", buffer.getvalue())

    def read(self, name: str) -> pd.DataFrame:
        """A frame that was written before.

        Raises
        ------
        NotFound
            If the stage has not been run for this vintage.
        StoreUnavailable
            If the file is damaged.
        """
        import pyarrow.parquet as pq

        path = self._existing(name, "parquet")
        with explained(str(path)):
            frame: pd.DataFrame = pq.read_table(io.BytesIO(path.read_bytes())).to_pandas()
        return frame

    def write_json(self, name: str, value: Any) -> str:
        """Keep a JSON value with sorted keys; returns the SHA-256 of the file."""
        text = json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False, default=str)
        return self._keep(name, "json", text.encode() + b"\n")

    def read_json(self, name: str) -> Any:
        """A JSON value that was written before; raises like :meth:`read`."""
        path = self._existing(name, "json")
        with explained(str(path)):
            return json.loads(path.read_bytes())

    def write_paths(self, name: str, paths: xr.DataArray) -> str:
        """Keep joint paths, one row per series and path, one column per month.

        Parameters
        ----------
        name : str
            Stage.
        paths : DataArray
            Dims ``series_id``, ``path``, ``period``; ``period`` as datetime64.

        Returns
        -------
        str
            SHA-256 of the file.
        """
        ordered = paths.transpose("series_id", "path", "period")
        series, draws, months = ordered.shape
        labels = [str(month) for month in ordered["period"].to_numpy().astype("datetime64[M]")]
        values = pd.DataFrame(ordered.to_numpy().reshape(series * draws, months), columns=labels)
        values.insert(0, "series_id", np.repeat(ordered["series_id"].to_numpy().astype(object), draws))
        values.insert(1, "path", np.tile(ordered["path"].to_numpy().astype(np.int64), series))
        return self.write(name, values)

    def read_paths(self, name: str) -> xr.DataArray:
        """Joint paths that were written before, named ``inflow_persons``; raises like :meth:`read`.

        ``period`` comes back as month starts in ``datetime64[ns]``, whatever unit it had.
        """
        import xarray as xr

        frame = self.read(name)
        months = pd.to_datetime(pd.Index(frame.columns[2:]), format="%Y-%m")
        series_ids = list(dict.fromkeys(frame["series_id"]))
        draws = frame["path"].to_numpy()[: len(frame) // len(series_ids)]
        values = frame.iloc[:, 2:].to_numpy(dtype=np.float64).reshape(len(series_ids), len(draws), len(months))
        return xr.DataArray(
            values,
            dims=("series_id", "path", "period"),
            coords={"series_id": series_ids, "path": draws, "period": months.to_numpy().astype("datetime64[ns]")},
            name="inflow_persons",
        )

    def has(self, name: str) -> bool:
        """Whether a frame or JSON value of this name was written."""
        return any(self._path(name, kind).exists() for kind in ("parquet", "json"))

    def _keep(self, name: str, kind: str, content: bytes) -> str:
        path = self._path(name, kind)
        with explained(str(path)):
            write_atomically(path, content)
        return sha256_hex(content)

    def _existing(self, name: str, kind: str) -> Path:
        path = self._path(name, kind)
        if not path.exists():
            raise NotFound(
                f"Stage '{name}' of {self.path.name} has not been made yet.",
                hint="Run `indforecast run`, which makes every stage.",
            )
        return path

    def _path(self, name: str, kind: str) -> Path:
        if not _NAME.match(name):
            raise ValueError(f"a stage has a plain lower-case name, not {name!r}")
        return self.path / f"{name}.{kind}"
