"""What becomes of figures as they age: changes in a triangle, development of ages, the nowcast from it.

What belongs here: the shapes that estimators share, and composing ages. What does not: estimators
(``models.reporting_delay``, ``models.chain_ladder``), where revisions come from (``vintages``).

The *age* of a figure is the whole months since its period ended. A *change* is the logarithm of ``(later + ½) /
(earlier + ½)`` from one age to the next, or to the final figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.models.delayed_count import Nowcast

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Changes:
    """Past figures and what became of them.

    Parameters
    ----------
    series, age : ndarray of int
        Which series, and the age of the earlier figure; shape ``[N]``.
    before, after : ndarray
        Persons at that age, and later; shape ``[N]``.
    """

    series: NDArray[np.int64]
    age: NDArray[np.int64]
    before: NDArray[np.float64]
    after: NDArray[np.float64]

    @property
    def logs(self) -> NDArray[np.float64]:
        """``log((after + ½) / (before + ½))``, shape ``[N]``."""
        change: NDArray[np.float64] = np.log((self.after + 0.5) / (self.before + 0.5))
        return change


@dataclass(frozen=True)
class Development:
    """What a figure of an age will do, per series and age; all ``[S, A]``.

    Parameters
    ----------
    unchanged : ndarray
        Probability that the figure stays exactly as it is; 1 where nothing is known of a change.
    mean : ndarray
        Location of a change, on the log scale.
    variance : ndarray
        Squared scale of a change of a figure of one person; that of a count c is this over ``(c + ½)^(2 power)``.
    estimation : ndarray
        Squared standard error of ``mean``.
    freedom : ndarray
        Degrees of freedom of a change, above 2.
    cases : ndarray of int
        Past figures of the series itself behind it, changed or not.
    volume_power : float
        How the spread of a change falls with the count: 0 not at all, 0.5 as that of events which arrive one
        by one.
    chained : bool
        Whether ages lead to the next age, so that they add up, rather than to the final figure.
    """

    unchanged: NDArray[np.float64]
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    estimation: NDArray[np.float64]
    freedom: NDArray[np.float64]
    cases: NDArray[np.int64]
    volume_power: float
    chained: bool


def triangle_changes(triangle: NDArray[np.float64], *, chained: bool, final_age: int | None = None) -> Changes:
    """Changes in a revision triangle.

    Parameters
    ----------
    triangle : ndarray
        Persons, shape ``[S, T, A]``: the figure of each month at each age; NaN where the age is not reached or
        nothing was said yet.
    chained : bool
        From each age to the next, so that months that are not final yet count as far as they are known; else from
        each age to the final one.
    final_age : int, optional
        The age whose figure counts as final; the last one of the triangle when omitted.
    """
    last = triangle.shape[2] - 1 if final_age is None else final_age
    before = triangle[..., :last]
    after = (
        triangle[..., 1 : last + 1] if chained else np.broadcast_to(triangle[..., last:][..., :1], before.shape)
    )
    series, month, age = np.nonzero(~np.isnan(before) & ~np.isnan(after))
    return Changes(series, age, before[series, month, age], after[series, month, age])


def nowcast(
    development: Development,
    series: NDArray[np.int64],
    age: NDArray[np.int64],
    current: NDArray[np.float64],
    *,
    rounding: float | NDArray[np.float64] = 1.0,
) -> Nowcast:
    """The final figures of months whose figures are of an age.

    Chained ages are taken as independent, as Mack does: means and variances add up, and a figure stays as it is
    when it does so at every age.

    Parameters
    ----------
    development : Development
        What figures do.
    series, age : ndarray of int
        Shape ``[N]``; an age beyond the development's is final.
    current : ndarray
        Persons as said now, shape ``[N]``.
    rounding : float or ndarray
        Persons to which figures are rounded: a change cannot be known better than that.
    """
    ages = development.unchanged.shape[1]
    step = np.arange(ages)
    ahead = step >= age[:, np.newaxis] if development.chained else step == age[:, np.newaxis]
    share = (current + 0.5) ** (2.0 * development.volume_power)
    coarse = np.broadcast_to((np.asarray(rounding) / (current + 0.5)) ** 2 / 12.0, current.shape)
    squared = development.variance[series] / share[:, np.newaxis]
    squared = squared + development.estimation[series] + coarse[:, np.newaxis] * (development.variance[series] > 0)
    stays, mean = development.unchanged[series], development.mean[series]
    freedom = development.freedom[series]
    moves = 1.0 - stays
    step_mean = np.where(ahead, moves * mean, 0.0)
    step_variance = np.where(
        ahead, moves * (squared * freedom / (freedom - 2.0) + mean**2) - (moves * mean) ** 2, 0.0
    )
    unchanged = np.where(ahead, stays, 1.0).prod(axis=1)
    total, spread = step_mean.sum(axis=1), step_variance.sum(axis=1)
    location = over(total, 1.0 - unchanged)
    conditional = np.maximum(over(spread + total**2, 1.0 - unchanged) - location**2, 0.0)
    rows = np.arange(len(current))
    leading = freedom[rows, step_variance.argmax(axis=1)]
    return Nowcast(
        current=current,
        unchanged=unchanged,
        location=location,
        scale=np.sqrt(conditional * (leading - 2.0) / leading),
        freedom=leading,
        cases=development.cases[series, np.minimum(age, ages - 1)] * (age < ages),
    )


def sums(cell: NDArray[np.int64], values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Values added up per cell, shape ``[size]``."""
    return np.bincount(cell, values, minlength=size).astype(np.float64)


def over(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quotient, nought where nothing stands below."""
    return np.where(below > 0, above / np.where(below > 0, below, 1.0), 0.0)
