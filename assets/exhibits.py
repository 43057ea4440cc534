"""What people look at in the Dagster UI: tables and pictures as Markdown.

What belongs here: turning a table of a stage into Markdown or a PNG. What does not: the published report and its
charts (``indforecast.publication``), arithmetic on figures.
"""

import base64
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    import pandas as pd

_ROWS = 20


def table(frame: "pd.DataFrame", rows: int = _ROWS) -> dg.MarkdownMetadataValue:
    """The first rows as a Markdown table, and how many more there are."""
    head = [str(column) for column in frame.columns]
    lines = [_line(head), _line(["---"] * len(head))]
    lines += [_line([_cell(value) for value in row]) for row in frame.head(rows).itertuples(index=False)]
    more = len(frame) - rows
    if more > 0:
        lines.append(f"\n… and {more:,} more rows")
    return dg.MetadataValue.md("\n".join(lines))


def lines(frame: "pd.DataFrame", *, value: str, title: str) -> dg.MarkdownMetadataValue:
    """One line per ``series_id`` over ``period``, as a picture."""
    import altair as alt

    chart = (
        alt.Chart(frame[["series_id", "period", value]], title=title)
        .mark_line(strokeWidth=1)
        .encode(
            x=alt.X("period:T", title=None),
            y=alt.Y(f"{value}:Q", title="persons per month"),
            color=alt.Color("series_id:N", title=None),
        )
        .properties(width=720, height=320)
    )
    return _picture(chart, title)


def fans(frame: "pd.DataFrame", *, title: str) -> dg.MarkdownMetadataValue:
    """Bands (``minimum``, ``medio``, ``maximum``) over ``period``, one small chart per ``series_id``."""
    import altair as alt

    base = alt.Chart(frame).encode(x=alt.X("period:T", title=None))
    area = base.mark_area(opacity=0.3).encode(y=alt.Y("minimum:Q", title=None), y2="maximum:Q")
    middle = base.mark_line().encode(y=alt.Y("medio:Q", title=None))
    chart = (
        alt.layer(area, middle)
        .properties(width=220, height=110)
        .facet(facet=alt.Facet("series_id:N", title=None), columns=3, title=title)
        .resolve_scale(y="independent")
    )
    return _picture(chart, title)


def _picture(chart: object, title: str) -> dg.MarkdownMetadataValue:
    import vl_convert

    png = vl_convert.vegalite_to_png(chart.to_dict())  # type: ignore[attr-defined]
    return dg.MetadataValue.md(f"![{title}](data:image/png;base64,{base64.b64encode(png).decode()})")


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 10 else f"{value:,.0f}"
    if hasattr(value, "strftime"):
        return str(value)[:10]
    return str(value).replace("|", "\\|").replace("\n", " ")
