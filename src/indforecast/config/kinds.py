"""What a figure may be: the unit that planning computes with, the range that is plausible, the keys that date it.

What belongs here: one type per kind of figure. What does not: which figures there are (``config.planning``), their
values (``netherlands/planning_*.toml``).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from indforecast.config.parameter import Parameter

_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
YEAR = re.compile(r"^\d{4}$")


def is_month(key: str) -> bool:
    """Whether a key dates a figure, ``YYYY-MM``."""
    return _MONTH.match(key) is not None


@dataclass(frozen=True)
class Kind:
    """What a figure must be given in, and what is plausible.

    The packaged unit is the only one that planning computes with; a figure in another would be taken for this one.

    Parameters
    ----------
    unit : str
        Unit, exactly as the packaged figure has it.
    low, high : float
        Least and largest plausible value.
    """

    unit: str
    low: float
    high: float

    def check(self, parameter: Parameter) -> Parameter:
        """The parameter, when its unit and its range are these.

        Raises
        ------
        ValueError
            Saying which unit or range was wanted.
        """
        if parameter.unit != self.unit:
            raise ValueError(f"unit must be '{self.unit}', not '{parameter.unit}'")
        if parameter.value < self.low:
            raise ValueError(f"must be at least {self.low:g} {self.unit}, got {parameter.value:g}")
        if parameter.value > self.high:
            raise ValueError(f"must be at most {self.high:,.10g} {self.unit}, got {parameter.value:,.10g}")
        return parameter


def above_zero(parameter: Parameter) -> Parameter:
    """Refuse 0 and less."""
    if parameter.value <= 0:
        raise ValueError(f"must be above 0 {parameter.unit}, got {parameter.value:g}")
    return parameter


def _share(parameter: Parameter) -> Parameter:
    if not 0 <= parameter.value <= 1:
        raise ValueError(f"is a share and must lie between 0 and 1, got {parameter.value:g}")
    return parameter


def _whole(parameter: Parameter) -> Parameter:
    if parameter.value != round(parameter.value):
        raise ValueError(f"must be a whole number of {parameter.unit}, got {parameter.value:g}")
    return parameter


def _month_keys(values: dict[str, Parameter]) -> dict[str, Parameter]:
    if not values:
        raise ValueError('needs at least one month, for example "2025-12" = { value = ... }')
    for key in values:
        if not is_month(key):
            raise ValueError(f"'{key}' is not a month; write YYYY-MM")
    return values


def _year_keys(values: dict[str, Parameter]) -> dict[str, Parameter]:
    for key in values:
        if not YEAR.match(key):
            raise ValueError(f"'{key}' is not a year; write YYYY")
    return values


_HOURS = Kind("hours/case", 0, 500)
_PRICE = Kind("EUR/case", 0, 50_000)
_RATE = Kind("EUR/hour", 0, 1_000)
_CASES = Kind("cases", 0, 2_000_000)
_CASES_A_YEAR = Kind("cases/year", 0, 2_000_000)
_CASES_A_MONTH = Kind("cases/month", 0, 200_000)
_MONTHS = Kind("months", 0, 240)
#: Months a stay takes in the stock-flow model, which moves people once a month: shorter than one month is not one.
_STAY = Kind("months", 1, 240)
_SHARES = Kind("share", -math.inf, math.inf)  # the range has its own sentence, see _share
_NORM = Kind("residents/bed", -math.inf, math.inf)
_PRODUCTIVE = Kind("hours/FTE/year", 500, 2_500)
_MONEY = Kind("EUR/year", 0, 20_000_000_000)
_RESIDENTS = Kind("residents", 0, 1_000_000)
_RESIDENT_COST = Kind("EUR/resident/year", 0, 500_000)

Hours = Annotated[Parameter, _HOURS, AfterValidator(_HOURS.check)]
Price = Annotated[Parameter, _PRICE, AfterValidator(_PRICE.check)]
Rate = Annotated[Parameter, _RATE, AfterValidator(_RATE.check)]
Cases = Annotated[Parameter, _CASES, AfterValidator(_CASES.check)]
CasesAYear = Annotated[Parameter, _CASES_A_YEAR, AfterValidator(_CASES_A_YEAR.check)]
CasesAMonth = Annotated[Parameter, _CASES_A_MONTH, AfterValidator(_CASES_A_MONTH.check)]
Months = Annotated[Parameter, _MONTHS, AfterValidator(_MONTHS.check), AfterValidator(above_zero)]
WholeMonths = Annotated[Parameter, _MONTHS, AfterValidator(_MONTHS.check), AfterValidator(_whole)]
StayMonths = Annotated[Parameter, _STAY, AfterValidator(_STAY.check)]
Share = Annotated[Parameter, _SHARES, AfterValidator(_SHARES.check), AfterValidator(_share)]
Norm = Annotated[Parameter, _NORM, AfterValidator(_NORM.check), AfterValidator(_share), AfterValidator(above_zero)]
ProductiveHours = Annotated[Parameter, _PRODUCTIVE, AfterValidator(_PRODUCTIVE.check)]
Money = Annotated[Parameter, _MONEY, AfterValidator(_MONEY.check)]
Residents = Annotated[Parameter, _RESIDENTS, AfterValidator(_RESIDENTS.check)]
ResidentCost = Annotated[Parameter, _RESIDENT_COST, AfterValidator(_RESIDENT_COST.check)]
#: Values that hold from a month on ("2025-01" = ...), or that were counted at a month's end.
DatedCases = Annotated[dict[str, Cases], AfterValidator(_month_keys)]
DatedCapacity = Annotated[dict[str, CasesAMonth], AfterValidator(_month_keys)]
DatedResidents = Annotated[dict[str, Residents], AfterValidator(_month_keys)]
DatedShare = Annotated[dict[str, Share], AfterValidator(_month_keys)]
DatedStay = Annotated[dict[str, StayMonths], AfterValidator(_month_keys)]
ByYear = Annotated[dict[str, Money], AfterValidator(_year_keys)]
