"""The reference data set as it is packaged: a delivery in canonical form.

What belongs here: reading ``data/observations.csv``. What does not: making it (``build``).
"""

from __future__ import annotations

import io
from importlib import resources
from typing import Final

import pandas as pd

from indforecast.domain.observations import DELIVERY_COLUMNS

#: What the packaged data set is called where it comes in, and who is named as its publisher.
REFERENCE_NAME: Final = "reference-observations.csv"
REFERENCE_PUBLISHER: Final = "CBS, IND, COA (embedded reference data)"


def reference_csv() -> bytes:
    """The packaged data set, byte for byte.

    Returns
    -------
    bytes
        UTF-8 CSV with the columns of ``DELIVERY_COLUMNS``; ``period`` as ``YYYY-MM``, ``available_from`` as
        ``YYYY-MM-DD``; sorted by series, period and vintage.
    """
    return (resources.files("indforecast.reference") / "data" / "observations.csv").read_bytes()


def reference_frame() -> pd.DataFrame:
    """The packaged data set as a delivery frame.

    Returns
    -------
    DataFrame
        Columns of ``DELIVERY_COLUMNS``: ``period`` month start and ``available_from`` day as ``datetime64[ns]``,
        ``observed`` whole persons as ``int64``; one row per (series_id, period, available_from).
    """
    return read_delivery(reference_csv())


def read_delivery(content: bytes) -> pd.DataFrame:
    """Read a canonical delivery that this room wrote itself.

    Parameters
    ----------
    content : bytes
        As :func:`reference_csv` returns. Trusted: files from outside go through ``sources``.
    """
    frame = pd.read_csv(io.BytesIO(content), dtype=dict.fromkeys(DELIVERY_COLUMNS, "str"), keep_default_na=False)
    frame["observed"] = frame["observed"].astype("int64")
    frame["period"] = pd.to_datetime(frame["period"], format="%Y-%m")
    frame["available_from"] = pd.to_datetime(frame["available_from"], format="%Y-%m-%d")
    return frame


def write_delivery(frame: pd.DataFrame) -> bytes:
    """Canonical bytes of a delivery frame: sorted by key, Unix line ends, no index.

    Parameters
    ----------
    frame : DataFrame
        Columns of ``DELIVERY_COLUMNS``.
    """
    ordered = frame.sort_values(["series_id", "period", "available_from"], kind="stable")
    out = ordered.loc[:, list(DELIVERY_COLUMNS)].copy()
    out["period"] = out["period"].dt.strftime("%Y-%m")
    out["available_from"] = out["available_from"].dt.strftime("%Y-%m-%d")
    return str(out.to_csv(index=False, lineterminator="\n")).encode()
