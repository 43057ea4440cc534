"""Nowcasts as a table that people read, beside the figures as published.

What belongs here: columns, rounding and order. What does not: the nowcast itself (``forecasting.nowcast``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.forecasting.nowcast import month_nowcasts, revision_triangle
from indforecast.forecasting.nowcast_panels import reaches_models

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from indforecast.config.settings import NowcastSettings

#: Columns of the table; see the data dictionary.
NOWCAST_COLUMNS: Final = (
    "series_id", "period", "age_months", "kind", "first_observed", "observed", "completeness", "unchanged",
    "median", "lower", "upper", "past_cases", "in_forecast",
)  # fmt: skip

#: Newest months shown: most of what still moves.
SHOWN_MONTHS: Final = 6

#: Lower, median and upper; and the probability of what lies between the outer two.
_LEVELS = (0.1, 0.5, 0.9)
NOWCAST_PROBABILITY: Final = 0.8


def nowcast_table(
    revisions: pd.DataFrame,
    day: date,
    series_ids: Sequence[str],
    *,
    settings: NowcastSettings,
    origin: np.datetime64 | None = None,
) -> pd.DataFrame:
    """What the newest months will be when nobody revises them any more, by what was known on a day.

    Parameters
    ----------
    revisions : DataFrame
        As ``Store.revisions`` answers; rows after ``day`` are not looked at.
    day : date
        What is known at its end.
    series_ids : sequence of str
        Which series, in which order; those without revisions of their own kind are left out where invented.
    settings : NowcastSettings
        Says what reaches the models.
    origin : datetime64[M], optional
        Last month of the history that models see; the newest month that all of these series have when omitted.

    Returns
    -------
    DataFrame
        :data:`NOWCAST_COLUMNS`, newest month first within a series. Persons are whole; ``lower`` and ``upper``
        hold the final figure with probability 0.8.
    """
    triangle = revision_triangle(revisions, day, series_ids)
    found = month_nowcasts(triangle, newest=SHOWN_MONTHS)
    said = ~np.isnan(triangle.figures)
    opening = np.take_along_axis(triangle.figures, said.argmax(axis=2)[..., np.newaxis], axis=2)[..., 0]
    column = (found.months - triangle.months[0]).astype(np.int64)
    if origin is None:
        last = [found.months[found.series == row].max() for row in np.unique(found.series)]
        origin = min(last, default=np.datetime64(day, "M"))
    quantiles = np.rint(found.nowcast.quantiles(_LEVELS)).astype(np.int64)
    table = pd.DataFrame(
        {
            "series_id": np.array(series_ids, dtype=object)[found.series],
            "period": found.months.astype("datetime64[ns]"),
            "age_months": found.age,
            "kind": np.where(found.estimated, "estimate", "publisher"),
            "first_observed": opening[found.series, column].astype(np.int64),
            "observed": found.nowcast.current.astype(np.int64),
            "completeness": found.nowcast.completeness.round(4),
            "unchanged": found.nowcast.unchanged.round(4),
            "median": quantiles[:, 1],
            "lower": quantiles[:, 0],
            "upper": quantiles[:, 2],
            "past_cases": found.nowcast.cases,
            "in_forecast": settings.enabled
            & reaches_models(found, series_ids, origin, settings.estimated_streams),
            "_row": found.series,
        }
    )
    table = table.sort_values(["_row", "period"], ascending=[True, False], ignore_index=True)
    return table[list(NOWCAST_COLUMNS)]
