"""How often the published band held, from the replay.

What belongs here: the share of outcomes between minimum and maximum, with what stands behind it. What does
not: the replay itself (``forecasting.replay``, ``forecasting.replayed_bands``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.evaluation.horizons import ALL_HORIZONS, HorizonBand, independent_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.config.settings import BandSettings
    from indforecast.forecasting.replayed_bands import Replayed, ReplayedBands

#: Said in place of a hit rate where history is invented.
NOT_VALIDATED = "not validated: simulated history"
_NOTHING_SCORED = "not validated: nothing scored yet"

HIT_RATE_COLUMNS: tuple[str, ...] = (
    "series_id", "kind", "horizon_band", "probability", "hit_rate", "below", "above", "targets",
    "independent_windows", "validated", "note",
)  # fmt: skip

#: Kinds of targets: a month, twelve consecutive months, a calendar year (observed months plus forecast).
MONTH, TWELVE_MONTHS, CALENDAR_YEAR = "month", "12_months", "calendar_year"


def hit_rates(
    replayed: ReplayedBands,
    origins: NDArray[np.datetime64],
    bands: Sequence[HorizonBand],
    settings: BandSettings,
) -> pd.DataFrame:
    """Realised share of outcomes inside the band, per stream, kind of target and how far ahead.

    Parameters
    ----------
    replayed : ReplayedBands
        Its levels hold the band's.
    origins : ndarray of datetime64[M]
        Shape ``[O]``.
    bands : sequence of HorizonBand
        For months.
    settings : BandSettings
        The band's levels.

    Returns
    -------
    DataFrame
        ``HIT_RATE_COLUMNS``. ``kind`` is ``month``, ``12_months`` or ``calendar_year``; ``horizon_band`` is a
        range of months ahead, ``all`` (months), or for calendar years the number of years after the origin's
        own. ``below`` and ``above`` are the shares of outcomes under the minimum and over the maximum. Where
        ``validated`` is false the rates are NaN and ``note`` says why.
    """
    rows: list[dict[str, object]] = []
    horizon = replayed.months.observed.shape[2]
    whole = HorizonBand(1, horizon)
    monthly = [(band.label, band) for band in bands] + [(ALL_HORIZONS, whole)]
    for row, series_id in enumerate(replayed.truth.series_ids):
        simulated = bool(replayed.truth.simulated[row])

        def add(
            kind: str, label: str, item: Replayed, columns: slice, windows: int,
            row: int = row, series_id: str = series_id, simulated: bool = simulated,
        ) -> None:  # fmt: skip
            figures = _rates(item, row, columns, replayed.levels, settings)
            rows.append(
                {
                    "series_id": series_id,
                    "kind": kind,
                    "horizon_band": label,
                    "probability": round(settings.probability, 10),
                    **_shown(figures, windows, simulated=simulated),
                }
            )

        scored = ~np.isnan(replayed.months.quantiles[:, row, :, 0] + replayed.months.observed[:, row])
        for label, band in monthly:
            windows = independent_windows(scored[:, band.columns], origins, band.first)
            add(MONTH, label, replayed.months, band.columns, windows)
        scored = ~np.isnan(replayed.sums.quantiles[:, row, :, 0] + replayed.sums.observed[:, row])
        for year in range(scored.shape[1]):
            windows = independent_windows(scored[:, year : year + 1], origins, 12 * (year + 1))
            add(TWELVE_MONTHS, f"{12 * year + 1}-{12 * year + 12}", replayed.sums, slice(year, year + 1), windows)
        scored = ~np.isnan(replayed.years.quantiles[:, row, :, 0] + replayed.years.observed[:, row])
        for lead in range(scored.shape[1]):
            years = np.unique(origins[scored[:, lead]].astype("datetime64[Y]"))
            add(CALENDAR_YEAR, str(lead), replayed.years, slice(lead, lead + 1), len(years))
    return pd.DataFrame(rows, columns=list(HIT_RATE_COLUMNS))


def _rates(
    item: Replayed, row: int, columns: slice, levels: Sequence[float], settings: BandSettings
) -> tuple[int, int, int]:
    """Outcomes scored, below the minimum, above the maximum."""
    low = item.quantiles[:, row, columns, list(levels).index(settings.minimum)]
    high = item.quantiles[:, row, columns, list(levels).index(settings.maximum)]
    observed = item.observed[:, row, columns]
    known = ~np.isnan(low + high + observed)
    return int(known.sum()), int((known & (observed < low)).sum()), int((known & (observed > high)).sum())


def _shown(figures: tuple[int, int, int], windows: int, *, simulated: bool) -> dict[str, object]:
    targets, below, above = figures
    validated = targets > 0 and not simulated
    note = "" if validated else NOT_VALIDATED if simulated else _NOTHING_SCORED
    share = {
        "hit_rate": (targets - below - above) / targets if validated else np.nan,
        "below": below / targets if validated else np.nan,
        "above": above / targets if validated else np.nan,
    }
    return {
        **share, "targets": targets, "independent_windows": windows, "validated": validated, "note": note,
    }  # fmt: skip
