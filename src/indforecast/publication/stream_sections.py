"""One block per stream: its past, its fan, its years, and how often past bands held.

What belongs here: the step from bands, quantiles and history to words, charts and tables of a stream. What does
not: what inflow means for staff and money (``plan_sections``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from indforecast.domain.events import EventShape, known_events
from indforecast.domain.observations import Basis
from indforecast.publication.calibration import verdict_sentence
from indforecast.publication.nowcast_words import nowcast_sentences
from indforecast.publication.opening import marked, observed_year_text
from indforecast.publication.stream_views import (
    CALENDAR_YEAR,
    MONTH,
    chart_start,
    history_table,
    hit_counts,
    hit_rate,
    monthly_chart,
    monthly_table,
    rows_of_stream,
    yearly_chart,
    yearly_table,
)
from indforecast.publication.tables import records
from indforecast.publication.views import Block, Section

if TYPE_CHECKING:
    from indforecast.domain.series import Stream
    from indforecast.publication.context import ReportContext


def streams_section(context: ReportContext) -> Section:
    """All streams in publication order."""
    facts = context.facts
    return Section(
        "streams",
        context.language.text("streams.heading"),
        (context.language.text("streams.lede", months=facts.inputs.settings.bands.monthly_months),),
        tuple(stream_block(context, stream) for stream in facts.inputs.hierarchy.streams),
    )


def stream_block(context: ReportContext, stream: Stream) -> Block:
    """One stream."""
    language, facts = context.language, context.facts
    name = stream.series_id
    simulated = name in facts.simulated
    events = _events(context, stream)
    return Block(
        block_id=name,
        heading=context.stream_label(name),
        flag=language.text("streams.flag_simulated") if simulated else "",
        sentences=_sentences(context, name, simulated=simulated),
        charts=(monthly_chart(context, name, events), yearly_chart(context, name)),
        tables=(yearly_table(context, name), monthly_table(context, name), history_table(context, name)),
        list_title=language.text("streams.events") if events else "",
        items=tuple(words for _, words in events),
        ordered=True,
    )


def _sentences(context: ReportContext, name: str, *, simulated: bool) -> tuple[str, ...]:
    language, facts = context.language, context.facts
    bands = rows_of_stream(facts.table("yearly_bands"), name)
    sentences = []
    for row in records(bands[bands["year"].astype(int) == facts.year]):
        text = language.text(
            "streams.expected",
            year=row["year"],
            medio=language.amount(row["medio"], "persons"),
            odds=context.odds(),
            minimum=language.number(row["minimum"]),
            maximum=language.number(row["maximum"]),
        )
        if row["observed_months"]:
            text += " " + language.text(
                "streams.partly",
                observed=marked(context, name, facts.year, language.number(row["observed_persons"])),
                months=int(row["observed_months"]),
            )
        before = observed_year_text(context, name, facts.year - 1)
        if before is not None:
            text += " " + language.text("streams.before", year=facts.year - 1, observed=before)
        sentences.append(text)
    sentences += _official(context, name)
    sentences += nowcast_sentences(context, name)
    if simulated:
        sentences.append(language.text("streams.not_validated_long"))
        return tuple(sentences)
    origin = pd.Timestamp(facts.inputs.forecast_origin).year
    rate = hit_rate(context, name, CALENDAR_YEAR, str(facts.year - origin))
    key, lead = "streams.held", facts.year - origin
    made = language.text(f"streams.made_{min(lead, 2)}", years=lead)
    if rate is None:
        rate, key = hit_rate(context, name, MONTH, "1-3"), "streams.held_months"
    if rate is not None:
        sentences.append(language.text(key, made=made, **hit_counts(language, rate)))
    verdict = verdict_sentence(context, name)
    if verdict:
        sentences.append(verdict)
    return tuple(sentences)


def _official(context: ReportContext, name: str) -> list[str]:
    """The last official month of a stream, where softer ones follow it."""
    language = context.language
    observed = rows_of_stream(context.facts.observed, name).sort_values("period")
    official = observed[observed["basis"].isin([Basis.PUBLISHED, Basis.DERIVED])]
    if official.empty:
        return []
    last = official["period"].iloc[-1]
    later = observed[observed["period"] > last]
    if later.empty:
        return []
    kinds = [kind for kind in (Basis.ESTIMATED, Basis.SIMULATED) if (later["basis"] == kind).any()]
    key = "official_total" if context.facts.inputs.hierarchy.stream(name).parts else "official"
    return [
        language.text(
            f"streams.{key}",
            month=language.month(last),
            count=len(later),
            kinds=language.listing(language.text(f"basis.{kind.value}") for kind in kinds),
        )
    ]


def _events(context: ReportContext, stream: Stream) -> list[tuple[float, str]]:
    """Where an event starts on the axis, and its words; only what was known at the vintage."""
    facts, language = context.facts, context.language
    parts = set(stream.parts or (stream.series_id,))
    first = chart_start(facts.inputs.forecast_origin)
    marks = []
    for event in known_events(facts.inputs.settings.known_events, facts.inputs.vintage):
        start = pd.Timestamp(event.start)
        if not parts & set(event.series_ids) or start < first:
            continue
        span = (
            language.text("streams.event_from", first=language.month(start))
            if event.shape is EventShape.STEP
            else language.text("streams.event_span", first=language.month(start), last=language.month(event.end))
        )
        label = language.pick(event.label_nl, event.label_en)
        marks.append((start.year + (start.month - 0.5) / 12, f"{label} ({span})"))
    return sorted(marks)
