"""``python -m benchmarks engine``: our engine beside the models a user would pick up, in one run.

What belongs here: the command and the order of things. What does not: protocol, peers, tables.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import engine_m3, engine_ours, engine_peers, engine_report, engine_scaling, engine_sums
from benchmarks.engine_cache import peers_of
from benchmarks.engine_panels import m3_pairs, reference_panel
from benchmarks.engine_protocol import choose_pairs, read_panel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.engine_protocol import Pairs

_PACKAGES = ("statsforecast", "prophet", "numpy", "scipy", "pandas", "statsmodels")


def main(arguments: Sequence[str]) -> None:
    """Run the command with its arguments, and print Markdown; progress goes to the standard error stream."""
    chosen = _parser().parse_args(arguments)
    try:
        values, lines = _scaling(chosen) if chosen.scaling else _comparison(chosen)
    except (ValueError, ImportError, AttributeError, OSError) as problem:
        raise SystemExit(f"engine: {problem}") from problem
    for line in lines:
        print(line, flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(values, indent=1, sort_keys=True) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks engine", description=(__doc__ or "").splitlines()[0])
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--panel", type=Path, help="CSV with series_id, period, observed and perhaps group")
    what.add_argument("--m3", action="store_true", help="M3 monthly, one origin a series")
    what.add_argument("--scaling", action="store_true", help="time and memory on made-up panels, no peers")
    parser.add_argument("--sample", type=int, help="m3: so many series instead of 1,428")
    parser.add_argument("--models", nargs="+", choices=engine_peers.ALL, help="peers; default: all but Prophet")
    parser.add_argument("--no-arima", action="store_true", help="leave out AutoARIMA, and with it the mean")
    parser.add_argument("--prophet", action="store_true", help="with Prophet (slow)")
    parser.add_argument(
        "--ours", nargs="*", metavar="NAME=MODULE:FUNCTION", help="functions with the signature of the engine's"
    )
    parser.add_argument("--sums", action="store_true", help="also sums of 12 months and of calendar years")
    parser.add_argument("--cache", type=Path, help="file of peers' forecasts: read, completed, written")
    parser.add_argument("--repeats", type=int, default=3, help="warm runs, of which the median counts")
    parser.add_argument("--sizes", nargs="+", metavar="SERIESxMONTHS[xMEMBERS]", help="scaling: other sizes")
    parser.add_argument(
        "--option", action="append", default=[], metavar="NAME=JSON", help="scaling: an argument of the function"
    )
    parser.add_argument("--date", help="a date to print with the versions")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _peer_names(chosen: argparse.Namespace) -> list[str]:
    names = list(chosen.models or [name for name in engine_peers.ALL if name != engine_peers.PROPHET])
    if chosen.prophet and engine_peers.PROPHET not in names:
        names.append(engine_peers.PROPHET)
    if chosen.no_arima:
        names = [name for name in names if name not in (engine_peers.ARIMA, engine_peers.MEAN)]
    if engine_peers.RANDOM_WALK not in names:
        names.insert(0, engine_peers.RANDOM_WALK)  # everything is a ratio to it
    return names


def _comparison(chosen: argparse.Namespace) -> tuple[dict[str, object], list[str]]:
    # Found before anything is fitted: a name mistyped should not cost the minutes of the peers.
    entries = [engine_ours.find(entry) for entry in (engine_ours.DEFAULT if chosen.ours is None else chosen.ours)]
    if chosen.m3:
        pairs = m3_pairs(chosen.sample)
    else:
        pairs = choose_pairs(read_panel(chosen.panel) if chosen.panel else reference_panel())
    _say(f"{len(pairs.series_ids)} series, {len(pairs)} (series, origin) pairs")
    peers, fresh = peers_of(pairs, _peer_names(chosen), chosen.cache, _say, repeats=chosen.repeats)
    models = {
        name: engine_report.Measured(peer.quantiles, peer.seconds, len(pairs)) for name, peer in peers.items()
    }
    models.update(_measure_ours(entries, pairs, chosen.repeats))
    head = [
        *_heading(chosen, pairs),
        "" if fresh else "The peers' forecasts and seconds come from an earlier run (--cache).",
        "",
    ]
    if chosen.m3:
        figures = engine_m3.m3_figures(models, pairs, engine_peers.RANDOM_WALK)
        return engine_m3.as_values(figures), [*head, *engine_m3.m3_table(figures)]
    found = engine_report.figures(models, pairs, engine_peers.RANDOM_WALK)
    lines = [*head, *engine_report.score_table(found), ""]
    if any(model.ours for model in found.values()):
        lines += [*engine_report.against_best(found), ""]
        quick = (engine_peers.ETS, engine_peers.THETA)
        lines += [*engine_report.speed_table(found, len(pairs), quick), ""]
    lines += [*engine_report.coverage_table(found, 80), "", *engine_report.coverage_table(found, 95)]
    values = engine_report.as_values(found)
    if chosen.sums:
        sums = engine_sums.sum_figures(models, pairs, engine_peers.RANDOM_WALK)
        values["sums"] = sums
        lines += ["", *engine_sums.sum_table(sums)]
    return values, lines


def _measure_ours(
    entries: Sequence[tuple[str, engine_ours.Backtest]], pairs: Pairs, repeats: int
) -> dict[str, engine_report.Measured]:
    found = {}
    for name, function in entries:
        _say(f"{name}: {1 + repeats} runs ...")
        ours = engine_ours.measure(function, pairs, repeats=repeats)
        _say(f"{name}: {ours.seconds:.2f} s")
        found[name] = engine_report.Measured(ours.quantiles, ours.seconds, ours.made, ours=True)
    return found


def _scaling(chosen: argparse.Namespace) -> tuple[dict[str, object], list[str]]:
    sizes = [tuple(map(int, size.split("x"))) for size in chosen.sizes or ()] or engine_scaling.SIZES
    options = {key: json.loads(value) for key, _, value in (text.partition("=") for text in chosen.option)}
    values: dict[str, object] = {}
    lines = list(_versions(chosen))
    for entry in chosen.ours or (engine_scaling.DEFAULT,):
        costs = engine_scaling.report(entry, sizes, options, _say)  # type: ignore[arg-type]
        values[entry.partition("=")[0]] = [vars(cost) for cost in costs]
        lines += ["", entry.partition("=")[0], "", *engine_scaling.scaling_table(costs)]
    return values, lines


def _heading(chosen: argparse.Namespace, pairs: Pairs) -> Iterator[str]:
    what = "M3 monthly" if chosen.m3 else chosen.panel.name if chosen.panel else "reference data, official months"
    yield f"{what}: {len(pairs.series_ids):,} series, {len(pairs):,} (series, origin) pairs."
    yield from _versions(chosen)


def _versions(chosen: argparse.Namespace) -> Iterator[str]:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    yield f"Python {sys.version.split()[0]}, {packages}{', ' + chosen.date if chosen.date else ''}."
