"""Desk visits, biometrics, documents to hand out and calls per application and decision.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_desks.toml``) and what is computed with them (``indforecast.planning``).
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from indforecast.config.kinds import CasesAYear, Kind, Share, WholeMonths, above_zero, is_month
from indforecast.config.parameter import Frozen, Parameter

_PER_CASE = Kind("per case", 0, 20)
_PER_PERSON = Kind("per person", 0, 20)
_A_YEAR = Kind("per year", 0, 20_000_000)
_PERSONS = Kind("persons", 0, 2_000_000)
_MINUTES = Kind("minutes", 0.1, 480)
_SECONDS = Kind("seconds", 0, 3_600)
_OPEN_HOURS = Kind("hours/month", 1, 744)
_COUNTERS = Kind("counters", 0, 5_000)
_CALENDAR_MONTH = Kind("month of the year", 1, 12)
#: Delays may add up to 1 by this much less or more, because shares are written in decimals.
_ROUNDING = 1e-9

PerCase = Annotated[Parameter, _PER_CASE, AfterValidator(_PER_CASE.check)]
PerPerson = Annotated[Parameter, _PER_PERSON, AfterValidator(_PER_PERSON.check)]
AYear = Annotated[Parameter, _A_YEAR, AfterValidator(_A_YEAR.check)]
Persons = Annotated[Parameter, _PERSONS, AfterValidator(_PERSONS.check)]
Minutes = Annotated[Parameter, _MINUTES, AfterValidator(_MINUTES.check)]
Seconds = Annotated[Parameter, _SECONDS, AfterValidator(_SECONDS.check)]
OpenHours = Annotated[Parameter, _OPEN_HOURS, AfterValidator(_OPEN_HOURS.check)]
CounterHours = Annotated[Parameter, _COUNTERS, AfterValidator(_COUNTERS.check)]
CalendarMonth = Annotated[Parameter, _CALENDAR_MONTH, AfterValidator(_CALENDAR_MONTH.check)]
AboveZeroShare = Annotated[Share, AfterValidator(above_zero)]


class Gathered(Frozen):
    """Documents that wait for one month of the year and are handed out elsewhere than at a desk.

    Parameters
    ----------
    month : Parameter
        Calendar month, 1 to 12.
    share : Parameter
        Share of the documents of the twelve months up to and with that month.
    """

    month: CalendarMonth
    share: Share


class DeskDriver(Frozen):
    """What one application, arrival or decision of a stream brings to desks and telephones.

    Visits and calls are relative to each other: all are multiplied by one factor that reproduces the year the
    service published (see :class:`DeskAnchors`). Biometrics and documents are as they stand.

    Parameters
    ----------
    series_id : str
        The stream.
    event : {"application", "decision"}
        What happens to the case; for a stream of arrivals, ``application`` is the arrival.
    biometrics, documents, other_visits, calls : Parameter
        Per case.
    visits_after, calls_after : tuple of Parameter
        Shares of the visits (and documents) and of the calls that come in the same month, one month later, ...;
        each adds up to 1.
    gathered : Gathered, optional
        Documents handed out outside the desks in one month of the year.
    anchor_cases : Parameter
        Cases of the anchor year.
    previous_cases : Parameter, optional
        Cases of the year before, to check the rise; not used in the calibration.
    """

    series_id: str
    event: Literal["application", "decision"]
    biometrics: PerCase
    documents: PerCase
    other_visits: PerCase
    calls: PerCase
    visits_after: tuple[Share, ...] = Field(min_length=1, max_length=24)
    calls_after: tuple[Share, ...] = Field(min_length=1, max_length=24)
    gathered: Gathered | None = None
    anchor_cases: CasesAYear
    previous_cases: CasesAYear | None = None

    @model_validator(mode="after")
    def _delays_are_whole(self) -> Self:
        for name in ("visits_after", "calls_after"):
            total = sum(share.value for share in getattr(self, name))
            if abs(total - 1) > _ROUNDING:
                raise ValueError(f"{name} must add up to 1, got {total:g}")
        return self


class Surge(Frozen):
    """A one-off stream of people that no application series carries.

    Parameters
    ----------
    first : str
        First month, ``YYYY-MM``.
    months : Parameter
        Over how many months they come, evenly.
    persons : Parameter
        How many in all.
    visits_per_person, documents_per_person, calls_per_person : Parameter
        What each brings, in the month they come.
    """

    first: str
    months: Annotated[WholeMonths, AfterValidator(above_zero)]
    persons: Persons
    visits_per_person: PerPerson
    documents_per_person: PerPerson
    calls_per_person: PerPerson

    @model_validator(mode="after")
    def _begins_in_a_month(self) -> Self:
        if not is_month(self.first):
            raise ValueError(f"first must be a month, YYYY-MM, got '{self.first}'")
        return self


class DeskAnchors(Frozen):
    """The published year that rates are solved from.

    Parameters
    ----------
    year : str
        The year.
    visits, calls : Parameter
        Its desk visits and telephone calls, all products of the service.
    visits_rise : Parameter
        How many more visits than the year before: a check, not used.
    visits_modelled, calls_modelled : Parameter
        Share of the visits and calls, without surges, that the drivers bring. The rest, of products without a
        series here, is held constant.
    surges : tuple of str
        Surges that fell in the year.
    """

    year: str = Field(pattern=r"^\d{4}$")
    visits: AYear
    visits_rise: AYear
    calls: AYear
    visits_modelled: Share
    calls_modelled: Share
    surges: tuple[str, ...] = ()


class DeskStaffing(Frozen):
    """How visits become desk staff and counters.

    Parameters
    ----------
    open_hours : Parameter
        Hours a month that desks are open.
    minutes_biometrics, minutes_document, minutes_other : Parameter
        Of one visit, with preparation.
    utilisation : Parameter
        Share of desk hours that is spent with visitors who come by appointment.
    peak_factor : Parameter
        Visits in the busiest hours of a month over the mean hour; at least 1.
    """

    open_hours: OpenHours
    minutes_biometrics: Minutes
    minutes_document: Minutes
    minutes_other: Minutes
    utilisation: AboveZeroShare
    peak_factor: PerCase


class PhoneStaffing(Frozen):
    """How calls become agents.

    Parameters
    ----------
    open_hours : Parameter
        Hours a month that the lines are open.
    minutes_call : Parameter
        Mean time of a call, with what is written up after it.
    answered_share, answered_within : Parameter
        The share of calls to be answered within so many seconds.
    peak_hours_share, peak_calls_share : Parameter
        The busiest part of the opening hours, and the share of the calls that fall in it.
    """

    open_hours: OpenHours
    minutes_call: Minutes
    answered_share: Share
    answered_within: Seconds
    peak_hours_share: AboveZeroShare
    peak_calls_share: Share

    @model_validator(mode="after")
    def _peak_is_a_peak(self) -> Self:
        if self.peak_calls_share.value < self.peak_hours_share.value:
            raise ValueError("peak_calls_share must be at least peak_hours_share: the peak is the busier part")
        if self.answered_share.value >= 1:
            raise ValueError("answered_share must be below 1: no number of agents answers every call at once")
        return self


class DesksPlanning(Frozen):
    """Desk visits, biometrics, documents to hand out and calls per application and decision.

    Without ``anchors`` there is no desk plan.
    """

    drivers: dict[str, DeskDriver] = Field(default_factory=dict)
    surges: dict[str, Surge] = Field(default_factory=dict)
    anchors: DeskAnchors | None = None
    desk: DeskStaffing | None = None
    phone: PhoneStaffing | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.anchors is None:
            return self
        if self.desk is None or self.phone is None or not self.drivers:
            raise ValueError("anchors need drivers, desk and phone beside them")
        unknown = [name for name in self.anchors.surges if name not in self.surges]
        if unknown:
            raise ValueError(f"anchors.surges names a surge that is not there: {unknown[0]}")
        for what, weight in (("visits", self.visits_weight), ("calls", self.calls_weight)):
            if weight <= 0:
                raise ValueError(f"no driver brings {what}: the anchor year cannot be reproduced")
        return self

    @property
    def visits_weight(self) -> float:
        """Desk visits of the anchor year that the drivers' figures give before the factor."""
        return sum(desk_visits_per_case(driver) * driver.anchor_cases.value for driver in self.drivers.values())

    @property
    def calls_weight(self) -> float:
        """Calls of the anchor year that the drivers' figures give before the factor."""
        return sum(driver.calls.value * driver.anchor_cases.value for driver in self.drivers.values())


def desk_visits_per_case(driver: DeskDriver) -> float:
    """Visits one case brings before the factor: what is handed out elsewhere is no desk visit."""
    gathered = driver.gathered.share.value if driver.gathered else 0.0
    return driver.biometrics.value + driver.documents.value * (1 - gathered) + driver.other_visits.value
