"""Beds of a planning case: its asylum queue, its residents and the places they need.

What belongs here: putting queue and reception together for questions about beds alone, and the table of places.
What does not: the models (``streams``, ``reception``, ``places``), the whole plan (``composed``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.domain.periods import to_timestamps
from indforecast.planning.places import (
    PlaceCosts,
    contracted,
    expected_costs,
    expiring,
    month_ends,
    places_band,
    target_places,
)
from indforecast.planning.reception import beds, run_reception
from indforecast.planning.reception_queue import DecidedCases, decided_cases, reception_arrivals
from indforecast.planning.stays import stay_factors
from indforecast.planning.streams import run_stream, stream_line
from indforecast.planning.timeline import opening_month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.config.planning import PlanningSettings, ReceptionPlanning
    from indforecast.config.planning_places import PlaceContract
    from indforecast.planning.case import PlanningCase
    from indforecast.planning.residents import ReceptionPaths
    from indforecast.planning.timeline import Timeline

PLACES_COLUMNS: Final = (
    "period", "contracted", "regular", "emergency", "expiring", "need_minimum", "need_medio", "need_maximum",
    "target", "to_find",
)  # fmt: skip

COST_COLUMNS: Final = ("choice", "places", "expected_eur", "worst_eur", "months_short")


@dataclass(frozen=True)
class BedPaths:
    """Reception along the forecast months.

    Parameters
    ----------
    periods : ndarray of datetime64[M]
        Shape ``[period]``.
    reception : ReceptionPaths
        Along its whole timeline; the last months are the periods.
    need : ndarray of float
        Places needed, shape ``[path, period]``.
    opened : str
        Month in which the residents were counted.
    """

    periods: NDArray[np.datetime64]
    reception: ReceptionPaths
    need: NDArray[np.float64]
    opened: str

    def shown(self, figure: NDArray[np.float64]) -> NDArray[np.float64]:
        """A stock or flow of ``reception`` in the forecast months, shape ``[path, period]``."""
        return figure[:, -self.periods.size :]


def bed_paths(case: PlanningCase, *, months_to_housing: float | None = None) -> BedPaths:
    """Residents and places needed on every path, with stays that differ by path.

    Parameters
    ----------
    case : PlanningCase
        Joint paths, history and figures.
    months_to_housing : float, optional
        In place of the settings' figures from the first forecast month on, to ask what the norm would do.
    """
    settings = case.settings.reception
    opened = opening_month(settings.residents, case.origin)
    arrivals = reception_arrivals(case)
    months = min(line.counts.shape[1] for line in arrivals.values())
    decided = _asylum_decisions(case, arrivals)
    paths = run_reception(
        arrivals,
        settings,
        opened,
        decisions=decided.decisions,
        open_cases=decided.open_cases,
        stay_factors=path_factors(settings, case.paths, months, case.periods.size),
        months_to_housing=None if months_to_housing is None else _from_now_on(months_to_housing, months, case),
    )
    return beds_of(paths, case.periods, settings, opened)


def beds_of(
    reception: ReceptionPaths, periods: NDArray[np.datetime64], settings: ReceptionPlanning, opened: str
) -> BedPaths:
    """Places that residents need, where somebody has run reception already (``composed``).

    Parameters
    ----------
    reception : ReceptionPaths
        Its last months are the periods.
    periods : ndarray of datetime64[M]
        Forecast months, shape ``[period]``.
    settings : ReceptionPlanning
        The occupancy norm.
    opened : str
        Month in which the residents were counted.
    """
    need = beds(reception.residents[:, -periods.size :], settings.occupancy_norm.value)
    return BedPaths(periods, reception, need, opened)


def path_factors(settings: ReceptionPlanning, paths: int, months: int, periods: int) -> NDArray[np.float64]:
    """What multiplies stays, ``[path, month]``: 1 in observed months, one draw per path in the forecast ones."""
    factors = np.ones((paths, months))
    factors[:, months - periods :] = stay_factors(paths, settings.stay_spread.value)[:, None]
    return factors


def _from_now_on(value: float, months: int, case: PlanningCase) -> NDArray[np.float64]:
    figures = np.full(months, np.nan)
    figures[months - case.periods.size :] = value
    return figures


def _asylum_decisions(case: PlanningCase, arrivals: Mapping[str, Timeline]) -> DecidedCases:
    streams = []
    for name, group in case.settings.reception.enters_as.items():
        if group == "applicant" and name in case.settings.streams:
            line, opened = stream_line(case, name)
            streams.append(run_stream(name, line, case.settings.streams[name], opened))
    return decided_cases(streams, arrivals, case.settings)


def place_costs(settings: PlanningSettings) -> PlaceCosts:
    """Costs per place, which holds as many residents as the occupancy norm says."""
    reception = settings.reception
    return PlaceCosts.of(
        regular=reception.cost_regular.value,
        emergency=reception.cost_emergency.value,
        norm=reception.occupancy_norm.value,
        empty_share=settings.places.empty_cost.value,
    )


def target_of(paths: BedPaths, settings: PlanningSettings) -> NDArray[np.float64]:
    """Whole places worth having from each month on, for as long as a contract lasts; shape ``[period]``."""
    months = round(settings.places.minimum_months.value)
    return target_places(paths.need, place_costs(settings).fractile, months)


def places_table(
    paths: BedPaths,
    settings: PlanningSettings,
    levels: tuple[float, float, float],
    contracts: Sequence[PlaceContract] | None = None,
) -> pd.DataFrame:
    """Places contracted, needed, worth contracting and to find, at each month's end.

    Parameters
    ----------
    paths : BedPaths
        Need on every path.
    settings : PlanningSettings
        Costs and contracts.
    levels : tuple of float
        Quantile levels of minimum, medio and maximum.
    contracts : sequence of PlaceContract, optional
        In place of those of the settings.

    Returns
    -------
    DataFrame
        ``PLACES_COLUMNS``, whole places; ``to_find`` is what the target has more than is contracted, at least 0.
    """
    held = settings.places.contracts if contracts is None else contracts
    days = month_ends(paths.periods)
    since = month_ends(paths.periods[:1] - 1)[0]
    band = places_band(paths.need, levels)
    target = target_of(paths, settings)
    there = contracted(held, days)
    columns = (
        to_timestamps(paths.periods),
        there,
        contracted(held, days, "regular"),
        contracted(held, days, "emergency"),
        expiring(held, days, since),
        *band,
        target,
        np.maximum(target - there, 0.0),
    )
    return pd.DataFrame(dict(zip(PLACES_COLUMNS, columns, strict=True)))


def cost_table(paths: BedPaths, settings: PlanningSettings, levels: tuple[float, float, float]) -> pd.DataFrame:
    """What each number of regular places is expected to cost, on paths it was not chosen from.

    Every second path chooses; the others judge. The contract begins after the lead time and lasts its minimum.

    Parameters
    ----------
    paths : BedPaths
        Need on every path; at least two.
    settings : PlanningSettings
        Costs and contract terms.
    levels : tuple of float
        Quantile levels of minimum, medio and maximum.

    Returns
    -------
    DataFrame
        ``COST_COLUMNS``: EUR a year, mean and over the dearest twentieth of paths, and the share of months with
        more need than places.
    """
    costs, terms = place_costs(settings), settings.places
    first = min(round(terms.lead_months.value), paths.periods.size - 1)
    window = paths.need[:, first : first + round(terms.minimum_months.value)]
    chooses, judges = window[::2], window[1::2]
    wanted = dict(zip(("minimum", "medio", "maximum"), levels, strict=True)) | {"target": costs.fractile}
    choices = {
        name: float(target_places(chooses, level, chooses.shape[1])[0]) for name, level in sorted(wanted.items())
    }
    found = expected_costs(judges, choices, costs)
    rows = [(name, choices[name], *figures) for name, figures in found.items()]
    return pd.DataFrame(rows, columns=list(COST_COLUMNS)).sort_values("places", ignore_index=True)
