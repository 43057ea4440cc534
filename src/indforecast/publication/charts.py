"""Charts of the report: a fan over months, bands over years, a waterfall.

What belongs here: which marks show what. What does not: axes and colours (``drawing``), words around a chart and
its text alternative (the sections).

A colour is never the only carrier of a meaning: what is simulated is dashed, what is forecast is a band.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from indforecast.domain.observations import Basis
from indforecast.publication.drawing import (
    ACCENT,
    FORECAST,
    GRID,
    INK,
    NARROW,
    SIMULATED,
    SOFT,
    WIDE,
    Sheet,
    Spec,
    finish,
    x_axis,
    y_axis,
    year_axis,
)
from indforecast.publication.tables import records

if TYPE_CHECKING:
    from collections.abc import Sequence


#: Solid for official figures, dashed for the rest.
_DASHES: Final = {Basis.PUBLISHED: [1, 0], Basis.DERIVED: [1, 0], Basis.ESTIMATED: [6, 2], Basis.SIMULATED: [2, 3]}


def decimal_year(periods: pd.Series) -> pd.Series:
    """The middle of each month on an axis of years."""
    stamps = pd.to_datetime(periods)
    return stamps.dt.year + (stamps.dt.month - 0.5) / 12


def fan_chart(
    observed: pd.DataFrame, fan: pd.DataFrame, events: Sequence[tuple[int, float]], unit: str = "persons"
) -> Spec:
    """History and forecast per month.

    Parameters
    ----------
    observed : DataFrame
        ``period, observed, basis``, rising; may be empty.
    fan : DataFrame
        ``period``, ``medio`` and pairs ``low_95, high_95``, ``low_80, high_80``, ``low_50, high_50``; a pair that
        is not there is not drawn.
    events : sequence of (int, float)
        Number and decimal year of each event to mark.
    unit : str
        What is counted; ``EUR`` is drawn in millions, ``share`` in percent.
    """
    import altair as alt

    sheet = Sheet()
    scale = 1e-6 if unit == "EUR" else 1.0
    future = fan.assign(x=decimal_year(fan["period"]))
    past = observed.assign(x=decimal_year(observed["period"])) if len(observed) else observed
    first = float(past["x"].iloc[0]) if len(past) else float(future["x"].iloc[0])
    domain = (float(np.floor(first)), float(future["x"].iloc[-1]) + 0.5 / 12)
    layers: list[Any] = [_year_lines(sheet, domain)]
    opacities = {"95": 0.16, "80": 0.28, "50": 0.42}
    for width, opacity in opacities.items():
        if f"low_{width}" in future:
            rows = [
                {"x": x, "low": low * scale, "high": high * scale}
                for x, low, high in zip(future["x"], future[f"low_{width}"], future[f"high_{width}"], strict=True)
            ]
            layers.append(
                alt.Chart(sheet.add(rows))
                .mark_area(color=FORECAST, opacity=opacity, interpolate="monotone")
                .encode(x=x_axis(domain), y=y_axis(unit), y2="high:Q")
            )
    for basis, piece in _runs(past, scale):
        layers.append(
            alt.Chart(sheet.add(piece))
            .mark_line(
                color=SIMULATED if basis is Basis.SIMULATED else INK,
                strokeWidth=1.4 if basis is Basis.SIMULATED else 1.7,
                strokeDash=_DASHES[basis],
            )
            .encode(x=x_axis(domain), y=y_axis(unit))
        )
    middle = [{"x": x, "low": value * scale} for x, value in zip(future["x"], future["medio"], strict=True)]
    layers.append(
        alt.Chart(sheet.add(middle))
        .mark_line(color=FORECAST, strokeWidth=2.2)
        .encode(x=x_axis(domain), y=y_axis(unit))
    )
    if len(past):
        layers.append(_origin_line(sheet, float(future["x"].iloc[0]) - 0.5 / 12, domain))
    if events:
        layers += _event_marks(sheet, events, domain)
    return finish(sheet, alt.layer(*layers).properties(width=WIDE[0], height=WIDE[1]))


def year_chart(
    bars: pd.DataFrame,
    bands: pd.DataFrame,
    unit: str = "persons",
    lines: pd.DataFrame | None = None,
    *,
    wide: bool = False,
) -> Spec:
    """Calendar years: observed years as bars, forecast years as a band with its medio.

    Parameters
    ----------
    bars : DataFrame
        ``year, observed, simulated`` (bool); may be empty.
    bands : DataFrame
        ``year, minimum, medio, maximum``.
    unit : str
        As in :func:`fan_chart`.
    lines : DataFrame, optional
        ``year, value``: what is drawn against the bands, for example the budget law.
    wide : bool
        Whether the chart stands alone.
    """
    import altair as alt

    sheet = Sheet()
    scale = 1e-6 if unit == "EUR" else 1.0
    years = [int(year) for year in [*bars.get("year", []), *bands["year"]]]
    x = alt.X("year:O", title=None, scale=alt.Scale(domain=years, paddingInner=0.35), axis=year_axis(len(years)))
    layers: list[Any] = []
    for simulated in (False, True):
        rows = [
            {"year": int(row["year"]), "low": row["observed"] * scale}
            for row in records(bars)
            if bool(row["simulated"]) is simulated
        ]
        if rows:
            style: dict[str, Any] = (
                {"color": "#ffffff", "stroke": SIMULATED, "strokeDash": [3, 2], "strokeWidth": 1.3}
                if simulated
                else {"color": "#8a97a5"}
            )
            layers.append(alt.Chart(sheet.add(rows)).mark_bar(**style).encode(x=x, y=y_axis(unit)))
    rows = [
        {
            "year": int(row["year"]),
            "low": row["minimum"] * scale,
            "high": row["maximum"] * scale,
            "medio": row["medio"] * scale,
        }
        for row in records(bands)
    ]
    base = alt.Chart(sheet.add(rows)).encode(x=x)
    layers.append(base.mark_bar(color=FORECAST, opacity=0.35).encode(y=y_axis(unit), y2="high:Q"))
    layers.append(
        base.mark_tick(color=FORECAST, thickness=3, size=56 if wide else 20).encode(y=y_axis(unit, "medio"))
    )
    if lines is not None and len(lines):
        marks = [{"year": int(row["year"]), "low": row["value"] * scale} for row in records(lines)]
        layers.append(
            alt.Chart(sheet.add(marks))
            .mark_point(color=ACCENT, filled=True, shape="diamond", size=110, opacity=1)
            .encode(x=x, y=y_axis(unit))
        )
    return finish(sheet, alt.layer(*layers).properties(width=(WIDE if wide else NARROW)[0], height=NARROW[1]))


def waterfall_chart(steps: Sequence[tuple[str, str, float]]) -> Spec:
    """From the previous to the new medio.

    Parameters
    ----------
    steps : sequence of (str, str, float)
        Label (``|`` breaks a line), figure as text, figure (persons): first the previous medio, then every
        change, last the new medio.
    """
    import altair as alt

    sheet = Sheet()
    rows: list[dict[str, Any]] = []
    level = 0.0
    for place, (label, mark, value) in enumerate(steps):
        total = place in (0, len(steps) - 1)
        low = 0.0 if total else level
        high = value if total else level + value
        kind = "total" if total else "up" if value >= 0 else "down"
        rows.append({"step": label, "low": low, "high": high, "kind": kind, "mark": mark, "top": max(low, high)})
        level = high
    tops = [row["high"] for row in rows]
    spread = max(max(tops) - min(tops), 1.0)
    floor = max(0.0, min(tops) - 1.5 * spread)
    for row in rows:
        row["low"] = max(row["low"], floor)
    domain = [floor, max(row["top"] for row in rows) + 0.25 * spread]
    lines = alt.Axis(
        labelAngle=0, labelLimit=150, labelLineHeight=15, ticks=False, labelExpr="split(datum.label, '|')"
    )
    x = alt.X("step:N", sort=None, title=None, axis=lines)
    scale = alt.Scale(domain=domain, zero=False, nice=False)
    axis = alt.Axis(format=",.0f", tickCount=5, domain=False, ticks=False)
    y = alt.Y("low:Q", title=None, scale=scale, axis=axis)
    colors = alt.Color(
        "kind:N", legend=None, scale=alt.Scale(domain=["total", "up", "down"], range=["#8a97a5", FORECAST, ACCENT])
    )
    base = alt.Chart(sheet.add(rows)).encode(x=x)
    bars = base.mark_bar(size=54).encode(y=y, y2="high:Q", color=colors)
    marks = base.mark_text(dy=-8, fontSize=13, color=INK, fontWeight="bold").encode(
        y=alt.Y("top:Q", scale=scale), text="mark:N"
    )
    return finish(sheet, alt.layer(bars, marks).properties(width=WIDE[0], height=240))


def _runs(past: pd.DataFrame, scale: float) -> list[tuple[Basis, list[dict[str, float]]]]:
    """Stretches of one line style; each begins where the one before it ends, so that the line has no gaps."""
    runs: list[tuple[Basis, list[dict[str, float]]]] = []
    if past.empty:
        return runs
    for row in records(past):
        basis = Basis(row["basis"])
        point = {"x": row["x"], "low": row["observed"] * scale}
        if not runs or _DASHES[runs[-1][0]] != _DASHES[basis] or row["x"] - runs[-1][1][-1]["x"] > 1.5 / 12:
            joined = bool(runs) and row["x"] - runs[-1][1][-1]["x"] < 1.5 / 12
            runs.append((basis, [dict(runs[-1][1][-1])] if joined else []))
        runs[-1][1].append(point)
    return runs


def _year_lines(sheet: Sheet, domain: tuple[float, float]) -> Any:
    import altair as alt

    rows = [{"x": float(year)} for year in range(int(domain[0]) + 1, int(domain[1]) + 1) if year < domain[1]]
    return alt.Chart(sheet.add(rows or [{"x": domain[0]}])).mark_rule(color=GRID).encode(x=x_axis(domain))


def _origin_line(sheet: Sheet, x: float, domain: tuple[float, float]) -> Any:
    import altair as alt

    return alt.Chart(sheet.add([{"x": x}])).mark_rule(color=SOFT, strokeDash=[4, 3]).encode(x=x_axis(domain))


def _event_marks(sheet: Sheet, events: Sequence[tuple[int, float]], domain: tuple[float, float]) -> list[Any]:
    import altair as alt

    rows = [{"x": x, "mark": str(number)} for number, x in events]
    base = alt.Chart(sheet.add(rows)).encode(x=x_axis(domain))
    top = alt.value(9)
    return [
        base.mark_rule(color=ACCENT, opacity=0.55, strokeDash=[1, 3]),
        base.mark_point(filled=True, size=230, color=ACCENT, opacity=1).encode(y=top),
        base.mark_text(color="#ffffff", fontSize=11, fontWeight="bold", dy=0.5).encode(y=top, text="mark:N"),
    ]
