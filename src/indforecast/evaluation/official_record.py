"""The ministry's forecasts and our own beside the outcome: one row per official forecast.

What belongs here: holding bands and points against outcomes, and scoring them. What does not: the official figures
(``reference.official_vintages``), making our own bands (``forecasting.official_replay``).

The ministry states no probability for its band. By convention it is scored as one of 80 %, and also as one of 90 %
and of 50 %; ours is scored with its own interval of each. A point without a band has an absolute error alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.evaluation.scores import interval_score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from indforecast.reference.official_vintages import OfficialForecast

#: Probability outside the band that it is scored at; the first one is the convention.
ALPHAS: Final[tuple[float, ...]] = (0.2, 0.1, 0.5)

#: Levels of our own quantiles: the ends of each interval, and the median.
OWN_LEVELS: Final[tuple[float, ...]] = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)

RECORD_COLUMNS: Final[tuple[str, ...]] = (
    "target_year", "official_vintage", "vintage", "vintage_from", "definition", "counts_otherwise",
    "official_minimum", "official_medio", "official_maximum",
    "own_minimum", "own_medio", "own_maximum", "own_lower_90", "own_upper_90", "own_lower_50", "own_upper_50",
    "own_status", "forecast_origin", "observed_months", "observed_persons",
    "outcome", "outcome_as_written", "own_counted", "official_held", "own_held",
    "official_absolute_error", "own_absolute_error",
    "official_interval_score_80", "own_interval_score_80", "official_interval_score_90", "own_interval_score_90",
    "official_interval_score_50", "own_interval_score_50", "source_forecast", "source_outcome",
)  # fmt: skip

#: What a row says of our own band where there is one.
REPLAYED: Final = "replayed"

INSIDE, BELOW, ABOVE = "inside", "below", "above"


@dataclass(frozen=True)
class OwnBand:
    """Our own distribution of a year's total, or why there is none.

    Parameters
    ----------
    values : tuple of float
        Persons at :data:`OWN_LEVELS`; NaN where there is no band.
    status : str
        :data:`REPLAYED`, or the reason.
    forecast_origin : datetime64[M]
        Last month that was known; NaT without a band.
    observed_months : int
        Months of the target year known by then.
    observed_persons : float
        Inflow of those months.
    """

    values: tuple[float, ...]
    status: str = REPLAYED
    forecast_origin: np.datetime64 = np.datetime64("NaT", "M")  # noqa: RUF009 - a scalar, never changed
    observed_months: int = 0
    observed_persons: float = math.nan

    @classmethod
    def none(cls, reason: str) -> OwnBand:
        """No band, for a reason that the row states."""
        return cls((math.nan,) * len(OWN_LEVELS), reason)

    def at(self, level: float) -> float:
        """Persons at one of :data:`OWN_LEVELS`."""
        return self.values[OWN_LEVELS.index(level)]


def record_table(
    official: Sequence[OfficialForecast],
    own: Sequence[OwnBand],
    *,
    vintage: date,
    own_counted: Mapping[int, float] | None = None,
) -> pd.DataFrame:
    """The official record as known on a day.

    Parameters
    ----------
    official : sequence of OfficialForecast
        Shape ``[N]``.
    own : sequence of OwnBand
        Shape ``[N]``: ours from data no newer than each.
    vintage : date
        A year's outcome stays empty until it could be known.
    own_counted : mapping of int to float, optional
        The same years as this project counts them, where all twelve months are known.

    Returns
    -------
    DataFrame
        ``RECORD_COLUMNS``, in the order given. ``vintage`` is a day, ``forecast_origin`` a month; whole persons.
    """
    if len(official) != len(own):
        raise ValueError(f"{len(official)} official forecasts and {len(own)} bands of our own")
    counted = own_counted or {}
    rows = [_row(row, band, vintage, counted) for row, band in zip(official, own, strict=True)]
    frame = pd.DataFrame(rows, columns=list(RECORD_COLUMNS))
    frame["vintage"] = pd.to_datetime(frame["vintage"])
    frame["forecast_origin"] = pd.to_datetime(frame["forecast_origin"])
    whole = frame.columns.str.startswith(("official_m", "own_m", "own_lower", "own_upper"))
    numbers = [*frame.columns[whole], "observed_persons", "outcome", "own_counted"]
    numbers += [name for name in frame.columns if name.endswith("_error") or "_score_" in name]
    return frame.astype({**dict.fromkeys(numbers, "float64"), "counts_otherwise": bool})


def _row(
    row: OfficialForecast, band: OwnBand, vintage: date, own_counted: Mapping[int, float]
) -> dict[str, object]:
    outcome = row.outcome if row.outcome_known_from <= vintage else math.nan
    answer: dict[str, object] = {
        "target_year": row.target_year,
        "official_vintage": row.words,
        "vintage": pd.Timestamp(row.known_until),
        "vintage_from": row.day_from,
        "definition": row.definition,
        "counts_otherwise": row.counts_otherwise,
        "official_minimum": row.minimum,
        "official_medio": row.point,
        "official_maximum": row.maximum,
        "own_minimum": band.at(0.1),
        "own_medio": band.at(0.5),
        "own_maximum": band.at(0.9),
        "own_status": band.status,
        "forecast_origin": band.forecast_origin.astype("datetime64[ns]"),
        "observed_months": band.observed_months,
        "observed_persons": band.observed_persons,
        "outcome": outcome,
        "outcome_as_written": row.outcome_words if outcome == outcome else "",
        "own_counted": own_counted.get(row.target_year, math.nan),
        "official_held": held(row.minimum, row.maximum, outcome),
        "own_held": held(band.at(0.1), band.at(0.9), outcome),
        "official_absolute_error": abs(row.point - outcome),
        "own_absolute_error": abs(band.at(0.5) - outcome),
        "source_forecast": row.source_forecast,
        "source_outcome": row.source_outcome if outcome == outcome else "",
    }
    for alpha in ALPHAS:
        stated = round(100 * (1 - alpha))
        lower, upper = band.at(round(alpha / 2, 3)), band.at(round(1 - alpha / 2, 3))
        answer[f"official_interval_score_{stated}"] = _interval(row.minimum, row.maximum, outcome, alpha)
        answer[f"own_interval_score_{stated}"] = _interval(lower, upper, outcome, alpha)
        if stated != 80:
            answer[f"own_lower_{stated}"], answer[f"own_upper_{stated}"] = lower, upper
    return answer


def held(minimum: float, maximum: float, outcome: float) -> str:
    """Where the outcome lay: ``inside`` (ends included), ``below``, ``above``; empty where one is missing."""
    if math.isnan(minimum + maximum + outcome):
        return ""
    return BELOW if outcome < minimum else ABOVE if outcome > maximum else INSIDE


def _interval(lower: float, upper: float, outcome: float, alpha: float) -> float:
    return float(interval_score(np.array(lower), np.array(upper), np.array(outcome), alpha))


@dataclass(frozen=True)
class Tally:
    """Cases with a band and an outcome on both sides, or on the official side alone.

    Parameters
    ----------
    cases, official_inside : int
        Official bands with an outcome, and those that held it.
    shared, shared_official_inside, shared_own_inside : int
        Of these, the ones for which we have a band of our own too, and which of them held it.
    below : int
        Official bands with the outcome under their minimum.
    """

    cases: int
    official_inside: int
    below: int
    shared: int
    shared_official_inside: int
    shared_own_inside: int


def tally(record: pd.DataFrame) -> Tally:
    """Count what held; seven cases prove nothing, so nothing is divided here."""
    official, own = record["official_held"].fillna(""), record["own_held"].fillna("")
    cases, both = official != "", (official != "") & (own != "")
    return Tally(
        cases=int(cases.sum()),
        official_inside=int((official == INSIDE).sum()),
        below=int((official == BELOW).sum()),
        shared=int(both.sum()),
        shared_official_inside=int((both & (official == INSIDE)).sum()),
        shared_own_inside=int((both & (own == INSIDE)).sum()),
    )
