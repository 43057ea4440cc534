"""What a lever may do: bounds of what is plausible, and what is said of one that is only just possible.

What belongs here: comparing a lever's outcome with bounds. What does not: what it does to a figure (``levers``),
how changes are written (``cli_changes``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.config.planning import value_at
from indforecast.domain.errors import InputError
from indforecast.planning.levers import pulled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.config.parameter import Parameter
    from indforecast.planning.case import PlanningCase
    from indforecast.planning.levers import Lever

#: Cases a month of one stream, and times the largest month observed, above which nothing is plausible.
MOST_CASES: Final = 200_000
MOST_TIMES: Final = 100
#: Paths whose inflow is looked at: of a hundred, all but the highest one.
_HIGH: Final = 0.99
MOST_HOURS: Final = 500
MOST_HIRES_TIMES: Final = 20
LEAST_STAY: Final = 1
MOST_STAY: Final = 240
_EPSILON: Final = 1e-9


def check_levers(levers: Sequence[Lever], case: PlanningCase) -> list[str]:
    """Refuse what is not plausible; say what is done to a figure that would fall below 0 or cannot be hired.

    Parameters
    ----------
    levers : sequence of Lever
        In the order in which they act; their targets exist.
    case : PlanningCase
        Paths and figures they act on.

    Returns
    -------
    list of str
        Sentences about levers that are pulled and have to be spoken of.

    Raises
    ------
    InputError
        If a lever leads where nothing is plausible.
    """
    for lever in levers:
        if lever.how == "percent" and lever.value < -100:
            raise _refused(lever, "nothing can fall by more than 100 per cent", "Write -100% or more.")
        if lever.kind == "hires" and lever.value < 0:
            raise _refused(lever, "hires cannot be negative", "Let people go by hiring fewer than leave.")
        if lever.kind == "hires" and lever.how == "percent":
            raise _refused(
                lever, "hires come on top of replacing leavers, so there is nothing to take per cent of",
                "Write FTE a month, for example asylum=25.",
            )  # fmt: skip
    said: list[str] = []
    seen: set[tuple[str, str]] = set()
    for lever in levers:
        if (lever.kind, lever.target) not in seen:
            seen.add((lever.kind, lever.target))
            said += _looked_at([each for each in levers if _same(each, lever)], case)
    return said


def _same(one: Lever, other: Lever) -> bool:
    return (one.kind, one.target) == (other.kind, other.target)


def _refused(lever: Lever, why: str, hint: str) -> InputError:
    return InputError(f"--{lever.kind} {lever.target}: {why}.", hint=hint)


def _looked_at(levers: Sequence[Lever], case: PlanningCase) -> list[str]:
    """Levers of one kind and target after one another."""
    lever, first = levers[0], case.periods[0]
    before = _before(lever, case)
    after = pulled(levers, lever.kind, lever.target, before, case.periods, first)
    acted = np.any([each.acts_in(case.periods, first) for each in levers], axis=0)
    reached = after[..., acted]
    match lever.kind:
        case "inflow" | "decisions":
            _check_cases(lever, reached, case)
        case "hours":
            if reached.min() <= 0 or reached.max() > MOST_HOURS:
                raise _refused(
                    lever, f"a case would take {_span(reached)} hours; between 0 and {MOST_HOURS} is plausible",
                    f"Hours per case are {_span(before)} now.",
                )  # fmt: skip
        case "hires":
            return _check_hires(lever, float(reached.max()), case)
        case "grants":
            unclipped = _unclipped(levers, before, case.periods, first)[acted]
            if unclipped.min() < 0 or unclipped.max() > 1:
                raise _refused(
                    lever, f"the share would be {_span(unclipped, 3)}; a share lies between 0 and 1",
                    f"It is {_span(before, 3)} now.",
                )  # fmt: skip
        case "housing":
            unclipped = _unclipped(levers, before, case.periods, first)[acted]
            if unclipped.min() < LEAST_STAY or unclipped.max() > MOST_STAY:
                raise _refused(
                    lever,
                    f"a home would come after {_span(unclipped, 1)} months; {LEAST_STAY} to {MOST_STAY} is "
                    "plausible",
                    f"It is {_span(before, 1)} months now.",
                )  # fmt: skip
    return _below_nothing(levers, before, case)


def _before(lever: Lever, case: PlanningCase) -> NDArray[np.float64]:
    """The figure as it is, shape ``[month]`` or, of inflow, ``[path, month]``."""
    settings = case.settings
    if lever.kind == "inflow":
        return case.inflow[lever.target]
    if lever.kind == "hours":
        return np.full(case.periods.size, settings.streams[lever.target].handling_hours.value)
    if lever.kind == "decisions":
        return _dated(settings.streams[lever.target].decided_per_month or {}, case)
    if lever.kind == "grants":
        return _dated(settings.reception.grant_share, case)
    if lever.kind == "housing":
        return _dated(settings.reception.months_to_housing, case)
    return np.zeros(case.periods.size)


def _dated(dated: Mapping[str, Parameter], case: PlanningCase) -> NDArray[np.float64]:
    return np.array([value_at(dated, str(month)) for month in case.periods])


def _unclipped(
    levers: Sequence[Lever], values: NDArray[np.float64], months: NDArray[np.datetime64], first: np.datetime64
) -> NDArray[np.float64]:
    """What the levers ask for, also where it is below 0."""
    for lever in levers:
        asked = {"set": np.full_like(values, lever.value), "add": values + lever.value}.get(
            lever.how, values * (1 + lever.value / 100)
        )
        values = np.where(lever.acts_in(months, first), asked, values)
    return values


def _check_cases(lever: Lever, reached: NDArray[np.float64], case: PlanningCase) -> None:
    high = float(np.quantile(reached, _HIGH, axis=0).max()) if reached.ndim > 1 else float(reached.max())
    largest = _largest_observed(lever.target, case)
    limit = MOST_CASES if largest is None else min(MOST_CASES, MOST_TIMES * max(largest, 1.0))
    if high <= limit:
        return
    known = "" if largest is None else f" The largest month observed is {largest:,.0f}."
    where = " on the highest 1 in 100 paths" if lever.kind == "inflow" and lever.how != "set" else ""
    raise _refused(
        lever,
        f"{high:,.0f} cases a month{where} are not plausible; more than {limit:,.0f} is refused",
        f"Write fewer.{known}",
    )


def _largest_observed(series_id: str, case: PlanningCase) -> float | None:
    """The largest month observed of a stream; None without history."""
    if case.history is None or series_id not in case.history.series_ids:
        return None
    seen = case.history.observed[case.history.series_ids.index(series_id)]
    return float(np.nanmax(seen)) if np.isfinite(seen).any() else None


def _check_hires(lever: Lever, most: float, case: PlanningCase) -> list[str]:
    capacity = case.settings.hiring.groups[lever.target].hires_per_month.value
    if most > MOST_HIRES_TIMES * capacity:
        raise _refused(
            lever,
            f"{most:,.0f} FTE a month are not plausible; more than {MOST_HIRES_TIMES * capacity:,.0f} is refused, "
            f"{MOST_HIRES_TIMES} times your hiring capacity",
            f"Hiring capacity is {capacity:,.0f} a month (planning.hiring.groups.{lever.target}.hires_per_month).",
        )
    if most > capacity + _EPSILON:
        return [f"--hires {lever.target}: {most:,.0f} is above your hiring capacity of {capacity:,.0f} a month."]
    return []


def _below_nothing(levers: Sequence[Lever], before: NDArray[np.float64], case: PlanningCase) -> list[str]:
    """One sentence where a figure would fall below 0 and is 0 instead."""
    lever = levers[0]
    asked = _unclipped(levers, before, case.periods, case.periods[0])
    below = float((asked < 0).mean())
    if below == 0:
        return []
    part = f"in {below:.1%} of the months on all paths" if below < 1 else "everywhere"
    return [f"--{lever.kind} {lever.target}: it would fall below 0 {part}; it is 0 there."]


def _span(values: NDArray[np.float64], digits: int = 0) -> str:
    low, high = (f"{value:,.{digits}f}" for value in (values.min(), values.max()))
    return low if low == high else f"{low} to {high}"
