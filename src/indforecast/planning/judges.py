"""When it must be known how many judges and legal staff hearings ask for.

What belongs here: bands of judges and legal staff per year with the month by which recruiting has to begin. What
does not: hearings themselves (``hearings``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.planning.tables import year_spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.config.planning_late import LatePlanning
    from indforecast.planning.hearings import CourtPaths

JUDGE_COLUMNS = (
    "year",
    "judges_minimum",
    "judges_medio",
    "judges_maximum",
    "judges_now",
    "judges_gap",
    "recruit_from",
    "recruit_by",
    "too_late",
    "legal_fte_minimum",
    "legal_fte_medio",
    "legal_fte_maximum",
    "unattended_share",
)


def judges_needed(
    courts: CourtPaths,
    months: NDArray[np.datetime64],
    origin: np.datetime64,
    settings: LatePlanning,
    productive_hours: float,
    levels: tuple[float, float, float],
) -> pd.DataFrame:
    """Judges and legal staff per calendar year, and when recruiting judges for it has to begin.

    Parameters
    ----------
    courts : CourtPaths
        Over ``months``.
    months : ndarray of datetime64[M]
        Shape ``[month]``.
    origin : datetime64[M]
        The last observed month: what must have begun by then is too late.
    settings : LatePlanning
        Months of training, and judges at present.
    productive_hours : float
        Hours a year per FTE of the legal department.
    levels : tuple of float
        Quantile levels of minimum, medio and maximum.

    Returns
    -------
    DataFrame
        ``JUDGE_COLUMNS``. Judges are needed from January on: recruiting begins ``judge_training_high`` (from) to
        ``judge_training_low`` (by) months before. ``judges_gap`` is the medio less ``judges_now``; both are None
        when ``judges_now`` is not given. ``unattended_share`` is hearings that present legal staff cannot
        attend over all hearings, all paths together.
    """
    rows: list[tuple[object, ...]] = []
    present = None if settings.judges_now is None else settings.judges_now.value
    for year, columns in year_spans(months).items():
        january = np.datetime64(f"{year}-01", "M")
        begin = january - round(settings.judge_training_high.value)
        latest = january - round(settings.judge_training_low.value)
        judges = np.quantile(courts.judges[:, columns].mean(axis=1), levels)
        span = columns.stop - columns.start
        legal = courts.legal_hours[:, columns].sum(axis=1) * (12 / span) / productive_hours
        staff = np.quantile(legal, levels)
        hearings = courts.hearings[:, columns].sum()
        missed = courts.unattended[:, columns].sum() / hearings if hearings else 0.0
        rows.append(
            (
                year,
                *np.round(judges, 1),
                present,
                None if present is None else round(float(judges[1]) - present, 1),
                str(begin),
                str(latest),
                bool(latest <= origin),
                *np.round(staff, 1),
                round(float(missed), 4),
            )
        )
    return pd.DataFrame(rows, columns=list(JUDGE_COLUMNS))
