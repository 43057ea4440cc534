"""A rule fitted to paths: hire for the gap between the people that are wanted and those there will be.

    wanted = buffer x (hours of the last twelve months, grown as the forecast's middle grows)
             + (open work - room x work not yet due) / clear_months
    hires  = clip(plan x hires of the plan + steer x (wanted - experienced when trained), 0, capacity)

an affine policy of the past, clipped (Ben-Tal et al. 2004, doi 10.1007/s10107-003-0454-y). Its
figures are chosen on the fit paths by a coordinate search over fixed grids: the least mean cost with its
weight on the tail among those with which the target holds often enough. The plan itself is among them, so that on
the fit paths the rule is never worse. Experienced people are let go only when, of the fit paths that stood nearest
to this path's level in this month, more than the stated share are lower later.

What belongs here: that rule and its fit. What does not: running rules (``hiring_rules``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from indforecast.planning.hiring_question import score
from indforecast.planning.hiring_rules import follow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.hiring_question import Decisions, HiringQuestion, Score
    from indforecast.planning.hiring_rules import Sight

_YEAR: Final = 12
_SWEEPS: Final = 4
_EPSILON: Final = 1e-9
#: How far above what is wanted experienced people may be before any is let go.
_SURPLUS: Final = 1.05
#: Share of the fit paths that count as near.
_NEAR: Final = 0.2

_GRIDS: Final[dict[str, tuple[float, ...]]] = {
    "plan": (0.0, 0.5, 1.0),
    "buffer": (0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0),
    "clear_months": (3.0, 4.0, 6.0, 9.0, 12.0, 18.0, 24.0, 36.0, 60.0),
    "room": (0.0, 0.25, 0.5, 0.7, 0.85, 1.0),
    "steer": (0.0, 0.1, 0.25, 0.5, 1.0),
    "borrow": (0.0, 0.25, 0.5, 1.0, 2.0),
}
#: Where the search begins: the plan alone, and rules without it.
_STARTS: Final[tuple[dict[str, float], ...]] = (
    {"plan": 1.0, "steer": 0.0, "borrow": 0.0},
    {"plan": 0.0, "buffer": 1.0, "clear_months": 12.0},
    {"plan": 0.0, "buffer": 1.35, "clear_months": 6.0, "steer": 1.0},
)


@dataclass(frozen=True)
class GapRule:
    """The fitted rule; see the module.

    Parameters
    ----------
    hires, flexible : ndarray of float
        The plan that the rule departs from, shape ``[month]``.
    growth : ndarray of float
        By what the forecast's middle grows from each month until someone decided on then is trained, ``[month]``.
    levels : ndarray of float
        The fit paths' hours of twelve months by the end of each month before, shape ``[fit path, month]``.
    falls : ndarray of float
        Whether they are lower later, nan where the paths end before, same shape.
    fall_threshold : float
        Share that makes a fall structural.
    plan, buffer, clear_months, room, steer, borrow : float
        Its fitted figures; ``borrow`` scales what is borrowed for the gap of today.
    """

    hires: NDArray[np.float64]
    flexible: NDArray[np.float64]
    growth: NDArray[np.float64]
    levels: NDArray[np.float64]
    falls: NDArray[np.float64]
    fall_threshold: float
    plan: float = 1.0
    buffer: float = 1.0
    clear_months: float = 12.0
    room: float = 0.7
    steer: float = 0.5
    borrow: float = 1.0

    @property
    def figures(self) -> dict[str, float]:
        """The fitted figures."""
        return {name: getattr(self, name) for name in _GRIDS}

    def having(self, figures: dict[str, float]) -> GapRule:
        """The same rule with other figures."""
        changed: dict[str, Any] = dict(figures)
        return replace(self, **changed)

    def decide(self, sight: Sight) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """See :class:`indforecast.planning.hiring_rules.Rule`."""
        level = sight.level()
        backlog = (sight.open_work - self.room * sight.due_later) / self.clear_months
        relief = backlog / sight.figures.hours_a_month
        yearly = self.buffer * level / sight.figures.productive_hours
        now = np.maximum(yearly + relief, 0.0)
        then = np.maximum(yearly * self.growth[sight.month] + relief, 0.0)
        begins = min(sight.month + sight.expected.shape[1], self.hires.size - 1)
        hires = self.plan * self.hires[begins] + self.steer * (then - sight.experienced_when_trained())
        gap = (now - sight.effective()) / max(sight.figures.flexible_productivity, _EPSILON)
        surplus = np.where(self._structural(level, sight.month), sight.trained - _SURPLUS * now, 0.0)
        borrow = self.plan * self.flexible[sight.month] + self.borrow * gap
        return np.maximum(hires, 0.0), np.maximum(borrow, 0.0), np.maximum(surplus, 0.0)

    def _structural(self, level: NDArray[np.float64], month: int) -> NDArray[np.bool_]:
        """Whether most fit paths that stood near this level in this month fell from it."""
        if np.isnan(self.falls[0, month]):
            return np.zeros(level.shape, dtype=bool)
        order = np.argsort(self.levels[:, month], kind="stable")
        ordered, falls = self.levels[order, month], self.falls[order, month]
        near = max(round(_NEAR * ordered.size), 1)
        first = np.clip(np.searchsorted(ordered, level) - near // 2, 0, ordered.size - near)
        total = np.concatenate([[0.0], np.cumsum(falls)])
        return np.asarray((total[first + near] - total[first]) / near > self.fall_threshold)


def gap_rule(
    question: HiringQuestion,
    plan: Decisions,
    whole_levels: NDArray[np.float64],
    *,
    ahead: int,
    threshold: float,
) -> GapRule:
    """The rule with what it takes from the forecast, before its figures are fitted.

    Parameters
    ----------
    question : HiringQuestion
        On the fit paths.
    plan : Decisions
        The plan for all paths, shape ``[month]``.
    whole_levels : ndarray of float
        Hours of twelve months on the fit paths, along all their months, shape ``[path, month]``.
    ahead : int
        Months after which a level is compared.
    threshold : float
        Share of paths that makes a fall structural.
    """
    past = float(question.workforce.past.sum())
    # At the beginning of a month the level of the month before is known.
    levels = np.concatenate([np.full((whole_levels.shape[0], 1), past), whole_levels], axis=1)
    months = question.months
    falls = np.full((levels.shape[0], months), np.nan)
    known = max(min(levels.shape[1] - ahead, months), 0)
    falls[:, :known] = levels[:, ahead : ahead + known] < levels[:, :known]
    middle = np.median(levels, axis=0)
    later = np.minimum(np.arange(months) + question.lead + question.figures.training_months, middle.size - 1)
    growth = np.divide(middle[later], middle[:months], out=np.ones(months), where=middle[:months] > 0)
    return GapRule(
        hires=plan.hires,
        flexible=plan.flexible,
        growth=growth,
        levels=levels[:, :months],
        falls=falls,
        fall_threshold=threshold,
    )


def fit_rule(question: HiringQuestion, rule: GapRule, *, targeted: bool = True) -> tuple[GapRule, Score]:
    """The rule's figures chosen on the question's paths.

    Parameters
    ----------
    question : HiringQuestion
        On the fit paths.
    rule : GapRule
        See :func:`gap_rule`.
    targeted : bool
        Whether the target is asked for; not when it is out of reach.

    Returns
    -------
    tuple of GapRule and Score
        The rule, and what it reaches on the paths it was fitted to.
    """
    tried: dict[tuple[float, ...], tuple[float, float]] = {}

    def value(one: GapRule) -> tuple[float, float]:
        key = tuple(one.figures.values())
        if key not in tried:
            reached = score(question, question.staff(follow(question, one)))
            short = max(question.needed_paths - int(reached.met.sum()), 0) if targeted else 0
            tried[key] = (float(short), reached.objective(question.tail_level, question.tail_weight))
        return tried[key]

    def search(best: GapRule) -> GapRule:
        for _ in range(_SWEEPS):
            before = best
            for name, grid in _GRIDS.items():
                best = min((best.having({name: figure}) for figure in grid), key=value)
            if best.figures == before.figures:
                break
        return best

    plan, *others = (rule.having(start) for start in _STARTS)
    best = min((search(start) for start in (plan, min(others, key=value))), key=value)
    return best, score(question, question.staff(follow(question, best)))
