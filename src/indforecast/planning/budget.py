"""Money: price times quantity plus input funding, beside what the budget law grants.

Money is kept in whole cents as 64-bit integers. A price is rounded to the cent, half to even, before it is
multiplied; cents are added on paths, and only the quantiles of a band are rounded again. Hence the months of a
year add up to the year, and the streams to the total, to the cent on every path.

The need is priced on the inflow: what deciding everything that comes in would cost. Product funding outside the
modelled streams is held at what remains of the law in the calibration year, input funding at the law's own row.

What belongs here: cents. What does not: prices and the law's figures (``config``), reception (``reception``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.planning.measures import ALL
from indforecast.planning.tables import PathValues, year_spans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.config.planning import PlanningSettings
    from indforecast.planning.streams import StreamPaths

CENTS = 100
_MONTHS = 12


def cents(eur: float) -> int:
    """Euro as whole cents, half to even."""
    return round(eur * CENTS)


def price_times_quantity(cases: NDArray[np.float64], unit_price: float) -> NDArray[np.int64]:
    """What cases bring at a price.

    Parameters
    ----------
    cases : ndarray of float
        Whole cases, any shape.
    unit_price : float
        EUR per case.

    Returns
    -------
    ndarray of int64
        Cents, same shape.
    """
    return np.rint(cases).astype(np.int64) * cents(unit_price)


def month_of_year(annual_eur: float, month: int) -> int:
    """The share of an annual amount that falls in a month (1..12), in cents; the twelve add up to the amount."""
    total = cents(annual_eur)
    return total * month // _MONTHS - total * (month - 1) // _MONTHS


def annual_in_months(by_year: Mapping[str, float], months: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Annual amounts spread over months, in cents.

    Parameters
    ----------
    by_year : mapping of year to EUR
        Years after the last one take the last one's amount, years before the first one the first one's.
    months : ndarray of datetime64[M]
        Shape ``[period]``.

    Returns
    -------
    ndarray of int64
        Cents, shape ``[period]``.
    """
    first, last = min(by_year), max(by_year)
    amounts = []
    for text in months.astype(str):
        year = min(max(text[:4], first), last)
        amounts.append(month_of_year(by_year[year], int(text[5:7])))
    return np.array(amounts, dtype=np.int64)


def budget_values(
    streams: Sequence[StreamPaths], months: NDArray[np.datetime64], settings: PlanningSettings
) -> list[PathValues]:
    """Budget need per stream, the part held fixed, and the total, in EUR with whole cents.

    Parameters
    ----------
    streams : sequence of StreamPaths
        At least one.
    months : ndarray of datetime64[M]
        The last months of their timelines, shape ``[month]``.
    settings : PlanningSettings
        Prices and the law.
    """
    window = len(months)
    per_stream = {
        stream.series_id: price_times_quantity(
            stream.line.counts[:, -window:], settings.streams[stream.series_id].unit_price.value
        )
        for stream in streams
    }
    fixed = np.broadcast_to(_fixed_cents(months, settings), next(iter(per_stream.values())).shape)
    total = sum(per_stream.values(), start=fixed.copy())
    return [
        *(PathValues("budget_eur", series_id, _eur(value)) for series_id, value in per_stream.items()),
        PathValues("budget_eur", ALL, _eur(total)),
        PathValues("budget_fixed_eur", ALL, _eur(fixed)),
    ]


def _fixed_cents(months: NDArray[np.datetime64], settings: PlanningSettings) -> NDArray[np.int64]:
    law_input = {year: amount.value for year, amount in settings.budget.law_input.items()}
    other = {settings.budget.calibration_year: settings.other_products_eur}
    return annual_in_months(other, months) + annual_in_months(law_input, months)


def _eur(value: NDArray[np.int64]) -> NDArray[np.float64]:
    return value / CENTS


def gap_values(
    measured: Sequence[PathValues], months: NDArray[np.datetime64], settings: PlanningSettings
) -> dict[int, NDArray[np.float64]]:
    """Need minus the budget law, for each whole calendar year that the law knows.

    Returns
    -------
    dict of year to ndarray
        EUR with whole cents, shape ``[path]``; above 0 is more needed than granted.
    """
    total = next(item for item in measured if item.measure == "budget_eur" and item.series_id == ALL)
    law = granted(settings)
    return {
        year: np.round(total.of_year(columns) - law[year], 2)
        for year, columns in year_spans(months).items()
        if columns.stop - columns.start == _MONTHS and year in law
    }


def granted(settings: PlanningSettings) -> dict[int, float]:
    """The budget law's product and input funding together, EUR per calendar year."""
    return {
        int(year): round(product.value + settings.budget.law_input[year].value, 2)
        for year, product in settings.budget.law_product.items()
    }
