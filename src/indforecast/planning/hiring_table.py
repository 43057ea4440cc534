"""A hiring advice as tables: the plan month by month, and what it reaches.

What belongs here: rows of a release. What does not: the advice (``hiring_advice``), words (``cli_hiring_text``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from indforecast.domain.periods import to_timestamps
from indforecast.planning.hiring import WAIT
from indforecast.planning.hiring_question import cvar
from indforecast.planning.proof import Proof

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indforecast.planning.hiring_advice import Advice
    from indforecast.planning.hiring_goal import Goal

HIRING_COLUMNS: Final = (
    "group", "period", "hires_fte", "dismissals_fte", "flexible_fte", "trainees_fte", "trained_fte",
    "effective_fte", "cost_eur",
)  # fmt: skip

ADVICE_COLUMNS: Final = (
    "group", "share_in_term", "probability", "asked_from", "within_reach_from", "planned_from",
    "reached_probability", "reached_share", "staff_eur", "late_eur", "cost_eur", "cvar_eur",
    "latest_month_to_decide", "wait_months", "waiting_cost_eur", "waiting_meets_target", "hires_possible",
    "hires_needed", "structural_fall_probability", "present_probability", "reachable_share", "reachable_from",
    "reachable_late_cases", "present_late_cases", "reachable_late_at", "reachable_latest_month", "needed_from_1",
    "hires_needed_1", "needed_from_2", "hires_needed_2", "judged_probability", "judged_cost_eur",
    "rule_probability", "rule_cost_eur", "recommended",
)  # fmt: skip

#: Later months from which the table says what the target would take.
_LATER_MONTHS: Final = 2
#: Experienced and in training are sums of products of shares: exact to this many FTE.
_FTE_TOLERANCE: Final = 1e-6
#: People are compared to this many decimals: what is below is floating point and no person.
_FTE_DIGITS: Final = 9


def hiring_table(advices: Mapping[str, Advice]) -> pd.DataFrame:
    """The plan of each group, month by month, rows of ``HIRING_COLUMNS``.

    Parameters
    ----------
    advices : mapping of group to Advice
        At least one.
    """
    tables = []
    for group, advice in advices.items():
        answer, shown = advice.plan.answer, slice(0, advice.months)
        staff = answer.staff
        columns = (
            np.repeat(group, advice.months),
            to_timestamps(advice.plan.question.workforce.months[shown]),
            np.round(answer.decisions.hires[shown], 2),
            *(
                np.round(values[0, shown], 2)
                for values in (
                    staff.dismissed_fte, staff.flexible_fte, staff.trainees_fte, staff.trained_fte,
                    staff.effective_fte,
                )
            ),
            staff.cost_cents[0, shown] / 100,
        )  # fmt: skip
        tables.append(pd.DataFrame(dict(zip(HIRING_COLUMNS, columns, strict=True))))
    return pd.concat(tables, ignore_index=True)


def advice_table(advices: Mapping[str, Advice]) -> pd.DataFrame:
    """What each group's plan reaches and by when to decide, rows of ``ADVICE_COLUMNS``.

    Months are ``YYYY-MM``; one is missing where there is none (a target out of reach, no latest month).

    Parameters
    ----------
    advices : mapping of group to Advice
        At least one.
    """
    rows = [advice_row(group, advice) for group, advice in advices.items()]
    return pd.DataFrame(rows, columns=list(ADVICE_COLUMNS))


def advice_row(group: str, advice: Advice) -> dict[str, Any]:
    """One group's row of :func:`advice_table`."""
    plan, question = advice.plan, advice.plan.question
    answer, months = plan.answer, [str(month) for month in question.workforce.months]
    asked, judged = plan.asked, plan.on_asked

    def month(index: int | None) -> str | None:
        return None if index is None else months[min(index, len(months) - 1)]

    known = advice.falls[~np.isnan(advice.falls)]
    return {
        "group": group,
        "share_in_term": asked.share,
        "probability": asked.probability,
        "asked_from": month(asked.first),
        "within_reach_from": month(plan.reached.earliest(question.probability)),
        "planned_from": month(question.first) if plan.meets_target else None,
        "reached_probability": round(float((answer.score if plan.meets_target else judged).probability), 4),
        "reached_share": round(float((answer.score if plan.meets_target else judged).share.mean()), 4),
        "staff_eur": round(float(answer.score.staff_eur.mean()), 2),
        "late_eur": round(float(answer.score.late_eur.mean()), 2),
        "cost_eur": round(float(answer.score.cost_eur.mean()), 2),
        "cvar_eur": round(float(cvar(answer.score.cost_eur, question.tail_level)), 2),
        "latest_month_to_decide": month(plan.latest_wait),
        "wait_months": WAIT,
        "waiting_cost_eur": None if plan.waiting_eur is None else round(float(plan.waiting_eur), 2),
        "waiting_meets_target": bool(plan.waited.meets),
        "hires_possible": float(question.most_hires),
        "hires_needed": None if plan.needed_hires is None else float(plan.needed_hires),
        "structural_fall_probability": round(float(known.max()), 4) if known.size else None,
        "present_probability": round(plan.present, 4),
        **_goal_cells(plan.goal, month),
        **_verdict_cells(advice),
    }


