"""Work and staff: hours that cases ask, and the people those hours are.

What belongs here: products and quotients of cases, hours and productive hours. What does not: which cases are
decided when (``queue``), hiring and training (a later deepening), money (``budget``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MONTHS_A_YEAR = 12


def handling_hours(cases: NDArray[np.float64], hours_per_case: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Hours of direct staff that cases ask.

    Parameters
    ----------
    cases : ndarray of float
        Any shape, for example ``[path, period]``.
    hours_per_case : float or ndarray
        Hours, at least 0; an array as broadcasts against the cases.
    """
    return cases * hours_per_case


def staffing_fte(hours_per_month: NDArray[np.float64], productive_hours: float) -> NDArray[np.float64]:
    """Direct FTE that do these hours within the month.

    Parameters
    ----------
    hours_per_month : ndarray of float
        Hours, any shape.
    productive_hours : float
        Hours a year that one FTE works on cases, above 0; a month holds a twelfth of them.
    """
    return hours_per_month * (MONTHS_A_YEAR / productive_hours)


def backlog_fte(
    past_term: NDArray[np.float64],
    hours_per_case: float | NDArray[np.float64],
    *,
    months: float,
    productive_hours: float,
) -> NDArray[np.float64]:
    """Direct FTE, on top of those for the inflow, that would work the late cases away in ``months``.

    Parameters
    ----------
    past_term : ndarray of float
        Open cases past their legal term at a month's end, any shape.
    hours_per_case : float or ndarray
        Hours, at least 0; an array as broadcasts against the cases.
    months : float
        Above 0.
    productive_hours : float
        Hours a year per FTE, above 0.
    """
    return staffing_fte(handling_hours(past_term, hours_per_case) / months, productive_hours)
