"""``python -m benchmarks [parts|cycle|scale|kills|fuzz|engine|nowcast]``: print measured figures."""

from __future__ import annotations

import argparse
import sys

_BRIEF = ["parts", "cycle"]


def main() -> None:
    """Run the chosen benchmarks; parts and cycle when none is named, because the others take minutes."""
    if sys.argv[1:2] == ["engine"]:  # it has many options of its own, and imports what the others do not
        from benchmarks import engine

        engine.main(sys.argv[2:])
        return
    if sys.argv[1:2] == ["nowcast"]:  # it has options of its own: the files to measure on
        from benchmarks import nowcast

        nowcast.main(sys.argv[2:])
        return
    from benchmarks import cycle, fuzz, kills, parts, vintages_scale

    parser = argparse.ArgumentParser(
        prog="benchmarks",
        description="Speed as ratios against a peer, and limits.",
        epilog="engine: accuracy and speed beside other forecasters; see `benchmarks engine --help`. "
        "nowcast: against first figures as they are; see `benchmarks nowcast --help`",
    )
    choices = [*_BRIEF, "scale", "kills", "fuzz", []]
    parser.add_argument(
        "which", nargs="*", choices=choices, help="parts, cycle (both by default), scale, kills, fuzz"
    )
    parser.add_argument("--full", action="store_true", help="scale: every vintage delivers all its 150 months")
    parser.add_argument("--first", type=int, default=0, help="fuzz: number of the first file")
    parser.add_argument("--count", type=int, default=10_000, help="fuzz: how many files")
    chosen = parser.parse_args()
    which = chosen.which or _BRIEF
    if "parts" in which:
        print(f"{'part':<44} {'ours':>11}  {'peer':>11}  {'ratio':>9}")
        for measure in (parts.history_door, parts.structural_backtest, parts.queue):
            print(measure(), flush=True)
    lines = {
        "cycle": cycle.report,
        "scale": lambda: vintages_scale.report(full=chosen.full),
        "kills": kills.report,
        "fuzz": lambda: fuzz.report(chosen.first, chosen.count),
    }
    for name, report in lines.items():
        if name in which:
            for line in report():
                print(line, flush=True)


if __name__ == "__main__":
    main()
