"""Every score of every model as tidy tables: by month ahead, by origin, by bin of the PIT, against each other.

What belongs here: all scores of one model on one stream, and their rows in the tables that a release carries.
What does not: the scores themselves (``evaluation.scores``), where forecasts come from
(``forecasting.evaluation_record``).
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from indforecast.domain.quantiles import SCORE_LEVELS
from indforecast.evaluation.differences import compare
from indforecast.evaluation.horizons import ALL_HORIZONS, HorizonBand
from indforecast.evaluation.pit_histogram import BINS, pit_histogram
from indforecast.evaluation.quantile_function import pit
from indforecast.evaluation.scores import covered, crps_from_quantiles, log_wis, mase, wis
from indforecast.evaluation.skill import skill_by_horizon, useful_horizon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    #: Scores by name, each of shape ``[O, H]``, NaN where nothing is scored.
    Scores = Mapping[str, NDArray[np.float64]]

#: Scores of which the tables hold means.
MEANS: Final = ("log_wis", "count_wis", "crps", "mase", "coverage_80", "coverage_95")

#: Columns of each table and their types.
TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "evaluation": {
        "series_id": "object", "model": "object", "horizon": "int32", **dict.fromkeys(MEANS, "float64"),
        "skill": "float64", "targets": "int64", "simulated": "bool",
    },
    "evaluation_origins": {
        "series_id": "object", "model": "object", "forecast_origin": "datetime64[ns]",
        **dict.fromkeys(MEANS, "float64"), "targets": "int64", "simulated": "bool",
    },
    "pit": {
        "series_id": "object", "model": "object", "horizon_band": "object", "bin": "int32", "lower": "float64",
        "upper": "float64", "share": "float64", "targets": "int64", "simulated": "bool",
    },
    "skill": {
        "series_id": "object", "model": "object", "against": "object", "horizon_band": "object",
        "skill": "float64", "skill_lower": "float64", "skill_upper": "float64",
        "difference": "float64", "lower": "float64", "upper": "float64",
        "useful_horizon_months": "float64", "targets": "int64", "block_months": "int64", "blocks": "int64",
        "simulated": "bool",
    },
}  # fmt: skip

#: A block of the bootstrap is no shorter than a season.
_SHORTEST_BLOCK: Final = 12


def all_scores(
    quantiles: NDArray[np.float64],
    levels: Sequence[float],
    observed: NDArray[np.float64],
    histories: Sequence[NDArray[np.float64]],
) -> dict[str, NDArray[np.float64]]:
    """Every score of one model on one stream.

    Parameters
    ----------
    quantiles : ndarray
        Persons, shape ``[O, H, L]``.
    levels : sequence of float
        Hold ``SCORE_LEVELS``, shape ``[L]``.
    observed : ndarray
        Persons, shape ``[O, H]``.
    histories : sequence of ndarray
        What was known at each origin, persons, one ``[T]`` per origin: it sets the unit of MASE.

    Returns
    -------
    dict of ndarray
        ``MEANS`` and ``pit``, each ``[O, H]``. WIS and coverage are read at ``SCORE_LEVELS``, CRPS and PIT at all.
    """
    at = {level: list(levels).index(level) for level in SCORE_LEVELS}
    seven = quantiles[..., list(at.values())]
    return {
        "log_wis": log_wis(seven, SCORE_LEVELS, observed),
        "count_wis": wis(seven, SCORE_LEVELS, observed),
        "crps": crps_from_quantiles(quantiles, levels, observed),
        "mase": np.stack(
            [
                mase(point, outcome, history)
                for point, outcome, history in zip(quantiles[..., at[0.5]], observed, histories, strict=True)
            ]
        ),
        "coverage_80": covered(quantiles[..., at[0.1]], quantiles[..., at[0.9]], observed),
        "coverage_95": covered(quantiles[..., at[0.025]], quantiles[..., at[0.975]], observed),
        "pit": pit(quantiles, levels, observed),
    }


def rows_of_stream(
    series_id: str,
    scores: Mapping[str, Scores],
    *,
    naives: tuple[str, ...],
    published: str,
    origins: NDArray[np.datetime64],
    bands: Sequence[HorizonBand],
    simulated: bool,
    seed_of: Callable[[str, str, str], int],
) -> dict[str, list[dict[str, Any]]]:
    """Rows of one stream in every table.

    Parameters
    ----------
    series_id : str
        The stream.
    scores : mapping
        :func:`all_scores` by model, naives and ``published`` among them.
    naives : tuple of str
        The models that others must beat.
    published : str
        The model that is published.
    origins : ndarray of datetime64[M]
        Shape ``[O]``.
    bands : sequence of HorizonBand
        Of ``pit`` and ``skill``, which also have a line for all horizons.
    simulated : bool
        Whether the stream's history is mainly simulated.
    seed_of : callable
        Seed of a bootstrap from model, the one it is compared with, and band.
    """
    whole = [(band.label, band) for band in bands] + [(ALL_HORIZONS, HorizonBand(1, bands[-1].last))]
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    walk = np.stack([scores[name]["log_wis"] for name in naives])
    for model, own in scores.items():
        key = {"series_id": series_id, "model": model, "simulated": simulated}
        rows["evaluation"] += [
            {**key, "horizon": place + 1, "skill": skill, **line}
            for place, line, skill in _lines(own, skill_by_horizon(own["log_wis"], walk), axis=0)
        ]
        rows["evaluation_origins"] += [
            {**key, "forecast_origin": origins[place].astype("datetime64[ns]"), **line}
            for place, line, _ in _lines(own, np.full(len(origins), np.nan), axis=1)
        ]
        for label, band in whole:
            rows["pit"] += [{**key, "horizon_band": label, **line} for line in _bins(own["pit"][:, band.columns])]
            better = _better(own, scores, naives, band)
            for other in dict.fromkeys((better, published)):
                if other == model:
                    continue
                length = max(band.last, _SHORTEST_BLOCK)
                found = compare(
                    own["log_wis"][:, band.columns],
                    scores[other]["log_wis"][:, band.columns],
                    origins,
                    block_months=length,
                    seed=seed_of(model, other, label),
                )
                useful = label == ALL_HORIZONS and other == better and model not in naives
                rows["skill"].append(
                    {
                        **key,
                        "against": other,
                        "horizon_band": label,
                        "useful_horizon_months": useful_horizon(own["log_wis"], walk) if useful else np.nan,
                        "block_months": length,
                        **vars(found),
                    }
                )
    rows["skill"] = [row for row in rows["skill"] if row["targets"]]
    return rows


def as_tables(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, pd.DataFrame]:
    """Rows of all streams as tables; columns and their types are those of ``TABLES``, with and without rows."""
    return {
        name: pd.DataFrame(list(rows[name]), columns=list(columns)).astype(dict(columns))
        for name, columns in TABLES.items()
    }


def _lines(
    scores: Scores, beside: NDArray[np.float64], axis: int
) -> Iterator[tuple[int, dict[str, float], float]]:
    """Means over origins (axis 0) or months ahead (axis 1), where there are any."""
    targets = (~np.isnan(scores["log_wis"])).sum(axis=axis)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the mean of nothing is NaN, as it should be
        means = {name: np.nanmean(scores[name], axis=axis) for name in MEANS}
    for place in np.flatnonzero(targets):
        line = {name: float(values[place]) for name, values in means.items()}
        yield int(place), {**line, "targets": int(targets[place])}, float(beside[place])


def _bins(probabilities: NDArray[np.float64]) -> list[dict[str, Any]]:
    targets = int((~np.isnan(probabilities)).sum())
    if not targets:
        return []
    return [
        {
            "bin": number + 1,
            "lower": number / BINS,
            "upper": (number + 1) / BINS,
            "share": float(share),
            "targets": targets,
        }
        for number, share in enumerate(pit_histogram(probabilities))
    ]


def _better(own: Scores, scores: Mapping[str, Scores], naives: tuple[str, ...], band: HorizonBand) -> str:
    """The naive with the lower mean log-WIS on the targets that this model and all naives have."""
    parts = np.stack([scores[name]["log_wis"][:, band.columns] for name in naives])
    common = ~np.isnan(own["log_wis"][:, band.columns]) & ~np.isnan(parts).any(axis=0)
    return naives[int(np.where(common, parts, 0.0).sum(axis=(1, 2)).argmin())]
