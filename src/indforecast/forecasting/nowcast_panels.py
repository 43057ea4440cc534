"""Forecasts from newest months that are a distribution rather than a number.

What belongs here: the panels that stand for the distribution at each origin, and folding the models' answers on
them into one. What does not: the nowcast (``forecasting.nowcast``), running models (``evaluation.backtest``).

The newest months of a stream, as far as they may still move, are put once one standard deviation low and once
high: the two nodes of Gauss-Hermite quadrature, exact for mean and variance of all that is linear in the change.
Months of a stream move together, because what is wrong with one estimate is wrong with the next. Both answers
become one by the law of total variance: their mean, widened by what lies between them. At an origin where nothing
can move materially there is one panel, the history as it is known, and nothing changes to the last bit.

The naive models always see the history as it is known: a benchmark is not to be improved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.domain.observations import Panel
from indforecast.evaluation.backtest import Backtest, run_backtest
from indforecast.forecasting.nowcast import month_nowcasts, revision_triangle
from indforecast.forecasting.weights import NAIVE_MODELS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from indforecast.config.settings import NowcastSettings
    from indforecast.domain.events import Event
    from indforecast.forecasting.nowcast import MonthNowcasts

#: Newest months that reach the models as a distribution. Older ones have moved most of what they will, and models
#: estimate their parameters on months before these (docs/methods/models.md), so that estimates stay shared.
NEWEST_MONTHS: Final = 3

#: A month that moves less than this on the log scale cannot be seen in a band of ten per cent and more.
_MATERIAL = 0.02

#: A series must have been followed itself so many times: what others of its pool do may be shown, but moves
#: nothing.
_OWN_CASES = 6


def reaches_models(
    found: MonthNowcasts, series_ids: Sequence[str], origin: np.datetime64, estimated_streams: Sequence[str]
) -> NDArray[np.bool_]:
    """Which months models see as a distribution rather than as a number.

    Parameters
    ----------
    found : MonthNowcasts
        Shape ``[N]``.
    series_ids : sequence of str
        What its positions of series mean.
    origin : datetime64[M]
        Last month of the history.
    estimated_streams : sequence of str
        Series of which our own estimates count too.
    """
    newest = (found.months > origin - NEWEST_MONTHS) & (found.months <= origin)
    kind = ~found.estimated | np.isin(np.array(series_ids, dtype=np.str_)[found.series], list(estimated_streams))
    own = found.nowcast.cases >= _OWN_CASES
    moves = np.hypot(found.nowcast.log_mean, found.nowcast.log_deviation) >= _MATERIAL
    reaching: NDArray[np.bool_] = newest & kind & own & moves
    return reaching


def node_panels(panel: Panel, revisions: pd.DataFrame, estimated_streams: Sequence[str]) -> tuple[Panel, ...]:
    """What stands for the history of an origin: one panel, or a low and a high one.

    Parameters
    ----------
    panel : Panel
        What was known at the origin.
    revisions : DataFrame
        Every figure ever known (``Store.revisions``); rows after the panel's vintage are not looked at.
    estimated_streams : sequence of str
        Series of which our own estimates count as a distribution too; a publisher's figures do in every series.

    Returns
    -------
    tuple of Panel
        ``panel`` itself where no month moves materially.
    """
    found = month_nowcasts(revision_triangle(revisions, panel.vintage, panel.series_ids))
    column, rows = (found.months - panel.periods[0]).astype(np.int64), found.series
    inside = (column >= 0) & (column < len(panel.periods))
    material = inside & reaches_models(found, panel.series_ids, panel.forecast_origin, estimated_streams)
    if not material.any():
        return (panel,)
    nodes = []
    mean, deviation = found.nowcast.log_mean, found.nowcast.log_deviation
    for sign in (-1.0, 1.0):
        persons = np.rint(found.nowcast.final(mean + sign * deviation))
        observed = panel.observed.copy()
        observed[rows[material], column[material]] = persons[material]
        nodes.append(Panel(panel.vintage, panel.series_ids, panel.periods, observed))
    return tuple(nodes)


def fold_nodes(
    low: NDArray[np.float64], high: NDArray[np.float64], levels: Sequence[float]
) -> NDArray[np.float64]:
    """One distribution from the answers on the low and the high panel.

    On ``log(1 + count)`` the variance is that of the answers, averaged, and that between them. Exact where both
    are normal with one variance; where they are equal, nothing changes.

    Parameters
    ----------
    low, high : ndarray
        Persons, shape ``[..., L]``; NaN where a model failed on either is NaN in the answer.
    levels : sequence of float
        Shape ``[L]``, with 0.1, 0.5 and 0.9 among them.

    Returns
    -------
    ndarray
        Persons, shape ``[..., L]``, rising along levels.
    """
    ten, half, ninety = (list(levels).index(level) for level in (0.1, 0.5, 0.9))
    logs = (np.log1p(low) + np.log1p(high)) / 2.0
    middle = logs[..., [half]]
    between = (np.log1p(high[..., [half]]) - np.log1p(low[..., [half]])) / 2.0
    # Of a normal distribution eight tenths lie within 1.2816 deviations.
    within = (logs[..., [ninety]] - logs[..., [ten]]) / (2.0 * 1.2815515655446004)
    wider = np.sqrt(1.0 + np.divide(between, within, out=np.zeros_like(between), where=within > 0) ** 2)
    folded = np.maximum.accumulate(np.maximum(np.expm1(middle + (logs - middle) * wider), 0.0), axis=-1)
    return np.where((low == high).all(axis=-1, keepdims=True), low, folded)


def run_nowcast_backtest(
    panels: Sequence[Panel],
    revisions: pd.DataFrame,
    settings: NowcastSettings,
    model_names: Sequence[str],
    events: Sequence[Event],
    *,
    horizon: int,
    workers: int = 1,
    cached: pd.DataFrame | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[Backtest, pd.DataFrame]:
    """:func:`indforecast.evaluation.backtest.run_backtest` with the newest months as a distribution.

    Parameters
    ----------
    panels : sequence of Panel
        What was known at each origin, oldest first.
    revisions : DataFrame
        As for :func:`node_panels`.
    settings : NowcastSettings
        Switched off, the answer is that of ``run_backtest``.
    model_names, events, horizon, workers, cached
        As for ``run_backtest``.
    on_progress : callable, optional
        Called with (fits done, fits in all); an origin may take two fits of a model.

    Returns
    -------
    tuple of (Backtest, DataFrame)
        The backtest at ``panels``, and the rows that were not cached.
    """
    streams, single = settings.estimated_streams, [(panel,) for panel in panels]
    nodes = [node_panels(panel, revisions, streams) for panel in panels] if settings.enabled else single
    naive = [name for name in model_names if name in NAIVE_MODELS]
    others = [name for name in model_names if name not in NAIVE_MODELS]
    total = len(naive) * len(panels) + len(others) * sum(len(several) for several in nodes)
    counted: dict[str, int] = {}

    def report(model: str, done: int, _: int) -> None:
        counted[model] = done
        if on_progress is not None:
            on_progress(sum(counted.values()), total)

    parts: list[Backtest] = []
    made: list[pd.DataFrame] = []
    # Naive models take no time worth a process.
    for names, asked, processes in ((naive, single, 1), (others, nodes, workers)):
        if names:
            found, rows = run_backtest(
                [panel for several in asked for panel in several],
                names,
                events,
                horizon=horizon,
                workers=processes,
                cached=cached,
                on_progress=report,
            )
            parts.append(_folded(found, panels, [len(several) for several in asked]))
            made += [rows] if len(rows) else []
    return _joined(parts, model_names), pd.concat(made, ignore_index=True) if made else rows


def _folded(asked: Backtest, panels: Sequence[Panel], nodes: Sequence[int]) -> Backtest:
    """The answers at one or two nodes of each origin as one answer per origin."""
    count = np.asarray(nodes)
    first = np.cumsum(count) - count
    quantiles = asked.quantiles[:, first]
    twice = np.flatnonzero(count == 2)
    quantiles[:, twice] = fold_nodes(quantiles[:, twice], asked.quantiles[:, first[twice] + 1], asked.levels)
    failures = asked.failures.drop_duplicates(["vintage", "model", "series_id"], ignore_index=True)
    return Backtest(asked.models, tuple(panels), quantiles, failures, asked.levels)


def _joined(parts: Sequence[Backtest], model_names: Sequence[str]) -> Backtest:
    """Models of several backtests at the same origins, in the order asked."""
    found = [name for part in parts for name in part.models]
    order = [found.index(name) for name in model_names]
    failures = pd.concat([part.failures for part in parts], ignore_index=True)
    rank = failures["model"].map({name: place for place, name in enumerate(model_names)})
    return Backtest(
        models=tuple(model_names),
        panels=parts[0].panels,
        quantiles=np.concatenate([part.quantiles for part in parts])[order],
        failures=failures.iloc[np.argsort(rank.to_numpy(dtype=np.int64), kind="stable")].reset_index(drop=True),
        levels=parts[0].levels,
    )
