"""Where outcomes fell within past forecasts, and how far ahead those were of use.

What belongs here: setting out the tables ``pit`` and ``skill`` as a chart per stream and one table. What does not:
scoring (``evaluation``), the rest of the track record (``record_section``).

A stream whose history is mainly simulated shows nothing: it would be scored on months that were invented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from indforecast.publication.drawing import FORECAST, NARROW, SOFT, Sheet, Spec, finish, y_axis
from indforecast.publication.tables import records
from indforecast.publication.views import Block, Chart, Table

if TYPE_CHECKING:
    from indforecast.publication.context import ReportContext

_PUBLISHED: Final = "ensemble"
_ALL_HORIZONS: Final = "all"
_HEIGHT: Final = 150


def score_block(context: ReportContext) -> Block | None:
    """Histograms and skill of every validated stream; None for a release without the tables, or nothing scored."""
    language, tables = context.language, context.facts.inputs.tables
    if "pit" not in tables or "skill" not in tables:
        return None
    charts = []
    for stream in context.facts.inputs.hierarchy.streams:
        rows = _rows(tables["pit"], stream.series_id)
        rows = rows[rows["horizon_band"] == _ALL_HORIZONS].sort_values("bin")
        if len(rows):
            charts.append(_histogram(context, stream.series_id, rows))
    if not charts:
        return None
    return Block(
        "record-skill",
        heading=language.text("record.pit_heading"),
        sentences=(language.text("record.pit_lede"),),
        charts=tuple(charts),
        tables=(_skill(context, tables["skill"]),),
    )


def histogram_spec(rows: pd.DataFrame) -> Spec:
    """Shares as bars, and a line where all of them would be if forecasts were calibrated.

    Parameters
    ----------
    rows : DataFrame
        ``bin``, ``share``: one histogram in order.
    """
    import altair as alt

    sheet = Sheet()
    bars: list[dict[str, Any]] = [{"bin": int(row["bin"]), "low": float(row["share"])} for row in records(rows)]
    x = alt.X("bin:O", title=None, axis=alt.Axis(labels=False, ticks=False, domain=False))
    bar = alt.Chart(sheet.add(bars)).mark_bar(color=FORECAST, opacity=0.6).encode(x=x, y=y_axis("share"))
    line = alt.Chart(sheet.add([{"low": 1.0 / len(bars)}])).mark_rule(color=SOFT, strokeDash=[4, 3])
    layers = alt.layer(bar, line.encode(y=y_axis("share")))
    return finish(sheet, layers.properties(width=NARROW[0], height=_HEIGHT))


def _histogram(context: ReportContext, name: str, rows: pd.DataFrame) -> Chart:
    language, label = context.language, context.stream_label(name)
    shares = rows["share"].to_numpy()
    return Chart(
        title=language.text("record.pit_title", label=label),
        svg=context.draw(f"pit/{name}", lambda: histogram_spec(rows)),
        alt=language.text(
            "record.pit_alt",
            low=language.percent(shares[0]),
            high=language.percent(shares[-1]),
            even=language.percent(1 / len(shares)),
        ),
        narrow=True,
    )


def _skill(context: ReportContext, skill: pd.DataFrame) -> Table:
    language, facts = context.language, context.facts
    bands = list(dict.fromkeys(skill["horizon_band"].astype(str)))
    rows = []
    for stream in facts.inputs.hierarchy.streams:
        own = _rows(skill, stream.series_id)
        by_band = {str(row["horizon_band"]): row for row in records(own)}
        useful = by_band.get(_ALL_HORIZONS, {}).get("useful_horizon_months", float("nan"))
        rows.append(
            (
                context.stream_label(stream.series_id),
                "–" if pd.isna(useful) else language.number(useful),
                *(_cell(context, by_band.get(band)) for band in bands),
            )
        )
    heads = (language.text("record.all_horizons") if b == _ALL_HORIZONS else b.replace("-", "–") for b in bands)
    return Table(
        caption=language.text("record.skill_table"),
        head=(language.text("column.stream"), language.text("record.useful_horizon"), *heads),
        rows=tuple(rows),
        note=language.text("record.skill_note"),
    )


def _rows(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The published distribution on a stream; nothing where that is mainly simulated."""
    return table[
        (table["series_id"] == name) & (table["model"] == _PUBLISHED) & ~table["simulated"].astype(bool)
    ].reset_index(drop=True)


def _cell(context: ReportContext, row: dict[str, Any] | None) -> str:
    if row is None or pd.isna(row["skill"]):
        return "–"
    language = context.language
    if pd.isna(row["skill_lower"]):
        return language.percent(row["skill"])
    return language.text(
        "record.skill_cell",
        skill=language.percent(row["skill"]),
        lower=language.percent(row["skill_lower"]),
        upper=language.percent(row["skill_upper"]),
    )
