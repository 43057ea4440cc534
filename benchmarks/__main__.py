"""``python -m benchmarks [parts|cycle|scale|kills]``: print measured figures."""

from __future__ import annotations

import argparse

from benchmarks import cycle, kills, parts, vintages_scale

_BRIEF = ["parts", "cycle"]


def main() -> None:
    """Run the chosen benchmarks; parts and cycle when none is named, because the others take minutes."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Speed as ratios against a peer, and limits.")
    choices = [*_BRIEF, "scale", "kills", []]
    parser.add_argument("which", nargs="*", choices=choices, help="parts, cycle (both by default), scale, kills")
    parser.add_argument("--full", action="store_true", help="scale: every vintage delivers all its 150 months")
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
    }
    for name, report in lines.items():
        if name in which:
            for line in report():
                print(line, flush=True)


if __name__ == "__main__":
    main()
