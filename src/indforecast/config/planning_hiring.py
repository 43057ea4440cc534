"""How people are hired, trained, leave and are borrowed, and what that costs.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_hiring.toml``) and what is computed with them (``indforecast.planning``).
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from indforecast.config.kinds import Kind, Rate, Share, WholeMonths, above_zero
from indforecast.config.parameter import Frozen, Parameter

_SHARE_A_YEAR = Kind("share/year", 0, 0.95)
_SHARE_A_MONTH = Kind("share/month", 0, 1)
_FTE_A_MONTH = Kind("FTE/month", 0, 5_000)
_FTE_A_TRAINEE = Kind("FTE/trainee", 0, 1)
_EUR_A_PERSON = Kind("EUR/FTE", 0, 1_000_000)
_EUR_A_YEAR = Kind("EUR/FTE/year", 0, 1_000_000)
_LATE = Kind("EUR/case/month", 0, 10_000)
_PATHS = Kind("paths", 10, 10_000)

ShareAYear = Annotated[Parameter, _SHARE_A_YEAR, AfterValidator(_SHARE_A_YEAR.check)]
ShareAMonth = Annotated[Parameter, _SHARE_A_MONTH, AfterValidator(_SHARE_A_MONTH.check)]
FteAMonth = Annotated[Parameter, _FTE_A_MONTH, AfterValidator(_FTE_A_MONTH.check)]
FteATrainee = Annotated[Parameter, _FTE_A_TRAINEE, AfterValidator(_FTE_A_TRAINEE.check)]
EurAPerson = Annotated[Parameter, _EUR_A_PERSON, AfterValidator(_EUR_A_PERSON.check)]
EurAYear = Annotated[Parameter, _EUR_A_YEAR, AfterValidator(_EUR_A_YEAR.check)]
LateCaseCost = Annotated[Parameter, _LATE, AfterValidator(_LATE.check)]
Paths = Annotated[Parameter, _PATHS, AfterValidator(_PATHS.check)]


class WorkforceGroup(Frozen):
    """People who can take each other's cases.

    Parameters
    ----------
    streams : tuple of str
        The streams they decide; the first one's case is the group's unit of cases.
    hires_per_month : Parameter
        The most who can begin in a month.
    """

    streams: tuple[str, ...] = Field(min_length=1)
    hires_per_month: FteAMonth


class HiringPlanning(Frozen):
    """How people are hired, trained, leave and are borrowed, and what that costs.

    ``yearly_cost`` is what an FTE costs a year; without it, the hourly rate of the budget times productive hours,
    so that people cost what their hours are paid.
    """

    training_months: Annotated[WholeMonths, AfterValidator(above_zero)]
    first_productive_month: Annotated[WholeMonths, AfterValidator(above_zero)]
    productivity_at_end: Share
    trainer_share: FteATrainee
    attrition_trained: ShareAYear
    attrition_trainees: ShareAYear
    replacing: Share
    recruitment_months: WholeMonths
    yearly_cost: EurAYear | None = None
    hire_cost: EurAPerson
    training_cost: EurAPerson
    dismissal_cost: EurAPerson
    flexible_price: Rate
    flexible_productivity: Share
    flexible_share: Share
    flexible_growth: ShareAMonth
    structural_months: Annotated[WholeMonths, AfterValidator(above_zero)]
    structural_probability: Share
    late_case_cost: LateCaseCost
    share_in_term: Share
    probability: Share
    margin: Share
    tail_level: Share
    tail_weight: Share
    fit_paths: Paths
    look_ahead_months: WholeMonths
    left_late_months: WholeMonths
    groups: dict[str, WorkforceGroup] = Field(min_length=1)

    @model_validator(mode="after")
    def _training_has_its_ramp(self) -> Self:
        if self.first_productive_month.value > self.training_months.value + 1:
            raise ValueError(
                f"first_productive_month ({self.first_productive_month.value:g}) must lie within training_months "
                f"({self.training_months.value:g}) or the month after"
            )
        return self

    @model_validator(mode="after")
    def _a_stream_has_one_group(self) -> Self:
        streams = [stream for group in self.groups.values() for stream in group.streams]
        double = sorted({stream for stream in streams if streams.count(stream) > 1})
        if double:
            raise ValueError(f"groups: a stream belongs to one group, but in two are: {', '.join(double)}")
        return self
