"""What the newest month of a stream may still become, in words.

What belongs here: the sentence in a stream's block that tells a nowcast apart from figures as published. What does
not: the nowcast (``forecasting.nowcast``), the other sentences (``stream_sections``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indforecast.forecasting.nowcast_table import NOWCAST_PROBABILITY
from indforecast.publication.stream_views import rows_of_stream
from indforecast.publication.tables import records

if TYPE_CHECKING:
    from indforecast.publication.context import ReportContext


def nowcast_sentences(context: ReportContext, name: str) -> list[str]:
    """What the newest month may still become; nothing where it does not move.

    Parameters
    ----------
    context : ReportContext
        Its tables may hold ``nowcast`` (``forecasting.nowcast_table``).
    name : str
        A stream.
    """
    language, table = context.language, context.facts.inputs.tables.get("nowcast")
    found = [] if table is None else records(rows_of_stream(table, name).sort_values("period").tail(1))
    sentences = []
    for row in found:
        if row["lower"] == row["upper"]:
            continue
        text = language.text(
            "streams.nowcast",
            month=language.month(row["period"]),
            observed=language.number(row["observed"]),
            odds=language.odds(NOWCAST_PROBABILITY),
            lower=language.number(row["lower"]),
            upper=language.number(row["upper"]),
            cases=language.number(row["past_cases"]),
        )
        fed = language.text("streams.nowcast_fed") if row["in_forecast"] else ""
        sentences.append(f"{text} {fed}".strip())
    return sentences
