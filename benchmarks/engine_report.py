"""Tables of the engine's benchmark, in Markdown and as plain values.

What belongs here: turning forecasts of many models on the same pairs into the tables of the docs. What does not:
making forecasts, what a score means (``engine_protocol``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.engine_protocol import BANDS, coverage, geometric_ratio, require_complete, score_series

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.engine_protocol import Pairs


@dataclass(frozen=True)
class Measured:
    """Forecasts of one model and what they cost.

    Parameters
    ----------
    quantiles : ndarray of float
        Counts, shape ``[P, HORIZON, len(LEVELS)]``.
    seconds : float
        For the pairs of the panel; NaN where it was not measured in this run.
    made : int
        How many (series, origin) pairs were forecast in that time.
    ours : bool
        Whether the project answers for it.
    """

    quantiles: NDArray[Any]
    seconds: float
    made: int
    ours: bool = False


@dataclass(frozen=True)
class Figures:
    """Everything the tables say about one model; each mapping has ``all`` and the groups."""

    log_ratio: Mapping[str, float]
    count_ratio: Mapping[str, float]
    coverage_80: Mapping[str, float]
    coverage_95: Mapping[str, float]
    bands_80: Mapping[str, Mapping[str, float]]
    bands_95: Mapping[str, Mapping[str, float]]
    seconds: float
    made: int
    ours: bool


def figures(models: Mapping[str, Measured], pairs: Pairs, base: str) -> dict[str, Figures]:
    """Figures of every model; ratios are to ``base``, which must be among them.

    Raises
    ------
    ValueError
        When a model has no forecast for a target whose outcome is known.
    """
    for name, model in models.items():
        require_complete(name, model.quantiles, pairs.truth)
    reference = score_series(models[base].quantiles, pairs)
    found = {}
    for name, model in models.items():
        score = score_series(model.quantiles, pairs)
        found[name] = Figures(
            geometric_ratio(score["log"], reference["log"], pairs.groups),
            geometric_ratio(score["count"], reference["count"], pairs.groups),
            coverage(model.quantiles, pairs, 0.8),
            coverage(model.quantiles, pairs, 0.95),
            {band: coverage(model.quantiles, pairs, 0.8, first, last) for band, first, last in BANDS},
            {band: coverage(model.quantiles, pairs, 0.95, first, last) for band, first, last in BANDS},
            model.seconds,
            model.made,
            model.ours,
        )
    return found


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of a Markdown table."""
    yield _row(head)
    yield _row(["---"] * len(head))
    for row in rows:
        yield _row(row)


def _cell(value: float) -> str:
    return "" if value != value else f"{value:.3f}"


def _share(value: float) -> str:
    return "" if value != value else f"{value:.2f}"


def duration(value: float) -> str:
    """Seconds to three figures, nothing where they were not measured."""
    return "" if value != value else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def score_table(found: Mapping[str, Figures]) -> Iterator[str]:
    """Ratios to the random walk, coverage and seconds, as Markdown lines."""
    groups = [name for name in next(iter(found.values())).log_ratio if name != "all"]
    head = [
        "",
        "log-WIS ratio: all",
        *groups,
        "count-WIS ratio: all",
        *groups,
        "coverage 80: " + "/".join(groups),
        "coverage 95, all",
        "seconds",
    ]
    rows = [
        [
            name,
            *(_cell(value) for value in model.log_ratio.values()),
            *(_cell(value) for value in model.count_ratio.values()),
            "/".join(_share(model.coverage_80[group]) for group in groups),
            _share(model.coverage_95["all"]),
            duration(model.seconds),
        ]
        for name, model in found.items()
    ]
    return markdown(head, rows)


def coverage_table(found: Mapping[str, Figures], probability: int) -> Iterator[str]:
    """Coverage by group, in each cell the four horizon bands, as Markdown lines; ``probability`` is 80 or 95."""
    bands = [band for band, _, _ in BANDS]
    rows = []
    for name, model in found.items():
        by_band = model.bands_80 if probability == 80 else model.bands_95
        rows.append(
            [name, *(" ".join(_share(by_band[band][group]) for band in bands) for group in by_band[bands[0]])]
        )
    groups = next(iter(found.values())).coverage_80
    return markdown([f"coverage {probability}, months {', '.join(bands)}", *groups], rows)


def against_best(found: Mapping[str, Figures]) -> Iterator[str]:
    """How far ours lie below the best peer of each group, in per cent, as Markdown lines."""
    peers = [model for model in found.values() if not model.ours]
    groups = list(peers[0].log_ratio)
    rows = []
    for name, model in found.items():
        if model.ours:
            for what in ("log_ratio", "count_ratio"):
                best = {group: min(getattr(peer, what)[group] for peer in peers) for group in groups}
                gain = [100 * (1 - getattr(model, what)[group] / best[group]) for group in groups]
                label = "log-WIS" if what == "log_ratio" else "count-WIS"
                rows.append([name, label, *(f"{value:+.1f} %" for value in gain)])
    return markdown(["below the best peer of the group", "", *groups], rows)


def speed_table(found: Mapping[str, Figures], pairs: int, against: Sequence[str]) -> Iterator[str]:
    """Seconds of ours beside the sum of some peers', per pair asked and per pair made, as Markdown lines."""
    known = [name for name in against if name in found]
    peer = sum(found[name].seconds for name in known)
    rows = []
    for name, model in found.items():
        if model.ours:
            per_made = (peer / pairs) / (model.seconds / model.made)
            rows.append(
                [
                    name,
                    f"{model.seconds:.3f}",
                    f"{model.made:,}",
                    f"{peer:.1f}",
                    f"{pairs:,}",
                    f"{peer / model.seconds:.0f} x",
                    f"{per_made:.0f} x",
                ]
            )
    head = [
        "",
        "seconds",
        "pairs made",
        " + ".join(known) + ", seconds",
        "pairs",
        "faster",
        "faster per pair made",
    ]
    return markdown(head, rows)


def as_values(found: Mapping[str, Figures]) -> dict[str, Any]:
    """The same figures as nested dictionaries, for JSON; what was not measured is null."""
    return {
        name: {
            key: (None if isinstance(value, float) and value != value else value)
            for key, value in vars(model).items()
        }
        for name, model in found.items()
    }
