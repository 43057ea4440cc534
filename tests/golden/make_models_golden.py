"""Makes models_golden.json: what each model must answer, computed without the models' own code.

Run from anywhere: ``python tests/golden/make_models_golden.py``. Naive models by the standard library; smoothing
by statsmodels called directly; the structural model as one joint normal distribution with its likelihood maximised
by scipy; Prophet called directly, with the event as a regressor instead of a holiday.
"""

from __future__ import annotations

import json
import logging
from itertools import pairwise
from math import expm1, log1p, sqrt
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd

HORIZONS, LEVELS = (1, 6, 12, 24, 60), (0.1, 0.5, 0.9)
FIRST, MONTHS = "2014-01", 84  # to 2020-12
WINDOW = 72  # parameters: up to the last settled December, 2019-12
EVENT = (50, 54)  # first and last month of a pulse, counted from nought
PERSISTENCE, SEASON_PRIOR, EVENT_PRIOR, MEAN_PRIOR = 0.98, 0.3, 1.0, 2.0


def counts() -> list[float]:
    """84 months by formula: rising level, season, a known pulse, rough edges without a random generator."""
    values = []
    for month in range(MONTHS):
        rough = ((month * 7919) % 101 / 101 - 0.5) * 0.3
        log_count = 6.2 + 0.006 * month + 0.7 * np.sin(2 * np.pi * (month + 1) / 12) + rough
        values.append(float(round(float(np.exp(log_count - 0.9 * (EVENT[0] <= month <= EVENT[1]))))))
    return values


def quantiles(mean: np.ndarray, variance: np.ndarray) -> list[list[float]]:
    """Counts at HORIZONS (rows) and LEVELS, with the noise of counting as the least variance."""
    rows = []
    for horizon in HORIZONS:
        middle, spread = float(mean[horizon - 1]), float(variance[horizon - 1])
        person = expm1(middle) + 0.5
        spread = max(spread, person / (1 + person) ** 2)
        rows.append([expm1(NormalDist(middle, sqrt(spread)).inv_cdf(level)) for level in LEVELS])
    return rows


def recent(innovations: np.ndarray) -> float:
    variance = float(np.mean(innovations[:24] ** 2))
    for one in innovations:
        variance = 0.94 * variance + 0.06 * min(float(one) ** 2, 16 * variance)
    return variance


def random_walk(logs: np.ndarray) -> list[list[float]]:
    variance = sum((b - a) ** 2 for a, b in pairwise(logs)) / (MONTHS - 1)
    return quantiles(np.full(60, logs[-1]), np.arange(1, 61) * variance)


