"""Sums of months, on which staff and money live: the next twelve months, and a calendar year.

What belongs here: sums from monthly quantiles under one dependence for every model, their outcomes, scores and
table. What does not: monthly scores (``engine_protocol``), a release's own joint paths.

Quantiles of single months do not say how months hang together, and most peers offer nothing else. So all models,
peers and ours, are joined in the same way: each month takes the same stratified draws of its quantile function,
and which draw meets which follows a random walk (the correlation of months ``h < k`` ahead is ``sqrt(h / k)``).
Sums then differ by the models' monthly distributions alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.engine_protocol import (
    HORIZON,
    LEVELS,
    SEASON,
    geometric_ratio,
    inside_share,
    per_series,
)
from benchmarks.engine_report import markdown
from indforecast.evaluation.quantile_function import quantiles_at
from indforecast.evaluation.scores import log_wis, wis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from benchmarks.engine_protocol import Pairs
    from benchmarks.engine_report import Measured

#: Draws a month.
DRAWS: Final = 400
TWELVE_MONTHS: Final = "next 12 months"
CALENDAR_YEAR: Final = "calendar year"
#: The calendar year that is summed ends at least so many months after the origin: one year for every origin.
_EARLIEST_END: Final = 6


@dataclass(frozen=True)
class Window:
    """Which months are summed, for every pair.

    Parameters
    ----------
    ahead : ndarray of bool, shape [P, HORIZON]
        Forecast months in the sum.
    known : ndarray of float, shape [P]
        Sum of the window's months up to the origin; NaN where one of them is missing.
    outcome : ndarray of float, shape [P]
        The true sum; NaN where a month is missing.
    independent : mapping
        Per group, and for ``all`` of the calendar, how many windows that are scored fit side by side.
    """

    ahead: NDArray[np.bool_]
    known: NDArray[np.float64]
    outcome: NDArray[np.float64]
    independent: Mapping[str, int]


def windows(pairs: Pairs) -> dict[str, Window]:
    """The next twelve months, and the calendar year that ends 6 to 17 months after the origin."""
    steps = np.arange(1, HORIZON + 1)
    count = len(pairs)
    twelve = np.broadcast_to(steps <= SEASON, (count, HORIZON))
    month = pairs.origins.astype(np.int64) % SEASON  # January is 0
    end = (SEASON - 1 - month) + np.where(SEASON - 1 - month < _EARLIEST_END, SEASON, 0)
    year = (steps <= end[:, None]) & (steps > end[:, None] - SEASON)
    known = np.zeros(count)
    for pair in np.flatnonzero(end < SEASON):
        past = pairs.past(int(pair))
        known[pair] = past[len(past) - (SEASON - end[pair]) :].sum()
    return {
        TWELVE_MONTHS: _window(pairs, twelve, np.zeros(count), np.full(count, SEASON)),
        CALENDAR_YEAR: _window(pairs, year, known, end),
    }


def _window(pairs: Pairs, ahead: NDArray[np.bool_], known: NDArray[np.float64], end: NDArray[np.int64]) -> Window:
    outcome = known + np.where(ahead, pairs.truth, 0.0).sum(axis=1)
    last = pairs.origins.astype(np.int64) + end
    scored = np.isfinite(outcome)
    group = np.array(pairs.groups)[pairs.series]
    chosen = {"all": scored, **{name: scored & (group == name) for name in pairs.group_names}}
    return Window(ahead, known, outcome, {name: _side_by_side(last[rows]) for name, rows in chosen.items()})


def _side_by_side(last: NDArray[np.int64]) -> int:
    """How many windows of twelve months, given by their last month, can be chosen without overlap."""
    count, free_from = 0, None
    for month in np.unique(last):
        if free_from is None or month >= free_from:
            count, free_from = count + 1, month + SEASON
    return count


def draws_of(quantiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Joint draws of the months, shape ``[P, DRAWS, HORIZON]``, from quantiles ``[P, HORIZON, len(LEVELS)]``.

    Draws of a month are its quantile function at the middles of equal strata, so nothing is lost of it.
    """
    strata = (np.arange(DRAWS) + 0.5) / DRAWS
    values = quantiles_at(quantiles, LEVELS, strata)
    walk = np.cumsum(np.random.Generator(np.random.PCG64(1)).standard_normal((DRAWS, HORIZON)), axis=1)
    ranks = walk.argsort(axis=0).argsort(axis=0)
    taken: NDArray[np.float64] = np.take_along_axis(values.transpose(0, 2, 1), ranks[np.newaxis], axis=1)
    return taken


def sum_quantiles(quantiles: NDArray[np.float64], window: Window) -> NDArray[np.float64]:
    """Quantiles of the sum of every pair, shape ``[P, 1, len(LEVELS)]``, months known at the origin included."""
    sums = np.where(window.ahead[:, np.newaxis, :], draws_of(quantiles), 0.0).sum(axis=2)
    # Draws stand for the middles of strata, as Hazen reads them: a single month's quantiles come back as given.
    found: NDArray[np.float64] = np.quantile(sums, LEVELS, axis=1, method="hazen").T
    return (found + np.nan_to_num(window.known)[:, np.newaxis])[:, np.newaxis, :]


def sum_figures(models: Mapping[str, Measured], pairs: Pairs, base: str) -> dict[str, dict[str, Any]]:
    """Per window and model: ratios to ``base``, coverage and the number of independent windows."""
    found: dict[str, dict[str, Any]] = {}
    for what, window in windows(pairs).items():
        outcome = window.outcome[:, np.newaxis]
        scores: dict[str, dict[str, Any]] = {}
        for name, model in models.items():
            sums = sum_quantiles(model.quantiles, window)
            scores[name] = {
                "log": per_series(log_wis(sums, LEVELS, outcome), pairs),
                "count": per_series(wis(sums, LEVELS, outcome), pairs),
                "80": inside_share(sums, outcome, pairs, 0.8),
                "95": inside_share(sums, outcome, pairs, 0.95),
            }
        found[what] = {
            name: {
                "log_ratio": geometric_ratio(score["log"], scores[base]["log"], pairs.groups),
                "count_ratio": geometric_ratio(score["count"], scores[base]["count"], pairs.groups),
                "coverage_80": score["80"],
                "coverage_95": score["95"],
                "independent_windows": window.independent,
            }
            for name, score in scores.items()
        }
    return found


def sum_table(found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """One line per window and model, as Markdown; the number of independent windows stands beside the coverage."""
    groups = list(next(iter(next(iter(found.values())).values()))["log_ratio"])
    head = ["sum", "", "log-WIS ratio: all", *groups[1:], "count-WIS ratio: all", *groups[1:]]
    head += ["coverage 80: " + "/".join(groups), "coverage 95, all", "windows side by side: " + "/".join(groups)]
    rows = []
    for what, models in found.items():
        for name, figures in models.items():
            rows.append(
                [
                    what,
                    name,
                    *(f"{value:.3f}" for value in figures["log_ratio"].values()),
                    *(f"{value:.3f}" for value in figures["count_ratio"].values()),
                    "/".join(f"{value:.2f}" for value in figures["coverage_80"].values()),
                    f"{figures['coverage_95']['all']:.2f}",
                    "/".join(str(count) for count in figures["independent_windows"].values()),
                ]
            )
    return markdown(head, rows)
