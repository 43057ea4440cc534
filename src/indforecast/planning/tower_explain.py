"""What the control tower's prices say, in sentences, English and Dutch.

A dual says what the optimum changes by for the very next hour or case. So the largest ones are solved again with a
hundred hours more, or with the skill learned, and the sentence gives that answer.

What belongs here: reading duals, those few new solutions, the sentences. What does not: the programme
(``tower_lp``), the plan (``control_tower``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.tower_lp import TowerProgramme

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.control_tower import TowerPlan
    from indforecast.planning.tower_problem import TowerProblem

_CENTS = 100
#: Hours that are added where an hour is worth most, and how many missing skills are solved again.
_HOURS, _SKILLS = 100.0, 5
#: Cents below which nothing is worth saying.
_NOTHING = 0.5
#: Cases per hour below which an hour keeps none in term.
_LEAST_KEPT = 1e-6


@dataclass(frozen=True)
class Sentence:
    """One finding.

    Parameters
    ----------
    topic : {"plan", "hour", "least_hour", "skill", "case", "floor"}
        What it is about.
    text_en, text_nl : str
        For readers.
    """

    topic: str
    text_en: str
    text_nl: str


@dataclass(frozen=True)
class MissingSkill:
    """What it would save if a unit learned a skill.

    Parameters
    ----------
    group, unit : int
        The group that gains most at the margin, and the unit without its skill.
    month : int
        Where that is, from 0.
    per_case : float
        Cents saved by the first case.
    in_all : float
        Cents saved by the best plan with the skill, over all groups that ask for it.
    """

    group: int
    unit: int
    month: int
    per_case: float
    in_all: float


def gains_of_cases(plan: TowerPlan) -> NDArray[np.float64]:
    """Cents that one case of a group, decided in a unit and month, would save; below 0 where it would cost.

    For a unit with the skill it is at most 0, because the optimum has used every gain. The price of the column in
    the linear programme (its reduced cost with the sign turned), shape ``[group, unit, month]``.
    """
    problem, prices = plan.problem, plan.least_cost.prices
    each = problem.costs.away_case * problem.away + problem.costs.split / problem.most_cases
    hour = prices.hour[None] + problem.away[:, :, None] * prices.away_hour[None]
    worth = prices.decided[:, None, :] + prices.floor[:, None, None]
    return np.asarray(worth - each[:, :, None] - problem.hours[:, :, None] * hour)


def missing_skills(plan: TowerPlan) -> list[MissingSkill]:
    """Units and skills that would save most, solved again with the skill; the dearest lack first."""
    problem = plan.problem
    gains = np.where(problem.able[:, :, None], -np.inf, gains_of_cases(plan))
    first: dict[tuple[str, int], MissingSkill] = {}
    for group, one in enumerate(problem.groups):
        for unit in range(len(problem.units)):
            month = int(np.argmax(gains[group, unit]))
            gain = float(gains[group, unit, month])
            known = first.get((one.skill, unit))
            if gain > _NOTHING and (known is None or gain > known.per_case):
                first[one.skill, unit] = MissingSkill(group, unit, month, gain, 0.0)
    ranked = sorted(first.items(), key=lambda item: (-round(item[1].per_case, 6), item[0]))[:_SKILLS]
    solved = [
        replace(found, in_all=plan.least_cost.objective - _cost_with_skill(plan, skill, unit))
        for (skill, unit), found in ranked
    ]
    return sorted(solved, key=lambda found: (-round(found.in_all, 3), found.unit, found.group))


def _cost_with_skill(plan: TowerPlan, skill: str, unit: int) -> float:
    units = list(plan.problem.units)
    units[unit] = replace(units[unit], skills=units[unit].skills | {skill})
    return _cost(replace(plan.problem, units=tuple(units)), plan)


def saving_by_hours(plan: TowerPlan, unit: int, month: int, hours: float) -> float:
    """Cents that the optimum falls by when a unit has more hours in a month (from 0), solved again."""
    units = list(plan.problem.units)
    given = list(units[unit].hours)
    given[month] += hours
    units[unit] = replace(units[unit], hours=tuple(given))
    return plan.least_cost.objective - _cost(replace(plan.problem, units=tuple(units)), plan)


def _cost(problem: TowerProblem, plan: TowerPlan) -> float:
    return TowerProgramme(problem, plan.floors, plan.problem.most_cases).least_cost().objective


def explain(plan: TowerPlan) -> list[Sentence]:
    """The findings that matter most, in a fixed order."""
    return [*_the_plan(plan), *_hours(plan), *_skills(plan), *_cases(plan), *_floors(plan)]


def _the_plan(plan: TowerPlan) -> list[Sentence]:
    best, plain = plan.best, plan.term_first
    saved = plain.cost - best.cost

    def told(text: str, nl: bool) -> str:
        return text.format(
            kept=_n(best.in_term, nl=nl),
            due=_n(best.due, nl=nl),
            share=_share(best.share_in_term, nl=nl),
            plain=_n(plain.in_term, nl=nl),
            plain_share=_share(plain.share_in_term, nl=nl),
            saved=_eur(saved, nl=nl),
            loss=_share(plan.loss, nl=nl),
        )

    return [
        Sentence(
            "plan",
            told(
                "The plan decides {kept} of {due} cases in term ({share}), against {plain} ({plain_share}) with "
                "cases given out in proportion to hours and the nearest term first; it costs {saved} less, and at "
                "most {loss} more than any plan could.",
                False,
            ),
            told(
                "Het plan beslist {kept} van {due} zaken op tijd ({share}), tegen {plain} ({plain_share}) als "
                "zaken naar rato van uren worden verdeeld met de kortste termijn eerst; het kost {saved} minder, "
                "en hooguit {loss} meer dan het best denkbare plan.",
                True,
            ),
        )
    ]


def _hours(plan: TowerPlan) -> list[Sentence]:
    problem, worth = plan.problem, plan.least_cost.prices.staff_hour(plan.problem)
    unit, month = (int(i) for i in np.unravel_index(np.argmax(np.round(worth, 6)), worth.shape))
    if worth[unit, month] <= _NOTHING:
        return [
            Sentence(
                "hour",
                "No unit is short of hours: one more hour is worth nothing anywhere.",
                "Geen eenheid komt uren tekort: een uur meer levert nergens iets op.",
            )
        ]
    saved = saving_by_hours(plan, unit, month, _HOURS)
    kept = float(plan.most_in_term.prices.staff_hour(problem)[unit, month])

    def told(text: str, term: str, nl: bool) -> str:
        figures = {
            "unit": problem.units[unit].name,
            "month": month + 1,
            "top": _eur(float(worth[unit, month]), nl=nl),
            "hours": _n(_HOURS, nl=nl),
            "saved": _eur(saved, nl=nl),
            "each": _n(1 / kept if kept > _LEAST_KEPT else 0.0, nl=nl),
        }
        return (text + (term if kept > _LEAST_KEPT else "")).format(**figures)

    found = [
        Sentence(
            "hour",
            told(
                "One more hour at {unit} in month {month} is worth most: {top}; {hours} more hours there "
                "save {saved}.",
                " If terms alone counted, {each} hours there keep one more case in term.",
                False,
            ),
            told(
                "Een uur meer bij {unit} in maand {month} is het meest waard: {top}; {hours} uur meer daar "
                "bespaart {saved}.",
                " Als alleen termijnen tellen, houdt elke {each} uur daar één zaak meer op tijd.",
                True,
            ),
        )
    ]
    held = np.where(problem.capacity > 0, worth, np.inf)
    at = tuple(int(i) for i in np.unravel_index(np.argmin(np.round(held, 6)), held.shape))
    low, name = max(0.0, float(worth[at])), problem.units[at[0]].name
    found.append(
        Sentence(
            "least_hour",
            f"An hour is worth least at {name} in month {at[1] + 1}: {_eur(low)}.",
            f"Een uur is het minst waard bij {name} in maand {at[1] + 1}: {_eur(low, nl=True)}.",
        )
    )
    return found


def _skills(plan: TowerPlan) -> list[Sentence]:
    problem = plan.problem
    found = missing_skills(plan)
    if not found:
        return [
            Sentence(
                "skill",
                "No group loses by a skill that a unit lacks.",
                "Geen doelgroep heeft last van een vaardigheid die een eenheid mist.",
            )
        ]
    top = found[0]
    group, unit = problem.groups[top.group], problem.units[top.unit].name
    at = top.month + 1
    return [
        Sentence(
            "skill",
            f"{group.name} loses most by a missing skill: if {unit} learned '{group.skill}', the first case in "
            f"month {at} would save {_eur(top.per_case)} and the best plan {_eur(top.in_all)} in all.",
            f"{group.name} heeft het meeste last van een ontbrekende vaardigheid: leert {unit} '{group.skill}', "
            f"dan bespaart de eerste zaak in maand {at} {_eur(top.per_case, nl=True)} en het beste plan in totaal "
            f"{_eur(top.in_all, nl=True)}.",
        )
    ]


def _cases(plan: TowerPlan) -> list[Sentence]:
    problem, loss = plan.problem, plan.least_cost.prices.case
    open_ones = np.where(problem.cohort_cases > 0, loss, -np.inf)
    cohort = int(np.argmax(np.round(open_ones, 6)))
    name = problem.groups[problem.cohort_group[cohort]].name
    term = int(problem.cohort_term[cohort])
    when_en = f"whose term ends in month {term}" if term >= 1 else "past its term"
    when_nl = f"waarvan de termijn in maand {term} eindigt" if term >= 1 else "buiten de termijn"
    cents = float(loss[cohort])
    return [
        Sentence(
            "case",
            f"One more case of {name} {when_en} costs most: {_eur(cents)}, with what it pushes aside.",
            f"Een zaak meer van {name} {when_nl} kost het meest: {_eur(cents, nl=True)}, met wat zij opzij duwt.",
        )
    ]


def _floors(plan: TowerPlan) -> list[Sentence]:
    price = plan.least_cost.prices.floor
    group = int(np.argmax(np.round(price, 6)))
    if price[group] <= _NOTHING:
        return []
    name, least = plan.problem.groups[group].name, int(plan.floors[group])
    cents = float(price[group])
    return [
        Sentence(
            "floor",
            f"Deciding at least {_n(least)} cases of {name} costs {_eur(cents)} for the last of them.",
            f"Ten minste {_n(least, nl=True)} zaken van {name} beslissen kost {_eur(cents, nl=True)} voor de "
            "laatste.",
        )
    ]


def _n(value: float, *, nl: bool = False) -> str:
    text = f"{value:,.0f}"
    return text.replace(",", ".") if nl else text


def _eur(cents: float, *, nl: bool = False) -> str:
    euros = cents / _CENTS
    text = f"{euros:,.2f}" if abs(euros) < 1_000 else f"{euros:,.0f}"
    return "€ " + text.translate(str.maketrans(",.", ".,")) if nl else "€" + text


def _share(share: float, *, nl: bool = False) -> str:
    text = f"{100 * share:.1f}"
    return text.replace(".", ",") + " %" if nl else text + " %"
