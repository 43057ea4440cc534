"""Levers on reception: the share who may stay and the months until they have a home.

What belongs here: settings of reception with these levers pulled. What does not: what they do to residents
(``reception``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.config.parameter import Parameter
from indforecast.config.planning import value_at
from indforecast.planning.levers import pulled
from indforecast.planning.measures import ALL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.config.planning import ReceptionPlanning
    from indforecast.planning.levers import Lever, LeverKind

_LEAST_STAY = 1.0


def pulled_reception(
    settings: ReceptionPlanning, levers: Sequence[Lever], months: NDArray[np.datetime64], first: np.datetime64
) -> ReceptionPlanning:
    """Reception's figures after the levers ``grants`` and ``housing``; the same object when there are none.

    Parameters
    ----------
    settings : ReceptionPlanning
        As they are.
    levers : sequence of Lever
        In the order in which they act.
    months : ndarray of datetime64[M]
        Months of the plan.
    first : datetime64[M]
        The first forecast month.
    """
    kinds = {lever.kind for lever in levers}
    changed: dict[str, dict[str, Parameter]] = {}
    if "grants" in kinds:
        shares = _dated(settings.grant_share, levers, "grants", months, first)
        changed["grant_share"] = _within(settings.grant_share, months, np.minimum(shares, 1.0))
    if "housing" in kinds:
        stays = _dated(settings.months_to_housing, levers, "housing", months, first)
        changed["months_to_housing"] = _within(
            settings.months_to_housing, months, np.where(months < first, stays, np.maximum(stays, _LEAST_STAY))
        )
    return settings.model_copy(update=changed) if changed else settings


def _dated(
    dated: Mapping[str, Parameter],
    levers: Sequence[Lever],
    kind: LeverKind,
    months: NDArray[np.datetime64],
    first: np.datetime64,
) -> NDArray[np.float64]:
    return pulled(levers, kind, ALL, _values(dated, months), months, first)


def _values(dated: Mapping[str, Parameter], months: NDArray[np.datetime64]) -> NDArray[np.float64]:
    return np.array([value_at(dated, str(month)) for month in months])


def _within(
    dated: Mapping[str, Parameter], months: NDArray[np.datetime64], values: NDArray[np.float64]
) -> dict[str, Parameter]:
    """Figures by month; one that nothing changed keeps what it rests on."""
    labels, like = [str(month) for month in months], next(iter(dated.values()))
    found = {month: one for month, one in dated.items() if month < labels[0]}
    for label, value, was in zip(labels, values, _values(dated, months), strict=True):
        newest = max((month for month in dated if month <= label), default=min(dated))
        found[label] = dated[newest] if value == was else _with(like, float(value))
    return found


def _with(like: Parameter, value: float) -> Parameter:
    return Parameter(value=value, unit=like.unit, assumption="Tried out")
