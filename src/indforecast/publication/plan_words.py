"""What the plan says in sentences: the first page's, and the budget's two lines.

What belongs here: figures of people, money, places and terms in words. What does not: tables and charts
(``plan_views``, ``budget_views``), the inflow (``opening``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indforecast.planning.measures import ALL
from indforecast.publication.tables import records

if TYPE_CHECKING:
    from indforecast.publication.context import ReportContext
    from indforecast.publication.headline import Figure


def plan_sentences(context: ReportContext, figures: dict[str, Figure]) -> list[str]:
    """What the headline figures of people, money, places and terms are, and what they rest on."""
    language = context.language
    sentences = []
    months = language.number(context.facts.inputs.settings.planning.staffing.backlog_months.value)
    if {"staff", "budget", "beds"} & figures.keys():
        sentences.append(language.text("plan.inflow_alone", odds=context.odds()))
    if "staff" in figures:
        sentence = language.text("summary.staff", **band_words(context, figures["staff"]))
        for row in _total(context, "staffing_fte_backlog"):
            values = {name: language.quantity(row[name], "FTE") for name in ("minimum", "maximum")}
            sentence += " " + language.text(
                "summary.backlog", medio=language.amount(row["medio"], "FTE"), months=months, **values
            )
        sentences.append(f"{sentence} {language.text('plan.capacities')}")
    if "budget" in figures:
        sentences += budget_lines(context, figures["budget"].year)
        sentences.append(language.text("budget.caveat_fixed_short", year=calibration_year(context)))
    if "beds" in figures:
        sentence = language.text("summary.beds", **band_words(context, figures["beds"]))
        sentences.append(f"{sentence} {language.text('summary.beds_caveat')}")
    for row in _total(context, "share_in_term"):
        shares = {name: language.percent(row[name]) for name in ("minimum", "medio", "maximum")}
        sentences.append(
            _terms_per_stream(context) + language.text("summary.terms", year=context.facts.year, **shares)
        )
    return sentences


def budget_lines(context: ReportContext, year: int) -> list[str]:
    """The two lines of the budget, each beside the law: keeping up with inflow, and the backlog on top."""
    language = context.language
    months = language.number(context.facts.inputs.settings.planning.staffing.backlog_months.value)
    lines = []
    for measure, key, kind in (
        ("budget_eur", "summary.budget", ""),
        ("budget_backlog_eur", "summary.budget_backlog", "_with_backlog"),
    ):
        for row in _total(context, measure, year):
            values = {name: language.quantity(row[name], "EUR") for name in ("minimum", "maximum")}
            medio = language.amount(row["medio"], "EUR")
            line = language.text(key, medio=medio, months=months, year=year, **values)
            lines.append(line + _beside_law(context, year, kind))
    return lines


def _beside_law(context: ReportContext, year: int, kind: str) -> str:
    """How far a need is above or below the law, how sure that is, and the mean of the difference."""
    language, law = context.language, budget_law(context).get(year)
    rows = [
        _total(context, name, year)
        for name in (
            f"budget_gap{kind}_eur",
            f"budget_gap{kind}_mean_eur",
            f"budget_shortfall{kind}_probability",
        )
    ]
    if law is None or not all(rows):
        return ""
    gap, mean, chance = (row[0] for row in rows)
    return " " + language.text(
        f"summary.beside_law_{'with_backlog' if kind else 'alone'}",
        law=language.amount(law, "EUR"),
        chance=chance_in_words(context, chance["medio"]),
        mean=_over(context, mean["medio"]),
        **{name: _over(context, gap[name]) for name in ("minimum", "medio", "maximum")},
    )


def _over(context: ReportContext, gap: float) -> str:
    """An amount above or below the law: ``€25.6 million less``."""
    amount = context.language.amount(abs(gap), "EUR")
    return context.language.text("summary.more" if gap >= 0 else "summary.less", gap=amount)


def chance_in_words(context: ReportContext, probability: float) -> str:
    """A probability that was counted on paths: none of them is no proof of never, all of them none of always."""
    return context.language.percent(min(max(float(probability), 0.001), 0.999))


def assumed_streams(context: ReportContext) -> list[str]:
    """Streams whose decisions follow applications after fixed delays: their share in term is put in, not found."""
    planned = context.facts.inputs.settings.planning.streams
    return [
        name
        for name in context.facts.inputs.hierarchy.series_ids
        if name in planned and planned[name].discipline == "follows"
    ]


def _terms_per_stream(context: ReportContext) -> str:
    """The share in term per stream, those that are assumptions apart; empty when planned for the total only."""
    language, facts = context.language, context.facts
    plan = facts.table("plan_yearly")
    rows = records(plan[(plan["measure"] == "share_in_term") & (plan["year"] == facts.year)])
    shares = {str(row["series_id"]): float(row["medio"]) for row in rows}
    assumed = assumed_streams(context)
    told = {
        name: f"{context.stream_label(name).lower()} {language.percent(shares[name])}"
        for name in facts.inputs.hierarchy.series_ids
        if name in shares
    }
    found = [text for name, text in told.items() if name not in assumed]
    given = [text for name, text in told.items() if name in assumed]
    text = ""
    if found:
        text += language.text("summary.terms_found", year=facts.year, streams=language.listing(found)) + " "
    if given:
        text += language.text("summary.terms_assumed", streams=language.listing(given)) + " "
    return text


def _total(context: ReportContext, measure: str, year: int | None = None) -> list[dict[str, Any]]:
    """A measure over all streams in a year (the one the release is about); nothing when it was not planned."""
    plan = context.facts.table("plan_yearly")
    plan = plan[(plan["measure"] == measure) & (plan["series_id"] == ALL)]
    return records(plan[plan["year"] == (context.facts.year if year is None else year)])


def band_words(context: ReportContext, figure: Figure) -> dict[str, object]:
    """A headline figure as placeholders."""
    language = context.language
    return {
        "year": figure.year,
        "medio": language.amount(figure.medio, figure.unit),
        "minimum": language.quantity(figure.minimum, figure.unit),
        "maximum": language.quantity(figure.maximum, figure.unit),
    }


def budget_law(context: ReportContext) -> dict[int, float]:
    """What the budget law grants per year, products and input together, EUR."""
    budget = context.facts.inputs.settings.planning.budget
    return {
        int(year): product.value + budget.law_input[year].value
        for year, product in sorted(budget.law_product.items())
    }


def calibration_year(context: ReportContext) -> str:
    """The year in which need equals the law by construction."""
    return context.facts.inputs.settings.planning.budget.calibration_year
