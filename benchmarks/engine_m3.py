"""M3 monthly: 1,428 series, 18 months ahead, one origin each.

What belongs here: MASE and log-WIS over many series at one origin, and their table. What does not: the data
(``engine_panels``), the models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.engine_protocol import (
    HORIZON,
    LEVELS,
    SEASON,
    coverage,
    geometric_ratio,
    require_complete,
    score_series,
)
from benchmarks.engine_report import duration, markdown
from indforecast.evaluation.scores import mase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from benchmarks.engine_protocol import Pairs
    from benchmarks.engine_report import Measured


@dataclass(frozen=True)
class M3Figures:
    """What the table says about one model.

    Parameters
    ----------
    mase : float
        Mean over series of the mean absolute error of the median, over the seasonal naive's within the past.
    log_wis : float
        Mean over series of the mean WIS of ``log(1 + value)``.
    log_ratio, count_ratio : mapping
        WIS over the random walk's: geometric mean over the series of a category, and of the categories (``all``).
    coverage_80, coverage_95 : float
        Share of outcomes in the central band, over all series.
    seconds : float
        For all series.
    ours : bool
        Whether the project answers for it.
    """

    mase: float
    log_wis: float
    log_ratio: Mapping[str, float]
    count_ratio: Mapping[str, float]
    coverage_80: float
    coverage_95: float
    seconds: float
    ours: bool


def mase_of(quantiles: NDArray[np.float64], pairs: Pairs) -> NDArray[np.float64]:
    """MASE of the median of every series, shape ``[P]``."""
    median = quantiles[..., LEVELS.index(0.5)]
    return np.array(
        [np.nanmean(mase(median[pair], pairs.truth[pair], pairs.past(pair), SEASON)) for pair in range(len(pairs))]
    )


def m3_figures(models: Mapping[str, Measured], pairs: Pairs, base: str) -> dict[str, M3Figures]:
    """Figures of every model; ratios are to ``base``, which must be among them."""
    for name, model in models.items():
        require_complete(name, model.quantiles, pairs.truth)
    reference = score_series(models[base].quantiles, pairs)
    found = {}
    for name, model in models.items():
        score = score_series(model.quantiles, pairs)
        found[name] = M3Figures(
            float(np.nanmean(mase_of(model.quantiles, pairs))),
            float(score["log"].mean()),
            geometric_ratio(score["log"], reference["log"], pairs.groups),
            geometric_ratio(score["count"], reference["count"], pairs.groups),
            coverage(model.quantiles, pairs, 0.8)["all"],
            coverage(model.quantiles, pairs, 0.95)["all"],
            model.seconds,
            model.ours,
        )
    return found


def m3_table(found: Mapping[str, M3Figures]) -> Iterator[str]:
    """One line a model, as Markdown."""
    groups = list(next(iter(found.values())).log_ratio)
    head = [
        f"M3 monthly, h = {HORIZON}",
        "MASE",
        "log-WIS",
        *(f"log-WIS ratio: {name}" if name == "all" else name for name in groups),
        "count-WIS ratio",
        "coverage 80",
        "coverage 95",
        "seconds",
    ]
    rows = [
        [
            name,
            f"{model.mase:.3f}",
            f"{model.log_wis:.4f}",
            *(f"{value:.3f}" for value in model.log_ratio.values()),
            f"{model.count_ratio['all']:.3f}",
            f"{model.coverage_80:.2f}",
            f"{model.coverage_95:.2f}",
            duration(model.seconds),
        ]
        for name, model in found.items()
    ]
    return markdown(head, rows)


def as_values(found: Mapping[str, M3Figures]) -> dict[str, Any]:
    """The same figures as nested dictionaries, for JSON."""
    return {
        name: {
            key: (None if isinstance(value, float) and value != value else value)
            for key, value in vars(model).items()
        }
        for name, model in found.items()
    }
