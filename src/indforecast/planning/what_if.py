"""Two plans on the same paths: as things are, and after a change.

What belongs here: running both and taking differences path by path. What does not: what a change does
(``levers``), the plan itself (``composed``), how changes are written (``cli_what_if``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.planning.composed import plan_paths
from indforecast.planning.hire_costs import hire_costs
from indforecast.planning.measures import ALL, MEASURES, YearRule
from indforecast.planning.tables import year_spans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.composed import PlanPaths
    from indforecast.planning.levers import Lever, LeverKind
    from indforecast.planning.tables import PathValues

_MONTHS: Final = 12
_BANDS: Final = ("minimum", "medio", "maximum")

WHAT_IF_COLUMNS: Final = (
    "measure", "series_id", "year",
    *(f"{when}_{band}" for when in ("before", "after", "difference") for band in _BANDS),
    "difference_mean", "unit", "months",
)  # fmt: skip


@dataclass(frozen=True)
class WhatIf:
    """What a change means.

    Parameters
    ----------
    before, after : PlanPaths
        Both plans, every path.
    yearly : DataFrame
        ``WHAT_IF_COLUMNS``: bands before and after, and of the difference on each path. The difference of two
        bands is not the band of the difference.
    hires : DataFrame
        ``hire_costs.HIRE_COST_COLUMNS``: what the hires tried out bring and cost, by group and year; empty without
        any.
    """

    before: PlanPaths
    after: PlanPaths
    yearly: pd.DataFrame
    hires: pd.DataFrame


def what_if(case: PlanningCase, levers: Sequence[Lever], *, before: PlanPaths | None = None) -> WhatIf:
    """The plan of a case with levers pulled, beside the one without.

    Parameters
    ----------
    case : PlanningCase
        The paths and figures both plans rest on.
    levers : sequence of Lever
        In the order in which they act.
    before : PlanPaths, optional
        The plan of this very case without them, when it is at hand: a service answers many questions on one
        release, and what a change does not touch is not computed again.

    Raises
    ------
    ValueError
        If the case does not hold together (see :func:`indforecast.planning.composed.plan_paths`).
    """
    before = plan_paths(case) if before is None else before
    after = plan_paths(case, levers, before=before)
    return WhatIf(before, after, _differences(before, after, case.levels), hire_costs(case, levers))


def targets_of(case: PlanningCase) -> dict[LeverKind, tuple[str, ...]]:
    """What each kind of lever can act on in this case."""
    streams = case.settings.streams
    return {
        "inflow": tuple(dict.fromkeys((*case.work, *case.housed))),
        "hours": case.work,
        "decisions": tuple(name for name in case.work if streams[name].discipline == "capacity"),
        "hires": tuple(
            group
            for group, planned in case.settings.hiring.groups.items()
            if any(streams[name].discipline == "capacity" for name in planned.streams)
        ),
        "grants": (ALL,),
        "housing": (ALL,),
    }


def _differences(before: PlanPaths, after: PlanPaths, levels: tuple[float, float, float]) -> pd.DataFrame:
    spans = year_spans(before.months)
    pairs = _paired(before, after)
    wanted = [
        (place, item, year, columns)
        for place, (item, _) in enumerate(pairs)
        for year, columns in spans.items()
        if columns.stop - columns.start == _MONTHS or MEASURES[item.measure].year is YearRule.YEAR_END
    ]
    known = {
        (item.measure, item.series_id): row for item, row in zip(before.measured, before.by_year, strict=True)
    }
    was = [known.get((item.measure, item.series_id)) or _by_year(item, spans) for item, _ in pairs]
    now = [row if _alike(*pair) else _by_year(pair[1], spans) for pair, row in zip(pairs, was, strict=True)]
    old, new = (np.stack([rows[place][year] for place, _, year, _ in wanted]) for rows in (was, now))
    changed = new - old
    # Where nothing moves on any path, the bands are those from before and 0.
    moved = changed.any(axis=1)
    bands = {"before": np.quantile(old, levels, axis=1)}
    bands["after"], bands["difference"] = bands["before"].copy(), np.zeros_like(bands["before"])
    if moved.any():
        bands["after"][:, moved] = np.quantile(new[moved], levels, axis=1)
        bands["difference"][:, moved] = np.quantile(changed[moved], levels, axis=1)
    table = pd.DataFrame(
        {
            "measure": [item.measure for _, item, _, _ in wanted],
            "series_id": [item.series_id for _, item, _, _ in wanted],
            "year": [year for _, _, year, _ in wanted],
            **{
                f"{when}_{name}": values[level]
                for when, values in bands.items()
                for level, name in enumerate(_BANDS)
            },
            "difference_mean": changed.mean(axis=1),
            "unit": [MEASURES[item.measure].unit for _, item, _, _ in wanted],
            "months": [columns.stop - columns.start for *_, columns in wanted],
        }
    )
    return _rounded(table)


def _paired(before: PlanPaths, after: PlanPaths) -> list[tuple[PathValues, PathValues]]:
    """Each measure of each series before and after; one that a plan leaves out is nothing in it."""
    first, then = ({(item.measure, item.series_id): item for item in plan.measured} for plan in (before, after))
    return [
        (first.get(key) or _nothing(then[key]), then.get(key) or _nothing(first[key]))
        for key in dict.fromkeys((*first, *then))
    ]


def _nothing(like: PathValues) -> PathValues:
    return replace(like, values=np.zeros_like(like.values))


def _by_year(item: PathValues, spans: Mapping[int, slice]) -> dict[int, NDArray[np.float64]]:
    return {year: item.of_year(columns) for year, columns in spans.items()}


def _alike(one: PathValues, other: PathValues) -> bool:
    """Whether nothing moves on any path, so that years need not be added up again."""
    if not np.array_equal(one.values, other.values):
        return False
    if one.denominators is None or other.denominators is None:
        return one.denominators is other.denominators
    return np.array_equal(one.denominators, other.denominators)


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    places = table["measure"].map({name: measure.decimals for name, measure in MEASURES.items()})
    for name in WHAT_IF_COLUMNS[3:-2]:
        scale = 10.0 ** places.to_numpy(dtype=np.float64)
        table[name] = np.round(table[name].to_numpy() * scale) / scale + 0.0  # no minus zero
    return table[list(WHAT_IF_COLUMNS)]
