"""The legal term of a case by its month of application.

What belongs here: terms along months, from a stream's dated figures. What does not: the figures and their sources
(``config.planning_terms``), who is late (``cohorts``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.config.planning import value_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.config.planning import StreamPlanning


def terms_by_month(
    settings: StreamPlanning, months: NDArray[np.datetime64], track: str | None = None
) -> NDArray[np.int64]:
    """Legal term in whole months of the applications of each month.

    A track with terms of its own has those. Otherwise it is the stream's term with its extension, and with the
    extension by month of application that the chosen reading of the law gives.

    Parameters
    ----------
    settings : StreamPlanning
        The stream's figures.
    months : ndarray of datetime64[M]
        Months of application, shape ``[month]``.
    track : str, optional
        A track of the stream.
    """
    labels = months.astype(str)
    own = settings.tracks[track].term if track is not None else None
    if own is not None:
        return np.array([round(value_at(own, month)) for month in labels], dtype=np.int64)
    added = settings.extensions[settings.reading] if settings.reading is not None else {}
    return np.array(
        [settings.term_months + (round(value_at(added, m)) if added and m >= min(added) else 0) for m in labels],
        dtype=np.int64,
    )
