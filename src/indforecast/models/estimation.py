"""When a fitted model's parameters are estimated, on which months, and how wide its innovations are now.

A model's answer is a pure function of the panel it is handed, so that caching and sharing the work out never
change it. What belongs here: the window of estimation, filling of gaps, the recent innovation variance,
beliefs that several fitted models share. What does not: any one model's likelihood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.models.log_scale import LogSeries

#: Observed months a fitted model wants: two full years.
MINIMUM_MONTHS = 24

#: A window of fewer months than this is not worth cutting: everything known is used instead.
SHORTEST_WINDOW = 36

#: The window ends with a December that lies at least this many months before the newest observation, so that a
#: year's last months are mostly final and four quarterly origins share one estimate.
SETTLING_MONTHS = 3

#: Weight of the past in the recent innovation variance, per month: a memory of about 16 months.
VARIANCE_DECAY = 0.94

#: A squared innovation counts for at most so many times the running variance (four standard deviations), so
#: that one collapse does not widen the bands for years.
CLIP = 16.0

#: Months whose mean square starts the running variance.
STARTING_MONTHS = 24

#: What is left of a level's distance from its long-run mean after a month: half of it is gone in 34 months.
#: With 1 (a random walk) the variance at 60 months would grow without end.
LEVEL_PERSISTENCE = 0.98

#: Standard deviations, on the log scale, of what is believed of a season coefficient and of an event's effect
#: before the data speak; 1 is a factor of 2.7 either way.
SEASON_PRIOR, EVENT_PRIOR = 0.3, 1.0


def estimation_window(series: LogSeries) -> NDArray[np.float64]:
    """The part of a series on which parameters are estimated.

    It ends with the last December at least ``SETTLING_MONTHS`` before the newest observation, *of the panel at
    hand*: the same past as a January estimate kept for the year, without any memory of an earlier panel. A
    window shorter than ``SHORTEST_WINDOW`` is replaced by the whole series.

    Parameters
    ----------
    series : LogSeries
        The series as known.

    Returns
    -------
    ndarray
        Log counts, shape ``[W]``; the first and the last are observed.
    """
    newest = series.periods[-1] - SETTLING_MONTHS
    december = (newest + 1).astype("datetime64[Y]").astype("datetime64[M]") - 1
    window = series.up_to(december)
    observed = np.flatnonzero(~np.isnan(window))
    if observed.size < SHORTEST_WINDOW:
        return series.log_counts
    return window[: int(observed[-1]) + 1]


def interpolated(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fill gaps linearly on the log scale, from the months on either side: nothing after the last month is used.

    Parameters
    ----------
    values : ndarray of float
        Log counts, shape ``[T]``, first and last observed.
    """
    missing = np.isnan(values)
    filled = values.copy()
    filled[missing] = np.interp(np.flatnonzero(missing), np.flatnonzero(~missing), values[~missing])
    return filled


def recent_variance(innovations: NDArray[np.float64]) -> float:
    """Exponentially weighted variance of innovations around nought, each clipped at four deviations.

    The likelihood weighs a crisis of years ago like last month. A band is about the months to come, so its
    width leans on recent innovations (RiskMetrics' decay of .94; clipping as in Gelper, Fried & Croux 2010,
    doi 10.1002/for.1125).

    Parameters
    ----------
    innovations : ndarray of float
        One-step errors in calendar order, shape ``[T]``; NaN (missing months) are skipped.

    Returns
    -------
    float
        Nought if there is no innovation at all.
    """
    seen = innovations[~np.isnan(innovations)]
    if seen.size == 0:
        return 0.0
    variance = float(np.mean(seen[:STARTING_MONTHS] ** 2))
    for innovation in seen.tolist():
        variance = VARIANCE_DECAY * variance + (1.0 - VARIANCE_DECAY) * min(innovation**2, CLIP * variance)
    return variance
