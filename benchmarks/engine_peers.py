"""Peers of the engine: what a user would pick up today, each fitted anew at every origin.

What belongs here: AutoARIMA, AutoETS, AutoTheta, naive models (statsforecast), Prophet, the mean of the first
three's quantiles, and the random walk whose variance forgets. What does not: our own models, scores.

Every peer sees ``log(1 + count)`` of the months up to its origin, gaps filled; quantiles go back to counts.
"""

from __future__ import annotations

import logging
import statistics
import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from benchmarks.engine_protocol import HORIZON, LEVELS, SEASON, counts_from_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

RANDOM_WALK: Final = "random walk"
SEASONAL_NAIVE: Final = "seasonal naive"
THETA: Final = "AutoTheta"
ETS: Final = "AutoETS"
ARIMA: Final = "AutoARIMA"
MEAN: Final = "mean of the three"
FORGETTING: Final = "random walk, forgetting variance"
PROPHET: Final = "Prophet"
#: The quick ones first, as in the table.
STATSFORECAST: Final = (RANDOM_WALK, SEASONAL_NAIVE, THETA, ETS, ARIMA)
#: What has to be fitted, and everything in the order of the table.
FITTED: Final = (*STATSFORECAST, FORGETTING, PROPHET)
ALL: Final = (*STATSFORECAST, MEAN, FORGETTING, PROPHET)
#: A peer that takes longer is run once, however many repeats are asked for.
PATIENCE_SECONDS: Final = 60.0
JOBS: Final = 2

#: The random walk whose variance forgets: share kept each month, clip in variances, degrees of freedom.
DECAY: Final = 0.9
CLIP: Final = 16.0
FREEDOM: Final = 6.0


@dataclass(frozen=True)
class Peer:
    """Forecasts of one peer.

    Parameters
    ----------
    quantiles : ndarray of float
        Counts, shape ``[P, HORIZON, len(LEVELS)]``.
    seconds : float
        Wall clock of the fits and forecasts, two jobs.
    """

    quantiles: NDArray[np.float64]
    seconds: float


def run_peers(
    inputs: Sequence[NDArray[np.float64]],
    names: Sequence[str],
    *,
    jobs: int = JOBS,
    horizon: int = HORIZON,
    repeats: int = 1,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Peer]:
    """Forecasts of the named peers for every input.

    Parameters
    ----------
    inputs : sequence of ndarray
        ``log(1 + count)`` up to each origin, without gaps.
    names : sequence of str
        From :data:`FITTED`.
    repeats : int
        Runs of a peer whose first takes less than :data:`PATIENCE_SECONDS`; its seconds are their median.
    """
    found: dict[str, Peer] = {}
    if any(name in STATSFORECAST for name in names):
        _statsforecast(inputs[: 2 * jobs], RANDOM_WALK, jobs, horizon)  # the first call compiles and imports
    for name in (name for name in FITTED if name in names):
        progress(f"{name}: {len(inputs)} fits ...")
        taken: list[float] = []
        while not taken or (len(taken) < repeats and taken[0] < PATIENCE_SECONDS):
            begun = time.perf_counter()
            quantiles = counts_from_logs(_forecast(inputs, name, jobs, horizon))
            taken.append(time.perf_counter() - begun)
        found[name] = Peer(quantiles, statistics.median(taken))
        progress(f"{name}: {found[name].seconds:.1f} s")
    return found


def mean_of_three(peers: Mapping[str, Peer]) -> Peer:
    """Mean of the quantiles of AutoTheta, AutoETS and AutoARIMA; its seconds are the sum of theirs."""
    parts = [peers[part] for part in (THETA, ETS, ARIMA)]
    return Peer(np.mean([part.quantiles for part in parts], axis=0), sum(part.seconds for part in parts))


def _forecast(inputs: Sequence[NDArray[np.float64]], name: str, jobs: int, horizon: int) -> NDArray[np.float64]:
    if name == FORGETTING:
        return np.stack([forgetting_walk(values, horizon) for values in inputs])
    if name == PROPHET:
        return _prophet(inputs, jobs, horizon)
    return _statsforecast(inputs, name, jobs, horizon)


