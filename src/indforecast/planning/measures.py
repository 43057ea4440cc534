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
    "newly_late": Measure("cases", YearRule.SUM, 1, "Cases that become late", "Zaken die te laat worden"),
    "mean_age": Measure(
        "months", YearRule.YEAR_END, 1, "Mean age of open cases", "Gemiddelde leeftijd van openstaande zaken"
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
    "budget_eur": Measure(
        "EUR", YearRule.SUM, 2, "Budget need to keep up with inflow", "Budgetbehoefte om de instroom bij te houden"
    ),
    "budget_fixed_eur": Measure(
        "EUR",
        YearRule.SUM,
        2,
        "Other products and input funding together",
        "Overige producten en inputfinanciering samen",
    ),
    "budget_other_products_eur": Measure(
        "EUR", YearRule.SUM, 2, "Other products (held constant)", "Overige producten (constant gehouden)"
    ),
    "budget_input_eur": Measure(
        "EUR", YearRule.SUM, 2, "Input funding (budget law)", "Inputfinanciering (begrotingswet)"
    ),
    "budget_backlog_eur": Measure(
        "EUR",
        YearRule.SUM,
        2,
        "Extra need to work away cases past their term",
        "Extra behoefte om zaken buiten de termijn weg te werken",
    ),
    "budget_with_backlog_eur": Measure(
        "EUR",
        YearRule.SUM,
        2,
        "Budget need with cases past their term worked away",
        "Budgetbehoefte inclusief wegwerken van zaken buiten de termijn",
    ),
    "budget_decided_eur": Measure(
        "EUR",
        YearRule.SUM,
        2,
        "Cost of what the capacity held constant decides",
        "Kosten van wat de constant gehouden capaciteit beslist",
    ),
    "budget_gap_eur": Measure(
        "EUR", YearRule.SUM, 2, "Need above the budget law", "Behoefte boven de begroting", monthly=False
    ),
    "budget_gap_mean_eur": Measure(
        "EUR",
        YearRule.SUM,
        2,
        "Mean of need above the budget law",
        "Gemiddelde van behoefte boven de begroting",
        monthly=False,
    ),
    "budget_shortfall_probability": Measure(
        "share",
        YearRule.RATIO,
        4,
        "Probability that need exceeds the budget law",
        "Kans dat de behoefte boven de begroting ligt",
        monthly=False,
    ),
    "budget_gap_with_backlog_eur": Measure(
        "EUR",
        YearRule.SUM,
        2,
        "Need with the backlog, above the budget law",
        "Behoefte inclusief achterstand, boven de begroting",
        monthly=False,
    ),
    "budget_gap_with_backlog_mean_eur": Measure(
        "EUR",
        YearRule.SUM,
        2,
        "Mean of need with the backlog, above the budget law",
        "Gemiddelde van behoefte inclusief achterstand, boven de begroting",
        monthly=False,
    ),
    "budget_shortfall_with_backlog_probability": Measure(
        "share",
        YearRule.RATIO,
        4,
        "Probability that need with the backlog exceeds the budget law",
        "Kans dat de behoefte inclusief achterstand boven de begroting ligt",
        monthly=False,
    ),
    "residents": Measure("residents", YearRule.YEAR_END, 1, "Residents in reception", "Bewoners in de opvang"),
    "beds": Measure("beds", YearRule.YEAR_END, 0, "Reception beds", "Opvangplekken"),
    "reception_cost_eur": Measure("EUR", YearRule.SUM, 2, "Cost of reception (COA)", "Kosten van opvang (COA)"),
    "notices": Measure("cases", YearRule.SUM, 1, "Notices of default", "Ingebrekestellingen"),
    "late_appeals": Measure(
        "cases", YearRule.SUM, 1, "Appeals for not deciding in time", "Beroepen niet tijdig beslissen"
    ),
    "penalty_cases": Measure(
        "cases", YearRule.SUM, 1, "Cases whose court penalty begins", "Zaken waarin een dwangsom gaat lopen"
    ),
    "penalties_eur": Measure("EUR", YearRule.SUM, 2, "Penalties for deciding late", "Dwangsommen"),
    "late_cost_eur": Measure(
        "EUR",
        YearRule.SUM,
        2,
        "Penalties, legal hours and costs of deciding late",
        "Dwangsommen, juridische uren en proceskosten van te laat beslissen",
    ),
    "refusal_appeals": Measure("cases", YearRule.SUM, 1, "Appeals against refusals", "Beroepen tegen afwijzingen"),
    "court_procedures": Measure("cases", YearRule.SUM, 1, "Court procedures", "Gerechtelijke procedures"),
    "hearings": Measure("hearings", YearRule.SUM, 1, "Court hearings", "Zittingen"),
    "hearings_unattended": Measure(
        "hearings",
        YearRule.SUM,
        1,
        "Hearings that the legal department cannot attend",
        "Zittingen zonder procesvertegenwoordiger",
    ),
    "legal_hours": Measure("hours", YearRule.SUM, 1, "Hours of the legal department", "Uren van Juridische Zaken"),
    "judges_fte": Measure("FTE", YearRule.MEAN, 1, "Judges for these hearings", "Rechters voor deze zittingen"),
    "desk_visits": Measure("visits", YearRule.SUM, 1, "Visits to the desk", "Bezoeken aan het loket"),
    "biometrics": Measure("persons", YearRule.SUM, 1, "Biometrics taken", "Afname biometrie"),
    "documents_handed_out": Measure(
        "documents", YearRule.SUM, 1, "Documents to hand out", "Uit te reiken documenten"
    ),
    "telephone_calls": Measure("calls", YearRule.SUM, 1, "Telephone calls", "Telefoontjes"),
    "desk_fte": Measure("FTE", YearRule.MEAN, 1, "Staff at the desks", "Mensen aan het loket"),
    "telephone_fte": Measure("FTE", YearRule.MEAN, 1, "Staff on the telephone", "Mensen aan de telefoon"),
}
