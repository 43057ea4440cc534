"""The funding regimes that are compared, and the levels of certainty that are quoted.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_funding.toml``) and what is computed with them (``indforecast.planning``).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from indforecast.config.kinds import ByYear, Kind, Share, WholeMonths, above_zero
from indforecast.config.parameter import Frozen, Parameter


def _whole(parameter: Parameter) -> Parameter:
    if parameter.value != round(parameter.value):
        raise ValueError(f"must be a whole number of {parameter.unit}, got {parameter.value:g}")
    return parameter


_YEARS = Kind("years", 1, 20)
_MONTH_OF_YEAR = Kind("month of the year", 1, 12)

Years = Annotated[Parameter, AfterValidator(_YEARS.check), AfterValidator(_whole)]
MonthOfYear = Annotated[Parameter, AfterValidator(_MONTH_OF_YEAR.check), AfterValidator(_whole)]
PositiveMonths = Annotated[WholeMonths, AfterValidator(above_zero)]


class RegimePlanning(Frozen):
    """One way of granting money: when the annual amount is looked at again, and what happens to what is left.

    Parameters
    ----------
    label_en, label_nl : str
        Names for readers.
    first : {"forecast", "medio", "certainty", "reference", "law"}
        First year's amount: a forecast from what was observed; the medio of the yearly need over the horizon on
        the paths that are set apart for setting it, or what suffices on the share ``certainty`` of them; what the
        first regime grants a year on those, on average; or the part of these streams in what the budget law has,
        which then holds for every later year too, and no review moves it.
    certainty : Parameter, optional
        With ``first = "certainty"`` only.
    review_years : Parameter
        The amount is looked at again every so many calendar years, by a forecast from the path's own past.
    corridor : Parameter
        At a review the amount moves only when that forecast differs from it by more than this share.
    reserve : Parameter
        What may be kept at a year's end at most, as a share of the year's amount; the rest goes back.
    """

    label_en: str = Field(min_length=1)
    label_nl: str = Field(min_length=1)
    first: Literal["forecast", "medio", "certainty", "reference", "law"]
    certainty: Share | None = None
    review_years: Years
    corridor: Share
    reserve: Share

    @model_validator(mode="after")
    def _certainty_is_asked_for(self) -> Self:
        if (self.first == "certainty") != (self.certainty is not None):
            raise ValueError("certainty must be given with first = 'certainty', and only then")
        return self


class GrantedBefore(Frozen):
    """What an earlier budget law granted, quoted beside the need and never computed with."""

    text_en: str = Field(min_length=1)
    text_nl: str = Field(min_length=1)
    amounts: ByYear


class FundingPlanning(Frozen):
    """How money is granted and followed by staff.

    Parameters
    ----------
    certainty : tuple of float
        Levels of certainty that are quoted: the amount that suffices on that share of the paths. Rising.
    backlog_gone_months : Parameter
        Months from the forecast origin by which cases past their term are to be gone; every forecast spreads those
        still there over what is left of them, though never over less than ``planning.staffing.backlog_months``.
    review_month : Parameter
        Month of the year in which the next year's amount is settled, from the months before it.
    forecast_months, damping : Parameter
        The forecast within a path: the mean of its last ``forecast_months``, plus ``damping`` times what its last
        twelve lie above it.
    setting_share : Parameter
        Share of the paths that amounts are set on; the regimes are judged on the others.
    dismissals_a_month : Parameter
        Largest share of the trained staff that can be let go in a month when money falls short.
    patience_months : Parameter
        Nobody is let go for a shortage that leavers will have taken away within so many months.
    regimes : mapping of name to RegimePlanning
        At least one; the first is what the others are compared with.
    granted_before : mapping of name to GrantedBefore
        Figures of earlier budget laws.
    """

    certainty: tuple[float, ...]
    backlog_gone_months: PositiveMonths
    review_month: MonthOfYear
    forecast_months: PositiveMonths
    damping: Share
    setting_share: Share
    dismissals_a_month: Share
    patience_months: WholeMonths
    regimes: dict[str, RegimePlanning]
    granted_before: dict[str, GrantedBefore] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        levels = self.certainty
        if not levels or any(not 0 < level < 1 for level in levels):
            raise ValueError(f"certainty must hold shares between 0 and 1, got {list(levels)}")
        if any(after <= before for before, after in pairwise(levels)):
            raise ValueError(f"certainty must rise, got {list(levels)}")
        if not self.regimes:
            raise ValueError("regimes needs at least one, for example [planning.funding.regimes.yearly]")
        if next(iter(self.regimes.values())).first == "reference":
            raise ValueError("regimes: the first one is the reference; it cannot begin at the reference's amount")
        if not 0 < self.setting_share.value < 1:
            raise ValueError("setting_share must leave paths on both sides: above 0 and below 1")
        return self
