"""Open cases, decisions and terms by track and calendar year, as a table.

What belongs here: bands of what tracks' queues say. What does not: the queues (``streams``), waiting times
(``waiting_table``), measures of whole streams (``tables``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.planning.measures import ALL
from indforecast.planning.queue_paths import share
from indforecast.planning.tables import year_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.planning.queue_paths import QueuePaths
    from indforecast.planning.streams import StreamPaths

TRACK_COLUMNS: Final = (
    "series_id", "track", "measure", "year", "minimum", "medio", "maximum", "unit", "months",
)  # fmt: skip
#: Unit and decimals; sums of the year's months, a ratio of sums, or the year's last month.
_SUMS: Final = ("decisions", "newly_late")
_YEAR_ENDS: Final = ("open_cases", "open_past_term", "mean_age")
_UNITS: Final = {"share_in_term": ("share", 4), "mean_age": ("months", 1)}


def track_table(
    streams: Sequence[StreamPaths], months: NDArray[np.datetime64], levels: tuple[float, float, float]
) -> pd.DataFrame:
    """Bands per track and calendar year.

    Parameters
    ----------
    streams : sequence of StreamPaths
        Queues along timelines that all end with ``months`` and begin no later.
    months : ndarray of datetime64[M]
        Months wanted, shape ``[month]``.
    levels : tuple of float
        Quantile levels of minimum, medio and maximum.

    Returns
    -------
    DataFrame
        ``TRACK_COLUMNS``. Track ``all`` is the stream; it stands alone for a stream of one track. ``decisions``
        and ``newly_late`` are the year's, ``share_in_term`` is of the year's decisions, ``open_cases``,
        ``open_past_term`` and ``mean_age`` (months) stand at its end. ``months``: how many of the year there are.
    """
    spans = year_spans(months)
    rows = []
    for stream in streams:
        tracks = {ALL: stream.queue, **(stream.tracks if len(stream.tracks) > 1 else {})}
        for track, queue in tracks.items():
            for measure, by_year in _years(queue, months.size, spans).items():
                unit, decimals = _UNITS.get(measure, ("cases", 1))
                rows += [
                    (
                        stream.series_id,
                        track,
                        measure,
                        year,
                        *np.round(np.quantile(values, levels), decimals),
                        unit,
                        spans[year].stop - spans[year].start,
                    )
                    for year, values in by_year.items()
                ]
    return pd.DataFrame(rows, columns=list(TRACK_COLUMNS))


def _years(queue: QueuePaths, window: int, spans: dict[int, slice]) -> dict[str, dict[int, NDArray[np.float64]]]:
    """Each measure's values on the paths, by year."""

    def of(name: str) -> NDArray[np.float64]:
        return np.asarray(getattr(queue, name)[:, -window:])

    found: dict[str, dict[int, NDArray[np.float64]]] = {
        name: {year: of(name)[:, columns].sum(axis=1) for year, columns in spans.items()} for name in _SUMS
    }
    decided = of("decided_in_term")
    found["share_in_term"] = {
        year: share(decided[:, columns].sum(axis=1), found["decisions"][year]) for year, columns in spans.items()
    }
    for name in _YEAR_ENDS:
        found[name] = {year: of(name)[:, columns][:, -1] for year, columns in spans.items()}
    return found