def _statsforecast(
    inputs: Sequence[NDArray[np.float64]], name: str, jobs: int, horizon: int
) -> NDArray[np.float64]:
    """Quantiles on the log scale, shape ``[len(inputs), horizon, len(LEVELS)]``."""
    from statsforecast import StatsForecast
    from statsforecast.models import AutoARIMA, AutoETS, AutoTheta, Naive, SeasonalNaive

    models = {
        RANDOM_WALK: lambda: Naive(alias="model"),
        SEASONAL_NAIVE: lambda: SeasonalNaive(season_length=SEASON, alias="model"),
        THETA: lambda: AutoTheta(season_length=SEASON, alias="model"),
        ETS: lambda: AutoETS(season_length=SEASON, alias="model"),
        ARIMA: lambda: AutoARIMA(season_length=SEASON, alias="model"),
    }
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(len(inputs)), [len(values) for values in inputs]),
            "ds": np.concatenate([np.arange(1, len(values) + 1) for values in inputs]),
            "y": np.concatenate(list(inputs)),
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = StatsForecast(models=[models[name]()], freq=1, n_jobs=jobs).forecast(
            df=frame, h=horizon, level=[50, 80, 95]
        )
    made = made.sort_values(["unique_id", "ds"])
    return made[[_column(level) for level in LEVELS]].to_numpy(np.float64).reshape(len(inputs), horizon, -1)


def _column(level: float) -> str:
    """Column of statsforecast that holds a quantile level: the end of a central interval, or the mean."""
    if level == 0.5:
        return "model"
    side, tail = ("lo", level) if level < 0.5 else ("hi", 1.0 - level)
    return f"model-{side}-{round(100 * (1 - 2 * tail))}"


def forgetting_walk(values: NDArray[np.float64], horizon: int = HORIZON) -> NDArray[np.float64]:
    """Random walk whose variance forgets .9 a month; quantiles on the log scale, shape ``[horizon, levels]``.

    Each squared step is clipped at 16 times the running variance; the forecast is Student-t(6) about the last
    value, stretched so that its variance is ``h`` times the running one.

    Parameters
    ----------
    values : ndarray of float
        ``log(1 + count)``, shape ``[T]``, no gaps.
    """
    from scipy.stats import t as student

    scale = np.sqrt(forgetting_variance(values) * np.arange(1.0, horizon + 1.0) * (FREEDOM - 2.0) / FREEDOM)
    return values[-1] + scale[:, np.newaxis] * student.ppf(LEVELS, FREEDOM)


def forgetting_variance(values: NDArray[np.float64]) -> float:
    """Variance of a month's step, forgetting .9 a month; begins as the mean square of the first twelve steps.

    A series that stood still so far has no variance to clip at: its first step counts whole.
    """
    squares = np.diff(values) ** 2
    variance = float(squares[:SEASON].mean())
    for square in squares:
        clipped = min(float(square), CLIP * variance) if variance > 0 else float(square)
        variance = DECAY * variance + (1 - DECAY) * clipped
    return variance


def _prophet(inputs: Sequence[NDArray[np.float64]], jobs: int, horizon: int) -> NDArray[np.float64]:
    """Prophet with its defaults at monthly data: yearly season only, quantiles of 1,000 sampled paths."""
    from concurrent.futures import ProcessPoolExecutor
    from functools import partial
    from multiprocessing import get_context

    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return np.stack(list(pool.map(partial(_one_prophet, horizon), inputs, chunksize=8)))


def _one_prophet(horizon: int, values: NDArray[np.float64]) -> NDArray[np.float64]:
    from prophet import Prophet

    logging.getLogger("cmdstanpy").disabled = True

    np.random.seed(1)  # noqa: NPY002  Prophet draws from the global generator
    months = pd.date_range("2000-01-01", periods=len(values) + horizon, freq="MS")
    model = Prophet(yearly_seasonality=True, weekly_seasonality=False, daily_seasonality=False)
    model.fit(pd.DataFrame({"ds": months[: len(values)], "y": values}))
    drawn = model.predictive_samples(pd.DataFrame({"ds": months[len(values) :]}))["yhat"]
    return np.quantile(drawn, LEVELS, axis=1).T
