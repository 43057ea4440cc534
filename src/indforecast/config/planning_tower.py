"""Units of the service between which open cases and staff are distributed.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_tower.toml``), the example's cases and units (``netherlands/tower_*.csv``) and what is
computed with them (``indforecast.planning``).
"""

from __future__ import annotations

from importlib import resources
from typing import Annotated, Literal

from pydantic import AfterValidator

from indforecast.config.kinds import Hours, Kind, Price, Rate, Share, WholeMonths, above_zero
from indforecast.config.parameter import Frozen, Parameter

_LATE = Kind("EUR/case/month", 0, 50_000)
_SPLIT = Kind("EUR/group/unit", 0, 1_000_000)
_HORIZON = Kind("months", 1, 36)

LatePrice = Annotated[Parameter, _LATE, AfterValidator(_LATE.check)]
SplitPrice = Annotated[Parameter, _SPLIT, AfterValidator(_SPLIT.check)]
TowerMonths = Annotated[WholeMonths, AfterValidator(_HORIZON.check), AfterValidator(above_zero)]


class TowerCosts(Frozen):
    """What a distribution costs, and over how many months it is made.

    Parameters
    ----------
    months : Parameter
        Months that are planned.
    out_of_term : Parameter
        Once, for a case whose term ends without a decision.
    late_month : Parameter
        For every month that a case is open past its term.
    left_hour : Parameter
        For every hour of work that is still there after the last month.
    away_hours, away_case : Parameter
        Extra hours and money of a case that is decided by a unit in another place.
    unfamiliar : Parameter
        Extra share of the hours where the unit does not know the target group.
    split : Parameter
        For every unit that works on a target group.
    floor : Parameter
        Least share of the cases that proportional distribution would decide of a target group, so that groups with
        long cases are not left behind for those with short ones.
    """

    months: TowerMonths
    out_of_term: Price
    late_month: LatePrice
    left_hour: Rate
    away_hours: Hours
    away_case: Price
    unfamiliar: Share
    split: SplitPrice
    floor: Share


class TowerPlanning(Frozen):
    """Units of the service between which open cases and staff are distributed."""

    costs: TowerCosts


def example_text(table: Literal["cases", "units"]) -> str:
    """The packaged example's table as CSV; every row says in ``origin`` that it is simulated."""
    packaged = resources.files("indforecast.config") / "netherlands" / f"tower_{table}.csv"
    return packaged.read_text(encoding="utf-8")
