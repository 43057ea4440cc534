"""Plans and rules side by side on paths they were not made from, and perfect foresight as the limit.

Perfect foresight decides each path on its own, knowing it: no plan or rule can cost less there. It is solved
twice: for the least cost, and with the target wherever that can be met.

What belongs here: the comparison. What does not: what is compared (``hiring``, ``hiring_rules``, ``hiring_fit``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.hiring_model import HiringModel
from indforecast.planning.hiring_question import Decisions, HiringQuestion, Score, cvar, score
from indforecast.planning.hiring_rules import FollowBand, FollowLastYear, band_fte, follow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indforecast.planning.hiring_fit import GapRule
    from indforecast.planning.hiring_rules import Rule

FORESIGHT = "perfect foresight"
FORESIGHT_TARGET = "perfect foresight, target"


@dataclass(frozen=True)
class Compared:
    """One way to decide, judged.

    Parameters
    ----------
    name : str
        ``plan``, ``rule``, ``follow last year`` and so on.
    score : Score
        On each path.
    """

    name: str
    score: Score

    def row(self, tail_level: float) -> dict[str, float | str]:
        """Its line: means over the paths in EUR, mean share in term, probability of the target, the tail."""
        judged = self.score
        return {
            "name": self.name,
            "cost_eur": float(judged.cost_eur.mean()),
            "staff_eur": float(judged.staff_eur.mean()),
            "late_eur": float(judged.late_eur.mean()),
            "left_eur": float(judged.left_eur.mean()),
            "share_in_term": float(judged.share.mean()),
            "probability": judged.probability,
            "cvar_eur": cvar(judged.cost_eur, tail_level),
        }


def simple_rules(question: HiringQuestion, levels: Sequence[float], backlog_months: float) -> dict[str, Rule]:
    """The rules in use, by name.

    Parameters
    ----------
    question : HiringQuestion
        On the paths whose bands are followed.
    levels : sequence of float
        Quantile levels of medio and maximum.
    backlog_months : float
        Months in which overdue work is to be gone.
    """
    medio, maximum = (band_fte(question, level) for level in levels)
    return {
        "follow last year": FollowLastYear(backlog_months),
        "follow last year, letting go": FollowLastYear(backlog_months, lets_go=True),
        "follow medio": FollowBand(medio, backlog_months),
        "follow maximum": FollowBand(maximum, backlog_months),
    }


def compare(
    fresh: HiringQuestion,
    plan: Decisions,
    rule: GapRule | None,
    simple: dict[str, Rule],
    *,
    foresight: bool = True,
    told: Callable[[str], None] = lambda _: None,
) -> list[Compared]:
    """Each way to decide on the question's paths.

    Parameters
    ----------
    fresh : HiringQuestion
        On paths that nothing here was made from.
    plan : Decisions
        The plan for all paths.
    rule : GapRule or None
        The fitted rule.
    simple : dict of str to Rule
        See :func:`simple_rules`.
    foresight : bool
        Whether perfect foresight is solved, path by path.
    told : callable, optional
        Is told what begins, for progress.
    """
    rules: dict[str, Rule] = {"rule": rule, **simple} if rule is not None else dict(simple)
    found = [Compared("plan", score(fresh, fresh.staff(plan)))]
    for name, one in rules.items():
        told(f"judging: {name}")
        found.append(Compared(name, score(fresh, fresh.staff(follow(fresh, one)))))
    if foresight:
        told(f"solving each path by itself: {FORESIGHT}")
        found.append(Compared(FORESIGHT, foreseen(fresh)))
        told(f"solving each path by itself: {FORESIGHT_TARGET}")
        found.append(Compared(FORESIGHT_TARGET, foreseen(fresh, targeted=True)))
    return found


def foreseen(question: HiringQuestion, *, targeted: bool = False) -> Score:
    """What perfect foresight costs and reaches, path by path.

    Parameters
    ----------
    question : HiringQuestion
        The paths.
    targeted : bool
        Whether the target is met wherever hiring capacity allows; otherwise the least cost is taken.
    """
    # Whoever knows the future may also let people go whenever that pays.
    free = replace(question, may_dismiss=np.ones(question.months, dtype=bool), tail_weight=0.0)
    scores = []
    for path in range(question.workforce.paths):
        one = free.on(question.workforce.select(slice(path, path + 1)))
        model = HiringModel(one)
        found = score(one, one.staff(model.solve(held=one.lead).decisions))
        if targeted and not found.met[0]:
            wanted = score(one, one.staff(model.solve(held=one.lead, named=[0]).decisions))
            found = wanted if wanted.met[0] else found
        scores.append(found)
    return Score(
        share=np.concatenate([one.share for one in scores]),
        staff_eur=np.concatenate([one.staff_eur for one in scores]),
        late_eur=np.concatenate([one.late_eur for one in scores]),
        left_eur=np.concatenate([one.left_eur for one in scores]),
        kept_eur=np.concatenate([one.kept_eur for one in scores]),
        wanted=question.share,
    )
