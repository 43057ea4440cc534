"""Money: price times quantity plus input funding, beside what the budget law grants.

Money is kept in whole cents as 64-bit integers. A price is rounded to the cent, half to even, before it is
multiplied; cents are added on paths, and only the quantiles of a band are rounded again. Hence the months of a
year add up to the year, and the streams to the total, to the cent on every path.

The need is priced on the inflow: what deciding everything that comes in would cost. Product funding outside the
modelled streams is held at what remains of the law in the calibration year, input funding at the law's own row.
Working away the cases past their term is an extra need at the same prices, as is what present capacity decides.

What belongs here: cents. What does not: prices and the law's figures (``config``), reception (``reception``).
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class BudgetCents:
    """The parts of the budget on every path, in whole cents of shape ``[path, month]``.

    Parameters
    ----------
    need : dict of series_id to ndarray of int64
        Price times inflow.
    decided : dict of series_id to ndarray of int64
        Price times decisions.
    backlog : dict of series_id to ndarray of int64
        What a month of working cases past their term away costs, on top of the need.
    other : ndarray of int64
        Products outside the modelled streams.
    inputs : ndarray of int64
        Input funding.
    """

    need: dict[str, NDArray[np.int64]]
    decided: dict[str, NDArray[np.int64]]
    backlog: dict[str, NDArray[np.int64]]
    other: NDArray[np.int64]
    inputs: NDArray[np.int64]


def cents(eur: float) -> int:
    """Euro as whole cents, half to even."""
    return round(eur * CENTS)


def price_times_quantity(
    cases: NDArray[np.float64], unit_price: float, effort: NDArray[np.float64] | None = None
) -> NDArray[np.int64]:
    """What cases bring at a price.

    Parameters
    ----------
    cases : ndarray of float
        Whole cases, or cases weighed by their hours; any shape.
    unit_price : float
        EUR per case.
    effort : ndarray of float, optional
        Multiple of the price, as broadcasts against the cases; each product is rounded to the cent, half to even.

    Returns
    -------
    ndarray of int64
        Cents, same shape.
    """
    amounts = cases * cents(unit_price)  # whole cases times whole cents are exact well above any budget
    return np.rint(amounts if effort is None else amounts * effort).astype(np.int64)


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
    streams: Sequence[StreamPaths],
    months: NDArray[np.datetime64],
    settings: PlanningSettings,
    effort: Mapping[str, NDArray[np.float64]] | None = None,
) -> list[PathValues]:
    """Budget need, the extra need of the backlog, and the cost of what is decided, in EUR with whole cents.

    Need and cost of decisions hold other products and input funding in their totals, the backlog does not.

    Parameters
    ----------
    streams : sequence of StreamPaths
        At least one.
    months : ndarray of datetime64[M]
        The last months of their timelines, shape ``[month]``.
    settings : PlanningSettings
        Prices, the law, and the months in which cases past their term are worked away.
    effort : mapping of series_id to ndarray, optional
        Hours per case, and so its price, as a multiple of those in the settings; shape ``[month]`` or
        ``[path, month]``, 1 where a stream is absent.
    """
    found = budget_cents(streams, months, settings, effort)
    fixed = found.other + found.inputs
    total, late = sum(found.need.values(), start=fixed), sum(found.backlog.values(), start=np.zeros_like(fixed))
    measured: tuple[tuple[str, dict[str, NDArray[np.int64]]], ...] = (
        ("budget_eur", {**found.need, ALL: total}),
        ("budget_fixed_eur", {ALL: fixed}),
        ("budget_other_products_eur", {ALL: found.other}),
        ("budget_input_eur", {ALL: found.inputs}),
        ("budget_backlog_eur", {**found.backlog, ALL: late}),
        ("budget_with_backlog_eur", {ALL: total + late}),
        ("budget_decided_eur", {**found.decided, ALL: sum(found.decided.values(), start=fixed)}),
    )
    return [
        PathValues(measure, series_id, _eur(value))
        for measure, rows in measured
        for series_id, value in rows.items()
    ]


def budget_cents(
    streams: Sequence[StreamPaths],
    months: NDArray[np.datetime64],
    settings: PlanningSettings,
    effort: Mapping[str, NDArray[np.float64]] | None = None,
) -> BudgetCents:
    """The parts of the budget in whole cents.

    Parameters
    ----------
    streams : sequence of StreamPaths
        At least one.
    months : ndarray of datetime64[M]
        The last months of their timelines, shape ``[month]``.
    settings : PlanningSettings
        Prices, the law, and the months in which cases past their term are worked away.
    effort : mapping of series_id to ndarray, optional
        Hours per case, and so its price, as a multiple of those in the settings; shape ``[month]`` or
        ``[path, month]``, 1 where a stream is absent.
    """
    window = len(months)
    late_months = settings.staffing.backlog_months.value
    need, decided, backlog = {}, {}, {}
    for stream in streams:
        name, price = stream.series_id, settings.price_eur(stream.series_id)
        factor = (effort or {}).get(name)
        need[name] = price_times_quantity(stream.line.counts[:, -window:], price, factor)
        decided[name] = price_times_quantity(stream.in_mean_cases("decisions")[:, -window:], price, factor)
        past = stream.in_mean_cases("open_past_term")[:, -window:]
        backlog[name] = backlog_cents(past, price, months=late_months, effort=factor)
    shape = next(iter(need.values())).shape
    law_input = {year: amount.value for year, amount in settings.budget.law_input.items()}
    inputs = np.broadcast_to(annual_in_months(law_input, months), shape)
    constant = {settings.budget.calibration_year: settings.other_products_eur}
    other = np.broadcast_to(annual_in_months(constant, months), shape)
    return BudgetCents(need, decided, backlog, other, inputs)


def backlog_cents(
    past_term: NDArray[np.float64],
    unit_price: float,
    *,
    months: float,
    effort: NDArray[np.float64] | None = None,
) -> NDArray[np.int64]:
    """What a month of working the late cases away costs, on top of the inflow.

    The hours of :func:`indforecast.planning.workload.backlog_fte` at the price of the cases: a price is hours per
    case times the hourly rate, unless a stream has a price of its own.

    Parameters
    ----------
    past_term : ndarray of float
        Open cases past their legal term at a month's end, any shape.
    unit_price : float
        EUR per case.
    months : float
        Months in which they are to be gone, above 0.
    effort : ndarray of float, optional
        Multiple of the price, as broadcasts against the cases.

    Returns
    -------
    ndarray of int64
        Cents, same shape, half to even.
    """
    amounts = np.asarray(price_times_quantity(past_term, unit_price, effort), dtype=np.float64)
    return np.rint(amounts / months).astype(np.int64)


def _eur(value: NDArray[np.int64]) -> NDArray[np.float64]:
    return value / CENTS


def gap_values(
    measured: Sequence[PathValues],
    months: NDArray[np.datetime64],
    settings: PlanningSettings,
    *,
    need: str = "budget_eur",
) -> dict[int, NDArray[np.float64]]:
    """Need minus the budget law, for each whole calendar year that the law knows.

    Parameters
    ----------
    measured : sequence of PathValues
        The need among them.
    months : ndarray of datetime64[M]
        Their months.
    settings : PlanningSettings
        The law.
    need : str
        The measure that is the need: ``budget_eur`` or ``budget_with_backlog_eur``.

    Returns
    -------
    dict of year to ndarray
        EUR with whole cents, shape ``[path]``; above 0 is more needed than granted.
    """
    total = next(item for item in measured if item.measure == need and item.series_id == ALL)
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
