"""What a release is made from, as one value.

What belongs here: the hand-over between the stage that composes a release and the room that publishes it. What
does not: any computation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import numpy as np
    import pandas as pd
    import xarray as xr

    from indforecast.config import Settings
    from indforecast.domain.observations import History
    from indforecast.domain.series import Hierarchy
    from indforecast.publication.release import Release


@dataclass(frozen=True)
class ReleaseInputs:
    """All that a release is made from.

    Parameters
    ----------
    vintage : date
        Data cut-off.
    forecast_origin : datetime64[M] or Timestamp
        Last observed month.
    settings : Settings
        The settings that the figures were made with.
    history : History
        What could be known at ``vintage``.
    hierarchy : Hierarchy
        The streams in publication order.
    paths : DataArray
        Joint sample paths, dimensions ``series_id, path, period``, whole persons per month.
    tables : mapping of str to DataFrame
        The tables of ``tables.REQUIRED_COLUMNS``; ``history`` may be left out, it is taken from ``history``.
    verdicts : sequence of dict
        ``Verdict.to_dict()`` of every check on what is published: ``delivery`` on delivery ids, ``bands`` on
        ``tables.table_sha256`` of ``monthly_bands`` and of ``yearly_bands``.
    deliveries : DataFrame
        ``Store.deliveries()`` limited to the vintage: delivery_id, name, publisher, rows, first_vintage,
        last_vintage.
    seeds : mapping
        What each generator was seeded with.
    code_version : str
        ``code.code_version()``.
    previous : Release, optional
        The release to compare with (``release.previous_release``); None for the first one.
    edition : int
        Which release on this vintage it is. ``publish`` counts it itself, under its lock.
    """

    vintage: date
    forecast_origin: np.datetime64 | pd.Timestamp
    settings: Settings
    history: History
    hierarchy: Hierarchy
    paths: xr.DataArray
    tables: Mapping[str, pd.DataFrame]
    verdicts: Sequence[Mapping[str, Any]]
    deliveries: pd.DataFrame
    seeds: Mapping[str, object]
    code_version: str
    previous: Release | None = None
    edition: int = 1
