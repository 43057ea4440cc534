"""Nationalities and nation: ways to make their draws add up, compared on the replay of past vintages.

Run ``python -m benchmarks.coherence --home .indforecast`` after a cycle; the table stands in
docs/methods/coherence.md. What belongs here: ways that lost, beside the one that is used. What does not: the one
that is used (``indforecast.forecasting.nationalities``).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.config import load_settings
from indforecast.domain.quantiles import SCORE_LEVELS
from indforecast.domain.seeds import generator_for
from indforecast.evaluation.backtest import fast_backtest
from indforecast.evaluation.cache import models_code
from indforecast.evaluation.horizons import independent_windows
from indforecast.evaluation.origins import origin_vintages, prepare_origins
from indforecast.evaluation.quantile_function import interpolation, normal_score, outcome_score
from indforecast.evaluation.scores import covered, log_wis
from indforecast.evaluation.truth import add_totals, truth_at
from indforecast.forecasting.dependence import estimate_dependence
from indforecast.forecasting.nationalities import PART_MODELS, share_quantiles
from indforecast.forecasting.nationality_parts import known_parts, part_events
from indforecast.forecasting.nowcast_panels import run_nowcast_backtest
from indforecast.forecasting.paths import draw_paths, with_totals
from indforecast.forecasting.reconciliation import add_up, minimum_trace, share_out, shrunk_covariance
from indforecast.forecasting.replay import replay_ensemble
from indforecast.vintages.store import Store
from indforecast.vintages.stream_history import StreamHistory

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.config.settings import Settings
    from indforecast.evaluation.origins import Origins
    from indforecast.forecasting.nationality_parts import Parts
    from indforecast.forecasting.replay import Replay

#: Draws at each origin.
PATHS = 400
#: Errors so many months ahead make the covariance of minimum trace.
NEAR = 12
#: Targets, as months ahead.
BANDS = {"1-24": slice(0, 24), "25-60": slice(24, 60), "all": slice(0, 60)}
#: Name, what the parts' own quantiles become, and how draws are made to add up.
WAYS = (
    ("before", "own", "none"),
    ("top-down, as built", "built", "top_down"),
    ("top-down, coupled with the nation", "share", "top_down"),
    ("top-down, whole spread", "own", "top_down"),
    ("top-down, medians alone", "median", "top_down"),
    ("bottom-up", "own", "bottom_up"),
    ("minimum trace", "own", "shrunk"),
    ("bottom-up, drawn in", "share", "bottom_up"),
    ("minimum trace, drawn in", "share", "shrunk"),
    ("minimum trace, variances alone, drawn in", "share", "variances"),
    ("minimum trace, national kept, drawn in", "share", "kept"),
)


@dataclass(frozen=True)
class Case:
    """What every way is given: both walks and what was known."""

    settings: Settings
    origins: Origins
    parts: Parts
    national: Replay
    below: Replay

    @property
    def streams(self) -> tuple[str, ...]:
        """Streams that have parts."""
        return tuple(dict.fromkeys(self.parts.streams))


def prepare(home: Path) -> Case:
    """Both walks from a house; what its store does not hold is fitted."""
    settings, store = load_settings(), Store(home)
    history = StreamHistory(store, settings.hierarchy.series_ids)
    newest = history.newest_vintage()
    if newest is None:
        raise SystemExit(f"{home} holds nothing yet; run a cycle first.")
    chosen = settings.forecast
    histories = history.as_ofs(origin_vintages(chosen.backtest, newest))
    origins = prepare_origins(
        histories,
        settings.hierarchy.base_ids,
        minimum_history_months=chosen.backtest.minimum_history_months,
    )
    backtest, _ = run_nowcast_backtest(
        origins.panels,
        store.revisions(newest),
        chosen.nowcast,
        chosen.models,
        settings.known_events,
        horizon=chosen.horizon_months,
        workers=chosen.workers,
        cached=store.read_forecasts(code=models_code()),
    )
    parts = known_parts(histories, origins)
    if parts is None:
        raise SystemExit(f"{home} holds no nationalities.")
    below = fast_backtest(
        parts.origins.panels,
        PART_MODELS,
        part_events(settings.known_events, parts),
        horizon=chosen.horizon_months,
    )
    return Case(
        settings,
        origins,
        parts,
        replay_ensemble(backtest, origins, settings.hierarchy.base_ids, chosen.ensemble),
        replay_ensemble(
            below,
            parts.origins,
            parts.series_ids,
            chosen.ensemble.model_copy(update={"benchmarks_weigh": True}),
        ),
    )


def compare(case: Case) -> pd.DataFrame:
    """Log-WIS and coverage of 80 % per way, series and months ahead, after reconciliation."""
    said: dict[str, tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]] = {
        way[0]: ([], []) for way in WAYS
    }
    for origin in range(len(case.origins.panels)):
        national = _national_draws(case, origin)
        own = _coupled_draws(case, origin, national)
        for name, kind, method in WAYS:
            streams, parts = _reconciled(case, origin, national, own[kind], method)
            said[name][0].append(
                _quantiles(with_totals(streams, case.origins.series_ids, case.settings.hierarchy))
            )
            said[name][1].append(_quantiles(parts))
    origins, horizon = case.origins.months, case.national.published_logs.shape[2]
    nation = add_totals(truth_at(case.origins), case.settings.hierarchy)
    below = truth_at(case.parts.origins)
    rows = []
    for name, (streams, parts) in said.items():
        whole, pieces = np.stack(streams), np.stack(parts)
        targets = nation.targets(origins, horizon)
        official = np.where(nation.official_targets(origins, horizon), targets, np.nan)
        for stream in ("asylum", *case.streams):
            row = nation.series_ids.index(stream)
            rows += _lines(name, stream, whole[:, [row]], targets[:, [row]])
            rows += _lines(name, f"{stream}, official", whole[:, [row]], official[:, [row]])
        for stream in case.streams:
            at = case.parts.rows(stream)
            rows += _lines(name, f"{stream} by nationality", pieces[:, at], below.targets(origins, horizon)[:, at])
    return pd.DataFrame(rows, columns=["way", "what", "months ahead", "log_wis", "coverage_80"])


def _lines(
    way: str, what: str, quantiles: NDArray[np.float64], observed: NDArray[np.float64]
) -> list[tuple[str, str, str, float, float]]:
    low, high = SCORE_LEVELS.index(0.1), SCORE_LEVELS.index(0.9)
    score = log_wis(quantiles, SCORE_LEVELS, observed)
    inside = covered(quantiles[..., low], quantiles[..., high], observed)
    return [
        (way, what, label, float(np.nanmean(score[..., at])), float(np.nanmean(inside[..., at])))
        for label, at in BANDS.items()
    ]


def _quantiles(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    answer: NDArray[np.float64] = np.rint(np.quantile(draws, SCORE_LEVELS, axis=1)).transpose(1, 2, 0)
    return answer


def _national_draws(case: Case, origin: int) -> NDArray[np.float64]:
    panel = case.origins.panels[origin]
    return draw_paths(
        case.national.published_logs[origin],
        case.national.levels,
        case.national.steps[origin].dependence,
        vintage=panel.vintage,
        series_ids=panel.series_ids,
        count=PATHS,
    )


def _coupled_draws(case: Case, origin: int, national: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Draws of the parts, given the national ranks, by the normal copula of past errors of both."""
    given, horizon = [case.origins.series_ids.index(stream) for stream in case.streams], national.shape[2]
    matrix, persistence = _dependence(case, origin, given)
    count = len(given)
    ranks = national[given].argsort(axis=1, kind="stable").argsort(axis=1)
    known = normal_score((ranks + 0.5) / PATHS)
    pull = matrix[count:, :count] @ np.linalg.inv(matrix[:count, :count])
    values, vectors = np.linalg.eigh(matrix[count:, count:] - pull @ matrix[:count, count:])
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    vintage = case.origins.panels[origin].vintage
    noise = np.stack(
        [
            generator_for(vintage, "benchmark", "joint", name).standard_normal((2, PATHS, horizon))
            for name in case.parts.series_ids
        ]
    )
    mixed = np.einsum("st,tkph->skph", root, noise)
    walk = mixed[:, 0].cumsum(axis=-1) / np.sqrt(np.arange(1.0, horizon + 1.0))
    scores = np.einsum("ng,gph->nph", pull, known) + np.sqrt(persistence) * walk
    scores += np.sqrt(1.0 - persistence) * mixed[:, 1]
    places = scores.argsort(axis=1).argsort(axis=1)
    logs, levels = case.below.published_logs[origin], case.below.levels
    strata = (np.arange(PATHS) + 0.5) / PATHS
    median = np.broadcast_to(logs[..., [levels.index(0.5)]], logs.shape)
    built = draw_paths(
        share_quantiles(logs, levels),
        levels,
        case.below.steps[origin].dependence,
        vintage=vintage,
        series_ids=case.parts.series_ids,
        count=PATHS,
    )
    return {"built": built} | {
        kind: np.take_along_axis(
            np.maximum(np.expm1(one @ interpolation(levels, strata)), 0.0).transpose(0, 2, 1), places, axis=1
        )
        for kind, one in (("own", logs), ("share", share_quantiles(logs, levels)), ("median", median))
    }


