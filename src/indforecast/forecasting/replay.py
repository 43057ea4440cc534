"""The ensemble as it would have been at every past origin.

What belongs here: the walk over origins, each with weights, gate and dependence from errors known at its own
vintage. What does not: what the walk is scored on (``forecasting.hit_rates``, ``evaluation.leaderboard``).

Production is the last step of the same walk: nothing is fitted for the newest origin that was not fitted in
the same way for the others, so the replay's record is the record of what is published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.domain.quantiles import SCORE_LEVELS
from indforecast.evaluation.horizons import horizon_bands, independent_windows
from indforecast.evaluation.quantile_function import outcome_score
from indforecast.evaluation.scores import wis
from indforecast.evaluation.truth import truth_at
from indforecast.forecasting.dependence import estimate_dependence
from indforecast.forecasting.ensemble import combine, ensemble_loses
from indforecast.forecasting.spread import Spread, factors, follow, missed, spread_about_median
from indforecast.forecasting.weights import NAIVE_MODELS, by_horizon, naive_rows, weigh
from indforecast.models.registry import answers_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.config.settings import EnsembleSettings
    from indforecast.evaluation.backtest import Backtest
    from indforecast.evaluation.horizons import HorizonBand
    from indforecast.evaluation.origins import Origins
    from indforecast.forecasting.dependence import Dependence
    from indforecast.forecasting.weights import Weights

#: A year's errors are compared to find how they persist; that many months make one window.
_DEPENDENCE_WINDOW = 12


@dataclass(frozen=True)
class Step:
    """What was decided at one origin.

    Parameters
    ----------
    weights : Weights
        Per stream and band.
    loses : ndarray of bool
        Where the better naive is published instead, shape ``[S, B]``.
    ratio : ndarray
        Past log-WIS of the ensemble over the better naive's, shape ``[S, B]``.
    dependence : Dependence
        Copula of errors.
    spreads : tuple of Spread
        What the spread of the ensemble and of the two naives was multiplied by, in the order of ``NAIVE_MODELS``.
    """

    weights: Weights
    loses: NDArray[np.bool_]
    ratio: NDArray[np.float64]
    dependence: Dependence
    spreads: tuple[Spread, ...]


@dataclass(frozen=True)
class Replay:
    """The walk.

    Parameters
    ----------
    origins : Origins
        Base streams, shape ``[O]`` and ``[S]``.
    models : tuple of str
        Shape ``[M]``.
    bands : tuple of HorizonBand
        Shape ``[B]``.
    levels : tuple of float
        Shape ``[L]``.
    model_logs : ndarray
        Base forecasts on the log scale, shape ``[M, O, S, H, L]``; NaN where failed or with too short a history.
    published_logs : ndarray
        Published quantiles on the log scale, shape ``[O, S, H, L]``.
    steps : tuple of Step
        One per origin; the last is production.
    """

    origins: Origins
    models: tuple[str, ...]
    bands: tuple[HorizonBand, ...]
    levels: tuple[float, ...]
    model_logs: NDArray[np.float64]
    published_logs: NDArray[np.float64]
    steps: tuple[Step, ...]


def replay_ensemble(
    backtest: Backtest, origins: Origins, series_ids: Sequence[str], settings: EnsembleSettings
) -> Replay:
    """Walk over the origins, oldest first.

    Parameters
    ----------
    backtest : Backtest
        Base forecasts at the same origins.
    origins : Origins
        What was known at each origin.
    series_ids : sequence of str
        Base streams to combine, in this order.
    settings : EnsembleSettings
        Bands, shrinkage, least number of scored origins.

    Raises
    ------
    ConfigError
        If a naive model is not among the models.
    ValueError
        If backtest and origins do not belong together.
    """
    if len(backtest.panels) != len(origins.panels) or np.any(backtest.origins != origins.months):
        raise ValueError("the backtest was not made from these origins")
    naive_rows(backtest.models)
    origins = origins.select(series_ids)
    rows = [backtest.series_ids.index(series_id) for series_id in series_ids]
    logs = np.log1p(backtest.quantiles[:, :, rows])
    short = ~origins.enough_history()
    short[-1] = False  # the newest origin is asked for, whatever its history; models refuse what they cannot do
    logs = np.where(short[np.newaxis, :, :, np.newaxis, np.newaxis], np.nan, logs)
    bands = horizon_bands(settings.horizon_bands, backtest.horizon)
    walk = _Walk(logs, origins, backtest, bands, settings)
    steps = tuple(walk.step(origin) for origin in range(len(origins.panels)))
    return Replay(origins, backtest.models, bands, backtest.levels, logs, walk.published, steps)


class _Walk:
    """The walk itself: what was said at earlier origins, which each next step learns from."""

    def __init__(
        self,
        logs: NDArray[np.float64],
        origins: Origins,
        backtest: Backtest,
        bands: Sequence[HorizonBand],
        settings: EnsembleSettings,
    ) -> None:
        self._logs, self._origins, self._bands, self._settings = logs, origins, bands, settings
        self._models, self._levels, self._horizon = backtest.models, backtest.levels, backtest.horizon
        self._naive = list(naive_rows(backtest.models))
        self._scored = [backtest.levels.index(level) for level in SCORE_LEVELS]
        #: Spread-calibrated ensemble and naives, shape ``[3, O, S, H, L]``.
        self._calibrated = np.full((3, *logs.shape[1:]), np.nan)
        #: Which outcomes the spread has learnt from, shape ``[O, S, H]``.
        self._counted = np.zeros(logs.shape[1:4], dtype=bool)
        self._spreads: tuple[Spread, ...] = (Spread.unknown(logs.shape[2], len(bands)),) * 3
        self.published = np.full_like(logs[0], np.nan)

    def step(self, origin: int) -> Step:
        """Decide at one origin, from what was known there, and write down what it says."""
        logs, bands, months = self._logs, self._bands, self._origins.months[:origin]
        truth = truth_at(self._origins, origin)
        targets = truth.targets(months, self._horizon)
        goal = np.log1p(targets)
        scores = wis(logs[:, :origin][..., self._scored], SCORE_LEVELS, goal)
        failed: NDArray[np.bool_] = np.logical_or.reduce(np.isnan(logs[:, origin]), axis=(2, 3))
        available = ~failed.T
        weights = weigh(scores, months, self._models, bands, available, self._settings)
        combined = combine(logs[:, origin], by_horizon(weights, bands))
        told = truth.official_targets(months, self._horizon) | truth.simulated[:, np.newaxis]
        new = ~np.isnan(goal) & told & ~self._counted[:origin]
        self._counted[:origin] |= new
        self._calibrate(
            origin, np.where(new, goal, np.nan), truth.simulated, (combined, *logs[self._naive, origin])
        )
        own = wis(self._calibrated[:, :origin][..., self._scored], SCORE_LEVELS, goal)
        naive_scores = scores[self._naive]
        loses, ratio = ensemble_loses(own[0], naive_scores, bands, self._settings)
        loses &= np.take_along_axis(available, weights.naive, axis=1)
        # The naive in the ensemble's place has its spread calibrated too, unless that loses to it plain.
        plain = [ensemble_loses(score, naive_scores, bands, self._settings)[0] for score in own[1:]]
        self.published[origin] = self._calibrated[0, origin]
        for row, number in zip(*np.nonzero(loses), strict=True):
            columns, naive = bands[number].columns, self._naive.index(weights.naive[row, number])
            said = logs[self._naive[naive]] if plain[naive][row, number] else self._calibrated[1 + naive]
            self.published[origin, row, columns] = said[origin, row, columns]
        errors = outcome_score(np.expm1(self.published[:origin]), self._levels, targets)
        known = ~np.logical_and.reduce(np.isnan(errors[..., :_DEPENDENCE_WINDOW]), axis=1)
        dependence = estimate_dependence(
            errors, independent_windows(known, months), shrinkage_windows=self._settings.shrinkage_windows
        )
        return Step(weights, loses, ratio, dependence, self._spreads)

    def _calibrate(
        self,
        origin: int,
        goal: NDArray[np.float64],
        simulated: NDArray[np.bool_],
        said: Sequence[NDArray[np.float64]],
    ) -> None:
        """Let each spread follow the outcomes that are new at an origin, and apply it to what is said there."""
        months = self._origins.months
        elapsed = int((months[origin] - months[max(origin - 1, 0)]).astype(np.int64))
        spreads = []
        for number, logs in enumerate(said):
            outside = missed(self._calibrated[number, :origin], self._levels, goal)
            spread = follow(self._spreads[number], outside, simulated, self._bands, months=elapsed)
            self._calibrated[number, origin] = spread_about_median(
                logs, self._levels, factors(spread, simulated, self._bands)
            )
            spreads.append(spread)
        self._spreads = tuple(spreads)


def weights_table(replay: Replay, origin: int = -1) -> list[dict[str, object]]:
    """Rows of the published table of weights at an origin: one per stream, band and model.

    Parameters
    ----------
    replay : Replay
        The walk.
    origin : int
        Which origin; production by default.
    """
    step = replay.steps[origin]
    found = step.weights
    rows: list[dict[str, object]] = []
    for row, series_id in enumerate(replay.origins.series_ids):
        for number, band in enumerate(replay.bands):
            naive = replay.models[found.naive[row, number]]
            shared: dict[str, object] = {
                "targets": int(found.targets[row, number]),
                "independent_windows": int(found.windows[row, number]),
                "better_naive": naive,
                "ensemble_wis_ratio": float(step.ratio[row, number]),
                "published": naive if step.loses[row, number] else "ensemble",
            }
            for position, model in enumerate(replay.models):
                if not answers_for(model, series_id):
                    continue
                rows.append(
                    {
                        "series_id": series_id,
                        "horizon_band": band.label,
                        "model": model,
                        "weight": float(found.weights[row, number, position]),
                        "wis_ratio": float(found.relative[row, number, position]),
                        "status": _status(found, row, number, position, model),
                        **shared,
                    }
                )
    return rows


def _status(found: Weights, row: int, number: int, position: int, model: str) -> str:
    if not found.available[row, position]:
        return "failed"
    if not found.judged[row, number]:
        return "ungated: too few scored"
    if found.gated[row, number, position]:
        return "gated: loses to the better naive"
    if found.beyond[number, position]:
        return "scored only: not weighed so far ahead"
    return "benchmark" if model in NAIVE_MODELS else "weighted"
