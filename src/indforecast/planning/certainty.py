"""What is needed to be how sure: money at levels of certainty, and price times quantity, beside what is granted.

The amount at a level of certainty suffices on that share of the paths: it is a quantile of the year's amount, and
a quantile of a sum is not the sum of quantiles. So the streams' amounts at 80 % do not add up to the total at
80 %: all streams are never dear on the same path. They do add up on every path, to the cent (``budget``).

What belongs here: the two tables, for one plan or for several named ones side by side. What does not: cents on
paths (``budget``), other plans (``levers``, ``composed``), words (``publication``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.planning.budget import granted
from indforecast.planning.measures import ALL
from indforecast.planning.tables import PathValues, year_spans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.config.planning import PlanningSettings
    from indforecast.planning.budget_paths import BudgetPaths
    from indforecast.planning.composed import PlanPaths

_MONTHS: Final = 12
_BANDS: Final = ("minimum", "medio", "maximum")

#: What is asked for: what comes in, that with the late cases worked away, what present capacity decides.
NEEDS: Final = ("budget_eur", "budget_with_backlog_eur", "budget_decided_eur")

CERTAINTY_COLUMNS: Final = (
    "scenario", "measure", "series_id", "year", "certainty", "need_eur", "granted_eur", "gap_eur",
    "sampling_error_eur",
)  # fmt: skip

PRICE_QUANTITY_COLUMNS: Final = (
    "scenario", "measure", "series_id", "year", "unit_price_eur",
    *(f"cases_{band}" for band in _BANDS), *(f"need_{band}_eur" for band in _BANDS), "granted_eur",
)  # fmt: skip


def needed(
    amounts: NDArray[np.float64], levels: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The amount that suffices at each level of certainty, and how far sampling may have moved it.

    Parameters
    ----------
    amounts : ndarray of float
        EUR of a year per path, shape ``[path]``.
    levels : sequence of float
        Shares of paths, in (0, 1).

    Returns
    -------
    tuple of ndarray
        Amounts in EUR, whole cents, and their standard error by Maritz and Jarrett (1978, doi
        10.1080/01621459.1978.10480027), which is that of a bootstrap without drawing. Shape ``[level]``.
    """
    at, ranked = tuple(levels), np.sort(amounts)
    weights = _weights(at, amounts.size)
    centre = weights @ ranked
    spread = np.sqrt(np.maximum((weights * (ranked - centre[:, None]) ** 2).sum(axis=1), 0.0))
    return np.round(np.quantile(amounts, at), 2), np.round(spread, 2)


@lru_cache(maxsize=8)
def _weights(levels: tuple[float, ...], count: int) -> NDArray[np.float64]:
    """Probability that each ranked value is the quantile of a bootstrap sample, shape ``[level, path]``."""
    from scipy.special import betainc

    at = np.array(levels)[:, None]
    return np.diff(betainc(count * at + 0.5, count * (1 - at) + 0.5, np.arange(count + 1) / count), axis=1)


def certainty_table(
    plans: Mapping[str, BudgetPaths | PlanPaths], levels: Sequence[float] | None = None
) -> pd.DataFrame:
    """What is needed at each level of certainty, what the law grants and the gap between them.

    Parameters
    ----------
    plans : mapping of scenario to BudgetPaths or PlanPaths
        Plans side by side; the name of each stands in the column ``scenario``.
    levels : sequence of float, optional
        Levels of certainty instead of those of the settings.

    Returns
    -------
    DataFrame
        ``CERTAINTY_COLUMNS``: whole calendar years only. ``granted_eur`` and ``gap_eur`` (need minus granted) are
        missing for single streams, which no law grants anything, and for years that the law does not know.
    """
    rows = []
    for scenario, plan in plans.items():
        settings = plan.case.settings
        wanted = tuple(levels if levels is not None else settings.funding.certainty)
        law = granted(settings)
        for item in _needs(plan):
            for year, columns in whole_years(plan).items():
                need, error = needed(item.of_year(columns), wanted)
                grant = law.get(year, np.nan) if item.series_id == ALL else np.nan
                key = (scenario, item.measure, item.series_id, year)
                rows += [
                    (*key, level, amount, grant, np.round(amount - grant, 2), off)
                    for level, amount, off in zip(wanted, need, error, strict=True)
                ]
    return pd.DataFrame(rows, columns=list(CERTAINTY_COLUMNS))