def _errors(case: Case, origin: int, given: list[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Normal scores and errors of earlier forecasts as far as the origin knows outcomes; streams first."""
    months, horizon = case.origins.months[:origin], case.national.published_logs.shape[2]
    outcomes = [
        truth_at(case.origins, origin).targets(months, horizon)[:, given],
        truth_at(case.parts.origins, origin).targets(months, horizon),
    ]
    logs = [case.national.published_logs[:origin][:, given], case.below.published_logs[:origin]]
    scores = [
        outcome_score(np.expm1(one), case.below.levels, seen) for one, seen in zip(logs, outcomes, strict=True)
    ]
    middle = case.below.levels.index(0.5)
    missed = [seen - np.expm1(one[..., middle]) for one, seen in zip(logs, outcomes, strict=True)]
    return np.concatenate(scores, axis=1), np.concatenate(missed, axis=1)


def _dependence(case: Case, origin: int, given: list[int]) -> tuple[NDArray[np.float64], float]:
    scores, _ = _errors(case, origin, given)
    known = ~np.logical_and.reduce(np.isnan(scores[..., :NEAR]), axis=1)
    windows = independent_windows(known, case.origins.months[:origin])
    # Not shrunk: what parts and nation have in common is what bottom-up and minimum trace live on.
    found = estimate_dependence(scores, windows, shrinkage_windows=1e-9)
    return (found.series, found.persistence) if windows else (np.eye(scores.shape[1]), found.persistence)


def _reconciled(
    case: Case, origin: int, national: NDArray[np.float64], own: NDArray[np.float64], method: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    streams, parts = national.copy(), own.copy()
    for position, stream in enumerate(case.streams):
        row, rows = case.origins.series_ids.index(stream), case.parts.rows(stream)
        if np.isnan(own[rows]).any() or np.isnan(national[row]).any():
            parts[rows], streams[row] = np.nan, np.nan
        elif method == "top_down":
            parts[rows] = share_out(national[row], own[rows])
        elif method == "bottom_up":
            streams[row], parts[rows] = add_up(own[rows])
        elif method != "none":
            spread = _covariance(case, origin, position, rows, own, method)
            streams[row], parts[rows] = minimum_trace(national[row], own[rows], spread)
    return streams, parts


def _covariance(
    case: Case, origin: int, position: int, rows: NDArray[np.intp], own: NDArray[np.float64], method: str
) -> NDArray[np.float64]:
    given = [case.origins.series_ids.index(stream) for stream in case.streams]
    _, missed = _errors(case, origin, given)
    chosen = missed[:, [position, *(len(given) + rows)], :NEAR].transpose(0, 2, 1).reshape(-1, len(rows) + 1)
    chosen = chosen[~np.isnan(chosen).any(axis=1)]
    if len(chosen) < NEAR:  # structural scaling until there are errors
        level = own[rows].mean(axis=(1, 2))
        covariance = np.diag([level.sum(), *level])
    else:
        covariance = shrunk_covariance(chosen)
    if method == "variances":
        return np.diag(np.diag(covariance))
    if method == "kept":
        covariance[0], covariance[:, 0] = 0.0, 0.0
    return covariance


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description="Ways to make nationalities and nation add up, on past vintages.")
    asked.add_argument("--home", type=Path, default=Path(".indforecast"))
    table = compare(prepare(asked.parse_args().home))
    table["cell"] = [
        f"{score:.3f} ({hit:.2f})" for score, hit in zip(table["log_wis"], table["coverage_80"], strict=True)
    ]
    for label in BANDS:
        chosen = table[table["months ahead"] == label]
        wide = chosen.pivot_table(index="way", columns="what", values="cell", aggfunc="first", sort=False)
        print(f"\n{label} months ahead: log-WIS (coverage of 80 %)\n{wide.to_string()}")


if __name__ == "__main__":
    main()
