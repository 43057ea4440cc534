"""The control tower's question: open cases by target group and term, units with their hours, and what things cost.

A case with ``term`` d has to be decided by the end of month d, counted from 1; with d below 1 its term has passed
already. Decided in month t it was late for ``max(0, t - max(d, 0))`` months.

What belongs here: the question as data, and what follows from it alone. What does not: reading it
(``tower_input``), answering it (``tower_lp``, ``tower_whole``, ``tower_proportional``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.config.planning_tower import TowerCosts

_CENTS = 100
#: Place of a group whose cases can be decided anywhere: no unit is away from it.
ANYWHERE = "any"


@dataclass(frozen=True)
class TargetGroup:
    """Cases that ask for the same knowledge.

    Parameters
    ----------
    name : str
        For example a nationality, a place or a track.
    place : str
        Where its people are; ``any`` for files that need nobody present.
    skill : str
        What staff must have learned.
    hours : float
        Per case, by staff on the spot who know the group.
    """

    name: str
    place: str
    skill: str
    hours: float


@dataclass(frozen=True)
class Unit:
    """A team in one place.

    Parameters
    ----------
    name, place : str
        Which and where.
    skills : frozenset of str
        What its staff have learned.
    knows : frozenset of str
        Names of the target groups it knows.
    hours : tuple of float
        Hours in each month.
    away_share : float
        Largest share of its hours for cases of other places.
    """

    name: str
    place: str
    skills: frozenset[str]
    knows: frozenset[str]
    hours: tuple[float, ...]
    away_share: float


@dataclass(frozen=True)
class Costs:
    """Whole cents: per case, case-month, hour, case, and group in a unit; hours and shares as they are."""

    out_of_term: int
    late_month: int
    left_hour: int
    away_case: int
    split: int
    away_hours: float
    unfamiliar: float
    floor: float = 0.0

    @classmethod
    def of(cls, figures: TowerCosts) -> Costs:
        """From settings, money in cents rounded half to even."""

        def cents(value: float) -> int:
            return round(value * _CENTS)

        return cls(
            out_of_term=cents(figures.out_of_term.value),
            late_month=cents(figures.late_month.value),
            left_hour=cents(figures.left_hour.value),
            away_case=cents(figures.away_case.value),
            split=cents(figures.split.value),
            away_hours=figures.away_hours.value,
            unfamiliar=figures.unfamiliar.value,
            floor=figures.floor.value,
        )


@dataclass(frozen=True)
class TowerProblem:
    """Cases, units and costs.

    Parameters
    ----------
    groups : tuple of TargetGroup
        ``[group]``.
    units : tuple of Unit
        ``[unit]``, each with as many months.
    costs : Costs
        In cents.
    cohort_group, cohort_term, cohort_arrives, cohort_cases : ndarray of int
        Shape ``[cohort]``: index of the group, last month of the term, month from which a case can be worked on
        (1: open now), and whole cases.
    """

    groups: tuple[TargetGroup, ...]
    units: tuple[Unit, ...]
    costs: Costs
    cohort_group: NDArray[np.int64]
    cohort_term: NDArray[np.int64]
    cohort_arrives: NDArray[np.int64]
    cohort_cases: NDArray[np.int64]

    @property
    def months(self) -> int:
        """How many months are planned."""
        return len(self.units[0].hours)

    @cached_property
    def capacity(self) -> NDArray[np.float64]:
        """Hours, shape ``[unit, month]``."""
        return np.array([unit.hours for unit in self.units], dtype=np.float64)

    @cached_property
    def able(self) -> NDArray[np.bool_]:
        """Whether a unit has a group's skill, shape ``[group, unit]``."""
        return np.array([[group.skill in unit.skills for unit in self.units] for group in self.groups])

    @cached_property
    def away(self) -> NDArray[np.bool_]:
        """Whether a unit is in another place than a group, shape ``[group, unit]``."""
        return np.array(
            [[group.place not in (unit.place, ANYWHERE) for unit in self.units] for group in self.groups]
        )

    @cached_property
    def hours(self) -> NDArray[np.float64]:
        """Hours of one case in a unit, shape ``[group, unit]``."""
        base = np.array([group.hours for group in self.groups])[:, None]
        knows = np.array([[group.name in unit.knows for unit in self.units] for group in self.groups])
        familiar = base * np.where(knows, 1.0, 1.0 + self.costs.unfamiliar)
        return np.asarray(familiar + self.costs.away_hours * self.away)

    @cached_property
    def away_room(self) -> NDArray[np.float64]:
        """Hours a unit may spend on cases of other places, shape ``[unit, month]``."""
        share = np.array([unit.away_share for unit in self.units], dtype=np.float64)
        return np.asarray(self.capacity * share[:, None])

    @cached_property
    def arrived(self) -> NDArray[np.int64]:
        """Cases that can be worked on by each month, shape ``[group, month]``."""
        arrived = np.zeros((len(self.groups), self.months), dtype=np.int64)
        for group, month, cases in zip(self.cohort_group, self.cohort_arrives, self.cohort_cases, strict=True):
            if month <= self.months:
                arrived[group, month - 1 :] += cases
        return arrived

    @cached_property
    def late_months(self) -> NDArray[np.int64]:
        """Months late of a case decided in a month, shape ``[cohort, month]``."""
        month = np.arange(1, self.months + 1)
        return np.maximum(0, month - np.maximum(self.cohort_term, 0)[:, None])

    @cached_property
    def decided_cost(self) -> NDArray[np.int64]:
        """Cents of a case decided in a month, shape ``[cohort, month]``."""
        newly = (self.late_months > 0) & (self.cohort_term >= 1)[:, None]
        return self.costs.out_of_term * newly + self.costs.late_month * self.late_months

    @cached_property
    def left_cost(self) -> NDArray[np.int64]:
        """Cents of a case that is open after the last month, shape ``[cohort]``."""
        newly = (self.cohort_term >= 1) & (self.cohort_term <= self.months)
        work = np.array([round(group.hours * self.costs.left_hour) for group in self.groups], dtype=np.int64)
        late = self.costs.out_of_term * newly + self.costs.late_month * self.late_months[:, -1]
        return np.asarray(late + work[self.cohort_group])

    @cached_property
    def open_to(self) -> NDArray[np.bool_]:
        """Whether a cohort can be decided in a month, shape ``[cohort, month]``."""
        return np.asarray(np.arange(1, self.months + 1) >= self.cohort_arrives[:, None])

    @cached_property
    def most_cases(self) -> NDArray[np.float64]:
        """Most cases of a group that a unit could decide in all, shape ``[group, unit]``, at least 1."""
        total = np.zeros(len(self.groups))
        np.add.at(total, self.cohort_group, self.cohort_cases)
        per_unit = np.floor(self.capacity.sum(axis=1) / np.maximum(self.hours, 1e-9))
        return np.asarray(np.maximum(1.0, np.minimum(total[:, None], per_unit)))
