"""How the engine is scored: which (series, origin) pairs, what a peer may see, what the numbers mean.

What belongs here: reading a panel, choosing origins, the truth beside each, scores and their averages. What does
not: who forecasts (``engine_peers``, ``engine_ours``), timing and printing (``engine_report``).

A *pair* is one series at one forecast origin. Forecasts are arrays ``[pair, horizon, level]`` of counts.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.evaluation.scores import covered, log_wis, wis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEVELS: Final = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
HORIZON: Final = 18
SEASON: Final = 12
#: Calendar months from the first observation up to the first origin, itself included.
FIRST_ORIGIN_MONTHS: Final = 48
EVERY_MONTHS: Final = 3
#: An origin lies at most so many months before the last month of its series.
LAST_MONTHS: Final = 84
#: Horizon bands of the goals: name, first and last horizon.
BANDS: Final = (("1-3", 1, 3), ("4-6", 4, 6), ("7-12", 7, 12), ("13-18", 13, 18))
#: Outcome and band limit may differ by rounding where a count went to logs and back.
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class Pairs:
    """The (series, origin) pairs of one panel.

    Parameters
    ----------
    series_ids, groups : tuple of str
        One per series.
    histories : tuple of ndarray
        Per series the counts of every calendar month from its first observation to its last, NaN where missing.
    first_months : ndarray of datetime64[M]
        Per series the month of its first observation.
    series : ndarray of int, shape [P]
        Per pair the index of its series.
    positions : ndarray of int, shape [P]
        Per pair the index of the origin in the history: the last month that may be used.
    truth : ndarray of float, shape [P, HORIZON]
        Outcomes, NaN where unknown.
    """

    series_ids: tuple[str, ...]
    groups: tuple[str, ...]
    histories: tuple[NDArray[np.float64], ...]
    first_months: NDArray[np.datetime64]
    series: NDArray[np.int64]
    positions: NDArray[np.int64]
    truth: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.series)

    @property
    def origins(self) -> NDArray[np.datetime64]:
        """Forecast origin of each pair, shape ``[P]``, ``datetime64[M]``."""
        return self.first_months[self.series] + self.positions

    @property
    def group_names(self) -> tuple[str, ...]:
        """Groups in the order of their first series."""
        return tuple(dict.fromkeys(self.groups))

    def past(self, pair: int) -> NDArray[np.float64]:
        """Everything at or before the origin, shape ``[T]``, NaN where missing."""
        return self.histories[self.series[pair]][: self.positions[pair] + 1]

    def peer_input(self, pair: int) -> NDArray[np.float64]:
        """``log(1 + count)`` of the past, gaps filled on the count, shape ``[T]``; see :func:`without_gaps`."""
        return np.log1p(without_gaps(self.past(pair)))


def read_panel(path: str) -> pd.DataFrame:
    """Panel from a CSV file with the columns series_id, period (``YYYY-MM``), observed and perhaps group."""
    return pd.read_csv(path, dtype={"series_id": "str", "group": "str", "period": "str"}, keep_default_na=True)


def without_gaps(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gaps filled linearly between their neighbours; a gap at the end repeats the last known value.

    Parameters
    ----------
    values : ndarray of float
        Shape ``[T]``, first value known.
    """
    known = np.isfinite(values)
    return np.interp(np.arange(len(values)), np.flatnonzero(known), values[known])


def origin_positions(history: NDArray[np.float64]) -> list[int]:
    """Positions of a series' origins: every third month from the 48th on, within the last 84 months.

    An origin none of whose next 18 months is known is left out.

    Parameters
    ----------
    history : ndarray of float
        Shape ``[T]``, first observation to last, NaN where missing.
    """
    months = len(history)
    return [
        position
        for position in range(FIRST_ORIGIN_MONTHS - 1, months, EVERY_MONTHS)
        if position >= months - 1 - LAST_MONTHS
        and np.isfinite(history[position + 1 : position + 1 + HORIZON]).any()
    ]


def choose_pairs(panel: pd.DataFrame) -> Pairs:
    """All pairs of a panel, sorted by group, series and origin.

    Parameters
    ----------
    panel : DataFrame
        Columns series_id, period (month as text, period or timestamp), observed and perhaps group; a row a month.
    """
    frame = panel.assign(group=panel.get("group", "all"))
    frame = frame[np.isfinite(frame["observed"].to_numpy(np.float64))]
    ids, groups, histories, first_months = [], [], [], []
    series: list[int] = []
    positions: list[int] = []
    truth: list[NDArray[np.float64]] = []
    for (group, series_id), rows in frame.groupby(["group", "series_id"], sort=True):
        history, first = _history(rows)
        for position in origin_positions(history):
            ahead = np.full(HORIZON, np.nan)
            known = history[position + 1 : position + 1 + HORIZON]
            ahead[: len(known)] = known
            series.append(len(ids))
            positions.append(position)
            truth.append(ahead)
        ids.append(str(series_id))
        groups.append(str(group))
        histories.append(history)
        first_months.append(first)
    return Pairs(
        tuple(ids),
        tuple(groups),
        tuple(histories),
        np.array(first_months, dtype="datetime64[M]"),
        np.array(series, dtype=np.int64),
        np.array(positions, dtype=np.int64),
        np.array(truth, dtype=np.float64).reshape(-1, HORIZON),
    )


