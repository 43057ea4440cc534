"""Regimes as tables: each one's outcome, and its difference from the first on the same paths.

Besides all paths, thirds of them by the cost of what comes in: low, middle, high. A regime that helps on average
may do so on one of them alone.

What belongs here: quantiles, means, standard errors, labels of measures. What does not: how an outcome comes about
(``funding``), words around it (``publication``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from indforecast.planning.funding import Comparison

REGIME_COLUMNS: Final = (
    "regime", "inflow", "measure", "minimum", "medio", "maximum", "mean", "standard_error", "unit", "paths",
)  # fmt: skip
DIFFERENCE_COLUMNS: Final = ("regime", "reference", *REGIME_COLUMNS[1:])

#: Which paths: all of them, and thirds by the cost of what comes in.
INFLOWS: Final = ("all", "low", "middle", "high")


@dataclass(frozen=True)
class RegimeMeasure:
    """One thing that a regime leads to, over the whole horizon.

    Parameters
    ----------
    unit : str
        Unit of all its values.
    decimals : int
        Decimals in tables.
    label_en, label_nl : str
        Names for readers.
    """

    unit: str
    decimals: int
    label_en: str
    label_nl: str


def _eur(english: str, dutch: str) -> RegimeMeasure:
    return RegimeMeasure("EUR", 2, english, dutch)


REGIME_MEASURES: Final[Mapping[str, RegimeMeasure]] = {
    "regime_open_cases_end": RegimeMeasure("cases", 1, "Open cases at the end", "Openstaande zaken aan het eind"),
    "regime_open_cases_mean": RegimeMeasure("cases", 1, "Open cases on average", "Openstaande zaken gemiddeld"),
    "regime_late_cases_end": RegimeMeasure(
        "cases", 1, "Cases past their term at the end", "Zaken buiten de termijn aan het eind"
    ),
    "regime_decisions": RegimeMeasure("cases", 1, "Decisions", "Beslissingen"),
    "regime_share_in_term": RegimeMeasure(
        "share", 4, "Share decided within the term", "Aandeel beslist binnen de termijn"
    ),
    "regime_hires_fte": RegimeMeasure("FTE", 1, "People hired", "Aangenomen mensen"),
    "regime_dismissed_fte": RegimeMeasure(
        "FTE", 1, "Experienced people let go", "Ervaren mensen van wie afscheid is genomen"
    ),
    "regime_lost_and_hired_again_fte": RegimeMeasure(
        "FTE", 1, "People lost and hired again later", "Mensen verloren en later opnieuw aangenomen"
    ),
    "regime_people_mean_fte": RegimeMeasure("FTE", 1, "Own people on average", "Eigen mensen gemiddeld"),
    "regime_idle_share": RegimeMeasure("share", 4, "Hours without a case to decide", "Uren zonder zaak"),
    "regime_amount_moved_share": RegimeMeasure(
        "share", 4, "Mean change of the amount from year to year", "Gemiddelde wijziging van het bedrag per jaar"
    ),
    "regime_granted_eur": _eur("Granted", "Toegekend"),
    "regime_spent_eur": _eur("Spent on staff", "Besteed aan personeel"),
    "regime_given_back_eur": _eur("Given back, unspent", "Teruggegeven, niet besteed"),
    "regime_short_eur": _eur("Short, made up by others", "Tekort, door anderen aangevuld"),
    "regime_reserve_eur": _eur("In reserve at the end", "In reserve aan het eind"),
    "regime_penalties_eur": _eur("Penalties for deciding late", "Dwangsommen wegens te laat beslissen"),
    "regime_total_cost_eur": _eur("Staff and penalties together", "Personeel en dwangsommen samen"),
    "regime_open_work_eur": _eur(
        "Work left at the end, at today's prices", "Werk dat blijft liggen, tegen prijzen van nu"
    ),
    "regime_people_value_eur": _eur(
        "People at the end (cost of hiring and training anew)",
        "Mensen aan het eind (kosten van opnieuw opleiden)",
    ),
    "regime_reception_eur": _eur(
        "Reception of applicants who wait (COA's money)",
        "Opvang van wie wacht (geld van het COA)",
    ),
    "regime_net_cost_eur": _eur(
        "Net: staff, penalties, work left, less people",
        "Netto: personeel, dwangsommen, werk, min mensen",
    ),
    "regime_net_cost_with_reception_eur": _eur(
        "Net, with reception of those who wait", "Netto, met opvang van wie wacht"
    ),
}


def regime_table(found: Comparison) -> pd.DataFrame:
    """What each regime leads to.

    Parameters
    ----------
    found : Comparison
        Regimes on the same paths.

    Returns
    -------
    DataFrame
        ``REGIME_COLUMNS``: bands over paths, the mean and its standard error.
    """
    rows = [
        (name, *row)
        for name, outcome in found.outcomes.items()
        for row in _rows(outcome, thirds(found), found.levels)
    ]
    return pd.DataFrame(rows, columns=list(REGIME_COLUMNS))


def difference_table(found: Comparison) -> pd.DataFrame:
    """What each regime leads to minus what the first one does, path by path.

    The band of a difference is not the difference of bands, and its standard error is that of pairs: both regimes
    met the same applications.

    Parameters
    ----------
    found : Comparison
        Regimes on the same paths.

    Returns
    -------
    DataFrame
        ``DIFFERENCE_COLUMNS``.
    """
    base = found.outcomes[found.reference]
    rows = []
    for name, outcome in found.outcomes.items():
        if name != found.reference:
            paired = {measure: outcome[measure] - base[measure] for measure in outcome}
            rows += [(name, found.reference, *row) for row in _rows(paired, thirds(found), found.levels)]
    return pd.DataFrame(rows, columns=list(DIFFERENCE_COLUMNS))


def thirds(found: Comparison) -> dict[str, NDArray[np.intp]]:
    """Paths of each of :data:`INFLOWS`, ranked by the cost of what comes in."""
    order = np.argsort(found.work, kind="stable")
    low, middle, high = np.array_split(order, 3)
    return dict(zip(INFLOWS, (np.arange(order.size), np.sort(low), np.sort(middle), np.sort(high)), strict=True))


def _rows(
    outcome: Mapping[str, NDArray[np.float64]],
    groups: Mapping[str, NDArray[np.intp]],
    levels: tuple[float, float, float],
) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for inflow, chosen in groups.items():
        for measure, known in REGIME_MEASURES.items():
            values = outcome[measure][chosen]
            figures = (
                *np.quantile(values, levels),
                values.mean(),
                values.std(ddof=1) / np.sqrt(values.size) if values.size > 1 else 0.0,
            )
            rounded = (float(np.round(figure, known.decimals)) + 0.0 for figure in figures)  # no minus zero
            rows.append((inflow, measure, *rounded, known.unit, int(values.size)))
    return rows
