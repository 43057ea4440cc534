"""Joint sample paths: the form in which a forecast flows through the house.

What belongs here: draws from quantiles and a copula, whole persons, totals. What does not: the quantiles
(``forecasting.ensemble``), the copula's estimate (``forecasting.dependence``).

Each month of each stream takes the same stratified draws of its quantile function, once; the copula only
decides which path gets which. So the quantiles of the paths are the quantiles of the forecast, whatever the
dependence (Schaake shuffle: Clark et al. 2004, doi 10.1175/1525-7541(2004)005<0243:TSSAMF>2.0.CO;2; empirical
copula coupling: Schefzik, Thorarinsdottir & Gneiting 2013, doi 10.1214/13-STS443).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.domain.periods import months_from
from indforecast.domain.seeds import generator_for
from indforecast.evaluation.quantile_function import interpolation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import xarray as xr
    from numpy.typing import NDArray

    from indforecast.domain.series import Hierarchy
    from indforecast.forecasting.dependence import Dependence

#: Who draws: the middle part of the seed (vintage, ensemble, joint, series).
SEED_PARTS = ("ensemble", "joint")


def draw_paths(
    logs: NDArray[np.float64],
    levels: Sequence[float],
    dependence: Dependence,
    *,
    vintage: date,
    series_ids: Sequence[str],
    count: int,
) -> NDArray[np.float64]:
    """Joint paths of the base streams.

    Parameters
    ----------
    logs : ndarray
        Quantiles on the log scale, shape ``[S, H, L]``.
    levels : sequence of float
        Shape ``[L]``.
    dependence : Dependence
        Over streams and months.
    vintage : date
        Part of the seed.
    series_ids : sequence of str
        Shape ``[S]``; each stream has a seed of its own, so that their order changes nothing.
    count : int
        Paths P.

    Returns
    -------
    ndarray
        Whole persons, shape ``[S, P, H]``; NaN for a stream without a forecast.
    """
    # The middle of each of P equal strata: no draw repeats, none is left out.
    strata = (np.arange(count) + 0.5) / count
    values = np.rint(np.maximum(np.expm1(logs @ interpolation(levels, strata)), 0.0))
    scores = _copula_scores(dependence, logs.shape[1], vintage=vintage, series_ids=series_ids, count=count)
    ranks = scores.argsort(axis=1).argsort(axis=1)
    return np.take_along_axis(values.transpose(0, 2, 1), ranks, axis=1)


def _copula_scores(
    dependence: Dependence, horizon: int, *, vintage: date, series_ids: Sequence[str], count: int
) -> NDArray[np.float64]:
    """Correlated normal scores, shape ``[S, P, H]``."""
    draws = np.stack(
        [generator_for(vintage, *SEED_PARTS, name).standard_normal((2, count, horizon)) for name in series_ids]
    )
    values, vectors = np.linalg.eigh(dependence.series)
    # The symmetric root, unlike a Cholesky factor, does not depend on the order of the streams.
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    mixed = np.einsum("st,tkph->skph", root, draws)
    walk = mixed[:, 0].cumsum(axis=-1) / np.sqrt(np.arange(1.0, horizon + 1.0))
    share = dependence.persistence
    scores: NDArray[np.float64] = np.sqrt(share) * walk + np.sqrt(1.0 - share) * mixed[:, 1]
    return scores


def with_totals(base: NDArray[np.float64], series_ids: Sequence[str], hierarchy: Hierarchy) -> NDArray[np.float64]:
    """All streams in publication order; a total is the exact sum of its parts in every draw.

    Parameters
    ----------
    base : ndarray
        Shape ``[S, ...]``.
    series_ids : sequence of str
        Shape ``[S]``, every base stream.
    hierarchy : Hierarchy
        How totals add up.
    """
    streams = hierarchy.aggregate({series_id: base[row] for row, series_id in enumerate(series_ids)})
    return np.stack([streams[series_id] for series_id in hierarchy.series_ids])


def as_data_array(paths: NDArray[np.float64], hierarchy: Hierarchy, origin: np.datetime64) -> xr.DataArray:
    """Paths as the array that flows on: ``inflow_persons``, dims ``series_id, path, period``.

    Parameters
    ----------
    paths : ndarray
        Shape ``[S, P, H]``, all streams of the hierarchy in its order.
    hierarchy : Hierarchy
        Names of the streams.
    origin : datetime64[M]
        Forecast origin; the first period is the month after it.
    """
    import xarray as xr

    return xr.DataArray(
        paths,
        dims=("series_id", "path", "period"),
        coords={
            "series_id": list(hierarchy.series_ids),
            "path": np.arange(paths.shape[1]),
            "period": months_from(origin + 1, paths.shape[2]).astype("datetime64[ns]"),
        },
        name="inflow_persons",
        attrs={"unit": "persons per month"},
    )
