"""The three figures that a release is known by.

What belongs here: choosing them from the tables and naming them in both languages. What does not: computing them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from indforecast.publication.language import LANGUAGES, Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indforecast.publication.release import Release

#: Months that must still lie ahead for a calendar year to be the one that a release is about.
_MONTHS_AHEAD: Final = 6
_MONTHS: Final = 12

#: The stream that a release is known by.
TOTAL: Final = "asylum"


@dataclass(frozen=True)
class Figure:
    """One headline figure.

    Parameters
    ----------
    key : str
        ``inflow``, ``staff``, ``budget`` or ``beds``.
    year : int
        The calendar year it is for.
    minimum, medio, maximum : float
        The band, in ``unit``.
    unit : str
        ``persons``, ``FTE``, ``EUR`` or ``beds``.
    label : mapping of str to str
        Name per language (``nl``, ``en``).
    text : mapping of str to str
        One line per language: figure, band and unit.
    """

    key: str
    year: int
    minimum: float
    medio: float
    maximum: float
    unit: str
    label: Mapping[str, str]
    text: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types."""
        return {
            "key": self.key, "year": self.year, "minimum": self.minimum, "medio": self.medio,
            "maximum": self.maximum, "unit": self.unit, "label": dict(self.label), "text": dict(self.text),
        }  # fmt: skip


def headline_year(forecast_origin: Any) -> int:
    """The calendar year that a release is about: the first one with at least six months still to come."""
    last = pd.Timestamp(forecast_origin)
    return int(last.year if 12 - last.month >= _MONTHS_AHEAD else last.year + 1)


def headline(release: Release) -> tuple[Figure, ...]:
    """Inflow, staff and budget of a release's year, in this order.

    Raises
    ------
    IntegrityError
        If a table is not the one that was published.
    """
    tables = {name: release.table(name) for name in ("yearly_bands", "plan_yearly")}
    return headline_figures(tables, headline_year(release.manifest["forecast_origin"]))[:3]


def headline_figures(tables: Mapping[str, pd.DataFrame], year: int) -> tuple[Figure, ...]:
    """Inflow, staff, budget and beds of one year; a figure that the tables do not have is left out."""
    bands = tables["yearly_bands"]
    plan = tables["plan_yearly"]
    chosen = [("inflow", "persons", bands[bands["series_id"] == TOTAL])]
    for key, measure, unit in (
        ("staff", "staffing_fte", "FTE"),
        ("budget", "budget_eur", "EUR"),
        ("beds", "beds", "beds"),
    ):
        chosen.append((key, unit, plan[(plan["measure"] == measure) & (plan["series_id"] == "all")]))
    figures = []
    for key, unit, frame in chosen:
        rows = frame[frame["year"].astype(int) == year]
        if "months" in rows and unit == "EUR":  # part of a year's money is no year's money
            rows = rows[rows["months"].astype(int) == _MONTHS]
        if len(rows):
            row = rows.iloc[0]
            figures.append(
                _figure(key, year, unit, (float(row["minimum"]), float(row["medio"]), float(row["maximum"])))
            )
    return tuple(figures)


def _figure(key: str, year: int, unit: str, band: tuple[float, float, float]) -> Figure:
    label, text = {}, {}
    for code in LANGUAGES:
        language = Language(code)
        low, high = (language.quantity(value, unit) for value in (band[0], band[2]))
        middle = language.amount(band[1], unit)
        label[code] = language.text(f"headline.{key}", year=year)
        text[code] = language.text("headline.line", label=label[code], medio=middle, minimum=low, maximum=high)
    return Figure(key, year, *band, unit=unit, label=label, text=text)
