"""What the replayed paths said at every origin: months, twelve-month sums, calendar years.

What belongs here: paths of past origins reduced to quantiles at once, with the outcomes beside them. What
does not: how often they held (``forecasting.hit_rates``).

Quantiles of a total or of a sum exist only in paths, so past ones are drawn too, with fewer draws than a
release has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from indforecast.evaluation.truth import add_totals, truth_at
from indforecast.forecasting.paths import draw_paths, with_totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indforecast.domain.observations import Panel
    from indforecast.domain.series import Hierarchy
    from indforecast.evaluation.truth import Truth
    from indforecast.forecasting.replay import Replay

#: Draws at a past origin: stratified, so that 400 give each quantile to within a quarter of a percent.
REPLAY_PATHS = 400

_YEAR = 12

#: Quantiles of months, twelve-month sums and calendar years at one origin, each ``[S, N, K]``.
Reduced = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]

_Number = TypeVar("_Number", bound=np.generic)


@dataclass(frozen=True)
class Replayed:
    """Quantiles and outcomes of one kind of target.

    Parameters
    ----------
    quantiles : ndarray
        Persons, shape ``[O, S, N, K]``: origins, all streams, targets ahead, levels; NaN where there is none.
    observed : ndarray
        Outcomes as known at the newest vintage, shape ``[O, S, N]``; NaN where unknown or not scored.
    official : ndarray of bool
        Whether the outcome is an official figure throughout, shape ``[O, S, N]``.
    """

    quantiles: NDArray[np.float64]
    observed: NDArray[np.float64]
    official: NDArray[np.bool_]


@dataclass(frozen=True)
class ReplayedBands:
    """All kinds.

    Parameters
    ----------
    levels : tuple of float
        Shape ``[K]``.
    truth : Truth
        Outcomes of all streams as known at the newest vintage.
    months, sums, years : Replayed
        Targets by month ahead; by twelve months ahead (1–12, 13–24, …); by calendar year, from the origin's
        own year.
    """

    levels: tuple[float, ...]
    truth: Truth
    months: Replayed
    sums: Replayed
    years: Replayed


def replay_bands(replay: Replay, hierarchy: Hierarchy, levels: Sequence[float]) -> ReplayedBands:
    """Draw paths at every origin and reduce them.

    Parameters
    ----------
    replay : Replay
        The walk over the base streams.
    hierarchy : Hierarchy
        Publication order.
    levels : sequence of float
        Quantile levels to keep, rising.
    """
    truth = add_totals(truth_at(replay.origins), hierarchy)
    horizon = replay.published_logs.shape[2]
    origins = replay.origins.months
    reduced = [_reduce(replay, hierarchy, levels, number) for number in range(len(origins))]
    return beside_outcomes(reduced, truth, origins, levels, horizon)


def beside_outcomes(
    reduced: Sequence[Reduced],
    truth: Truth,
    origins: NDArray[np.datetime64],
    levels: Sequence[float],
    horizon: int,
) -> ReplayedBands:
    """What was said at each origin with what happened beside it.

    Parameters
    ----------
    reduced : sequence of tuple of ndarray
        :func:`reduce_paths` of each origin.
    truth : Truth
        Of the same series.
    origins : ndarray of datetime64[M]
        Shape ``[O]``.
    levels : sequence of float
        Shape ``[K]``.
    horizon : int
        Months ahead.
    """
    months, sums, years = (np.stack([item[kind] for item in reduced]) for kind in range(3))
    observed, official = truth.targets(origins, horizon), truth.official_targets(origins, horizon)
    return ReplayedBands(
        levels=tuple(levels),
        truth=truth,
        months=Replayed(months, observed, official),
        sums=Replayed(sums, _by_year(observed).sum(axis=-1), np.logical_and.reduce(_by_year(official), axis=-1)),
        years=Replayed(years, *_year_outcomes(truth, origins, years.shape[2])),
    )


def _reduce(replay: Replay, hierarchy: Hierarchy, levels: Sequence[float], origin: int) -> Reduced:
    panel = replay.origins.panels[origin]
    base = draw_paths(
        replay.published_logs[origin],
        replay.levels,
        replay.steps[origin].dependence,
        vintage=panel.vintage,
        series_ids=panel.series_ids,
        count=REPLAY_PATHS,
    )
    paths = with_totals(base, panel.series_ids, hierarchy)
    return reduce_paths(paths, with_totals(panel.observed, panel.series_ids, hierarchy), panel, levels)


def reduce_paths(
    paths: NDArray[np.float64], history: NDArray[np.float64], panel: Panel, levels: Sequence[float]
) -> Reduced:
    """Quantiles of months, twelve-month sums and calendar years at one origin.

    Parameters
    ----------
    paths : ndarray
        Persons, shape ``[S, P, H]``.
    history : ndarray
        Observed persons on the panel's calendar, shape ``[S, T]``.
    panel : Panel
        Its calendar counts, not its series.
    levels : sequence of float
        Shape ``[K]``.

    Returns
    -------
    tuple of ndarray
        Each ``[S, N, K]``.
    """
    future = panel.forecast_origin + 1 + np.arange(paths.shape[2])
    first = _year(panel.periods[-1:])[0]
    years = np.full((paths.shape[0], paths.shape[1], _leads(paths.shape[2])), np.nan)
    for lead in range(years.shape[2]):
        seen, ahead = _year(panel.periods) == first + lead, _year(future) == first + lead
        if ahead.any() and seen.sum() + ahead.sum() == _YEAR:
            years[..., lead] = history[:, np.newaxis, seen].sum(axis=-1) + paths[..., ahead].sum(axis=-1)
    return (
        _path_quantiles(paths, levels),
        _path_quantiles(_by_year(paths).sum(axis=-1), levels),
        _path_quantiles(years, levels),
    )


def _path_quantiles(draws: NDArray[np.float64], levels: Sequence[float]) -> NDArray[np.float64]:
    """Quantiles over paths of ``[S, P, N]`` as ``[S, N, K]``, whole persons as in the published bands."""
    values: NDArray[np.float64] = np.rint(np.quantile(draws, levels, axis=1)).transpose(1, 2, 0)
    return values


def _by_year(months: NDArray[_Number]) -> NDArray[_Number]:
    """Months ahead as ``[..., years ahead, 12]``; an incomplete last year is dropped."""
    whole = months.shape[-1] // _YEAR
    return months[..., : whole * _YEAR].reshape(*months.shape[:-1], whole, _YEAR)


def _year_outcomes(
    truth: Truth, origins: NDArray[np.datetime64], leads: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Outcomes of calendar years, ``[O, S, leads]``: known when all twelve months are."""
    months = truth.first_month + np.arange(truth.observed.shape[1])
    shape = (len(origins), len(truth.series_ids), leads)
    observed, official = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    for lead in range(leads):
        for row, year in enumerate(_year(origins) + lead):
            at = _year(months) == year
            if at.sum() == _YEAR:
                observed[row, :, lead] = truth.observed[:, at].sum(axis=1)
                official[row, :, lead] = truth.official[:, at].all(axis=1)
    return observed, official


def _leads(horizon: int) -> int:
    return horizon // _YEAR + 1


def _year(months: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return months.astype("datetime64[Y]").astype(np.int64) + 1970
