"""The section on the track record: errors, hit rates, which models count, failed fits.

What belongs here: wording the replay's tables. What does not: scoring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from indforecast.publication.calibration import (
    ENOUGH_OFFICIAL,
    TOLERANCE,
    Judgement,
    judge_months,
    judge_year,
)
from indforecast.publication.score_views import score_block
from indforecast.publication.tables import records
from indforecast.publication.views import Block, Section, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indforecast.publication.context import ReportContext

_PUBLISHED: Final = "ensemble"
_ALL_HORIZONS: Final = "all"


def record_section(context: ReportContext) -> Section:
    """Scores, models and failures."""
    language, facts = context.language, context.facts
    first = facts.inputs.settings.forecast.backtest.first_vintage
    failures = facts.table("failures")
    told = (
        language.text("record.failures_some", count=language.number(len(failures)))
        if len(failures)
        else language.text("record.failures_none")
    )
    told_by_score = score_block(context)
    blocks = (
        Block("record-scores", tables=_scores(context)),
        *(() if told_by_score is None else (told_by_score,)),
        Block("record-models", sentences=(language.text("record.models_lede"),), tables=(_models(context),)),
        Block(
            "record-failures",
            heading=language.text("record.failures"),
            sentences=(told,),
            tables=(_failures(context),) if len(failures) else (),
        ),
    )
    lede = language.text("record.lede", first=language.month(first))
    return Section("record", language.text("record.heading"), (lede,), blocks)


def _scores(context: ReportContext) -> tuple[Table, Table]:
    """Error ratios and hit rates, a stream per row and a band of horizons per column.

    A simulated stream has neither: it would be scored on months that were invented.
    """
    language, facts = context.language, context.facts
    board = facts.table("leaderboard")
    board = board[board["model"] == _PUBLISHED]
    bands = list(dict.fromkeys(board["horizon_band"].astype(str)))
    ratios, hits = [], []
    for stream in facts.inputs.hierarchy.streams:
        own = board[(board["series_id"] == stream.series_id) & ~board["simulated"].astype(bool)]
        by_band = {str(row["horizon_band"]): row for row in records(own)}
        label = context.stream_label(stream.series_id)
        ratios.append(
            (label, *(language.number(by_band[b]["wis_ratio"], 2) if b in by_band else "–" for b in bands))
        )
        official = by_band.get(_ALL_HORIZONS, {}).get("published_targets", float("nan"))
        verdicts = (_verdict(context, judge(context, stream.series_id)) for judge in (judge_months, judge_year))
        hits.append(
            (label, *(_hit_cell(context, by_band.get(b)) for b in bands), language.percent(official), *verdicts)
        )
    heads = (
        language.text("record.all_horizons") if band == _ALL_HORIZONS else band.replace("-", "–") for band in bands
    )
    head = (language.text("column.stream"), *heads)
    note = language.text("record.not_validated")
    return (
        Table(caption=language.text("record.ratio_table"), head=head, rows=tuple(ratios), note=note),
        Table(
            caption=language.text("record.hit_table"),
            head=(
                *head,
                language.text("record.official"),
                language.text("record.verdict_months"),
                language.text("record.verdict_year", year=facts.year),
            ),
            rows=tuple(hits),
            note=f"{note} {_verdict_rule(context)}",
        ),
    )


def _verdict(context: ReportContext, found: Judgement | None) -> str:
    return "–" if found is None else context.language.text(f"calibration.{found.word}")


def _verdict_rule(context: ReportContext) -> str:
    language = context.language
    return language.text(
        "calibration.rule",
        probability=language.percent(context.facts.inputs.settings.bands.probability),
        points=language.number(100 * TOLERANCE),
        enough=ENOUGH_OFFICIAL,
    )


def _hit_cell(context: ReportContext, row: Mapping[str, Any] | None) -> str:
    if row is None or pd.isna(row["coverage_80"]):
        return "–"
    language = context.language
    return language.text(
        "record.hit_cell",
        share=language.percent(row["coverage_80"]),
        windows=language.number(row["independent_windows"]),
    )


def _models(context: ReportContext) -> Table:
    language, facts = context.language, context.facts
    weights = _published_weights(facts.table("weights")).groupby(["series_id", "model"])["weight"].mean()
    models = [
        model
        for model in facts.inputs.settings.forecast.models
        if model in weights.index.get_level_values("model")
    ]
    rows = tuple(
        (
            context.stream_label(series_id),
            *(language.percent(weights.get((series_id, model), float("nan"))) for model in models),
        )
        for series_id in facts.inputs.hierarchy.base_ids
        if series_id in weights.index.get_level_values("series_id")
    )
    return Table(
        caption=language.text("record.models_table"),
        head=(
            language.text("column.stream"),
            *(language.maybe(f"model.{model}", model) for model in models),
        ),
        rows=rows,
    )


def _published_weights(weights: pd.DataFrame) -> pd.DataFrame:
    """Weights as published: where the combination lost to a naive model, that one counts alone."""
    if "published" not in weights:
        return weights
    alone = weights["published"] != _PUBLISHED
    single = (weights["model"] == weights["published"]).astype(float)
    return weights.assign(weight=weights["weight"].where(~alone, single))


def _failures(context: ReportContext) -> Table:
    language = context.language
    failures = context.facts.table("failures")
    grouped = failures.groupby(["model", "series_id", "reason"], sort=True)["vintage"].agg(["size", "min", "max"])
    listed = records(grouped.reset_index())
    rows = tuple(
        (
            language.maybe(f"model.{row['model']}", row["model"]),
            context.stream_label(row["series_id"]),
            row["reason"],
            f"{pd.Timestamp(row['min']):%Y-%m} – {pd.Timestamp(row['max']):%Y-%m}",
            language.number(row["size"]),
        )
        for row in listed
    )
    return Table(
        caption=language.text("record.failures"),
        head=tuple(
            language.text(f"column.{column}") for column in ("model", "stream", "reason", "vintages", "count")
        ),
        rows=rows,
        text_columns=4,
        summary=language.text("record.show_failures"),
    )
