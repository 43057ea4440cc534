"""``python -m benchmarks.engine_choice --panel FILE``: which settings win where they were not chosen.

What belongs here: variants of the engine's own choices, and their scores with one group left out of the choosing.
What does not: peers (``engine``). Each variant changes one thing; the winner of all groups but one is scored on
the one left out.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import indforecast
from benchmarks.engine_ours import as_array, panel_frame
from benchmarks.engine_panels import m3_pairs
from benchmarks.engine_peers import RANDOM_WALK, run_peers
from benchmarks.engine_protocol import (
    HORIZON,
    LEVELS,
    Pairs,
    choose_pairs,
    geometric_ratio,
    read_panel,
    score_series,
)
from indforecast.forecasting import adaptive_spread
from indforecast.models.filter_bank import bank, mixture, recursion, weights
from indforecast.models.filter_bank.members import MEMBERS, Member

_Change = tuple[Any, str, Any]


def _grid(**axes: tuple[float, ...]) -> list[_Change]:
    return [(bank.run_bank.__kwdefaults__, name, values) for name, values in axes.items()]


def _only(keep: Callable[[Member], bool]) -> list[_Change]:
    chosen = tuple(member for member in MEMBERS if keep(member))
    return [(bank.run_bank.__kwdefaults__, "members", chosen)]


#: What is tried beside the engine as it is built.
VARIANTS: dict[str, list[_Change]] = {
    "as built": [],
    "no growth": _only(lambda member: member.momentum_damping < 0.8),
    "no momentum": _only(lambda member: member.momentum_damping != 0.5),
    "no reversion": _only(lambda member: member.reversion == 0),
    "levels only": _only(lambda member: member.momentum == 0),
    "scores count in full": [(weights, "TEMPER", 1.0)],
    "scores count a quarter": [(weights, "TEMPER", 0.25)],
    "a third for all members": [(weights, "EVEN_SHARE", 0.33)],
    "no share for all": [(weights, "EVEN_SHARE", 0.001)],
    "one decay, .87": _grid(decays=(0.87,)),
    "one decay, .94": _grid(decays=(0.94,)),
    "decays .80, .97": _grid(decays=(0.80, 0.97)),
    "decays .90, .99": _grid(decays=(0.90, 0.99)),
    "three decays: .80, .90, .98": _grid(decays=(0.80, 0.90, 0.98)),
    "four decays: .80, .87, .94, .98": _grid(decays=(0.80, 0.87, 0.94, 0.98)),
    "one discount, .995": _grid(discounts=(0.995,)),
    "one discount, .97": _grid(discounts=(0.97,)),
    "discounts .995, .98": _grid(discounts=(0.995, 0.98)),
    "discounts .995, .95": _grid(discounts=(0.995, 0.95)),
    "three discounts: .999, .99, .97": _grid(discounts=(0.999, 0.99, 0.97)),
    "one decay, one discount: .87, .995": _grid(decays=(0.87,), discounts=(0.995,)),
    "disagreement as it is": [(mixture, "DISAGREEMENT", 1.0), (mixture, "OWN_VARIANCE", 1.0)],
    "surprises in full": [(recursion, "STATE_CLIP", 50.0), (recursion, "VARIANCE_CLIP", 50.0)],
    "surprises up to 3 and 2.2": [(recursion, "STATE_CLIP", 3.0), (recursion, "VARIANCE_CLIP", 2.2)],
    "no calibration": [(adaptive_spread, "RATE", 0.0), (adaptive_spread, "RATE_BY_MONTH", 0.0)],
    "slow calibration": [(adaptive_spread, "RATE", 0.05), (adaptive_spread, "RATE_BY_MONTH", 0.0)],
    "one rate for all horizons": [(adaptive_spread, "RATE", 0.4), (adaptive_spread, "RATE_BY_MONTH", 0.0)],
    "one aim for all horizons": [(adaptive_spread, "MISSES", 0.15), (adaptive_spread, "MISSES_BY_MONTH", 0.0)],
    "as narrow as half at most": [(adaptive_spread, "NARROWEST", -0.7)],
    "calibration may widen by half": [(adaptive_spread, "WIDEST", 0.4)],
    "calibration as wide as it likes": [(adaptive_spread, "WIDEST", 2.0)],
    "calibration only widens": [(adaptive_spread, "NARROWEST", 0.0)],
}


def main() -> None:
    """Score all variants and print the table and the choices."""
    parser = argparse.ArgumentParser(prog="benchmarks.engine_choice", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--panel", type=Path, required=True, help="CSV with group, series_id, period, observed")
    parser.add_argument("--m3", type=int, default=286, help="series of M3 monthly as one more group")
    chosen = parser.parse_args()
    sets = [choose_pairs(read_panel(str(chosen.panel)))]
    if chosen.m3:
        sets.append(m3_pairs(chosen.m3))
    walks = [
        run_peers([pairs.peer_input(pair) for pair in range(len(pairs))], [RANDOM_WALK])[RANDOM_WALK].quantiles
        for pairs in sets
    ]
    bases = [score_series(walk, pairs) for walk, pairs in zip(walks, sets, strict=True)]
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for name, changes in VARIANTS.items():
        with _changed(changes):
            found[name] = {}
            for pairs, base in zip(sets, bases, strict=True):
                found[name].update(_ratios(pairs, base))
        print(_row(name, found[name]), flush=True)
    print()
    for line in _left_out(found):
        print(line)


def _ratios(pairs: Pairs, base: dict[str, Any]) -> dict[str, tuple[float, float]]:
    panel = panel_frame(pairs)
    ids = np.array(pairs.series_ids, dtype=object)[pairs.series]
    origins = pd.DataFrame({"series_id": ids, "forecast_origin": pairs.origins.astype(str)})
    made = indforecast.backtest(panel, horizon=HORIZON, quantile_levels=LEVELS, origins=origins)
    ours = score_series(as_array(made, pairs), pairs)
    whole = len(set(pairs.groups)) > 3
    groups = ["m3"] * len(pairs.groups) if whole else list(pairs.groups)
    log, count = (geometric_ratio(ours[scale], base[scale], groups) for scale in ("log", "count"))
    return {group: (log[group], count[group]) for group in log if group != "all"}


def _row(name: str, ratios: dict[str, tuple[float, float]]) -> str:
    cells = " | ".join(f"{log:.3f}, {count:.3f}" for log, count in ratios.values())
    return f"| {name} | {cells} |"


def _left_out(found: dict[str, dict[str, tuple[float, float]]]) -> Iterator[str]:
    groups = list(next(iter(found.values())))
    for group in groups:
        others = [other for other in groups if other != group]
        winner = min(found, key=lambda name: sum(np.log(found[name][other][0]) for other in others))
        log, count = found[winner][group]
        yield f"left out {group}: chosen on the others '{winner}'; here log-WIS {log:.3f}, count-WIS {count:.3f}"


@contextlib.contextmanager
def _changed(changes: list[_Change]) -> Iterator[None]:
    """Constants of the engine's modules, or defaults of its functions, for a while."""
    before = [
        (place, name, place[name] if isinstance(place, dict) else getattr(place, name))
        for place, name, _ in changes
    ]
    try:
        for place, name, value in changes:
            _put(place, name, value)
        yield
    finally:
        for place, name, value in before:
            _put(place, name, value)


def _put(place: Any, name: str, value: Any) -> None:
    if isinstance(place, dict):
        place[name] = value
    else:
        setattr(place, name, value)


if __name__ == "__main__":
    main()
