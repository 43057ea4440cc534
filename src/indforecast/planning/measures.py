"""What planning says, measure by measure: unit, names, and how months become a year.

What belongs here: the list of measures. What does not: how one is computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: Key of the total over streams; it is computed on each path, never from quantiles.
ALL = "all"


class YearRule(StrEnum):
    """How the months of a year become the year's figure, path by path."""

    SUM = "sum"
    MEAN = "mean"
    YEAR_END = "year_end"  # the last month of the year that the paths reach
    RATIO = "ratio"  # the year's numerators over the year's denominators


@dataclass(frozen=True)
class Measure:
    """One measure.

    Parameters
    ----------
    unit : str
        Unit of all its values.
    year : YearRule
        How a year's figure comes from its months.
    decimals : int
        Decimals in published tables; money has two, because it is kept in cents.
    label_en, label_nl : str
        Names for readers.
    monthly : bool
        Whether there is a figure per month, or per calendar year only.
    """

    unit: str
    year: YearRule
    decimals: int
    label_en: str
    label_nl: str
    monthly: bool = True


MEASURES: dict[str, Measure] = {
    "handling_hours": Measure("hours", YearRule.SUM, 1, "Hours the inflow asks", "Uren die de instroom vraagt"),
    "staffing_fte": Measure(
        "FTE", YearRule.MEAN, 1, "Direct staff to keep up with inflow", "Behandelaars om de instroom bij te houden"
    ),
    "staffing_fte_backlog": Measure(
        "FTE",
        YearRule.MEAN,
        1,
        "Direct staff to work away cases past their term",
        "Behandelaars om zaken buiten de termijn weg te werken",
    ),
    "decisions": Measure("cases", YearRule.SUM, 1, "Decisions", "Beslissingen"),
    "open_cases": Measure("cases", YearRule.YEAR_END, 1, "Open cases", "Openstaande zaken"),
    "open_past_term": Measure(
        "cases", YearRule.YEAR_END, 1, "Open cases past their term", "Openstaande zaken buiten de termijn"
    ),
    "share_in_term": Measure(
        "share", YearRule.RATIO, 4, "Share decided within the term", "Aandeel beslist binnen de termijn"
    ),
    "share_pending_in_term": Measure(
        "share",
        YearRule.YEAR_END,
        4,
        "Share of open cases within the term",
        "Aandeel openstaand binnen de termijn",
    ),
    "budget_eur": Measure("EUR", YearRule.SUM, 2, "Budget need", "Budgetbehoefte"),
    "budget_fixed_eur": Measure(
        "EUR",
        YearRule.SUM,
        2,
        "of which other products and input funding, held fixed",
        "waarvan overige producten en inputfinanciering, constant gehouden",
    ),
    "budget_gap_eur": Measure(
        "EUR", YearRule.SUM, 2, "Need above the budget law", "Behoefte boven de begroting", monthly=False
    ),
    "residents": Measure("residents", YearRule.YEAR_END, 1, "Residents in reception", "Bewoners in de opvang"),
    "beds": Measure("beds", YearRule.YEAR_END, 1, "Reception beds", "Opvangplekken"),
    "reception_cost_eur": Measure("EUR", YearRule.SUM, 2, "Cost of reception", "Kosten van opvang"),
}