def _history(rows: pd.DataFrame) -> tuple[NDArray[np.float64], np.datetime64]:
    months = rows["period"].astype("str").str[:7].to_numpy().astype("datetime64[M]")
    first = months.min()
    place = (months - first).astype(np.int64)
    if len(np.unique(place)) != len(place):
        raise ValueError(f"{rows['series_id'].iloc[0]}: a month occurs twice")
    history = np.full(place.max() + 1, np.nan)
    history[place] = rows["observed"].to_numpy(np.float64)
    return history, first


# --- scores -----------------------------------------------------------------------------------------------------


def counts_from_logs(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Counts of quantiles on ``log(1 + count)``, none below zero."""
    return np.maximum(np.expm1(logs), 0.0)


def _mean(values: NDArray[np.float64], axis: int | None = None) -> NDArray[np.float64]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a row without a known outcome is NaN, and stays so
        result: NDArray[np.float64] = np.asarray(np.nanmean(values, axis=axis))
    return result


def per_series(values: NDArray[np.float64], pairs: Pairs) -> NDArray[np.float64]:
    """Mean over all known targets of each series, shape ``[S]``; NaN for a series without any.

    Parameters
    ----------
    values : ndarray of float
        One value per target, shape ``[P, H]``, NaN where the outcome is unknown.
    """
    means = np.full(len(pairs.series_ids), np.nan)
    for index in np.unique(pairs.series):
        means[index] = _mean(values[pairs.series == index])
    return means


def score_series(quantiles: NDArray[np.float64], pairs: Pairs) -> dict[str, NDArray[np.float64]]:
    """Mean log-WIS and count-WIS of every series: ``{"log": [S], "count": [S]}``.

    Parameters
    ----------
    quantiles : ndarray of float
        Counts, shape ``[P, HORIZON, len(LEVELS)]``.
    """
    return {
        "log": per_series(log_wis(quantiles, LEVELS, pairs.truth), pairs),
        "count": per_series(wis(quantiles, LEVELS, pairs.truth), pairs),
    }


def geometric_ratio(
    ours: NDArray[np.float64], theirs: NDArray[np.float64], groups: Sequence[str]
) -> dict[str, float]:
    """Geometric mean over the series of each group of ours / theirs, and of the groups under ``all``.

    Parameters
    ----------
    ours, theirs : ndarray of float
        Mean score of each series, shape ``[S]``.
    groups : sequence of str
        Group of each series, length S.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(ours / theirs)
    logs = np.where(np.isfinite(logs), logs, np.nan)  # a series that stands still has a score of zero and no ratio
    names = list(dict.fromkeys(groups))
    of_group = {name: float(_mean(logs[np.array(groups) == name])) for name in names}
    means = {"all": float(_mean(np.array(list(of_group.values())))), **of_group}
    return {name: float(np.exp(value)) for name, value in means.items()}


def coverage(
    quantiles: NDArray[np.float64], pairs: Pairs, probability: float, first: int = 1, last: int = HORIZON
) -> dict[str, float]:
    """Share of outcomes in the central band, averaged per series, then over the series of a group.

    ``all`` is the mean over all series, whatever their group.

    Parameters
    ----------
    quantiles : ndarray of float
        Counts, shape ``[P, HORIZON, len(LEVELS)]``.
    probability : float
        0.5, 0.8 or 0.95.
    first, last : int
        Horizons that count, both included.
    """
    ahead = slice(first - 1, last)
    return inside_share(quantiles[:, ahead], pairs.truth[:, ahead], pairs, probability)


def inside_share(
    quantiles: NDArray[np.float64], truth: NDArray[np.float64], pairs: Pairs, probability: float
) -> dict[str, float]:
    """Coverage as in :func:`coverage`, of any targets: quantiles ``[P, K, len(LEVELS)]``, truth ``[P, K]``."""
    lower = LEVELS.index(round((1 - probability) / 2, 6))
    upper = len(LEVELS) - 1 - lower
    slack = _ROUNDING * (1.0 + np.nan_to_num(truth))
    series = per_series(covered(quantiles[..., lower] - slack, quantiles[..., upper] + slack, truth), pairs)
    of_group = {name: float(_mean(series[np.array(pairs.groups) == name])) for name in pairs.group_names}
    return {"all": float(_mean(series)), **of_group}


def require_complete(name: str, quantiles: NDArray[np.float64], truth: NDArray[np.float64]) -> None:
    """Refuse forecasts that leave a known outcome without quantiles: a mean over the rest would flatter.

    Raises
    ------
    ValueError
        Naming the model and how many targets it left out.
    """
    missing = ~np.isfinite(quantiles).all(axis=-1) & np.isfinite(truth)
    if missing.any():
        raise ValueError(
            f"{name}: {int(missing.sum())} of {int(np.isfinite(truth).sum())} targets have no forecast"
        )
