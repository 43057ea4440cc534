"""The question of one group, from the settings and the paths of a case.

What belongs here: months, target and prices of a question. What does not: the question itself, the score of an
answer (``hiring_question``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.domain.errors import InputError
from indforecast.planning.hiring_question import HiringQuestion
from indforecast.planning.staffing import StaffFigures, replacement_hires, staff_figures
from indforecast.planning.workforce import Workforce
from indforecast.planning.workforce_streams import workforce_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase

#: Months of a plan that are shown.
PLANNED_MONTHS = 24
_CENTS = 100
_YEAR = 12
#: Guards sums that are rounded down.
_EPSILON = 1e-9


def structural_falls(levels: NDArray[np.float64], ahead: int) -> NDArray[np.float64]:
    """P(level ``ahead`` months on below the level of the month), per month; nan where the paths end before.

    Parameters
    ----------
    levels : ndarray of float
        Shape ``[path, month]``, see :meth:`Workforce.levels`.
    ahead : int
        Months.
    """
    falls = np.full(levels.shape[1], np.nan)
    known = max(levels.shape[1] - ahead, 0)
    falls[:known] = (levels[:, ahead:] < levels[:, :known]).mean(axis=0)
    return falls


def question_of(
    case: PlanningCase,
    group: str,
    *,
    months: int = PLANNED_MONTHS,
    start: str | None = None,
    share: float | None = None,
    probability: float | None = None,
) -> HiringQuestion:
    """The question of one group from the settings; target figures given here stand before theirs.

    Parameters
    ----------
    case : PlanningCase
        The paths that the plan is made from.
    group : str
        One of ``planning.hiring.groups``.
    months : int
        Months to plan; the look-ahead of the settings comes on top, as far as paths go. The target applies to
        terms that end by a year before the last month planned on.
    start : str, optional
        Month ``YYYY-MM`` from which on the target applies; the first month after a decision of today has been
        trained for by default.
    share, probability : float, optional
        The target.

    Raises
    ------
    InputError
        If the group does not exist or the month lies outside the plan.
    """
    settings, figures = case.settings, staff_figures(case.settings)
    hiring = settings.hiring
    whole = workforce_of(case, group)
    horizon = min(months + round(hiring.look_ahead_months.value), len(whole.months))
    lead = round(hiring.recruitment_months.value)
    earliest = lead + figures.training_months
    until = max(horizon - _YEAR, min(earliest + _YEAR, horizon))
    first = min(earliest, until - 1) if start is None else month_index(whole, start, until)
    falls = structural_falls(whole.levels(), round(hiring.structural_months.value))[:horizon]
    month = np.arange(1, horizon + 1)
    replaced = np.floor(replacement_hires(whole.start_fte, figures) * month + _EPSILON)
    return HiringQuestion(
        workforce=whole.until(horizon),
        figures=figures,
        most_hires=np.floor(hiring.groups[group].hires_per_month.value),
        under_way=np.minimum(np.diff(replaced, prepend=0.0), np.floor(hiring.groups[group].hires_per_month.value)),
        lead=min(lead, horizon),
        first=first,
        share=hiring.share_in_term.value if share is None else share,
        probability=hiring.probability.value if probability is None else probability,
        may_dismiss=np.nan_to_num(falls, nan=0.0) > hiring.structural_probability.value,
        late_eur=hiring.late_case_cost.value / whole.hours_per_case,
        left_eur=_future_hour_eur(figures),
        anew_eur=_anew_eur(figures),
        left_late_months=hiring.left_late_months.value,
        tail_level=hiring.tail_level.value,
        tail_weight=hiring.tail_weight.value,
        margin=hiring.margin.value,
        target_months=until,
    )


def month_index(workforce: Workforce, month: str, horizon: int) -> int:
    """Where a month stands in the plan.

    Raises
    ------
    InputError
        If it is not one of its months.
    """
    first, last = workforce.months[0], workforce.months[horizon - 1]
    try:
        index = int((np.datetime64(month, "M") - first).astype(np.int64))
    except ValueError:
        raise InputError(f"'{month}' is not a month.", hint="Write it as YYYY-MM, for example 2028-01.") from None
    if not 0 <= index < horizon:
        raise InputError(f"The plan has no {month}: it runs from {first} to {last}.", hint="Choose a month in it.")
    return index


def _future_hour_eur(figures: StaffFigures) -> float:
    """An hour worked by someone yet to be hired: pay, and hiring and training spread over the stay."""
    stay = 1 / max(figures.attrition_trained, 1 / 480)  # months; no more than forty years
    month = figures.wage_cents / _CENTS + _anew_eur(figures) / stay
    return float(month / figures.hours_a_month)


def _anew_eur(figures: StaffFigures) -> float:
    """A hire, and pay and trainers' time over the training less what a trainee decides."""
    unproductive = sum(1 - output + figures.trainer_fte for output in figures.ramp)
    return float((figures.hire_cents + figures.wage_cents * unproductive) / _CENTS)
