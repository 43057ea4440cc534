"""What every chart of the report is drawn with: inks, axes, data, and the step from a specification to SVG.

What belongs here: the parts that charts share, and the one call of the renderer. What does not: a chart
(``charts``).

Equal data give equal bytes on every machine: time is drawn as decimal years (no time zone), text is measured with
a font that the renderer brings along, and nothing is random. Colours come from the palette of Okabe and Ito
(https://jfly.uni-koeln.de/color/).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from indforecast.publication.language import Language

#: A chart before it is drawn: one for all languages.
Spec = dict[str, Any]

#: Inks, also named in ``templates/report.css``: keep both alike.
INK: Final = "#1d2733"
SOFT: Final = "#52606d"
GRID: Final = "#e4e9ee"
FORECAST: Final = "#0072b2"
ACCENT: Final = "#b04a00"
SIMULATED: Final = "#6b7785"

_FONT: Final = "Liberation Sans"
_LOCALES: Final[dict[str, Literal["nl-NL", "en-GB"]]] = {"nl": "nl-NL", "en": "en-GB"}
#: Width and height of a drawing; a page scales it.
WIDE: Final = (620, 270)
NARROW: Final = (330, 270)
_RULE: Final = "#9aa5b1"


class Sheet:
    """The data of one chart, named in its marks and joined at the end, because Altair copies often."""

    def __init__(self) -> None:
        self.datasets: dict[str, list[dict[str, Any]]] = {}

    def add(self, rows: list[dict[str, Any]]) -> Any:
        """Keep rows and return the name to draw them by."""
        import altair as alt

        name = f"data-{len(self.datasets)}"
        self.datasets[name] = [{key: _short(value) for key, value in row.items()} for row in rows]
        return alt.NamedData(name)


def _short(value: Any) -> Any:
    return value if isinstance(value, str | int) else float(f"{float(value):.7g}")


def x_axis(domain: tuple[float, float]) -> Any:
    """Decimal years from ``domain``'s first to its last, each year's name in its middle."""
    import altair as alt

    years = range(int(domain[0]), int(domain[1]) + 1)
    axis = alt.Axis(
        values=[year + 0.5 for year in years if year + 0.5 < domain[1]],
        labelExpr="format(floor(datum.value), 'd')",
        grid=False,
        ticks=False,
        domainColor=_RULE,
        labelOverlap=True,
    )
    return alt.X("x:Q", title=None, scale=alt.Scale(domain=list(domain), nice=False, zero=False), axis=axis)


def y_axis(unit: str, field: str = "low") -> Any:
    """A count, an amount or a share from 0 on."""
    import altair as alt

    axis = alt.Axis(
        format=".0%" if unit == "share" else ",.0f", tickCount=5, domain=False, ticks=False, labelPadding=6
    )
    return alt.Y(f"{field}:Q", title=None, scale=alt.Scale(zero=True, nice=True), axis=axis)


def year_axis(count: int) -> Any:
    """Names of ``count`` calendar years below bars."""
    import altair as alt

    return alt.Axis(labelAngle=0 if count <= 8 else -90, ticks=False, domainColor=_RULE, labelPadding=6)


def finish(sheet: Sheet, chart: Any) -> Spec:
    """A chart with its style and its data as a specification."""
    styled = (
        chart.configure(
            font=_FONT,
            background="transparent",
            aria=False,
            padding={"left": 5, "right": 8, "top": 6, "bottom": 2},
        )
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=13, labelColor=SOFT, gridColor=GRID, labelFont=_FONT)
    )
    spec: Spec = styled.to_dict(validate=False)
    return {**spec, "datasets": sheet.datasets}


def svg(spec: Spec, language: Language) -> str:
    """A chart as SVG, its axes written in a language."""
    import vl_convert

    locale = _LOCALES[language.code]
    return _plain(
        vl_convert.vegalite_to_svg(spec, format_locale=locale, time_format_locale=locale, allowed_base_urls=[])
    )


def _plain(text: str) -> str:
    """Only what is drawn: no roles (the figure carries the text alternative), no fixed size, the page's font."""
    text = re.sub(
        r' (aria-[a-z]+|role|class|pointer-events|font-family|xmlns:xlink|version|stroke-miterlimit)="[^"]*"',
        "",
        text,
    )
    text = re.sub(r'<svg xmlns="[^"]*" width="[\d.]+" height="[\d.]+"', "<svg", text)
    text = re.sub(r'="[^"]*"', lambda value: re.sub(r"(\.\d{2})\d+", r"\1", value[0]), text)
    while re.search(r"<g>\s*</g>", text):
        text = re.sub(r"<g>\s*</g>", "", text)
    return text