def seasonal_naive(logs: np.ndarray) -> list[list[float]]:
    variance = sum((logs[t] - logs[t - 12]) ** 2 for t in range(12, MONTHS)) / (MONTHS - 12)
    ahead = np.arange(60)
    return quantiles(logs[-12 + ahead % 12], (ahead // 12 + 1) * variance)


def ets(logs: np.ndarray) -> list[list[float]]:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel
    from statsmodels.tsa.seasonal import seasonal_decompose

    index = pd.period_range(FIRST, periods=MONTHS, freq="M")
    window = pd.Series(logs[:WINDOW], index[:WINDOW])
    season = seasonal_decompose(window.to_timestamp(), model="additive", period=12).seasonal.to_numpy()[:12]

    def seasonal(values: pd.Series) -> ETSModel:
        start = float(np.mean(values.to_numpy()[:12] - season))
        known = {"initialization_method": "known", "initial_level": start, "initial_seasonal": season}
        return ETSModel(values, seasonal="add", seasonal_periods=12, **known)

    with_season, without = seasonal(window).fit(disp=False), ETSModel(window).fit(disp=False)
    penalty = {k: 2 * k * WINDOW / (WINDOW - k - 1) for k in (15, 3)}
    assert -2 * with_season.llf + penalty[15] < -2 * without.llf + penalty[3]
    smoothed = seasonal(pd.Series(logs, index)).smooth(with_season.params)
    ahead = smoothed.get_prediction(start=MONTHS, end=MONTHS + 59)
    relative = np.asarray(ahead.var_pred_mean) / np.asarray(ahead.var_pred_mean)[0]
    return quantiles(np.asarray(ahead.predicted_mean), relative * recent(np.asarray(smoothed.resid)))


def structural(logs: np.ndarray) -> list[list[float]]:
    from scipy.optimize import minimize

    time = np.arange(MONTHS + 60)
    harmonics = [np.cos(2 * np.pi * k * time / 12) for k in range(1, 7)]
    harmonics += [np.sin(2 * np.pi * k * time / 12) for k in range(1, 6)]
    pulse = ((time >= EVENT[0]) & (time <= EVENT[1])).astype(float)
    fixed = MEAN_PRIOR**2 + SEASON_PRIOR**2 * np.array(harmonics).T @ np.array(harmonics)
    fixed = fixed + EVENT_PRIOR**2 * np.outer(pulse, pulse)
    level = PERSISTENCE ** np.abs(time[:, None] - time[None, :]) / (1 - PERSISTENCE**2)
    mean = np.mean(logs[:12])

    def covariance(log_variances: np.ndarray) -> np.ndarray:
        noise, innovation = np.exp(log_variances)
        return fixed + innovation * level + noise * np.eye(len(time))

    def negative_likelihood(log_variances: np.ndarray) -> float:
        part = covariance(log_variances)[:WINDOW, :WINDOW]
        error = logs[:WINDOW] - mean
        return float(0.5 * np.linalg.slogdet(part)[1] + 0.5 * error @ np.linalg.solve(part, error))

    best = minimize(
        negative_likelihood, np.log([0.01, 0.01]), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12}
    )
    full = covariance(best.x)
    past, future = full[:MONTHS, :MONTHS], full[MONTHS:, :MONTHS]
    weights = np.linalg.solve(past, future.T).T
    expected = mean + weights @ (logs - mean)
    spread = np.diag(full[MONTHS:, MONTHS:] - weights @ future.T)
    # One-step errors, standardised, are what the Cholesky factor leaves of the series.
    innovations = np.linalg.solve(np.linalg.cholesky(past), logs - mean)
    return quantiles(expected, spread * recent(innovations[12:]))


def prophet(logs: np.ndarray) -> list[list[float]]:
    for name in ("cmdstanpy", "prophet", "prophet.plot"):
        logging.getLogger(name).disabled = True
    from prophet import Prophet

    time = np.arange(MONTHS + 60)
    frame = pd.DataFrame({"ds": pd.date_range(FIRST, periods=len(time), freq="MS")})
    frame["event"] = ((time >= EVENT[0]) & (time <= EVENT[1])).astype(float)
    scale = float(np.max(logs))
    model = Prophet(
        growth="flat",
        yearly_seasonality=5,
        weekly_seasonality=False,
        daily_seasonality=False,
        seasonality_prior_scale=SEASON_PRIOR / scale,
        uncertainty_samples=0,
    )
    model.add_regressor("event", prior_scale=EVENT_PRIOR / scale, standardize=False)
    model.fit(frame[:MONTHS].assign(y=logs), seed=1)
    fitted = model.predict(frame)["yhat"].to_numpy()
    residuals = logs - fitted[:MONTHS]
    variance = recent(residuals[1:] - PERSISTENCE * residuals[:-1])
    ahead = np.arange(1, 61)
    grown = np.cumsum(PERSISTENCE ** (2 * (ahead - 1)))
    return quantiles(fitted[MONTHS:] + residuals[-1] * PERSISTENCE**ahead, variance * grown)


if __name__ == "__main__":
    history = np.array([log1p(count) for count in counts()])
    golden = {
        "first_period": FIRST,
        "counts": counts(),
        "event": list(EVENT),
        "horizons": list(HORIZONS),
        "levels": list(LEVELS),
        "quantiles": {
            model.__name__: np.round(model(history), 6).tolist()
            for model in (random_walk, seasonal_naive, ets, structural, prophet)
        },
    }
    Path(__file__).with_name("models_golden.json").write_text(
        json.dumps(golden, indent=1) + "\n", encoding="utf-8"
    )
