"""The first page of the report: what it rests on, what changed, and the figures in plain words.

What belongs here: the opening strip and the summary. What does not: anything that a reader has to unfold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from indforecast.domain.observations import Basis
from indforecast.planning.measures import ALL
from indforecast.publication.changes import causes
from indforecast.publication.headline import TOTAL, Figure, headline_figures
from indforecast.publication.observed import basis_shares
from indforecast.publication.tables import records

if TYPE_CHECKING:
    from indforecast.publication.context import ReportContext


@dataclass(frozen=True)
class Share:
    """One basis and its share of the monthly figures."""

    basis: str
    label: str
    percent: str
    width: str


@dataclass(frozen=True)
class Opening:
    """The strip that every report opens with."""

    cutoff: str
    cutoff_note: str
    shares: tuple[Share, ...]
    shares_note: str
    change: tuple[str, ...]
    next_release: str
    next_note: str


@dataclass(frozen=True)
class Card:
    """One large figure."""

    label: str
    figure: str
    unit: str
    band: tuple[str, str]


@dataclass(frozen=True)
class Summary:
    """The figures in plain words."""

    lede: str
    cards: tuple[Card, ...]
    sentences: tuple[str, ...]
    warning: str


def opening(context: ReportContext) -> Opening:
    """Data cut-off, shares of bases, change since the previous release with its cause, next release date."""
    facts, language = context.facts, context.language
    inputs = facts.inputs
    history = facts.table("history")
    counted = history[history["series_id"].isin(inputs.hierarchy.base_ids)]
    shares = tuple(
        Share(basis, language.text(f"basis.{basis}"), language.percent(share), f"{100 * share:.2f}%")
        for basis, share in basis_shares(history, inputs.hierarchy).items()
    )
    return Opening(
        cutoff=language.day(inputs.vintage),
        cutoff_note=language.text("opening.cutoff_note", month=language.month(inputs.forecast_origin)),
        shares=shares,
        shares_note=language.text(
            "opening.shares_note",
            count=language.number(len(counted)),
            month=language.month(counted["period"].min()),
        ),
        change=_change(context),
        next_release=language.day(facts.next_release),
        next_note=language.text("opening.next_note", day=inputs.settings.release.day_of_month),
    )


def _change(context: ReportContext) -> tuple[str, ...]:
    facts, language = context.facts, context.language
    previous = facts.inputs.previous
    if previous is None:
        return (language.text("opening.change_first"),)
    changes = facts.table("changes")
    row = changes[(changes["series_id"] == TOTAL) & (changes["year"].astype(int) == facts.year)]
    named = language.listing(language.text(f"cause.{cause}") for cause in causes(facts.inputs))
    cause = (language.text("opening.change_cause", causes=named),) if named else ()
    if row.empty:
        return (language.text("opening.change_uncompared", previous=previous.release_id, year=facts.year), *cause)
    before, after = float(row["previous_medio"].iloc[0]), float(row["medio"].iloc[0])
    if before == after:
        line = language.text("opening.change_none", year=facts.year, medio=language.amount(after, "persons"))
    else:
        line = language.text(
            "opening.change_line",
            year=facts.year,
            change=language.amount(after - before, "persons", signed=True),
            previous=language.number(before),
            medio=language.number(after),
        )
    return (line, *cause)


def summary(context: ReportContext) -> Summary:
    """Cards and sentences for a reader who reads one page."""
    facts, language = context.facts, context.language
    figures = {figure.key: figure for figure in headline_figures(facts.inputs.tables, facts.year)}
    cards = tuple(
        Card(
            label=figure.label[language.code],
            figure=language.quantity(figure.medio, figure.unit),
            unit=language.text(f"unit.{figure.unit}"),
            band=(
                language.text("summary.minimum", value=language.quantity(figure.minimum, figure.unit)),
                language.text("summary.maximum", value=language.quantity(figure.maximum, figure.unit)),
            ),
        )
        for figure in figures.values()
    )
    simulated = [
        context.stream_label(stream.series_id)
        for stream in facts.inputs.hierarchy.streams
        if stream.series_id in facts.simulated
    ]
    return Summary(
        lede=language.markup("summary.lede", odds=context.odds()),
        cards=cards,
        sentences=(*_inflow(context, figures), *_plan(context, figures)),
        warning=language.text("summary.simulated", streams=language.listing(simulated)) if simulated else "",
    )


def _inflow(context: ReportContext, figures: dict[str, Figure]) -> list[str]:
    language = context.language
    figure = figures.get("inflow")
    if figure is None:
        return []
    sentence = language.text("summary.inflow", odds=context.odds(), **_band(context, figure))
    before = observed_year(context, TOTAL, figure.year - 1)
    if before is not None:
        sentence += " " + language.text(
            "summary.inflow_before", year=figure.year - 1, observed=language.amount(before, "persons")
        )
    return [sentence]


def _plan(context: ReportContext, figures: dict[str, Figure]) -> list[str]:
    language = context.language
    sentences = []
    if "staff" in figures:
        sentence = language.text("summary.staff", **_band(context, figures["staff"]))
        for row in _total(context, "staffing_fte_backlog"):
            values = {name: language.quantity(row[name], "FTE") for name in ("minimum", "maximum")}
            sentence += " " + language.text(
                "summary.backlog", medio=language.amount(row["medio"], "FTE"), **values
            )
        sentences.append(sentence)
    if "budget" in figures:
        figure = figures["budget"]
        sentence = language.text("summary.budget", **_band(context, figure))
        law = budget_law(context).get(figure.year)
        if law is not None:
            gap = figure.medio - law
            sentence += " " + language.text(
                "summary.budget_above" if gap >= 0 else "summary.budget_below",
                gap=language.amount(abs(gap), "EUR"),
                law=language.amount(law, "EUR"),
            )
        sentences.append(sentence)
    if "beds" in figures:
        sentences.append(language.text("summary.beds", **_band(context, figures["beds"])))
    for row in _total(context, "share_in_term"):
        shares = {name: language.percent(row[name]) for name in ("minimum", "medio", "maximum")}
        sentences.append(language.text("summary.terms", year=context.facts.year, **shares))
    return sentences


def _total(context: ReportContext, measure: str) -> list[dict[str, Any]]:
    """A measure over all streams in the year that the release is about; nothing when it was not planned."""
    plan = context.facts.table("plan_yearly")
    plan = plan[(plan["measure"] == measure) & (plan["series_id"] == ALL)]
    return records(plan[plan["year"] == context.facts.year])


def _band(context: ReportContext, figure: Figure) -> dict[str, object]:
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


def observed_year(context: ReportContext, series_id: str, year: int) -> float | None:
    """Persons observed in a whole calendar year; None when months are missing."""
    observed = context.facts.observed
    rows = observed[(observed["series_id"] == series_id) & (pd.to_datetime(observed["period"]).dt.year == year)]
    return float(rows["observed"].sum()) if len(rows) == 12 else None


def observed_year_text(context: ReportContext, series_id: str, year: int) -> str | None:
    """A whole calendar year's figure, saying so where none of its months is published or derived.

    The year may still add up to a published total: what is estimated then is how it spreads over its months.
    """
    figure = observed_year(context, series_id, year)
    if figure is None:
        return None
    observed = context.facts.observed
    stamps = pd.to_datetime(observed["period"])
    bases = observed.loc[(observed["series_id"] == series_id) & (stamps.dt.year == year), "basis"]
    number = context.language.number(figure)
    if bases.isin([Basis.PUBLISHED, Basis.DERIVED]).any():
        return number
    kind = "simulated" if (bases == Basis.SIMULATED).any() else "estimated"
    return context.language.text(f"streams.year_{kind}", observed=number)
