"""Who forecasts how well: one line per stream, model and horizon band.

What belongs here: averaging scores over targets, ratios to the naives on shared targets. What does not: the scores
themselves (``evaluation.scores``), weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.quantiles import SCORE_LEVELS
from indforecast.evaluation.horizons import ALL_HORIZONS, HorizonBand, independent_windows
from indforecast.evaluation.scores import covered, log_wis, wis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

LEADERBOARD_COLUMNS: tuple[str, ...] = (
    "series_id", "model", "horizon_band", "log_wis", "count_wis", "wis_ratio", "wis_ratio_random_walk",
    "count_wis_ratio", "wis_ratio_published", "coverage_80", "coverage_95", "targets", "independent_windows",
    "published_targets", "simulated",
)  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """Scores of one model on one stream, each of shape ``[O, H]``, NaN where nothing is scored."""

    log_wis: NDArray[np.float64]
    count_wis: NDArray[np.float64]
    coverage_80: NDArray[np.float64]
    coverage_95: NDArray[np.float64]


def score(quantiles: NDArray[np.float64], observed: NDArray[np.float64]) -> Scored:
    """Score one model on one stream.

    Parameters
    ----------
    quantiles : ndarray
        Persons at ``SCORE_LEVELS``, shape ``[O, H, 7]``.
    observed : ndarray
        Persons, shape ``[O, H]``.
    """
    at = SCORE_LEVELS.index
    return Scored(
        log_wis=log_wis(quantiles, SCORE_LEVELS, observed),
        count_wis=wis(quantiles, SCORE_LEVELS, observed),
        coverage_80=covered(quantiles[..., at(0.1)], quantiles[..., at(0.9)], observed),
        coverage_95=covered(quantiles[..., at(0.025)], quantiles[..., at(0.975)], observed),
    )


def leaderboard_rows(
    series_id: str,
    scores: Mapping[str, Scored],
    *,
    naives: tuple[str, str],
    official: NDArray[np.bool_],
    origins: NDArray[np.datetime64],
    bands: Sequence[HorizonBand],
    simulated: bool,
) -> list[dict[str, object]]:
    """Lines of one stream.

    Parameters
    ----------
    series_id : str
        The stream.
    scores : mapping of str to Scored
        By model, both naives among them.
    naives : tuple of str
        Random walk first.
    official : ndarray of bool
        Whether the outcome is an official figure, shape ``[O, H]``.
    origins : ndarray of datetime64[M]
        Shape ``[O]``.
    bands : sequence of HorizonBand
        A line each, and one for all horizons.
    simulated : bool
        Whether the stream's history is mainly simulated.

    Returns
    -------
    list of dict
        Keys ``LEADERBOARD_COLUMNS``. ``wis_ratio`` is log-WIS over the better naive's, ``count_wis_ratio`` that
        of WIS of counts, both over targets that model and both naives have; ``published_targets`` is the share of
        targets that are published figures or derived exactly from such, ``wis_ratio_published`` the ratio over
        those alone.
    """
    walk, season = scores[naives[0]], scores[naives[1]]
    whole = [(band.label, band) for band in bands]
    whole.append((ALL_HORIZONS, HorizonBand(1, official.shape[1])))
    rows: list[dict[str, object]] = []
    for label, band in whole:
        at = band.columns
        for model, own in scores.items():
            known = ~np.isnan(own.log_wis[:, at])
            common = known & ~np.isnan(walk.log_wis[:, at] + season.log_wis[:, at])
            rows.append(
                {
                    "series_id": series_id,
                    "model": model,
                    "horizon_band": label,
                    "log_wis": _mean(own.log_wis[:, at], known),
                    "count_wis": _mean(own.count_wis[:, at], known),
                    "wis_ratio": _ratio(own.log_wis, walk.log_wis, season.log_wis, at, common),
                    "wis_ratio_random_walk": _ratio(own.log_wis, walk.log_wis, walk.log_wis, at, common),
                    "count_wis_ratio": _ratio(own.count_wis, walk.count_wis, season.count_wis, at, common),
                    "wis_ratio_published": _ratio(
                        own.log_wis, walk.log_wis, season.log_wis, at, common & official[:, at]
                    ),
                    "coverage_80": _mean(own.coverage_80[:, at], known),
                    "coverage_95": _mean(own.coverage_95[:, at], known),
                    "targets": int(known.sum()),
                    "independent_windows": independent_windows(known, origins, band.first),
                    "published_targets": _mean(official[:, at].astype(np.float64), known),
                    "simulated": simulated,
                }
            )
    return rows


def as_leaderboard(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Lines of all streams as the table a release carries."""
    return pd.DataFrame(rows, columns=list(LEADERBOARD_COLUMNS))


def _mean(values: NDArray[np.float64], known: NDArray[np.bool_]) -> float:
    return float(values[known].mean()) if known.any() else float("nan")


def _ratio(
    own: NDArray[np.float64],
    walk: NDArray[np.float64],
    season: NDArray[np.float64],
    at: slice,
    common: NDArray[np.bool_],
) -> float:
    better = min(_mean(walk[:, at], common), _mean(season[:, at], common))
    return _mean(own[:, at], common) / better if better > 0 else float("nan")
