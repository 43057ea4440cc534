"""Makes models_golden.json: what each model must answer, computed without the models' own code.

Run from anywhere: ``python tests/golden/make_models_golden.py``. Naive models by the standard library; smoothing
by statsmodels called directly; structural model and seasonal ARIMA as one joint normal distribution each, with its
likelihood maximised by scipy; Prophet called directly, with the event as a regressor instead of a holiday; models
of one stream by a grid and loops over lags; Theta and the filter bank (``filter_bank_golden.py``) by plain loops.
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


def theta(logs: np.ndarray) -> list[list[float]]:
    change = [b - a for a, b in pairwise(logs)]
    middle = sum(change) / len(change)
    total = sum((one - middle) ** 2 for one in change)
    correlation = [
        sum((change[t] - middle) * (change[t - lag] - middle) for t in range(lag, len(change))) / total
        for lag in range(1, 13)
    ]
    limit = 1.645 * sqrt((1 + 2 * sum(one**2 for one in correlation[:11])) / len(change))
    assert correlation[11] > limit
    sums: list[list[float]] = [[] for _ in range(12)]
    for t in range(6, MONTHS - 6):
        year = (logs[t - 6] / 2 + sum(logs[t - 5 : t + 6]) + logs[t + 6] / 2) / 12
        sums[t % 12].append(logs[t] - year)
    season = [sum(one) / len(one) for one in sums]
    season = [one - sum(season) / 12 for one in season]
    line = [logs[t] - season[t % 12] for t in range(MONTHS)]
    middle_time, middle_line = (MONTHS - 1) / 2, sum(line) / MONTHS
    slope = sum((t - middle_time) * (line[t] - middle_line) for t in range(MONTHS))
    drift = slope / sum((t - middle_time) ** 2 for t in range(MONTHS)) / 2

    def smooth(gain: float) -> tuple[float, list[float]]:
        level, errors = line[0], []
        for value in line[1:]:
            errors.append(value - (level + drift))
            level = level + drift + gain * errors[-1]
        return level, errors

    gain = min((step / 100 for step in range(1, 100)), key=lambda one: sum(e * e for e in smooth(one)[1]))
    level, errors = smooth(gain)
    variance = recent(np.array(errors))
    mean, growth = [], 0.0
    for ahead in range(1, 61):
        growth += drift * 0.9 ** (ahead - 1)
        mean.append(level + growth + season[(MONTHS + ahead - 1) % 12])
    return quantiles(np.array(mean), np.array([variance * (1 + ahead * gain**2) for ahead in range(60)]))


def sarimax(logs: np.ndarray) -> list[list[float]]:
    from scipy.optimize import minimize

    count, long = MONTHS + 60, 2500
    time = np.arange(count)
    pulse = ((time >= EVENT[0]) & (time <= EVENT[1])).astype(float)
    mean = np.mean(logs[:12])
    # A value is that of a year before plus a change: every change of the same month counts.
    adds = ((time[:, None] - time[None, :]) % 12 == 0) & (time[:, None] >= time[None, :])
    starts = (time[:, None] % 12 == np.arange(12)[None, :]).astype(float)
    fixed = 10.0**2 * starts @ starts.T + EVENT_PRIOR**2 * np.outer(pulse, pulse)

    def covariance(moving: float, variance: float) -> np.ndarray:
        polynomial = np.zeros(14)
        polynomial[[0, 1, 12, 13]] = 1.0, moving, -0.9, -0.9 * moving
        response = np.zeros(long)
        for lag in range(long):
            carried = PERSISTENCE * response[lag - 1] if lag else 0.0
            response[lag] = carried + (polynomial[lag] if lag < 14 else 0.0)
        own = np.array([response[: long - lag] @ response[lag:] for lag in range(count)])
        change = variance * own[np.abs(time[:, None] - time[None, :])]
        return fixed + adds.astype(float) @ change @ adds.T.astype(float)

    def likelihood(part: np.ndarray, error: np.ndarray) -> float:
        return float(-0.5 * np.linalg.slogdet(part)[1] - 0.5 * error @ np.linalg.solve(part, error))

    def lost(parameters: np.ndarray) -> float:
        part = covariance(np.tanh(parameters[0]), np.exp(parameters[1]))[:WINDOW, :WINDOW]
        error = logs[:WINDOW] - mean
        return likelihood(part[:12, :12], error[:12]) - likelihood(part, error)

    best = minimize(lost, [-0.5, -4.0], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10})
    full = covariance(np.tanh(best.x[0]), np.exp(best.x[1]))
    return conditioned(full, logs - mean, mean)


def conditioned(full: np.ndarray, error: np.ndarray, mean: np.ndarray | float) -> list[list[float]]:
    """The months ahead of a joint normal distribution, scaled to recent innovations."""
    expected, spread, scale = ahead_of(full, error)
    return quantiles(expected + mean, spread * scale)


def ahead_of(full: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    past, future = full[:MONTHS, :MONTHS], full[MONTHS:, :MONTHS]
    weights = np.linalg.solve(past, future.T).T
    spread = np.diag(full[MONTHS:, MONTHS:] - weights @ future.T)
    innovations = np.linalg.solve(np.linalg.cholesky(past), error)
    return weights @ error, spread, recent(innovations[12:])


def likeliest(columns: np.ndarray, deviations: list[float], moves: np.ndarray, error: np.ndarray) -> tuple:
    """Log-likelihood and covariance at the best of five by five variances, columns being regressors."""
    time = np.arange(MONTHS + 60)
    waves = [np.cos(2 * np.pi * k * time / 12) for k in range(1, 7)]
    waves += [np.sin(2 * np.pi * k * time / 12) for k in range(1, 6)]
    fixed = MEAN_PRIOR**2 + SEASON_PRIOR**2 * np.array(waves).T @ np.array(waves)
    fixed = fixed + columns.T @ np.diag(np.square(deviations)) @ columns
    level = PERSISTENCE ** np.abs(moves[:, None] - moves[None, :]) / (1 - PERSISTENCE**2)
    found = []
    for innovation in (0.001, 0.003, 0.01, 0.03, 0.1):
        for noise in (0.001, 0.003, 0.01, 0.03, 0.1):
            full = fixed + innovation * level + noise * np.eye(len(time))
            past = full[:MONTHS, :MONTHS]
            fit = -0.5 * np.linalg.slogdet(past)[1] - 0.5 * error @ np.linalg.solve(past, error)
            found.append((float(fit), full))
    return max(found, key=lambda one: one[0])


def pulse_column() -> np.ndarray:
    time = np.arange(MONTHS + 60)
    return ((time >= EVENT[0]) & (time <= EVENT[1])).astype(float)


def source() -> tuple[np.ndarray, np.ndarray]:
    """The counts in reverse as the stream that is followed: persons, known and expected, and deviations."""
    persons = np.array(counts()[::-1])
    logs = np.log1p(persons)
    mean = np.mean(logs[:12])
    _, full = likeliest(np.zeros((0, MONTHS + 60)), [], np.arange(MONTHS + 60), logs - mean)
    expected, spread, scale = ahead_of(full, logs - mean)
    later = np.exp(expected + mean) - 1
    return np.concatenate([persons, later]), np.concatenate(
        [np.zeros(MONTHS), (1 + later) * np.sqrt(spread * scale)]
    )


def following(logs: np.ndarray, lags: list[list[float]], sources: int) -> list[list[float]]:
    persons, deviations = source()
    before = float(np.mean(persons[:12]))
    found = []
    for weights in lags:
        level, unsure = [], []
        for month in range(MONTHS + 60):
            total = spread = 0.0
            for lag, weight in enumerate(weights):
                here = month - lag
                total += weight * sources * (persons[here] if here >= 0 else before)
                spread += weight * sources * (deviations[here] if here >= 0 else 0.0)
            level.append(log1p(total))
            unsure.append(spread / (1 + total))
        column = np.array(level) - np.mean(level[:MONTHS])
        offset = logs - 0.5 * column[:MONTHS]
        mean = np.mean(offset[:12])
        columns = np.array([pulse_column(), column])
        fit, full = likeliest(columns, [EVENT_PRIOR, 0.5], np.arange(MONTHS + 60), offset - mean)
        expected, spread, scale = ahead_of(full, offset - mean)
        pull = np.linalg.solve(full[:MONTHS, :MONTHS], offset - mean)
        elasticity = 0.5 + 0.5**2 * float(column[:MONTHS] @ pull)
        variance = spread * scale + (elasticity * np.array(unsure)[MONTHS:]) ** 2
        found.append((fit, expected + mean + 0.5 * column[MONTHS:], variance))
    _, middle, variance = max(found, key=lambda one: one[0])
    return quantiles(middle, variance)


def delayed(delays: tuple[float, ...], months: int) -> list[list[float]]:
    lags = []
    for delay in delays:
        # A gamma density with half its mean as deviation: shape 4.
        density = [(lag + 0.5) ** 3 * np.exp(-(lag + 0.5) * 4 / delay) for lag in range(months)]
        lags.append([float(one / sum(density)) for one in density])
    return lags


def nareis_from_applications(logs: np.ndarray) -> list[list[float]]:
    return following(logs, delayed((6.0, 9.0, 12.0, 15.0), 25), 1)


def nareis_applications_from_grants(logs: np.ndarray) -> list[list[float]]:
    return following(logs, delayed((6.0, 9.0, 12.0, 18.0), 37), 1)


def naturalisation_from_cohorts(logs: np.ndarray) -> list[list[float]]:
    return following(logs, [[1 / 13 if lag >= 54 else 0.0 for lag in range(67)]], 3)


def students_academic_year(logs: np.ndarray) -> list[list[float]]:
    # January first: a year's eight months, then twelve at a time.
    moves = np.array([12 * ((month + 4) // 12) for month in range(MONTHS + 60)])
    mean = np.mean(logs[:12])
    _, full = likeliest(np.array([pulse_column()]), [EVENT_PRIOR], moves, logs - mean)
    return conditioned(full, logs - mean, mean)


def filter_bank(logs: np.ndarray) -> list[list[float]]:
    from filter_bank_golden import bank_quantiles

    seen = [None if EVENT[0] <= month <= EVENT[1] else float(logs[month]) for month in range(MONTHS)]
    return bank_quantiles(seen, HORIZONS, LEVELS, first_month=(2014 - 1970) * 12)


MODELS = (
    random_walk, seasonal_naive, ets, structural, prophet, filter_bank, theta, sarimax,
    nareis_from_applications, nareis_applications_from_grants, naturalisation_from_cohorts,
    students_academic_year,
)  # fmt: skip

if __name__ == "__main__":
    history = np.array([log1p(count) for count in counts()])
    golden = {
        "first_period": FIRST,
        "counts": counts(),
        "event": list(EVENT),
        "horizons": list(HORIZONS),
        "levels": list(LEVELS),
        "quantiles": {model.__name__: np.round(model(history), 6).tolist() for model in MODELS},
    }
    Path(__file__).with_name("models_golden.json").write_text(
        json.dumps(golden, indent=1) + "\n", encoding="utf-8"
    )
