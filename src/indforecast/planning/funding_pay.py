"""What people cost when price times quantity pays for them.

What belongs here: a steady staff, its cost and its output per head. What does not: staff that moves
(``staffing``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.planning.staffing import replacement_hires, steady_training

if TYPE_CHECKING:
    from indforecast.planning.staffing import StaffFigures

_CENTS: Final = 100


def steady(staff: StaffFigures) -> tuple[float, float, float]:
    """Heads, output and hires a month per experienced FTE when leavers are replaced month by month."""
    full = replace(staff, replacing=1.0)
    training = steady_training(1.0, full)
    output = 1.0 + float(training @ (np.asarray(staff.ramp) - staff.trainer_fte))
    return 1.0 + float(training.sum()), output, replacement_hires(1.0, staff)


def balanced_wage(staff: StaffFigures, hourly_rate: float) -> int:
    """Cents per FTE and month at which price times quantity just pays for a steady staff.

    A price pays the hours of a case; people in training and those who train them cost money without hours. With
    the full hourly rate for every FTE no amount would ever suffice, in any regime.

    Parameters
    ----------
    staff : StaffFigures
        Training, attrition and the cost of a hire.
    hourly_rate : float
        EUR per hour of direct staff.
    """
    heads, output, hires = steady(staff)
    return round((output * staff.hours_a_month * hourly_rate * _CENTS - hires * staff.hire_cents) / heads)


def output_per_head(staff: StaffFigures) -> float:
    """Output of a steady staff per head, in experienced FTE."""
    heads, output, _ = steady(staff)
    return output / heads


def cost_per_head(staff: StaffFigures) -> float:
    """Cents a month per head of a steady staff, replacement hires included."""
    heads, _, hires = steady(staff)
    return staff.wage_cents + hires * staff.hire_cents / heads
