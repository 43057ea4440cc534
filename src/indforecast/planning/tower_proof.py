"""Cases given out are cases there were, and no unit works more hours than it has.

What belongs here: that proof on a distribution. What does not: the distribution (``control_tower``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.planning.proof import Proof

if TYPE_CHECKING:
    from indforecast.planning.control_tower import TowerPlan

#: Hours are whole cases times hours per case: exact to this many.
_HOURS: Final = 1e-6


def cases_balance(plan: TowerPlan) -> Proof:
    """Decided + left = cases there were, for every plan compared; hours within every unit's capacity.

    Parameters
    ----------
    plan : TowerPlan
        The optimum and the plain ways beside it.
    """
    worst, looked_at = 0.0, 0
    cases = int(plan.problem.cohort_cases.sum())
    for outcome in (plan.best, plan.oldest_first, plan.term_first):
        unbalanced = abs(cases - outcome.decided - int(outcome.left.sum()))
        split = int(np.abs(outcome.cases.sum() - outcome.cohorts.sum()))
        over = float(np.clip(outcome.hours - plan.problem.capacity, 0.0, None).max(initial=0.0))
        worst = max(worst, unbalanced, split, over if over > _HOURS else 0.0)
        looked_at += outcome.cases.size
    return Proof(
        "tower_balance",
        worst,
        "cases or hours",
        looked_at,
        "Cases given out + left = cases there were; no unit works more hours than it has",
        "Uitgedeelde zaken + wat blijft = zaken die er waren; geen eenheid werkt meer uren dan zij heeft",
    )
