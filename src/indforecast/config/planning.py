"""Planning's figures as frozen models: every one a :class:`Parameter` with a source or an assumption.

What belongs here: which figures there are, and what has to hold between them. What does not: their units and
ranges (``config.kinds``), their values (``netherlands/planning_*.toml``) and what is computed with them
(``indforecast.planning``).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from indforecast.config.kinds import (
    YEAR,
    ByYear,
    CasesAYear,
    DatedCapacity,
    DatedCases,
    DatedResidents,
    DatedShare,
    DatedStay,
    Hours,
    Months,
    Norm,
    Price,
    ProductiveHours,
    Rate,
    ResidentCost,
    Residents,
    Share,
    StayMonths,
    WholeMonths,
    above_zero,
)
from indforecast.config.parameter import Frozen, Parameter
from indforecast.config.planning_complexity import ComplexityPlanning
from indforecast.config.planning_desks import DesksPlanning
from indforecast.config.planning_funding import FundingPlanning
from indforecast.config.planning_hiring import HiringPlanning
from indforecast.config.planning_late import LatePlanning
from indforecast.config.planning_places import HousingTask, PlacesPlanning
from indforecast.config.planning_terms import TermsPlanning, TrackedStream
from indforecast.config.planning_tower import TowerPlanning
from indforecast.config.wording import unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class StreamPlanning(TrackedStream):
    """What one application in a stream asks of the service; its tracks are those of :class:`TrackedStream`.

    Parameters
    ----------
    handling_hours : Parameter
        Hours of direct staff per case.
    unit_price : Parameter, optional
        EUR per case that the service is paid; without it, hours per case times the hourly rate of
        :class:`BudgetPlanning`.
    calibration_cases : Parameter
        Cases of the budget's calibration year, see :class:`BudgetPlanning`.
    legal_term, term_extension : Parameter
        Months within which a case has to be decided; the extension stands apart, because policy moves it.
    discipline : {"capacity", "follows"}
        ``capacity``: first in, first out, at ``decided_per_month``. ``follows``: staff follow the applications
        and cases are decided after the delays of ``decided_by_month``. The other one's figures are not used.
    decided_per_month : mapping of month to Parameter
        Decision capacity from that month on (``capacity`` only).
    decided_by_month : tuple of Parameter
        Cumulative share of a month's cases decided in that month, one month later, ...; the last is 1
        (``follows`` only).
    open_cases : mapping of month to Parameter
        Open cases at the end of that month.
    opening_spread : Parameter
        Months of application over which the opening stock is spread evenly.
    """

    handling_hours: Hours
    unit_price: Price | None = None
    calibration_cases: CasesAYear
    legal_term: Annotated[WholeMonths, AfterValidator(above_zero)]
    term_extension: WholeMonths
    discipline: Literal["capacity", "follows"]
    decided_per_month: DatedCapacity | None = None
    decided_by_month: tuple[Share, ...] | None = None
    open_cases: DatedCases
    opening_spread: Annotated[WholeMonths, AfterValidator(above_zero)]

    @model_validator(mode="after")
    def _discipline_has_its_figures(self) -> Self:
        needed = "decided_per_month" if self.discipline == "capacity" else "decided_by_month"
        if getattr(self, needed) is None:
            raise ValueError(f"discipline '{self.discipline}' needs {needed}")
        if self.decided_by_month is None:
            return self
        shares = [share.value for share in self.decided_by_month]
        if not shares or shares[-1] != 1 or shares != sorted(shares):
            raise ValueError(f"decided_by_month must rise and end at 1, got {shares}")
        return self

    @property
    def term_months(self) -> int:
        """Legal term with its extension, in whole months."""
        return round(self.legal_term.value + self.term_extension.value)


class StaffingPlanning(Frozen):
    """How hours become people."""

    productive_hours: ProductiveHours = Field(description="hours a year per FTE")
    backlog_months: Months = Field(description="months in which cases past their term are worked away")


class BudgetPlanning(Frozen):
    """How cases become money.

    The product part outside the modelled streams is what remains of the budget law's product funding in
    ``calibration_year`` after price × ``calibration_cases``; it is held constant.
    """

    hourly_rate: Rate = Field(description="EUR per hour of direct staff, for every stream without a unit_price")
    calibration_year: str = Field(pattern=YEAR.pattern)
    law_product: ByYear
    law_input: ByYear

    @model_validator(mode="after")
    def _years_match(self) -> Self:
        if self.law_product.keys() != self.law_input.keys():
            raise ValueError("law_product and law_input must name the same years")
        if self.calibration_year not in self.law_product:
            raise ValueError(f"calibration_year {self.calibration_year} has no law_product")
        return self


class ReceptionPlanning(Frozen):
    """How arrivals become beds.

    ``needs_reception`` is the share of a stream's arrivals who get a place, ``enters_as`` whether they wait for a
    decision or, as family of someone with a permit, for a home.
    """

    needs_reception: dict[str, Share]
    enters_as: dict[str, Literal["applicant", "status_holder"]]
    residents: DatedResidents = Field(description="residents at the end of a month")
    status_holders: DatedShare = Field(description="share of the residents who hold a permit at that month's end")
    months_to_decision: DatedStay
    grant_share: DatedShare
    months_to_housing: DatedStay
    months_to_departure: StayMonths
    housing_norm: StayMonths = Field(description="within which a status holder should have a home")
    housing_task: HousingTask = Field(default_factory=dict, description="homes municipalities owe per half year")
    cap_housing: bool = Field(default=False, description="whether no more are housed than the task says")
    stay_spread: Share = Field(description="relative spread of mean stays over paths")
    occupancy_norm: Norm
    regular_places: Residents
    cost_regular: ResidentCost
    cost_emergency: ResidentCost

    @model_validator(mode="after")
    def _streams_match(self) -> Self:
        if self.needs_reception.keys() != self.enters_as.keys():
            raise ValueError("needs_reception and enters_as must name the same streams")
        return self


class PublishedFact(Frozen):
    """A published figure that stands beside the model's own.

    ``topic`` is its row in the table of published facts (``reference``); ``when`` a year or month.
    """

    measure: str
    series_id: str
    when: str
    value: float
    unit: str
    text_en: str
    text_nl: str
    source: str
    topic: str | None = None


class PlanningSettings(Frozen):
    """All figures that planning rests on."""

    streams: dict[str, StreamPlanning]
    staffing: StaffingPlanning
    budget: BudgetPlanning
    reception: ReceptionPlanning
    terms: TermsPlanning
    hiring: HiringPlanning
    late: LatePlanning
    funding: FundingPlanning
    places: PlacesPlanning
    desks: DesksPlanning
    tower: TowerPlanning
    complexity: ComplexityPlanning
    facts: tuple[PublishedFact, ...] = ()

    @model_validator(mode="after")
    def _budget_holds_the_streams(self) -> Self:
        if self.other_products_eur < 0:
            year = self.budget.calibration_year
            raise ValueError(
                f"budget: price x calibration_cases of all streams exceeds law_product of {year} "
                f"by EUR {-self.other_products_eur:,.2f}"
            )
        return self

    @model_validator(mode="after")
    def _notices_follow_a_reading(self) -> Self:
        reading = self.late.notice_reading
        known = sorted({name for stream in self.streams.values() for name in stream.extensions})
        if reading is not None and reading not in known:
            raise ValueError(f"late.notice_reading: {unknown(reading, known, 'reading')}")
        return self

    @property
    def other_products_eur(self) -> float:
        """Product funding of the calibration year that the modelled streams do not explain, EUR a year."""
        modelled = math.fsum(
            self.price_eur(name) * stream.calibration_cases.value for name, stream in self.streams.items()
        )
        return round(self.budget.law_product[self.budget.calibration_year].value - modelled, 2)

    def price_eur(self, series_id: str) -> float:
        """EUR per case: the stream's ``unit_price``, else its hours times the hourly rate, in whole cents."""
        stream = self.streams[series_id]
        if stream.unit_price is not None:
            return stream.unit_price.value
        return round(stream.handling_hours.value * self.budget.hourly_rate.value, 2)

    def check_streams(self, workload: Iterable[str], reception: Iterable[str]) -> None:
        """Check that planning knows exactly the streams of the hierarchy.

        Raises
        ------
        ValueError
            If a stream that is work, or whose people need reception, has no figures here, or the reverse.
        """
        pairs = (
            ("planning.streams", set(self.streams), set(workload)),
            ("planning.reception.needs_reception", set(self.reception.needs_reception), set(reception)),
        )
        for field, have, want in pairs:
            if want - have:
                raise ValueError(f"{field} has no figures for: {', '.join(sorted(want - have))}")
            if have - want:
                raise ValueError(f"{field} names streams that are not such: {', '.join(sorted(have - want))}")


def value_at(dated: Mapping[str, Parameter], month: str) -> float:
    """The value in force in a month: the last one dated at or before it, else the first.

    Parameters
    ----------
    dated : mapping of month to Parameter
        Months as ``YYYY-MM``.
    month : str
        As ``YYYY-MM``.
    """
    past = [key for key in dated if key <= month]
    return dated[max(past) if past else min(dated)].value