def _goal_cells(goal: Goal | None, month: Callable[[int | None], str | None]) -> dict[str, Any]:
    """What can be reached instead of a target that cannot; empty cells where the target can."""
    needed = goal.needed if goal is not None else ()
    cells: dict[str, Any] = {
        "reachable_share": goal.share if goal is not None else None,
        "reachable_from": month(goal.first) if goal is not None else None,
        "reachable_late_cases": goal.late_cases if goal is not None else None,
        "present_late_cases": round(goal.present_late_cases) if goal is not None else None,
        "reachable_late_at": month(goal.late_at) if goal is not None else None,
        "reachable_latest_month": month(goal.latest_wait) if goal is not None else None,
    }
    for place in range(_LATER_MONTHS):
        known = place < len(needed)
        hires = needed[place][1] if known else None
        cells[f"needed_from_{place + 1}"] = month(needed[place][0]) if known else None
        cells[f"hires_needed_{place + 1}"] = None if hires is None else float(hires)
    return cells


def _verdict_cells(advice: Advice) -> dict[str, Any]:
    """The plan and the rule on paths that neither was made from; empty cells without them."""
    verdict = advice.verdict
    if verdict is None:
        names = ("judged_probability", "judged_cost_eur", "rule_probability", "rule_cost_eur")
        return {**dict.fromkeys(names), "recommended": "plan"}
    return {
        "judged_probability": round(verdict.plan.probability, 4),
        "judged_cost_eur": round(float(verdict.plan.cost_eur.mean()), 2),
        "rule_probability": round(verdict.rule.probability, 4),
        "rule_cost_eur": round(float(verdict.rule.cost_eur.mean()), 2),
        "recommended": "rule" if verdict.recommends_rule else "plan",
    }


def people_balance(advices: Mapping[str, Advice]) -> Proof:
    """Start + hires − leavers − dismissed = experienced + in training, in every month of every group's plan."""
    worst, looked_at = 0.0, 0
    for advice in advices.values():
        answer = advice.plan.answer
        staff = answer.staff
        people = (staff.trained_fte + staff.trainees_fte)[0]
        flow = answer.decisions.hires - staff.leavers_fte[0] - staff.dismissed_fte[0]
        gap = np.round(np.diff(people) - flow[1 : people.size], _FTE_DIGITS)
        worst = max(worst, float(np.abs(gap).max(initial=0.0)))
        looked_at += people.size - 1
    return Proof(
        "people_balance",
        worst,
        "FTE",
        looked_at,
        "Start + hires − leavers − let go = experienced + in training, month by month",
        "Begin + aangenomen − vertrokken − ontslagen = ervaren + in opleiding, maand voor maand",
        _FTE_TOLERANCE,
    )
