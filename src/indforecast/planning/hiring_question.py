"""The question of a hiring plan, and the score of an answer.

The target: of the cases whose term ends in month ``first`` or later, ``share`` is decided by then; on a path that
holds or not, and it is to hold with ``probability``. What an answer costs on a path is its staff, its late work
month by month, and what deciding the work left open at the end will cost: leaving work undone is no saving.

What belongs here: the question and the score. What does not: a question from the settings (``hiring_asked``),
finding answers (``hiring``, ``hiring_rules``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.staffing import (
    StaffFigures,
    StaffPaths,
    staff_supply,
    steady_training,
)
from indforecast.planning.workforce import Workforce, shares_in_term, work_done

if TYPE_CHECKING:
    from numpy.typing import NDArray


_CENTS = 100
#: Guards comparisons of shares and of rounded sums.
_EPSILON = 1e-9


@dataclass(frozen=True)
class Decisions:
    """FTE hired, borrowed and let go in each month, shape ``[month]`` or ``[path, month]``."""

    hires: NDArray[np.float64]
    flexible: NDArray[np.float64]
    dismissals: NDArray[np.float64]


@dataclass(frozen=True)
class HiringQuestion:
    """What a hiring plan has to answer.

    Parameters
    ----------
    workforce : Workforce
        The group's work on the paths that the plan is made from.
    figures : StaffFigures
        Training, attrition, limits, prices.
    most_hires : float
        FTE who can begin in a month.
    under_way : ndarray of float
        Hires that replace leavers, whole people, shape ``[month]``: who begins while nothing new can.
    lead : int
        Months from a decision to the first day.
    first : int
        The month from which on the target applies, counted from 0.
    share, probability : float
        The target.
    margin : float
        What is asked beyond the probability on the paths a plan is made from, so that it holds on others.
    may_dismiss : ndarray of bool
        Months in which a fall is structural, shape ``[month]``.
    late_eur : float
        EUR per hour of work that is late, per month.
    left_eur : float
        EUR per hour of work left open at the end.
    left_late_months : float
        Months for which work that is late at the end stays late.
    tail_level, tail_weight : float
        The bad tail begins at this level, and has this weight in what is minimised.
    anew_eur : float
        What hiring and training an experienced person anew costs: what one is worth at the end, as far as there
        is work.
    target_months : int, optional
        The target applies to terms that end before this month, counted from 0; all months by default.
    """

    workforce: Workforce
    figures: StaffFigures
    most_hires: float
    under_way: NDArray[np.float64]
    lead: int
    first: int
    share: float
    probability: float
    may_dismiss: NDArray[np.bool_]
    late_eur: float
    left_eur: float
    left_late_months: float
    tail_level: float
    tail_weight: float
    margin: float = 0.0
    anew_eur: float = 0.0
    target_months: int | None = None

    @property
    def months(self) -> int:
        """Months that are planned on."""
        return len(self.workforce.months)

    @property
    def needed_paths(self) -> int:
        """Paths on which the target has to hold, the margin included."""
        return int(np.ceil(min(self.probability + self.margin, 1.0) * self.workforce.paths - _EPSILON))

    @property
    def target_until(self) -> int:
        """The month before which terms end that the target applies to."""
        return self.months if self.target_months is None else min(self.target_months, self.months)

    def people_wanted(self) -> NDArray[np.float64]:
        """Experienced FTE that the last twelve months' work asks, shape ``[path]``."""
        return np.asarray(self.workforce.levels()[:, -1] / self.figures.productive_hours)

    @property
    def left_anew_eur(self) -> float:
        """What of the price of an hour left open pays for hiring and training, EUR."""
        return self.anew_eur * self.figures.attrition_trained / self.figures.hours_a_month

    def with_margin_within(self, reached: float) -> HiringQuestion:
        """The same question with no more margin than ``reached``, the highest probability there is, leaves."""
        return replace(self, margin=min(self.margin, max(reached - self.probability, 0.0)))

    def on(self, workforce: Workforce) -> HiringQuestion:
        """The same question on other paths."""
        return replace(self, workforce=workforce)

    def staff(self, decisions: Decisions) -> StaffPaths:
        """The people that decisions lead to."""
        start = self.workforce.start_fte
        return staff_supply(
            start,
            decisions.hires,
            self.figures,
            dismissals=decisions.dismissals,
            flexible=decisions.flexible,
            in_training=steady_training(start, self.figures),
        )


@dataclass(frozen=True)
class Score:
    """What decisions achieve and cost, shape ``[path]``.

    Parameters
    ----------
    share : ndarray of float
        Of the cases whose term ends while the target applies, those decided by then.
    staff_eur, late_eur, left_eur : ndarray of float
        Staff, late work, and the work left open at the end.
    kept_eur : ndarray of float
        What the people of the end are worth there: hiring and training anew those for whom there is work.
    wanted : float
        The share that is the target.
    """

    share: NDArray[np.float64]
    staff_eur: NDArray[np.float64]
    late_eur: NDArray[np.float64]
    left_eur: NDArray[np.float64]
    kept_eur: NDArray[np.float64]
    wanted: float

    @property
    def cost_eur(self) -> NDArray[np.float64]:
        """All costs."""
        return self.staff_eur + self.late_eur + self.left_eur

    @property
    def met(self) -> NDArray[np.bool_]:
        """Whether the target holds."""
        return self.share >= self.wanted - _EPSILON

    @property
    def probability(self) -> float:
        """Share of the paths on which the target holds."""
        return float(self.met.mean())

    def objective(self, tail_level: float, tail_weight: float) -> float:
        """Mean cost, less what the people of the end are worth, with a weight on its tail, EUR."""
        net = self.cost_eur - self.kept_eur
        return float((1 - tail_weight) * net.mean() + tail_weight * cvar(net, tail_level))


def score(question: HiringQuestion, staff: StaffPaths) -> Score:
    """What staff achieve on the question's paths; staff of one path serve all of them."""
    workforce = question.workforce
    done = work_done(workforce, staff.hours)
    cost = staff.cost_cents.sum(axis=1) / _CENTS
    late = done.late.sum(axis=1) + question.left_late_months * done.late[:, -1]
    return Score(
        share=shares_in_term(workforce, done, question.target_until)[:, question.first],
        staff_eur=np.broadcast_to(cost, (workforce.paths,)).astype(np.float64),
        late_eur=late * question.late_eur,
        left_eur=done.open_work[:, -1] * question.left_eur,
        kept_eur=_kept_eur(question, staff, done.open_work[:, -1]),
        wanted=question.share,
    )


def _kept_eur(question: HiringQuestion, staff: StaffPaths, left: NDArray[np.float64]) -> NDArray[np.float64]:
    """What experienced people of the end are worth: hiring them anew, as far as there is work for them."""
    worth = staff.trained_fte[:, -1] * question.anew_eur
    return np.asarray(
        np.minimum(worth, question.people_wanted() * question.anew_eur + left * question.left_anew_eur)
    )


def cvar(values: NDArray[np.float64], level: float) -> float:
    """Mean of the worst ``1 - level`` of the values, of which a fraction may count.

    Rockafellar & Uryasev 2000, doi 10.21314/JOR.2000.038: the least of ``x + mean(max(v - x, 0)) / (1 - level)``.
    """
    ordered = np.sort(values)[::-1]
    wanted = max((1 - level) * ordered.size, _EPSILON)
    weights = np.clip(wanted - np.arange(ordered.size), 0.0, 1.0)
    return float(ordered @ weights / weights.sum())
