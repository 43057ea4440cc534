"""The regular streams, for which no monthly counts are published: simulated, and said to be so in every row.

What belongs here: annual totals (published, else an assumption), season, shocks and noise of knowledge migrants,
students, naturalisation and nareis applications. What does not: any stream with published months.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.seeds import generator_for
from indforecast.reference import figures, transcribed
from indforecast.reference.disaggregation import denton, whole_persons

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: Noise of the log: an autocorrelated part and an independent one (standard deviations), and the autocorrelation.
_SLOW, _FAST, _PERSISTENCE = 0.07, 0.05, 0.6

_APPLIED = "applications"


@dataclass(frozen=True)
class Shock:
    """Months in which the count is ``factor`` times what season and level give."""

    first: str
    last: str
    factor: float
    reason: str


@dataclass(frozen=True)
class Profile:
    """How one stream is simulated.

    Parameters
    ----------
    series_id : str
        The stream.
    season : tuple of float
        Twelve weights, January first; only their ratios matter.
    assumed : mapping of int to int
        Annual totals assumed for years without a published one.
    shocks : tuple of Shock
        Documented interruptions.
    """

    series_id: str
    season: tuple[float, ...]
    assumed: Mapping[int, int]
    shocks: tuple[Shock, ...]


PROFILES: tuple[Profile, ...] = (
    Profile(
        "knowledge_migrants",
        (1.05, 0.98, 1.04, 0.95, 0.98, 1.03, 1.08, 1.06, 1.08, 1.02, 0.95, 0.78),
        {
            2013: 11000, 2014: 11800, 2015: 12900, 2016: 14300, 2017: 16500, 2018: 18900,
            2022: 26500, 2023: 22500, 2024: 21500, 2025: 21000,
        },
        (
            Shock("2020-03", "2020-03", 0.75, "entry ban from 19 March 2020"),
            Shock("2020-04", "2020-06", 0.35, "entry ban"),
            Shock("2020-07", "2020-12", 0.75, "travel restrictions"),
        ),
    ),
    Profile(
        "students",
        (0.75, 0.60, 0.60, 0.85, 1.40, 2.10, 2.20, 1.25, 0.60, 0.50, 0.55, 0.60),
        {
            2013: 13500, 2014: 14300, 2015: 15200, 2016: 16300, 2017: 17600, 2018: 19000,
            2022: 22000, 2023: 22300, 2024: 21600, 2025: 20600,
        },
        (
            Shock("2020-03", "2020-03", 0.70, "entry ban from 19 March 2020"),
            Shock("2020-04", "2020-06", 0.40, "entry ban, universities closed"),
            Shock("2020-07", "2020-12", 0.80, "travel restrictions"),
        ),
    ),
    Profile(
        "naturalisation",
        (1.10, 1.03, 1.08, 0.98, 0.97, 1.00, 0.93, 0.90, 1.02, 1.05, 1.04, 0.90),
        {
            2013: 25000, 2014: 25500, 2015: 24000, 2016: 24500, 2017: 25000, 2022: 54000, 2023: 51000,
        },
        (
            Shock("2020-03", "2020-03", 0.80, "town halls by appointment only"),
            Shock("2020-04", "2020-05", 0.55, "town halls closed"),
            Shock("2021-06", "2021-12", 1.30, "holders of RANOV permits may apply from June 2021"),
        ),
    ),
    Profile(
        "nareis_applications",
        (1.00, 0.97, 1.03, 0.98, 0.98, 1.00, 0.98, 0.97, 1.03, 1.05, 1.02, 0.99),
        {
            2015: 22000, 2016: 16500, 2017: 9500, 2018: 6400, 2020: 9300,
            2022: 20500, 2023: 24500, 2024: 21500, 2025: 11500,
        },
        (
            Shock("2020-03", "2020-03", 0.80, "pandemic"),
            Shock("2020-04", "2020-05", 0.60, "pandemic: decisions and requests by post only"),
        ),
    ),
)  # fmt: skip


def published_annual(series_id: str) -> dict[int, int]:
    """Published annual totals of the series' one definition, by year.

    Nareis applications are what IND counts as asylum applications (its total with nareis by *application*) beyond
    first and repeat ones, for years in which all parts are published.
    """
    annual = figures.annual_figures()
    if series_id == "nareis_applications":
        years = [year for stream, _, year in annual if stream == "asylum_all_applications"]
        parts = {
            year: (
                annual["asylum_all_applications", _APPLIED, year],
                annual.get(("asylum_influx_total", "influx", year)),
                annual.get(("nareis_arrivals", "influx", year)),
            )
            for year in years
        }
        # first + repeat = total inflow - nareis arrivals
        return {
            year: every - (influx - arrivals)
            for year, (every, influx, arrivals) in parts.items()
            if influx is not None and arrivals is not None
        }
    stream = {"knowledge_migrants": "knowledge_and_talent", "students": "study"}.get(series_id, series_id)
    totals = {
        year: persons for (name, what, year), persons in annual.items() if (name, what) == (stream, _APPLIED)
    }
    totals.update({entry.year: entry.observed for entry in transcribed.YEARS if entry.series_id == series_id})
    return totals


def simulate(profile: Profile) -> pd.DataFrame:
    """One simulated stream.

    Season, shocks and autocorrelated log noise make an indicator, which is fitted to the annual totals by
    proportional Denton: no step between years, and every total holds exactly.

    Parameters
    ----------
    profile : Profile
        How.

    Returns
    -------
    DataFrame
        ``period`` datetime64[ns], ``observed`` int64 (whole persons), ``source``.
    """
    published = published_annual(profile.series_id)
    totals = {**profile.assumed, **published}
    years = sorted(totals)
    periods = pd.date_range(f"{years[0]}-01-01", f"{years[-1]}-12-01", freq="MS")
    indicator = np.tile(np.array(profile.season) / np.mean(profile.season), len(years))
    indicator = indicator * _noise(profile.series_id, len(periods))
    for shock in profile.shocks:
        indicator[(periods >= pd.Timestamp(shock.first)) & (periods <= pd.Timestamp(shock.last))] *= shock.factor
    rows = np.asarray(np.kron(np.eye(len(years)), np.ones(12)), dtype=np.float64)
    values = denton(
        indicator,
        np.full(len(periods), np.nan),
        np.zeros(len(periods), dtype=np.int64),
        rows,
        np.array([totals[year] for year in years], dtype=np.float64),
    )
    whole = [whole_persons(values[12 * place : 12 * place + 12], totals[year]) for place, year in enumerate(years)]
    says = {year: f"simulated within published annual total {year}" for year in years if year in published}
    says |= {year: f"simulated, assumption: annual total {year} of {totals[year]}" for year in profile.assumed}
    return pd.DataFrame(
        {"period": periods, "observed": np.concatenate(whole), "source": [says[period.year] for period in periods]}
    )


def _noise(series_id: str, count: int) -> NDArray[np.float64]:
    draws = generator_for("reference", "simulated", series_id).standard_normal((2, count))
    slow = np.empty(count)
    slow[0] = draws[0, 0]
    for place in range(1, count):
        slow[place] = _PERSISTENCE * slow[place - 1] + np.sqrt(1 - _PERSISTENCE**2) * draws[0, place]
    return np.asarray(np.exp(_SLOW * slow + _FAST * draws[1]), dtype=np.float64)