@dataclass(frozen=True)
class Together:
    """What several years need together, which is what an agreement for several years is about.

    Parameters
    ----------
    first_year, last_year : int
        Calendar years, both included.
    certainty : float
        Level of certainty.
    need_eur : float
        Suffices for all of them together on that share of the paths.
    separately_eur : float
        The amounts that suffice for each year on its own, added up. Not all years are dear on the same path, so
        this is usually more.
    granted_eur : float
        What the law grants over them.
    """

    first_year: int
    last_year: int
    certainty: float
    need_eur: float
    separately_eur: float
    granted_eur: float

    @property
    def years(self) -> int:
        """How many calendar years."""
        return self.last_year - self.first_year + 1


def together(plan: BudgetPaths | PlanPaths, first_year: int, certainty: float) -> Together | None:
    """What keeping up with inflow needs from a year to the last whole one that the law knows, taken together.

    Parameters
    ----------
    plan : BudgetPaths or PlanPaths
        Money on every path.
    first_year : int
        Calendar year.
    certainty : float
        Share of paths, in (0, 1).

    Returns
    -------
    Together or None
        None when there are no two such years.
    """
    law = granted(plan.case.settings)
    years = {year: columns for year, columns in whole_years(plan).items() if year >= first_year and year in law}
    if len(years) < 2 or first_year not in years:
        return None
    total = next(v for v in plan.measured if v.measure == "budget_eur" and v.series_id == ALL)
    amounts = np.stack([total.of_year(columns) for columns in years.values()])
    separately = sum(float(needed(of_year, (certainty,))[0][0]) for of_year in amounts)
    return Together(
        first_year=first_year,
        last_year=max(years),
        certainty=certainty,
        need_eur=float(needed(amounts.sum(axis=0), (certainty,))[0][0]),
        separately_eur=round(separately, 2),
        granted_eur=round(sum(law[year] for year in years), 2),
    )


def price_quantity_table(plans: Mapping[str, BudgetPaths | PlanPaths]) -> pd.DataFrame:
    """Price times quantity per stream and year, with other products, input funding and the total.

    Parameters
    ----------
    plans : mapping of scenario to BudgetPaths or PlanPaths
        Plans side by side.

    Returns
    -------
    DataFrame
        ``PRICE_QUANTITY_COLUMNS``. Bands of cases and of money are quantiles at the release's levels; within a
        stream they fit (cases × price, unless hours per case move), over streams they do not add up. The price is
        what a case costs on average over the paths. The law's product and input funding stand with the total, its
        input funding with the input row.
    """
    rows: list[tuple[object, ...]] = []
    for scenario, plan in plans.items():
        settings, levels = plan.case.settings, plan.case.levels
        cases = {s.series_id: s.line.counts[:, -len(plan.months) :] for s in plan.streams}
        law = granted(settings)
        shown = ("budget_eur", "budget_other_products_eur", "budget_input_eur")
        for item in plan.measured:
            if item.measure not in shown:
                continue
            for year, columns in whole_years(plan).items():
                amounts = item.of_year(columns)
                money = np.round(np.quantile(amounts, levels), 2)
                price, counts = np.nan, np.full(3, np.nan)
                if item.series_id in cases:
                    quantity = cases[item.series_id][:, columns].sum(axis=1)
                    counts = np.quantile(quantity, levels)
                    price = round(amounts.sum() / quantity.sum(), 2) if quantity.any() else np.nan
                grant = _granted_for(item, year, law, settings)
                rows.append((scenario, item.measure, item.series_id, year, price, *counts, *money, grant))
    return pd.DataFrame(rows, columns=list(PRICE_QUANTITY_COLUMNS))


def _granted_for(item: PathValues, year: int, law: Mapping[int, float], settings: PlanningSettings) -> float:
    if year not in law or item.series_id != ALL:
        return np.nan
    if item.measure == "budget_input_eur":
        return settings.budget.law_input[str(year)].value
    return law[year] if item.measure == "budget_eur" else np.nan


def _needs(plan: BudgetPaths | PlanPaths) -> list[PathValues]:
    """The three needs, the one with the backlog for single streams as well."""
    by_key = {(item.measure, item.series_id): item for item in plan.measured}
    found = [item for item in plan.measured if item.measure in NEEDS]
    for (measure, series_id), late in by_key.items():
        if measure == "budget_backlog_eur" and series_id != ALL:
            alone = by_key["budget_eur", series_id]
            found.append(PathValues("budget_with_backlog_eur", series_id, alone.by_month() + late.by_month()))
    return sorted(found, key=lambda item: NEEDS.index(item.measure))


def whole_years(plan: BudgetPaths | PlanPaths) -> dict[int, slice]:
    """Columns of each calendar year that the plan holds all of."""
    return {
        y: columns for y, columns in year_spans(plan.months).items() if columns.stop - columns.start == _MONTHS
    }
