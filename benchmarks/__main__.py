"""``python -m benchmarks [parts|cycle]``: print measured speed."""

from __future__ import annotations

import argparse

from benchmarks import cycle, parts


def main() -> None:
    """Run the chosen benchmarks, all by default."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Speed as ratios against a peer, same run.")
    parser.add_argument("which", nargs="*", choices=["parts", "cycle", []], help="parts, cycle, or both")
    which = parser.parse_args().which or ["parts", "cycle"]
    if "parts" in which:
        print(f"{'part':<44} {'ours':>11}  {'peer':>11}  {'ratio':>9}")
        for measure in (parts.history_door, parts.structural_backtest, parts.queue):
            print(measure(), flush=True)
    if "cycle" in which:
        for line in cycle.report():
            print(line, flush=True)


if __name__ == "__main__":
    main()
