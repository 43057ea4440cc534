"""Whether the published bands were too wide or too narrow in the replay.

What belongs here: one plain comparison of a hit rate with the probability that the band states. What does not:
counting hits (``forecasting.hit_rates``) and wording (``texts.toml``).

No significance test: windows overlap, so there are far fewer independent ones than outcomes, and a test on those
few would call every band about right. The verdict is an indication and is worded as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from indforecast.publication.context import ReportContext

#: How far a hit rate may be from the stated probability for a band to be called about right.
TOLERANCE: Final = 0.05
#: Outcomes that must be official figures for them alone to decide; below it all outcomes do.
ENOUGH_OFFICIAL: Final = 30

NARROW, RIGHT, WIDE = "narrow", "right", "wide"
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class Judgement:
    """One stream's band in the replay.

    Parameters
    ----------
    word : str
        ``narrow``, ``right`` or ``wide``.
    rate : float
        Share of all outcomes that lay within the band.
    official : float
        Share among official figures alone; NaN where there are fewer than :data:`ENOUGH_OFFICIAL`.
    probability : float
        What the band states.
    """

    word: str
    rate: float
    official: float
    probability: float


def judge(hit_rates: pd.DataFrame, series_id: str, kind: str, lead: str) -> Judgement | None:
    """Judge one stream's band of a kind and lead; None where nothing was validated."""
    rows = hit_rates[
        (hit_rates["series_id"] == series_id)
        & (hit_rates["kind"] == kind)
        & (hit_rates["horizon_band"].astype(str) == lead)
    ]
    if rows.empty or not bool(rows["validated"].iloc[0]) or pd.isna(rows["hit_rate"].iloc[0]):
        return None
    row = rows.iloc[0]
    rate, probability = float(row["hit_rate"]), float(row["probability"])
    official = float(row.get("hit_rate_published", float("nan")))
    if float(row.get("published_targets", 0.0)) * int(row["targets"]) < ENOUGH_OFFICIAL - 0.5:
        official = float("nan")
    measured = rate if pd.isna(official) else official
    word = RIGHT
    if measured < probability - TOLERANCE - _ROUNDING:
        word = NARROW
    elif measured > probability + TOLERANCE + _ROUNDING:
        word = WIDE
    return Judgement(word, rate, official, probability)


def judge_months(context: ReportContext, series_id: str) -> Judgement | None:
    """A stream's monthly band over all months ahead."""
    return judge(context.facts.table("hit_rates"), series_id, "month", "all")


def judge_year(context: ReportContext, series_id: str) -> Judgement | None:
    """A stream's band of the calendar year that the release is about."""
    facts = context.facts
    lead = facts.year - pd.Timestamp(facts.inputs.forecast_origin).year
    return judge(facts.table("hit_rates"), series_id, "calendar_year", str(lead))


def verdict_sentence(context: ReportContext, series_id: str) -> str:
    """What the replay says of a stream's monthly band; empty where nothing was validated."""
    found = judge_months(context, series_id)
    if found is None:
        return ""
    language = context.language
    official = (
        ""
        if pd.isna(found.official)
        else language.text("calibration.official", share=language.percent(found.official))
    )
    return language.text(
        "calibration.sentence",
        verdict=language.text(f"calibration.{found.word}"),
        share=language.percent(found.rate),
        official=official,
        probability=language.percent(found.probability),
    )


def verdict_summary(context: ReportContext) -> str:
    """All streams by verdict in one sentence; empty where nothing was validated."""
    language = context.language
    groups: dict[str, list[str]] = {NARROW: [], WIDE: [], RIGHT: []}
    for stream in context.facts.inputs.hierarchy.streams:
        found = judge_months(context, stream.series_id)
        if found is not None:
            groups[found.word].append(context.stream_label(stream.series_id).lower())
    told = [
        language.text(
            "calibration.group", verdict=language.text(f"calibration.{word}"), streams=language.listing(names)
        )
        for word, names in groups.items()
        if names
    ]
    return language.text("calibration.summary", verdicts="; ".join(told)) if told else ""
