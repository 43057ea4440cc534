"""What staff can decide when hours per case move, people are hired or a capacity is set.

What belongs here: decision capacity as a multiple of the present one. What does not: people month by month
(``staffing``), how many to hire (``hiring``), the queue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.config.planning import value_at
from indforecast.planning.levers import pulled
from indforecast.planning.staffing import replacement_hires, staff_figures, staff_supply, steady_training

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.levers import Lever
    from indforecast.planning.staffing import StaffPaths


def efforts(
    case: PlanningCase, levers: Sequence[Lever], moving: Mapping[str, NDArray[np.float64]] | None = None
) -> dict[str, NDArray[np.float64]]:
    """Hours per case as a multiple of those in the settings, for the streams in which they move.

    Parameters
    ----------
    case : PlanningCase
        The streams and their hours.
    levers : sequence of Lever
        Those of kind ``hours`` act.
    moving : mapping of series_id to ndarray, optional
        Multiples that hold before any lever, shape ``[path, period]``.

    Returns
    -------
    dict of series_id to ndarray
        Shape ``[period]`` or ``[path, period]``.
    """
    found = {}
    for name in case.work:
        hours = case.settings.streams[name].handling_hours.value
        before = (moving or {}).get(name, np.ones(case.periods.size))
        after = pulled(levers, "hours", name, hours * before, case.periods, case.periods[0])
        if name in (moving or {}) or any(lever.kind == "hours" and lever.target == name for lever in levers):
            found[name] = after / hours if hours > 0 else before
    return found


def capacity_factors(
    case: PlanningCase, levers: Sequence[Lever], effort: Mapping[str, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """Decision capacity as a multiple of the present one, for the streams in which it moves.

    The same people decide fewer cases when a case takes more hours; more people decide more, once they are trained
    and less while they are; a capacity that is set stands in the place of the present one.

    Parameters
    ----------
    case : PlanningCase
        Streams, groups of people and their figures.
    levers : sequence of Lever
        Those of kind ``hires`` and ``decisions`` act.
    effort : mapping of series_id to ndarray
        See :func:`efforts`.

    Returns
    -------
    dict of series_id to ndarray
        Shape ``[period]`` or ``[path, period]``.
    """
    first = case.periods[0]
    found = {name: 1 / np.maximum(factor, _LEAST_EFFORT) for name, factor in effort.items()}
    for group, planned in case.settings.hiring.groups.items():
        staff = with_and_without(case, group, levers)
        if staff is not None:
            supply = (staff[0].effective_fte / staff[1].effective_fte)[0]
            for name in planned.streams:
                found[name] = found.get(name, 1.0) * supply
    for name in case.work:
        if any(lever.kind == "decisions" and lever.target == name for lever in levers):
            dated = case.settings.streams[name].decided_per_month or {}
            present = np.array([value_at(dated, str(month)) for month in case.periods])
            after = pulled(levers, "decisions", name, present, case.periods, first)
            set_to = np.divide(after, present, out=np.ones_like(after), where=present > 0)
            found[name] = found.get(name, np.ones(1)) * set_to
    return found


def over(factor: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """A factor on forecast months as one on the last ``window`` months: 1 in front."""
    given = np.atleast_2d(factor)[:, -window:]
    return np.concatenate([np.ones((given.shape[0], window - given.shape[1])), given], axis=1)


#: A case without hours would be decided without end.
_LEAST_EFFORT = 1e-3


def with_and_without(
    case: PlanningCase, group: str, levers: Sequence[Lever]
) -> tuple[StaffPaths, StaffPaths] | None:
    """A group's staff with the hires tried out on top of replacing leavers, and with replacing alone.

    Parameters
    ----------
    case : PlanningCase
        Streams, groups of people and their figures.
    group : str
        A group of ``settings.hiring.groups``.
    levers : sequence of Lever
        Those of kind ``hires`` on this group act.

    Returns
    -------
    tuple of StaffPaths or None
        Both of shape ``[1, period]``; none when no lever hires for the group, or nobody decides for it at a set
        capacity: such staff follow the applications and hires would change nothing.
    """
    if not any(lever.kind == "hires" and lever.target == group for lever in levers):
        return None
    figures = staff_figures(case.settings)
    present = 0.0
    for name in case.settings.hiring.groups[group].streams:
        planned = case.settings.streams[name]
        if planned.decided_per_month:
            cases = value_at(planned.decided_per_month, str(case.origin))
            present += cases * planned.handling_hours.value / figures.hours_a_month
    if present <= 0:
        return None
    hired = pulled(levers, "hires", group, np.zeros(case.periods.size), case.periods, case.periods[0])
    training = steady_training(present, figures)
    replacing = np.full(hired.size, replacement_hires(present, figures))
    return (
        staff_supply(present, replacing + hired, figures, in_training=training),
        staff_supply(present, replacing, figures, in_training=training),
    )
