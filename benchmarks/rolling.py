"""Forecasters on series of a file, at rolling origins.

Each sees what was known at the origin, all are scored on the same months. What belongs here: cutting a table of
months into panels with each series' own publication lag, and scores. What does not: which series and which models
(``leading_indicators``, ``stand_ins``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from indforecast.domain.observations import Panel
from indforecast.domain.quantiles import HUB_LEVELS, SCORE_LEVELS
from indforecast.evaluation.scores import covered, wis
from indforecast.models.protocol import Forecaster

#: Months ahead: name, first and last.
BANDS = (("1-3", 1, 3), ("4-6", 4, 6), ("7-12", 7, 12), ("13-18", 13, 18), ("all", 1, 18))
HORIZON = 18
#: Origins: from a series' 48th month on, within its last 84, every third month, as in the engine's protocol.
_FIRST_MONTHS, _LAST_MONTHS, _EVERY = 48, 84, 3
_SCORED = [HUB_LEVELS.index(level) for level in SCORE_LEVELS]


def known_panel(
    table: pd.DataFrame, origin: np.datetime64, behind: Mapping[str, int], *, vintage: date = date(2100, 1, 1)
) -> Panel:
    """What was known of every series when the newest of them had reached the origin.

    Parameters
    ----------
    table : DataFrame
        A column per series on a ``PeriodIndex`` of consecutive months, NaN where unknown.
    origin : datetime64[M]
        Last month of the panel.
    behind : mapping of str to int
        Months by which a series' newest figure is older than the origin; none when it is not named.
    vintage : date
        Day the panel carries.
    """
    months = table.index.to_timestamp().to_numpy().astype("datetime64[M]")
    kept = table[months <= origin]
    values = kept.to_numpy(dtype=np.float64).T.copy()
    for row, name in enumerate(kept.columns):
        if behind.get(str(name), 0) > 0:
            values[row, -behind[str(name)] :] = np.nan
    return Panel(vintage, tuple(str(name) for name in kept.columns), months[months <= origin], values)


def rolling_quantiles(
    table: pd.DataFrame, series_id: str, models: Sequence[Forecaster], behind: Mapping[str, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.datetime64]]:
    """Quantiles of one series by every model, with outcomes.

    Parameters
    ----------
    table : DataFrame
        As in :func:`known_panel`, all series that a model may look at.
    series_id : str
        The series that is forecast.
    models : sequence of Forecaster
        Shape ``[M]``.
    behind : mapping of str to int
        As in :func:`known_panel`.

    Returns
    -------
    tuple of ndarray
        Log quantiles ``[M, O, HORIZON, L]``, log outcomes ``[O, HORIZON]``, origins ``[O]``.
    """
    months = table.index.to_timestamp().to_numpy().astype("datetime64[M]")
    own = table[series_id].to_numpy(dtype=np.float64)
    seen = np.flatnonzero(~np.isnan(own))
    first = max(int(seen[0]) + _FIRST_MONTHS - 1, int(seen[-1]) - _LAST_MONTHS)
    places = list(range(first, int(seen[-1]), _EVERY))
    logs = np.full((len(models), len(places), HORIZON, len(HUB_LEVELS)), np.nan)
    truth = np.full((len(places), HORIZON), np.nan)
    for number, place in enumerate(places):
        ahead = own[place + 1 : place + 1 + HORIZON]
        truth[number, : len(ahead)] = np.log1p(ahead)
        panel = known_panel(table, months[place], behind)
        row = panel.series_ids.index(series_id)
        for position, model in enumerate(models):
            logs[position, number] = np.log1p(model.forecast(panel, (), horizon=HORIZON).quantiles[row])
    return logs, truth, months[places]


def score_table(
    logs: NDArray[np.float64], truth: NDArray[np.float64], names: Sequence[str], base: str
) -> pd.DataFrame:
    """Log-WIS over a base model's on the months that all have, and coverage of 80 %.

    Parameters
    ----------
    logs : ndarray
        Shape ``[M, O, HORIZON, L]``.
    truth : ndarray
        Shape ``[O, HORIZON]``.
    names : sequence of str
        Shape ``[M]``.
    base : str
        One of them.

    Returns
    -------
    DataFrame
        ``model, band, ratio, coverage``.
    """
    score = wis(logs[..., _SCORED], SCORE_LEVELS, np.broadcast_to(truth, (len(names), *truth.shape)))
    held = covered(logs[..., HUB_LEVELS.index(0.1)], logs[..., HUB_LEVELS.index(0.9)], truth[np.newaxis])
    shared = ~np.isnan(score).any(axis=0)
    rows = []
    for band, first, last in BANDS:
        columns = slice(first - 1, last)
        there = shared[:, columns]
        if not there.any():
            continue
        means = [float(score[number][:, columns][there].mean()) for number in range(len(names))]
        for number, name in enumerate(names):
            rows.append(
                {
                    "model": name,
                    "band": band,
                    "ratio": means[number] / means[list(names).index(base)],
                    "coverage": float(np.mean(held[number][:, columns][there])),
                }
            )
    return pd.DataFrame(rows)


def pooled(logs: NDArray[np.float64], members: Sequence[int]) -> NDArray[np.float64]:
    """Mean of some models' quantiles, shape ``[O, HORIZON, L]``: what an ensemble with equal weights would say."""
    return logs[list(members)].mean(axis=0)


def geometric_means(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables of many series as one: ratios by geometric mean, coverage by mean; models by bands."""
    whole = pd.concat(tables).assign(ratio=lambda rows: np.log(rows["ratio"]))
    mean = whole.groupby(["model", "band"], sort=False)[["ratio", "coverage"]].mean()
    mean["ratio"] = np.exp(mean["ratio"])
    return mean
