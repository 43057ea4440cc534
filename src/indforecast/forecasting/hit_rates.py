"""How often the published band held, from the replay.

What belongs here: the share of outcomes between minimum and maximum, with what stands behind it. What does
not: the replay itself (``forecasting.replay``, ``forecasting.replayed_bands``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.evaluation.horizons import ALL_HORIZONS, HorizonBand, independent_windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from indforecast.config.settings import BandSettings
    from indforecast.forecasting.replayed_bands import Replayed, ReplayedBands

#: Said in place of a hit rate where history is invented.
NOT_VALIDATED = "not validated: simulated history"
_NOTHING_SCORED = "not validated: nothing scored yet"

HIT_RATE_COLUMNS: tuple[str, ...] = (
    "series_id", "kind", "horizon_band", "probability", "hit_rate", "below", "above", "targets",
    "independent_windows", "published_targets", "hit_rate_published", "validated", "note",
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
        own. ``below`` and ``above`` are the shares of outcomes under the minimum and over the maximum.
        ``published_targets`` is the share of outcomes that are official figures, ``hit_rate_published`` the rate
        among those alone. Where ``validated`` is false the rates are NaN and ``note`` says why.
    """
    rows = [
        {
            "series_id": series_id,
            "kind": line.kind,
            "horizon_band": line.label,
            "probability": round(settings.probability, 10),
            **_shown(
                _count(line.item, row, line.columns, replayed.levels, settings),
                line.windows,
                simulated=bool(replayed.truth.simulated[row]),
            ),
        }
        for row, series_id in enumerate(replayed.truth.series_ids)
        for line in target_lines(replayed, row, origins, bands)
    ]
    return pd.DataFrame(rows, columns=list(HIT_RATE_COLUMNS))


@dataclass(frozen=True)
class TargetLine:
    """One line of the table: which targets, and how many windows of them do not overlap."""

    kind: str
    label: str
    item: Replayed
    columns: slice
    windows: int


def target_lines(
    replayed: ReplayedBands, row: int, origins: NDArray[np.datetime64], bands: Sequence[HorizonBand]
) -> Iterator[TargetLine]:
    """Lines of one stream: months by band and altogether, sums of twelve months, calendar years.

    Parameters
    ----------
    replayed : ReplayedBands
        Quantiles and outcomes.
    row : int
        Which stream.
    origins : ndarray of datetime64[M]
        Shape ``[O]``.
    bands : sequence of HorizonBand
        For months.
    """
    months = _scored(replayed.months, row)
    whole = HorizonBand(1, months.shape[1])
    for label, band in [*((band.label, band) for band in bands), (ALL_HORIZONS, whole)]:
        windows = independent_windows(months[:, band.columns], origins, band.first)
        yield TargetLine(MONTH, label, replayed.months, band.columns, windows)
    sums = _scored(replayed.sums, row)
    for number in range(sums.shape[1]):
        first, last = 12 * number + 1, 12 * number + 12
        windows = independent_windows(sums[:, number : number + 1], origins, last)
        yield TargetLine(TWELVE_MONTHS, f"{first}-{last}", replayed.sums, slice(number, number + 1), windows)
    years = _scored(replayed.years, row)
    for lead in range(years.shape[1]):
        # Origins in one year share its target years: so many years, so many windows.
        distinct = np.unique(origins[years[:, lead]].astype("datetime64[Y]"))
        yield TargetLine(CALENDAR_YEAR, str(lead), replayed.years, slice(lead, lead + 1), len(distinct))


def _scored(item: Replayed, row: int) -> NDArray[np.bool_]:
    scored: NDArray[np.bool_] = ~np.isnan(item.quantiles[:, row, :, 0] + item.observed[:, row])
    return scored


@dataclass(frozen=True)
class _Count:
    """Outcomes: scored, below the minimum, above the maximum; of them official figures, and those inside."""

    targets: int
    below: int
    above: int
    official: int
    official_inside: int


def _count(item: Replayed, row: int, columns: slice, levels: Sequence[float], settings: BandSettings) -> _Count:
    low = item.quantiles[:, row, columns, list(levels).index(settings.minimum)]
    high = item.quantiles[:, row, columns, list(levels).index(settings.maximum)]
    observed = item.observed[:, row, columns]
    known = ~np.isnan(low + high + observed)
    below, above = known & (observed < low), known & (observed > high)
    official = known & item.official[:, row, columns]
    return _Count(
        *(int(part.sum()) for part in (known, below, above, official, official & ~below & ~above)),
    )


def _shown(count: _Count, windows: int, *, simulated: bool) -> dict[str, object]:
    validated = count.targets > 0 and not simulated
    inside = count.targets - count.below - count.above
    return {
        "hit_rate": inside / count.targets if validated else np.nan,
        "below": count.below / count.targets if validated else np.nan,
        "above": count.above / count.targets if validated else np.nan,
        "targets": count.targets,
        "independent_windows": windows,
        "published_targets": count.official / count.targets if count.targets else np.nan,
        "hit_rate_published": count.official_inside / count.official if validated and count.official else np.nan,
        "validated": validated,
        "note": "" if validated else NOT_VALIDATED if simulated else _NOTHING_SCORED,
    }
