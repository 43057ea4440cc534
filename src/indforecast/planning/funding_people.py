"""People in a comparison of ways of funding: what those at the end are worth, and who was lost and hired again.

What belongs here: these two sums on a regime's paths. What does not: people month by month (``funding_steps``),
the other outcomes (``funding``).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.funding_steps import RegimePaths
    from indforecast.planning.staffing import StaffFigures

_YEAR: Final = 12


def people_cents(paths: RegimePaths, staff: StaffFigures) -> NDArray[np.int64]:
    """What it would cost to hire and train the last month's people anew, shape ``[path]``.

    A hire, and pay and trainers' time over the training less what a trainee decides; half of it for people who
    are in training still.
    """
    lost = sum(1.0 - ramp + staff.trainer_fte for ramp in staff.ramp)
    each = staff.hire_cents + lost * staff.wage_cents
    people = (paths.trained[:, :, -1] + paths.heads[:, :, -1]).sum(axis=0) / 2
    return np.asarray(np.rint(people * each).astype(np.int64))


def lost_and_hired_again(heads: NDArray[np.float64]) -> NDArray[np.float64]:
    """People a group lost and hired again later: what of a fall in its staff a later rise made good.

    Staff are looked at twice a year, so that a leaver whose successor is being recruited is no loss.

    Parameters
    ----------
    heads : ndarray of float
        Own people, shape ``[group, path, month]``.

    Returns
    -------
    ndarray of float
        FTE over all groups, shape ``[path]``. From 100 over 80 to 110 is 20; from 100 to 120 is 0.
    """
    missing, again = np.zeros(heads.shape[:2]), np.zeros(heads.shape[1])
    looks = np.moveaxis(heads, 2, 0)[:: _YEAR // 2]
    for before, now in pairwise(looks):
        change = now - before
        refilled = np.minimum(missing, np.maximum(change, 0.0))
        missing = missing - refilled + np.maximum(-change, 0.0)
        again += refilled.sum(axis=0)
    return again
