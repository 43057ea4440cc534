"""The first page of the report: what it rests on, what changed, and the figures in plain words.

What belongs here: the opening strip and the summary. What does not: anything that a reader has to unfold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from indforecast.domain.observations import Basis
from indforecast.publication.calibration import verdict_summary
from indforecast.publication.change_section import driver_sentences
from indforecast.publication.changes import causes
from indforecast.publication.headline import TOTAL, Figure, headline_figures
from indforecast.publication.manifest import own_settings
from indforecast.publication.observed import basis_shares
from indforecast.publication.plan_words import band_words, plan_sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indforecast.publication.context import ReportContext


#: Own settings that are named one by one; recent months in which a simulated one is warned of.
_NAMED: Final = 6
_RECENT: Final = 12


@dataclass(frozen=True)
class Share:
    """One basis and its share of the monthly figures."""

    basis: str
    label: str
    percent: str
    width: str


@dataclass(frozen=True)
class ShareBar:
    """The bases of one group of streams."""

    label: str
    shares: tuple[Share, ...]
    note: str


@dataclass(frozen=True)
class Opening:
    """The strip that every report opens with."""

    cutoff: str
    cutoff_note: str
    shares: tuple[ShareBar, ...]
    change: tuple[str, ...]
    next_release: str
    next_note: str
    own_settings: str


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
    everything = inputs.hierarchy.base_ids
    asylum = tuple(name for name in everything if name in _asylum_parts(context))
    groups = (("shares_asylum", asylum), ("shares_all", everything))
    return Opening(
        cutoff=language.day(inputs.vintage),
        cutoff_note=_cutoff_note(context),
        shares=tuple(_share_bar(context, key, names) for key, names in groups if names),
        change=_change(context),
        next_release=language.day(facts.next_release),
        next_note=language.text("opening.next_note", day=inputs.settings.release.day_of_month),
        own_settings=_own_settings(context),
    )


def _asylum_parts(context: ReportContext) -> tuple[str, ...]:
    return next(
        (stream.parts for stream in context.facts.inputs.hierarchy.streams if stream.series_id == TOTAL), ()
    )


def _share_bar(context: ReportContext, key: str, names: Sequence[str]) -> ShareBar:
    language = context.language
    history = context.facts.table("history")
    counted = history[history["series_id"].isin(names)]
    shares = tuple(
        Share(basis, language.text(f"basis.{basis}"), language.percent(share), f"{100 * share:.2f}%")
        for basis, share in basis_shares(history, names).items()
    )
    note = language.text(
        "opening.shares_note",
        count=language.number(len(counted)),
        month=language.month(counted["period"].min()) if len(counted) else "–",
    )
    return ShareBar(language.text(f"opening.{key}"), shares, note)


def _cutoff_note(context: ReportContext) -> str:
    """The last observed month; said to be simulated where an asylum figure of it is."""
    facts, language = context.facts, context.language
    history = facts.table("history")
    last = history[
        history["series_id"].isin(_asylum_parts(context))
        & (pd.to_datetime(history["period"]) == pd.Timestamp(facts.inputs.forecast_origin))
    ]
    key = "cutoff_simulated" if (last["basis"] == Basis.SIMULATED).any() else "cutoff_note"
    return language.text(f"opening.{key}", month=language.month(facts.inputs.forecast_origin))


def _own_settings(context: ReportContext) -> str:
    own = own_settings(context.facts.inputs.settings)
    if not own:
        return ""
    language, more = context.language, len(own) - _NAMED
    named = [*own[:_NAMED], *([language.text("opening.own_more", count=more)] if more > 0 else [])]
    return language.text("opening.own_settings", count=len(own), settings=language.listing(named))


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
    return (line, *cause, *driver_sentences(context))


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
        context.stream_label(stream.series_id).lower()
        for stream in facts.inputs.hierarchy.streams
        if stream.series_id in facts.simulated
    ]
    return Summary(
        lede=language.markup("summary.lede", odds=context.odds()),
        cards=cards,
        sentences=tuple(
            sentence
            for sentence in (
                *_inflow(context, figures),
                *plan_sentences(context, figures),
                verdict_summary(context),
            )
            if sentence
        ),
        warning=" ".join(
            [
                *([language.text("summary.simulated", streams=language.listing(simulated))] if simulated else []),
                *_recently_simulated(context),
            ]
        ),
    )


def _recently_simulated(context: ReportContext) -> list[str]:
    """Streams with a history of their own of which recent months are invented."""
    facts, language = context.facts, context.language
    history = facts.table("history")
    periods = pd.to_datetime(history["period"])
    first = pd.Timestamp(facts.inputs.forecast_origin) - pd.DateOffset(months=_RECENT - 1)
    rows = history[(history["basis"] == Basis.SIMULATED) & (periods >= first)]
    streams = [
        name
        for name in facts.inputs.hierarchy.base_ids
        if name not in facts.simulated and name in set(rows["series_id"])
    ]
    if not streams:
        return []
    since = rows.loc[rows["series_id"].isin(streams), "period"].min()
    named = language.listing(context.stream_label(name).lower() for name in streams)
    return [language.text("summary.simulated_months", streams=named, month=language.month(since))]


def _inflow(context: ReportContext, figures: dict[str, Figure]) -> list[str]:
    language = context.language
    figure = figures.get("inflow")
    if figure is None:
        return []
    sentence = language.text("summary.inflow", odds=context.odds(), **band_words(context, figure))
    before = observed_year(context, TOTAL, figure.year - 1)
    if before is not None:
        sentence += " " + language.text(
            "summary.inflow_before",
            year=figure.year - 1,
            observed=marked(context, TOTAL, figure.year - 1, language.amount(before, "persons")),
        )
    return [sentence]


def observed_year(context: ReportContext, series_id: str, year: int) -> float | None:
    """Persons observed in a whole calendar year; None when months are missing."""
    observed = context.facts.observed
    rows = observed[(observed["series_id"] == series_id) & (pd.to_datetime(observed["period"]).dt.year == year)]
    return float(rows["observed"].sum()) if len(rows) == 12 else None


def observed_year_text(context: ReportContext, series_id: str, year: int) -> str | None:
    """A whole calendar year's figure, saying so where none of its months is published or derived."""
    figure = observed_year(context, series_id, year)
    return None if figure is None else marked(context, series_id, year, context.language.number(figure))


def marked(context: ReportContext, series_id: str, year: int, figure: str) -> str:
    """A figure over a year's observed months, with a word on them where they are not official.

    The year may still add up to a published total: what is estimated then is how it spreads over its months.
    """
    observed = context.facts.observed
    stamps = pd.to_datetime(observed["period"])
    bases = observed.loc[(observed["series_id"] == series_id) & (stamps.dt.year == year), "basis"]
    official = bases.isin([Basis.PUBLISHED, Basis.DERIVED]).any()
    simulated = (bases == Basis.SIMULATED).any()
    if bases.empty or (official and not simulated):
        return figure
    kind = "partly_simulated" if official else "simulated" if simulated else "estimated"
    return context.language.text(f"streams.year_{kind}", observed=figure)
